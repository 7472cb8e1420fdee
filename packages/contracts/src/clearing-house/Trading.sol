// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IClearingHouse, MatchParams, TradeParams} from "../interfaces/IClearingHouse.sol";
import {FillInput, IMaker} from "../interfaces/IMaker.sol";
import {FillSide, FillTerms, Settlement} from "../interfaces/IVault.sol";
import {MarginMath} from "../libraries/MarginMath.sol";
import {ZeroAmount} from "../types/Errors.sol";
import {MarketRules, MarketStatus} from "../types/Market.sol";
import {Base, BaseLib, PPM, Price, Quote, QuoteLib, WAD, ZERO_BASE} from "../types/Units.sol";
import {ForcedChanges} from "./ForcedChanges.sol";
import {MarketRegistry} from "./MarketRegistry.sol";

/// @title Trades of takers with makers and with each other
/// @notice The steps and their order are those of docs/specification.md, section 5.
abstract contract Trading is MarketRegistry, ForcedChanges {
    /// @dev The amount requested from the maker, and the taker's bound for it.
    struct QuoteRequest {
        uint256 amount;
        uint256 bound;
        /// @dev Publish time of the oracle price, seconds.
        uint256 publishTime;
        /// @dev As of {IPriceOracle-getTradePrice}.
        bool admitsIncrease;
    }

    /// @inheritdoc IClearingHouse
    function trade(TradeParams calldata params) external returns (int256 base, int256 quote) {
        return _trade(params, msg.sender);
    }

    /// @inheritdoc IClearingHouse
    /// @dev The steps of {trade} without the maker's quote and the bound: both orders agree on the quote.
    function matchTrade(MatchParams calldata params)
        external
        returns (uint256 oraclePrice, uint256 base, uint256 quote)
    {
        _checkGateway();
        MarketRules memory rules = _rulesNow(params.marketId);
        _checkTrading(params.marketId, _strictest(rules));
        if (params.base == 0) revert ZeroAmount();
        if (params.taker == params.maker) revert TakerIsMaker(params.taker);

        FillTerms memory terms;
        bool admitsIncrease;
        (terms.price,, terms.publishTime, admitsIncrease) = oracle.getTradePrice(params.marketId);
        (Base takerSize, Base makerSize) =
            vault.openMatch(params.marketId, terms.price, params.taker, params.maker, msg.sender, params.fees);

        (base, quote) = _matchAmounts(params, rules, takerSize, makerSize, terms.price);
        _setAmounts(terms, rules, params.isBaseToQuote, base, quote);
        terms.marketId = params.marketId;
        (terms.taker, terms.maker, terms.isLast) = (params.taker, params.maker, true);
        bool takerReduces = _reduces(takerSize, terms.base, params.isTakerReduceOnly);
        bool makerReduces = _reduces(makerSize, -terms.base, params.isMakerReduceOnly);
        // {IVault-openMatch} took the system lock, so no call re-enters before the fill is settled.
        if (!takerReduces || !makerReduces) {
            _checkIncrease(params.marketId, rules, terms.publishTime, admitsIncrease);
        }
        // The band binds reducing matches too: both accounts could close against a maker (T35).
        _checkBand(base, quote, terms.price.unwrap(), rules.priceBand);

        Settlement memory settled = vault.settleFill(terms);
        _checkMargin(settled.taker, params.taker, terms.price, settled);
        _checkMargin(settled.maker, params.maker, terms.price, settled);
        _checkMinimum(settled.taker, params.taker, terms.price, rules.minPositionValue);
        _checkMinimum(settled.maker, params.maker, terms.price, rules.minPositionValue);
        return (terms.price.unwrap(), base, quote);
    }

    /// @inheritdoc IClearingHouse
    function payRelayFee(address account, address receiver, uint256 amountXCD) external {
        _checkGateway();
        vault.payFromFund(account, receiver, amountXCD, msg.sender);
    }

    /// @inheritdoc IClearingHouse
    function payBond(uint256 marketId, address account, address maker, uint256 bondXCD) external {
        _checkGateway();
        uint256 makerMarketId = _makerRecords[maker].marketId;
        if (makerMarketId != marketId) revert UnknownMaker(maker, marketId, makerMarketId);
        vault.payBond(marketId, account, msg.sender, maker, bondXCD);
    }

    /// @inheritdoc IClearingHouse
    function quoteTrade(TradeParams calldata params, address sender) external {
        (int256 base, int256 quote) = _trade(params, sender);
        revert TradeQuoted(base, quote);
    }

    /// @inheritdoc IClearingHouse
    function accrue(uint256 marketId) external onlyMarket(marketId) {
        (Price price,,) = oracle.getPrice(marketId);
        vault.accrue(marketId, price);
    }

    function _trade(TradeParams calldata params, address sender) private returns (int256, int256) {
        // 1. admission
        MarketRules memory rules = _rulesNow(params.marketId);
        _admit(params, rules);
        // 2. one oracle price for the trade
        FillInput memory input;
        QuoteRequest memory request;
        (input.price, input.confidence, request.publishTime, request.admitsIncrease) =
            oracle.getTradePrice(params.marketId);
        (input.taker, input.sender) = (params.taker, sender);
        (input.takerSize, input.makerSize, input.makerOpenNotional, input.makerMargin) =
            vault.openFill(params.marketId, input.price, params.taker, params.maker, sender);
        // 3. the maker's side
        _resolveQuoteRequest(request, params, rules, input);
        (uint256 opposite, bytes memory callbackData) =
            IMaker(params.maker).fillOrder(params.isBaseToQuote, params.isExactInput, request.amount, abi.encode(input));
        // 4. bounds
        // {IVault-openFill} took the system lock: during the call of the maker, no other action changes the market.
        FillTerms memory terms = _checkBounds(params, rules, input, request, opposite);
        // 5. settlement, which closes the fill unless the maker requested a callback
        (terms.publishTime, terms.isLast) = (request.publishTime, callbackData.length == 0);
        Settlement memory settled = vault.settleFill(terms);
        // 6. the maker's callback
        _callBack(params.maker, settled.maker, input.price, callbackData);
        // 7. margin requirements of both sides
        _checkMargin(settled.taker, params.taker, input.price, settled);
        // A trade that reduces the maker's exposure does not depend on the maker's margin (T9).
        if (!settled.maker.sizeBefore.isReducedBy(-terms.base)) {
            _checkMargin(settled.maker, params.maker, input.price, settled);
        }
        _checkMinimum(settled.taker, params.taker, input.price, rules.minPositionValue);
        if (!terms.isLast) vault.releaseFill();
        return (terms.base.unwrap(), terms.quote.unwrap());
    }

    /// @dev Step 1: checks that need no price. The Vault, which stores the operators, checks the sender's authority in
    /// {IVault-openFill}.
    function _admit(TradeParams calldata params, MarketRules memory rules) private view {
        _checkTrading(params.marketId, _strictest(rules));
        if (block.timestamp > params.deadline) revert DeadlinePassed(block.timestamp, params.deadline);
        if (params.amount == 0) revert ZeroAmount();
        if (params.taker == params.maker) revert TakerIsMaker(params.taker);
        uint256 makerMarketId = _makerRecords[params.maker].marketId;
        if (makerMarketId != params.marketId) revert UnknownMaker(params.maker, params.marketId, makerMarketId);
    }

    /// @dev Fits an amount of base to the taker's position ({_fit}) and scales its bound in proportion. The largest
    /// uint256 closes the position within the bound as it is.
    function _resolveQuoteRequest(
        QuoteRequest memory request,
        TradeParams calldata params,
        MarketRules memory rules,
        FillInput memory input
    ) private view {
        (request.amount, request.bound) = (params.amount, params.oppositeBound);
        if (params.isReduceOnly) _checkOpposite(input.takerSize, params.isBaseToQuote);
        if (params.isBaseToQuote != params.isExactInput) return;
        request.amount = _fit(
            params.amount,
            params.taker,
            input.takerSize,
            params.isBaseToQuote,
            params.isReduceOnly,
            rules.minPositionValue,
            input.price
        );
        if (request.amount != params.amount && params.amount != type(uint256).max) {
            request.bound = _scaleBound(params, request.amount);
        }
    }

    /// @dev The base and quote of a match, fitted to both positions. Scaling keeps the price that both orders agreed on,
    /// rounded in favour of the account whose order rests. Reverts with `NothingToReduce`.
    function _matchAmounts(
        MatchParams calldata params,
        MarketRules memory rules,
        Base takerSize,
        Base makerSize,
        Price price
    ) private view returns (uint256 base, uint256 quote) {
        bool sells = params.isBaseToQuote;
        uint256 minValue = rules.minPositionValue;
        if (params.isTakerReduceOnly) _checkOpposite(takerSize, sells);
        if (params.isMakerReduceOnly) _checkOpposite(makerSize, !sells);
        base = _fit(params.base, params.taker, takerSize, sells, params.isTakerReduceOnly, minValue, price);
        base = _fit(base, params.maker, makerSize, !sells, params.isMakerReduceOnly, minValue, price);
        quote = params.quote;
        if (base != params.base) {
            quote = Math.mulDiv(quote, base, params.base, sells ? Math.Rounding.Floor : Math.Rounding.Ceil);
        }
    }

    /// @dev The base that a fill of `amount` trades: all of an opposite position when a reduce-only fill exceeds it, and
    /// when a fill would leave less of it than the market's minimum (T21). WAD.
    function _fit(
        uint256 amount,
        address account,
        Base size,
        bool isSale,
        bool isReduceOnly,
        uint256 minValue,
        Price price
    ) private view returns (uint256) {
        if (!_isOpposite(size, isSale)) return amount;
        uint256 held = size.abs();
        if (amount >= held) return isReduceOnly ? held : amount;
        if (minValue == 0 || BaseLib.toBase(held - amount).notionalCeil(price) >= minValue || _isMaker(account)) {
            return amount;
        }
        return held;
    }

    function _isOpposite(Base size, bool isSale) private pure returns (bool) {
        return isSale ? size > ZERO_BASE : size < ZERO_BASE;
    }

    /// @dev Reverts with `NothingToReduce` when a reduce-only fill finds no opposite position.
    function _checkOpposite(Base size, bool isSale) private pure {
        if (!_isOpposite(size, isSale)) revert NothingToReduce(size.unwrap(), isSale);
    }

    /// @dev The taker's bound for `amount` instead of `params.amount`, rounded in the taker's favour.
    function _scaleBound(TradeParams calldata params, uint256 amount) private pure returns (uint256) {
        if (params.isExactInput) return Math.mulDiv(params.oppositeBound, amount, params.amount, Math.Rounding.Ceil);
        // Above the largest quote, there is no bound to scale.
        if (params.oppositeBound > QuoteLib.MAX_QUOTE) return params.oppositeBound;
        return Math.mulDiv(params.oppositeBound, amount, params.amount);
    }

    /// @dev Step 4: checks the taker's bound; reduction where the order is reduce-only or the maker is retired; market
    /// status, price quality and price band where the trade increases.
    function _checkBounds(
        TradeParams calldata params,
        MarketRules memory rules,
        FillInput memory input,
        QuoteRequest memory request,
        uint256 opposite
    ) private returns (FillTerms memory terms) {
        if (params.isExactInput ? opposite < request.bound : opposite > request.bound) {
            revert SlippageExceeded(opposite, request.bound);
        }
        bool isExactBase = params.isBaseToQuote == params.isExactInput;
        uint256 baseAmount = isExactBase ? request.amount : opposite;
        uint256 quoteAmount = isExactBase ? opposite : request.amount;
        if (baseAmount == 0) revert ZeroAmount();
        _setAmounts(terms, rules, params.isBaseToQuote, baseAmount, quoteAmount);
        (terms.marketId, terms.price) = (params.marketId, input.price);
        (terms.taker, terms.maker) = (params.taker, params.maker);

        if (_makerRecords[params.maker].isRetired && !input.makerSize.isReducedBy(-terms.base)) {
            revert MakerIsRetired(params.maker);
        }
        if (_reduces(input.takerSize, terms.base, params.isReduceOnly)) return terms;
        _checkIncrease(params.marketId, rules, request.publishTime, request.admitsIncrease);
        _checkBand(baseAmount, quoteAmount, input.price.unwrap(), rules.priceBand);
    }

    /// @dev Sets the amounts and the trading fee of a fill. The caller sets market, accounts and price.
    function _setAmounts(
        FillTerms memory terms,
        MarketRules memory rules,
        bool isBaseToQuote,
        uint256 baseAmount,
        uint256 quoteAmount
    ) private pure {
        Base base = BaseLib.toBase(baseAmount);
        Quote quote = QuoteLib.toQuote(quoteAmount);
        (terms.base, terms.quote) = isBaseToQuote ? (-base, quote) : (base, -quote);
        if (rules.tradingFee != 0) terms.tradingFee = Math.ceilDiv(quoteAmount * rules.tradingFee, PPM);
    }

    /// @dev Whether a fill reduces a position. Reverts with `WouldIncrease` when a reduce-only fill does not.
    function _reduces(Base size, Base fill, bool isReduceOnly) private pure returns (bool reduces) {
        reduces = size.isReducedBy(fill);
        if (isReduceOnly && !reduces) revert WouldIncrease(size.unwrap(), fill.unwrap());
    }

    /// @dev Reverts unless the market is active and the oracle price admits increases. The first increase after bad
    /// debt was covered resets `hadDebt`, so that later trades do not read the insurance.
    function _checkIncrease(uint256 marketId, MarketRules memory rules, uint256 publishTime, bool admitsIncrease)
        private
    {
        MarketStatus status = _status(marketId, rules, publishTime);
        if (status != MarketStatus.Active) revert MarketNotActive(marketId, status);
        if (rules.hadDebt) _rules[marketId].hadDebt = false;
        if (!admitsIncrease) oracle.checkOpening(marketId);
    }

    /// @dev |quote / base - price| <= band x price, multiplied out to avoid rounding.
    function _checkBand(uint256 baseAmount, uint256 quoteAmount, uint256 price, uint256 band) private pure {
        uint256 paid = quoteAmount * WAD * PPM;
        uint256 fair = baseAmount * price;
        if (paid > fair * (PPM + band) || paid < fair * (PPM - band)) {
            revert PriceBandExceeded(quoteAmount * WAD / baseAmount, price, band);
        }
    }

    /// @dev Step 6: calls the maker back if {IMaker-fillOrder} returned callback data.
    function _callBack(address maker, FillSide memory side, Price price, bytes memory callbackData) internal {
        if (callbackData.length == 0) return;
        IMaker(maker)
            .fillOrderCallback(
                bytes.concat(abi.encode(side.valueAfter, side.sizeAfter.notionalCeil(price)), callbackData)
            );
    }

    /// @dev Reverts with `PositionBelowMinimum` when a taker's remaining position is too small to pay for its
    /// liquidation (T21). {_fit} has extended a reduction in base to a close; a reduction in quote
    /// reverts here.
    function _checkMinimum(FillSide memory taker, address account, Price price, uint256 minValue) private view {
        if (minValue == 0 || taker.sizeAfter.isZero()) return;
        uint256 value = taker.sizeAfter.notionalCeil(price);
        if (value >= minValue || _isMaker(account)) return;
        revert PositionBelowMinimum(value, minValue);
    }

    function _checkMargin(FillSide memory side, address account, Price price, Settlement memory settled) internal pure {
        MarginMath.check(side, account, price, settled.initialMarginRatio, settled.maintenanceMarginRatio);
    }
}
