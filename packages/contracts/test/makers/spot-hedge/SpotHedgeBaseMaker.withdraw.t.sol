// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ILpVault} from "../../../src/interfaces/ILpVault.sol";
import {ISpotHedgeVault} from "../../../src/interfaces/ISpotHedgeVault.sol";
import {Quote, ZERO_QUOTE} from "../../../src/types/Units.sol";
import {SpotHedgeBaseMakerTest} from "../../utils/SpotHedgeBaseMakerTest.sol";

contract SpotHedgeBaseMakerWithdrawTest is SpotHedgeBaseMakerTest {
    function test_Withdraw_ReducesLiabilityProRata() public {
        sell(alice, maker, 40e18);
        uint256 total = shb.totalAssets();
        uint256 shares = shb.balanceOf(lp) / 4;
        vm.prank(lp);
        uint256 amount = shb.withdraw(shares);
        assertApproxEqAbs(amount, total / 4, 1);
        assertEq(shb.assetBalance(), 60e18 - amount);
        assertEq(shb.assetLiability(), 75e18);
        assertEq(weth.balanceOf(lp), amount);
    }

    function test_RevertIf_WithdrawalExceedsBaseHeld() public {
        sell(alice, maker, 80e18);
        uint256 shares = shb.balanceOf(lp) / 2;
        uint256 amount = shares * (shb.totalAssets() + 1e6) / (shb.totalSupply() + 1e6);
        vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.InsufficientAssetBalance.selector, amount, 20e18));
        vm.prank(lp);
        shb.withdraw(shares);
    }

    /// @dev A flat base vault pays fees that it earned in quote in kind, pro rata, and emits an event of their own.
    function test_Withdraw_FlatVaultPaysQuoteInKind() public {
        setSpread(5000);
        sell(alice, maker, 40e18);
        buy(alice, maker, 40e18);
        assertEq(sizeOf(maker), 0);
        uint256 earned = uint256(marginOf(maker)) / 1e12;
        assertGt(earned, 780 * USD);
        uint256 shares = shb.balanceOf(lp) / 4;
        vm.expectEmit(address(shb));
        emit ILpVault.Withdrawn(lp, shares, 25e18);
        vm.expectEmit(address(shb));
        emit ISpotHedgeVault.QuoteWithdrawn(lp, shares, earned / 4);
        vm.prank(lp);
        assertEq(shb.withdraw(shares), 25e18);
        assertEq(usd.balanceOf(lp), earned / 4);
        // The last LP is paid the rest.
        shares = shb.balanceOf(lp);
        vm.prank(lp);
        shb.withdraw(shares);
        assertEq(weth.balanceOf(lp), 100e18);
        assertEq(shb.assetLiability(), 0);
        assertLt(marginOf(maker), 1e12, "less than one unit of quote is left");
    }

    /// @dev The margin floor is half of the position's value. The views apply it like withdrawals.
    function test_MaxRedeem_ZeroBelowTheMarginFloor() public {
        addMargin(alice, 10_000 * USD);
        sell(alice, address(shb), 10e18);
        assertGt(shb.maxRedeem(lp), 0, "above the floor");
        vm.prank(address(house));
        vault.settlePenalty(market, address(shb), bob, Quote.wrap(-12_000e18), ZERO_QUOTE);
        assertLt(valueOf(address(shb)), 10_000e18);
        assertEq(shb.maxRedeem(lp), 0);
        (uint256 burned, uint256 amount,) = shb.quoteRedeem(1e18, true);
        assertEq(burned, 0);
        assertEq(amount, 0);
    }
}
