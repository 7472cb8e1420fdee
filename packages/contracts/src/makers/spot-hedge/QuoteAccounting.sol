// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {HedgeMarginMath} from "../../libraries/HedgeMarginMath.sol";
import {MarginMath} from "../../libraries/MarginMath.sol";
import {ShareMath} from "../../libraries/ShareMath.sol";
import {Cast} from "../../types/Cast.sol";
import {Base, Quote} from "../../types/Units.sol";
import {LpAccounting} from "../lp/LpAccounting.sol";
import {QuoteVaultStorage} from "./QuoteVaultStorage.sol";
import {SpotHedgeAccounting} from "./SpotHedgeAccounting.sol";

/// @title The value of the shares of a quote vault
/// @notice The asset is the collateral. Base held counts at the oracle price.
abstract contract QuoteAccounting is SpotHedgeAccounting, QuoteVaultStorage {
    using Cast for *;

    /// @inheritdoc LpAccounting
    /// @dev Balance, account value, and base held at the oracle price; WAD quote, floor.
    function _totalAssets(Valuation memory v) internal view override returns (int256) {
        int256 total = _funds(v).unwrap();
        uint256 held = baseBalance;
        if (held == 0) return total;
        // Only a flat quote vault was valued without a price.
        if (v.price.unwrap() == 0) (v.price,,) = oracle.getPrice(marketId);
        return total + Base.wrap((held * _baseScale).toInt()).valueFloor(v.price).unwrap();
    }

    /// @inheritdoc LpAccounting
    /// @dev A flat quote vault pays the base that it still holds in kind. It needs no price for a deposit either unless
    /// it holds base.
    function _needsPrice(Valuation memory v, bool isDeposit) internal view override returns (bool) {
        return !v.position.size.isZero() || (isDeposit && baseBalance != 0);
    }

    /// @inheritdoc LpAccounting
    /// @dev A flat quote vault pays a part of its collateral, which needs no price. {QuoteVaultModule} adds the base.
    function _entitlement(Valuation memory v, uint256 shares) internal view override returns (uint256, uint256) {
        if (!v.position.size.isZero()) return (_shareOfAssets(v, shares), 0);
        return (ShareMath.toPayoutDown(shares, _funds(v).positivePart(), v.totalShares) / assetScale, 0);
    }

    /// @inheritdoc LpAccounting
    /// @dev A flat quote vault needs no margin. With a position: the balance less the reserve, or less the amount that
    /// avoids a deleveraging if that is larger; nothing below the margin ratio.
    function _payableXCD(Valuation memory v) internal view override returns (uint256) {
        if (_isInDebt(v)) return 0;
        uint256 held = assetBalance;
        if (v.position.size.isZero()) return held + _vault.withdrawableMarginOf(marketId, address(this));
        uint256 notional = v.position.size.notionalCeil(v.price);
        uint256 required = MarginMath.requirementCeil(notional, _parameters.minMarginRatio);
        if (v.accountValue.positivePart() < required) return 0;
        int256 lacking = HedgeMarginMath.lacking(v.accountValue, notional, _fundedRatio());
        uint256 kept = Math.max(_reserveUp(notional), HedgeMarginMath.toAddUp(lacking, assetScale));
        return held < kept ? 0 : held - kept;
    }

    /// @inheritdoc LpAccounting
    /// @dev Base paid in kind must be within the breaker's limit as well.
    function _payableBesides(Valuation memory v, uint256 shares) internal view override returns (uint256) {
        if (_isInDebt(v)) return 0;
        int256 gap = hedgeGap;
        if (gap >= 0 || shares == 0 || !v.position.size.isZero()) return shares;
        uint256 units = gap.magnitude() * shares / v.totalShares;
        uint256 room = _outflowRoom(_baseToken);
        return units <= room ? shares : ShareMath.toSharesWithinDown(shares, units, room);
    }

    /// @inheritdoc LpAccounting
    /// @dev The queue records payments in collateral only. The request waits until the gap is closed, or is returned when it
    /// expires.
    function _checkBookable(Valuation memory v, uint256 shares) internal view override {
        int256 gap = hedgeGap;
        if (gap >= 0 || v.totalShares == 0) return;
        if (gap.magnitude() * shares / v.totalShares != 0) revert HedgeGapOpen(gap);
    }

    /// @inheritdoc SpotHedgeAccounting
    function _heldBase() internal view override returns (uint256) {
        return baseBalance;
    }

    /// @dev Account value and balance.
    function _funds(Valuation memory v) private view returns (Quote) {
        return v.accountValue + Quote.wrap((assetBalance * assetScale).toInt());
    }

    /// @inheritdoc LpAccounting
    function _needsRequest(Valuation memory v, bool isDeposit) internal view override returns (bool) {
        return _needsPrice(v, isDeposit);
    }

    /// @inheritdoc LpAccounting
    function _isFrozen(Valuation memory) internal pure override returns (bool) {
        return false;
    }

    /// @inheritdoc LpAccounting
    function _worth(Valuation memory, Payout memory payout) internal pure override returns (uint256) {
        return payout.amountXCD;
    }
}
