// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title Integer conversions without a range check
/// @notice Conversions whose range the caller has established, and extraction of bits from packed words. Code that has
/// not established the range uses OpenZeppelin's SafeCast.
/// @dev This file is the only one that the `unsafe-typecast` lint skips (`foundry.toml`).
library Cast {
    /// @dev `value` must be below 2^255.
    function toInt(uint256 value) internal pure returns (int256) {
        return int256(value);
    }

    /// @dev `value` must not be negative.
    function toUint(int256 value) internal pure returns (uint256) {
        return uint256(value);
    }

    /// @dev |value|. Reverts for the least int256.
    function magnitude(int256 value) internal pure returns (uint256) {
        return uint256(value < 0 ? -value : value);
    }

    /// @dev `value` if it is positive, else zero.
    function positivePart(int256 value) internal pure returns (uint256) {
        return value > 0 ? uint256(value) : 0;
    }

    /// @dev The two's complement of `value`, from which {lowUint128} and the like cut a packed field.
    function toWord(int256 value) internal pure returns (uint256) {
        return uint256(value);
    }

    /// @dev The first four bytes: the selector of an error or a call. Zero for fewer than four bytes.
    function toSelector(bytes memory data) internal pure returns (bytes4) {
        return data.length < 4 ? bytes4(0) : bytes4(data);
    }

    /// @dev The lowest 160 bits.
    function toAddress(uint256 word) internal pure returns (address) {
        return address(uint160(word));
    }

    // ----------------------------------------------------------------------- lowest bits, higher ones are cut off ----

    function lowUint8(uint256 word) internal pure returns (uint8) {
        return uint8(word);
    }

    function lowUint16(uint256 word) internal pure returns (uint16) {
        return uint16(word);
    }

    function lowUint24(uint256 word) internal pure returns (uint24) {
        return uint24(word);
    }

    function lowUint32(uint256 word) internal pure returns (uint32) {
        return uint32(word);
    }

    function lowUint40(uint256 word) internal pure returns (uint40) {
        return uint40(word);
    }

    function lowUint48(uint256 word) internal pure returns (uint48) {
        return uint48(word);
    }

    function lowUint64(uint256 word) internal pure returns (uint64) {
        return uint64(word);
    }

    function lowUint72(uint256 word) internal pure returns (uint72) {
        return uint72(word);
    }

    function lowUint80(uint256 word) internal pure returns (uint80) {
        return uint80(word);
    }

    function lowUint88(uint256 word) internal pure returns (uint88) {
        return uint88(word);
    }

    function lowUint104(uint256 word) internal pure returns (uint104) {
        return uint104(word);
    }

    function lowUint112(uint256 word) internal pure returns (uint112) {
        return uint112(word);
    }

    function lowUint128(uint256 word) internal pure returns (uint128) {
        return uint128(word);
    }

    function lowUint224(uint256 word) internal pure returns (uint224) {
        return uint224(word);
    }

    function lowInt24(uint256 word) internal pure returns (int24) {
        return int24(uint24(word));
    }

    function lowInt32(uint256 word) internal pure returns (int32) {
        return int32(uint32(word));
    }

    function lowInt64(uint256 word) internal pure returns (int64) {
        return int64(uint64(word));
    }

    function lowInt72(uint256 word) internal pure returns (int72) {
        return int72(uint72(word));
    }

    function lowInt104(uint256 word) internal pure returns (int104) {
        return int104(uint104(word));
    }

    function lowInt112(uint256 word) internal pure returns (int112) {
        return int112(uint112(word));
    }

    function lowInt128(uint256 word) internal pure returns (int128) {
        return int128(uint128(word));
    }
}
