// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @dev Functions of Chainlink's aggregators, their proxies and the sequencer uptime feeds that the oracle calls.
interface IChainlinkAggregator {
    function decimals() external view returns (uint8);

    function latestRoundData()
        external
        view
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);

    function getRoundData(uint80 roundId)
        external
        view
        returns (uint80 id, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);
}
