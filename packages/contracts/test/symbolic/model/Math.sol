// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @dev Replaces OpenZeppelin's `Math` while the libraries are checked symbolically. OpenZeppelin's `mulDiv` works with
/// 512 bits and has a short branch for products that fit 256 bits. This model has the short branch only, and asserts
/// that factors are below 2^128, where that branch applies. `SymbolicModelTest` compares the two.
library Math {
    enum Rounding {
        Floor,
        Ceil,
        Trunc,
        Expand
    }

    function mulDiv(uint256 x, uint256 y, uint256 denominator) internal pure returns (uint256) {
        assert(x < 2 ** 128 && y < 2 ** 128 && denominator != 0);
        unchecked {
            return x * y / denominator;
        }
    }

    function mulDiv(uint256 x, uint256 y, uint256 denominator, Rounding rounding) internal pure returns (uint256) {
        if (rounding == Rounding.Floor) return mulDiv(x, y, denominator);
        assert(rounding == Rounding.Ceil);
        assert(x < 2 ** 127 && y < 2 ** 128 && denominator != 0 && denominator < 2 ** 128);
        unchecked {
            return (x * y + (denominator - 1)) / denominator;
        }
    }

    function ceilDiv(uint256 a, uint256 b) internal pure returns (uint256) {
        assert(a < 2 ** 255 && b != 0 && b < 2 ** 255);
        unchecked {
            return (a + (b - 1)) / b;
        }
    }

    function min(uint256 a, uint256 b) internal pure returns (uint256) {
        return a < b ? a : b;
    }

    function max(uint256 a, uint256 b) internal pure returns (uint256) {
        return a > b ? a : b;
    }

    /// @dev The checks do not reach this function.
    function saturatingMul(uint256, uint256) internal pure returns (uint256) {
        assert(false);
        return 0;
    }

    /// @dev The checks do not reach this function.
    function sqrt(uint256) internal pure returns (uint256) {
        assert(false);
        return 0;
    }
}
