// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title Limits on how much of an asset leaves the system in a window of time (docs/specification.md, section 13)
/// @notice Whoever holds users' assets (the Vault, spot-hedge vaults) reports every flow before it moves tokens.
/// @dev Protected contracts only. All amounts in the asset's own decimals.
interface ICircuitBreaker {
    /// @notice More would leave than the window still allows. Nothing has moved.
    /// @param asset the token
    /// @param requested what would be metered
    /// @param available what the window still allows
    /// @param availableAt seconds; when the next window begins
    error OutflowLimitExceeded(address asset, uint256 requested, uint256 available, uint256 availableAt);

    /// @notice `account` is about to bring `amount` in. It may take as much out again within the window, unmetered.
    function recordInflow(address asset, address account, uint256 amount) external;

    /// @notice `amount` is about to leave for `account`.
    function recordOutflow(address asset, address account, uint256 amount) external;

    /// @notice A hedge has changed what the system holds of `asset` for good. Metered net over the window; what went out
    /// beyond what hedges have brought in spends the credit of `account` first. What is exchanged at its price is no change:
    /// the vaults here report what a swap won or lost against the price.
    /// @param account who bears the change
    /// @param change what came in (> 0) or went out (< 0)
    /// @param canBlock false for hedges of reducing trades, which count and never block
    function recordHedge(address asset, address account, int256 change, bool canBlock) external;

    /// @notice What the account could take out at this moment: its credit, and what is left for everybody.
    /// @return amount the asset's own decimals, down; the largest uint256 for an asset without a limit
    function availableTo(address asset, address account) external view returns (uint256 amount);
}
