// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Cast} from "./Cast.sol";

/// @dev Accrued funding and borrowing of a market, and the inputs of the accrual (docs/specification.md, section 10).
///
/// An index is the sum that one unit of size has paid since the market's creation, in quote per base with the market's
/// `feeIndexDecimals`. Indices wrap around. An account owes its size times the difference between the index now and at
/// its last payment. The difference is correct while it is below 2^64 for borrowing and 2^71 for funding: with 16
/// digits of price, 1,800 and 230,000 times the price.
struct FeeState {
    /// @dev Sums of the long and short positions of takers and of the long positions of makers, WAD base.
    /// {FeeStateLib-makerShort} is the rest, because all sizes sum to zero.
    uint256 takerLong;
    uint256 takerShort;
    uint256 makerLong;
    /// @dev The price at which the time since `updatedAt` accrues: the oracle price of the last fill or
    /// {IVault-accrue}. It is known before the interval begins, so that no account can choose it for time that has
    /// passed, and accrual reads no oracle.
    uint256 price;
    /// @dev Index of the funding that longs have paid to shorts.
    int256 fundingIndex;
    /// @dev The average of the takers' net position, which sets the funding rate ({FeeMath-fundingRate}): exponential
    /// in time, from -skewScale to skewScale. WAD base
    int256 averageSkew;
    /// @dev seconds; {FROZEN} while accrual is stopped
    uint256 updatedAt;
    /// @dev Indices of the borrowing fees that takers have paid and makers have received, for each side.
    uint256 takerLongIndex;
    uint256 takerShortIndex;
    uint256 makerLongIndex;
    uint256 makerShortIndex;
}

/// @dev A {FeeState} in four storage words:
/// - takers: takerLong uint128 | takerShort uint128
/// - makers: makerLong uint128 | price uint128
/// - funding: index int72 | averageSkew int128 | updatedAt uint40
/// - borrowing: takerLong uint64 | takerShort uint64 | makerLong uint64 | makerShort uint64
struct PackedFees {
    uint256 takers;
    uint256 makers;
    uint256 funding;
    uint256 borrowing;
}

/// @dev The market settings by which funding and borrowing accrue.
struct FeeRates {
    uint256 indexDecimals;
    /// @dev WAD per second
    uint256 maxFundingRate;
    /// @dev WAD per second squared. The time constant of the average skew is maxFundingRate / maxFundingVelocity.
    uint256 maxFundingVelocity;
    /// @dev WAD base
    uint256 skewScale;
    /// @dev WAD per second
    uint256 maxBorrowingRate;
    /// @dev WAD base, of all makers
    uint256 makerLongCapacity;
    uint256 makerShortCapacity;
}

/// @dev `updatedAt` of a market whose accrual is stopped.
uint256 constant FROZEN = type(uint40).max;

using FeeStateLib for FeeState global;
using FeeStorage for PackedFees global;

library FeeStateLib {
    /// @dev WAD base
    function makerShort(FeeState memory self) internal pure returns (uint256) {
        unchecked {
            // All sums are below 2^128, and sizes sum to zero (L1).
            return self.takerLong + self.makerLong - self.takerShort;
        }
    }

    /// @dev Net position of all takers, WAD base. The makers' net position is its negative.
    function skew(FeeState memory self) internal pure returns (int256) {
        unchecked {
            // Both sums are below 2^128.
            return Cast.toInt(self.takerLong) - Cast.toInt(self.takerShort);
        }
    }

    function isFrozen(FeeState memory self) internal pure returns (bool) {
        return self.updatedAt == FROZEN;
    }

    /// @dev Replaces an account's size `before` by `after_` in the sums.
    function move(FeeState memory self, bool isMaker, int256 before, int256 after_) internal pure {
        if (isMaker) {
            self.makerLong = self.makerLong - _long(before) + _long(after_);
        } else {
            self.takerLong = self.takerLong - _long(before) + _long(after_);
            self.takerShort = self.takerShort - _long(-before) + _long(-after_);
        }
    }

    /// @dev The borrowing index of the account's group: takers or makers, long or short.
    function borrowingIndex(FeeState memory self, bool isMaker, int256 size) internal pure returns (uint256) {
        if (isMaker) return size > 0 ? self.makerLongIndex : self.makerShortIndex;
        return size > 0 ? self.takerLongIndex : self.takerShortIndex;
    }

    function _long(int256 size) private pure returns (uint256) {
        return Cast.positivePart(size);
    }
}

library FeeStorage {
    using SafeCast for uint256;

    function load(PackedFees storage self) internal view returns (FeeState memory state) {
        loadInto(self, state);
    }

    /// @dev {load} into a state that the caller has allocated: a struct returned through several functions would be
    /// allocated in each of them.
    function loadInto(PackedFees storage self, FeeState memory state) internal view {
        _unpack(state, self.takers, self.makers, self.funding, self.borrowing);
    }

    function unpack(PackedFees memory self) internal pure returns (FeeState memory state) {
        _unpack(state, self.takers, self.makers, self.funding, self.borrowing);
    }

    /// @dev {FeeState-price} alone, from one word.
    function price(PackedFees storage self) internal view returns (uint256) {
        return self.makers >> 128;
    }

    /// @dev Reverts when a sum exceeds 128 bits. Indices wrap. The average skew is at most a skew scale, of 110 bits.
    function store(PackedFees storage self, FeeState memory state) internal {
        storeSizes(self, state);
        self.funding = uint256(Cast.lowUint72(Cast.toWord(state.fundingIndex)))
            | uint256(Cast.lowUint128(Cast.toWord(state.averageSkew))) << 72 | state.updatedAt << 200;
        self.borrowing = uint256(Cast.lowUint64(state.takerLongIndex)) | uint256(Cast.lowUint64(state.takerShortIndex))
            << 64 | uint256(Cast.lowUint64(state.makerLongIndex)) << 128 | state.makerShortIndex << 192;
    }

    /// @dev Stores the two words that a fill changes after the accrued fees were stored.
    function storeSizes(PackedFees storage self, FeeState memory state) internal {
        self.takers = uint256(state.takerLong.toUint128()) | uint256(state.takerShort.toUint128()) << 128;
        self.makers = uint256(state.makerLong.toUint128()) | state.price << 128;
    }

    function _unpack(FeeState memory state, uint256 takers, uint256 makers, uint256 funding, uint256 borrowing)
        private
        pure
    {
        state.takerLong = Cast.lowUint128(takers);
        state.takerShort = takers >> 128;
        state.makerLong = Cast.lowUint128(makers);
        state.price = makers >> 128;
        state.fundingIndex = Cast.lowInt72(funding);
        state.averageSkew = Cast.lowInt128(funding >> 72);
        state.updatedAt = Cast.lowUint40(funding >> 200);
        state.takerLongIndex = Cast.lowUint64(borrowing);
        state.takerShortIndex = Cast.lowUint64(borrowing >> 64);
        state.makerLongIndex = Cast.lowUint64(borrowing >> 128);
        state.makerShortIndex = borrowing >> 192;
    }
}
