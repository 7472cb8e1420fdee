// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IMarketBound} from "./IMaker.sol";
import {IVault} from "./IVault.sol";

/// @title What a maker's request vault asks of the maker's share
interface ILpShare {
    /// @notice Moves shares of `holder` into the request vault, against `spender`'s allowance unless it is the owner.
    /// Request vault only.
    function takeShares(address holder, address spender, uint256 shares) external;

    /// @notice What LPs deposit.
    function asset() external view returns (IERC20);

    /// @notice WAD per one unit of the asset: 10^(18 - decimals).
    function assetScale() external view returns (uint256);
}

/// @title What a maker's request vault asks of the maker
/// @dev Amounts in the asset's own decimals unless said otherwise, shares WAD.
interface ILpVault is ILpShare, IMarketBound {
    /// @notice Takes up to `amountXCD` from the caller, as much as the deposit cap leaves room for, for shares at the
    /// current price less the entry fee. Request vault only.
    /// @param minShares for all of `amountXCD`; a part must do as well
    /// @return takenXCD what went in
    /// @return shares WAD, to the caller
    function settleDeposit(uint256 amountXCD, uint256 minShares) external returns (uint256 takenXCD, uint256 shares);

    /// @notice Burns up to `shares` of the caller's, as many as the maker can pay, for assets at the current price less
    /// the exit fee. Request vault only.
    /// @param minAmountXCD for all of `shares`, quote counted at the current price; a part must do as well
    /// @return burned shares, WAD
    /// @return amountXCD to the caller
    /// @return quoteXCD collateral that a flat spot-hedge vault pays beside its asset, to the caller
    function settleRedeem(uint256 shares, uint256 minAmountXCD)
        external
        returns (uint256 burned, uint256 amountXCD, uint256 quoteXCD);

    /// @notice What a deposit would give now, down, entry fee taken off.
    /// @param isRequest as a request that settles now, else through the immediate path, for whoever may use it
    /// @return takenXCD what the deposit cap leaves room for
    /// @return shares WAD, for what is taken
    function quoteDeposit(uint256 amountXCD, bool isRequest) external view returns (uint256 takenXCD, uint256 shares);

    /// @notice What a redemption would pay now, down, exit fee taken off.
    /// @param isRequest as a request that settles now, else through the immediate path, for whoever may use it
    /// @return burned how many of the shares the maker can pay for, WAD
    /// @return amountXCD for what is burned
    /// @return quoteXCD collateral that a flat spot-hedge vault pays beside its asset
    function quoteRedeem(uint256 shares, bool isRequest)
        external
        view
        returns (uint256 burned, uint256 amountXCD, uint256 quoteXCD);

    /// @notice What the shares are worth together, in the asset's own decimals, down. Zero when insolvent.
    function totalAssets() external view returns (uint256);

    /// @notice What the shares are worth together at the current price, WAD of the asset, floor; and how many there are,
    /// WAD.
    function valuation() external view returns (int256 total, uint256 totalShares);

    function vault() external view returns (IVault);
}
