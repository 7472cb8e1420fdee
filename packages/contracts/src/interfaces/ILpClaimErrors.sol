// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title Errors shared by the ERC-7540 vaults of a share
interface ILpClaimErrors {
    /// @notice The caller is neither the account nor an operator of it.
    error NotOperator(address account, address caller);
    /// @notice The price of a request is unknown before it settles (ERC-7540). See {LpClaims-quoteDeposit} and
    /// {LpClaims-quoteRedeem}.
    error NoPreview(address maker);
}
