// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Quotation} from "./StoredPrices.sol";

/// @title Execution prices of this transaction, in transient storage
/// @notice The first price at or after a time is unique, so all orders of one market and one earliest time share one
/// verification by Pyth. A price has three words: price 128 | confidence 128; oldest 64 | newest 64 | isFallback 1 |
/// needsCheck 1; base 128 | collateral 128, the last one only where a second source is compared with it.
/// @dev Kinds have separate keys, so that no price is taken for one of another kind.
library VerifiedPrices {
    /// @dev Unique prices of Pyth: the key includes the earliest time.
    bytes32 internal constant FIRST = keccak256("counterpoise.verified.first");
    /// @dev Prices of the second source.
    bytes32 internal constant FALLBACK = keccak256("counterpoise.verified.fallback");
    /// @dev Current prices that relayers chose.
    bytes32 internal constant CURRENT = keccak256("counterpoise.verified.current");

    uint256 private constant LOW = type(uint128).max;
    uint256 private constant TIME = type(uint64).max;
    uint256 private constant FALLBACK_FLAG = 1 << 128;
    uint256 private constant NEEDS_CHECK = 1 << 129;

    function keyOf(bytes32 kind, uint256 marketId, uint256 minPublishTime) internal pure returns (bytes32) {
        return keccak256(abi.encode(kind, marketId, minPublishTime));
    }

    /// @dev Stores a price of the first source. Price and confidence are at most 2^128 - 1, times are Pyth's uint64.
    /// @param isChecked whether {IPriceOracle-checkIncrease} decides on increases at it
    function store(bytes32 key, Quotation memory q, bool withParts, bool isChecked) internal {
        _store(key, q, isChecked ? NEEDS_CHECK : 0);
        if (withParts) _write(key, 2, q.base | q.collateral << 128);
    }

    /// @dev Stores a price of the second source, which admits no increase.
    function storeFallback(bytes32 key, Quotation memory q) internal {
        _store(key, q, FALLBACK_FLAG | NEEDS_CHECK);
    }

    /// @dev Returns whether there is a price, and the publish time of its newer part, seconds.
    function find(bytes32 key) internal view returns (bool exists, uint256 newest) {
        uint256 times = _read(key, 1);
        return (times != 0, (times >> 64) & TIME);
    }

    function load(bytes32 key) internal view returns (uint256 price, uint256 confidence, uint256 publishTime) {
        uint256 word = _read(key, 0);
        return (word & LOW, word >> 128, _read(key, 1) & TIME);
    }

    function isFallback(bytes32 key) internal view returns (bool) {
        return _read(key, 1) & FALLBACK_FLAG != 0;
    }

    function needsCheck(bytes32 key) internal view returns (bool) {
        return _read(key, 1) & NEEDS_CHECK != 0;
    }

    /// @dev WAD dollars.
    function parts(bytes32 key) internal view returns (uint256 base, uint256 collateral) {
        uint256 word = _read(key, 2);
        return (word & LOW, word >> 128);
    }

    function _store(bytes32 key, Quotation memory q, uint256 flags) private {
        _write(key, 0, q.price | q.confidence << 128);
        _write(key, 1, q.oldest | q.newest << 64 | flags);
    }

    function _write(bytes32 key, uint256 index, uint256 word) private {
        assembly ("memory-safe") {
            tstore(add(key, index), word)
        }
    }

    function _read(bytes32 key, uint256 index) private view returns (uint256 word) {
        assembly ("memory-safe") {
            word := tload(add(key, index))
        }
    }
}
