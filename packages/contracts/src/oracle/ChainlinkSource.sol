// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IChainlinkAggregator} from "../interfaces/IChainlinkAggregator.sol";
import {BoundedCall} from "../libraries/BoundedCall.sol";
import {Aggregator, SecondSource} from "../types/Feed.sol";
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
    function latest(SecondSource memory source) internal view returns (bool ok, Round memory round) {
        return _round(source, abi.encodeCall(IChainlinkAggregator.latestRoundData, ()));
    }

    /// @dev Returns the latest round if it is plausible and not older than the heartbeat.
    function latestFresh(SecondSource memory source) internal view returns (bool ok, Round memory round) {
        (ok, round) = latest(source);
        ok = ok && block.timestamp - round.updatedAt <= source.aggregator.period();
    }

    /// @dev Returns the first round updated at or after `minUpdatedAt`, and the round in force before it. The previous
    /// round proves that the first one is the first. Not provable when a round is missing, is more than MAX_ROUNDS_BACK
    /// rounds back or has an implausible answer, when times run backwards, and when the first round begins its phase,
    /// because its predecessor is on another aggregator.
    /// @return isProved false: neither round is known
    /// @return first no round (`id` zero) when the latest round is older than `minUpdatedAt`
    /// @return before the round in force before `first`, or now when there is no first round
    function firstAtOrAfter(SecondSource memory source, uint256 minUpdatedAt)
        internal
        view
        returns (bool isProved, Round memory first, Round memory before)
    {
        (isProved, before) = latest(source);
        if (!isProved || before.updatedAt < minUpdatedAt) return (isProved, first, before);
        for (uint256 i = 0; i < MAX_ROUNDS_BACK; ++i) {
            first = before;
            if ((first.id & type(uint64).max) <= FIRST_OF_PHASE) return (false, first, before);
            uint80 previousId = first.id - 1;
            (isProved, before) = _round(source, abi.encodeCall(IChainlinkAggregator.getRoundData, (previousId)));
            if (!isProved || before.id != previousId || before.updatedAt > first.updatedAt) {
                return (false, first, before);
            }
            if (before.updatedAt < minUpdatedAt) return (true, first, before);
        }
        return (false, first, before);
    }

    /// @dev Returns the end of the grace period after the last restart of an L2's sequencer, seconds. The largest uint256
    /// while it reports an outage. Zero without a feed and when the read of the feed fails: a broken feed must not keep
    /// orders out.
    function sequencerUpFrom(Aggregator sequencer) internal view returns (uint256 upFrom) {
        (, upFrom) = sequencerState(sequencer);
    }

    /// @dev {sequencerUpFrom}, and when the sequencer was last reported up or down, seconds; zero as there.
    function sequencerState(Aggregator sequencer) internal view returns (uint256 changedAt, uint256 upFrom) {
        if (!sequencer.exists()) return (0, 0);
        (bool ok, uint256 isDown, uint256 startedAt) = _sequencer(sequencer);
        if (!ok || startedAt == 0 || startedAt > block.timestamp) return (0, 0);
        return (startedAt, isDown != 0 ? type(uint256).max : startedAt + sequencer.period());
    }

    /// @dev Returns whether the sequencer of an L2 has been up for longer than the grace period. True without a feed,
    /// false when the read of the feed fails.
    function isSequencerUp(Aggregator sequencer) internal view returns (bool) {
        if (!sequencer.exists()) return true;
        (bool ok, uint256 isDown, uint256 startedAt) = _sequencer(sequencer);
        // On Arbitrum, startedAt of Chainlink's feed is 0 until its first round.
        return ok && isDown == 0 && startedAt != 0 && startedAt <= block.timestamp
            && block.timestamp - startedAt > sequencer.period();
    }

    function _sequencer(Aggregator sequencer) private view returns (bool ok, uint256 isDown, uint256 startedAt) {
        uint256[5] memory words;
        (ok, words) = BoundedCall.read(sequencer.target(), abi.encodeCall(IChainlinkAggregator.latestRoundData, ()), 5);
        return (ok, words[1], words[2]);
    }

    /// @dev Returns the decimals of an aggregator's answers. The caller stores them.
    function readDecimals(address source) internal view returns (uint8) {
        (bool ok, uint256[5] memory words) =
            BoundedCall.read(source, abi.encodeCall(IChainlinkAggregator.decimals, ()), 1);
        if (!ok || words[0] > MAX_DECIMALS) revert UnreadableSource(source);
        return words[0].toUint8();
    }

    /// @dev Reads a round. An answer at or beyond the configured bounds is no answer (T45).
    function _round(SecondSource memory source, bytes memory request)
        private
        view
        returns (bool ok, Round memory round)
    {
        uint256[5] memory words;
        (ok, words) = BoundedCall.read(source.aggregator.target(), request, 5);
        if (!ok) return (false, round);
        (uint256 id, uint256 answer, uint256 updatedAt) = (words[0], words[1], words[3]);
        // A negative answer exceeds MAX_PRICE as an unsigned word, so it is rejected.
        if (id == 0 || id > type(uint80).max || answer == 0 || answer > PriceLib.MAX_PRICE) return (false, round);
        if (updatedAt == 0 || updatedAt > block.timestamp) return (false, round);
        uint256 wad = _toWadFloor(answer, source.aggregator.decimals());
        if (wad > PriceLib.MAX_PRICE || !source.bounds.contain(wad)) return (false, round);
        round = Round({id: id.toUint80(), price: wad, updatedAt: updatedAt});
    }

    /// @dev Rounds down. `answer` is at most 2^128 - 1 and the power at most 10^18, so nothing overflows.
    function _toWadFloor(uint256 answer, uint256 decimals) private pure returns (uint256) {
        return decimals <= 18 ? answer * 10 ** (18 - decimals) : answer / 10 ** (decimals - 18);
    }
}
