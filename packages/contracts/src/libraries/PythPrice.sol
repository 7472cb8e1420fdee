// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Cast} from "../types/Cast.sol";
import {Price, PriceLib, WAD} from "../types/Units.sol";

/// @title Pyth's fixed-point numbers in WAD
library PythPrice {
    int256 internal constant MIN_EXPO = -25;
    int256 internal constant MAX_EXPO = 10;

    error ExponentOutOfRange(int32 expo, int256 minExpo, int256 maxExpo);

    /// @dev amount x 10^expo in WAD, down. Exact for every exponent from -18 up; below, digits past the eighteenth are
    /// cut off. 2^64 x 10^28 is below 2^158, so nothing overflows.
    function toWadFloor(uint256 amount, int32 expo) internal pure returns (uint256) {
        if (!isInRange(expo)) revert ExponentOutOfRange(expo, MIN_EXPO, MAX_EXPO);
        int256 shift = int256(expo) + 18;
        // shift is within [-7, 28] here.
        return shift >= 0 ? amount * 10 ** Cast.toUint(shift) : amount / 10 ** Cast.toUint(-shift);
    }

    function isInRange(int32 expo) internal pure returns (bool) {
        return expo >= MIN_EXPO && expo <= MAX_EXPO;
    }

    /// @dev Base in dollars over collateral in dollars: the price in collateral, down, and the half width of the widest
    /// interval that both confidences allow, up. The far end is (base + its confidence) over (collateral - its
    /// confidence), which lies further from the price than the near one. A collateral that may be worth nothing makes it
    /// MAX_PRICE, and nothing wider is told apart. Everything WAD; both prices positive.
    ///
    /// Prices are at most 2^128 - 1 and confidences below 2^158 (see {toWadFloor}): nothing overflows.
    function divide(uint256 base, uint256 baseConfidence, uint256 collateral, uint256 collateralConfidence)
        internal
        pure
        returns (Price price, uint256 confidence)
    {
        price = PriceLib.toPrice(base * WAD / collateral);
        if (baseConfidence == 0 && collateralConfidence == 0) return (price, 0);
        if (collateralConfidence >= collateral) return (price, PriceLib.MAX_PRICE);
        uint256 width = collateral - collateralConfidence;
        uint256 highest = ((base + baseConfidence) * WAD + (width - 1)) / width;
        confidence = highest - price.unwrap();
        if (confidence > PriceLib.MAX_PRICE) confidence = PriceLib.MAX_PRICE;
    }
}
