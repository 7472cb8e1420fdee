// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IClearingHouse, MarketParams, TradeParams} from "./interfaces/IClearingHouse.sol";
import {FillInput, IMaker} from "./interfaces/IMaker.sol";
import {IPriceOracle} from "./interfaces/IPriceOracle.sol";
import {FillSide, IVault, Settlement} from "./interfaces/IVault.sol";
import {MarginMath} from "./libraries/MarginMath.sol";
import {MarketRules, MarketStatus} from "./types/Market.sol";
import {Base, BaseLib, PPM, Price, Quote, QuoteLib, WAD} from "./types/Units.sol";

/// @title Admission of trades, in the order of steps of DESIGN section 5
/// @notice Decides which trades happen; the Vault keeps the books and makers make the prices.
contract ClearingHouse is IClearingHouse, Ownable2Step {
    /// @inheritdoc IClearingHouse
    IVault public immutable vault;
    /// @inheritdoc IClearingHouse
    IPriceOracle public immutable oracle;

    /// @inheritdoc IClearingHouse
    uint256 public marketCount;
    mapping(uint256 marketId => MarketRules rules) private _rules;
    /// @inheritdoc IClearingHouse
    mapping(address maker => uint256 marketId) public marketOfMaker;

    constructor(IVault vault_, IPriceOracle oracle_, address owner_) Ownable(owner_) {
        if (address(vault_) == address(0) || address(oracle_) == address(0)) revert ZeroAddress();
        if (vault_.clearingHouse() != address(this) || vault_.oracle() != oracle_) {
            revert VaultMismatch(vault_.clearingHouse(), address(vault_.oracle()));
        }
        vault = vault_;
        oracle = oracle_;
    }

    // ---------------------------------------------------------------------------------------------------- owner ----

    /// @inheritdoc IClearingHouse
    function createMarket(MarketParams calldata params) external onlyOwner returns (uint256 marketId) {
        // A trade inside the band must not be able to cost more than the margin it has to leave (T5, T35).
        if (params.priceBand == 0 || params.priceBand >= params.initialMarginRatio) {
            revert InvalidPriceBand(params.priceBand, params.initialMarginRatio);
        }
        marketId = ++marketCount;
        _rules[marketId] = MarketRules({status: MarketStatus.Active, priceBand: params.priceBand});
        emit MarketCreated(marketId, params);
        vault.createMarket(marketId, params.initialMarginRatio, params.maintenanceMarginRatio, params.feeIndexDecimals);
    }

    /// @inheritdoc IClearingHouse
    function registerMaker(address maker) external onlyOwner {
        uint256 marketId = IMaker(maker).marketId();
        if (marketId == 0 || marketId > marketCount) revert InvalidMarketId(marketId, marketCount + 1);
        if (marketOfMaker[maker] != 0) revert MakerExists(maker, marketOfMaker[maker]);
        Base size = vault.positionOf(marketId, maker).size;
        if (!size.isZero()) revert MakerNotFlat(maker, size.unwrap());
        marketOfMaker[maker] = marketId;
        emit MakerRegistered(marketId, maker);
    }

    /// @inheritdoc IClearingHouse
    function setMarketStatus(uint256 marketId, MarketStatus status) external onlyOwner {
        if (marketId == 0 || marketId > marketCount) revert InvalidMarketId(marketId, marketCount + 1);
        if (status == MarketStatus.None) revert MarketNotActive(marketId, status);
        _rules[marketId].status = status;
        emit MarketStatusSet(marketId, status);
    }

    // ---------------------------------------------------------------------------------------------------- trade ----

    /// @inheritdoc IClearingHouse
    function trade(TradeParams calldata params) external returns (int256 base, int256 quote) {
        return _trade(params, msg.sender);
    }

    /// @inheritdoc IClearingHouse
    function quoteTrade(TradeParams calldata params, address sender) external {
        (int256 base, int256 quote) = _trade(params, sender);
        revert TradeQuoted(base, quote);
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @inheritdoc IClearingHouse
    function rulesOf(uint256 marketId) external view returns (MarketRules memory) {
        return _rules[marketId];
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    function _trade(TradeParams calldata params, address sender) private returns (int256, int256) {
        // 1. admission
        MarketRules memory rules = _admit(params);
        // 2. one oracle price for the whole trade
        FillInput memory input;
        (input.price, input.confidence) = oracle.getPrice(params.marketId);
        input.sender = sender;
        (input.takerSize, input.makerSize, input.makerOpenNotional, input.makerMargin) =
            vault.openFill(params.marketId, params.taker, params.maker, sender);
        // 3. the maker's side
        uint256 amount = _resolveAmount(params, input.takerSize);
        (uint256 opposite, bytes memory callbackData) =
            IMaker(params.maker).fillOrder(params.isBaseToQuote, params.isExactInput, amount, abi.encode(input));
        // 4. bounds
        (Base base, Quote quote) = _checkBounds(params, rules, input, amount, opposite);
        // 5. settlement
        Settlement memory settled =
            vault.settleFill(params.marketId, params.taker, params.maker, base, quote, input.price);
        // 6. the maker's last word
        if (callbackData.length != 0) {
            IMaker(params.maker)
                .fillOrderCallback(
                    bytes.concat(
                        abi.encode(settled.maker.valueAfter, settled.maker.sizeAfter.notionalCeil(input.price)),
                        callbackData
                    )
                );
        }
        // 7. margin of both sides
        _checkMargin(settled.taker, params.taker, input.price, settled);
        // A trade that reduces the maker's exposure is never refused because of the maker's own health (T9).
        if (!settled.maker.sizeBefore.isReducedBy(-base)) {
            _checkMargin(settled.maker, params.maker, input.price, settled);
        }
        vault.closeFill();
        return (base.unwrap(), quote.unwrap());
    }

    /// @dev Everything that can be refused before a price is known. Authority is checked by the Vault, which keeps the
    /// operators, when the fill opens.
    function _admit(TradeParams calldata params) private view returns (MarketRules memory rules) {
        rules = _rules[params.marketId];
        if (rules.status != MarketStatus.Active && rules.status != MarketStatus.ReduceOnly) {
            revert MarketNotActive(params.marketId, rules.status);
        }
        if (block.timestamp > params.deadline) revert DeadlinePassed(block.timestamp, params.deadline);
        if (params.amount == 0) revert ZeroAmount();
        if (params.taker == params.maker) revert TakerIsMaker(params.taker);
        uint256 makerMarketId = marketOfMaker[params.maker];
        if (makerMarketId != params.marketId) revert UnknownMaker(params.maker, params.marketId, makerMarketId);
    }

    /// @dev A reduce-only order needs something to reduce, whatever it costs; and the amount of one that closes whatever
    /// there is becomes the taker's size.
    function _resolveAmount(TradeParams calldata params, Base takerSize) private pure returns (uint256) {
        if (!params.isReduceOnly) return params.amount;
        bool hasOpposite = params.isBaseToQuote ? takerSize.unwrap() > 0 : takerSize.unwrap() < 0;
        if (!hasOpposite) revert NothingToReduce(takerSize.unwrap(), params.isBaseToQuote);
        bool isWholePosition = params.amount == type(uint256).max && params.isBaseToQuote == params.isExactInput;
        return isWholePosition ? takerSize.abs() : params.amount;
    }

    /// @dev The taker's own bound on every trade; reduce-only where the order or the market asks for it; the
    /// price band on increasing trades.
    function _checkBounds(
        TradeParams calldata params,
        MarketRules memory rules,
        FillInput memory input,
        uint256 amount,
        uint256 opposite
    ) private pure returns (Base base, Quote quote) {
        if (params.isExactInput ? opposite < params.oppositeBound : opposite > params.oppositeBound) {
            revert SlippageExceeded(opposite, params.oppositeBound);
        }
        (uint256 baseAmount, uint256 quoteAmount) =
            params.isBaseToQuote == params.isExactInput ? (amount, opposite) : (opposite, amount);
        if (baseAmount == 0) revert ZeroAmount();
        base = BaseLib.toBase(baseAmount);
        quote = QuoteLib.toQuote(quoteAmount);
        if (params.isBaseToQuote) base = -base;
        else quote = -quote;

        if (input.takerSize.isReducedBy(base)) return (base, quote);
        if (params.isReduceOnly) revert WouldIncrease(input.takerSize.unwrap(), base.unwrap());
        if (rules.status != MarketStatus.Active) revert MarketNotActive(params.marketId, rules.status);
        _checkBand(baseAmount, quoteAmount, input.price.unwrap(), rules.priceBand);
    }

    /// @dev |quote / base - price| <= band x price, multiplied out so that nothing rounds.
    function _checkBand(uint256 baseAmount, uint256 quoteAmount, uint256 price, uint256 band) private pure {
        uint256 paid = quoteAmount * WAD * PPM;
        uint256 fair = baseAmount * price;
        if (paid > fair * (PPM + band) || paid < fair * (PPM - band)) {
            revert PriceBandExceeded(quoteAmount * WAD / baseAmount, price, band);
        }
    }

    function _checkMargin(FillSide memory side, address account, Price price, Settlement memory settled) private pure {
        MarginMath.check(side, account, price, settled.initialMarginRatio, settled.maintenanceMarginRatio);
    }
}
