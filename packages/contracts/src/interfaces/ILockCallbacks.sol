// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title A contract that acts while it holds the system lock
interface ILockHolder {
    /// @notice Called by the Vault in {IVault-withLockHeld}. The lock ends when this function returns.
    /// @dev Implementations accept the Vault as the only caller. The Vault calls no account but the caller of
    /// `withLockHeld`, and no other function of it. Otherwise an account could have the Vault call a token, and so transfer
    /// the Vault's collateral.
    /// @param data as passed to {IVault-withLockHeld}
    function onVaultLock(bytes calldata data) external;
}

/// @title A contract that receives collateral into its margin
interface IMarginPayer {
    /// @notice Called by the Vault in {IVault-receiveMargin} and {IVault-receiveForHedge}. The collateral must arrive at
    /// the Vault before this function returns. During the call no account can act in the system, this one included.
    /// @dev Implementations accept the Vault as the only caller.
    /// @param data as passed to the Vault
    function payMargin(bytes calldata data) external;
}
