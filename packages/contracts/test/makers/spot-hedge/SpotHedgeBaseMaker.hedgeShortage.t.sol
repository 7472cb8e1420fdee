// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Vm} from "forge-std/Vm.sol";
import {ISpotHedgeVault} from "../../../src/interfaces/ISpotHedgeVault.sol";
import {LadderTest} from "../../utils/LadderTest.sol";

/// @dev H3. Takers are long elsewhere, so that the base vault, long like them, pays funding from the margin that was meant
/// to buy its base back. Two takers are short against it, 25 each, and the rate is 1% of the notional per 1,000 seconds.
contract SpotHedgeBaseMakerHedgeShortageTest is LadderTest {
    uint256 internal constant SIZE = 25e18;
    /// @dev Of the pool, quote per base.
    uint256 internal constant HIGHEST_PRICE = 2100;
    address internal vaultMaker;

    function setUp() public override {
        super.setUp();
        vaultMaker = address(shb);
        setFastFunding(1e13, 1e18);
        feeDust = 100;
        addMargin(alice, 200_000 * USD);
        addMargin(bob, 200_000 * USD);
        // The rate is at its cap before the maker has a position.
        long(carol, 900_000 * USD, 400e18);
        wait_(1 hours);
        sell(alice, vaultMaker, SIZE);
        spot.moveTo(START_PRICE);
        sell(bob, vaultMaker, SIZE);
        spot.moveTo(START_PRICE);
    }

    /// @dev Quote that the maker lacks to buy all of its base back at its entry price, WAD.
    function missing() internal view returns (uint256) {
        (int256 funding, int256 borrowing) = d.lens.pendingFeesOf(market, vaultMaker);
        int256 left = marginOf(vaultMaker) + positionOf(vaultMaker).openNotional.unwrap() - funding - borrowing;
        return left < 0 ? uint256(-left) : 0;
    }

    /// @dev Base held plus the long, WAD.
    function exposure() internal view returns (uint256) {
        return uint256(shb.assetBalance()) * shb.assetScale() + uint256(sizeOf(vaultMaker));
    }

    /// @dev Base of `quote` at 2,000, up to the token's unit.
    function baseUp(uint256 quote) internal view returns (uint256) {
        uint256 scale = shb.assetScale();
        uint256 unit = 2000 * scale;
        return (quote + unit - 1) / unit * scale;
    }

    function wait_(uint256 time) internal {
        skip(time);
        setPrice(START_PRICE);
    }

    function test_H3_NoFees_NoShortage() public {
        vm.recordLogs();
        close(alice, vaultMaker);
        assertFalse(hasEvent(ISpotHedgeVault.HedgeShortage.selector));
        assertEq(exposure(), 100e18);
        assertLaws();
    }

    /// @dev The first closer bears the shortage pro rata to its part of the position, and so does the last.
    function test_H3_FirstAndLastCloserBearTheSame() public {
        wait_(20_000);
        uint256 lacks = missing();
        assertGt(lacks, 19_000e18);
        uint256 expected = baseUp(lacks / 2 + 1);
        vm.expectEmit(true, true, true, false, vaultMaker);
        emit ISpotHedgeVault.HedgeShortage(expected);
        close(alice, vaultMaker);
        assertApproxEqAbs(100e18 - exposure(), expected, 2 * shb.assetScale(), "half");
        assertLe(missing(), lacks / 2 + 1e12, "the other half");
        assertApproxEqRel(missing(), lacks / 2, 0.01e18, "apart from the first closer's slippage");
        spot.moveTo(START_PRICE);
        close(bob, vaultMaker);
        assertEq(sizeOf(vaultMaker), 0);
        assertLe(100e18 - exposure(), baseUp(lacks) + 4 * shb.assetScale());
        assertApproxEqRel(100e18 - exposure(), baseUp(lacks), 0.01e18);
        assertEq(missing(), 0);
        assertGe(marginOf(vaultMaker), 0);
        assertLaws();
    }

    /// @dev The share price contains the fees before the first close, and closes take nothing from the LPs.
    function test_H3_ShortageShowsAtOnce() public {
        uint256 before = shb.totalAssets();
        wait_(20_000);
        uint256 total = shb.totalAssets();
        assertApproxEqAbs((before - total) * shb.assetScale(), 10e18, 0.05e18, "20% of 50");
        close(alice, vaultMaker);
        assertGe(shb.totalAssets() + 2, total);
        spot.moveTo(START_PRICE);
        close(bob, vaultMaker);
        assertGe(shb.totalAssets() + 4, total);
        assertApproxEqRel(shb.totalAssets(), total, 0.003e18, "apart from the closers' slippage");
    }

    /// @dev Fees have consumed more than the margin: the maker buys nothing back, and takers close at the oracle price.
    function test_H3_FeesBeyondTheMargin() public {
        wait_(120_000);
        assertGt(missing(), 100_000e18);
        uint256 held = shb.assetBalance();
        (, int256 quote) = close(alice, vaultMaker);
        assertEq(quote, -50_000e18);
        assertEq(shb.assetBalance(), held);
        close(bob, vaultMaker);
        assertEq(sizeOf(vaultMaker), 0);
        // The remainder is a debt of a flat maker, which sells base for it (T64).
        int256 debt = marginOf(vaultMaker);
        assertLt(debt, 0);
        assertLaws();
        takeOver(vaultMaker);
        assertEq(marginOf(vaultMaker), debt);
        assertEq(insurance(), 0);
        spot.moveTo(2000e18);
        spot.provide(baseXCD(95_000e18));
        shb.closeHedgeGap(type(uint256).max);
        assertGe(marginOf(vaultMaker), 0);
        assertLt(shb.assetBalance(), held);
        assertEq(insurance(), 0);
        assertLaws();
    }

    /// @dev T9: takers can close for any fees that the maker has paid, in any parts and at any pool price.
    function testFuzz_H3_EveryCloseWorks(uint256 time, uint256 first, uint256 second, uint256 poolPrice) public {
        wait_(boundTime(time, 90_000));
        first = boundSize(first, 1e12, SIZE);
        second = boundSize(second, 1e12, SIZE);
        uint256 lacks = missing();
        spot.moveTo(boundExactPrice(poolPrice, 1900e18, 2100e18));
        buy(alice, vaultMaker, first);
        _checkNothingOwed(lacks);
        buy(bob, vaultMaker, second);
        _checkNothingOwed(lacks);
        if (sizeOf(alice) != 0) close(alice, vaultMaker);
        if (sizeOf(bob) != 0) close(bob, vaultMaker);
        assertEq(sizeOf(vaultMaker), 0);
        assertGe(marginOf(vaultMaker), 0);
        assertGe(exposure() + baseUp(lacks) + 10 * shb.assetScale(), 100e18, "no more than the shortage is lost");
        assertLaws();
    }

    /// @dev Closes for an exact quote bear the shortage like closes of an exact base. Formerly such a purchase drew the
    /// whole quote and reverted.
    function test_H3_ExactQuoteCloses() public {
        wait_(90_000);
        uint256 lacks = missing();
        assertGt(lacks, 89_000e18 - 1000e18);
        uint256 held = shb.assetBalance();
        vm.recordLogs();
        (int256 base, int256 quote) = tradeAs(alice, order(alice, vaultMaker, false, true, 20_000e18));
        assertEq(quote, -20_000e18);
        uint256 short_ = _shortages();
        assertEq(shb.assetBalance() * shb.assetScale() + short_, held * shb.assetScale() + uint256(base), "H1");
        assertApproxEqRel(short_, uint256(base) * lacks / 100_000e18, 0.01e18, "its part of what is missing");
        assertApproxEqRel(uint256(base), 10e18, 0.005e18, "at the oracle price or the swap's");
        _checkNothingOwed(lacks);
        assertLaws();
    }

    /// @dev No quote is left to buy base with: the taker closes at the oracle price.
    function test_H3_ExactQuoteClosesWithNothingLeft() public {
        wait_(120_000);
        uint256 held = shb.assetBalance();
        (int256 base,) = tradeAs(alice, order(alice, vaultMaker, false, true, 20_000e18));
        assertEq(base, 10e18);
        assertEq(shb.assetBalance(), held);
        assertLaws();
    }

    /// @dev T9: takers can close for an exact quote, first or last.
    function testFuzz_H3_EveryExactQuoteCloseWorks(uint256 time, uint256[4] memory quotes, uint256 poolPrice) public {
        wait_(boundTime(time, 90_000));
        uint256 lacks = missing();
        uint256 before = exposure();
        vm.recordLogs();
        for (uint256 i = 0; i < 4; ++i) {
            spot.moveTo(boundExactPrice(poolPrice, 1900e18, 2100e18));
            address taker = i % 2 == 0 ? alice : bob;
            _buyFor(taker, boundQuote(quotes[i], 1e18, 24_000e18));
            _checkNothingOwed(lacks);
        }
        assertEq(exposure() + _shortages(), before, "H1");
        close(alice, vaultMaker);
        close(bob, vaultMaker);
        assertEq(sizeOf(vaultMaker), 0);
        assertGe(marginOf(vaultMaker), 0);
        assertGe(exposure() + baseUp(lacks) + 10 * shb.assetScale(), 100e18, "no more than the shortage is lost");
        assertLaws();
    }

    /// @dev H3: the loss "is spread over all closers, not left to the last". In any parts and kinds of closes, each
    /// base closed bears the same shortage, apart from slippage that earlier closes left in the margin.
    function testFuzz_H3_SpreadOverAllClosers(uint256 time, uint256[6] memory parts, uint8 kinds) public {
        wait_(boundTime(time, 5000, 90_000));
        uint256 first;
        for (uint256 i = 0; i < 7; ++i) {
            spot.moveTo(START_PRICE);
            address taker = i % 2 == 0 ? alice : bob;
            vm.recordLogs();
            int256 base;
            if (i == 6) (base,) = close(alice, vaultMaker);
            else if (kinds >> i & 1 == 0) (base,) = buy(taker, vaultMaker, boundSize(parts[i], 0.1e18, 7e18));
            else base = _buyFor(taker, boundSize(parts[i], 200e18, 14_000e18));
            uint256 ratio = _shortages() * 1e18 / uint256(base);
            if (i == 0) first = ratio;
            assertLe(ratio, first + 1e12, "a later closer is short of more");
            assertGe(ratio + first / 50, first, "an earlier closer was short of more");
        }
    }

    // ---------------------------------------------------------------------------------------------------- helpers ----

    function _buyFor(address taker, uint256 quote) private returns (int256 base) {
        (base,) = tradeAs(taker, order(taker, vaultMaker, false, true, quote));
    }

    /// @dev Since `vm.recordLogs()`, WAD.
    function _shortages() private returns (uint256 sum) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] == ISpotHedgeVault.HedgeShortage.selector) {
                sum += abi.decode(logs[i].data, (uint256));
            }
        }
    }

    /// @dev A close never increases the shortage per base, apart from rounding, and the margin stays at zero or above. The
    /// maker buys whole units of its base token, so that each of up to four closes can cost it one unit more at the pool's
    /// price.
    function _checkNothingOwed(uint256 lacks) private view {
        assertGe(marginOf(vaultMaker), 0);
        uint256 size = uint256(sizeOf(vaultMaker));
        uint256 unit = HIGHEST_PRICE * shb.assetScale();
        assertLe(missing(), lacks * size / (2 * SIZE) + 1e12 + 4 * unit);
    }
}

/// @dev The same with a base token of 8 decimals, which rounds coarsely.
contract SpotHedgeBaseMakerHedgeShortageCoarseTokenTest is SpotHedgeBaseMakerHedgeShortageTest {
    function baseDecimals() internal pure override returns (uint8) {
        return 8;
    }
}
