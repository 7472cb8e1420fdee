// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ICircuitBreaker} from "../../interfaces/ICircuitBreaker.sol";
import {ILpModule} from "../../interfaces/ILpModule.sol";
import {IVault} from "../../interfaces/IVault.sol";
import {ShareMath} from "../../libraries/ShareMath.sol";
import {Cast} from "../../types/Cast.sol";
import {PriceOlderThanFill, ZeroAddress, ZeroAmount} from "../../types/Errors.sol";
import {MAX_SETTLED} from "../../types/LpRequest.sol";
import {Position} from "../../types/Position.sol";
import {AmountTooLarge, Base, PPM, Price, Quote, ZERO_QUOTE} from "../../types/Units.sol";
import {LpVault} from "./LpVault.sol";

/// @title Deposits, withdrawals and settlement of an LP vault: the conversion of assets to shares and back
/// @notice Makers define their assets and how those move, in the functions of the section "differences between makers".
/// @dev Uses the storage of {LpVault} and adds none, so that a module contract can run it on the storage of a maker
/// ({LpModuleProxy}).
abstract contract LpModule is LpVault, ILpModule {
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

    // --------------------------------------------------------------------------------------- deposit and withdraw ----

    /// @inheritdoc ILpModule
    function deposit(uint256 amountXCD) external onlyWhitelistLp returns (uint256 shares) {
        return _depositNow(amountXCD, 0, msg.sender);
    }

    /// @inheritdoc ILpModule
    function deposit(uint256 amountXCD, uint256 minShares, address receiver)
        external
        onlyWhitelistLp
        returns (uint256 shares)
    {
        return _depositNow(amountXCD, minShares, receiver);
    }

    /// @inheritdoc ILpModule
    function withdraw(uint256 shares) external onlyWhitelistLpUntilSettled returns (uint256 amountXCD) {
        return _withdrawNow(shares, 0, msg.sender);
    }

    /// @inheritdoc ILpModule
    function withdraw(uint256 shares, uint256 minAmountXCD, address receiver)
        external
        onlyWhitelistLpUntilSettled
        returns (uint256 amountXCD)
    {
        return _withdrawNow(shares, minAmountXCD, receiver);
    }

    // -------------------------------------------------------------------------------------------------- requests ----

    /// @inheritdoc ILpModule
    function settleDeposit(uint256 amountXCD, uint256 minShares)
        external
        onlyRequestVault
        returns (uint256 takenXCD, uint256 shares)
    {
        (Valuation memory v, uint256 total) = _valueForDeposit();
        LpRules memory rules = _lpRules;
        takenXCD = _admittedPart(rules, total, amountXCD);
        emit SharesValued(total, v.totalShares, v.price.unwrap());
        shares = _deposit(v, total, takenXCD, rules.requestFee, msg.sender);
        _checkShares(amountXCD, takenXCD, shares, minShares);
    }

    /// @inheritdoc ILpModule
    function settleRedeem(uint256 shares, uint256 minAmountXCD, bool isAssetOnly)
        external
        onlyRequestVault
        returns (uint256 burned, uint256 amountXCD, uint256 quoteXCD)
    {
        (Valuation memory v, Payout memory payout) = _planRedeem(shares, isAssetOnly);
        if (payout.shares == 0) revert NothingPayable(shares);
        if (_canValue(v)) emit SharesValued(_positiveAssets(v), v.totalShares, v.price.unwrap());
        uint256 held = asset.balanceOf(msg.sender);
        uint256 quoteHeld = payout.quoteXCD == 0 ? 0 : _vault.asset().balanceOf(msg.sender);
        _withdraw(v, payout, msg.sender);
        // The request vault records the amount that has arrived (T61).
        payout.amountXCD = asset.balanceOf(msg.sender) - held;
        if (payout.quoteXCD != 0) payout.quoteXCD = _vault.asset().balanceOf(msg.sender) - quoteHeld;
        _checkPayout(v, payout, shares, minAmountXCD);
        return (payout.shares, payout.amountXCD, payout.quoteXCD);
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @inheritdoc ILpModule
    function totalAssets() external view returns (uint256) {
        return _positiveAssets(_lastValue()) / assetScale;
    }

    /// @inheritdoc ILpModule
    function sharePrice() external view returns (uint256) {
        Valuation memory v = _lastValue();
        return ShareMath.toAssetsDown(1e18, _positiveAssets(v), v.totalShares);
    }

    /// @inheritdoc ILpModule
    function valuation() external view returns (int256 total, uint256 totalShares) {
        Valuation memory v = _value(false);
        return (_totalAssets(v), v.totalShares);
    }

    /// @inheritdoc ILpModule
    function lastValuation() external view returns (int256 total, uint256 totalShares) {
        Valuation memory v = _lastValue();
        return (_totalAssets(v), v.totalShares);
    }

    /// @inheritdoc ILpModule
    function valuationAge() external view returns (uint256 age) {
        if (_lastValue().price.unwrap() == 0) return 0;
        (, uint256 publishTime) = oracle.getLastPrice(marketId);
        return Math.saturatingSub(block.timestamp, publishTime);
    }

    /// @inheritdoc ILpModule
    function redeemsWithoutPrice() external view returns (bool) {
        return _position().size.isZero();
    }

    /// @inheritdoc ILpModule
    function quoteDeposit(uint256 amountXCD, bool isRequest) external view returns (uint256 takenXCD, uint256 shares) {
        if (isRequest) return _quoteDepositRequest(amountXCD);
        Valuation memory v = _value(false);
        uint256 total = _solventAssets(v);
        LpRules memory rules = _lpRules;
        takenXCD = Math.min(amountXCD, _room(rules, total));
        uint256 fee = _immediateFee(v, rules, !rules.isWhitelistEnded, true);
        shares = _sharesFor(v, total, takenXCD, _feeXCD(takenXCD, fee));
    }

    /// @inheritdoc ILpModule
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

    /// @inheritdoc ILpModule
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

    /// @inheritdoc ILpModule
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

    /// @inheritdoc ILpModule
    function maxRedeem(address lp) external view returns (uint256 shares) {
        (Valuation memory v, bool isValued) = _tryValue(true);
        if (!isValued) return 0;
        LpRules memory rules = _lpRules;
        (bool isOpen, uint256 fee) = _access(v, rules, !rules.isWhitelistEnded && isWhitelistLp(lp), false);
        if (!isOpen || _isFrozen(v) || !_hasPayout(v)) return 0;
        return _payableShares(v, balanceOf(lp), fee);
    }

    // ------------------------------------------------------------------------------- differences between makers ----

    /// @dev Value of everything the LP vault owns, WAD of the asset, floor. May set `v.price`.
    function _totalAssets(Valuation memory v) internal view virtual returns (int256);

    /// @dev Whether a deposit (or a withdrawal) needs a price now.
    function _needsPrice(Valuation memory v, bool isDeposit) internal view virtual returns (bool);

    /// @dev Whether accounts without the owner's trust must request, for a deposit or a withdrawal.
    function _needsRequest(Valuation memory v, bool isDeposit) internal view virtual returns (bool) {
        return _needsPrice(v, isDeposit);
    }

    /// @dev Whether every withdrawal reverts because the market is paused.
    function _isFrozen(Valuation memory) internal view virtual returns (bool) {
        return false;
    }

    /// @dev Reverts when the request vault cannot book what a flat LP vault would pay for the shares.
    function _checkBookable(Valuation memory, uint256) internal view virtual {}

    /// @dev Entitlement of shares before the fee, own decimals, down: in the asset, and in the collateral beside it.
    function _entitlement(Valuation memory v, uint256 shares)
        internal
        view
        virtual
        returns (uint256 amountXCD, uint256 quoteXCD);

    /// @dev Value of a payout in the asset's own decimals, down. Collateral counts at the current price.
    function _worth(Valuation memory, Payout memory payout) internal view virtual returns (uint256) {
        return payout.amountXCD;
    }

    /// @dev Maximum payment that leaves the LP vault's own and the exchange's requirements fulfilled, in the asset's
    /// own decimals. The maximum of uint256 for an LP vault that pays everything in kind. Ignores the breaker's limit.
    function _payableXCD(Valuation memory v) internal view virtual returns (uint256);

    /// @dev The part of `shares` whose payment in other tokens than the asset and the collateral is possible.
    function _payableBesides(Valuation memory, uint256 shares) internal view virtual returns (uint256) {
        return shares;
    }

    /// @dev Takes `amountXCD` of the asset from the caller.
    /// @return receivedXCD the amount that arrived
    function _takeIn(uint256 amountXCD) internal virtual returns (uint256 receivedXCD);

    /// @dev Pays for shares that are already burned.
    function _payOut(Valuation memory v, Payout memory payout, address receiver) internal virtual;

    /// @dev Called last by every deposit and withdrawal.
    function _afterLiquidityChange() internal virtual {}

    // ------------------------------------------------------------------------------------ deposit and withdraw ----

    function _depositNow(uint256 amountXCD, uint256 minShares, address receiver) private returns (uint256 shares) {
        if (amountXCD == 0) revert ZeroAmount();
        // The LP vault is valued before the transfer. The system lock is held during the transfer, so the asset cannot
        // call back into the system.
        Valuation memory v = _value(false);
        uint256 total = _solventAssets(v);
        LpRules memory rules = _lpRules;
        uint256 room = _room(rules, total);
        if (amountXCD > room) revert LpDepositCapExceeded(amountXCD, room);
        shares = _deposit(v, total, amountXCD, _immediateFee(v, rules, !rules.isWhitelistEnded, true), receiver);
        if (shares < minShares) revert LessThanMinimum(shares, minShares);
    }

    function _withdrawNow(uint256 shares, uint256 minAmountXCD, address receiver) private returns (uint256) {
        if (shares == 0) revert ZeroAmount();
        if (receiver == address(0)) revert ZeroAddress();
        Valuation memory v = _value(true);
        LpRules memory rules = _lpRules;
        bool isTrusted = !rules.isWhitelistEnded && isWhitelistLp(msg.sender);
        Payout memory payout = _payoutOf(v, shares, _immediateFee(v, rules, isTrusted, false));
        _withdraw(v, payout, receiver);
        if (payout.amountXCD < minAmountXCD) revert LessThanMinimum(payout.amountXCD, minAmountXCD);
        return payout.amountXCD;
    }

    /// @param total WAD of the asset, before the deposit
    /// @param fee ppm
    function _deposit(Valuation memory v, uint256 total, uint256 amountXCD, uint256 fee, address receiver)
        private
        returns (uint256 shares)
    {
        uint256 receivedXCD = _takeIn(amountXCD);
        uint256 feeXCD = _feeXCD(receivedXCD, fee);
        shares = _sharesFor(v, total, receivedXCD, feeXCD);
        if (shares == 0) revert ZeroAmount();
        _mint(receiver, shares);
        emit Deposited(msg.sender, shares, receivedXCD);
        if (feeXCD != 0) emit LpFeeKept(msg.sender, true, feeXCD, 0);
        _afterLiquidityChange();
    }

    function _withdraw(Valuation memory v, Payout memory payout, address receiver) private {
        _burn(msg.sender, payout.shares);
        emit Withdrawn(msg.sender, payout.shares, payout.amountXCD);
        if (payout.feeXCD | payout.quoteFeeXCD != 0) {
            emit LpFeeKept(msg.sender, false, payout.feeXCD, payout.quoteFeeXCD);
        }
        _payOut(v, payout, receiver);
        _afterLiquidityChange();
    }

    /// @dev The fee of the immediate path, ppm. Reverts with `UseRequest` where only requests are admitted.
    function _immediateFee(Valuation memory v, LpRules memory rules, bool isTrusted, bool isDeposit)
        private
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
        private
        view
        returns (bool isOpen, uint256 fee)
    {
        if (isTrusted) return (true, 0);
        if (!isDeposit && !_needsPrice(v, false) && _isMarketSettled()) return (true, 0);
        return (rules.isWhitelistEnded && !_needsRequest(v, isDeposit), rules.requestFee);
    }

    // ------------------------------------------------------------------------------------------------ settlement ----

    /// @dev The valuation for the settlement of a deposit, and the LP vault's assets, WAD of the asset.
    function _valueForDeposit() private view returns (Valuation memory v, uint256 total) {
        oracle.checkIncrease(marketId);
        v = _value(false);
        total = _solventAssets(v);
        if (!_needsPrice(v, true)) return (v, total);
        (Valuation memory later, bool isLater) = _atLaterPrice(v);
        if (!isLater) return (v, total);
        uint256 laterTotal = _solventAssets(later);
        if (laterTotal > total) (v, total) = (later, laterTotal);
    }

    /// @dev The valuation and the payout of a redemption request: the part that can be paid, none of it if that is zero.
    function _planRedeem(uint256 shares, bool isAssetOnly)
        private
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
        oracle.checkIncrease(marketId);
        payout = _payablePart(v, shares, fee);
        (Valuation memory later, bool isLater) = _atLaterPrice(v);
        if (!isLater) return (v, payout);
        // Payable at both prices, and paid at the lower value.
        Payout memory laterPayout = _payablePart(later, payout.shares, fee);
        if (laterPayout.shares < payout.shares) payout = _payoutOf(v, laterPayout.shares, fee);
        if (laterPayout.amountXCD < payout.amountXCD) (v, payout) = (later, laterPayout);
    }

    /// @dev T56: the valuation at the last stored price, if the LP vault has filled since the price of the settlement was
    /// published. An account that knows both prices could otherwise shift the inventory at the later one and settle its
    /// request at the earlier one. Executions store their prices, and any account can store one; an accrual is no fill.
    function _atLaterPrice(Valuation memory v) private view returns (Valuation memory later, bool isLater) {
        uint256 lastFillAt = v.position.lastFillAt;
        (Price price,, uint256 publishTime) = oracle.getPrice(marketId);
        if (lastFillAt <= publishTime) return (v, false);
        uint256 storedAt;
        (later.price, storedAt) = oracle.getLastPrice(marketId);
        if (storedAt < lastFillAt) revert PriceOlderThanFill(storedAt, lastFillAt);
        (later.position, later.totalShares, later.isAssetOnly) = (v.position, v.totalShares, v.isAssetOnly);
        Base size = v.position.size;
        later.accountValue = v.accountValue + size.valueFloor(later.price) - size.valueFloor(price);
        isLater = true;
    }

    function _quoteDepositRequest(uint256 amountXCD) private view returns (uint256 takenXCD, uint256 shares) {
        (Valuation memory v, uint256 total) = _valueForDeposit();
        LpRules memory rules = _lpRules;
        takenXCD = Math.min(amountXCD, _room(rules, total));
        shares = _sharesFor(v, total, takenXCD, _feeXCD(takenXCD, rules.requestFee));
    }

    /// @dev The part of a deposit that the cap admits. Reverts with `LpDepositCapExceeded` when that is nothing.
    function _admittedPart(LpRules memory rules, uint256 total, uint256 amountXCD) private view returns (uint256 part) {
        part = Math.min(amountXCD, _room(rules, total));
        if (part == 0) revert LpDepositCapExceeded(amountXCD, 0);
    }

    /// @dev Reverts below the minimum of a deposit request, scaled to the part taken, and for more shares than the request
    /// vault records for one settlement: shares may be almost worthless (T62).
    function _checkShares(uint256 amountXCD, uint256 takenXCD, uint256 shares, uint256 minShares) private pure {
        _checkRecordable(shares);
        if (shares * amountXCD < minShares * takenXCD) {
            revert LessThanMinimum(shares, Math.mulDiv(minShares, takenXCD, amountXCD, Math.Rounding.Ceil));
        }
    }

    /// @dev {_checkShares} for a redemption request. Reads a price only for collateral that decides on the minimum.
    function _checkPayout(Valuation memory v, Payout memory payout, uint256 shares, uint256 minAmountXCD) private view {
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
    }

    /// @dev {_value}, or false while it reverts: the system is locked or there is no price.
    function _tryValue(bool isExit) private view returns (Valuation memory v, bool isValued) {
        try _vault.valuePosition(marketId, address(this), isExit) returns (
            Position memory position, Price price, Quote accountValue
        ) {
            (v.position, v.price, v.accountValue) = (position, price, accountValue);
            v.totalShares = totalSupply();
            isValued = true;
        } catch {}
    }

    /// @dev Whether {_totalAssets} has its price. A flat LP vault that holds another token is valued without one first.
    function _canValue(Valuation memory v) private view returns (bool) {
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
    function _value(bool isExit) private view returns (Valuation memory v) {
        (v.position, v.price, v.accountValue) = _vault.valuePosition(marketId, address(this), isExit);
        v.totalShares = totalSupply();
    }

    function _positiveAssets(Valuation memory v) private view returns (uint256) {
        return _totalAssets(v).positivePart();
    }

    function _solventAssets(Valuation memory v) private view returns (uint256) {
        int256 total = _totalAssets(v);
        if (!_isSolvent(total, v.totalShares)) revert VaultInsolvent(total);
        return total.toUint();
    }

    function _isSolvent(int256 total, uint256 totalShares) private pure returns (bool) {
        return total > 0 || (total == 0 && totalShares == 0);
    }

    /// @dev Whether {_entitlement} is defined. A payout in kind needs no price.
    function _hasPayout(Valuation memory v) private view returns (bool) {
        if (v.accountValue > ZERO_QUOTE && !_needsPrice(v, false)) return true;
        return _canValue(v) && _isSolvent(_totalAssets(v), v.totalShares);
    }

    // ------------------------------------------------------------------------------------------ assets to shares ----

    function _sharesFor(Valuation memory v, uint256 total, uint256 amountXCD, uint256 feeXCD)
        private
        view
        returns (uint256)
    {
        return ShareMath.toSharesDown((amountXCD - feeXCD) * assetScale, total, v.totalShares);
    }

    /// @dev fee (ppm) of an amount, up.
    function _feeXCD(uint256 amountXCD, uint256 fee) private pure returns (uint256) {
        return fee == 0 ? 0 : Math.mulDiv(amountXCD, fee, PPM, Math.Rounding.Ceil);
    }

    /// @dev Remaining room under the deposit cap, own decimals, down.
    /// @param total WAD of the asset
    function _room(LpRules memory rules, uint256 total) private view returns (uint256) {
        if (rules.depositCap == type(uint128).max) return type(uint128).max;
        uint256 held = Math.ceilDiv(total, assetScale);
        return held < rules.depositCap ? rules.depositCap - held : 0;
    }

    // ------------------------------------------------------------------------------------------ shares to assets ----

    /// @dev The part of the LP vault's assets that shares are worth, own decimals, down. Reverts with `VaultInsolvent`.
    function _shareOfAssets(Valuation memory v, uint256 shares) internal view returns (uint256) {
        return ShareMath.toPayoutDown(shares, _solventAssets(v), v.totalShares) / assetScale;
    }

    function _payoutOf(Valuation memory v, uint256 shares, uint256 fee) private view returns (Payout memory payout) {
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
    function _payablePart(Valuation memory v, uint256 shares, uint256 fee) private view returns (Payout memory) {
        return _payoutOf(v, _payableShares(v, shares, fee), fee);
    }

    /// @dev The part of `shares` that the LP vault can pay within its own requirements and the breaker's limits.
    function _payableShares(Valuation memory v, uint256 shares, uint256 fee) private view returns (uint256 part) {
        if (shares == 0) return 0;
        Payout memory whole = _payoutOf(v, shares, fee);
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
