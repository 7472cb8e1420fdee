// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IChainlinkAggregator} from "../interfaces/IChainlinkAggregator.sol";
import {BoundedCall} from "../libraries/BoundedCall.sol";
import {Aggregator} from "../types/Feed.sol";
import {PriceLib} from "../types/Units.sol";

/// @dev One round of an aggregator. `price` is WAD, in [1, 2^128 - 1]; `updatedAt` seconds, not in the future.
struct Round {
    uint80 id;
    uint256 price;
    uint256 updatedAt;
}

/// @title Chainlink as a second source, which may fail in any way
/// @notice Every read gives a plausible round or "no": a source that fails (see {BoundedCall}) or states an impossible
/// round is one that does not answer. It can make no action of the primary source's fail, except by the gas that its
/// reads are given.
library ChainlinkSource {
    using SafeCast for uint256;

    /// @dev Rounds that {firstAtOrAfter} walks back. A feed updates at most about once a block; see maxExecutionAge.
    uint256 internal constant MAX_ROUNDS_BACK = 32;
    /// @dev More than any aggregator has; keeps powers of ten small.
    uint256 internal constant MAX_DECIMALS = 36;
    /// @dev A proxy's round id is its phase times 2^64 plus the round of the phase's aggregator, which counts from 1.
    uint256 private constant FIRST_OF_PHASE = 1;

    /// @notice The contract does not state usable decimals.
    error UnreadableSource(address source);

    /// @dev The latest round if it is plausible.
    function latest(Aggregator source) internal view returns (bool ok, Round memory round) {
        return _round(source, abi.encodeCall(IChainlinkAggregator.latestRoundData, ()));
    }

    /// @dev The latest round if it is plausible and its heartbeat has not passed.
    function latestFresh(Aggregator source) internal view returns (bool ok, Round memory round) {
        (ok, round) = latest(source);
        ok = ok && block.timestamp - round.updatedAt <= source.period();
    }

    /// @dev The first round updated at or after `minUpdatedAt`, proved by the one before it. None when it does not exist
    /// yet, lies more than MAX_ROUNDS_BACK rounds back, or cannot be proved: a round on the way does not answer, or is
    /// the first of its phase, whose predecessor has another aggregator.
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

    /// @dev Whether an L2's sequencer is up and has been for the grace period. Without a feed it always is; a feed that
    /// does not answer says no.
    function isSequencerUp(Aggregator sequencer) internal view returns (bool) {
        if (!sequencer.exists()) return true;
        (bool ok, uint256[5] memory words) =
            BoundedCall.read(sequencer.target(), abi.encodeCall(IChainlinkAggregator.latestRoundData, ()), 5);
        (uint256 isDown, uint256 startedAt) = (words[1], words[2]);
        // Chainlink's feed has startedAt = 0 until its first round, on Arbitrum.
        return ok && isDown == 0 && startedAt != 0 && startedAt <= block.timestamp
            && block.timestamp - startedAt > sequencer.period();
    }

    /// @dev Decimals of a contract's answers, to be read once and kept.
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
        // Negative answers are huge as unsigned ones.
        if (id == 0 || id > type(uint80).max || answer == 0 || answer > PriceLib.MAX_PRICE) return (false, round);
        if (updatedAt == 0 || updatedAt > block.timestamp) return (false, round);
        uint256 wad = _toWadFloor(answer, source.decimals());
        if (wad == 0 || wad > PriceLib.MAX_PRICE) return (false, round);
        round = Round({id: id.toUint80(), price: wad, updatedAt: updatedAt});
    }

    /// @dev `answer` is at most 2^128 - 1 and the power at most 10^18: nothing overflows.
    function _toWadFloor(uint256 answer, uint256 decimals) private pure returns (uint256) {
        return decimals <= 18 ? answer * 10 ** (18 - decimals) : answer / 10 ** (decimals - 18);
    }
}
