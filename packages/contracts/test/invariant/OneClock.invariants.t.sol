// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {OrderGatewayTest} from "../gateways/OrderGatewayTest.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {SecondSourceTest} from "../utils/SecondSourceTest.sol";
import {OneClockHandler} from "./handlers/OneClockHandler.sol";

/// @dev E1, one clock: no account is liquidated, covered by insurance or allowed to withdraw at a price that was published
/// before the price of its last fill. The exchange has a second source, and callers choose which price they store.
contract OneClockInvariants is SecondSourceTest, OrderGatewayTest {
    OneClockHandler private _handler;

    function config() internal override(ExchangeTest, SecondSourceTest) returns (DeployConfig memory) {
        return SecondSourceTest.config();
    }

    function setUp() public override(ExchangeTest, OrderGatewayTest) {
        super.setUp();
        vm.prank(bob);
        vault.setOperator(address(gateway), true);
        addMargin(bob, 100_000 * USD);
        _handler = new OneClockHandler(d, pyth, second, FEED, [alice, bob], keeper);
        vm.deal(address(_handler), 100 ether);
        fund(address(_handler), 100_000_000 * USD);
        vm.startPrank(address(_handler));
        vault.transferFundToMargin(market, address(_handler), 100_000_000 * USD);
        vm.stopPrank();
        vm.prank(owner());
        om.setValidSender(address(_handler), true);
        targetContract(address(_handler));
    }

    function invariant_E1_NoForcedChangeOrWithdrawalAtAPriceOlderThanTheFill() public view {
        assertEq(_handler.violations(), 0, "E1");
    }

    function afterInvariant() public view {
        _handler.printCalls();
    }
}
