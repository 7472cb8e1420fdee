// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../../script/Deploy.s.sol";
import {IQuoteVault} from "../../../src/interfaces/IQuoteVault.sol";
import {ISpotHedgeVault} from "../../../src/interfaces/ISpotHedgeVault.sol";
import {ExchangeTest} from "../../utils/ExchangeTest.sol";
import {SecondSourceTest} from "../../utils/SecondSourceTest.sol";
import {SpotHedgeMakerTest} from "../../utils/SpotHedgeMakerTest.sol";
import {SpotHedgeQuoteMakerExchange} from "../../utils/SpotHedgeQuoteMakerExchange.sol";
import {SpotHedgeQuoteMakerTest} from "../../utils/SpotHedgeQuoteMakerTest.sol";
import {liquidationPriceOf} from "../../utils/OraclePrices.sol";

/// @dev A quote vault that a deleveraging has left flat, with 80 base to sell; the smallest part is five. No caller can keep
/// the gap open or block the queue of LPs.
contract SpotHedgeQuoteMakerCloseHedgeGapTest is SpotHedgeQuoteMakerTest, SecondSourceTest {
    uint256 private constant PRICE = 1600e18;
    uint256 private constant LEAST = 5e18;

    function config() internal override(SpotHedgeQuoteMakerExchange, SecondSourceTest) returns (DeployConfig memory c) {
        c = super.config();
        (c.breakerWindow, c.breakerMaxOutflow, c.breakerMaxBaseOutflow) = (1 days, 1_000_000, 1_000_000);
    }

    function setUp() public override(SpotHedgeMakerTest, ExchangeTest) {
        super.setUp();
        vm.prank(bob);
        vault.transferMarginToFund(market, bob, 380_000 * USD);
        buy(bob, maker, 80e18);
        movePrice(PRICE);
        backstop.flagShortfall(market, bob);
        skip(1 hours);
        movePrice(PRICE);
        second.push(1600e8, timestamp());
        spot.moveTo(1400e18);
        backstop.deleverage(market, bob, house.makersOf(market));
        spot.moveTo(PRICE);
        assertEq(sizeOf(maker), 0);
        assertEq(shq.hedgeGap(), -80e18);
        assertEq(shq.hedgeGapMinPart(), LEAST);
    }

    // ------------------------------------------------------------------------------------------------------ parts ----

    /// @dev Tiny parts would use up the intervals for hours: a gap takes at most sixteen parts.
    function test_T34_GapClosesInSixteenParts() public {
        for (uint256 turn = 0; turn < 16; ++turn) {
            assertLt(shq.hedgeGap(), 0);
            vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.HedgeGapPartTooSmall.selector, LEAST - 1, LEAST));
            shq.closeHedgeGap(LEAST - 1);
            shq.closeHedgeGap(LEAST);
            _nextInterval(PRICE);
        }
        assertEq(shq.hedgeGap(), 0);
        assertEq(shq.baseBalance(), 0);
    }

    /// @dev A closing that would leave dust leaves a whole part.
    function test_T34_ClosingLeavesNoDust() public {
        vm.prank(stranger);
        shq.closeHedgeGap(80e18 - 9e10);
        assertEq(shq.hedgeGap(), -int256(LEAST));
        _nextInterval(PRICE);
        vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.HedgeGapPartTooSmall.selector, LEAST - 1, LEAST));
        shq.closeHedgeGap(LEAST - 1);
        shq.closeHedgeGap(type(uint256).max);
        assertEq(shq.hedgeGap(), 0);
        _redeemThroughTheQueue(1000e18);
    }

    function testFuzz_T34_RemainderIsZeroOrAPart(uint256[6] calldata parts) public {
        for (uint256 i = 0; i < parts.length; ++i) {
            uint256 gap = uint256(-int256(shq.hedgeGap()));
            if (gap == 0) break;
            uint256 part = boundSize(parts[i], 0, gap + 1);
            bool isRefused = part < gap && (part < LEAST || gap < 2 * LEAST);
            if (isRefused) vm.expectPartialRevert(ISpotHedgeVault.HedgeGapPartTooSmall.selector);
            shq.closeHedgeGap(part);
            if (isRefused) continue;
            uint256 left = uint256(-int256(shq.hedgeGap()));
            assertTrue(left == 0 || left >= LEAST, "dust");
            assertGe(left + part, gap, "closed more than requested");
            _nextInterval(PRICE);
        }
    }

    // ------------------------------------------------------------------------------------------------------ price ----

    /// @dev A stored price that the market has left is no bound: an account that moves the pool back to it would buy
    /// the base cheaper by the whole market move.
    function test_T34_RevertIf_TheStoredPriceIsOld() public {
        skip(61);
        setPrice(PRICE);
        skip(11);
        vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.HedgePriceTooOld.selector, 11, 10));
        vm.prank(stranger);
        shq.closeHedgeGap(type(uint256).max);
        setPrice(1630e18);
        // The stored price is the market's now, and the moved pool is too far from it.
        vm.expectPartialRevert(ISpotHedgeVault.HedgeTooFar.selector);
        shq.closeHedgeGap(type(uint256).max);
        spot.moveTo(1630e18);
        uint256 held = shq.assetBalance();
        skip(10);
        shq.closeHedgeGap(type(uint256).max);
        uint256 worth = 80 * 1630 * USD;
        assertGe(shq.assetBalance() - held, worth - worth * shq.hedgeGapRules().maxDeviation / PPM);
    }

    /// @dev The second source serves liquidations while the first is silent. It may be as far from the market as the
    /// bound.
    function test_T34_RevertIf_OnlyTheSecondSourceIsFresh() public {
        skip(3601);
        second.push(1630e8, timestamp());
        assertEq(liquidationPriceOf(oracle, market), 1630e18);
        spot.moveTo(1630e18);
        vm.expectPartialRevert(ISpotHedgeVault.HedgePriceTooOld.selector);
        shq.closeHedgeGap(type(uint256).max);
    }

    // ------------------------------------------------------------------------------------------------------- dust ----

    /// @dev LPs that withdraw in kind are paid all of the gap but dust. The roundings of its swap are within the bound
    /// at any price.
    function testFuzz_H1_DustIsSold(uint256 left, uint256 price) public {
        _leaveAllBut(boundShares(left, 1e13, 1e20));
        uint256 dust = uint256(-int256(shq.hedgeGap()));
        assertLt(dust, 1e16);
        price = boundPrice(price, 1000e18, 4000e18);
        _nextInterval(price);
        shq.closeHedgeGap(type(uint256).max);
        assertEq(shq.hedgeGap(), 0);
        assertEq(shq.baseBalance(), 0);
    }

    /// @dev A gap worth less than one unit of the collateral is written off at any pool price and blocks no redemption.
    function test_H1_WorthlessDustIsWrittenOff() public {
        _leaveAllBut(7e12);
        int256 gap = shq.hedgeGap();
        assertLt(gap, 0);
        assertLt(uint256(-gap) * PRICE / WAD, 1e12);
        vm.prank(lp);
        shq.transfer(address(shqRequests), 7e12);
        vm.expectPartialRevert(IQuoteVault.HedgeGapOpen.selector);
        vm.prank(address(shqRequests));
        shq.settleRedeem(5e12, 0, false);
        spot.moveTo(1000e18);
        vm.expectEmit(maker);
        emit ISpotHedgeVault.HedgeGapWrittenOff(gap);
        shq.closeHedgeGap(1e30);
        assertEq(shq.hedgeGap(), 0);
        assertEq(shq.baseBalance(), 0);
        vm.prank(address(shqRequests));
        shq.settleRedeem(5e12, 0, false);
    }

    // ---------------------------------------------------------------------------------------------------- helpers ----

    function _leaveAllBut(uint256 shares) private {
        uint256 held = shq.balanceOf(lp);
        vm.prank(lp);
        shq.withdraw(held - shares);
    }

    function _redeemThroughTheQueue(uint256 shares) private {
        vm.prank(lp);
        shq.transfer(address(shqRequests), shares);
        vm.prank(address(shqRequests));
        shq.settleRedeem(shares, 0, false);
    }

    function _nextInterval(uint256 price) private {
        skip(61);
        setPrice(price);
        spot.moveTo(price);
    }
}
