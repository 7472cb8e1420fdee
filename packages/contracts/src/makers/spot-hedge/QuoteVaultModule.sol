// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IClearingHouse, TradeParams} from "../../interfaces/IClearingHouse.sol";
import {IQuoteMargin} from "../../interfaces/IQuoteMargin.sol";
import {IQuoteHedger} from "../../interfaces/ISpotHedger.sol";
import {IVault} from "../../interfaces/IVault.sol";
import {HedgeMarginMath} from "../../libraries/HedgeMarginMath.sol";
import {HedgeMath} from "../../libraries/HedgeMath.sol";
import {MarginMath} from "../../libraries/MarginMath.sol";
import {ShareMath} from "../../libraries/ShareMath.sol";
import {Base, PPM, Price, Quote, WAD} from "../../types/Units.sol";
import {SpotHedgeLpModule} from "./SpotHedgeLpModule.sol";
import {QuoteVaultStorage} from "./QuoteVaultStorage.sol";
import {SpotHedgeStorage} from "./SpotHedgeStorage.sol";

/// @title Where LPs of a quote vault come and go, and keepers look after its margin
/// @notice The asset is the collateral; base held counts at the oracle price.
/// @dev Runs on the storage of a {SpotHedgeQuoteMaker}, which is given it for good. By itself it belongs to nobody.
contract QuoteVaultModule is QuoteVaultStorage, SpotHedgeLpModule, IQuoteMargin {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    /// @dev The margin against its target.
    struct MarginState {
        /// @dev The lesser of margin and account value, pending fees taken off; WAD quote.
        Quote counted;
        uint256 notional;
        uint256 target;
        /// @dev WAD quote: more than this is off the target.
        uint256 band;
        /// @dev WAD quote: what account value and balance must be together.
        uint256 floor;
    }

    constructor(IClearingHouse clearingHouse_, uint256 marketId_, IERC20 baseToken_)
        SpotHedgeStorage("", "", address(this), clearingHouse_, marketId_, clearingHouse_.vault().asset(), baseToken_)
    {}

    // --------------------------------------------------------------------------------------------------- keepers ----

    /// @inheritdoc IQuoteMargin
    function rebalance() external returns (int256 movedXCD) {
        if (!_position().isMaker) revert IVault.NotMaker(address(this), marketId);
        bool isGapClosed = _tryCloseGap();
        Valuation memory v = _value();
        MarginState memory f = _marginState(v);
        movedXCD = _toMove(f);
        if (movedXCD == 0) {
            if (isGapClosed) return 0;
            revert NothingToRebalance(f.counted.unwrap(), f.target);
        }
        // The Vault calls nobody when it gives out the lock, under which the rest happens; the gap was closed under one of its
        // own, before anything here was read.
        // slither-disable-next-line reentrancy-no-eth
        _vault.lock();
        uint256 feeXCD;
        // forge-lint: disable-start(unsafe-typecast)
        if (movedXCD > 0) {
            // The last of the balance pays the keeper first, or nobody would come.
            feeXCD = _keeperFee(uint256(movedXCD));
            movedXCD = int256(Math.min(uint256(movedXCD), assetBalance - feeXCD));
            _moveIn(uint256(movedXCD));
        } else {
            _release(uint256(-movedXCD));
            feeXCD = _keeperFee(uint256(-movedXCD));
        }
        // forge-lint: disable-end(unsafe-typecast)
        _payKeeper(feeXCD);
        _vault.unlock();
        emit Rebalanced(msg.sender, movedXCD, feeXCD);
    }

    /// @inheritdoc IQuoteMargin
    function announceDeleverage() external {
        QuoteRules memory rules = _quoteRules;
        uint256 expiresAt = deleverageAt + rules.validity;
        if (deleverageAt != 0 && block.timestamp <= expiresAt) revert DeleverageAlive(block.timestamp, expiresAt);
        Valuation memory v = _value();
        MarginState memory f = _marginState(v);
        if (!_isUnderfunded(v, f)) revert EnoughFunds(_fundsOf(v), f.floor);
        uint256 executableAt = block.timestamp + rules.delay;
        deleverageAt = executableAt.toUint64();
        emit DeleverageAnnounced(msg.sender, executableAt, executableAt + rules.validity);
    }

    /// @inheritdoc IQuoteMargin
    function deleverage(address maker, bytes[] calldata updateData) external returns (uint256 base) {
        QuoteRules memory rules = _quoteRules;
        uint256 due = deleverageAt;
        if (due == 0 || block.timestamp < due) revert DeleverageNotDue(block.timestamp, due);
        uint256 expiresAt = due + rules.validity;
        if (block.timestamp > expiresAt) revert DeleverageExpired(block.timestamp, expiresAt);
        deleverageAt = 0;
        Price price = oracle.beginExecution(marketId, updateData, due, due + rules.priceWindow);
        base = _deleverage(rules, maker, price, block.timestamp > due + rules.priceWindow);
        oracle.endExecution();
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @inheritdoc IQuoteMargin
    function getHedge() external view returns (QuoteHedge memory hedge) {
        Valuation memory v = _value();
        MarginState memory f = _marginState(v);
        hedge.price = v.price.unwrap();
        hedge.size = v.position.size.unwrap();
        (hedge.baseBalance, hedge.quoteBalance) = (baseBalance, assetBalance);
        hedge.reserveXCD = _reserveUp(f.notional);
        (hedge.margin, hedge.targetMargin) = (f.counted.unwrap(), f.target);
        if (v.position.isMaker) hedge.toMoveXCD = _toMove(f);
        if (_isUnderfunded(v, f)) hedge.toClose = _toClose(v, f) * _baseScale;
        hedge.deleverageAt = deleverageAt;
        hedge.keeperPaidFrom = _keeperPaidAt == 0 ? 0 : _keeperPaidAt + _quoteRules.keeperInterval;
    }

    // ------------------------------------------------------------------------------------------------------- LPs ----

    /// @dev Balance, account value, and base held at the oracle price; WAD quote, floor.
    function _totalAssets(Valuation memory v) internal view override returns (int256) {
        // forge-lint: disable-next-line(unsafe-typecast)
        int256 total = int256(uint256(assetBalance) * assetScale) + v.accountValue.unwrap();
        uint256 held = baseBalance;
        if (held == 0) return total;
        // Only a flat vault has been valued without.
        if (v.price.unwrap() == 0) (v.price,) = oracle.getPrice(marketId);
        // forge-lint: disable-next-line(unsafe-typecast)
        return total + Base.wrap(int256(held * _baseScale)).valueFloor(v.price).unwrap();
    }

    /// @dev A flat vault pays out base that it still holds in kind, and takes in without a price unless it holds some.
    function _needsPrice(Valuation memory v, bool isDeposit) internal view override returns (bool) {
        return !v.position.size.isZero() || (isDeposit && baseBalance != 0);
    }

    /// @dev The balance without the reserve, all or nothing by the margin ratio, and never so much that the vault would have
    /// to be deleveraged. A flat vault has no use for margin.
    function _payableXCD(Valuation memory v) internal view override returns (uint256) {
        uint256 held = assetBalance;
        if (v.position.size.isZero()) return held + _vault.freeMarginOf(marketId, address(this));
        uint256 notional = v.position.size.notionalCeil(v.price);
        uint256 required = MarginMath.requirementCeil(notional, _parameters.minMarginRatio);
        if (v.accountValue.positivePart() < required) return 0;
        int256 lacking = HedgeMarginMath.lacking(v.accountValue, notional, _fundedRatio());
        uint256 kept = _reserveUp(notional);
        // forge-lint: disable-next-line(unsafe-typecast)
        if (lacking > 0) kept = Math.max(kept, Math.ceilDiv(uint256(lacking), assetScale));
        return held < kept ? 0 : held - kept;
    }

    /// @dev Of a flat vault, a part of the quote; {_payOut} adds the base. It needs no price.
    function _entitlement(Valuation memory v, uint256 shares) internal view override returns (uint256, uint256) {
        if (!v.position.size.isZero()) return super._entitlement(v, shares);
        // forge-lint: disable-next-line(unsafe-typecast)
        Quote quote = Quote.wrap(int256(uint256(assetBalance) * assetScale)) + v.accountValue;
        return (ShareMath.toPayoutDown(shares, quote.positivePart(), v.totalShares) / assetScale, 0);
    }

    /// @dev Base that goes out in kind has to be within the breaker's limit as well.
    function _payableBesides(Valuation memory v, uint256 shares) internal view override returns (uint256) {
        int256 gap = hedgeGap;
        if (gap >= 0 || shares == 0 || !v.position.size.isZero()) return shares;
        // forge-lint: disable-next-line(unsafe-typecast)
        uint256 units = uint256(-gap) * shares / v.totalShares;
        uint256 room = _outflowRoom(_baseToken);
        return units <= room ? shares : ShareMath.toSharesWithinDown(shares, units, room);
    }

    function _payOut(Valuation memory v, Payout memory payout, address receiver) internal override {
        uint256 available = _payableXCD(v);
        if (payout.amountXCD > available) revert InsufficientAssetBalance(payout.amountXCD, available);
        uint256 held = assetBalance;
        if (payout.amountXCD > held) {
            _vault.lock();
            // Under the lock. {SpotHedgeLpModule} reads the balance again before it takes from it.
            // slither-disable-next-line reentrancy-no-eth
            _release(payout.amountXCD - held);
            _vault.unlock();
        }
        int256 gap = hedgeGap;
        super._payOut(v, payout, receiver);
        // forge-lint: disable-next-line(unsafe-typecast)
        if (gap < hedgeGap) _payBase(uint256(hedgeGap - gap), payout.shares, receiver);
    }

    /// @dev A flat vault holds only what is in its gap.
    function _payBase(uint256 units, uint256 shares, address receiver) private {
        // The queue books quote only: a request waits until somebody has closed the gap, or comes back when it expires.
        if (msg.sender == requestVault) revert HedgeGapOpen(hedgeGap);
        _vault.lock();
        baseBalance = (uint256(baseBalance) - units).toUint128();
        if (_isMetered()) _breaker.recordOutflow(address(_baseToken), address(this), units);
        emit BaseWithdrawn(msg.sender, receiver, shares, units);
        _baseToken.safeTransfer(receiver, units);
        _vault.unlock();
    }

    function _afterLiquidityChange() internal override {
        _vault.setCapacity(marketId, 0, _capacity());
    }

    // ---------------------------------------------------------------------------------------------------- margin ----

    function _marginState(Valuation memory v) private view returns (MarginState memory f) {
        QuoteRules memory rules = _quoteRules;
        if (v.position.size.isZero()) {
            f.counted = v.accountValue;
            return f;
        }
        // Account value has pending fees taken off already.
        Quote fees = v.position.value(v.price) - v.accountValue;
        f.counted = (v.position.margin - fees).min(v.accountValue);
        f.notional = v.position.size.notionalCeil(v.price);
        f.target = MarginMath.requirementCeil(f.notional, rules.targetMarginRatio);
        f.band = MarginMath.requirementCeil(f.notional, rules.rebalanceBand);
        f.floor = MarginMath.requirementCeil(f.notional, rules.deleverageRatio);
    }

    /// @dev What can be moved into the margin (> 0) or out of it (< 0), own decimals, once it is off by more than the band.
    function _toMove(MarginState memory f) private view returns (int256) {
        // forge-lint: disable-start(unsafe-typecast)
        int256 lacking = int256(f.target) - f.counted.unwrap();
        if (lacking > int256(f.band)) {
            return int256(Math.min(Math.ceilDiv(uint256(lacking), assetScale), assetBalance));
        }
        if (-lacking <= int256(f.band)) return 0;
        return -int256(Math.min(uint256(-lacking) / assetScale, _vault.freeMarginOf(marketId, address(this))));
        // forge-lint: disable-end(unsafe-typecast)
    }

    function _fundsOf(Valuation memory v) private view returns (int256) {
        // forge-lint: disable-next-line(unsafe-typecast)
        return v.accountValue.unwrap() + int256(uint256(assetBalance) * assetScale);
    }

    function _isUnderfunded(Valuation memory v, MarginState memory f) private view returns (bool) {
        // forge-lint: disable-next-line(unsafe-typecast)
        return _fundsOf(v) < int256(f.floor);
    }

    /// @dev What deleveraging restores and withdrawals leave: account value and balance together, ppm of notional.
    function _fundedRatio() private view returns (uint256) {
        return uint256(_quoteRules.deleverageRatio) + _quoteRules.rebalanceBand;
    }

    /// @dev In the base token's units, up.
    function _toClose(Valuation memory v, MarginState memory f) private view returns (uint256) {
        uint256 units = HedgeMarginMath.toCloseUp(_fundsOf(v), f.notional, _fundedRatio(), v.price, _baseScale);
        return Math.min(units, v.position.size.abs() / _baseScale);
    }

    /// @dev Spot first: its proceeds are margin for the rest before the perpetual leg is checked. What was announced is
    /// closed at its price, and neither that nor what is paid for it is far from the live one. `isLate`: what cannot be
    /// executed for that is dropped.
    function _deleverage(QuoteRules memory rules, address maker, Price price, bool isLate)
        private
        returns (uint256 base)
    {
        Price live = _livePrice();
        if (!HedgeMath.isNear(WAD, price.unwrap(), live, rules.maxDeleverageDeviation)) {
            if (!isLate) revert DeleveragePriceLeft(price.unwrap(), live.unwrap(), rules.maxDeleverageDeviation);
            emit DeleverageCancelled(msg.sender, price.unwrap());
            return 0;
        }
        _tryCloseGap();
        uint256 spotQuote;
        uint256 feeXCD;
        (base, spotQuote, feeXCD) = _sellForMargin(rules, price, live);
        if (base == 0) {
            emit DeleverageCancelled(msg.sender, price.unwrap());
            return 0;
        }
        uint256 perpQuote = _buyBack(maker, live, base, rules.maxDeleverageDeviation);
        _vault.lock();
        // Every step before this one held the lock while it called anybody, so that nobody was paid in between; the balance
        // that this takes from is read now.
        // slither-disable-next-line reentrancy-no-eth
        _payKeeper(feeXCD);
        _vault.unlock();
        emit Deleveraged(msg.sender, maker, price.unwrap(), base, spotQuote, perpQuote, feeXCD);
    }

    /// @dev The spot leg, and into the margin what the position that will be left lacks; the keeper's fee stays. Nothing
    /// while there is enough.
    function _sellForMargin(QuoteRules memory rules, Price price, Price live)
        private
        returns (uint256 base, uint256 spotQuote, uint256 feeXCD)
    {
        Valuation memory v = _value();
        MarginState memory f = _marginState(v);
        if (!_isUnderfunded(v, f)) return (0, 0, 0);
        uint256 units = _toClose(v, f);
        base = units * _baseScale;

        _vault.lock();
        // Under the lock: the swap moves the balances that it is meant to move, and they are read after it.
        // slither-disable-next-line reentrancy-no-eth
        spotQuote = IQuoteHedger(address(this)).sellHeld(units, live, rules.maxDeleverageDeviation);
        feeXCD = _keeperFee(spotQuote / assetScale);
        uint256 left = Base.wrap(v.position.size.unwrap() + base.toInt256()).notionalCeil(price);
        int256 lacking = HedgeMarginMath.lacking(f.counted, left, rules.targetMarginRatio);
        if (lacking > 0) {
            // forge-lint: disable-next-line(unsafe-typecast)
            _moveIn(Math.min(Math.ceilDiv(uint256(lacking), assetScale), assetBalance - feeXCD));
        }
        _vault.unlock();
    }

    function _buyBack(address maker, Price price, uint256 base, uint256 maxDeviation) private returns (uint256) {
        uint256 fair = Base.wrap(base.toInt256()).notionalFloor(price);
        (, int256 quote) = clearingHouse.trade(
            TradeParams({
                marketId: marketId,
                taker: address(this),
                maker: maker,
                isBaseToQuote: false,
                isExactInput: false,
                isReduceOnly: true,
                amount: base,
                oppositeBound: Math.mulDiv(fair, PPM + maxDeviation, PPM),
                deadline: block.timestamp
            })
        );
        // What was given, below zero.
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint256(-quote);
    }

    /// @dev Whatever the gap's own bound refuses is left for later.
    function _tryCloseGap() private returns (bool isClosed) {
        if (hedgeGap == 0) return false;
        _vault.lock();
        try IQuoteHedger(address(this)).closeHedgeGap(type(uint256).max) {
            isClosed = true;
        } catch {}
        _vault.unlock();
    }

    /// @dev Margin into balance. A vault that was removed from its market is an account like any other to the Vault: what
    /// comes out is metered there, and its credit here.
    function _release(uint256 amountXCD) private {
        if (_position().isMaker) {
            _vault.withdrawForHedge(marketId, amountXCD, address(this));
        } else {
            _vault.withdrawMargin(marketId, amountXCD, address(this));
            _creditInflow(amountXCD);
        }
        assetBalance = (uint256(assetBalance) + amountXCD).toUint128();
    }

    /// @dev min(cap, ratio x amount), down; nothing before the interval is over. Own decimals.
    function _keeperFee(uint256 amountXCD) private view returns (uint256) {
        QuoteRules memory rules = _quoteRules;
        if (_keeperPaidAt != 0 && block.timestamp < _keeperPaidAt + rules.keeperInterval) return 0;
        return Math.min(Math.mulDiv(amountXCD, rules.keeperFeeRatio, PPM), rules.maxKeeperFeeXCD);
    }

    function _payKeeper(uint256 feeXCD) private {
        if (feeXCD == 0) return;
        _keeperPaidAt = block.timestamp.toUint64();
        assetBalance = (uint256(assetBalance) - feeXCD).toUint128();
        _meterHedge(address(this), -feeXCD.toInt256());
        asset.safeTransfer(msg.sender, feeXCD);
    }

    function _reserveUp(uint256 notional) private view returns (uint256) {
        return Math.ceilDiv(MarginMath.requirementCeil(notional, _reserveRatio), assetScale);
    }
}
