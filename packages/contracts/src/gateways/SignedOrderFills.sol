// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {IClearingHouse, MatchParams, TradeParams} from "../interfaces/IClearingHouse.sol";
import {MatchFees} from "../interfaces/IVault.sol";
import {Announcement, Leg, SignedOrder} from "../types/SignedOrder.sol";
import {PriceLib, WAD} from "../types/Units.sol";
import {Brackets} from "./Brackets.sol";
import {OrderBonds} from "./OrderBonds.sol";

/// @title Fills of signed orders: amount, margin, relay fee, trade and record
/// @notice The fees of all fills of an order sum to its maximum at most. After a fill, the share of the maximum that
/// corresponds to the filled part is due, less earlier fees. So no relayer can take the whole fee for a small part, and
/// the last part pays as much as the first.
abstract contract SignedOrderFills is Brackets, OrderBonds {
    using SafeCast for uint256;

    /// @dev State of an order during a fill.
    struct OpenOrder {
        bytes32 orderHash;
        /// @dev Earlier fills under its id.
        Fills fills;
        /// @dev WAD base.
        uint256 remaining;
        /// @dev Fee of this fill, XCD.
        uint256 relayFeeXCD;
    }

    /// @dev Result of a fill for one account.
    struct FillResult {
        /// @dev Base that the account received (> 0) or paid (< 0), WAD.
        int256 base;
        /// @dev Quote that the account received (> 0) or paid (< 0), WAD.
        int256 quote;
        /// @dev Oracle price, WAD quote per base.
        uint256 price;
    }

    /// @dev Account that pays the relay fee of a fill, and accounts that share it.
    struct FeeParties {
        /// @dev The order's account, or this gateway for a fee in escrow.
        address payer;
        /// @dev Relayer, or keeper that executes the announcement.
        address executor;
        /// @dev Keeper that announced the order; zero: none.
        address announcer;
    }

    /// @dev Loads the state of an order. Reverts with OrderClosed when nothing remains of it, with IdIsAnnounced when it is
    /// not executed as announced but its id has a bond, and with NothingToReduce when it is reduce-only and there is no
    /// opposite position. A reduce-only order closes at most the position.
    function _loadOrder(SignedOrder calldata order, bytes32 orderHash, bool isAnnounced)
        internal
        view
        returns (OpenOrder memory open)
    {
        open.orderHash = orderHash;
        open.fills = _requireOpen(order.account, order.id, isAnnounced);
        if (!isAnnounced) _requireNoBond(order.account, order.id, open.fills);
        uint256 filled = open.fills.filled;
        // Fills of other orders with the same id count as well.
        if (filled != 0 && filled >= order.amount) revert OrderClosed(order.account, order.id);
        if (!order.isReduceOnly) {
            open.remaining = order.amount - filled;
            return open;
        }
        int256 size = vault.positionOf(order.marketId, order.account).size.unwrap();
        bool hasOpposite = order.isBaseToQuote ? size > 0 : size < 0;
        if (!hasOpposite) revert IClearingHouse.NothingToReduce(size, order.isBaseToQuote);
        open.remaining = SignedMath.abs(size);
        if (!order.isWholeClose()) open.remaining = Math.min(open.remaining, order.amount - filled);
    }

    function _requireMaker(SignedOrder calldata order, address maker) internal pure {
        if (order.maker != address(0) && order.maker != maker) revert WrongMaker(maker, order.maker);
    }

    /// @dev Returns the fee that the order can still pay when `amount` more is filled, XCD, rounded down.
    /// @param amount WAD base, at most the remaining amount
    function _relayFeeDue(SignedOrder calldata order, OpenOrder memory open, uint256 amount)
        internal
        pure
        returns (uint256)
    {
        uint256 due = order.maxRelayFeeXCD;
        if (amount < open.remaining) {
            uint256 filled = open.fills.filled;
            due = Math.mulDiv(due, filled + amount, filled + open.remaining);
        }
        return Math.saturatingSub(due, open.fills.relayFeeXCD);
    }

    /// @dev Checks and margin transfer before the trade. Only the first fill moves margin.
    function _beforeFill(SignedOrder calldata order, OpenOrder memory open, uint256 amount) internal {
        uint256 least = Math.min(order.minFill, open.remaining);
        if (amount < least || amount > open.remaining) revert FillOutOfRange(amount, least, open.remaining);
        if (open.relayFeeXCD != 0) {
            uint256 due = _relayFeeDue(order, open, amount);
            if (open.relayFeeXCD > due) revert RelayFeeTooHigh(open.relayFeeXCD, due);
        }
        if (open.fills.filled == 0 && order.marginXCD != 0) {
            vault.transferFundToMargin(order.marketId, order.account, order.marginXCD);
        }
    }

    /// @dev Records the fill after the trade. A reduction may have been rounded up to a full close, which fills more
    /// than the remaining amount.
    function _afterFill(
        SignedOrder calldata order,
        OpenOrder memory open,
        address counterparty,
        FillResult memory result
    ) internal {
        uint256 amount = SignedMath.abs(result.base);
        // A match may have been clamped to the position of the other account's reduce-only order.
        uint256 least = Math.min(order.minFill, open.remaining);
        if (amount < least && !order.isReduceOnly) revert FillOutOfRange(amount, least, open.remaining);
        if (amount < open.remaining) _recordFill(order.account, order.id, open.fills, amount, open.relayFeeXCD);
        else _closeFilled(order.account, order.id, open.fills);
        _emitFilled(open.orderHash, order.account, counterparty, result, open.relayFeeXCD);
        if (order.hasBracket()) _activateBracket(order, open.orderHash, amount);
    }

    /// @dev Fills an order against an LP vault: checks, relay fee, trade and record.
    /// @param amount WAD base; the largest uint256 means the whole remaining amount
    /// @param price oracle price, WAD quote per base
    function _fill(
        SignedOrder calldata order,
        OpenOrder memory open,
        address maker,
        uint256 amount,
        uint256 price,
        FeeParties memory parties
    ) internal returns (FillResult memory result) {
        _requireMaker(order, maker);
        if (!order.isTriggeredAt(price)) revert TriggerNotMet(price, order.triggerPrice);
        if (amount == type(uint256).max) amount = open.remaining;
        _beforeFill(order, open, amount);
        _payRelayFee(order.account, open.relayFeeXCD, parties);
        result = _trade(order, maker, order.isBaseToQuote, order.isReduceOnly, amount, _quoteBound(order, amount));
        result.price = price;
        _afterFill(order, open, maker, result);
    }

    /// @dev Fills a leg of a bracket against an LP vault, and so ends the bracket.
    /// @param price oracle price, WAD quote per base
    /// @return fee relay fee, XCD
    function _fillExit(
        SignedOrder calldata order,
        bytes32 orderHash,
        Announcement calldata announcement,
        uint256 price,
        FeeParties memory parties
    ) internal returns (uint256 fee) {
        (Leg leg, address maker) = (announcement.leg, announcement.maker);
        _requireMaker(order, maker);
        if (!order.isExitTriggeredAt(leg, price)) revert TriggerNotMet(price, order.exitPrice(leg));
        (uint256 amount, uint256 share) = _takeBracket(order, orderHash, leg);
        // The bracket grows with fills of its order since the announcement, and the escrow does not.
        fee = Math.min(announcement.relayFeeXCD, _exitFee(order, share));
        _payRelayFee(order.account, fee, parties);
        bool isSale = !order.isBaseToQuote;
        FillResult memory result = _trade(order, maker, isSale, true, amount, isSale ? 0 : type(uint256).max);
        result.price = price;
        _emitFilled(hashLeg(orderHash, leg), order.account, maker, result, fee);
    }

    /// @dev Returns the fee for a leg of a bracket, XCD, rounded down: the order's exit fee, or the share of a bracket
    /// that covers a part of the order. The brackets of all parts together pay the order's exit fee at most.
    /// @param share base that the bracket covers, WAD
    function _exitFee(SignedOrder calldata order, uint256 share) internal pure returns (uint256) {
        return share >= order.amount ? order.exitFeeXCD : Math.mulDiv(order.exitFeeXCD, share, order.amount);
    }

    /// @return result for the taker
    function _match(SignedOrder calldata taker, SignedOrder calldata maker, uint256 amount, MatchFees memory fees)
        internal
        returns (FillResult memory result)
    {
        uint256 base;
        uint256 quote;
        (result.price, base, quote) = clearingHouse.matchTrade(
            MatchParams({
                marketId: taker.marketId,
                taker: taker.account,
                maker: maker.account,
                isBaseToQuote: taker.isBaseToQuote,
                isTakerReduceOnly: taker.isReduceOnly,
                isMakerReduceOnly: maker.isReduceOnly,
                base: amount,
                quote: _quoteBound(maker, amount),
                fees: fees
            })
        );
        if (!taker.isTriggeredAt(result.price)) revert TriggerNotMet(result.price, taker.triggerPrice);
        if (!maker.isTriggeredAt(result.price)) revert TriggerNotMet(result.price, maker.triggerPrice);
        (result.base, result.quote) = (base.toInt256(), quote.toInt256());
        if (taker.isBaseToQuote) result.base = -result.base;
        else result.quote = -result.quote;
    }

    function _trade(
        SignedOrder calldata order,
        address maker,
        bool isBaseToQuote,
        bool isReduceOnly,
        uint256 amount,
        uint256 bound
    ) private returns (FillResult memory result) {
        (result.base, result.quote) = clearingHouse.trade(
            TradeParams({
                marketId: order.marketId,
                taker: order.account,
                maker: maker,
                isBaseToQuote: isBaseToQuote,
                isExactInput: isBaseToQuote,
                isReduceOnly: isReduceOnly,
                amount: amount,
                oppositeBound: bound,
                deadline: block.timestamp
            })
        );
    }

    /// @dev Pays a relay fee: one half to the keeper that announced the order, rounded down, and the rest to the one that
    /// executes it. So announcing pays when any keeper executes, and executing pays when any
    /// keeper announced. The executor receives all of it when the account itself announced.
    function _payRelayFee(address account, uint256 feeXCD, FeeParties memory parties) internal {
        address announcer = parties.announcer;
        bool isShared = announcer != address(0) && announcer != account && announcer != parties.executor;
        uint256 half = isShared ? feeXCD / 2 : 0;
        _transferFund(parties.payer, parties.executor, feeXCD - half);
        _transferFund(parties.payer, announcer, half);
    }

    function _transferFund(address from, address to, uint256 amountXCD) internal {
        if (amountXCD != 0) clearingHouse.payRelayFee(from, to, amountXCD);
    }

    function _emitFilled(
        bytes32 legHash,
        address account,
        address counterparty,
        FillResult memory result,
        uint256 relayFeeXCD
    ) private {
        emit OrderFilled(legHash, account, counterparty, result.base, result.quote, result.price, relayFeeXCD);
    }

    /// @dev Returns the quote limit of an order for an amount, WAD: the minimum to receive, rounded up, or the maximum
    /// to pay, rounded down. Above the largest price it is the largest uint256: a buy has no limit then, and a sale
    /// never meets it.
    function _quoteBound(SignedOrder calldata order, uint256 amount) private pure returns (uint256) {
        if (order.price > PriceLib.MAX_PRICE) return type(uint256).max;
        return Math.mulDiv(amount, order.price, WAD, order.isBaseToQuote ? Math.Rounding.Ceil : Math.Rounding.Floor);
    }
}
