// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IClearingHouse, TradeParams} from "../interfaces/IClearingHouse.sol";
import {IKeeperWork} from "../interfaces/IKeeperWork.sol";
import {IMaker} from "../interfaces/IMaker.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IVault} from "../interfaces/IVault.sol";
import {MarginMath} from "../libraries/MarginMath.sol";
import {Reverts} from "../libraries/Reverts.sol";
import {Order, OrderRequest} from "../types/Order.sol";

/// @title Delayed orders, executed at the first price after the delay
/// @notice A taker commits to an order before its price can be known, and nobody, keeper or taker, chooses the price:
/// it is the first one published at or after `executableAt` (T15). The order cannot be taken back while it is alive,
/// because its price may be known before it is executed (T16). The keeper's fee lies in escrow from the start.
/// @dev The taker must have made this gateway its operator in the Vault.
contract OrderGateway is Ownable2Step, IKeeperWork {
    using SafeCast for uint256;

    /// @dev One storage word per market.
    struct Rules {
        /// @dev Seconds from creation to `executableAt`: at least the chain's timestamp lag plus one price interval.
        uint32 delay;
        /// @dev Seconds after `executableAt` within which the price must have been published.
        uint32 priceWindow;
        /// @dev Seconds after `executableAt` for which an order can be executed.
        uint32 validity;
        /// @dev Wei that an order must carry for its keeper.
        uint128 minKeeperFee;
    }

    event RulesSet(uint256 indexed marketId, Rules rules);
    event OrderCreated(uint256 indexed orderId, address indexed taker, Order order);
    /// @notice WAD, from the taker's side; `price` is the execution price.
    event OrderExecuted(
        uint256 indexed orderId, address indexed taker, address keeper, int256 base, int256 quote, uint256 price
    );
    /// @notice The order failed for a reason that the taker or an oracle maker causes; `reason` is the encoded error.
    event OrderPurged(uint256 indexed orderId, address indexed taker, address keeper, bytes reason);
    /// @notice The order had expired.
    event OrderCleared(uint256 indexed orderId, address indexed taker, address clearedBy);

    error ZeroAmount();
    error MarketNotConfigured(uint256 marketId);
    error InvalidRules(Rules rules);
    error UnknownOrder(uint256 orderId, bytes32 commitment);
    error NotYetExecutable(uint256 timestamp, uint256 executableAt);
    error OrderExpired(uint256 timestamp, uint256 expiresAt);
    error OrderNotExpired(uint256 timestamp, uint256 expiresAt);

    /// @notice Gas that must be left when the trade starts: above what any trade takes, so that running out of it is
    /// never taken for a failure of the order (T28).
    uint256 public constant MIN_TRADE_GAS = 1_000_000;

    IClearingHouse public immutable clearingHouse;
    IPriceOracle public immutable oracle;

    uint256 public orderCount;
    /// @notice Hash of each order that is alive, else zero.
    mapping(uint256 orderId => bytes32 commitment) public commitmentOf;
    mapping(uint256 marketId => Rules rules) private _rules;

    constructor(IClearingHouse clearingHouse_, address owner_) Ownable(owner_) {
        clearingHouse = clearingHouse_;
        oracle = clearingHouse_.oracle();
    }

    // ---------------------------------------------------------------------------------------------------- owner ----

    /// @notice Sets delay, windows and the least keeper fee of a market. Orders that exist keep their times; the price
    /// window is the one in force when they execute.
    function setRules(uint256 marketId, Rules calldata rules) external onlyOwner {
        if (rules.delay == 0 || rules.priceWindow == 0 || rules.validity < rules.priceWindow) {
            revert InvalidRules(rules);
        }
        _rules[marketId] = rules;
        emit RulesSet(marketId, rules);
    }

    // ---------------------------------------------------------------------------------------------------- taker ----

    /// @notice Creates an order for the caller; the value attached becomes the keeper's fee.
    /// @return orderId counts from 1
    function createOrder(OrderRequest calldata request) external payable returns (uint256 orderId) {
        Rules memory rules = _rules[request.marketId];
        if (rules.delay == 0) revert MarketNotConfigured(request.marketId);
        if (request.amount == 0) revert ZeroAmount();
        if (msg.value < rules.minKeeperFee) revert KeeperFeeTooLow(msg.value, rules.minKeeperFee);
        uint256 executableAt = block.timestamp + rules.delay;
        Order memory order = Order({
            taker: msg.sender,
            request: request,
            executableAt: executableAt.toUint64(),
            expiresAt: (executableAt + rules.validity).toUint64(),
            keeperFee: msg.value.toUint128()
        });
        orderId = ++orderCount;
        commitmentOf[orderId] = hashOrder(order);
        emit OrderCreated(orderId, msg.sender, order);
    }

    // --------------------------------------------------------------------------------------------------- keeper ----

    /// @notice Executes an order at its unique price and pays the caller the fee in escrow, also when the order fails
    /// for a reason of the taker's. Any other failure reverts and leaves the order as it was.
    /// @param updateData the first price update published at or after `executableAt`
    /// @dev The source's fee is paid out of the attached value, the rest of which goes back with the keeper's fee; with
    /// no value attached the oracle pays it out of its own balance.
    /// @return executed false when the order was purged
    function executeOrder(uint256 orderId, Order calldata order, bytes[] calldata updateData)
        external
        payable
        returns (bool executed)
    {
        _consume(orderId, order);
        if (block.timestamp < order.executableAt) revert NotYetExecutable(block.timestamp, order.executableAt);
        if (block.timestamp > order.expiresAt) revert OrderExpired(block.timestamp, order.expiresAt);

        uint256 sourceFee = msg.value == 0 ? 0 : oracle.executionFee(order.request.marketId, updateData);
        if (msg.value < sourceFee) revert SourceFeeTooLow(msg.value, sourceFee);
        uint256 price = _beginExecution(order, updateData, sourceFee);
        executed = _tryTrade(orderId, order, price);
        oracle.endExecution();
        Address.sendValue(payable(msg.sender), uint256(order.keeperFee) + msg.value - sourceFee);
    }

    /// @notice Clears an expired order and pays the caller the fee in escrow. Open to anybody, the taker included.
    function cancelOrder(uint256 orderId, Order calldata order) external {
        _consume(orderId, order);
        if (block.timestamp <= order.expiresAt) revert OrderNotExpired(block.timestamp, order.expiresAt);
        emit OrderCleared(orderId, order.taker, msg.sender);
        Address.sendValue(payable(msg.sender), order.keeperFee);
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    function rulesOf(uint256 marketId) external view returns (Rules memory) {
        return _rules[marketId];
    }

    /// @notice What {commitmentOf} keeps for an order.
    function hashOrder(Order memory order) public pure returns (bytes32) {
        return keccak256(abi.encode(order));
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    function _consume(uint256 orderId, Order calldata order) private {
        bytes32 commitment = commitmentOf[orderId];
        bytes32 given = hashOrder(order);
        if (commitment == 0 || commitment != given) revert UnknownOrder(orderId, given);
        delete commitmentOf[orderId];
    }

    function _beginExecution(Order calldata order, bytes[] calldata updateData, uint256 sourceFee)
        private
        returns (uint256)
    {
        uint256 marketId = order.request.marketId;
        return oracle.beginExecution{value: sourceFee}(
                marketId, updateData, order.executableAt, uint256(order.executableAt) + _rules[marketId].priceWindow)
            .unwrap();
    }

    function _tryTrade(uint256 orderId, Order calldata order, uint256 price) private returns (bool) {
        if (gasleft() < MIN_TRADE_GAS) revert NotEnoughGas(gasleft(), MIN_TRADE_GAS);
        OrderRequest calldata request = order.request;
        try clearingHouse.trade(
            TradeParams({
                marketId: request.marketId,
                taker: order.taker,
                maker: request.maker,
                isBaseToQuote: request.isBaseToQuote,
                isExactInput: request.isExactInput,
                isReduceOnly: request.isReduceOnly,
                amount: request.amount,
                oppositeBound: request.oppositeBound,
                deadline: order.expiresAt
            })
        ) returns (
            int256 base, int256 quote
        ) {
            emit OrderExecuted(orderId, order.taker, msg.sender, base, quote, price);
            return true;
        } catch (bytes memory reason) {
            if (!_isTakersFailure(request.maker, reason)) Reverts.bubble(reason);
            emit OrderPurged(orderId, order.taker, msg.sender, reason);
            return false;
        }
    }

    /// @dev Which failures purge an order. Authority and having nothing to reduce are always the taker's affair. Bounds,
    /// margin and
    /// capacity are so against a maker that prices from the oracle; against one that swaps on a spot market a keeper
    /// could cause them by moving the pool (T28), so there they leave the order. Whatever is not listed leaves it too:
    /// running out of gas, bad price data, a pause, a failed swap.
    function _isTakersFailure(address maker, bytes memory reason) private view returns (bool) {
        if (reason.length < 4) return false;
        // The first four bytes are what is wanted.
        // forge-lint: disable-next-line(unsafe-typecast)
        bytes4 selector = bytes4(reason);
        if (
            selector == IVault.NotAuthorized.selector || selector == IClearingHouse.NothingToReduce.selector
                || selector == IClearingHouse.UnknownMaker.selector || selector == IClearingHouse.TakerIsMaker.selector
        ) return true;
        bool dependsOnPrice = selector == IClearingHouse.SlippageExceeded.selector
            || selector == IClearingHouse.WouldIncrease.selector
            || selector == IClearingHouse.PriceBandExceeded.selector
            || selector == MarginMath.InsufficientInitialMargin.selector
            || selector == MarginMath.InsufficientMaintenanceMargin.selector
            || selector == IMaker.MakerCapacityExceeded.selector
            || selector == IMaker.MakerQuoteCapacityExceeded.selector || selector == IMaker.BelowMinMarginRatio.selector;
        return dependsOnPrice && !IMaker(maker).isSpotHedged();
    }
}
