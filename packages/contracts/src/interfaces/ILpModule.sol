// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ILpVault} from "./ILpVault.sol";

/// @title The deposits and withdrawals of an LP vault
/// @notice Deposits and withdrawals are immediate ({deposit}, {withdraw}) or requests, which its request vault settles
/// ({settleDeposit}, {settleRedeem}).
/// @dev Amounts with the suffix `XCD` are in the asset's own decimals, shares are WAD.
interface ILpActions is ILpVault {
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
    /// current price less the entry fee. If the LP vault has filled at a price that was published later, the price of the two
    /// that yields fewer shares applies (T56). Request vault only. Reverts with `PriceOlderThanFill` while no such price is
    /// stored.
    /// @param minShares WAD, for all of `amountXCD`; scaled in proportion for a part
    /// @return takenXCD the amount taken
    /// @return shares WAD
    function settleDeposit(uint256 amountXCD, uint256 minShares) external returns (uint256 takenXCD, uint256 shares);

    /// @notice Burns up to `shares` of the caller, limited by what the LP vault can pay, and pays the caller at the
    /// current price less the exit fee; as for {settleDeposit}, at the price that pays less (T56). Request vault only. A flat
    /// LP vault needs no price (T54).
    /// @param shares WAD
    /// @param minAmountXCD for all of `shares`, collateral counted at the current price; scaled in proportion for a
    /// part
    /// @param isAssetOnly whether a flat base vault pays in its asset only, as with a position: at the current price, as far as
    /// its asset suffices. For base vaults only
    /// @return burned WAD
    /// @return amountXCD received in the asset: a token with a transfer fee delivers less than was paid (T61)
    /// @return quoteXCD received in collateral, from a flat base vault beside its asset
    function settleRedeem(uint256 shares, uint256 minAmountXCD, bool isAssetOnly)
        external
        returns (uint256 burned, uint256 amountXCD, uint256 quoteXCD);
}

/// @title The valuations, quotes and limits of an LP vault
/// @dev Amounts with the suffix `XCD` are in the asset's own decimals, shares are WAD.
interface ILpQuotes is ILpVault {
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

    /// @notice The result of a request that settled now, with its minimum: the errors of {settleDeposit} and {settleRedeem}
    /// are the same.
    /// @param amount own decimals for a deposit, WAD shares for a redemption
    /// @param minOut WAD shares for a deposit, own decimals for a redemption
    /// @param isAssetOnly as for {settleRedeem}
    /// @return met part of `amount`
    /// @return output WAD shares for a deposit, own decimals for a redemption
    /// @return quoteXCD in collateral, from a flat base vault beside its asset
    function quoteSettlement(bool isDeposit, uint256 amount, uint256 minOut, bool isAssetOnly)
        external
        view
        returns (uint256 met, uint256 output, uint256 quoteXCD);

    /// @notice Whether redemptions need no price now: the LP vault is flat.
    function redeemsWithoutPrice() external view returns (bool);

    /// @notice Largest amount that `lp` can pass to {deposit} now, in the asset's own decimals. Zero when {deposit}
    /// reverts for every amount, also for lack of a price.
    function maxDeposit(address lp) external view returns (uint256 amountXCD);

    /// @notice Most shares that `lp` can pass to {withdraw} now, WAD. Zero when {withdraw} reverts for every amount, also for
    /// lack of a fresh price.
    function maxRedeem(address lp) external view returns (uint256 shares);

    /// @notice Value of one share in the asset at the last stored price, WAD, down. One in an empty LP vault. See
    /// {valuationAge}.
    function sharePrice() external view returns (uint256 price);

    /// @notice Value of all shares at the last stored price, in the asset's own decimals, down. Zero when insolvent. Does not
    /// revert for an old price, see {valuationAge}.
    function totalAssets() external view returns (uint256 assets);

    /// @notice Value of all shares at the current price, WAD of the asset, floor; and their number, WAD. Reverts while the
    /// stored price is too old.
    function valuation() external view returns (int256 total, uint256 totalShares);

    /// @notice {valuation} at the last stored price of any age.
    function lastValuation() external view returns (int256 total, uint256 totalShares);

    /// @notice Seconds since the publish time of the last stored price, at which {lastValuation}, {totalAssets} and
    /// {sharePrice} count. Zero while they need no price. At least the block's timestamp when the price is from the future
    /// or its parts were published too far apart.
    function valuationAge() external view returns (uint256 age);
}

/// @title The LP functions of a maker
interface ILpModule is ILpActions, ILpQuotes {}
