// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ICircuitBreaker} from "../../interfaces/ICircuitBreaker.sol";
import {ShareMath} from "../../libraries/ShareMath.sol";
import {Cast} from "../../types/Cast.sol";
import {PriceOlderThanFill} from "../../types/Errors.sol";
import {MAX_SETTLED} from "../../types/LpRequest.sol";
import {Position} from "../../types/Position.sol";
import {AmountTooLarge, Base, PPM, Price, Quote} from "../../types/Units.sol";
import {LpVault} from "./LpVault.sol";

/// @title The value of an LP vault, and the conversion of assets to shares and back
/// @notice {LpModule} moves assets and shares by it, {LpQuotes} answers by it. Makers define their assets in the functions of
/// the section "differences between makers".
/// @dev Uses the storage of {LpVault} and adds none, so that a module contract can run it on the storage of a maker
/// ({LpModuleProxy}).
abstract contract LpAccounting is LpVault {
    using Cast for int256;

    /// @dev The LP vault at one moment. Every action values it once.
    struct Valuation {
        Position position;
        /// @dev Zero for a flat LP vault while no price was needed.
        Price price;
        /// @dev WAD quote, floor
        Quote accountValue;
        /// @dev WAD shares, before the action mints or burns
        uint256 totalShares;
        /// @dev The Vault's record that the Backstop knows a shortfall; false for a flat LP vault.
        bool hasShortfall;
        /// @dev Whether a flat LP vault pays in its asset only, too.
        bool isAssetOnly;
    }

    /// @dev The payment of a withdrawal, and the fee that stays in the LP vault.
    struct Payout {
        uint256 shares;
        /// @dev In the asset's own decimals, after the fee.
        uint256 amountXCD;
        uint256 feeXCD;
        /// @dev In the collateral's own decimals, after the fee. A flat base vault pays it beside its asset.
        uint256 quoteXCD;
        uint256 quoteFeeXCD;
    }

    // ------------------------------------------------------------------------------- differences between makers ----

    /// @dev Value of everything the LP vault owns, WAD of the asset, floor. May set `v.price`.
    function _totalAssets(Valuation memory v) internal view virtual returns (int256);

    /// @dev Whether a deposit (or a withdrawal) needs a price now.
    function _needsPrice(Valuation memory v, bool isDeposit) internal view virtual returns (bool);

    /// @dev Whether accounts without the owner's trust must request, for a deposit or a withdrawal.
    function _needsRequest(Valuation memory v, bool isDeposit) internal view virtual returns (bool);

    /// @dev Whether every withdrawal reverts because the market is paused.
    function _isFrozen(Valuation memory v) internal view virtual returns (bool);

    /// @dev Reverts when the request vault cannot book what a flat LP vault would pay for the shares.
    function _checkBookable(Valuation memory v, uint256 shares) internal view virtual;

    /// @dev Entitlement of shares before the fee, own decimals, down: in the asset, and in the collateral beside it.
    function _entitlement(Valuation memory v, uint256 shares)
        internal
        view
        virtual
        returns (uint256 amountXCD, uint256 quoteXCD);

    /// @dev Value of a payout in the asset's own decimals, down. Collateral counts at the current price.
    function _worth(Valuation memory v, Payout memory payout) internal view virtual returns (uint256);

    /// @dev Maximum payment that leaves the LP vault's own and the exchange's requirements fulfilled, in the asset's
    /// own decimals. The maximum of uint256 for an LP vault that pays everything in kind. Ignores the breaker's limit.
    function _payableXCD(Valuation memory v) internal view virtual returns (uint256);

    /// @dev The part of `shares` whose payment in other tokens than the asset and the collateral is possible.
    function _payableBesides(Valuation memory v, uint256 shares) internal view virtual returns (uint256);

    /// @dev The terms of a slice, {ILpSliceQuotes-sliceTerms}.
    function _sliceTerms() internal view virtual returns (uint256 fillFee, uint256 requestFee, uint256 baseUnit);

    /// @dev The balances of a slice, {ILpSliceQuotes-previewSlice}.
    function _sliceOf(uint256 part, uint256 whole, uint256 requestFee)
        internal
        view
        virtual
        returns (uint256 assetXCD, uint256 baseXCD);

    // -------------------------------------------------------------------------------------------- immediate path ----

    /// @dev The fee of the immediate path, ppm. Reverts with `UseRequest` where only requests are admitted.
    function _immediateFee(Valuation memory v, LpRules memory rules, bool isTrusted, bool isDeposit)
        internal
        view
        returns (uint256)
    {
        (bool isOpen, uint256 fee) = _access(v, rules, isTrusted, isDeposit);
        if (!isOpen) revert UseRequest(requestVault, v.position.size.unwrap());
        return fee;
    }

    /// @dev Whether the immediate path is open, and its fee, ppm. Trusted LPs pay none. Without a fee, too, any account leaves
    /// a flat maker of a settled market (T54): no order can be filled from which an LP could profit by the moment.
    function _access(Valuation memory v, LpRules memory rules, bool isTrusted, bool isDeposit)
        internal
        view
        returns (bool isOpen, uint256 fee)
    {
        if (isTrusted) return (true, 0);
        if (!isDeposit && !_needsPrice(v, false) && _isMarketSettled()) return (true, 0);
        return (rules.isWhitelistEnded && !_needsRequest(v, isDeposit), rules.requestFee);
    }

    // ------------------------------------------------------------------------------------------------ settlement ----

    /// @dev The valuation for the settlement of a deposit, and the LP vault's assets, WAD of the asset.
    function _valueForDeposit() internal view returns (Valuation memory v, uint256 total) {
        v = _value(false);
        if (!_needsPrice(v, true)) {
            oracle.checkIncrease(marketId);
            return (v, _solventAssets(v));
        }
        (Price price, uint256 publishTime) = _precisePrice();
        total = _solventAssets(v);
        (Valuation memory later, bool isLater) = _atLaterPrice(v, price, publishTime);
        if (!isLater) return (v, total);
        uint256 laterTotal = _solventAssets(later);
        if (laterTotal > total) (v, total) = (later, laterTotal);
    }

    /// @dev The valuation and the payout of a redemption request: the part that can be paid, none of it if that is zero.
    function _planRedeem(uint256 shares, bool isAssetOnly)
        internal
        view
        returns (Valuation memory v, Payout memory payout)
    {
        uint256 fee = _lpRules.requestFee;
        v = _value(false);
        v.isAssetOnly = isAssetOnly;
        if (!_needsPrice(v, false)) {
            payout = _payablePart(v, shares, fee);
            _checkBookable(v, payout.shares);
            return (v, payout);
        }
        (Price price, uint256 publishTime) = _precisePrice();
        payout = _payablePart(v, shares, fee);
        (Valuation memory later, bool isLater) = _atLaterPrice(v, price, publishTime);
        if (!isLater) return (v, payout);
        // Payable at both prices, and paid at the lower value.
        Payout memory laterPayout = _payablePart(later, payout.shares, fee);
        if (laterPayout.shares < payout.shares) payout = _payoutOf(v, laterPayout.shares, fee);
        if (laterPayout.amountXCD < payout.amountXCD) (v, payout) = (later, laterPayout);
    }

    /// @dev The price of the settlement. Reverts as {IPriceOracle-checkIncrease} when it is not precise enough.
    function _precisePrice() private view returns (Price price, uint256 publishTime) {
        bool admitsIncrease;
        (price,, publishTime, admitsIncrease) = oracle.getTradePrice(marketId);
        if (!admitsIncrease) oracle.checkIncrease(marketId);
    }

    /// @dev T56: the valuation at the last stored price, if the LP vault has filled since the price of the settlement was
    /// published. An account that knows both prices could otherwise shift the inventory at the later one and settle its
    /// request at the earlier one. Executions store their prices, and any account can store one; an accrual is no fill.
    function _atLaterPrice(Valuation memory v, Price price, uint256 publishTime)
        private
        view
        returns (Valuation memory later, bool isLater)
    {
        uint256 lastFillAt = v.position.lastFillAt;
        if (lastFillAt <= publishTime) return (v, false);
        uint256 storedAt;
        (later.price, storedAt) = oracle.getLastPrice(marketId);
        if (storedAt < lastFillAt) revert PriceOlderThanFill(storedAt, lastFillAt);
        (later.position, later.totalShares) = (v.position, v.totalShares);
        (later.hasShortfall, later.isAssetOnly) = (v.hasShortfall, v.isAssetOnly);
        Base size = v.position.size;
        later.accountValue = v.accountValue + size.valueFloor(later.price) - size.valueFloor(price);
        isLater = true;
    }

    /// @dev Reverts below the minimum of a deposit request, scaled to the part taken, and for more shares than the request
    /// vault records for one settlement: shares may be almost worthless (T62).
    function _checkShares(uint256 amountXCD, uint256 takenXCD, uint256 shares, uint256 minShares) internal pure {
        _checkRecordable(shares);
        if (shares * amountXCD < minShares * takenXCD) {
            revert LessThanMinimum(shares, Math.mulDiv(minShares, takenXCD, amountXCD, Math.Rounding.Ceil));
        }
    }

    /// @dev {_checkShares} for a redemption request. Reads a price only for collateral that decides on the minimum.
    function _checkPayout(Valuation memory v, Payout memory payout, uint256 shares, uint256 minAmountXCD)
        internal
        view
    {
        _checkRecordable(payout.amountXCD | payout.quoteXCD);
        uint256 minimum = minAmountXCD * payout.shares;
        uint256 worthXCD = payout.amountXCD;
        if (payout.quoteXCD != 0 && worthXCD * shares < minimum) worthXCD = _worth(v, payout);
        if (worthXCD * shares < minimum) {
            revert LessThanMinimum(worthXCD, Math.mulDiv(minAmountXCD, payout.shares, shares, Math.Rounding.Ceil));
        }
    }

    function _checkRecordable(uint256 amount) private pure {
        if (amount > MAX_SETTLED) revert AmountTooLarge(amount, MAX_SETTLED);
    }

    // ----------------------------------------------------------------------------------------------- valuation ----

    /// @dev Whether {_totalAssets} has its price. A flat LP vault that holds another token is valued without one first.
    function _canValue(Valuation memory v) internal view returns (bool) {
        if (v.price.unwrap() != 0 || !_needsPrice(v, true)) return true;
        try oracle.getPrice(marketId) returns (Price price, uint256, uint256) {
            v.price = price;
            return true;
        } catch {
            return false;
        }
    }

    /// @dev Reverts with `Locked` while the system lock is held.
    /// @param isExit whether assets leave at this value, which needs a fresh price (E1)
    function _value(bool isExit) internal view returns (Valuation memory v) {
        (v.position, v.price, v.accountValue, v.hasShortfall) = _vault.getAccountValue(marketId, isExit, address(this));
        v.totalShares = totalSupply();
    }

    function _positiveAssets(Valuation memory v) internal view returns (uint256) {
        return _totalAssets(v).positivePart();
    }

    function _solventAssets(Valuation memory v) internal view returns (uint256) {
        int256 total = _totalAssets(v);
        if (!_isSolvent(total, v.totalShares)) revert VaultInsolvent(total);
        return total.toUint();
    }

    function _isSolvent(int256 total, uint256 totalShares) internal pure returns (bool) {
        return total > 0 || (total == 0 && totalShares == 0);
    }

    // ------------------------------------------------------------------------------------------ assets to shares ----

    function _sharesFor(Valuation memory v, uint256 total, uint256 amountXCD, uint256 feeXCD)
        internal
        view
        returns (uint256)
    {
        return ShareMath.toSharesDown((amountXCD - feeXCD) * assetScale, total, v.totalShares);
    }

    /// @dev fee (ppm) of an amount, up.
    function _feeXCD(uint256 amountXCD, uint256 fee) internal pure returns (uint256) {
        return fee == 0 ? 0 : Math.mulDiv(amountXCD, fee, PPM, Math.Rounding.Ceil);
    }

    /// @dev Remaining room under the deposit cap, own decimals, down.
    /// @param total WAD of the asset
    function _room(LpRules memory rules, uint256 total) internal view returns (uint256) {
        if (rules.depositCap == type(uint128).max) return type(uint128).max;
        uint256 held = Math.ceilDiv(total, assetScale);
        return held < rules.depositCap ? rules.depositCap - held : 0;
    }

    // ------------------------------------------------------------------------------------------ shares to assets ----

    /// @dev The part of the LP vault's assets that shares are worth, own decimals, down. Reverts with `VaultInsolvent`.
    function _shareOfAssets(Valuation memory v, uint256 shares) internal view returns (uint256) {
        return ShareMath.toPayoutDown(shares, _solventAssets(v), v.totalShares) / assetScale;
    }

    function _payoutOf(Valuation memory v, uint256 shares, uint256 fee) internal view returns (Payout memory payout) {
        payout.shares = shares;
        if (v.totalShares == 0) return payout;
        (payout.amountXCD, payout.quoteXCD) = _entitlement(v, shares);
        // No exit fee when every share is redeemed: no holder is left to receive it.
        if (fee == 0 || shares == v.totalShares) return payout;
        payout.feeXCD = _feeXCD(payout.amountXCD, fee);
        payout.quoteFeeXCD = _feeXCD(payout.quoteXCD, fee);
        payout.amountXCD -= payout.feeXCD;
        payout.quoteXCD -= payout.quoteFeeXCD;
    }

    /// @dev The payout for as many of `shares` as the LP vault can pay now.
    function _payablePart(Valuation memory v, uint256 shares, uint256 fee) internal view returns (Payout memory whole) {
        whole = _payoutOf(v, shares, fee);
        uint256 part = _payableOf(v, whole, fee);
        return part == shares ? whole : _payoutOf(v, part, fee);
    }

    /// @dev The part of `shares` that the LP vault can pay within its own requirements and the breaker's limits.
    function _payableShares(Valuation memory v, uint256 shares, uint256 fee) internal view returns (uint256) {
        return shares == 0 ? 0 : _payableOf(v, _payoutOf(v, shares, fee), fee);
    }

    /// @dev {_payableShares} for the shares of a payout.
    function _payableOf(Valuation memory v, Payout memory whole, uint256 fee) private view returns (uint256 part) {
        uint256 shares = whole.shares;
        if (shares == 0) return 0;
        uint256 limitXCD = Math.min(_payableXCD(v), _outflowRoom(asset));
        part = _sharesWithin(shares, whole.amountXCD, whole.feeXCD, limitXCD, fee);
        if (whole.quoteXCD != 0) {
            limitXCD = _outflowRoom(_vault.asset());
            part = Math.min(part, _sharesWithin(shares, whole.quoteXCD, whole.quoteFeeXCD, limitXCD, fee));
        }
        return _payableBesides(v, part);
    }

    /// @dev The part of `shares` whose payment is at most `limitXCD`. All of them are entitled to `amountXCD` after a
    /// fee of `feeXCD`. The fee is zero when `shares` is the whole supply; a part of the supply pays it to the
    /// remaining shares.
    function _sharesWithin(uint256 shares, uint256 amountXCD, uint256 feeXCD, uint256 limitXCD, uint256 fee)
        private
        pure
        returns (uint256)
    {
        if (amountXCD <= limitXCD) return shares;
        if (feeXCD != 0) limitXCD = Math.mulDiv(limitXCD, PPM, PPM - fee);
        return ShareMath.toSharesWithinDown(shares, amountXCD + feeXCD, limitXCD);
    }

    /// @dev Amount of a token that the breaker lets this LP vault pay out now, in the token's own decimals.
    function _outflowRoom(IERC20 token) internal view returns (uint256) {
        ICircuitBreaker breaker = _vault.breaker();
        return address(breaker) == address(0) ? type(uint256).max : breaker.availableTo(address(token), address(this));
    }
}
