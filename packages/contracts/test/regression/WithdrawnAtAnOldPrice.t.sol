// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev T36: an owner withdrew at a price of up to 60 seconds ago, when a newer one was worse for it. Alice is long by
/// 100 at 2,000 with 40,000, of which 20,000 are free at 2,000 and 100 at 1,801.
contract WithdrawnAtAnOldPriceTest is ExchangeTest {
    function setUp() public override {
        super.setUp();
        addMargin(alice, 40_000 * USD);
        buy(alice, address(om), 100e18);
    }

    /// @dev The market fell to 1,700 meanwhile. The account would have ended 30,000 below zero instead of 10,000.
    function test_T36_Margin_LeavesAtAFreshPriceOnly() public {
        uint256 inFund = vault.fundOf(alice);
        skip(11);
        bytes memory stale = abi.encodeWithSelector(IPriceOracle.StalePrice.selector, FEED, START, START + 1);
        vm.startPrank(alice);
        vm.expectRevert(stale);
        vault.transferMarginToFund(market, alice, 10_000 * USD);
        vm.expectRevert(stale);
        vault.payOutMargin(market, 10_000 * USD, alice);
        vm.stopPrank();
        setPrice(1700e18);
        assertEq(vault.fundOf(alice), inFund, "nothing left");
        assertEq(marginOf(alice), 40_000e18);
        vm.expectPartialRevert(IVault.InsufficientMargin.selector);
        vm.prank(alice);
        vault.transferMarginToFund(market, alice, 1);
    }

    /// @dev The last second of a fresh price, at which the owner takes what is free.
    function test_T36_Margin_LeavesAtAPriceOfTenSeconds() public {
        skip(10);
        vm.prank(alice);
        vault.transferMarginToFund(market, alice, 10_000 * USD);
        assertEq(marginOf(alice), 30_000e18);
    }

    /// @dev A flat account needs no price.
    function test_T36_FlatAccount_LeavesWithoutAPrice() public {
        close(alice, address(om));
        skip(1 days);
        uint256 all = uint256(marginOf(alice)) / 1e12;
        vm.prank(alice);
        vault.payOutMargin(market, all, alice);
        assertLt(marginOf(alice), 1e12);
    }

    /// @dev An LP of the immediate path left at 2,000 while the makers' loss at 2,200 was not stored: the remaining LPs
    /// would bear its part.
    function test_T36_LpShares_AreRedeemedAtAFreshPriceOnly() public {
        (uint256 inToken, uint256 inBase) = (usd.balanceOf(lp), weth.balanceOf(lp));
        addMargin(bob, 100_000 * USD);
        sell(bob, address(shb), 10e18);
        skip(11);
        bytes memory stale = abi.encodeWithSelector(IPriceOracle.StalePrice.selector, FEED, START, START + 1);
        vm.startPrank(lp);
        vm.expectRevert(stale);
        om.withdraw(1000e18);
        vm.expectRevert(stale);
        shb.withdraw(1e18);
        vm.stopPrank();
        assertEq(usd.balanceOf(lp), inToken);
        assertEq(weth.balanceOf(lp), inBase);
        // Deposits, views and trades have the usual limit.
        assertGt(om.sharePrice(), 0);
        close(bob, address(om));
        skip(1);
        setPrice(2200e18);
        int256 value = valueOf(address(om));
        vm.prank(lp);
        om.withdraw(1000e18);
        assertLt(usd.balanceOf(lp) - inToken, 1000 * USD, "the LP bears its part of the loss");
        assertLt(valueOf(address(om)), value);
    }
}
