// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IVault} from "../../src/interfaces/IVault.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {MarketStatusTest} from "./MarketStatusTest.sol";

/// @dev A pause stops fees and freezes the margin of open positions. Funds and flat accounts stay usable.
contract ClearingHousePausedMarketTest is MarketStatusTest {
    function test_Pause_NothingAccrues_AndNothingIsChargedLater() public {
        vm.prank(owner());
        house.setFunding(market, 1e12, 2e8, 1000e18);
        addMargin(alice, 10_000 * USD);
        buy(alice, address(om), 10e18);
        skip(100);
        vm.prank(guardian);
        house.setMarketStatus(market, MarketStatus.Paused);
        (int256 funding,) = d.lens.pendingFeesOf(market, alice);
        assertGt(funding, 0);
        skip(30 days);
        (int256 later,) = d.lens.pendingFeesOf(market, alice);
        assertEq(later, funding);
        vm.prank(owner());
        house.setMarketStatus(market, MarketStatus.Active);
        (later,) = d.lens.pendingFeesOf(market, alice);
        assertEq(later, funding);
        skip(1);
        (later,) = d.lens.pendingFeesOf(market, alice);
        assertGt(later, funding);
    }

    function test_Pause_FreezesMarginOfOpenPositionsOnly() public {
        addMargin(alice, 10_000 * USD);
        addMargin(bob, 500 * USD);
        buy(alice, address(om), 1e18);
        vm.prank(guardian);
        house.setSystemStatus(MarketStatus.Paused);
        bytes memory frozen = abi.encodeWithSelector(IVault.MarketFrozen.selector, market);
        vm.startPrank(alice);
        vm.expectRevert(frozen);
        vault.transferMarginToFund(market, alice, 1);
        vm.expectRevert(frozen);
        vault.payOutMargin(market, 1, alice);
        vm.expectRevert(frozen);
        vault.withdrawableMarginOf(market, alice);
        vm.stopPrank();
        vm.startPrank(bob);
        vault.transferMarginToFund(market, bob, 400 * USD);
        vault.payOutMargin(market, 100 * USD, bob);
        vm.stopPrank();
        assertEq(marginOf(bob), 0);
    }

    /// @dev Section 13: claims, refunds and adding margin, in every status of market and system.
    function test_EveryStatus_FundsFlatAccountsAndAddingMargin() public {
        addMargin(bob, 100 * USD);
        buy(bob, address(om), 0.01e18);
        for (uint8 status = 1; status <= 3; ++status) {
            for (uint8 system = 1; system <= 3; ++system) {
                vm.startPrank(owner());
                house.setMarketStatus(market, MarketStatus(status));
                house.setSystemStatus(MarketStatus(system));
                vm.stopPrank();
                _useFundsAndMargin();
            }
        }
        vm.prank(address(backstop));
        house.markSettled(market);
        _useFundsAndMargin();
    }

    function _useFundsAndMargin() private {
        fund(alice, 10 * USD);
        addMargin(alice, 5 * USD);
        addMargin(bob, 5 * USD);
        vm.startPrank(alice);
        vault.transferMarginToFund(market, alice, 3 * USD);
        vault.payOutMargin(market, 2 * USD, alice);
        vault.withdraw(7 * USD, alice);
        vault.donate(market, 1 * USD);
        vm.stopPrank();
        // T50: directly into the margin of a position, and of a flat account.
        usd.mint(bob, 2 * USD);
        usd.mint(alice, 1 * USD);
        int256 margin = marginOf(bob);
        vm.prank(bob);
        vault.depositToMargin(market, bob, 2 * USD);
        assertEq(marginOf(bob), margin + 2e18);
        vm.startPrank(alice);
        vault.depositToMargin(market, alice, 1 * USD);
        vault.transferMarginToFund(market, alice, 1 * USD);
        vm.stopPrank();
        assertEq(marginOf(alice), 0);
    }
}
