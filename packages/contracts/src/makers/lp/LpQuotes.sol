// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ILpQuotes} from "../../interfaces/ILpModule.sol";
import {ILpSliceQuotes} from "../../interfaces/ILpSlice.sol";
import {IVault} from "../../interfaces/IVault.sol";
import {ShareMath} from "../../libraries/ShareMath.sol";
import {Cast} from "../../types/Cast.sol";
import {ZeroAmount} from "../../types/Errors.sol";
import {Position} from "../../types/Position.sol";
import {Price, Quote, ZERO_QUOTE} from "../../types/Units.sol";
import {LpAccounting} from "./LpAccounting.sol";

/// @title Valuations, quotes and limits of an LP vault
/// @notice The views of {LpModule}'s actions, in a contract of their own, because both together exceed the size limit beside a
/// maker's fills.
abstract contract LpQuotes is LpAccounting, ILpQuotes, ILpSliceQuotes {
    using Cast for int256;

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @inheritdoc ILpQuotes
    function totalAssets() external view returns (uint256) {
        return _positiveAssets(_lastValue()) / assetScale;
    }

    /// @inheritdoc ILpQuotes
    function sharePrice() external view returns (uint256) {
        Valuation memory v = _lastValue();
        return ShareMath.toAssetsDown(1e18, _positiveAssets(v), v.totalShares);
    }

    /// @inheritdoc ILpQuotes
    function valuation() external view returns (int256 total, uint256 totalShares) {
        Valuation memory v = _value(false);
        return (_totalAssets(v), v.totalShares);
    }

    /// @inheritdoc ILpQuotes
    function lastValuation() external view returns (int256 total, uint256 totalShares) {
        Valuation memory v = _lastValue();
        return (_totalAssets(v), v.totalShares);
    }

    /// @inheritdoc ILpQuotes
    function valuationAge() external view returns (uint256 age) {
        if (_lastValue().price.unwrap() == 0) return 0;
        (, uint256 publishTime) = oracle.getLastPrice(marketId);
        return Math.saturatingSub(block.timestamp, publishTime);
    }

    /// @inheritdoc ILpQuotes
    function redeemsWithoutPrice() external view returns (bool) {
        return _position().size.isZero();
    }

    /// @inheritdoc ILpQuotes
    function quoteDeposit(uint256 amountXCD, bool isRequest) external view returns (uint256 takenXCD, uint256 shares) {
        if (isRequest) return _quoteDepositRequest(amountXCD);
        Valuation memory v = _value(false);
        uint256 total = _solventAssets(v);
        LpRules memory rules = _lpRules;
        takenXCD = Math.min(amountXCD, _room(rules, total));
        uint256 fee = _immediateFee(v, rules, !rules.isWhitelistEnded, true);
        shares = _sharesFor(v, total, takenXCD, _feeXCD(takenXCD, fee));
    }

    /// @inheritdoc ILpQuotes
    function quoteRedeem(uint256 shares, bool isRequest)
        external
        view
        returns (uint256 burned, uint256 amountXCD, uint256 quoteXCD)
    {
        Payout memory payout;
        if (isRequest) {
            (, payout) = _planRedeem(shares, false);
        } else {
            Valuation memory v = _value(false);
            LpRules memory rules = _lpRules;
            payout = _payablePart(v, shares, _immediateFee(v, rules, !rules.isWhitelistEnded, false));
        }
        return (payout.shares, payout.amountXCD, payout.quoteXCD);
    }

    /// @inheritdoc ILpQuotes
    function quoteSettlement(bool isDeposit, uint256 amount, uint256 minOut, bool isAssetOnly)
        external
        view
        returns (uint256 met, uint256 output, uint256 quoteXCD)
    {
        if (isDeposit) {
            (met, output) = _quoteDepositRequest(amount);
            if (met == 0) revert LpDepositCapExceeded(amount, 0);
            if (output == 0) revert ZeroAmount();
            _checkShares(amount, met, output, minOut);
        } else {
            (Valuation memory v, Payout memory payout) = _planRedeem(amount, isAssetOnly);
            if (payout.shares == 0) revert NothingPayable(amount);
            _checkPayout(v, payout, amount, minOut);
            (met, output, quoteXCD) = (payout.shares, payout.amountXCD, payout.quoteXCD);
        }
    }

    /// @inheritdoc ILpQuotes
    function maxDeposit(address lp) external view returns (uint256 amountXCD) {
        (Valuation memory v, bool isValued) = _tryValue(false);
        if (!isValued) return 0;
        LpRules memory rules = _lpRules;
        (bool isOpen,) = _access(v, rules, !rules.isWhitelistEnded && isWhitelistLp(lp), true);
        if (!isOpen || !_canValue(v)) return 0;
        int256 total = _totalAssets(v);
        if (!_isSolvent(total, v.totalShares)) return 0;
        return _room(rules, total.toUint());
    }

    /// @inheritdoc ILpQuotes
    function maxRedeem(address lp) external view returns (uint256 shares) {
        (Valuation memory v, bool isValued) = _tryValue(true);
        if (!isValued) return 0;
        LpRules memory rules = _lpRules;
        (bool isOpen, uint256 fee) = _access(v, rules, !rules.isWhitelistEnded && isWhitelistLp(lp), false);
        if (!isOpen || _isFrozen(v) || !_hasPayout(v)) return 0;
        return _payableShares(v, balanceOf(lp), fee);
    }

    /// @inheritdoc ILpSliceQuotes
    function sliceTerms() external view returns (uint256 fillFee, uint256 requestFee, uint256 baseUnit) {
        return _sliceTerms();
    }

    /// @inheritdoc ILpSliceQuotes
    function previewSlice(uint256 part, uint256 whole, uint256 requestFee)
        external
        view
        returns (uint256 assetXCD, uint256 baseXCD)
    {
        return _sliceOf(part, whole, requestFee);
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    function _quoteDepositRequest(uint256 amountXCD) private view returns (uint256 takenXCD, uint256 shares) {
        (Valuation memory v, uint256 total) = _valueForDeposit();
        LpRules memory rules = _lpRules;
        takenXCD = Math.min(amountXCD, _room(rules, total));
        shares = _sharesFor(v, total, takenXCD, _feeXCD(takenXCD, rules.requestFee));
    }

    /// @dev The value at the last stored price of any age, for views. Reverts with `Locked` while the system lock is held.
    function _lastValue() private view returns (Valuation memory v) {
        address holder = _vault.lockHolder();
        if (holder != address(0)) revert IVault.Locked(holder);
        v.position = _position();
        (v.accountValue, v.totalShares) = (v.position.margin, totalSupply());
        if (!_needsPrice(v, true)) return v;
        (v.price,) = oracle.getLastPrice(marketId);
        if (v.position.size.isZero()) return v;
        v.accountValue = _vault.accountState(marketId, address(this), v.price).value;
        v.hasShortfall = _vault.hasShortfall(marketId);
    }

    /// @dev {_value}, or false while it reverts: the system is locked or there is no price.
    function _tryValue(bool isExit) private view returns (Valuation memory v, bool isValued) {
        try _vault.getAccountValue(marketId, isExit, address(this)) returns (
            Position memory position, Price price, Quote accountValue, bool hasShortfall
        ) {
            (v.position, v.price, v.accountValue, v.hasShortfall) = (position, price, accountValue, hasShortfall);
            v.totalShares = totalSupply();
            isValued = true;
        } catch {}
    }

    /// @dev Whether {_entitlement} is defined. A payout in kind needs no price.
    function _hasPayout(Valuation memory v) private view returns (bool) {
        if (v.accountValue > ZERO_QUOTE && !_needsPrice(v, false)) return true;
        return _canValue(v) && _isSolvent(_totalAssets(v), v.totalShares);
    }
}
