// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IClearingHouse, LiquidationParams} from "../interfaces/IClearingHouse.sol";
import {FillInput, IMaker} from "../interfaces/IMaker.sol";
import {AccountState, FillTerms, IVault, Settlement} from "../interfaces/IVault.sol";
import {ForcedBase} from "../libraries/ForcedBase.sol";
import {LiquidationMath} from "../libraries/LiquidationMath.sol";
import {MarginMath} from "../libraries/MarginMath.sol";
import {Cast} from "../types/Cast.sol";
import {ZeroAmount} from "../types/Errors.sol";
import {MarketRules, MarketStatus} from "../types/Market.sol";
import {Base, BaseLib, Price, Quote, QuoteLib, WAD, ZERO_BASE, ZERO_QUOTE} from "../types/Units.sol";
import {Trading} from "./Trading.sol";

/// @title Liquidation of accounts below maintenance (docs/specification.md, section 12)
/// @notice Rung 1 liquidates. Rung 2 pays the shortfall of a closed account from insurance. A shortfall beyond
/// insurance stays open to deleveraging for the market's window (rung 3, {Deleveraging}); after it, liquidation records
/// bad debt (rung 4). Makers are liquidated like other accounts.
abstract contract Liquidation is Trading {
    using LiquidationMath for AccountState;
    using ForcedBase for ForcedBase.Record;

    /// @dev State of one liquidation.
    struct LiquidationContext {
        Price price;
        /// @dev Publish time of the price, seconds.
        uint256 publishTime;
        /// @dev Size to close, WAD base, unsigned.
        uint256 amount;
        /// @dev The account's side of the close at the oracle price, signed.
        Base base;
        Quote quote;
        /// @dev Quote that the account loses against the oracle price by the maker's price. Negative when the maker's
        /// price is better.
        Quote cost;
        LiquidationMath.Penalty penalty;
    }

    mapping(uint256 marketId => mapping(address account => ForcedBase.Record record)) private _liquidated;

    // ---------------------------------------------------------------------------------------------- liquidation ----

    /// @inheritdoc IClearingHouse
    function liquidate(LiquidationParams calldata params) external returns (uint256 base, uint256 reward) {
        MarketRules memory rules = _rulesNow(params.marketId);
        _checkTrading(params.marketId, _strictest(rules));
        _checkGrace(params.marketId, rules.resumedAt);
        _checkLiquidator(params);
        LiquidationContext memory context;
        (context.price, context.publishTime) = oracle.getLiquidationPrice(params.marketId);
        // The Vault holds the system lock from here until {IVault-releaseFill}.
        AccountState memory account = vault.openForced(params.marketId, params.account, params.maker, context.price);
        _checkClock(account, context.publishTime);
        _determineClose(params, rules, account, context);
        _checkDeleveraged(params, account);

        Settlement memory settled =
            params.maker == address(0) ? _takeOver(params, context) : _closeAgainstMaker(params, context);
        _settlePenalty(params, context, settled);
        _checkCounterparty(params, context, settled);
        _liquidated[params.marketId][params.account].addIfOpen(context.amount);
        bool isShort = settled.taker.sizeAfter.isZero() && settled.taker.valueAfter.isNegative();
        if (isShort && !_paysOwnDebt(params.account, account.isMaker)) {
            _coverShortfall(params.marketId, params.account);
        }
        vault.releaseFill();

        reward = (QuoteLib.toQuote(context.penalty.reward) - context.cost).positivePart();
        emit Liquidated(params.marketId, params.account, params.liquidator, params.maker, context.amount, reward);
        if (account.isMaker) {
            _callForcedHook(vault, params.marketId, params.account, context.base, context.quote, context.price);
        }
        return (context.amount, reward);
    }

    /// @inheritdoc IClearingHouse
    function recordLiquidations(uint256 marketId, address account) external {
        _liquidated[marketId][account].open();
    }

    /// @inheritdoc IClearingHouse
    function liquidatedSince(uint256 marketId, address account, uint256 time) external view returns (uint256 base) {
        return _liquidated[marketId][account].takenSince(time);
    }

    /// @dev Determines size and penalty of the close at one price, before any state changes.
    function _determineClose(
        LiquidationParams calldata params,
        MarketRules memory rules,
        AccountState memory account,
        LiquidationContext memory context
    ) private view {
        uint256 requirement = account.requirementCeil(context.price);
        if (!MarginMath.isBelow(account.value, requirement)) {
            revert NotLiquidatable(params.account, account.value.unwrap(), requirement);
        }
        if (params.amount == 0) revert ZeroAmount();
        context.amount =
            account.toClose(context.price, params.amount, account.closableUp(requirement), rules.minPositionValue);
        context.base = BaseLib.toBase(context.amount);
        if (account.size.unwrap() > 0) context.base = -context.base;
        context.quote = account.quoteAtOracle(context.price, context.amount);
        uint256 bounty = _backstopRules[params.marketId].liquidationBounty;
        context.penalty = account.penaltyDown(rules, bounty, context.price, context.amount);
    }

    function _takeOver(LiquidationParams calldata params, LiquidationContext memory context)
        private
        returns (Settlement memory)
    {
        bool liquidatorBuys = context.base.unwrap() < 0;
        bool isWorse =
            liquidatorBuys ? context.price.unwrap() > params.priceBound : context.price.unwrap() < params.priceBound;
        if (params.priceBound != 0 && isWorse) revert PriceBoundExceeded(context.price.unwrap(), params.priceBound);
        return _settle(
            vault,
            params.marketId,
            params.account,
            params.liquidator,
            context.base,
            context.quote,
            context.price,
            context.publishTime
        );
    }

    /// @dev The account trades with the maker at the maker's price. {_settlePenalty} charges the difference to the
    /// oracle price to the liquidator. The maker receives a taker size of zero, so that it bounds its hedge as for an
    /// increase (H2).
    function _closeAgainstMaker(LiquidationParams calldata params, LiquidationContext memory context)
        private
        returns (Settlement memory settled)
    {
        _checkFresh(params, context.publishTime);
        FillInput memory input;
        input.price = context.price;
        input.takerSize = ZERO_BASE;
        (input.taker, input.sender) = (params.account, address(this));
        AccountState memory maker = vault.accountState(params.marketId, params.maker, context.price);
        (input.makerSize, input.makerOpenNotional, input.makerMargin) = (maker.size, maker.openNotional, maker.margin);

        bool sells = context.base.unwrap() < 0;
        (uint256 opposite, bytes memory callbackData) =
            IMaker(params.maker).fillOrder(sells, sells, context.amount, abi.encode(input));
        Quote quote = QuoteLib.toQuote(opposite);
        if (!sells) quote = -quote;
        context.cost = context.quote - quote;
        if (_makerRecords[params.maker].isRetired && !maker.size.isReducedBy(-context.base)) {
            revert MakerIsRetired(params.maker);
        }
        settled = _settle(
            vault,
            params.marketId,
            params.account,
            params.maker,
            context.base,
            quote,
            context.price,
            context.publishTime
        );
        _callBack(params.maker, settled.maker, context.price, callbackData);
    }

    /// @dev A maker that prices from the oracle would trade at any price of the last `maxLiquidationAge` that the
    /// liquidator stores or leaves stored (T42).
    function _checkFresh(LiquidationParams calldata params, uint256 publishTime) private view {
        if (IMaker(params.maker).isSpotHedged()) return;
        uint256 oldest = block.timestamp - oracle.freshAgeOf(params.marketId);
        if (publishTime < oldest) revert LiquidationPriceTooOld(publishTime, oldest);
    }

    function _settlePenalty(
        LiquidationParams calldata params,
        LiquidationContext memory context,
        Settlement memory settled
    ) private {
        Quote penalty = QuoteLib.toQuote(context.penalty.penalty);
        Quote reward = QuoteLib.toQuote(context.penalty.reward) - context.cost;
        if (reward.isNegative() || reward.positivePart() < params.minReward) {
            revert RewardTooLow(reward.unwrap(), params.minReward);
        }
        // The account ends as if closed at the oracle price less the penalty, at any maker price.
        Quote toAccount = context.cost - penalty;
        if (reward.unwrap() != 0 || toAccount.unwrap() != 0) {
            vault.settlePenalty(params.marketId, params.account, params.liquidator, toAccount, reward);
        }
        settled.taker.valueAfter = settled.taker.valueAfter + toAccount;
        if (params.maker == address(0)) settled.maker.valueAfter = settled.maker.valueAfter + reward;
    }

    /// @dev Checks L6 of the counterparty: the liquidator with its reward, or a maker whose exposure increased.
    function _checkCounterparty(
        LiquidationParams calldata params,
        LiquidationContext memory context,
        Settlement memory settled
    ) private pure {
        bool isMaker = params.maker != address(0);
        if (isMaker && settled.maker.sizeBefore.isReducedBy(-context.base)) return;
        _checkMargin(settled.maker, isMaker ? params.maker : params.liquidator, context.price, settled);
    }

    /// @dev Rung 3 precedes rung 4: a shortfall beyond insurance must have been open to deleveraging for the market's
    /// window. A partial close is not admitted earlier either. It would leave the shortfall to a smaller position, at
    /// whose bankruptcy price no account may be in profit. A flat account cannot be deleveraged. A maker that pays its own
    /// debt is not deleveraged either.
    function _checkDeleveraged(LiquidationParams calldata params, AccountState memory account) private view {
        int256 left = account.value.unwrap() + (account.insurance > 0 ? account.insurance : int256(0));
        if (left >= 0 || account.size.isZero() || _paysOwnDebt(params.account, account.isMaker)) return;
        uint256 allowedAt = backstop.debtAllowedAt(params.marketId, params.account);
        if (block.timestamp < allowedAt) {
            revert DeleverageFirst(params.account, account.insurance + account.value.unwrap(), allowedAt);
        }
    }

    /// @inheritdoc IClearingHouse
    function coverShortfall(uint256 marketId, address account) external {
        if (msg.sender != address(backstop)) revert NotBackstop(msg.sender, address(backstop));
        _coverShortfall(marketId, account);
    }

    /// @dev Rungs 2 and 4.
    function _coverShortfall(uint256 marketId, address account) private {
        int256 insurance = vault.coverShortfall(marketId, account);
        if (insurance >= 0) return;
        emit BadDebtRecorded(marketId, account, Cast.toUint(-insurance));
        _rules[marketId].hadDebt = true;
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    function _checkLiquidator(LiquidationParams calldata params) private view {
        if (params.liquidator == params.account) revert LiquidatorIsAccount(params.account);
        if (params.liquidator != msg.sender && !vault.isOperator(params.liquidator, msg.sender)) {
            revert IVault.NotAuthorized(params.liquidator, msg.sender);
        }
        if (_isMaker(params.liquidator)) revert TakerIsMaker(params.liquidator);
        if (params.maker == address(0)) return;
        if (params.maker == params.account) revert TakerIsMaker(params.account);
        uint256 makerMarketId = _makerRecords[params.maker].marketId;
        if (makerMarketId != params.marketId) revert UnknownMaker(params.maker, params.marketId, makerMarketId);
    }
}
