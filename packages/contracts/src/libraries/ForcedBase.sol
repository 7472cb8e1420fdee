// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title The base that forced changes have taken from a position, one storage word per account
/// @notice An order to close that finds less to reduce owes no bond for what a liquidation or a deleveraging has taken
/// (T44). The amount counts, not the fact: an account that liquidates a little of its position from another account has
/// no excuse for the rest.
library ForcedBase {
    using SafeCast for uint256;

    struct Record {
        /// @dev Time of the last forced change, seconds. {UNUSED} in an open record before the first one, zero when the record is
        /// not open.
        uint64 lastAt;
        /// @dev Base that it and those shortly before it have taken, WAD.
        uint128 base;
    }

    /// @dev Seconds without a forced change after which the base counts from zero: longer than orders live.
    uint256 internal constant MEMORY = 1 hours;

    uint64 private constant UNUSED = 1;

    /// @dev Opens a record. The account whose order may need the record pays for its word, and not a liquidator.
    function open(Record storage self) internal {
        if (self.lastAt == 0) self.lastAt = UNUSED;
    }

    /// @dev {add} to a record that is open.
    function addIfOpen(Record storage self, uint256 base) internal {
        if (self.lastAt != 0) add(self, base);
    }

    /// @param base WAD, below 2^112
    function add(Record storage self, uint256 base) internal {
        Record memory record = self;
        if (block.timestamp <= record.lastAt + MEMORY) base += record.base;
        (self.lastAt, self.base) = (block.timestamp.toUint64(), base.toUint128());
    }

    /// @dev Base that forced changes have taken after a time, WAD: at least that, because changes within {MEMORY} are one sum.
    /// @param time seconds
    function takenSince(Record storage self, uint256 time) internal view returns (uint256) {
        Record memory record = self;
        return record.lastAt > time ? record.base : 0;
    }
}
