// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ILpSlice, ISliceClaims} from "../../interfaces/ILpSlice.sol";
import {ISpotHedgeSettings} from "../../interfaces/ISpotHedgeVault.sol";
import {ILockedSteps} from "../../interfaces/ISpotHedger.sol";
import {LiabilityMath} from "../../libraries/LiabilityMath.sol";
import {ShareMath} from "../../libraries/ShareMath.sol";
import {Cast} from "../../types/Cast.sol";
import {LpModule} from "../lp/LpModule.sol";
import {LpQuotes} from "../lp/LpQuotes.sol";
import {SpotHedgeStorage} from "./SpotHedgeStorage.sol";

/// @title Deposits into and withdrawals from the balance of a hedged vault
/// @notice Deposits enter the balance outside the Vault, and withdrawals leave it. A flat base vault also pays the
/// collateral in its margin.
abstract contract SpotHedgeLpModule is LpModule, SpotHedgeStorage, ISpotHedgeSettings, ILpSlice, ISliceClaims {
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

    /// @inheritdoc ILpSlice
    /// @dev Balances, liability, hedge gap and its smallest part shrink by one fraction (H1).
    function takeSlice(uint256 shares, uint256 part, uint256 whole, uint256 requestFee)
        external
        onlyExchange
        returns (uint256 assetXCD, uint256 baseXCD)
    {
        (assetXCD, baseXCD) = sliceOf(part, whole, requestFee);
        _burn(msg.sender, shares);
        assetBalance = (assetBalance - assetXCD).toUint128();
        assetLiability = LiabilityMath.afterWithdrawalUp(assetLiability, part, whole).toUint128();
        _reduceHedgeGap(part, whole);
        hedgeGapMinPart = LiabilityMath.afterWithdrawalUp(hedgeGapMinPart, part, whole).toUint128();
        _removeHeldBase(baseXCD);
        _afterLiquidityChange();
    }

    /// @inheritdoc ISliceClaims
    function paySlice(address receiver, uint256 maxAssetXCD, uint256 maxBaseXCD)
        external
        onlyExchange
        returns (uint256 assetXCD, uint256 baseXCD)
    {
        assetXCD = Math.min(maxAssetXCD, _outflowRoom(asset));
        baseXCD = maxBaseXCD == 0 ? 0 : Math.min(maxBaseXCD, _outflowRoom(_baseToken));
        if (_isMetered()) {
            if (assetXCD != 0) _breaker.recordOutflow(address(asset), address(this), assetXCD);
            if (baseXCD != 0) _breaker.recordOutflow(address(_baseToken), address(this), baseXCD);
        }
        Payout memory payout;
        payout.amountXCD = assetXCD;
        _transferOut(payout, baseXCD, receiver);
    }

    /// @inheritdoc ILpSlice
    /// @dev The virtual shares keep their part of the asset when the last LP takes the whole position.
    function sliceOf(uint256 part, uint256 whole, uint256 requestFee)
        public
        view
        returns (uint256 assetXCD, uint256 baseXCD)
    {
        baseXCD = Math.mulDiv(_heldBase(), part, whole);
        if (part == whole) (part, whole) = (totalSupply(), totalSupply() + ShareMath.VIRTUAL);
        assetXCD = Math.mulDiv(assetBalance, part, whole);
        assetXCD -= _feeXCD(assetXCD, requestFee);
    }

    /// @inheritdoc ILpSlice
    function sliceTerms() external view returns (uint256 fillFee, uint256 requestFee, uint256 baseUnit) {
        return (_parameters.spread + _parameters.adapter.pathFee(), _lpRules.requestFee, _baseScale);
    }

    /// @dev Base that a quote vault holds beside its asset, in the base token's decimals.
    function _heldBase() internal view virtual returns (uint256) {
        return 0;
    }

    /// @dev Removes units from that base.
    function _removeHeldBase(uint256) internal virtual {}

    // ------------------------------------------------------------------------------------------------------- LPs ----

    /// @inheritdoc LpModule
    function _takeIn(uint256 amountXCD) internal override returns (uint256 receivedXCD) {
        // Before the transfer, so that a new window of the breaker does not measure the deposit.
        _meterInflow(0);
        uint256 balanceBefore = asset.balanceOf(address(this));
        _vault.withLock(abi.encodeCall(ILockedSteps.takeAsset, (msg.sender, amountXCD)));
        receivedXCD = asset.balanceOf(address(this)) - balanceBefore;
        _meterInflow(receivedXCD);
        assetBalance = (assetBalance + receivedXCD).toUint128();
        assetLiability = (assetLiability + receivedXCD).toUint128();
    }

    /// @dev Deducts a payout from the balance. Reverts with `InsufficientAssetBalance`, and with `BelowMinMarginRatio`
    /// while there is a position.
    function _deduct(Valuation memory v, Payout memory payout) internal {
        bool isFlat = v.position.size.isZero();
        uint256 available = assetBalance;
        if (payout.amountXCD > available) revert InsufficientAssetBalance(payout.amountXCD, available);
        if (!isFlat) {
            _checkMinMarginRatio(
                v.accountValue.unwrap(), v.position.size.notionalCeil(v.price), _parameters.minMarginRatio
            );
        }
        assetBalance = (available - payout.amountXCD).lowUint128();
        if (_isMetered()) _breaker.recordOutflow(address(asset), address(this), payout.amountXCD);
        assetLiability = LiabilityMath.afterWithdrawalUp(assetLiability, payout.shares, v.totalShares).toUint128();
        if (isFlat) _reduceHedgeGap(payout.shares, v.totalShares);
    }

    /// @dev The transfers of a payout, one after the other under the lock: between them, shares are burned whose
    /// collateral or base has not left.
    function _transferOut(Payout memory payout, uint256 baseUnits, address receiver) internal {
        if (payout.quoteXCD != 0) emit QuoteWithdrawn(msg.sender, payout.shares, payout.quoteXCD);
        _vault.withLock(abi.encodeCall(ILockedSteps.payOut, (receiver, payout.amountXCD, payout.quoteXCD, baseUnits)));
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
