// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Order, OrderRequest} from "../../src/types/Order.sol";
import {OrderGatewayTest} from "./OrderGatewayTest.sol";

/// @dev T60: an LP of the OracleMaker is the keeper. It sees that an order wins, withdraws, lets the order fail for lack of
/// margin and deposits again: the LPs save the loss, and the keeper collects the fee.
contract LpKeeperTest is OrderGatewayTest {
    function setUp() public override {
        super.setUp();
        vm.deal(lp, 1 ether);
    }

    function test_T60_LpThatMakesAnOrderFail_EarnsNoFee() public {
        OrderRequest memory r = request(address(om), false);
        r.amount = 100e18;
        (uint256 id, Order memory o) = create(r);
        vm.warp(uint256(o.executableAt) + 1);
        setPrice(2050e18);
        uint256 shares = om.balanceOf(lp) * 99 / 100;
        uint256 balance = lp.balance;
        int256 taker = valueOf(alice) + int256(vault.fundOf(alice)) * 1e12;
        bytes[] memory data = update(START_PRICE, o);
        vm.startPrank(lp);
        uint256 assets = om.withdraw(shares);
        // 10,000 of margin are left, and a position of 200,000 requires 20,000.
        assertFalse(gateway.executeOrder(id, o, data));
        usd.approve(address(om), assets);
        om.deposit(assets);
        vm.stopPrank();
        assertEq(lp.balance, balance, "the LP earns no fee");
        assertEq(gateway.creditOf(alice), FEE, "the taker has its fee back");
        (uint256 escrow, uint256 bound) = vault.escrowOf(alice, address(gateway));
        assertEq(bound, 0, "the bond is free");
        assertEq(valueOf(alice) + int256(vault.fundOf(alice) + escrow) * 1e12, taker + int256(escrow) * 1e12);
        uint256 before = alice.balance;
        vm.prank(alice);
        gateway.withdrawCredit(payable(alice));
        assertEq(alice.balance, before + FEE);
    }
}
