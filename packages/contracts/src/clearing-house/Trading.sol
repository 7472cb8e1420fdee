// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IClearingHouse, MatchParams, TradeParams} from "../interfaces/IClearingHouse.sol";
import {FillInput, IMaker} from "../interfaces/IMaker.sol";
import {FillSide, FillTerms, Settlement} from "../interfaces/IVault.sol";
import {MarginMath} from "../libraries/MarginMath.sol";
import {ZeroAmount} from "../types/Errors.sol";
import {MarketRules, MarketStatus} from "../types/Market.sol";
import {Base, BaseLib, PPM, Price, Quote, QuoteLib, WAD} from "../types/Units.sol";
import {ForcedChanges} from "./ForcedChanges.sol";
import {MarketRegistry} from "./MarketRegistry.sol";

/// @title Trades of takers against makers and with each other, in the order of steps of docs/specification.md,
/// section 5
abstract contract Trading is MarketRegistry, ForcedChanges {
    /// @dev What is asked of the maker, and the taker's bound for it.
    struct QuoteRequest {
        uint256 amount;
        uint256 bound;
    }

    /// @inheritdoc IClearingHouse
    function trade(TradeParams calldata params) external returns (int256 base, int256 quote) {
        return _trade(params, msg.sender);
    }

    /// @inheritdoc IClearingHouse
    /// @dev The steps of {trade} without a maker's: what was agreed needs no quote and no bound.
    function matchTrade(MatchParams calldata params) external returns (uint256) {
        _checkGateway();
        MarketRules memory rules = _rules[params.marketId];
        _checkTrading(params.marketId, _strictest(rules));
        if (params.base == 0) revert ZeroAmount();
        if (params.taker == params.maker) revert TakerIsMaker(params.taker);

        (Price price,) = oracle.getPrice(params.marketId);
        (Base takerSize, Base makerSize) =
            vault.openMatch(params.marketId, params.taker, params.maker, msg.sender, price, params.fees);

        FillTerms memory terms = _terms(rules, params.isBaseToQuote, params.base, params.quote);
        (terms.marketId, terms.price) = (params.marketId, price);
        (terms.taker, terms.maker, terms.isLast) = (params.taker, params.maker, true);
        bool takerReduces = _reduces(takerSize, terms.base, params.isTakerReduceOnly);
        bool makerReduces = _reduces(makerSize, -terms.base, params.isMakerReduceOnly);
        // The system's lock has been held since the match was opened.
        if (!takerReduces || !makerReduces) _checkIncrease(params.marketId, rules);
        // Both could have closed against a maker: the band holds whatever they do (T35).
        _checkBand(params.base, params.quote, price.unwrap(), rules.priceBand);

        Settlement memory settled = vault.settleFill(terms);
        _checkMargin(settled.taker, params.taker, price, settled);
        _checkMargin(settled.maker, params.maker, price, settled);
        _checkMinimum(settled.taker, params.taker, price, rules.minPositionValue);
        _checkMinimum(settled.maker, params.maker, price, rules.minPositionValue);
        return price.unwrap();
    }

    /// @inheritdoc IClearingHouse
    function payRelayFee(address account, address receiver, uint256 amountXCD) external {
        _checkGateway();
        vault.payFromFund(account, receiver, amountXCD, msg.sender);
    }

    /// @inheritdoc IClearingHouse
    function quoteTrade(TradeParams calldata params, address sender) external {
        (int256 base, int256 quote) = _trade(params, sender);
        revert TradeQuoted(base, quote);
    }

    /// @inheritdoc IClearingHouse
    function accrue(uint256 marketId) external onlyMarket(marketId) {
        (Price price,) = oracle.getPrice(marketId);
        vault.accrue(marketId, price);
    }

    function _trade(TradeParams calldata params, address sender) private returns (int256, int256) {
        // 1. admission
        MarketRules memory rules = _admit(params);
        // 2. one oracle price for the whole trade
        FillInput memory input;
        (input.price, input.confidence) = oracle.getPrice(params.marketId);
        (input.taker, input.sender) = (params.taker, sender);
        (input.takerSize, input.makerSize, input.makerOpenNotional, input.makerMargin) =
            vault.openFill(params.marketId, params.taker, params.maker, sender, input.price);
        // 3. the maker's side
        QuoteRequest memory request = _resolveQuoteRequest(params, rules, input);
        (uint256 opposite, bytes memory callbackData) =
            IMaker(params.maker).fillOrder(params.isBaseToQuote, params.isExactInput, request.amount, abi.encode(input));
        // 4. bounds
        // The system's lock has been held since the fill was opened, while the maker was called.
        FillTerms memory terms = _checkBounds(params, rules, input, request, opposite);
        // 5. settlement, which ends the fill unless the maker has a last word
        terms.isLast = callbackData.length == 0;
        Settlement memory settled = vault.settleFill(terms);
        // 6. the maker's last word
        _callBack(params.maker, settled.maker, input.price, callbackData);
        // 7. margin of both sides
        _checkMargin(settled.taker, params.taker, input.price, settled);
        // A trade that reduces the maker's exposure is never refused because of the maker's own health (T9).
        if (!settled.maker.sizeBefore.isReducedBy(-terms.base)) {
            _checkMargin(settled.maker, params.maker, input.price, settled);
        }
        _checkMinimum(settled.taker, params.taker, input.price, rules.minPositionValue);
        if (!terms.isLast) vault.closeFill();
        return (terms.base.unwrap(), terms.quote.unwrap());
    }

    /// @dev Everything that can be refused before a price is known. Authority is checked by the Vault, which keeps the
    /// operators, when the fill opens.
    function _admit(TradeParams calldata params) private view returns (MarketRules memory rules) {
        rules = _rules[params.marketId];
        _checkTrading(params.marketId, _strictest(rules));
        if (block.timestamp > params.deadline) revert DeadlinePassed(block.timestamp, params.deadline);
        if (params.amount == 0) revert ZeroAmount();
        if (params.taker == params.maker) revert TakerIsMaker(params.taker);
        uint256 makerMarketId = _makerRecords[params.maker].marketId;
        if (makerMarketId != params.marketId) revert UnknownMaker(params.maker, params.marketId, makerMarketId);
    }

    /// @dev A reduce-only order needs something to reduce, whatever it costs; and the amount of one that closes whatever
    /// there is becomes the taker's size. A reduction in base that would leave less than the minimum becomes a whole
    /// close, and its bound grows in proportion.
    function _resolveQuoteRequest(TradeParams calldata params, MarketRules memory rules, FillInput memory input)
        private
        view
        returns (QuoteRequest memory request)
    {
        request = QuoteRequest({amount: params.amount, bound: params.oppositeBound});
        int256 size = input.takerSize.unwrap();
        bool hasOpposite = params.isBaseToQuote ? size > 0 : size < 0;
        if (params.isReduceOnly && !hasOpposite) revert NothingToReduce(size, params.isBaseToQuote);
        if (!hasOpposite || params.isBaseToQuote != params.isExactInput) return request;

        uint256 held = input.takerSize.abs();
        if (params.isReduceOnly && params.amount == type(uint256).max) {
            request.amount = held;
        } else if (params.amount < held && rules.minPositionValue != 0) {
            uint256 left = BaseLib.toBase(held - params.amount).notionalCeil(input.price);
            if (left < rules.minPositionValue && !_isMaker(params.taker)) {
                request.amount = held;
                request.bound = _scaleBound(params, held);
            }
        }
    }

    /// @dev The taker's price bound for `amount` instead of `params.amount`: at least as good for the taker.
    function _scaleBound(TradeParams calldata params, uint256 amount) private pure returns (uint256) {
        if (params.isExactInput) return Math.mulDiv(params.oppositeBound, amount, params.amount, Math.Rounding.Ceil);
        // No bound stays none.
        if (params.oppositeBound > QuoteLib.MAX_QUOTE) return params.oppositeBound;
        return Math.mulDiv(params.oppositeBound, amount, params.amount);
    }

    /// @dev The taker's own bound on every trade; reduce-only where the order, the market or the maker's retirement asks
    /// for it; a sound price and the price band on increasing trades.
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
        terms = _terms(rules, params.isBaseToQuote, baseAmount, quoteAmount);
        (terms.marketId, terms.price) = (params.marketId, input.price);
        (terms.taker, terms.maker) = (params.taker, params.maker);

        if (_makerRecords[params.maker].isRetired && !input.makerSize.isReducedBy(-terms.base)) {
            revert MakerIsRetired(params.maker);
        }
        if (_reduces(input.takerSize, terms.base, params.isReduceOnly)) return terms;
        _checkIncrease(params.marketId, rules);
        _checkBand(baseAmount, quoteAmount, input.price.unwrap(), rules.priceBand);
    }

    /// @dev Amounts and fee of a fill; who fills whom, where and at what price the caller adds.
    function _terms(MarketRules memory rules, bool isBaseToQuote, uint256 baseAmount, uint256 quoteAmount)
        private
        pure
        returns (FillTerms memory terms)
    {
        Base base = BaseLib.toBase(baseAmount);
        Quote quote = QuoteLib.toQuote(quoteAmount);
        (terms.base, terms.quote) = isBaseToQuote ? (-base, quote) : (base, -quote);
        if (rules.tradingFee != 0) terms.tradingFee = Math.ceilDiv(quoteAmount * rules.tradingFee, PPM);
    }

    /// @dev Whether a fill reduces a position, which one that is reduce-only has to.
    function _reduces(Base size, Base fill, bool isReduceOnly) private pure returns (bool reduces) {
        reduces = size.isReducedBy(fill);
        if (isReduceOnly && !reduces) revert WouldIncrease(size.unwrap(), fill.unwrap());
    }

    /// @dev An open market and a sound price. The first increase after bad debt was covered forgets the debt, and the next
    /// ones do not ask for it.
    function _checkIncrease(uint256 marketId, MarketRules memory rules) private {
        MarketStatus status = _status(marketId, rules);
        if (status != MarketStatus.Active) revert MarketNotActive(marketId, status);
        if (rules.hadDebt) _rules[marketId].hadDebt = false;
        oracle.checkIncrease(marketId);
    }

    /// @dev |quote / base - price| <= band x price, multiplied out so that nothing rounds.
    function _checkBand(uint256 baseAmount, uint256 quoteAmount, uint256 price, uint256 band) private pure {
        uint256 paid = quoteAmount * WAD * PPM;
        uint256 fair = baseAmount * price;
        if (paid > fair * (PPM + band) || paid < fair * (PPM - band)) {
            revert PriceBandExceeded(quoteAmount * WAD / baseAmount, price, band);
        }
    }

    /// @dev The maker finishes and checks its own limits, if it asked for it.
    function _callBack(address maker, FillSide memory side, Price price, bytes memory callbackData) internal {
        if (callbackData.length == 0) return;
        IMaker(maker)
            .fillOrderCallback(
                bytes.concat(abi.encode(side.valueAfter, side.sizeAfter.notionalCeil(price)), callbackData)
            );
    }

    /// @dev What a taker's trade leaves is either nothing or worth a liquidator's while (T21). A reduction in base has
    /// been rounded up to a close already; one in quote is refused.
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
