// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IBackstop} from "../../interfaces/IBackstop.sol";
import {FillInput} from "../../interfaces/IMaker.sol";
import {IOracleMaker} from "../../interfaces/IOracleMaker.sol";
import {InventoryCurve} from "../../libraries/InventoryCurve.sol";
import {MarginMath} from "../../libraries/MarginMath.sol";
import {MarketStatus} from "../../types/Market.sol";
import {PPM, Price, Quote, QuoteLib, WAD, ZERO_QUOTE} from "../../types/Units.sol";
import {LpAccounting} from "../lp/LpAccounting.sol";

/// @title The storage of an {OracleMaker}, its prices and the value of its LPs' shares
/// @notice The asset is the collateral, and all of it is margin. The curve is {InventoryCurve}.
abstract contract OracleAccounting is LpAccounting, IOracleMaker {
    using InventoryCurve for InventoryCurve.Curve;

    Parameters internal _parameters;
    /// @dev Seconds; zero for a sender that is not approved.
    mapping(address sender => uint256 effectiveAt) internal _senders;

    /// @inheritdoc LpAccounting
    /// @dev Account value. On this curve, fills that reduce the inventory are priced at the oracle price. Fee and
    /// confidence premium are income once a taker pays them (D56).
    function _totalAssets(Valuation memory v) internal pure override returns (int256) {
        return v.accountValue.unwrap();
    }

    /// @inheritdoc LpAccounting
    function _needsPrice(Valuation memory v, bool) internal pure override returns (bool) {
        return !v.position.size.isZero();
    }

    /// @inheritdoc LpAccounting
    /// @dev Always: a flat maker needs no price, but orders that are about to fill are visible, and an LP could enter or leave
    /// between them (T59).
    function _needsRequest(Valuation memory, bool) internal pure override returns (bool) {
        return true;
    }

    /// @inheritdoc LpAccounting
    /// @dev The Vault pays no margin of a position in a paused market.
    function _isFrozen(Valuation memory v) internal view override returns (bool) {
        return !v.position.size.isZero() && clearingHouse.statusOf(marketId) >= MarketStatus.Paused;
    }

    /// @inheritdoc LpAccounting
    /// @dev A known shortfall that the maker's profit may have to pay stays behind (T58).
    function _entitlement(Valuation memory v, uint256 shares) internal view override returns (uint256, uint256) {
        Quote value = v.accountValue;
        v.accountValue = value - _withheld(v);
        uint256 amountXCD = _shareOfAssets(v, shares);
        v.accountValue = value;
        return (amountXCD, 0);
    }

    /// @dev Asks the Backstop only while a shortfall is known, which {_value} has read with the position.
    function _withheld(Valuation memory v) private view returns (Quote) {
        if (!v.hasShortfall) return ZERO_QUOTE;
        return QuoteLib.toQuote(IBackstop(_vault.backstop()).withheldFrom(marketId, address(this), v.price));
    }

    /// @inheritdoc LpAccounting
    /// @dev Limited by the Vault's rule for withdrawals (L6: no unrealised profit), by the maker's margin ratio, and by the
    /// balance of the market.
    function _payableXCD(Valuation memory v) internal view override returns (uint256) {
        uint256 notional = v.position.size.isZero() ? 0 : v.position.size.notionalCeil(v.price);
        uint256 byMaker = _excess(v.accountValue, MarginMath.requirementCeil(notional, _parameters.minMarginRatio));
        return Math.min(byMaker / assetScale, _vault.withdrawableMarginOf(marketId, address(this)));
    }

    /// @dev Excess of an amount over a requirement, WAD quote; zero when it is below.
    function _excess(Quote amount, uint256 required) private pure returns (uint256) {
        uint256 held = amount.positivePart();
        return held > required ? held - required : 0;
    }

    /// @inheritdoc LpAccounting
    function _checkBookable(Valuation memory, uint256) internal pure override {}

    /// @inheritdoc LpAccounting
    function _worth(Valuation memory, Payout memory payout) internal pure override returns (uint256) {
        return payout.amountXCD;
    }

    /// @inheritdoc LpAccounting
    function _payableBesides(Valuation memory, uint256 shares) internal pure override returns (uint256) {
        return shares;
    }

    // ---------------------------------------------------------------------------------------------------- fills ----

    function _curve(Parameters memory p, FillInput memory input, bool takerBuys)
        internal
        pure
        returns (InventoryCurve.Curve memory)
    {
        (uint256 price, uint256 unit) = InventoryCurve.flatPrice(
            input.price, input.confidence, takerBuys, p.confidenceFactor, p.maxConfidencePremium, p.lpFee
        );
        return InventoryCurve.from(price, unit, input.makerSize, takerBuys, p.maxSpread, p.maxAbsPosition);
    }

    /// @inheritdoc LpAccounting
    function _sliceTerms() internal view override returns (uint256 fillFee, uint256 requestFee, uint256 baseUnit) {
        Parameters memory p = _parameters;
        return (p.lpFee + _confidencePremium(p), _lpRules.requestFee, 1);
    }

    /// @dev The premium of a trade now, ppm, up. The largest one while no price is readable: the caller could cause that.
    function _confidencePremium(Parameters memory p) private view returns (uint256) {
        if (p.confidenceFactor == 0) return 0;
        try oracle.getPrice(marketId) returns (Price price, uint256 confidence, uint256) {
            uint256 premium = Math.saturatingMul(confidence, p.confidenceFactor);
            return Math.min(Math.ceilDiv(premium, price.unwrap()), p.maxConfidencePremium);
        } catch {
            return p.maxConfidencePremium;
        }
    }

    /// @inheritdoc LpAccounting
    /// @dev All assets are margin, which the Backstop moves.
    function _sliceOf(uint256, uint256, uint256) internal pure override returns (uint256 assetXCD, uint256 baseXCD) {
        return (0, 0);
    }

    function _fill(FillInput memory input, bool isBaseToQuote, bool isExactInput, uint256 amount)
        internal
        view
        returns (Fill memory fill)
    {
        Parameters memory p = _parameters;
        InventoryCurve.Curve memory curve = _curve(p, input, !isBaseToQuote);
        (fill.base, fill.quote) =
            isBaseToQuote == isExactInput ? (amount, curve.quoteForBase(amount)) : (curve.baseForQuote(amount), amount);
        if (p.lpFee != 0) {
            fill.fee = Math.mulDiv(fill.quote, p.lpFee, isBaseToQuote ? PPM - p.lpFee : PPM + p.lpFee);
        }
        if (fill.base != 0) fill.tradePrice = Math.mulDiv(fill.quote, WAD, fill.base);
        fill.spread = _distance(fill.tradePrice, input.price.unwrap());
    }

    /// @dev |tradePrice / oraclePrice - 1|, ppm, down.
    function _distance(uint256 tradePrice, uint256 oraclePrice) private pure returns (uint256) {
        uint256 difference = tradePrice > oraclePrice ? tradePrice - oraclePrice : oraclePrice - tradePrice;
        return Math.mulDiv(difference, PPM, oraclePrice);
    }
}
