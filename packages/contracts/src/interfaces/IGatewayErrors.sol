// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title Errors shared by the order gateways
interface IGatewayErrors {
    /// @notice Only the gateway itself may call this function.
    error NotSelf(address caller);
    /// @notice The owner has set no rules for the market.
    error MarketNotConfigured(uint256 marketId);
    /// @notice The delay of the order has not passed. Seconds.
    error NotYetExecutable(uint256 timestamp, uint256 executableAt);
    /// @notice The order has expired. Seconds.
    error OrderPastExpiry(uint256 timestamp, uint256 expiresAt);
}
