// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title Reverts a batch of calls that was prepared for another state
/// @notice The id of a new market is part of the calls that configure it. A batch of a timelock or a Safe begins with this check of
/// the number of markets, so that two proposals never configure each other's market.
/// @dev Belongs to the deployment, and has no authority.
contract Expectation {
    error UnexpectedState(address target, bytes data, bytes result, bytes expected);

    /// @notice Reverts with UnexpectedState unless the call of `target` returns exactly `expected`.
    function requireResult(address target, bytes calldata data, bytes calldata expected) external view {
        (bool success, bytes memory result) = target.staticcall(data);
        if (!success || keccak256(result) != keccak256(expected)) {
            revert UnexpectedState(target, data, result, expected);
        }
    }
}
