// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title Times of a gateway whose orders wait on chain
interface IOrderTimes {
    /// @notice Seconds from the creation of an order of the market until it is executable, and from then until it expires.
    /// Both zero in a market without rules.
    function orderTimesOf(uint256 marketId) external view returns (uint256 delay, uint256 validity);
}

/// @title A request vault, whose requests wait at least as long as the orders of its market (T59)
interface IOrderTimesFollower {
    /// @notice Reads the times of the market's order gateways. Any account can call it; a gateway does when its rules change.
    /// Reverts with `DelayBelowOrders` and `LifetimeBelowOrders` when the rules of requests do not cover them.
    function noteOrderTimes() external;
}
