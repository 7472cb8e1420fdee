// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IChainlinkAggregator} from "../../src/interfaces/IChainlinkAggregator.sol";

/// @dev A Chainlink aggregator behind its proxy, or an uptime feed. It reports the answers that a test pushes, and can
/// fail in the ways that a contract can. Like the aggregators in use, it answers zeros for a round that it does not have,
/// and the proxy reverts for a phase that it does not know.
contract AggregatorDouble is IChainlinkAggregator {
    enum Fault {
        None,
        Reverts,
        AnswersTooLittle,
        AnswersTooMuch,
        RevertsWithTooMuch,
        BurnsGas
    }

    struct Answer {
        int256 answer;
        /// @dev Of a price, the time of its observations; of an uptime feed, of the last change of status.
        uint256 startedAt;
        uint256 updatedAt;
    }

    error UnknownPhase(uint256 phase);

    uint8 private immutable _decimals;
    Fault public fault;
    /// @dev Phase 1, no round yet.
    uint80 public latestId = 1 << 64;
    mapping(uint80 roundId => Answer answer) private _rounds;

    constructor(uint8 decimals_) {
        _decimals = decimals_;
    }

    /// @dev The next round of the phase. `answer` in the aggregator's decimals.
    function push(int256 answer, uint256 updatedAt) external {
        setRound(++latestId, answer, updatedAt);
    }

    /// @dev The nodes observe a price a second before its round.
    function setRound(uint80 roundId, int256 answer, uint256 updatedAt) public {
        latestId = roundId;
        _rounds[roundId] = Answer(answer, updatedAt == 0 ? 0 : updatedAt - 1, updatedAt);
    }

    /// @dev A report of an uptime feed: the status since `startedAt`, confirmed now.
    function pushStatus(int256 status, uint256 startedAt) external {
        _rounds[++latestId] = Answer(status, startedAt, block.timestamp);
    }

    /// @dev Another aggregator behind the proxy, without rounds.
    function nextPhase() external {
        latestId = ((latestId >> 64) + 1) << 64;
    }

    function setFault(Fault fault_) external {
        fault = fault_;
    }

    function decimals() external view returns (uint8) {
        _misbehave();
        return _decimals;
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return _answer(latestId);
    }

    function getRoundData(uint80 roundId) external view returns (uint80, int256, uint256, uint256, uint80) {
        uint256 phase = roundId >> 64;
        if (phase == 0 || phase > latestId >> 64) revert UnknownPhase(phase);
        return _answer(roundId);
    }

    function _answer(uint80 roundId) private view returns (uint80, int256, uint256, uint256, uint80) {
        _misbehave();
        Answer memory round = _rounds[roundId];
        return (roundId, round.answer, round.startedAt, round.updatedAt, roundId);
    }

    function _misbehave() private view {
        Fault now_ = fault;
        if (now_ == Fault.None) return;
        if (now_ == Fault.Reverts) revert("down");
        if (now_ == Fault.BurnsGas) {
            while (true) {}
        }
        assembly ("memory-safe") {
            switch now_
            case 2 { return(0x10000, 159) }
            case 3 { return(0x10000, 60000) }
            default { revert(0x10000, 60000) }
        }
    }
}
