// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ILpSliceActions, ISliceClaims} from "../../interfaces/ILpSlice.sol";
import {ISpotHedgeSettings} from "../../interfaces/ISpotHedgeVault.sol";
import {ILockedSteps} from "../../interfaces/ISpotHedger.sol";
import {LiabilityMath} from "../../libraries/LiabilityMath.sol";
import {Cast} from "../../types/Cast.sol";
import {LpModule} from "../lp/LpModule.sol";
import {LpQuotes} from "../lp/LpQuotes.sol";
import {SpotHedgeAccounting} from "./SpotHedgeAccounting.sol";

/// @title Deposits into and withdrawals from the balance of a hedged vault
/// @notice Deposits enter the balance outside the Vault, and withdrawals leave it. A flat base vault also pays the
/// collateral in its margin.
abstract contract SpotHedgeLpModule is
    LpModule,
    SpotHedgeAccounting,
    ISpotHedgeSettings,
    ILpSliceActions,
    ISliceClaims
{
    using Cast for *;
    using SafeCast for uint256;

    /// @notice The contract whose code the maker's views for LPs run.
    LpQuotes public immutable lpQuotes;

    constructor(LpQuotes lpQuotes_) {
        lpQuotes = lpQuotes_;
    }

    // ---------------------------------------------------------------------------------------------------- owner ----

    /// @inheritdoc ISpotHedgeSettings
    function setHedgeGapRules(HedgeGapRules calldata rules) external onlyOwner {
        _setHedgeGapRules(rules);
    }

    // --------------------------------------------------------------------------------------------- exit in kind ----

    /// @inheritdoc ILpSliceActions
    /// @dev Balances, liability, hedge gap and its smallest part shrink by one fraction (H1).
    function redeemSlice(uint256 shares, uint256 part, uint256 whole, uint256 requestFee)
        external
        onlyExchange
        returns (uint256 assetXCD, uint256 baseXCD)
    {
        (assetXCD, baseXCD) = _sliceOf(part, whole, requestFee);
        _burn(msg.sender, shares);
        assetBalance = (assetBalance - assetXCD).toUint128();
        assetLiability = LiabilityMath.afterWithdrawalUp(assetLiability, part, whole).toUint128();
        _reduceHedgeGap(part, whole);
        hedgeGapMinPart = LiabilityMath.afterWithdrawalUp(hedgeGapMinPart, part, whole).toUint128();
        _removeHeldBase(baseXCD);
        _afterLiquidityChange();
    }

    /// @inheritdoc ISliceClaims
    function paySliceClaim(address receiver, uint256 maxAssetXCD, uint256 maxBaseXCD)
        external
        onlyExchange
        returns (uint256 assetXCD, uint256 baseXCD)
    {
        assetXCD = _meterClaim(asset, maxAssetXCD);
        if (maxBaseXCD != 0) baseXCD = _meterClaim(_baseToken, maxBaseXCD);
        _vault.withLockHeld(abi.encodeCall(ILockedSteps.payOut, (assetXCD, 0, receiver, baseXCD)));
    }

    /// @dev The part of a claim that the breaker admits now, which is reported to it.
    function _meterClaim(IERC20 token, uint256 units) private returns (uint256 admitted) {
        admitted = Math.min(units, _outflowRoom(token));
        if (admitted != 0 && _isMetered()) _breaker.recordOutflow(address(token), address(this), admitted);
    }

    /// @dev Removes units from the base that a quote vault holds.
    function _removeHeldBase(uint256) internal virtual {}

    // ------------------------------------------------------------------------------------------------------- LPs ----

    /// @inheritdoc LpModule
    function _takeIn(uint256 amountXCD) internal override returns (uint256 receivedXCD) {
        // Before the transfer, so that a new window of the breaker does not measure the deposit.
        _meterInflow(0);
        uint256 balanceBefore = asset.balanceOf(address(this));
        _vault.withLockHeld(abi.encodeCall(ILockedSteps.takeDeposit, (msg.sender, amountXCD)));
        receivedXCD = asset.balanceOf(address(this)) - balanceBefore;
        _meterInflow(receivedXCD);
        assetBalance = (assetBalance + receivedXCD).toUint128();
        assetLiability = (assetLiability + receivedXCD).toUint128();
    }

    /// @dev Deducts a payout from the balance. Reverts with `InsufficientAssetBalance`, with `AccountInDebt`, and with
    /// `BelowMinMarginRatio` while there is a position.
    function _deduct(Valuation memory v, Payout memory payout) internal {
        if (_isInDebt(v)) revert AccountInDebt(v.accountValue.unwrap());
        bool isFlat = v.position.size.isZero();
        uint256 available = assetBalance;
        if (payout.amountXCD > available) revert InsufficientAssetBalance(payout.amountXCD, available);
        if (!isFlat) {
            _checkMinMarginRatio(
                v.accountValue.unwrap(), v.position.size.notionalCeil(v.price), _parameters.minMarginRatio
            );
        }
        uint256 liability = LiabilityMath.afterWithdrawalUp(assetLiability, payout.shares, v.totalShares);
        // One word: two writes that follow each other are one.
        (assetBalance, assetLiability) = ((available - payout.amountXCD).lowUint128(), liability.toUint128());
        if (_isMetered()) _breaker.recordOutflow(address(asset), address(this), payout.amountXCD);
        if (isFlat && !v.isAssetOnly) _reduceHedgeGap(payout.shares, v.totalShares);
    }

    /// @dev The transfers of a payout, one after the other under the lock: between them, shares are burned whose
    /// collateral or base has not left.
    function _transferOut(Payout memory payout, uint256 baseUnits, address receiver) internal {
        if (payout.quoteXCD != 0) emit QuoteWithdrawn(msg.sender, payout.shares, payout.quoteXCD);
        _vault.withLockHeld(
            abi.encodeCall(ILockedSteps.payOut, (payout.amountXCD, payout.quoteXCD, receiver, baseUnits))
        );
    }

    /// @dev A payment in kind includes its part of the tokens that would close the gap, so the gap shrinks by that
    /// part.
    function _reduceHedgeGap(uint256 shares, uint256 totalShares) private {
        int256 gap = hedgeGap;
        if (gap == 0) return;
        int256 part = Math.mulDiv(gap.magnitude(), shares, totalShares).toInt();
        _setHedgeGap(gap < 0 ? gap + part : gap - part);
    }
}
