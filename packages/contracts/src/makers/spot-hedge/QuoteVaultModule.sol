// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IClearingHouse} from "../../interfaces/IClearingHouse.sol";
import {ISpotHedgeSettings} from "../../interfaces/ISpotHedgeVault.sol";
import {HedgeMarginMath} from "../../libraries/HedgeMarginMath.sol";
import {MarginMath} from "../../libraries/MarginMath.sol";
import {ShareMath} from "../../libraries/ShareMath.sol";
import {Cast} from "../../types/Cast.sol";
import {Base, Quote} from "../../types/Units.sol";
import {LpModule} from "../lp/LpModule.sol";
import {QuoteMargin} from "./QuoteMargin.sol";
import {QuoteVaultStorage} from "./QuoteVaultStorage.sol";
import {SpotHedgeLpModule} from "./SpotHedgeLpModule.sol";
import {SpotHedgeStorage} from "./SpotHedgeStorage.sol";

/// @title The LP and owner functions of a quote vault
/// @notice The asset is the collateral. Base held counts at the oracle price.
/// @dev Runs on the storage of the {SpotHedgeQuoteMaker} whose constructor receives it. The deployed module owns
/// itself, so its owner functions revert when they are called directly.
contract QuoteVaultModule is QuoteVaultStorage, SpotHedgeLpModule {
    using Cast for *;
    using SafeCast for uint256;

    /// @notice The margin module of the same quote vault.
    QuoteMargin public immutable quoteMargin;

    constructor(IClearingHouse clearingHouse_, uint256 marketId_, IERC20 baseToken_)
        SpotHedgeStorage("", "", address(this), clearingHouse_, marketId_, clearingHouse_.vault().asset(), baseToken_)
    {
        quoteMargin = new QuoteMargin(clearingHouse_, marketId_, baseToken_);
    }

    // ---------------------------------------------------------------------------------------------------- owner ----

    /// @inheritdoc ISpotHedgeSettings
    /// @dev Fills must be able to leave the margin ratio, and the bound of hedges must exceed the bounds of gaps and of
    /// deleveragings by their multiples.
    function setParameters(Parameters calldata parameters_) external onlyOwner {
        uint256 minHedgeDeviation = Math.max(
            GAP_BOUND_DIVISOR * _hedgeGapRules.maxDeviation,
            DELEVERAGE_BOUND_DIVISOR * _quoteRules.maxDeleverageDeviation
        );
        _setParameters(parameters_, minHedgeDeviation, _targetMarginRatio);
        uint256 pathFee = parameters_.adapter.pathFee();
        uint256 legBound = _quoteRules.maxDeleverageDeviation;
        if (legBound <= pathFee) revert BoundBelowPathFee(legBound, pathFee);
    }

    // ------------------------------------------------------------------------------------------------------- LPs ----

    /// @inheritdoc LpModule
    /// @dev Balance, account value, and base held at the oracle price; WAD quote, floor.
    function _totalAssets(Valuation memory v) internal view override returns (int256) {
        int256 total = _funds(v).unwrap();
        uint256 held = baseBalance;
        if (held == 0) return total;
        // Only a flat quote vault was valued without a price.
        if (v.price.unwrap() == 0) (v.price,,) = oracle.getPrice(marketId);
        return total + Base.wrap((held * _baseScale).toInt()).valueFloor(v.price).unwrap();
    }

    /// @inheritdoc LpModule
    /// @dev A flat quote vault pays the base that it still holds in kind. It needs no price for a deposit either unless
    /// it holds base.
    function _needsPrice(Valuation memory v, bool isDeposit) internal view override returns (bool) {
        return !v.position.size.isZero() || (isDeposit && baseBalance != 0);
    }

    /// @inheritdoc LpModule
    /// @dev A flat quote vault pays a part of its collateral, which needs no price. {_payOut} adds the base.
    function _entitlement(Valuation memory v, uint256 shares) internal view override returns (uint256, uint256) {
        if (!v.position.size.isZero()) return (_shareOfAssets(v, shares), 0);
        return (ShareMath.toPayoutDown(shares, _funds(v).positivePart(), v.totalShares) / assetScale, 0);
    }

    /// @inheritdoc LpModule
    /// @dev A flat quote vault needs no margin. With a position: the balance less the reserve, or less the amount that
    /// avoids a deleveraging if that is larger; nothing below the margin ratio.
    function _payableXCD(Valuation memory v) internal view override returns (uint256) {
        if (_isInDebt(v)) return 0;
        uint256 held = assetBalance;
        if (v.position.size.isZero()) return held + _vault.freeMarginOf(marketId, address(this));
        uint256 notional = v.position.size.notionalCeil(v.price);
        uint256 required = MarginMath.requirementCeil(notional, _parameters.minMarginRatio);
        if (v.accountValue.positivePart() < required) return 0;
        int256 lacking = HedgeMarginMath.lacking(v.accountValue, notional, _fundedRatio());
        uint256 kept = Math.max(_reserveUp(notional), HedgeMarginMath.toAddUp(lacking, assetScale));
        return held < kept ? 0 : held - kept;
    }

    /// @inheritdoc LpModule
    /// @dev Base paid in kind must be within the breaker's limit as well.
    function _payableBesides(Valuation memory v, uint256 shares) internal view override returns (uint256) {
        if (_isInDebt(v)) return 0;
        int256 gap = hedgeGap;
        if (gap >= 0 || shares == 0 || !v.position.size.isZero()) return shares;
        uint256 units = gap.magnitude() * shares / v.totalShares;
        uint256 room = _outflowRoom(_baseToken);
        return units <= room ? shares : ShareMath.toSharesWithinDown(shares, units, room);
    }

    /// @inheritdoc LpModule
    /// @dev Releases margin first where the balance is too small, and pays the base of a flat quote vault last.
    function _payOut(Valuation memory v, Payout memory payout, address receiver) internal override {
        if (_isInDebt(v)) revert AccountInDebt(v.accountValue.unwrap());
        uint256 available = _payableXCD(v);
        if (payout.amountXCD > available) revert InsufficientAssetBalance(payout.amountXCD, available);
        uint256 held = assetBalance;
        if (payout.amountXCD > held) {
            _moveOut(payout.amountXCD - held);
            // Less, for collateral that charges a fee on the transfer from the margin (T61).
            payout.amountXCD = Math.min(payout.amountXCD, assetBalance);
        }
        int256 gap = hedgeGap;
        _deduct(v, payout);
        uint256 baseUnits = gap < hedgeGap ? (hedgeGap - gap).toUint() : 0;
        if (baseUnits != 0) _deductBase(baseUnits, payout.shares, receiver);
        _transferOut(payout, baseUnits, receiver);
    }

    /// @inheritdoc LpModule
    /// @dev The queue records payments in collateral only. The request waits until the gap is closed, or is returned when it
    /// expires.
    function _checkBookable(Valuation memory v, uint256 shares) internal view override {
        int256 gap = hedgeGap;
        if (gap >= 0 || v.totalShares == 0) return;
        if (gap.magnitude() * shares / v.totalShares != 0) revert HedgeGapOpen(gap);
    }

    /// @inheritdoc LpModule
    function _afterLiquidityChange() internal override {
        _vault.setCapacity(marketId, 0, _capacity());
    }

    /// @dev The base of a flat quote vault is its gap.
    function _deductBase(uint256 units, uint256 shares, address receiver) private {
        baseBalance = (baseBalance - units).toUint128();
        if (_isMetered()) _breaker.recordOutflow(address(_baseToken), address(this), units);
        emit BaseWithdrawn(msg.sender, receiver, shares, units);
    }

    /// @dev Account value and balance.
    function _funds(Valuation memory v) private view returns (Quote) {
        return v.accountValue + Quote.wrap((assetBalance * assetScale).toInt());
    }
}
