// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ILockHolder, IMarginPayer} from "../../interfaces/ILockCallbacks.sol";
import {ILpSliceActions, ISliceClaims} from "../../interfaces/ILpSlice.sol";
import {FillInput, IMaker} from "../../interfaces/IMaker.sol";
import {ISpotAdapter, ISpotPayer} from "../../interfaces/ISpotAdapter.sol";
import {ISpotHedgeSettings} from "../../interfaces/ISpotHedgeVault.sol";
import {ILockedSteps, ISpotHedger} from "../../interfaces/ISpotHedger.sol";
import {HedgeMath} from "../../libraries/HedgeMath.sol";
import {Cast} from "../../types/Cast.sol";
import {NotSelf} from "../../types/Errors.sol";
import {Base, BaseLib, PPM, Price, WAD, floorDiv} from "../../types/Units.sol";
import {LpModuleProxy} from "../lp/LpModuleProxy.sol";
import {SpotHedgeLpModule} from "./SpotHedgeLpModule.sol";
import {SpotHedgeStorage} from "./SpotHedgeStorage.sol";

/// @title The steps of a spot-hedged fill that do not depend on where the maker holds its tokens
/// @notice The checks and prices of a fill (H2), one swap, hedges outside fills, and forced changes.
/// {SpotHedgeBaseMaker} and {SpotHedgeQuoteMaker} compose these steps: their `fillOrder` and `closeHedgeGap` list them in
/// order.
/// @dev Calls go in one direction, from the maker to this contract. It has no virtual functions and calls a maker's
/// function in one place: the external self-call of a forced change, which may fail.
abstract contract SpotHedgeMaker is
    SpotHedgeStorage,
    LpModuleProxy,
    ISpotPayer,
    ISpotHedger,
    ILockHolder,
    ILockedSteps,
    IMarginPayer,
    ISpotHedgeSettings,
    ILpSliceActions,
    ISliceClaims,
    IMaker
{
    using Cast for *;
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @dev The result of a swap.
    struct Hedge {
        /// @dev WAD base
        uint256 base;
        /// @dev WAD quote
        uint256 quote;
        /// @dev WAD base that the maker cannot buy back because fees consumed its quote (H3).
        uint256 shortage;
        /// @dev `base` of {ISpotHedgeVault-HedgeUnderfunded}, WAD. `leftOver` is its `quote`, WAD.
        uint256 unfunded;
        uint256 leftOver;
    }

    /// @dev The tokens that may pay for the swap in progress. {Payment-None} admits no payment.
    enum Payment {
        None,
        /// @dev Tokens that the maker holds, in fills and outside fills; or margin drawn in the fill window.
        HeldOrDrawn,
        /// @dev Free margin, outside fills. The base vault only.
        FreeMargin
    }

    /// @dev One fill. `base` and `quote` are the taker's, WAD magnitudes: at the swap's price first, then as
    /// {_protectClosing} changes them.
    struct Fill {
        Parameters rules;
        FillInput input;
        bool isBaseToQuote;
        bool isExactBase;
        /// @dev The fill increases the maker's position. Any other fill is limited to the maker's position, which never
        /// changes its sign.
        bool increasesMaker;
        uint256 base;
        uint256 quote;
    }

    /// @dev The closing of a gap, or of a part of it, in the base token's decimals: to buy (> 0) or to sell (< 0).
    struct GapClosing {
        /// @dev The whole gap.
        int256 gap;
        /// @dev The part to trade. Zero for a gap that is written off.
        int256 part;
        Price price;
        /// @dev With the bound of gaps as the bound of the swap.
        Parameters rules;
    }

    /// @dev Gas that {onPositionForced} keeps for its end.
    uint256 private constant GAP_GAS = 10_000;
    /// @dev Maximum number of parts in which a gap is closed, so that no account keeps it open by closing tiny parts.
    uint256 internal constant GAP_PARTS = 16;
    /// @dev Defaults of the gap rules: a fourth of the bound of hedges, one closing per minute, a price of ten seconds ago.
    uint24 private constant DEFAULT_GAP_BOUND_DIVISOR = 4;
    uint24 private constant DEFAULT_GAP_INTERVAL = 1 minutes;
    uint24 private constant DEFAULT_PRICE_AGE = 10;

    /// @dev Set while a swap of this maker may request its payment.
    Payment private transient _payment;
    /// @dev The payment for that swap, in the token's own decimals: base > 0, quote < 0.
    int256 private transient _paid;

    error ModuleMismatch(SpotHedgeLpModule module);

    /// @param lpModule_ of the same exchange and market. It is deployed before the maker, because the code of both exceeds the
    /// size limit of one deployment
    constructor(Parameters memory parameters_, SpotHedgeLpModule lpModule_)
        LpModuleProxy(lpModule_, lpModule_.lpQuotes())
    {
        bool isOurs = lpModule_.clearingHouse() == clearingHouse && lpModule_.marketId() == marketId
            && lpModule_.asset() == asset;
        if (!isOurs) revert ModuleMismatch(lpModule_);
        _setParameters(parameters_, 0, PPM);
        _setHedgeGapRules(
            HedgeGapRules({
                maxDeviation: _defaultGapBound(parameters_).toUint24(),
                interval: DEFAULT_GAP_INTERVAL,
                maxPriceAge: DEFAULT_PRICE_AGE
            })
        );
    }

    modifier onlySelf() {
        _checkSelf();
        _;
    }

    /// @dev Runs {ISpotHedger-closeHedgeGap} under the lock: the Vault calls back, and the maker calls itself. In
    /// {onPositionForced} the maker holds the lock already and calls itself directly.
    modifier underLock(uint256 maxAmount) {
        if (msg.sender == address(this) && _vault.lockHolder() == address(this)) _;
        else _vault.withLockHeld(abi.encodeCall(ISpotHedger.closeHedgeGap, (maxAmount)));
    }

    // ---------------------------------------------------------------------------------- owner, in the LP module ----

    /// @inheritdoc ISpotHedgeSettings
    function setParameters(Parameters calldata parameters_) external runsOn(address(lpModule)) {}

    /// @inheritdoc ISpotHedgeSettings
    function setHedgeGapRules(HedgeGapRules calldata rules) external runsOn(address(lpModule)) {}

    // ------------------------------------------------------------------------------ exit in kind, in the LP module ----

    /// @inheritdoc ILpSliceActions
    function redeemSlice(uint256 shares, uint256 part, uint256 whole, uint256 requestFee)
        external
        runsOn(address(lpModule))
        returns (uint256 assetXCD, uint256 baseXCD)
    {}

    /// @inheritdoc ISliceClaims
    function paySliceClaim(address receiver, uint256 maxAssetXCD, uint256 maxBaseXCD)
        external
        runsOn(address(lpModule))
        returns (uint256 assetXCD, uint256 baseXCD)
    {}

    // ---------------------------------------------------------------------------------------------------- maker ----

    /// @inheritdoc IMaker
    function fillOrderCallback(bytes calldata data) external view onlyClearingHouse {
        (int256 accountValue, uint256 notional) = abi.decode(data, (int256, uint256));
        _checkMinMarginRatio(accountValue, notional, _parameters.minMarginRatio);
    }

    /// @inheritdoc IMaker
    /// @dev Trades the same base on the spot market, within the bound of gaps; a base vault pays out of free margin, a
    /// quote vault out of its balances. The untraded rest remains as {hedgeGap}. The price of the forced change does
    /// not bound the hedge: for a settled market that price is old, and an account could move the pool to it. Reverts with
    /// `SpotMarketLocked`, and with it the forced change.
    function onPositionForced(int256 base, int256, uint256) external onlyExchange {
        Base size = _position().size;
        int256 units = HedgeMath.unitsToFollow(size - Base.wrap(base), size, _baseScale);
        if (units == 0) return;
        if (_parameters.adapter.isLocked()) revert SpotMarketLocked(address(this));
        int256 gap = hedgeGap + units;
        _setHedgeGap(gap);
        hedgeGapMinPart = Math.ceilDiv(gap.magnitude(), GAP_PARTS).toUint128();
        // A failed attempt leaves the gap open. An attempt that consumes all its gas leaves enough to return.
        try this.closeHedgeGap{gas: gasleft() - GAP_GAS}(type(uint256).max) {} catch {}
    }

    // ------------------------------------------------------------------------------------- steps under the lock ----

    /// @inheritdoc ILockHolder
    /// @dev Calls one of the maker's own functions: {ILockedSteps}, {ISpotHedger-closeHedgeGap}, or
    /// {IQuoteHedger-sellHeld}. The maker passed the call to the Vault itself.
    function onVaultLock(bytes calldata data) external {
        _checkVault();
        Address.functionCall(address(this), data);
    }

    /// @inheritdoc ILockedSteps
    function takeDeposit(address lp, uint256 amountXCD) external onlySelf {
        asset.safeTransferFrom(lp, address(this), amountXCD);
    }

    /// @inheritdoc ILockedSteps
    function payOut(uint256 amountXCD, uint256 quoteXCD, address receiver, uint256 baseUnits) external onlySelf {
        if (amountXCD != 0) asset.safeTransfer(receiver, amountXCD);
        if (quoteXCD != 0) _vault.payOutMargin(marketId, quoteXCD, receiver);
        if (baseUnits != 0) _baseToken.safeTransfer(receiver, baseUnits);
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @inheritdoc IMaker
    /// @dev The condition of {_setParameters} solved for the band: (1 + deviation) (1 + spread) - 1, up, and above the
    /// deviation.
    function requiredBand() external view returns (uint256) {
        (uint256 deviation, uint256 spread) = (_parameters.maxHedgeDeviation, _parameters.spread);
        return deviation + (spread == 0 ? 1 : spread + Math.ceilDiv(deviation * spread, PPM));
    }

    /// @inheritdoc IMaker
    function isSpotHedged() external pure returns (bool) {
        return true;
    }

    // ------------------------------------------------------------------------------------------- steps of a fill ----

    /// @dev T32. Reverts with `CarryTooHigh` for a fill that increases the maker's position while the funding rate that the
    /// maker would pay exceeds its limit. The rate is the one accrued in this second; it is read only where there is a
    /// limit.
    function _checkCarry(Fill memory fill) internal view {
        if (!fill.increasesMaker || fill.rules.maxCarry == 0) return;
        int256 rate = _vault.fundingRateOf(marketId);
        // A maker that buys from the taker grows long.
        if (!fill.isBaseToQuote) rate = -rate;
        uint256 maxRate = fill.rules.maxCarry * WAD / (PPM * 1 days);
        if (rate > maxRate.toInt()) revert CarryTooHigh(rate, maxRate);
    }

    /// @dev The amount to swap for a fill of exactly `amount` (WAD), in units of its token. For exact base, the hedge
    /// follows the whole position, so that remainders finer than the token's unit do not add up.
    function _unitsToSwap(Fill memory fill, uint256 amount) internal view returns (uint256) {
        if (!fill.isExactBase) {
            return fill.isBaseToQuote
                ? Math.ceilDiv(HedgeMath.grossUp(amount, fill.rules.spread), _quoteScale)
                : HedgeMath.netDown(amount, fill.rules.spread) / _quoteScale;
        }
        uint256 size = fill.input.makerSize.abs();
        if (fill.increasesMaker) return HedgeMath.unitsBetween(size, size + amount, _baseScale);
        _requireWithin(amount, size);
        return HedgeMath.unitsBetween(size - amount, size, _baseScale);
    }

    /// @dev Prices the fill at the price of its swap, worse for the taker by the maker's spread.
    function _priceFill(Fill memory fill, Hedge memory hedge, uint256 amount) internal pure {
        if (!fill.isExactBase) {
            (fill.base, fill.quote) = (hedge.base, amount);
        } else {
            fill.base = amount;
            fill.quote = fill.isBaseToQuote
                ? HedgeMath.lessSpreadDown(hedge.quote, fill.rules.spread)
                : HedgeMath.plusSpreadUp(hedge.quote, fill.rules.spread);
        }
    }

    /// @dev H2. A fill that closes the taker's position receives the worse of swap price and oracle price, and the
    /// maker keeps the difference. Any other fill, a flip included, must be hedged near the oracle price.
    /// @return rest base to sell in addition, in the base token's units: see {_trim}
    function _protectClosing(Fill memory fill, Hedge memory hedge) internal view returns (uint256 rest) {
        FillInput memory input = fill.input;
        bool isBaseToQuote = fill.isBaseToQuote;
        if (!fill.isExactBase) {
            uint256 worseBase = HedgeMath.worseBase(isBaseToQuote, fill.base, fill.quote, input.price, _baseScale);
            if (_isReducing(input.takerSize, isBaseToQuote, worseBase)) {
                fill.base = worseBase;
                return _trim(fill, hedge);
            }
        } else if (_closes(input.takerSize, isBaseToQuote)) {
            fill.quote = HedgeMath.worseQuote(isBaseToQuote, fill.base, fill.quote, input.price);
            if (_isReducing(input.takerSize, isBaseToQuote, fill.base)) return 0;
        }
        // The base token must represent the amount, and no account may gain by moving the pool, trading, and moving it back
        // (T5).
        if (fill.base != hedge.base || fill.base == 0) revert FinerThanBaseToken(fill.base, _baseScale);
        if (!HedgeMath.isNear(hedge.base, hedge.quote, input.price, fill.rules.maxHedgeDeviation)) {
            _revertTooFar(fill.rules, input.price, hedge);
        }
    }

    /// @dev Adds to the hedge the sale of the rest that {_protectClosing} returned.
    /// @param quote WAD, received
    function _addSale(Fill memory fill, Hedge memory hedge, uint256 quote) internal pure {
        hedge.quote = fill.isBaseToQuote ? hedge.quote + quote : hedge.quote - Math.min(quote, hedge.quote);
    }

    /// @dev Last step: reports the hedge. A fill that increases the maker's position requests the margin check
    /// ({fillOrderCallback}).
    function _endFill(Fill memory fill, Hedge memory hedge)
        internal
        returns (uint256 oppositeAmount, bytes memory callbackData)
    {
        int256 base = BaseLib.toBase(fill.base).unwrap();
        if (fill.isBaseToQuote) base = -base;
        _reportHedge(fill.rules, fill.input.taker, fill.input.price, base, hedge.quote, fill.quote);
        if (hedge.shortage != 0) emit HedgeShortage(hedge.shortage);
        if (fill.increasesMaker) callbackData = hex"01";
        oppositeAmount = fill.isExactBase ? fill.quote : fill.base;
    }

    /// @dev Reverts unless the maker's position covers a fill that reduces it.
    function _requireWithin(uint256 amount, uint256 makerSize) internal pure {
        if (amount > makerSize) revert MakerCapacityExceeded(amount, makerSize);
    }

    // ---------------------------------------------------------------------------------------------------- swaps ----

    /// @dev One swap whose output arrives at this contract. Own decimals.
    function _swapHere(
        Parameters memory rules,
        bool isBaseToQuote,
        bool isExactInput,
        uint256 units,
        IERC20 output,
        Payment payment
    ) internal returns (uint256 spent, uint256 bought) {
        uint256 balanceBefore = output.balanceOf(address(this));
        (spent, bought) = _swap(rules.adapter, isBaseToQuote, isExactInput, units, address(this), payment);
        _requireEqual(output.balanceOf(address(this)) - balanceBefore, bought);
    }

    /// @dev One swap of exactly the requested units, own decimals. The returned amounts must agree with the payment that the
    /// adapter requested ({_beginPayment}). The caller checks the amount that arrived.
    function _swap(
        ISpotAdapter adapter,
        bool isBaseToQuote,
        bool isExactInput,
        uint256 units,
        address recipient,
        Payment payment
    ) internal returns (uint256 spent, uint256 bought) {
        _openWindows();
        _payment = payment;
        (spent, bought) = adapter.swap(isBaseToQuote, isExactInput, units, recipient);
        _requireEqual(isExactInput ? spent : bought, units);
        int256 paid = isBaseToQuote ? _paid : -_paid;
        // Differs for a payment that was not requested, was requested in the other token, or was of another amount.
        _requireEqual(paid.positivePart(), spent);
        if (spent == 0) revert HedgeMismatch(0, units);
        _paid = 0;
    }

    /// @dev First step of {ISpotPayer-paySpotSwap}: admits one payment per swap, to the adapter only.
    /// @return payment the tokens that may pay
    function _beginPayment(bool isBaseToQuote, uint256 amount) internal returns (Payment payment) {
        address adapter = address(_parameters.adapter);
        payment = _payment;
        if (msg.sender != adapter || payment == Payment.None) revert NotAdapter(msg.sender, adapter);
        _payment = Payment.None;
        _paid = isBaseToQuote ? amount.toInt256() : -amount.toInt256();
    }

    function _requireEqual(uint256 moved, uint256 expected) internal pure {
        if (moved != expected) revert HedgeMismatch(moved, expected);
    }

    /// @dev Opens the breaker's windows of both tokens before a swap moves the balances that they measure. The base token's
    /// window receives no other report of a hedge.
    function _openWindows() private {
        if (!_isMetered()) return;
        try _breaker.recordHedge(address(_baseToken), address(this), 0, false) {} catch {}
        _meterHedge(address(this), 0);
    }

    // ------------------------------------------------------------------------------------- hedges outside fills ----

    /// @dev First step of {ISpotHedger-closeHedgeGap}: takes the part out of the gap, and fixes price and bound. Returns no
    /// part for a gap worth less than one unit of the collateral, which is written off.
    function _beginGapClosing(uint256 maxAmount) internal returns (GapClosing memory closing) {
        int256 gap = hedgeGap;
        if (gap == 0) revert NoHedgeGap();
        if (block.timestamp < hedgeGapClosableAt) revert HedgeGapClosedRecently(block.timestamp, hedgeGapClosableAt);
        int256 part = _partOf(gap, maxAmount);
        HedgeGapRules memory rules = _hedgeGapRules;
        hedgeGapClosableAt = (block.timestamp + rules.interval).toUint40();
        (closing.gap, closing.price) = (gap, _livePrice());
        if (_isWorthless(gap, closing.price)) {
            _setHedgeGap(0);
            emit HedgeGapWrittenOff(gap);
        } else {
            _setHedgeGap(gap - part);
            closing.part = part;
            closing.rules = _rulesWithin(rules.maxDeviation);
        }
    }

    /// @dev The maker's rules with another bound of the swap, ppm.
    function _rulesWithin(uint24 maxDeviation) internal view returns (Parameters memory rules) {
        rules = _parameters;
        rules.maxHedgeDeviation = maxDeviation;
    }

    /// @dev Checks the price of a hedge outside fills and reports the hedge. The maker is the account that bears its
    /// cost.
    function _endHedge(Parameters memory rules, Price price, bool isSale, Hedge memory hedge) internal {
        int256 base = hedge.base.toInt();
        if (base != 0) _requireNear(rules, price, hedge);
        _reportHedge(rules, address(this), price, isSale ? -base : base, hedge.quote, hedge.quote);
        if (hedge.shortage != 0) emit HedgeShortage(hedge.shortage);
        if (hedge.unfunded != 0) emit HedgeUnderfunded(hedge.unfunded, hedge.leftOver);
    }

    /// @dev A fourth of the bound of hedges, but at least twice the fee of the path where the rule for gaps admits that.
    function _defaultGapBound(Parameters memory parameters_) private view returns (uint256) {
        uint256 bound = Math.ceilDiv(parameters_.maxHedgeDeviation, DEFAULT_GAP_BOUND_DIVISOR);
        uint256 most = parameters_.maxHedgeDeviation / GAP_BOUND_DIVISOR;
        return Math.max(bound, Math.min(2 * parameters_.adapter.pathFee(), most));
    }

    function _checkSelf() internal view {
        if (msg.sender != address(this)) revert NotSelf(msg.sender);
    }

    /// @dev The part of a gap to close, with its sign: all of it, or a part that leaves at least another part.
    function _partOf(int256 gap, uint256 maxAmount) private view returns (int256) {
        uint256 whole = gap.magnitude();
        if (maxAmount >= whole) return gap;
        uint256 minPart = Math.min(hedgeGapMinPart, whole);
        uint256 part = Math.min(maxAmount, whole - minPart);
        if (part < minPart) revert HedgeGapPartTooSmall(maxAmount, whole - minPart < minPart ? whole : minPart);
        return gap < 0 ? -part.toInt() : part.toInt();
    }

    function _isWorthless(int256 gap, Price price) private view returns (bool) {
        return Math.mulDiv(gap.magnitude() * _baseScale, price.unwrap(), WAD) < _quoteScale;
    }

    /// @dev Outside fills, a deviation of one unit of either token is within the bound, so that rounding cannot block a
    /// small hedge forever.
    function _requireNear(Parameters memory rules, Price price, Hedge memory hedge) private view {
        if (HedgeMath.isNear(hedge.base, hedge.quote, price, rules.maxHedgeDeviation, _baseScale, _quoteScale)) return;
        _revertTooFar(rules, price, hedge);
    }

    // -------------------------------------------------------------------------------------------------- private ----

    /// @dev Matches the hedge to the base of the fill, where the exact side is quote and the pool's price is better
    /// than the oracle's. The maker sells the rest of the base that a selling taker gives, or the excess that it bought
    /// for a buying taker. This is the only case of a second swap, and it is rare, because closing orders are in base.
    /// @return rest base to sell, in the base token's units
    function _trim(Fill memory fill, Hedge memory hedge) private view returns (uint256 rest) {
        (uint256 base, uint256 swapped) = (fill.base, hedge.base);
        if (base == swapped) return 0;
        hedge.base = base;
        if (fill.isBaseToQuote) return (base - swapped) / _baseScale;
        // The shortage remains the same fraction of the base.
        uint256 shortage = Math.mulDiv(hedge.shortage / _baseScale, base, swapped, Math.Rounding.Ceil) * _baseScale;
        rest = ((swapped - hedge.shortage) - (base - shortage)) / _baseScale;
        hedge.shortage = shortage;
    }

    /// @dev Whether a fill in this direction closes any part of the taker's position.
    function _closes(Base takerSize, bool isBaseToQuote) private pure returns (bool) {
        return isBaseToQuote ? takerSize.unwrap() > 0 : takerSize.unwrap() < 0;
    }

    function _isReducing(Base takerSize, bool isBaseToQuote, uint256 takerBase) private pure returns (bool) {
        Base fill = BaseLib.toBase(takerBase);
        return takerSize.isReducedBy(isBaseToQuote ? -fill : fill);
    }

    function _revertTooFar(Parameters memory rules, Price price, Hedge memory hedge) private pure {
        revert HedgeTooFar(hedge.quote * WAD / hedge.base, price.unwrap(), rules.maxHedgeDeviation);
    }

    /// @dev Emits the hedge, and reports to the breaker the gain or loss of the swap against the price. `account` bears
    /// the loss.
    function _reportHedge(
        Parameters memory rules,
        address account,
        Price price,
        int256 base,
        uint256 spotQuote,
        uint256 takerQuote
    ) private {
        emit SpotHedged(address(rules.adapter), price.unwrap(), base, spotQuote, takerQuote);
        if (!_isMetered()) return;
        int256 gain = HedgeMath.gainFloor(Base.wrap(base), spotQuote, price).unwrap();
        _meterHedge(account, floorDiv(gain, _quoteScale.toInt()));
    }
}
