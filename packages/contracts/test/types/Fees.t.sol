// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Test} from "forge-std/Test.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {FROZEN, FeeState, PackedFees} from "../../src/types/Fees.sol";

contract FeesTest is Test {
    PackedFees private stored;

    // --------------------------------------------------------------------------------------------------- storage ----

    function testFuzz_StoreAndLoad_KeepEveryFieldWhole(
        uint128[4] memory words,
        int72 fundingIndex,
        int128 averageSkew,
        uint40 updatedAt,
        uint64[4] memory indices
    ) public {
        FeeState memory state;
        (state.takerLong, state.takerShort, state.makerLong, state.price) = (words[0], words[1], words[2], words[3]);
        (state.fundingIndex, state.averageSkew, state.updatedAt) = (fundingIndex, averageSkew, updatedAt);
        (state.takerLongIndex, state.takerShortIndex) = (indices[0], indices[1]);
        (state.makerLongIndex, state.makerShortIndex) = (indices[2], indices[3]);
        stored.store(state);
        assertEq(abi.encode(stored.load()), abi.encode(state));
    }

    function test_StoreAndLoad_Extremes() public {
        uint128 most = type(uint128).max;
        uint64 end = type(uint64).max;
        testFuzz_StoreAndLoad_KeepEveryFieldWhole(
            [most, 0, most, 0], type(int72).min, type(int128).max, 0, [end, 0, end, 0]
        );
        testFuzz_StoreAndLoad_KeepEveryFieldWhole(
            [0, most, 0, most], type(int72).max, type(int128).min, type(uint40).max, [0, end, 0, end]
        );
        testFuzz_StoreAndLoad_KeepEveryFieldWhole([uint128(1), 2, 3, 4], -1, -1, 1, [uint64(5), 6, 7, 8]);
    }

    function test_Store_WrapsIndices() public {
        FeeState memory state;
        state.fundingIndex = int256(type(int72).max) + 1;
        state.takerLongIndex = uint256(type(uint64).max) + 1;
        state.takerShortIndex = uint256(type(uint64).max) + 2;
        state.makerLongIndex = uint256(type(uint64).max) + 3;
        state.makerShortIndex = uint256(type(uint64).max) + 4;
        stored.store(state);
        state = stored.load();
        assertEq(state.fundingIndex, type(int72).min);
        assertEq(state.takerLongIndex, 0);
        assertEq(state.takerShortIndex, 1);
        assertEq(state.makerLongIndex, 2);
        assertEq(state.makerShortIndex, 3);
    }

    function test_Store_RevertIf_ASumExceedsItsWidth() public {
        uint256 above = uint256(type(uint128).max) + 1;
        for (uint256 i = 0; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 128, above));
            this.storeSums(i == 0 ? above : 0, i == 1 ? above : 0, i == 2 ? above : 0);
        }
    }

    function test_Frozen_IsATimeThatNeverComes() public {
        FeeState memory state;
        state.updatedAt = FROZEN;
        stored.store(state);
        assertTrue(stored.load().isFrozen());
        state.updatedAt = FROZEN - 1;
        assertFalse(state.isFrozen());
    }

    // ------------------------------------------------------------------------------------------------------- sums ----

    function test_Move_OpensReducesTurnsAndCloses() public pure {
        FeeState memory state;
        state.move(false, 0, 10e18);
        state.move(true, 0, -10e18);
        _assertSums(state, 10e18, 0, 0, 10e18);
        state.move(false, 10e18, 4e18);
        state.move(true, -10e18, -4e18);
        _assertSums(state, 4e18, 0, 0, 4e18);
        state.move(false, 4e18, -3e18);
        state.move(true, -4e18, 3e18);
        _assertSums(state, 0, 3e18, 3e18, 0);
        state.move(false, -3e18, 0);
        state.move(true, 3e18, 0);
        _assertSums(state, 0, 0, 0, 0);
    }

    /// @dev L1: after any trades the sums equal the sums of the sizes, and the net position of takers is the negative
    /// of the makers'.
    function testFuzz_Move_KeepsTheSums(int96[6] memory fills) public pure {
        FeeState memory state;
        int256[2] memory takers;
        int256[2] memory makers;
        for (uint256 i = 0; i < 6; ++i) {
            (uint256 t, uint256 k) = (i % 2, i / 3);
            state.move(false, takers[t], takers[t] + fills[i]);
            state.move(true, makers[k], makers[k] - fills[i]);
            takers[t] += fills[i];
            makers[k] -= fills[i];
        }
        assertEq(state.takerLong, _positive(takers[0]) + _positive(takers[1]));
        assertEq(state.takerShort, _positive(-takers[0]) + _positive(-takers[1]));
        assertEq(state.makerLong, _positive(makers[0]) + _positive(makers[1]));
        assertEq(state.makerShort(), _positive(-makers[0]) + _positive(-makers[1]));
        assertEq(state.skew(), -(makers[0] + makers[1]));
    }

    function test_BorrowingIndex_IsOfTheAccountsGroup() public pure {
        FeeState memory state;
        (state.takerLongIndex, state.takerShortIndex, state.makerLongIndex, state.makerShortIndex) = (1, 2, 3, 4);
        assertEq(state.borrowingIndex(false, 1), 1);
        assertEq(state.borrowingIndex(false, -1), 2);
        assertEq(state.borrowingIndex(true, 1), 3);
        assertEq(state.borrowingIndex(true, -1), 4);
    }

    // ---------------------------------------------------------------------------------------------------- helpers ----

    function storeSums(uint256 takerLong, uint256 takerShort, uint256 makerLong) external {
        FeeState memory state;
        (state.takerLong, state.takerShort, state.makerLong) = (takerLong, takerShort, makerLong);
        stored.store(state);
    }

    function _assertSums(
        FeeState memory state,
        uint256 takerLong,
        uint256 takerShort,
        uint256 makerLong,
        uint256 makerShort
    ) private pure {
        assertEq(state.takerLong, takerLong);
        assertEq(state.takerShort, takerShort);
        assertEq(state.makerLong, makerLong);
        assertEq(state.makerShort(), makerShort);
    }

    function _positive(int256 x) private pure returns (uint256) {
        return x > 0 ? uint256(x) : 0;
    }
}
