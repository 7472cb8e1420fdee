// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title Pyth's fixed-point numbers in WAD
library PythPrice {
    int256 internal constant MIN_EXPO = -25;
    int256 internal constant MAX_EXPO = 10;

    error ExponentOutOfRange(int32 expo, int256 minExpo, int256 maxExpo);

    /// @dev amount x 10^expo in WAD, down. Exact for every exponent from -18 up; below, digits past the eighteenth are
    /// cut off. 2^64 x 10^28 is below 2^158, so nothing overflows.
    function toWadFloor(uint64 amount, int32 expo) internal pure returns (uint256) {
        if (expo < MIN_EXPO || expo > MAX_EXPO) revert ExponentOutOfRange(expo, MIN_EXPO, MAX_EXPO);
        int256 shift = int256(expo) + 18;
        // shift is within [-7, 28] here.
        // forge-lint: disable-next-line(unsafe-typecast)
        return shift >= 0 ? uint256(amount) * 10 ** uint256(shift) : uint256(amount) / 10 ** uint256(-shift);
    }
}
