// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {PythPrice} from "../../src/libraries/PythPrice.sol";
import {Price, PriceLib, PriceOutOfRange} from "../../src/types/Units.sol";
import {Bounds} from "../utils/Bounds.sol";

contract PythPriceTest is Bounds {
    function test_ToWadFloor_Examples() public pure {
        assertEq(PythPrice.toWadFloor(200_012_345_678, -8), 2000.12345678e18);
        assertEq(PythPrice.toWadFloor(5, 0), 5e18);
        assertEq(PythPrice.toWadFloor(5, 10), 5e28);
        assertEq(PythPrice.toWadFloor(123, -18), 123);
        assertEq(PythPrice.toWadFloor(129, -19), 12, "down");
        assertEq(PythPrice.toWadFloor(9_999_999, -25), 0, "down");
        assertEq(PythPrice.toWadFloor(10_000_000, -25), 1);
        assertEq(PythPrice.toWadFloor(0, -8), 0);
    }

    function testFuzz_ToWadFloor_ExactToTheEighteenthDigit(uint64 amount, int32 expo) public pure {
        expo = int32(boundExponent(expo, -25, 10));
        uint256 wad = PythPrice.toWadFloor(amount, expo);
        // amount x 10^expo and wad x 10^-18, both times 10^25
        uint256 exact = uint256(amount) * 10 ** uint256(int256(expo) + 25);
        assertLe(wad * 1e7, exact);
        assertGt((wad + 1) * 1e7, exact);
    }

    function testFuzz_RevertIf_ExponentIsOutOfRange(int32 expo) public {
        vm.assume(expo < -25 || expo > 10);
        vm.expectRevert(abi.encodeWithSelector(PythPrice.ExponentOutOfRange.selector, expo, int256(-25), int256(10)));
        this.toWadFloor(1, expo);
    }

    // --------------------------------------------------------------------------------------- base over collateral ----

    function test_Divide_Examples() public pure {
        (Price price, uint256 confidence) = PythPrice.divide(2000e18, 0, 1e18, 0);
        assertEq(price.unwrap(), 2000e18);
        assertEq(confidence, 0);
        (price, confidence) = PythPrice.divide(2000e18, 0, 0.87e18, 0);
        assertEq(price.unwrap(), 2298.85057471264367816e18, "down");
        // (2000 + 10) / (1 - 0.5) - 2000
        (price, confidence) = PythPrice.divide(2000e18, 10e18, 1e18, 0.5e18);
        assertEq(price.unwrap(), 2000e18);
        assertEq(confidence, 2020e18);
        (, confidence) = PythPrice.divide(2000e18, 0, 3e18, 0.000000000000000001e18);
        assertEq(confidence, 223, "up: 222.2 of the interval and 0.7 that the price was rounded by");
    }

    /// @dev The collateral may be worth nothing: the quotient has no upper bound.
    function test_Divide_ConfidenceBeyondTheCollateralsPrice() public pure {
        (, uint256 confidence) = PythPrice.divide(2000e18, 0, 1e18, 1e18);
        assertEq(confidence, PriceLib.MAX_PRICE);
        (, confidence) = PythPrice.divide(2000e18, 0, 1e18, uint256(type(uint64).max) * 1e28);
        assertEq(confidence, PriceLib.MAX_PRICE);
        (, confidence) = PythPrice.divide(PriceLib.MAX_PRICE, 0, 1e18, 1e18 - 1);
        assertEq(confidence, PriceLib.MAX_PRICE);
    }

    function test_Divide_RevertIf_OutOfRange() public {
        vm.expectRevert(abi.encodeWithSelector(PriceOutOfRange.selector, 0, PriceLib.MAX_PRICE));
        this.divide(1, 1e18 + 1);
        uint256 tooHigh = (PriceLib.MAX_PRICE / 1e18 + 1) * 1e18;
        vm.expectRevert(abi.encodeWithSelector(PriceOutOfRange.selector, tooHigh, PriceLib.MAX_PRICE));
        this.divide(tooHigh, 1e18);
    }

    /// @dev Against exact rationals, for every pair of exponents from -18 up and the extremes of an int64: with b and c
    /// the mantissas and e the difference of the exponents, the price is floor(b x 10^(e + 18) / c).
    function testFuzz_Divide_IsTheExactRationalFloored(uint64 b, uint64 c, int256 baseExpo, int256 collateralExpo)
        public
    {
        b = _mantissa(b);
        c = _mantissa(c);
        baseExpo = boundExponent(baseExpo, -18, 10);
        collateralExpo = boundExponent(collateralExpo, -18, 10);
        // Both sides of b x 10^baseExpo / (c x 10^collateralExpo) times 10^18, as integers.
        uint256 numerator = uint256(b) * 10 ** uint256(baseExpo + 18) * 1e18;
        uint256 denominator = uint256(c) * 10 ** uint256(collateralExpo + 18);
        uint256 exact = numerator / denominator;
        uint256 base = PythPrice.toWadFloor(b, int32(baseExpo));
        uint256 collateral = PythPrice.toWadFloor(c, int32(collateralExpo));
        if (exact == 0 || exact > PriceLib.MAX_PRICE) {
            vm.expectRevert(abi.encodeWithSelector(PriceOutOfRange.selector, exact, PriceLib.MAX_PRICE));
            this.divide(base, collateral);
        } else {
            assertEq(this.divide(base, collateral).unwrap(), exact);
        }
    }

    /// @dev Below -18 each part is first rounded at its eighteenth digit: the price lies within the roundings of the
    /// parts.
    function testFuzz_Divide_TinyPartsLoseTheirOwnLastDigitOnly(
        uint64 b,
        uint64 c,
        int256 baseExpo,
        int256 collateralExpo
    ) public view {
        b = uint64(boundExactPrice(b, 1e13, uint64(type(int64).max)));
        c = uint64(boundExactPrice(c, 1e13, uint64(type(int64).max)));
        baseExpo = boundExponent(baseExpo, -25, -19);
        collateralExpo = boundExponent(collateralExpo, -25, -19);
        uint256 base = PythPrice.toWadFloor(b, int32(baseExpo));
        uint256 collateral = PythPrice.toWadFloor(c, int32(collateralExpo));
        uint256 price = this.divide(base, collateral).unwrap();
        // exact = b x 10^(baseExpo + 25) / (c x 10^(collateralExpo + 25)), and x 10^-7 is one WAD digit
        uint256 exactBase = uint256(b) * 10 ** uint256(baseExpo + 25);
        uint256 exactCollateral = uint256(c) * 10 ** uint256(collateralExpo + 25);
        assertLe(price, exactBase * 1e18 / (exactCollateral - 1e7 + 1) + 1);
        assertGe(price + 1, (exactBase - 1e7 + 1) * 1e18 / exactCollateral);
    }

    /// @dev For any two prices within their intervals, the quotient is within the combined confidence.
    function testFuzz_Divide_ConfidenceCoversEveryQuotient(
        uint64 b,
        uint64 c,
        uint64 baseConfidence,
        uint64 collateralConfidence,
        uint256 whereBase,
        uint256 whereCollateral
    ) public pure {
        (uint256 base, uint256 collateral) = (uint256(_mantissa(b)) * 1e10, uint256(_mantissa(c)) * 1e10);
        vm.assume(base * 1e18 / collateral != 0 && base * 1e18 / collateral <= PriceLib.MAX_PRICE);
        uint256 widthB = boundExactPrice(baseConfidence, 0, base - 1);
        uint256 widthC = boundExactPrice(collateralConfidence, 0, collateral - 1);
        (Price price, uint256 confidence) = PythPrice.divide(base, widthB, collateral, widthC);
        uint256 quotient = boundExactPrice(whereBase, base - widthB, base + widthB) * 1e18
            / boundExactPrice(whereCollateral, collateral - widthC, collateral + widthC);
        uint256 distance = quotient > price.unwrap() ? quotient - price.unwrap() : price.unwrap() - quotient;
        assertTrue(distance <= confidence || confidence == PriceLib.MAX_PRICE);
    }

    function _mantissa(uint64 raw) private pure returns (uint64) {
        // The extremes occur often.
        if (raw % 16 == 0) return 1;
        if (raw % 16 == 1) return uint64(type(int64).max);
        return uint64(boundExactPrice(raw, 1, uint64(type(int64).max)));
    }

    function divide(uint256 base, uint256 collateral) external pure returns (Price price) {
        (price,) = PythPrice.divide(base, 0, collateral, 0);
    }

    function toWadFloor(uint64 amount, int32 expo) external pure returns (uint256) {
        return PythPrice.toWadFloor(amount, expo);
    }
}
