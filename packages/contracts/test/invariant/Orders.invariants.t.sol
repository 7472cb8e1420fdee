// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {OrderGateway} from "../../src/gateways/OrderGateway.sol";
import {OrderGatewayTest} from "../gateways/OrderGatewayTest.sol";
import {RecordsActions} from "../utils/ActionLog.sol";
import {OrderHandler} from "./handlers/OrderHandler.sol";

/// @dev E2, T38, T39, T44, T60: no account gains by what it does after the price of a delayed order exists. The handler
/// compares what attackers own with and without each attack. Here: the gateway holds the fees of open orders and its
/// credits, and binds the bonds of open orders, to the last unit.
/// forge-config: default.invariant.runs = 8
/// forge-config: default.invariant.depth = 40
/// forge-config: deep.invariant.runs = 2000
/// forge-config: deep.invariant.depth = 100
contract OrderInvariants is OrderGatewayTest, RecordsActions {
    OrderHandler private _handler;

    function setUp() public override {
        super.setUp();
        OrderGateway.Rules memory rules = orderRules(3, 10, 60, uint64(FEE));
        rules.checksClock = true;
        vm.prank(owner());
        gateway.setRules(market, rules);
        fund(alice, 20_000_000 * USD);
        fund(bob, 20_000_000 * USD);
        addMargin(bob, 100_000 * USD);
        OrderHandler.World memory world;
        (world.pyth, world.spot, world.feed) = (pyth, spot, FEED);
        world.otherFeed = plainFeed(keccak256("ETH/EUR"));
        world.takers = [alice, bob];
        (world.lp, world.keeper, world.owner) = (lp, keeper, owner());
        _handler = new OrderHandler(d, world);
        targetContract(address(_handler));
    }

    function invariant_E2_GatewayHoldsWhatItOwes() public view {
        uint256 credits = gateway.creditOf(alice) + gateway.creditOf(bob);
        assertEq(address(gateway).balance, _handler.feesOfOpenOrders() + credits, "keeper fees");
        address[2] memory takers = [alice, bob];
        for (uint256 i = 0; i < 2; ++i) {
            (, uint256 bound_) = vault.escrowOf(takers[i], address(gateway));
            assertEq(bound_, _handler.bondsOf(takers[i]), "bonds");
        }
    }

    function afterInvariant() public {
        _handler.printCalls();
        _recordCalls(_handler);
    }
}
