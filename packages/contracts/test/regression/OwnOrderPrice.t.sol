// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse, LiquidationParams} from "../../src/interfaces/IClearingHouse.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {Order, OrderRequest} from "../../src/types/Order.sol";
import {OrderGatewayTest} from "../gateways/OrderGatewayTest.sol";

/// @dev T26: the attacker executes its own order, and uses its price in the same transaction.
contract OwnOrderPriceTest is OrderGatewayTest {
    function test_T26_OwnOrdersPrice_NeitherLiquidatesNorFreesMargin() public {
        addMargin(bob, 20_000 * USD);
        buy(bob, address(om), 50e18);
        sell(alice, address(om), 50e18);
        OrderRequest memory r = request(address(om), false);
        r.amount = 1e15;
        (uint256 id, Order memory o) = create(r);
        vm.warp(o.executableAt + 1);
        setPrice(START_PRICE);
        (int256 attacker, int256 victim) = (valueOf(alice), valueOf(bob));
        uint256 free = vault.withdrawableMarginOf(market, alice);

        // At 1,500 the attacker's short would gain 25,000, and the victim's long would be below zero.
        bytes[] memory data = update(1500e18, o);
        vm.prank(alice);
        assertTrue(gateway.executeOrder(id, o, data));
        assertEq(sizeOf(alice), -50e18 + 1e15);

        assertLe(vault.withdrawableMarginOf(market, alice), free + USD, "free margin increased");
        vm.expectPartialRevert(IVault.InsufficientMargin.selector);
        vm.prank(alice);
        vault.transferMarginToFund(market, alice, free + 10 * USD);
        LiquidationParams memory p;
        (p.marketId, p.account, p.liquidator, p.amount) = (market, bob, alice, type(uint256).max);
        vm.expectPartialRevert(IClearingHouse.NotLiquidatable.selector);
        vm.prank(alice);
        house.liquidate(p);
        // The attacker's order was filled at the first price, for a thousandth of a unit 500 below the stored one.
        assertLe(valueOf(alice), attacker + 0.5e18, "the attacker gained");
        assertEq(valueOf(bob), victim, "the victim paid");
    }
}
