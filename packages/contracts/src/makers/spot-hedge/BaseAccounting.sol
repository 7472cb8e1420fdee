// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {MarginMath} from "../../libraries/MarginMath.sol";
import {ShareMath} from "../../libraries/ShareMath.sol";
import {Cast} from "../../types/Cast.sol";
import {Price, SIGNED_WAD, WAD, floorDiv} from "../../types/Units.sol";
import {LpAccounting} from "../lp/LpAccounting.sol";
import {SpotHedgeAccounting} from "./SpotHedgeAccounting.sol";

/// @title The value of the shares of a base vault
/// @notice The asset is the base token. The margin counts at the oracle price.
abstract contract BaseAccounting is SpotHedgeAccounting {
    using Cast for uint256;

    /// @inheritdoc LpAccounting
    /// @dev assetBalance + account value / price, WAD base, floor.
    function _totalAssets(Valuation memory v) internal view override returns (int256) {
        int256 held = (assetBalance * assetScale).toInt();
        if (v.accountValue.unwrap() == 0) return held;
        return held + floorDiv(v.accountValue.unwrap() * SIGNED_WAD, _priceOf(v).unwrap().toInt());
    }

    /// @inheritdoc LpAccounting
    /// @dev A flat base vault pays out in kind. It needs no price for a deposit or a payment in its asset only either, unless
    /// it holds collateral.
    function _needsPrice(Valuation memory v, bool isDeposit) internal pure override returns (bool) {
        return !v.position.size.isZero() || ((isDeposit || v.isAssetOnly) && v.accountValue.unwrap() != 0);
    }

    /// @inheritdoc LpAccounting
    /// @dev A flat base vault pays its base and its collateral pro rata, in kind, which needs no price. Otherwise base
    /// only, and so to an LP that wants nothing else.
    function _entitlement(Valuation memory v, uint256 shares) internal view override returns (uint256, uint256) {
        if (!v.position.size.isZero() || v.isAssetOnly) return (_shareOfAssets(v, shares), 0);
        return (
            ShareMath.toPayoutDown(shares, assetBalance * assetScale, v.totalShares) / assetScale,
            ShareMath.toKindDown(shares, v.position.margin.positivePart(), v.totalShares) / _quoteScale
        );
    }

    /// @inheritdoc LpAccounting
    function _worth(Valuation memory v, Payout memory payout) internal view override returns (uint256) {
        if (payout.quoteXCD == 0) return payout.amountXCD;
        return payout.amountXCD + Math.mulDiv(payout.quoteXCD * _quoteScale, WAD, _priceOf(v).unwrap()) / assetScale;
    }

    /// @inheritdoc LpAccounting
    /// @dev Paying base does not change the margin. The margin ratio therefore admits the whole balance or nothing.
    function _payableXCD(Valuation memory v) internal view override returns (uint256) {
        if (_isInDebt(v)) return 0;
        if (v.position.size.isZero()) return v.isAssetOnly ? assetBalance : type(uint256).max;
        uint256 required = MarginMath.requirementCeil(v.position.size.notionalCeil(v.price), _parameters.minMarginRatio);
        return v.accountValue.positivePart() < required ? 0 : assetBalance;
    }

    /// @dev The price of the valuation. Reads it now for a flat base vault, which was valued without one.
    function _priceOf(Valuation memory v) private view returns (Price) {
        if (v.price.unwrap() == 0) (v.price,,) = oracle.getPrice(marketId);
        return v.price;
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
    function _checkBookable(Valuation memory, uint256) internal pure override {}

    /// @inheritdoc LpAccounting
    function _payableBesides(Valuation memory, uint256 shares) internal pure override returns (uint256) {
        return shares;
    }

    /// @inheritdoc SpotHedgeAccounting
    function _heldBase() internal pure override returns (uint256) {
        return 0;
    }
}
