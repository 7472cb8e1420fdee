// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IVault} from "../../src/interfaces/IVault.sol";
import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {insufficientMarketBalance} from "../utils/Reverts.sol";
import {VaultMarginTest} from "./VaultMarginTest.sol";

contract VaultTransferMarginToFundTest is VaultMarginTest {
    /// @dev A flat account withdraws without a price.
    function test_RemoveMargin_FlatAccountTakesAllOfItWithoutAPrice() public {
        skip(1 days);
        _remove(alice, 10_000 * USD);
        assertEq(marginOf(alice), 0);
        vm.expectRevert(abi.encodeWithSelector(IVault.InsufficientMargin.selector, -int256(1e12), 0));
        _remove(alice, 1);
    }

    function test_RemoveMargin_RevertIf_ThePriceIsStale() public {
        buy(alice, address(om), 10e18);
        skip(61);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.StalePrice.selector, FEED, START, START + 1));
        _remove(alice, 1);
    }

    function test_L6_RemoveMargin_DownToTheInitialRequirement() public {
        // 10 base cost 20,002, which is a loss of two at once.
        buy(alice, address(om), 10e18);
        vm.expectRevert(abi.encodeWithSelector(IVault.InsufficientMargin.selector, 2000e18 - 1e12, uint256(2000e18)));
        _remove(alice, 7998 * USD + 1);
        _remove(alice, 7998 * USD);
        assertEq(valueOf(alice), 2000e18);
    }

    function test_L6_RemoveMargin_UnrealisedProfitDoesNotCount() public {
        buy(alice, address(om), 10e18);
        skip(1);
        setPrice(3000e18);
        assertEq(valueOf(alice), 19_998e18);
        vm.expectRevert(abi.encodeWithSelector(IVault.InsufficientMargin.selector, 3000e18 - 1e12, uint256(3000e18)));
        _remove(alice, 7000 * USD + 1);
        _remove(alice, 7000 * USD);
    }

    function test_L6_RemoveMargin_UnrealisedLossCounts() public {
        buy(alice, address(om), 10e18);
        skip(1);
        setPrice(1500e18);
        // 10,000 - 5,002 = 4,998 against 1,500
        vm.expectRevert(abi.encodeWithSelector(IVault.InsufficientMargin.selector, 1500e18 - 1e12, uint256(1500e18)));
        _remove(alice, 3498 * USD + 1);
        _remove(alice, 3498 * USD);
    }

    /// @dev L5: the market pays realised profit at once, while the loser's position is open.
    function test_L5_RealisedProfit_IsWithdrawableAtOnce() public {
        buy(alice, address(om), 10e18);
        addMargin(bob, 100_000 * USD);
        sell(bob, address(om), 10e18);
        skip(1);
        setPrice(3000e18);
        close(alice, address(om));
        int256 margin = marginOf(alice);
        // 1,000 on each of 10, less the premiums of two at the opening and three at the close.
        assertEq(margin, 19_995e18);
        _remove(alice, 19_995 * USD);
        assertEq(marginOf(alice), 0);
        assertEq(sizeOf(bob), -10e18);
    }

    /// @dev L3: a market pays no more than it holds. Other markets and the funds of accounts are not touched.
    function test_L3_RevertIf_TheMarketHoldsLess() public {
        uint256 held = _winMoreThanTheMarketHolds();
        assertEq(held, 1_910_000 * USD);
        uint256 won = uint256(marginOf(alice)) / 1e12;
        assertGt(won, held);
        vm.expectRevert(insufficientMarketBalance(won, held));
        _remove(alice, won);
        _remove(alice, held);
        assertEq(vault.fundOf(bob), 1_000_000 * USD);
        vm.prank(bob);
        vault.withdraw(1_000_000 * USD, bob);
    }

    function testFuzz_L6_NoWithdrawalLeavesLessThanInitial(uint256 size, uint256 price, uint256 amount, bool isShort)
        public
    {
        size = boundSize(size, 1e15, 40e18);
        if (isShort) sell(alice, address(om), size);
        else buy(alice, address(om), size);
        skip(1);
        price = boundPrice(price, 500e18, 5000e18);
        setPrice(price);
        amount = boundAmountXCD(amount, 1, 10_000 * USD);
        vm.prank(alice);
        try vault.transferMarginToFund(market, alice, amount) {
            int256 required = int256((size * price / 1e18) / 10);
            assertGe(valueOf(alice), required);
            assertGe(marginOf(alice), required);
        } catch (bytes memory reason) {
            assertEq(bytes4(reason), IVault.InsufficientMargin.selector);
        }
    }
}
