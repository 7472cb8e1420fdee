// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title A contract that takes deposits for an LP vault and keeps whether it has a cap
interface IDepositCapFollower {
    /// @notice Reads whether the LP vault has a deposit cap. The LP vault calls it after a change; any account can.
    function noteDepositCap() external;
}
