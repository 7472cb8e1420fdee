// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title Limits the outflow of an asset from the system in each time window (docs/specification.md, section 13)
/// @notice The contracts that hold users' assets (the Vault and the hedged vaults) report every flow before they
/// transfer tokens.
/// @dev Only protected contracts can report. All amounts are in the decimals of the asset.
interface ICircuitBreaker {
    /// @notice The outflow exceeds the rest of the window's allowance.
    /// @param asset the token
    /// @param requested metered part of the outflow
    /// @param available rest of the allowance
    /// @param availableAt start of the next window, seconds
    error OutflowLimitExceeded(address asset, uint256 requested, uint256 available, uint256 availableAt);

    /// @notice Reports an inflow of `amount` from `account` before the transfer. The account can withdraw the same
    /// amount unmetered within the window.
    function recordInflow(address asset, address account, uint256 amount) external;

    /// @notice Reports an outflow of `amount` to `account` before the transfer.
    function recordOutflow(address asset, address account, uint256 amount) external;

    /// @notice Reports that a hedge changed the holdings of `asset` permanently. Changes are netted over the window,
    /// and a net outflow spends the credit of `account` first. An exchange at the price is no change: the hedged vaults
    /// report the gain or loss of a swap against the price.
    /// @param account account that bears the change
    /// @param change inflow (> 0) or outflow (< 0)
    /// @param canBlock false for hedges of reducing trades, which count and never revert
    function recordHedge(address asset, address account, int256 change, bool canBlock) external;

    /// @notice Returns the amount that the account can withdraw now: its credit plus the rest of the allowance.
    /// @return amount in the decimals of the asset, rounded down; the largest uint256 for an asset without a limit
    function availableTo(address asset, address account) external view returns (uint256 amount);
}
