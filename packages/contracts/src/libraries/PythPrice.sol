// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Cast} from "../types/Cast.sol";
import {Price, PriceLib, WAD} from "../types/Units.sol";

/// @title Converts Pyth's fixed-point numbers to WAD
library PythPrice {
    int256 internal constant MIN_EXPO = -25;
    int256 internal constant MAX_EXPO = 10;

    error ExponentOutOfRange(int32 expo, int256 minExpo, int256 maxExpo);

    /// @dev Returns amount * 10^expo in WAD, rounded down. Exact for exponents of at least -18; for smaller ones,
    /// digits after the eighteenth are cut off. Pyth's amounts are below 2^64, and 2^64 * 10^28 is below 2^158, so
    /// nothing overflows.
    function toWadFloor(uint256 amount, int32 expo) internal pure returns (uint256) {
        if (!isInRange(expo)) revert ExponentOutOfRange(expo, MIN_EXPO, MAX_EXPO);
        int256 shift = int256(expo) + 18;
        // The shift is in [-7, 28].
        return shift >= 0 ? amount * 10 ** Cast.toUint(shift) : amount / 10 ** Cast.toUint(-shift);
    }

    function isInRange(int32 expo) internal pure returns (bool) {
        return expo >= MIN_EXPO && expo <= MAX_EXPO;
    }

    /// @dev Returns the base price in collateral, rounded down, and the half width of the widest interval that both
    /// confidences allow, rounded up. The upper end of the interval is (base + its confidence) / (collateral - its
    /// confidence), which is farther from the price than the lower end. The confidence is MAX_PRICE at most, and
    /// MAX_PRICE if the collateral's confidence reaches its price. All values in WAD; both prices must be positive.
    ///
    /// Prices are at most 2^128 - 1 and confidences below 2^158 (see {toWadFloor}), so nothing overflows.
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
