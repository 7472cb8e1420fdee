// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {FillInput, IMaker} from "../../interfaces/IMaker.sol";
import {ISpotPayer} from "../../interfaces/ISpotAdapter.sol";
import {ISpotHedger} from "../../interfaces/ISpotHedger.sol";
import {HedgeMath} from "../../libraries/HedgeMath.sol";
import {Base, BaseLib, PPM, Price, WAD, floorDiv} from "../../types/Units.sol";
import {LpModule} from "../lp/LpModule.sol";
import {LpModuleProxy} from "../lp/LpModuleProxy.sol";
import {SpotHedgeStorage} from "./SpotHedgeStorage.sol";

/// @title An LP vault that hedges every fill on a spot market in the same transaction
/// @notice Whatever its LPs put in, base or quote: when a taker sells, the vault sells the same base, and when a taker
/// buys, it buys it. Here is what a fill must be, at which price it may be hedged (H2), and what happens to hedges that
/// could not be traded at once; vaults say what they hold and how it moves.
abstract contract SpotHedgeMaker is SpotHedgeStorage, LpModuleProxy, ISpotPayer, ISpotHedger, IMaker {
    using SafeCast for uint256;

    /// @dev One swap, as it turned out.
    struct Hedge {
        /// @dev WAD base
        uint256 base;
        /// @dev WAD quote
        uint256 quote;
        /// @dev WAD base that fees have eaten and the vault cannot buy back (H3).
        uint256 shortage;
        /// @dev WAD base and WAD quote of {HedgeUnderfunded}.
        uint256 unfunded;
        uint256 leftOver;
    }

    /// @dev Who pays for the swap under way.
    enum Payment {
        None,
        /// @dev A fill's: base held, or margin drawn in the fill window.
        Fill,
        /// @dev A hedge outside fills: base held, or free margin.
        Free
    }

    /// @dev What the taker trades, WAD magnitudes: at the swap's price first, then as its protection leaves it.
    struct Fill {
        bool isBaseToQuote;
        bool isExactBase;
        uint256 base;
        uint256 quote;
    }

    /// @dev What {onPositionForced} keeps back to end with.
    uint256 private constant GAP_GAS = 10_000;
    /// @dev In how many parts a hedge gap is closed at most: nobody keeps it open by closing crumbs of it.
    uint256 private constant GAP_PARTS = 16;
    /// @dev Until the owner says otherwise, gaps are closed within a fourth of the hedges' bound of a price of ten seconds ago
    /// at most, once a minute.
    uint24 private constant DEFAULT_GAP_BOUND = 4;
    uint24 private constant DEFAULT_GAP_INTERVAL = 1 minutes;
    uint24 private constant DEFAULT_PRICE_AGE = 10;
    uint256 private constant MAX_GAP_INTERVAL = 1 days;
    uint256 private constant MAX_PRICE_AGE = 1 minutes;

    /// @dev Set while a swap that this vault started may ask it to pay.
    Payment internal transient _payment;
    /// @dev What it has paid for that swap, in the token's own decimals: base > 0, quote < 0.
    int256 private transient _paid;

    /// @dev The LP module is of the same market and asset.
    constructor(Parameters memory parameters_, LpModule lpModule_) LpModuleProxy(lpModule_) {
        _setParameters(parameters_);
        _setHedgeGapRules(
            HedgeGapRules({
                maxDeviation: uint24(Math.ceilDiv(parameters_.maxHedgeDeviation, DEFAULT_GAP_BOUND)),
                interval: DEFAULT_GAP_INTERVAL,
                maxPriceAge: DEFAULT_PRICE_AGE
            })
        );
    }

    // ---------------------------------------------------------------------------------------------------- owner ----

    /// @notice Sets the route of hedges and their bounds. The hedge bound must be tighter than the market's band, and at
    /// least twice that of gaps.
    function setParameters(Parameters calldata parameters_) external onlyOwner {
        _setParameters(parameters_);
    }

    /// @notice Sets how hedge gaps are closed: `maxDeviation` is at most half of the bound of hedges, `interval` a day,
    /// `maxPriceAge` a minute.
    function setHedgeGapRules(HedgeGapRules calldata rules) external onlyOwner {
        _setHedgeGapRules(rules);
    }

    // ---------------------------------------------------------------------------------------------------- maker ----

    /// @inheritdoc IMaker
    function fillOrder(bool isBaseToQuote, bool isExactInput, uint256 amount, bytes calldata data)
        external
        onlyClearingHouse
        returns (uint256 oppositeAmount, bytes memory callbackData)
    {
        FillInput memory input = abi.decode(data, (FillInput));
        Parameters memory p = _parameters;
        Fill memory fill =
            Fill({isBaseToQuote: isBaseToQuote, isExactBase: isBaseToQuote == isExactInput, base: 0, quote: 0});
        bool isGrowing = _isGrowing(isBaseToQuote);
        if (isGrowing && p.maxCarry != 0) _checkCarry(p.maxCarry, isBaseToQuote);
        Hedge memory hedge = _hedge(p, input, fill, amount);
        _protectClosing(p, input, fill, hedge);
        if (!isGrowing) _requireWithin(fill.base, input.makerSize.abs());
        _supplyMargin(input, fill, hedge);
        _reportFill(p, input, fill, hedge);
        if (hedge.shortage != 0) emit HedgeShortage(hedge.shortage);
        // A vault whose position grows answers for its margin ratio.
        if (isGrowing) callbackData = hex"01";
        oppositeAmount = fill.isExactBase ? fill.quote : fill.base;
    }

    /// @inheritdoc IMaker
    function fillOrderCallback(bytes calldata data) external view onlyClearingHouse {
        (int256 accountValue, uint256 notional) = abi.decode(data, (int256, uint256));
        _checkMinMarginRatio(accountValue, notional, _parameters.minMarginRatio);
    }

    /// @inheritdoc ISpotPayer
    function paySpotSwap(bool isBaseToQuote, uint256 amount, address to) external {
        address adapter = address(_parameters.adapter);
        Payment payment = _payment;
        if (msg.sender != adapter || payment == Payment.None) revert NotAdapter(msg.sender, adapter);
        _payment = Payment.None;
        _paid = isBaseToQuote ? amount.toInt256() : -amount.toInt256();
        _pay(isBaseToQuote, amount, to, payment);
    }

    /// @inheritdoc IMaker
    /// @dev Trades the same base on the spot market within the bound of gaps, out of free margin; what that fails at is
    /// kept as {hedgeGap}. The price of the change bounds nothing: that of a settled market is dead, and somebody could
    /// move the pool there.
    function onPositionForced(int256 base, int256, uint256) external onlyExchange {
        int256 units = _unitsForced(_position().size, base);
        if (units == 0) return;
        int256 gap = hedgeGap + units;
        _setHedgeGap(gap);
        hedgeGapMinPart = Math.ceilDiv(SignedMath.abs(gap), GAP_PARTS).toUint128();
        // A swap that fails changes nothing, and one that burns all its gas leaves enough to end well.
        try this.closeHedgeGap{gas: gasleft() - GAP_GAS}(type(uint256).max) {} catch {}
    }

    /// @inheritdoc ISpotHedger
    /// @dev A part that is bought receives its share of the quote that is free for the gap.
    function closeHedgeGap(uint256 maxAmount) external {
        int256 gap = hedgeGap;
        if (gap == 0) revert NoHedgeGap();
        if (block.timestamp < hedgeGapClosableAt) revert HedgeGapClosedRecently(block.timestamp, hedgeGapClosableAt);
        int256 part = _partOf(gap, maxAmount);
        // In a forced change the vault holds the lock already.
        bool isForced = msg.sender == address(this);
        // The Vault calls nobody when it gives out the lock, and a forced change holds it already: the gap is as it was read.
        // slither-disable-next-line reentrancy-no-eth
        if (!isForced) _vault.lock();
        HedgeGapRules memory rules = _hedgeGapRules;
        hedgeGapClosableAt = uint40(block.timestamp + rules.interval);
        Price price = _livePrice();
        if (_isWorthless(gap, price)) {
            _setHedgeGap(0);
            _writeOff(gap);
            emit HedgeGapWrittenOff(gap);
        } else {
            _setHedgeGap(gap - part);
            _hedgeFree(part, rules.maxDeviation, price);
        }
        if (!isForced) _vault.unlock();
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @inheritdoc IMaker
    /// @dev What {_setParameters} asks of the band, solved for it: (1 + deviation) (1 + spread) - 1, up, and more than the
    /// deviation.
    function requiredBand() external view returns (uint256) {
        (uint256 deviation, uint256 spread) = (_parameters.maxHedgeDeviation, _parameters.spread);
        return deviation + (spread == 0 ? 1 : spread + Math.ceilDiv(deviation * spread, PPM));
    }

    /// @inheritdoc IMaker
    function isSpotHedged() external pure returns (bool) {
        return true;
    }

    // ---------------------------------------------------------------------------------------------- what vaults say ----

    /// @dev Whether a fill in this direction makes the vault's position larger. One in the other takes at most what is
    /// there: the vault's size never changes its sign.
    function _isGrowing(bool isBaseToQuote) internal pure virtual returns (bool);

    /// @dev Swaps base held for quote, which goes where the vault keeps it; `units` are the base token's or the collateral's.
    function _sell(Parameters memory p, bool isExactInput, uint256 units) internal virtual returns (Hedge memory hedge);

    /// @dev Swaps quote for base, which goes where the vault keeps it; `units` are the collateral's or the base token's.
    function _buy(Parameters memory p, bool isExactInput, uint256 units) internal virtual returns (Hedge memory hedge);

    /// @dev The hedge of a fill in which the taker sells exactly `amount` of base, WAD. It follows the whole position, not
    /// the single fill, so that remainders finer than the token's unit never add up.
    function _sellBase(Parameters memory p, FillInput memory input, uint256 amount)
        internal
        virtual
        returns (Hedge memory hedge);

    /// @dev The hedge of a fill in which the taker buys exactly `amount` of base, by the same rule as {_sellBase}.
    function _buyBase(Parameters memory p, FillInput memory input, uint256 amount)
        internal
        virtual
        returns (Hedge memory hedge);

    /// @dev Buys base outside fills, near the price, with what the vault can spare: what that cannot pay for is lost, and
    /// reported as the hedge's shortage and what it forgoes. `units` in the base token's decimals; what remains of the gap
    /// besides is {hedgeGap}.
    function _buyFree(Parameters memory p, uint256 units, Price price) internal virtual returns (Hedge memory hedge);

    /// @dev A gap is forgotten: takes what the vault would have sold off its books, where it has books of that.
    function _writeOff(int256 gap) internal virtual {}

    /// @dev Pays for a swap under way: base held, or quote from where the vault keeps it.
    function _pay(bool isBaseToQuote, uint256 amount, address to, Payment payment) internal virtual;

    /// @dev Moves what the fill asks for between what is held outside the Vault and the margin, before settlement: a vault
    /// whose swaps pay from and into the margin has nothing to move.
    function _supplyMargin(FillInput memory input, Fill memory fill, Hedge memory hedge) internal virtual {}

    /// @dev What the vault must buy (> 0) or sell (< 0), in the base token's decimals, after its position has become
    /// `size` by a change of `base`.
    function _unitsForced(Base size, int256 base) internal view virtual returns (int256);

    /// @dev The least that {Parameters-maxHedgeDeviation} can be set to beside the bounds of hedges outside fills, ppm.
    function _minHedgeDeviation() internal view virtual returns (uint256) {
        return 2 * uint256(_hedgeGapRules.maxDeviation);
    }

    /// @dev The most that {Parameters-minMarginRatio} can be set to, ppm.
    function _maxMinMarginRatio() internal view virtual returns (uint256) {
        return PPM;
    }

    // ---------------------------------------------------------------------------------------------------- hedges ----

    /// @dev The one swap of a fill, and the fill at its price less the vault's spread.
    function _hedge(Parameters memory p, FillInput memory input, Fill memory fill, uint256 amount)
        private
        returns (Hedge memory hedge)
    {
        if (fill.isExactBase) {
            hedge = fill.isBaseToQuote ? _sellBase(p, input, amount) : _buyBase(p, input, amount);
            fill.base = amount;
            fill.quote = fill.isBaseToQuote
                ? HedgeMath.lessSpreadDown(hedge.quote, p.spread)
                : HedgeMath.plusSpreadUp(hedge.quote, p.spread);
        } else {
            hedge = fill.isBaseToQuote
                ? _sellForQuote(p, HedgeMath.grossUp(amount, p.spread))
                : _buyWithQuote(p, input, HedgeMath.netDown(amount, p.spread));
            fill.base = hedge.base;
            fill.quote = amount;
        }
    }

    /// @dev Sells just enough base for `quote`.
    function _sellForQuote(Parameters memory p, uint256 quote) private returns (Hedge memory) {
        return _sell(p, false, Math.ceilDiv(quote, _quoteScale));
    }

    /// @dev Buys as much base as `quote`, WAD, pays for.
    function _buyWithQuote(Parameters memory p, FillInput memory, uint256 quote)
        internal
        virtual
        returns (Hedge memory)
    {
        return _buy(p, true, quote / _quoteScale);
    }

    /// @dev A swap whose output comes here. Own decimals.
    function _swapHere(Parameters memory p, bool isBaseToQuote, bool isExactInput, uint256 units, IERC20 output)
        internal
        returns (uint256 spent, uint256 bought)
    {
        uint256 balanceBefore = output.balanceOf(address(this));
        (spent, bought) = _swap(p, isBaseToQuote, isExactInput, units, address(this));
        _requireEqual(output.balanceOf(address(this)) - balanceBefore, bought);
    }

    /// @dev One swap, for exactly what was asked. What the adapter took is what the vault paid when it was asked to, whatever
    /// the adapter says; whether all arrived is seen where it arrives. Own decimals.
    function _swap(Parameters memory p, bool isBaseToQuote, bool isExactInput, uint256 units, address recipient)
        internal
        returns (uint256 spent, uint256 bought)
    {
        _openWindows();
        (spent, bought) = p.adapter.swap(isBaseToQuote, isExactInput, units, recipient);
        _requireEqual(isExactInput ? spent : bought, units);
        int256 paid = isBaseToQuote ? _paid : -_paid;
        // Never asked, asked for the other token, or not asked for what it says.
        // forge-lint: disable-next-line(unsafe-typecast)
        _requireEqual(paid > 0 ? uint256(paid) : 0, spent);
        if (spent == 0) revert HedgeMismatch(0, units);
        _paid = 0;
    }

    function _requireEqual(uint256 moved, uint256 expected) internal pure {
        if (moved != expected) revert HedgeMismatch(moved, expected);
    }

    /// @dev H2 for fills that increase the taker: representable in the base token and hedged near the oracle, so that
    /// nobody moves the pool, trades, and moves it back (T5).
    function _checkIncrease(Parameters memory p, Price price, uint256 takerBase, Hedge memory hedge) private view {
        if (takerBase != hedge.base || takerBase == 0) revert FinerThanBaseToken(takerBase, _baseScale);
        if (!HedgeMath.isNear(hedge.base, hedge.quote, price, p.maxHedgeDeviation)) _revertTooFar(p, price, hedge);
    }

    /// @dev Outside fills, a unit of either token is no distance: roundings must not keep a small hedge waiting for ever.
    function _requireNear(Parameters memory p, Price price, Hedge memory hedge) internal view {
        if (HedgeMath.isNear(hedge.base, hedge.quote, price, p.maxHedgeDeviation, _baseScale, _quoteScale)) return;
        _revertTooFar(p, price, hedge);
    }

    function _revertTooFar(Parameters memory p, Price price, Hedge memory hedge) private pure {
        revert HedgeTooFar(hedge.quote * WAD / hedge.base, price.unwrap(), p.maxHedgeDeviation);
    }

    /// @dev What is closed of a gap, with its sign: all of it, or a part that leaves another one.
    function _partOf(int256 gap, uint256 maxAmount) private view returns (int256) {
        uint256 whole = SignedMath.abs(gap);
        if (maxAmount >= whole) return gap;
        uint256 minPart = Math.min(hedgeGapMinPart, whole);
        uint256 part = Math.min(maxAmount, whole - minPart);
        if (part < minPart) revert HedgeGapPartTooSmall(maxAmount, whole - minPart < minPart ? whole : minPart);
        // Less than a gap, which fits in an int128.
        // forge-lint: disable-next-line(unsafe-typecast)
        return gap < 0 ? -int256(part) : int256(part);
    }

    /// @dev Less than one unit of the collateral.
    function _isWorthless(int256 gap, Price price) private view returns (bool) {
        return Math.mulDiv(SignedMath.abs(gap) * _baseScale, price.unwrap(), WAD) < _quoteScale;
    }

    /// @dev A hedge outside fills: buys (> 0) or sells (< 0), at most `maxDeviation` (ppm) from the given price, out of free
    /// margin or base held.
    function _hedgeFree(int256 units, uint24 maxDeviation, Price price) private {
        Parameters memory p = _parameters;
        p.maxHedgeDeviation = maxDeviation;
        // forge-lint: disable-start(unsafe-typecast)
        Hedge memory hedge = units > 0 ? _buyFree(p, uint256(units), price) : _sell(p, true, uint256(-units));
        int256 base = int256(hedge.base);
        // forge-lint: disable-end(unsafe-typecast)
        if (base != 0) _requireNear(p, price, hedge);
        _reportHedge(p, address(this), price, units > 0 ? base : -base, hedge.quote, hedge.quote);
        // Last, so that an attempt that fails has not said so.
        if (hedge.shortage != 0) emit HedgeShortage(hedge.shortage);
        if (hedge.unfunded != 0) emit HedgeUnderfunded(hedge.unfunded, hedge.leftOver);
    }

    /// @dev T32: the rate as accrued in this very second, asked only where there is a limit.
    function _checkCarry(uint256 maxCarry, bool isGrowingLong) private view {
        int256 rate = _vault.fundingRateOf(marketId);
        if (!isGrowingLong) rate = -rate;
        uint256 maxRate = maxCarry * WAD / (PPM * 1 days);
        // forge-lint: disable-next-line(unsafe-typecast)
        if (rate > int256(maxRate)) revert CarryTooHigh(rate, maxRate);
    }

    /// @dev H2. A fill that closes gets the worse of swap price and oracle price, and what is left over is the vault's; a
    /// fill that increases, a flip included, is hedged near the oracle.
    function _protectClosing(Parameters memory p, FillInput memory input, Fill memory fill, Hedge memory hedge)
        private
    {
        if (!fill.isExactBase) {
            uint256 worseBase = HedgeMath.worseBase(fill.isBaseToQuote, fill.base, fill.quote, input.price, _baseScale);
            if (_isReducing(input.takerSize, fill.isBaseToQuote, worseBase)) {
                _trim(p, hedge, fill.isBaseToQuote, worseBase);
                fill.base = worseBase;
                return;
            }
        } else if (_closes(input.takerSize, fill.isBaseToQuote)) {
            fill.quote = HedgeMath.worseQuote(fill.isBaseToQuote, fill.base, fill.quote, input.price);
            if (_isReducing(input.takerSize, fill.isBaseToQuote, fill.base)) return;
        }
        _checkIncrease(p, input.price, fill.base, hedge);
    }

    /// @dev Brings a hedge in line with the base that changes hands when the exact side is quote and the pool is better
    /// than the oracle: the vault sells the rest that the taker gives, or the excess that it bought. Rare, since closing
    /// is done in base; the one case of a second swap.
    function _trim(Parameters memory p, Hedge memory hedge, bool isBaseToQuote, uint256 base) private {
        if (base == hedge.base) return;
        uint256 difference;
        if (isBaseToQuote) {
            difference = base - hedge.base;
        } else {
            // What fees have eaten stays the same part of it.
            uint256 shortage =
                Math.mulDiv(hedge.shortage / _baseScale, base, hedge.base, Math.Rounding.Ceil) * _baseScale;
            difference = (hedge.base - hedge.shortage) - (base - shortage);
            hedge.shortage = shortage;
        }
        hedge.base = base;
        if (difference == 0) return;
        Hedge memory rest = _sell(p, true, difference / _baseScale);
        hedge.quote = isBaseToQuote ? hedge.quote + rest.quote : hedge.quote - Math.min(rest.quote, hedge.quote);
    }

    /// @dev A taker that makes the vault's position smaller takes at most what there is.
    function _requireWithin(uint256 amount, uint256 makerSize) internal pure {
        if (amount > makerSize) revert MakerCapacityExceeded(amount, makerSize);
    }

    /// @dev Whether a fill in this direction closes anything of the taker's.
    function _closes(Base takerSize, bool isBaseToQuote) private pure returns (bool) {
        return isBaseToQuote ? takerSize.unwrap() > 0 : takerSize.unwrap() < 0;
    }

    function _isReducing(Base takerSize, bool isBaseToQuote, uint256 takerBase) private pure returns (bool) {
        Base fill = BaseLib.toBase(takerBase);
        return takerSize.isReducedBy(isBaseToQuote ? -fill : fill);
    }

    function _reportFill(Parameters memory p, FillInput memory input, Fill memory fill, Hedge memory hedge) private {
        int256 base = BaseLib.toBase(fill.base).unwrap();
        if (fill.isBaseToQuote) base = -base;
        _reportHedge(p, input.taker, input.price, base, hedge.quote, fill.quote);
    }

    /// @dev To readers of logs, and to the breaker, what the swap has won or lost against the price; `account` bears it.
    function _reportHedge(
        Parameters memory p,
        address account,
        Price price,
        int256 base,
        uint256 spotQuote,
        uint256 takerQuote
    ) internal {
        emit SpotHedged(address(p.adapter), price.unwrap(), base, spotQuote, takerQuote);
        if (!_isMetered()) return;
        int256 gain = HedgeMath.gainFloor(Base.wrap(base), spotQuote, price).unwrap();
        // At most 1e18.
        // forge-lint: disable-next-line(unsafe-typecast)
        _meterHedge(account, floorDiv(gain, int256(_quoteScale)));
    }

    function _setParameters(Parameters memory parameters_) private {
        address baseToken = parameters_.adapter.baseToken();
        address quoteToken = parameters_.adapter.quoteToken();
        if (baseToken != address(_baseToken) || quoteToken != address(_vault.asset())) {
            revert AdapterMismatch(baseToken, quoteToken);
        }
        uint256 priceBand = clearingHouse.rulesOf(marketId).priceBand;
        // Tighter than the band even after the vault's own spread (H2), and far looser than what binds hedges outside fills.
        _checkRatio(parameters_.maxHedgeDeviation, Math.max(2, _minHedgeDeviation()), priceBand - 1);
        // (1 + deviation) (1 + spread) stays within 1 + band.
        _checkRatio(parameters_.spread, 0, PPM * (PPM + priceBand) / (PPM + parameters_.maxHedgeDeviation) - PPM);
        (,, uint256 initialMarginRatio,) = _vault.marginRatiosOf(marketId);
        _checkRatio(parameters_.minMarginRatio, initialMarginRatio, _maxMinMarginRatio());
        // No more than the fastest rate that a market can have.
        _checkRatio(parameters_.maxCarry, 0, PPM);
        _parameters = parameters_;
        emit ParametersSet(parameters_);
    }

    function _setHedgeGapRules(HedgeGapRules memory rules) private {
        _checkRatio(rules.maxDeviation, 1, _parameters.maxHedgeDeviation / 2);
        if (rules.interval > MAX_GAP_INTERVAL) revert IntervalTooLong(rules.interval, MAX_GAP_INTERVAL);
        if (rules.maxPriceAge > MAX_PRICE_AGE) revert PriceAgeTooLong(rules.maxPriceAge, MAX_PRICE_AGE);
        _hedgeGapRules = rules;
        emit HedgeGapRulesSet(rules);
    }
}
