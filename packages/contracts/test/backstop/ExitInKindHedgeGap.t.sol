// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IExitInKind} from "../../src/interfaces/IExitInKind.sol";
import {BaseVaultGapTest} from "../regression/BaseVaultGapTest.sol";
import {SpotHedgeQuoteMakerTest} from "../utils/SpotHedgeQuoteMakerTest.sol";

/// @dev H1: an exit in kind from a flat hedged vault takes its part of the tokens that would close the gap, and of the gap.
contract ExitInKindBaseVaultGapTest is BaseVaultGapTest {
    function test_H1_Books_TheGapShrinksByTheFraction() public {
        _shortAgainstTheVault(alice, 10_000 * USD, 50e18);
        jumpWithPool(2300e18);
        spot.moveTo(2400e18);
        deleverageAfterWindow(alice);
        assertEq(shb.hedgeGap(), 50e18);
        uint256 minPart = shb.hedgeGapMinPart();
        uint256 held = shb.assetBalance();
        int256 margin = marginOf(address(shb));
        uint256 shares = shb.balanceOf(lp) / 2;
        vm.startPrank(lp);
        shb.approve(address(backstop), shares);
        uint256 exitId = backstop.startExit(address(shb), shares);
        vm.stopPrank();
        skip(1 hours);
        IExitInKind.Slice memory slice = backstop.executeExit(exitId, 0);
        assertEq(slice.base, 0, "flat");
        assertApproxEqAbs(shb.hedgeGap(), 25e18, 1e8);
        assertApproxEqAbs(shb.hedgeGapMinPart(), minPart / 2, 1e8);
        assertApproxEqRel(held - shb.assetBalance(), held / 2 * 9995 / 10_000, 1e12);
        assertApproxEqRel(marginOf(lp), margin / 2 * 9995 / 10_000, 1e12);
        assertEq(marginOf(lp) + marginOf(address(shb)), margin);
    }
}

contract ExitInKindQuoteVaultGapTest is SpotHedgeQuoteMakerTest {
    function test_H1_Books_TheGapShrinksByTheFraction() public {
        vm.prank(bob);
        vault.transferMarginToFund(market, bob, 380_000 * USD);
        buy(bob, maker, 80e18);
        movePrice(1600e18);
        backstop.flagShortfall(market, bob);
        skip(1 hours);
        movePrice(1600e18);
        spot.moveTo(1400e18);
        backstop.deleverage(market, bob, house.makersOf(market));
        assertEq(shq.hedgeGap(), -80e18);
        uint256 minPart = shq.hedgeGapMinPart();
        uint256 base = shq.baseBalance();
        uint256 shares = shq.balanceOf(lp) / 4;
        vm.startPrank(lp);
        shq.approve(address(backstop), shares);
        uint256 exitId = backstop.startExit(maker, shares);
        vm.stopPrank();
        skip(1 hours);
        uint256 held = weth.balanceOf(lp);
        IExitInKind.Slice memory slice = backstop.executeExit(exitId, 0);
        assertEq(slice.base, 0, "flat");
        assertApproxEqAbs(slice.baseXCD, 20e18, 1e8, "a fourth of the base that is to sell");
        assertApproxEqAbs(shq.hedgeGap(), -60e18, 1e8);
        assertApproxEqAbs(shq.hedgeGapMinPart(), minPart * 3 / 4, 1e8);
        assertEq(shq.baseBalance() + slice.baseXCD, base);
        backstop.claimSlice(maker, lp);
        assertEq(weth.balanceOf(lp) - held, slice.baseXCD);
        assertEq(weth.balanceOf(maker), shq.baseBalance());
    }
}
