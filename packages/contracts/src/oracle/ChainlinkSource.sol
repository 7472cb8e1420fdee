// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IChainlinkAggregator} from "../interfaces/IChainlinkAggregator.sol";
import {BoundedCall} from "../libraries/BoundedCall.sol";
import {Aggregator} from "../types/Feed.sol";
import {PriceLib} from "../types/Units.sol";

/// @dev One round of an aggregator. `price` is WAD, in [1, 2^128 - 1]. `updatedAt` is in seconds and not in the future.
struct Round {
    uint80 id;
    uint256 price;
    uint256 updatedAt;
}

/// @title Reads rounds of Chainlink aggregators, which may fail in any way
/// @notice Every read returns a plausible round or `ok` = false. A call that fails (see {BoundedCall}) and an
/// implausible round both count as no answer. So this source cannot make an action fail that uses the first source,
/// except that the action must supply the gas of the reads.
library ChainlinkSource {
    using SafeCast for uint256;

    /// @dev Maximum number of rounds that {firstAtOrAfter} walks back. A feed updates about once a block at most, and
    /// `maxExecutionAge` bounds the age of the round.
    uint256 internal constant MAX_ROUNDS_BACK = 32;
    /// @dev Above the decimals of every known aggregator. Bounds the powers of ten.
    uint256 internal constant MAX_DECIMALS = 36;
    /// @dev Round id of a proxy = phase * 2^64 + round of the aggregator of that phase, which is counted from 1.
    uint256 private constant FIRST_OF_PHASE = 1;

    /// @notice The contract returns no decimals, or more than {MAX_DECIMALS}.
    error UnreadableSource(address source);

    /// @dev Returns the latest round if it is plausible.
    function latest(Aggregator source) internal view returns (bool ok, Round memory round) {
        return _round(source, abi.encodeCall(IChainlinkAggregator.latestRoundData, ()));
    }

    /// @dev Returns the latest round if it is plausible and not older than the heartbeat.
    function latestFresh(Aggregator source) internal view returns (bool ok, Round memory round) {
        (ok, round) = latest(source);
        ok = ok && block.timestamp - round.updatedAt <= source.period();
    }

    /// @dev Returns the first round updated at or after `minUpdatedAt`. The previous round proves that it is the first
    /// one. Returns none when the round does not exist yet, is more than MAX_ROUNDS_BACK rounds back, or cannot be
    /// proved: the read of a later round fails, or that round is the first of its phase and its predecessor is on
    /// another aggregator.
    function firstAtOrAfter(Aggregator source, uint256 minUpdatedAt)
        internal
        view
        returns (bool ok, Round memory first)
    {
        (ok, first) = latest(source);
        if (!ok || first.updatedAt < minUpdatedAt) return (false, first);
        for (uint256 i = 0; i < MAX_ROUNDS_BACK; ++i) {
            if ((first.id & type(uint64).max) <= FIRST_OF_PHASE) return (false, first);
            uint80 previousId = first.id - 1;
            Round memory previous;
            (ok, previous) = _round(source, abi.encodeCall(IChainlinkAggregator.getRoundData, (previousId)));
            if (!ok || previous.id != previousId || previous.updatedAt > first.updatedAt) return (false, first);
            if (previous.updatedAt < minUpdatedAt) return (true, first);
            first = previous;
        }
        return (false, first);
    }

    /// @dev Returns whether the sequencer of an L2 has been up for longer than the grace period. True without a feed,
    /// false when the read of the feed fails.
    function isSequencerUp(Aggregator sequencer) internal view returns (bool) {
        if (!sequencer.exists()) return true;
        (bool ok, uint256[5] memory words) =
            BoundedCall.read(sequencer.target(), abi.encodeCall(IChainlinkAggregator.latestRoundData, ()), 5);
        (uint256 isDown, uint256 startedAt) = (words[1], words[2]);
        // On Arbitrum, startedAt of Chainlink's feed is 0 until its first round.
        return ok && isDown == 0 && startedAt != 0 && startedAt <= block.timestamp
            && block.timestamp - startedAt > sequencer.period();
    }

    /// @dev Returns the decimals of an aggregator's answers. The caller stores them.
    function readDecimals(address source) internal view returns (uint8) {
        (bool ok, uint256[5] memory words) =
            BoundedCall.read(source, abi.encodeCall(IChainlinkAggregator.decimals, ()), 1);
        if (!ok || words[0] > MAX_DECIMALS) revert UnreadableSource(source);
        return words[0].toUint8();
    }

    function _round(Aggregator source, bytes memory request) private view returns (bool ok, Round memory round) {
        uint256[5] memory words;
        (ok, words) = BoundedCall.read(source.target(), request, 5);
        if (!ok) return (false, round);
        (uint256 id, uint256 answer, uint256 updatedAt) = (words[0], words[1], words[3]);
        // A negative answer exceeds MAX_PRICE as an unsigned word, so it is rejected.
        if (id == 0 || id > type(uint80).max || answer == 0 || answer > PriceLib.MAX_PRICE) return (false, round);
        if (updatedAt == 0 || updatedAt > block.timestamp) return (false, round);
        uint256 wad = _toWadFloor(answer, source.decimals());
        if (wad == 0 || wad > PriceLib.MAX_PRICE) return (false, round);
        round = Round({id: id.toUint80(), price: wad, updatedAt: updatedAt});
    }

    /// @dev Rounds down. `answer` is at most 2^128 - 1 and the power at most 10^18, so nothing overflows.
    function _toWadFloor(uint256 answer, uint256 decimals) private pure returns (uint256) {
        return decimals <= 18 ? answer * 10 ** (18 - decimals) : answer / 10 ** (decimals - 18);
    }
}
