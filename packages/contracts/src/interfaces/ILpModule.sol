// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ILpVault} from "./ILpVault.sol";

/// @title The deposits, withdrawals and valuations of an LP vault
/// @notice Deposits and withdrawals are immediate ({deposit}, {withdraw}) or requests, which its request vault settles
/// ({settleDeposit}, {settleRedeem}).
/// @dev Amounts with the suffix `XCD` are in the asset's own decimals, shares are WAD.
interface ILpModule is ILpVault {
    // --------------------------------------------------------------------------------------- deposit and withdraw ----

    /// @notice Deposits for the caller, without a minimum.
    /// @param amountXCD in the asset's own decimals
    /// @return shares WAD, down
    function deposit(uint256 amountXCD) external returns (uint256 shares);

    /// @notice Deposits for `receiver`. Reverts with `LessThanMinimum` for fewer shares than `minShares` (T6).
    /// @param amountXCD in the asset's own decimals
    /// @param minShares WAD
    /// @return shares WAD, down
    function deposit(uint256 amountXCD, uint256 minShares, address receiver) external returns (uint256 shares);

    /// @notice Withdraws to the caller, without a minimum.
    /// @param shares WAD
    /// @return amountXCD in the asset's own decimals, down
    function withdraw(uint256 shares) external returns (uint256 amountXCD);

    /// @notice Withdraws to `receiver`. Reverts with `LessThanMinimum` for less than `minAmountXCD` (T6).
    /// @param shares WAD
    /// @param minAmountXCD in the asset's own decimals
    /// @return amountXCD in the asset's own decimals, down
    function withdraw(uint256 shares, uint256 minAmountXCD, address receiver) external returns (uint256 amountXCD);

    // -------------------------------------------------------------------------------------------------- requests ----

    /// @notice Takes up to `amountXCD` from the caller, limited by the deposit cap, and mints shares to the caller at the
    /// current price less the entry fee. Request vault only.
    /// @param minShares WAD, for all of `amountXCD`; scaled in proportion for a part
    /// @return takenXCD the amount taken
    /// @return shares WAD
    function settleDeposit(uint256 amountXCD, uint256 minShares) external returns (uint256 takenXCD, uint256 shares);

    /// @notice Burns up to `shares` of the caller, limited by what the LP vault can pay, and pays the caller at the
    /// current price less the exit fee. Request vault only.
    /// @param shares WAD
    /// @param minAmountXCD for all of `shares`, collateral counted at the current price; scaled in proportion for a
    /// part
    /// @return burned WAD
    /// @return amountXCD paid in the asset
    /// @return quoteXCD paid in collateral, by a flat base vault beside its asset
    function settleRedeem(uint256 shares, uint256 minAmountXCD)
        external
        returns (uint256 burned, uint256 amountXCD, uint256 quoteXCD);

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @notice Shares for a deposit now, after the entry fee, down.
    /// @param isRequest true: as a request that settles now; false: on the immediate path, for an approved LP
    /// @return takenXCD the part of `amountXCD` that the deposit cap admits
    /// @return shares WAD, for `takenXCD`
    function quoteDeposit(uint256 amountXCD, bool isRequest) external view returns (uint256 takenXCD, uint256 shares);

    /// @notice Payment for a redemption now, after the exit fee, down.
    /// @param isRequest true: as a request that settles now; false: on the immediate path, for an approved LP
    /// @return burned the part of `shares` that the LP vault can pay for, WAD
    /// @return amountXCD in the asset, for `burned`
    /// @return quoteXCD in collateral, from a flat base vault beside its asset
    function quoteRedeem(uint256 shares, bool isRequest)
        external
        view
        returns (uint256 burned, uint256 amountXCD, uint256 quoteXCD);

    /// @notice Largest amount that `lp` can pass to {deposit} now, in the asset's own decimals. Zero when {deposit}
    /// reverts for every amount.
    function maxDeposit(address lp) external view returns (uint256 amountXCD);

    /// @notice Most shares that `lp` can pass to {withdraw} now, WAD. Zero when {withdraw} reverts for every amount.
    function maxRedeem(address lp) external view returns (uint256 shares);

    /// @notice Value of one share in the asset, WAD, down. One in an empty LP vault.
    function sharePrice() external view returns (uint256 price);

    /// @notice Value of all shares in the asset's own decimals, down. Zero when insolvent.
    function totalAssets() external view returns (uint256 assets);

    /// @notice Value of all shares at the current price, WAD of the asset, floor; and their number, WAD.
    function valuation() external view returns (int256 total, uint256 totalShares);
}
