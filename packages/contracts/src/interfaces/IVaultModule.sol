// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IMarketSettings} from "./IMarketSettings.sol";

/// @title Functions of the Vault whose code is in its module: settings, and functions that no fill calls
interface IVaultModule is IMarketSettings {
    /// @notice Transfers collateral from the caller's fund to a market's insurance. It cannot be withdrawn again.
    function donate(uint256 marketId, uint256 amountXCD) external;

    /// @notice {IVault-setOperator} by the account's EIP-712 signature over `SetOperator(address account,address operator,bool
    /// approved,uint256 nonce,uint256 deadline)` with its next nonce.
    /// @dev Has no effect, and does not revert, when the signature is used up or expired and its change is in force
    /// already: any account may have submitted it first, and a multicall must not fail for that.
    /// @param signature of the account's key, also with delegated code (EIP-7702), or of an ERC-1271 wallet
    function setOperatorBySig(
        address account,
        address operator,
        bool approved,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice Transfers the free part of the caller's escrow at a gateway to the caller's fund. The bound part too when
    /// the ClearingHouse does not approve the gateway; then reverts with `DepositCapExceeded` while the deposit cap is exceeded.
    /// @return amountXCD zero when no part is free
    function withdrawEscrow(address gateway) external returns (uint256 amountXCD);

    /// @notice Margin ratios, ppm of current notional. While a ramp runs, the ratios in force differ from its targets.
    /// @return initial in force now
    /// @return maintenance in force now
    /// @return targetInitial in force when the ramp ends
    /// @return targetMaintenance in force when the ramp ends
    function marginRatiosOf(uint256 marketId)
        external
        view
        returns (uint256 initial, uint256 maintenance, uint256 targetInitial, uint256 targetMaintenance);
}
