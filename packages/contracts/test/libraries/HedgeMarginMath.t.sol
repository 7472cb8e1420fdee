// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {HedgeMarginMath} from "../../src/libraries/HedgeMarginMath.sol";
import {Price, Quote} from "../../src/types/Units.sol";
import {Bounds} from "../utils/Bounds.sol";

contract HedgeMarginMathTest is Bounds {
    uint256 private constant WAD = 1e18;
    uint256 private constant PPM = 1e6;

    function test_Lacking_Examples() public pure {
        assertEq(HedgeMarginMath.lacking(Quote.wrap(400e18), 1000e18, 500_000), 100e18);
        assertEq(HedgeMarginMath.lacking(Quote.wrap(700e18), 1000e18, 500_000), -200e18);
        assertEq(HedgeMarginMath.lacking(Quote.wrap(-50e18), 1000e18, 500_000), 550e18);
        assertEq(HedgeMarginMath.lacking(Quote.wrap(7), 0, 500_000), -7, "a flat quote vault needs none");
    }

    /// @dev After closing x at the price: funds + x >= ratio x (notional - x), and one unit less is too little.
    function testFuzz_ToClose_RestoresTheRatioAndNoMore(
        int256 funds,
        uint256 notional,
        uint256 ratio,
        uint256 priceWad,
        uint256 decimals
    ) public pure {
        priceWad = boundExactPrice(priceWad, 1e14, 1e24);
        uint256 unitScale = 10 ** (18 - boundDecimals(decimals, 6, 18));
        ratio = boundRatio(ratio, 1, PPM);
        notional = boundQuote(notional, 1e6, 1e32);
        funds = boundQuote(funds, -int256(notional), int256(notional));
        uint256 units = HedgeMarginMath.toCloseUp(Quote.wrap(funds), notional, ratio, Price.wrap(priceWad), unitScale);
        int256 required = int256((notional * ratio + PPM - 1) / PPM);
        if (funds >= required) {
            assertEq(units, 0);
            return;
        }
        int256 unit = int256(unitScale * priceWad / WAD) + 1;
        int256 closed = int256(units * unitScale * priceWad / WAD) + 1;
        int256 whole = int256(notional);
        if (closed >= whole) return;
        assertGe((funds + closed) * int256(PPM) + int256(2 * PPM), int256(ratio) * (whole - closed), "enough");
        closed -= 2 * unit;
        if (closed > 0) assertLt((funds + closed) * int256(PPM), int256(ratio) * (whole - closed) + int256(2 * PPM));
    }

    /// @dev The part of a fill that fits needs no more than the funds, if needs grow at least as fast as the fill.
    function testFuzz_Available_Fits(uint256 base, uint256 held, uint256 neededBefore, uint256 perUnit, uint256 curve)
        public
        pure
    {
        base = boundSize(base, 1e9, 1e24);
        neededBefore = boundQuote(neededBefore, 0, 1e28);
        held = boundQuote(held, 0, 2e28);
        perUnit = boundExactPrice(perUnit, 1e15, 1e22);
        curve = boundNumber(curve, 0, 1e3);
        uint256 neededAfter = neededBefore + _need(base, perUnit, curve);
        uint256 available = HedgeMarginMath.availableDown(base, held, neededBefore, neededAfter);
        if (held <= neededBefore) {
            assertEq(available, 0);
        } else if (neededAfter > held) {
            assertLt(available, base);
            assertLe(neededBefore + _need(available, perUnit, curve), held + 1);
        }
    }

    /// @dev Convex, like the cost of swaps.
    function _need(uint256 base, uint256 perUnit, uint256 curve) private pure returns (uint256) {
        return base * perUnit / WAD + base * base / WAD * curve / WAD;
    }

    function testFuzz_Capacity_IsWhatTheLiabilityPaysFor(
        uint256 liability,
        uint256 priceWad,
        uint256 target,
        uint256 reserve
    ) public pure {
        liability = boundQuote(liability, 0, 1e30);
        priceWad = boundExactPrice(priceWad, 1e12, 1e26);
        target = boundRatio(target, 1, PPM);
        reserve = boundRatio(reserve);
        uint256 capacity = HedgeMarginMath.capacityDown(liability, Price.wrap(priceWad), target, reserve);
        uint256 perUnit = priceWad * (PPM + target + reserve);
        assertLe(capacity * perUnit, liability * PPM * WAD);
        assertGt(
            (capacity + 1) * perUnit + perUnit * WAD / priceWad + perUnit,
            liability * PPM * WAD,
            "the next amount exceeds the liability"
        );
    }
}
