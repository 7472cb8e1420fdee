// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {HedgeMath} from "../../src/libraries/HedgeMath.sol";
import {Base, Price} from "../../src/types/Units.sol";
import {Bounds} from "../utils/Bounds.sol";

contract HedgeMathTest is Bounds {
    uint256 private constant WAD = 1e18;
    uint256 private constant PPM = 1e6;

    // ----------------------------------------------------------------------------------------------------- units ----

    function test_UnitsBetween_Examples() public pure {
        assertEq(HedgeMath.unitsBetween(0, 1e18, 1e10), 1e8);
        assertEq(HedgeMath.unitsBetween(0, 1e10 - 1, 1e10), 0, "finer than the unit");
        assertEq(HedgeMath.unitsBetween(1e10 - 1, 1e10, 1e10), 1, "the wei that completes it");
        assertEq(HedgeMath.unitsBetween(7, 7, 1), 0);
    }

    /// @dev H1: after any steps the hedge is the whole units of the position.
    function testFuzz_H1_UnitsOfStepsAddUp(uint256[8] memory sizes, uint256 decimals) public pure {
        uint256 scale = 10 ** (18 - boundDecimals(decimals));
        uint256 hedged;
        uint256 size;
        for (uint256 i = 0; i < sizes.length; ++i) {
            uint256 next = boundSize(sizes[i], 0, 1e30);
            if (next > size) hedged += HedgeMath.unitsBetween(size, next, scale);
            else hedged -= HedgeMath.unitsBetween(next, size, scale);
            size = next;
            assertEq(hedged, size / scale);
        }
    }

    // ---------------------------------------------------------------------------------------------------- spread ----

    /// @dev In both directions the taker gets at most the swap's amount less the spread.
    function testFuzz_Spread_IsTheVaults(uint256 quote, uint256 spread) public pure {
        quote = boundQuote(quote, 1, 1e40);
        spread = boundRatio(spread, 0, PPM - 1);
        uint256 less = HedgeMath.lessSpreadDown(quote, spread);
        assertLe(less * PPM, quote * (PPM - spread));
        assertGt((less + 1) * PPM, quote * (PPM - spread));
        uint256 plus = HedgeMath.plusSpreadUp(quote, spread);
        assertGe(plus * PPM, quote * (PPM + spread));
        assertLt((plus - 1) * PPM, quote * (PPM + spread));
        uint256 gross = HedgeMath.grossUp(quote, spread);
        assertGe(HedgeMath.lessSpreadDown(gross, spread), quote, "the swap yields too little");
        assertLt(HedgeMath.lessSpreadDown(gross - 1, spread), quote, "more than needed");
        uint256 net = HedgeMath.netDown(quote, spread);
        assertLe(HedgeMath.plusSpreadUp(net, spread), quote, "the swap spends too much");
        assertGt(HedgeMath.plusSpreadUp(net + 1, spread), quote, "less than the quote allows");
    }

    // ---------------------------------------------------------------------------------------------------- prices ----

    /// @dev A tolerance of one unit of either token: the rounding of a dust swap does not count as distance.
    function test_IsNear_ToleratesOneUnitOfEitherToken() public pure {
        Price price = Price.wrap(1600e18);
        // Worth 144 units of six decimals; a pool gives 143 for it.
        assertFalse(HedgeMath.isNear(9e10, 143e12, price, 5000));
        assertTrue(HedgeMath.isNear(9e10, 143e12, price, 5000, 1, 1e12));
        assertFalse(HedgeMath.isNear(9e10, 142e12, price, 5000, 1, 1e12));
        // One unit of eight decimals is worth 16 of six: the whole amount is one unit of rounding.
        assertTrue(HedgeMath.isNear(1e10, 0, price, 5000, 1e10, 1e12));
        assertFalse(HedgeMath.isNear(2e10, 0, price, 5000, 1e10, 1e12));
    }

    function testFuzz_H2_IsNear(uint256 base, uint256 priceWad, uint256 deviation, uint256 maxDeviation) public pure {
        base = boundSize(base, 1e12, 1e30);
        priceWad = boundExactPrice(priceWad, 1e12, 1e26);
        maxDeviation = boundRatio(maxDeviation, 1, PPM / 2);
        deviation = boundRatio(deviation, 0, PPM - 1);
        Price price = Price.wrap(priceWad);
        uint256 fair = base * priceWad / WAD;
        // Within one unit of quote around the bound both results are legal.
        if (deviation < maxDeviation) {
            assertTrue(HedgeMath.isNear(base, fair + fair * deviation / PPM, price, maxDeviation));
            assertTrue(HedgeMath.isNear(base, fair - fair * deviation / PPM, price, maxDeviation) || fair < 1e9);
        } else if (deviation > maxDeviation && fair > 1e9) {
            assertFalse(HedgeMath.isNear(base, fair + fair * deviation / PPM + 1, price, maxDeviation));
            assertFalse(HedgeMath.isNear(base, fair - fair * deviation / PPM - 1, price, maxDeviation));
        }
    }

    function testFuzz_Worse_NeverBetterThanEither(uint256 base, uint256 quote, uint256 priceWad, uint256 decimals)
        public
        pure
    {
        uint256 scale = 10 ** (18 - boundDecimals(decimals));
        base = boundSize(base, 1, 1e30 / scale) * scale;
        quote = boundQuote(quote, 1, 1e40);
        priceWad = boundExactPrice(priceWad, 1e9, 1e27);
        Price price = Price.wrap(priceWad);
        uint256 sold = HedgeMath.worseQuote(true, base, quote, price);
        assertLe(sold, quote);
        assertLe(sold * WAD, base * priceWad);
        uint256 bought = HedgeMath.worseQuote(false, base, quote, price);
        assertGe(bought, quote);
        assertGe(bought * WAD, base * priceWad);
        uint256 gives = HedgeMath.worseBase(true, base, quote, price, scale);
        assertGe(gives, base);
        assertGe(gives * priceWad, quote * WAD);
        assertEq(gives % scale, 0);
        uint256 gets = HedgeMath.worseBase(false, base, quote, price, scale);
        assertLe(gets, base);
        assertLe(gets * priceWad, quote * WAD);
        assertEq(gets % scale, 0);
    }

    // ------------------------------------------------------------------------------------------------------ gain ----

    function test_Gain_Examples() public pure {
        Price price = Price.wrap(2000e18);
        assertEq(HedgeMath.gainFloor(Base.wrap(10e18), 20_010e18, price).unwrap(), -10e18, "bought dear");
        assertEq(HedgeMath.gainFloor(Base.wrap(10e18), 19_990e18, price).unwrap(), 10e18, "bought cheap");
        assertEq(HedgeMath.gainFloor(Base.wrap(-10e18), 19_990e18, price).unwrap(), -10e18, "sold cheap");
        assertEq(HedgeMath.gainFloor(Base.wrap(-10e18), 20_010e18, price).unwrap(), 10e18, "sold dear");
        assertEq(HedgeMath.gainFloor(Base.wrap(0), 0, price).unwrap(), 0);
    }

    /// @dev A round trip costs the quote paid less the quote received at any price, apart from two roundings.
    function testFuzz_Gain_OfARoundTripIsItsCost(uint256 base, uint256 paid, uint256 got, uint256 priceWad)
        public
        pure
    {
        base = boundSize(base, 1, 1e30);
        paid = boundQuote(paid, 0, 1e36);
        got = boundQuote(got, 0, 1e36);
        Price price = Price.wrap(boundExactPrice(priceWad, 1, 1e30));
        int256 gain = HedgeMath.gainFloor(Base.wrap(int256(base)), paid, price).unwrap()
            + HedgeMath.gainFloor(Base.wrap(-int256(base)), got, price).unwrap();
        int256 exact = int256(got) - int256(paid);
        assertLe(gain, exact);
        assertGe(gain + 2, exact);
    }
}
