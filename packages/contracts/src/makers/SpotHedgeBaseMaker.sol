// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {ICircuitBreaker} from "../interfaces/ICircuitBreaker.sol";
import {FillInput, IMaker} from "../interfaces/IMaker.sol";
import {ISpotAdapter, ISpotPayer} from "../interfaces/ISpotAdapter.sol";
import {LiabilityMath} from "../libraries/LiabilityMath.sol";
import {MarginMath} from "../libraries/MarginMath.sol";
import {ShareMath} from "../libraries/ShareMath.sol";
import {Position} from "../types/Position.sol";
import {Base, BaseLib, PPM, Price, Quote, SIGNED_WAD, WAD, floorDiv} from "../types/Units.sol";
import {LpVault} from "./LpVault.sol";

/// @title An LP vault of base tokens that hedges every fill on a spot market in the same transaction
/// @notice When a taker sells, the vault sells the same base on the spot market and the proceeds go straight into its
/// margin; when a taker buys, the vault draws quote from its margin and buys the same base back. The base it holds and
/// the base it is long in perpetuals always add up to what LPs own, so their exposure, counted in base, does not move
/// (H1). Its perpetual position is never short.
contract SpotHedgeBaseMaker is LpVault, ISpotPayer {
    using SafeERC20 for IERC20;
    using SafeCast for int256;
    using SafeCast for uint256;

    /// @dev One storage word.
    struct Parameters {
        ISpotAdapter adapter;
        /// @dev Greatest distance of the hedge's price from the oracle price when the taker increases, ppm (H2).
        uint24 maxHedgeDeviation;
        /// @dev Margin ratio that fills that increase the vault's position, and withdrawals, must leave; ppm.
        uint24 minMarginRatio;
        /// @dev What the vault keeps of the swap's price, ppm.
        uint24 spread;
    }

    /// @notice One fill's hedge. Base WAD, the vault's own: sold < 0, bought > 0. `spotQuote` is what the swap paid or
    /// cost and `takerQuote` what the taker got or paid, both WAD magnitudes; the difference stays in the margin.
    event SpotHedged(address adapter, uint256 oraclePrice, int256 base, uint256 spotQuote, uint256 takerQuote);
    /// @notice A flat vault's quote that went out with a withdrawal, in the collateral's decimals.
    event QuoteWithdrawn(address withdrawer, uint256 shares, uint256 quoteXCD);
    event ParametersSet(Parameters parameters);
    /// @notice Base that fees or a forced change have eaten: a hedge bought that much less back. WAD.
    event HedgeShortage(uint256 base);
    /// @notice The vault's position was changed for it and it could not follow: `gap` is what it has yet to buy (> 0) or
    /// sell (< 0), in the base token's decimals.
    event HedgeGapChanged(int256 gap);

    error AdapterMismatch(address baseToken, address quoteToken);
    error NotAdapter(address caller, address adapter);
    /// @notice WAD quote per base; the bound in ppm.
    error HedgeTooFar(uint256 hedgePrice, uint256 oraclePrice, uint256 maxHedgeDeviation);
    /// @notice An increasing order that the base token cannot represent. WAD base.
    error FinerThanBaseToken(uint256 amount, uint256 unit);
    /// @notice The swap moved another amount of base than it reported. In the base token's decimals.
    error HedgeMismatch(uint256 arrived, uint256 expected);
    error NoHedgeGap();
    /// @notice In the base token's decimals.
    error InsufficientAssetBalance(uint256 requested, uint256 available);

    /// @dev One swap, as it turned out.
    struct Hedge {
        /// @dev WAD base
        uint256 base;
        /// @dev WAD quote
        uint256 quote;
        /// @dev WAD base that fees have eaten and the vault cannot buy back (H3).
        uint256 shortage;
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

    /// @notice Base held, in the base token's decimals. An internal ledger: tokens sent here change nothing.
    uint128 public assetBalance;
    /// @notice What LPs have put in, net of what they took out, in the base token's decimals.
    uint128 public assetLiability;
    Parameters private _parameters;
    uint256 private immutable _quoteScale;
    ICircuitBreaker private immutable _breaker;
    /// @notice Base that the vault has yet to buy (> 0) or sell (< 0) since its position was changed for it, in the base
    /// token's decimals.
    int128 public hedgeGap;
    /// @dev Set while a swap that this vault started may ask it to pay.
    Payment private transient _payment;

    constructor(
        string memory name_,
        string memory symbol_,
        address owner_,
        IClearingHouse clearingHouse_,
        uint256 marketId_,
        IERC20 baseToken_,
        Parameters memory parameters_
    ) LpVault(name_, symbol_, owner_, clearingHouse_, marketId_, baseToken_) {
        _quoteScale = clearingHouse_.vault().assetScale();
        _breaker = clearingHouse_.vault().breaker();
        _setParameters(parameters_);
    }

    // ---------------------------------------------------------------------------------------------------- owner ----

    /// @notice Sets the route of hedges and their bounds. The hedge bound must be tighter than the market's band.
    function setParameters(Parameters calldata parameters_) external onlyOwner {
        _setParameters(parameters_);
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
        Hedge memory hedge = _hedge(p, input, fill, amount);
        _protectClosing(p, input, fill, hedge);
        if (!isBaseToQuote) _requireWithin(fill.base, input.makerSize.abs());
        int256 base = BaseLib.toBase(fill.base).unwrap();
        _emitHedge(p, input.price, isBaseToQuote ? -base : base, hedge.quote, fill.quote);
        // A vault that was long grows longer when the taker sells, and answers for its margin ratio.
        if (isBaseToQuote) callbackData = hex"01";
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
        if (isBaseToQuote) {
            uint256 available = assetBalance;
            if (amount > available) revert MakerCapacityExceeded(amount * assetScale, available * assetScale);
            // Below a uint128 that was stored.
            // forge-lint: disable-next-line(unsafe-typecast)
            assetBalance = uint128(available - amount);
            _meter(-amount.toInt256());
            asset.safeTransfer(to, amount);
        } else if (payment == Payment.Fill) {
            vault.draw(amount, to);
        } else {
            vault.withdrawMargin(marketId, amount, to);
        }
    }

    /// @inheritdoc IMaker
    /// @dev Trades the same base on the spot market within the bound of hedges, out of free margin; what that fails at is
    /// kept as {hedgeGap}. The price of the change bounds nothing: that of a settled market is dead, and somebody could
    /// move the pool there.
    function onPositionForced(int256 base, int256, uint256) external onlyExchange {
        uint256 size = _position().size.abs();
        // The vault is long or flat, before and after.
        // forge-lint: disable-next-line(unsafe-typecast)
        int256 units = int256((uint256(int256(size) - base)) / assetScale) - int256(size / assetScale);
        if (units == 0) return;
        _setHedgeGap(hedgeGap + units);
        // A swap that fails changes nothing, and one that burns all its gas leaves enough to end well.
        try this.closeHedgeGap{gas: gasleft() - GAP_GAS}() {} catch {}
    }

    /// @notice Trades what the vault has yet to buy or sell, within the bound of hedges at the current price. Anybody.
    function closeHedgeGap() external {
        int256 gap = hedgeGap;
        if (gap == 0) revert NoHedgeGap();
        // In a forced change the vault holds the lock already.
        bool isForced = msg.sender == address(this);
        if (!isForced) vault.lock();
        _setHedgeGap(0);
        _hedgeFree(gap, oracle.getLiquidationPrice(marketId));
        if (!isForced) vault.unlock();
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    function parameters() external view returns (Parameters memory) {
        return _parameters;
    }

    /// @inheritdoc IMaker
    function getUtilRatio() external view returns (uint256 longUtilRatio, uint256 shortUtilRatio) {
        return (0, LiabilityMath.utilRatioUp(assetBalance, assetLiability));
    }

    /// @inheritdoc IMaker
    /// @dev All that LPs have put in can be sold once; the vault is never short.
    function getCapacity() external view returns (uint256 long, uint256 short) {
        return (assetLiability * assetScale, 0);
    }

    /// @inheritdoc IMaker
    /// @dev What {_setParameters} asks of the band, solved for it: (1 + deviation) (1 + spread) - 1, up, and more than the
    /// deviation.
    function requiredBand() external view returns (uint256) {
        (uint256 deviation, uint256 spread) = (_parameters.maxHedgeDeviation, _parameters.spread);
        // 24 bits each.
        unchecked {
            return deviation + (spread == 0 ? 1 : spread + (deviation * spread + PPM - 1) / PPM);
        }
    }

    /// @inheritdoc IMaker
    function isSpotHedged() external pure returns (bool) {
        return true;
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
                ? Math.mulDiv(hedge.quote, PPM - p.spread, PPM)
                : Math.mulDiv(hedge.quote, PPM + p.spread, PPM, Math.Rounding.Ceil);
        } else {
            hedge = fill.isBaseToQuote
                ? _sellForQuote(p, _grossUp(amount, p.spread))
                : _buyWithQuote(p, _netDown(amount, p.spread));
            fill.base = hedge.base;
            fill.quote = amount;
        }
    }

    /// @dev Sells the base of an exact-base fill. The hedge follows the whole position, not the single fill, so that
    /// the remainders of reductions finer than the token's unit never add up.
    function _sellBase(Parameters memory p, FillInput memory input, uint256 amount)
        private
        returns (Hedge memory hedge)
    {
        uint256 size = input.makerSize.abs();
        uint256 units = (size + amount) / assetScale - size / assetScale;
        uint256 available = assetBalance;
        if (units > available) revert MakerCapacityExceeded(amount, available * assetScale);
        if (units != 0) hedge = _sell(p, true, units);
    }

    /// @dev Sells just enough base for `quote`.
    function _sellForQuote(Parameters memory p, uint256 quote) private returns (Hedge memory) {
        return _sell(p, false, Math.ceilDiv(quote, _quoteScale));
    }

    /// @dev Buys the base of an exact-base fill back, by the same rule as {_sellBase}, less what fees have eaten: the cost
    /// is then counted up to the whole, so that the fill has the price of the swap.
    function _buyBase(Parameters memory p, FillInput memory input, uint256 amount)
        private
        returns (Hedge memory hedge)
    {
        uint256 size = input.makerSize.abs();
        _requireWithin(amount, size);
        uint256 whole = size / assetScale - (size - amount) / assetScale;
        uint256 shortage = Math.min(whole, _shortageUnitsUp(input, amount, size));
        if (whole != shortage) hedge = _buy(p, false, whole - shortage);
        if (shortage == 0) return hedge;
        hedge.shortage = shortage * assetScale;
        hedge.quote = whole == shortage
            ? Math.mulDiv(hedge.shortage, input.price.unwrap(), WAD, Math.Rounding.Ceil)
            : Math.mulDiv(hedge.quote, whole, whole - shortage, Math.Rounding.Ceil);
        hedge.base += hedge.shortage;
        emit HedgeShortage(hedge.shortage);
    }

    /// @dev H3: when a fraction k of the position closes, k x max(0, |openNotional| - (margin - pending fees)) is missing to
    /// pay for it; in units of base at the oracle price, up.
    function _shortageUnitsUp(FillInput memory input, uint256 amount, uint256 size) private view returns (uint256) {
        int256 missing = -(input.makerOpenNotional + input.makerMargin).unwrap();
        if (missing <= 0) return 0;
        // forge-lint: disable-next-line(unsafe-typecast)
        uint256 quote = Math.mulDiv(uint256(missing), amount, size, Math.Rounding.Ceil);
        return Math.mulDiv(quote, WAD, input.price.unwrap() * assetScale, Math.Rounding.Ceil);
    }

    /// @dev Buys as much base as `quote` pays for.
    function _buyWithQuote(Parameters memory p, uint256 quote) private returns (Hedge memory) {
        return _buy(p, true, quote / _quoteScale);
    }

    function _sell(Parameters memory p, bool isExactInput, uint256 units) private returns (Hedge memory hedge) {
        vault.beginReceive(marketId);
        _payment = Payment.Fill;
        (uint256 sold,) = p.adapter.swap(true, isExactInput, units, address(vault));
        (hedge.base, hedge.quote) = (sold * assetScale, vault.endReceive() * _quoteScale);
    }

    function _buy(Parameters memory p, bool isExactInput, uint256 units) private returns (Hedge memory hedge) {
        uint256 balanceBefore = asset.balanceOf(address(this));
        if (_payment == Payment.None) _payment = Payment.Fill;
        (uint256 spent, uint256 bought) = p.adapter.swap(false, isExactInput, units, address(this));
        uint256 arrived = asset.balanceOf(address(this)) - balanceBefore;
        if (arrived != bought) revert HedgeMismatch(arrived, bought);
        assetBalance = (uint256(assetBalance) + bought).toUint128();
        _meter(bought.toInt256());
        (hedge.base, hedge.quote) = (bought * assetScale, spent * _quoteScale);
    }

    /// @dev H2 for fills that increase the taker: representable in the base token and hedged near the oracle, so that
    /// nobody moves the pool, trades, and moves it back (T5).
    function _checkIncrease(Parameters memory p, Price price, uint256 takerBase, Hedge memory hedge) private view {
        if (takerBase != hedge.base || takerBase == 0) revert FinerThanBaseToken(takerBase, assetScale);
        _requireNear(p, price, hedge);
    }

    function _requireNear(Parameters memory p, Price price, Hedge memory hedge) private pure {
        uint256 fair = hedge.base * price.unwrap();
        uint256 paid = hedge.quote * WAD;
        uint256 distance = paid > fair ? paid - fair : fair - paid;
        if (distance > Math.mulDiv(fair, p.maxHedgeDeviation, PPM)) {
            revert HedgeTooFar(paid / hedge.base, price.unwrap(), p.maxHedgeDeviation);
        }
    }

    /// @dev A hedge outside fills: buys (> 0) or sells (< 0), near the given price, out of free margin or base held.
    function _hedgeFree(int256 units, Price price) private {
        Parameters memory p = _parameters;
        // forge-lint: disable-start(unsafe-typecast)
        Hedge memory hedge = units > 0 ? _buyFree(p, uint256(units), price) : _sell(p, true, uint256(-units));
        int256 base = int256(hedge.base);
        // forge-lint: disable-end(unsafe-typecast)
        if (base != 0) _requireNear(p, price, hedge);
        _emitHedge(p, price, units > 0 ? base : -base, hedge.quote, hedge.quote);
        // Last, so that an attempt that fails has not said so.
        if (hedge.shortage != 0) emit HedgeShortage(hedge.shortage);
    }

    /// @dev Buys base for the quote that a forced change has left over: what margin has beyond the open notional, since
    /// the rest pays for closing the position. Base that this cannot pay for is lost, not owed.
    function _buyFree(Parameters memory p, uint256 units, Price price) private returns (Hedge memory hedge) {
        Position memory position = _position();
        uint256 left = (position.margin + position.openNotional).positivePart();
        uint256 fair = BaseLib.toBase(units * assetScale).notionalCeil(price);
        bool isEnough = left >= Math.mulDiv(fair, PPM + p.maxHedgeDeviation, PPM, Math.Rounding.Ceil);
        uint256 amount = isEnough ? units : Math.min(left, fair) / _quoteScale;
        if (amount != 0) {
            _payment = Payment.Free;
            hedge = _buy(p, !isEnough, amount);
        }
        uint256 whole = units * assetScale;
        if (hedge.base < whole) hedge.shortage = whole - hedge.base;
    }

    /// @dev Whoever leaves in kind takes along the quote that the gap was to be closed with.
    function _reduceHedgeGap(uint256 shares, uint256 totalShares) private {
        int256 gap = hedgeGap;
        if (gap == 0) return;
        // forge-lint: disable-next-line(unsafe-typecast)
        _setHedgeGap(gap - gap * int256(shares) / int256(totalShares));
    }

    function _setHedgeGap(int256 gap) private {
        hedgeGap = gap.toInt128();
        emit HedgeGapChanged(gap);
    }

    /// @dev H2. A fill that closes gets the worse of swap price and oracle price, and what is left over is the vault's; a
    /// fill that increases, a flip included, is hedged near the oracle.
    function _protectClosing(Parameters memory p, FillInput memory input, Fill memory fill, Hedge memory hedge)
        private
    {
        if (!fill.isExactBase) {
            uint256 worseBase = _worseBase(input.price, fill);
            if (_isReducing(input.takerSize, fill.isBaseToQuote, worseBase)) {
                _trim(p, hedge, fill.isBaseToQuote, worseBase);
                fill.base = worseBase;
                return;
            }
        } else if (_closes(input.takerSize, fill.isBaseToQuote)) {
            fill.quote = _worseQuote(input.price, fill);
            if (_isReducing(input.takerSize, fill.isBaseToQuote, fill.base)) return;
        }
        _checkIncrease(p, input.price, fill.base, hedge);
    }

    /// @dev For an exact base: the quote that is worse for the taker, at swap price or at oracle price.
    function _worseQuote(Price price, Fill memory fill) private pure returns (uint256) {
        Base base = BaseLib.toBase(fill.base);
        return fill.isBaseToQuote
            ? Math.min(fill.quote, base.notionalFloor(price))
            : Math.max(fill.quote, base.notionalCeil(price));
    }

    /// @dev For an exact quote: the base that is worse for the taker, in whole units of the base token.
    function _worseBase(Price price, Fill memory fill) private view returns (uint256) {
        uint256 unitPrice = price.unwrap() * assetScale;
        return fill.isBaseToQuote
            ? Math.max(fill.base, Math.mulDiv(fill.quote, WAD, unitPrice, Math.Rounding.Ceil) * assetScale)
            : Math.min(fill.base, Math.mulDiv(fill.quote, WAD, unitPrice) * assetScale);
    }

    /// @dev Brings a hedge in line with the base that changes hands when the exact side is quote and the pool is better
    /// than the oracle: the vault sells the rest that the taker gives, or the excess that it bought. Rare, since closing
    /// is done in base; the one case of a second swap.
    function _trim(Parameters memory p, Hedge memory hedge, bool isBaseToQuote, uint256 base) private {
        uint256 difference = isBaseToQuote ? base - hedge.base : hedge.base - base;
        if (difference == 0) return;
        Hedge memory rest = _sell(p, true, difference / assetScale);
        hedge.base = base;
        hedge.quote = isBaseToQuote ? hedge.quote + rest.quote : hedge.quote - Math.min(rest.quote, hedge.quote);
    }

    /// @dev The vault is never short: takers buy back at most what it is long.
    function _requireWithin(uint256 amount, uint256 makerSize) private pure {
        if (amount > makerSize) revert MakerCapacityExceeded(amount, makerSize);
    }

    /// @dev What the swap must yield so that the taker gets `quote` after the vault's spread.
    function _grossUp(uint256 quote, uint256 spread) private pure returns (uint256) {
        return Math.mulDiv(quote, PPM, PPM - spread, Math.Rounding.Ceil);
    }

    /// @dev What is left for the swap of `quote` that the taker pays, the vault's spread taken off.
    function _netDown(uint256 quote, uint256 spread) private pure returns (uint256) {
        return Math.mulDiv(quote, PPM, PPM + spread);
    }

    /// @dev Whether a fill in this direction closes anything of the taker's.
    function _closes(Base takerSize, bool isBaseToQuote) private pure returns (bool) {
        return isBaseToQuote ? takerSize.unwrap() > 0 : takerSize.unwrap() < 0;
    }

    function _isReducing(Base takerSize, bool isBaseToQuote, uint256 takerBase) private pure returns (bool) {
        Base fill = BaseLib.toBase(takerBase);
        return takerSize.isReducedBy(isBaseToQuote ? -fill : fill);
    }

    function _emitHedge(Parameters memory p, Price price, int256 base, uint256 spotQuote, uint256 takerQuote) private {
        emit SpotHedged(address(p.adapter), price.unwrap(), base, spotQuote, takerQuote);
    }

    // -------------------------------------------------------------------------------------------------- LP vault ----

    /// @dev assetBalance + account value / price, WAD base, floor.
    function _totalAssets(Valuation memory v) internal view override returns (int256) {
        // forge-lint: disable-next-line(unsafe-typecast)
        int256 held = int256(uint256(assetBalance) * assetScale);
        if (v.accountValue.unwrap() == 0) return held;
        // forge-lint: disable-next-line(unsafe-typecast)
        return held + floorDiv(v.accountValue.unwrap() * SIGNED_WAD, int256(_priceOf(v).unwrap()));
    }

    /// @dev A flat vault pays out in kind, and takes in without a price unless it holds quote.
    function _needsPrice(Valuation memory v, bool isDeposit) internal pure override returns (bool) {
        return !v.position.size.isZero() || (isDeposit && v.accountValue.unwrap() != 0);
    }

    /// @dev Base paid out does not touch the margin: what stands against it is the margin ratio, all or nothing.
    function _payableXCD(Valuation memory v) internal view override returns (uint256) {
        if (v.position.size.isZero()) return type(uint256).max;
        uint256 required = MarginMath.requirementCeil(v.position.size.notionalCeil(v.price), _parameters.minMarginRatio);
        return v.accountValue.positivePart() < required ? 0 : assetBalance;
    }

    function _takeIn(uint256 amountXCD) internal override returns (uint256 receivedXCD) {
        vault.lock();
        if (_isMetered()) _breaker.recordInflow(address(asset), address(this), amountXCD);
        uint256 balanceBefore = asset.balanceOf(address(this));
        asset.safeTransferFrom(msg.sender, address(this), amountXCD);
        receivedXCD = asset.balanceOf(address(this)) - balanceBefore;
        assetBalance = (uint256(assetBalance) + receivedXCD).toUint128();
        assetLiability = (uint256(assetLiability) + receivedXCD).toUint128();
        vault.unlock();
    }

    /// @dev A flat vault pays its base and its quote out pro rata, in kind; otherwise base only. The former needs no price.
    function _entitlement(Valuation memory v, uint256 shares) internal view override returns (uint256, uint256) {
        if (!v.position.size.isZero()) return super._entitlement(v, shares);
        return (
            ShareMath.toPayoutDown(shares, assetBalance * assetScale, v.totalShares) / assetScale,
            ShareMath.toKindDown(shares, v.position.margin.positivePart(), v.totalShares) / _quoteScale
        );
    }

    function _worth(Valuation memory v, Payout memory payout) internal view override returns (uint256) {
        if (payout.quoteXCD == 0) return payout.amountXCD;
        return payout.amountXCD + Math.mulDiv(payout.quoteXCD * _quoteScale, WAD, _priceOf(v).unwrap()) / assetScale;
    }

    function _payOut(Valuation memory v, Payout memory payout, address receiver) internal override {
        uint256 available = assetBalance;
        if (payout.amountXCD > available) revert InsufficientAssetBalance(payout.amountXCD, available);
        if (!v.position.size.isZero()) {
            _checkMinMarginRatio(
                v.accountValue.unwrap(), v.position.size.notionalCeil(v.price), _parameters.minMarginRatio
            );
        }
        vault.lock();
        // Below a uint128 that was stored.
        // forge-lint: disable-next-line(unsafe-typecast)
        assetBalance = uint128(available - payout.amountXCD);
        if (_isMetered()) _breaker.recordOutflow(address(asset), address(this), payout.amountXCD);
        assetLiability = LiabilityMath.afterWithdrawalUp(assetLiability, payout.shares, v.totalShares).toUint128();
        asset.safeTransfer(receiver, payout.amountXCD);
        if (payout.quoteXCD != 0) {
            emit QuoteWithdrawn(msg.sender, payout.shares, payout.quoteXCD);
            vault.withdrawMargin(marketId, payout.quoteXCD, receiver);
        }
        if (v.position.size.isZero()) {
            _reduceHedgeGap(payout.shares, v.totalShares);
        }
        vault.unlock();
    }

    /// @dev Capacity is what LPs have put in: it changes with what they do only.
    function _afterLiquidityChange() internal override {
        vault.setCapacity(marketId, assetLiability * assetScale, 0);
    }

    /// @dev The price of the valuation; read now when a flat vault was valued without.
    function _priceOf(Valuation memory v) private view returns (Price) {
        if (v.price.unwrap() == 0) (v.price,) = oracle.getPrice(marketId);
        return v.price;
    }

    /// @dev Tells the breaker what a hedge changes in the base that is held for LPs. It counts and does not block.
    function _meter(int256 change) private {
        if (_isMetered()) _breaker.recordHedge(address(asset), change, false);
    }

    function _isMetered() private view returns (bool) {
        return address(_breaker) != address(0);
    }

    function _position() private view returns (Position memory) {
        return vault.positionOf(marketId, address(this));
    }

    function _setParameters(Parameters memory parameters_) private {
        address baseToken = parameters_.adapter.baseToken();
        address quoteToken = parameters_.adapter.quoteToken();
        if (baseToken != address(asset) || quoteToken != address(vault.asset())) {
            revert AdapterMismatch(baseToken, quoteToken);
        }
        uint256 priceBand = clearingHouse.rulesOf(marketId).priceBand;
        // Tighter than the band even after the vault's own spread (H2).
        _checkRatio(parameters_.maxHedgeDeviation, 1, priceBand - 1);
        // (1 + deviation) (1 + spread) stays within 1 + band. 24 bits each, and the deviation is the smaller one.
        unchecked {
            _checkRatio(parameters_.spread, 0, PPM * (PPM + priceBand) / (PPM + parameters_.maxHedgeDeviation) - PPM);
        }
        _checkRatio(parameters_.minMarginRatio, vault.marketOf(marketId).initialMarginRatio, PPM);
        _parameters = parameters_;
        emit ParametersSet(parameters_);
    }
}
