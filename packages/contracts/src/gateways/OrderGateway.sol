// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IClearingHouse, TradeParams} from "../interfaces/IClearingHouse.sol";
import {IMaker} from "../interfaces/IMaker.sol";
import {BoundedCall} from "../libraries/BoundedCall.sol";
import {Reverts} from "../libraries/Reverts.sol";
import {
    MarketNotConfigured,
    NotEnoughGas,
    NotSelf,
    NotYetExecutable,
    OrderPastExpiry,
    ZeroAmount
} from "../types/Errors.sol";
import {Execution, DepositTerms, Order, OrderRequest, OrderStatus} from "../types/Order.sol";
import {KeeperGateway} from "./KeeperGateway.sol";
import {OrderDeposit} from "./OrderDeposit.sol";
import {PullPayments} from "./PullPayments.sol";

/// @title Delayed orders, executed at the first price after the delay
/// @notice A taker commits to an order before its price can be known. Neither the taker nor the keeper chooses the
/// price: it is the first one published at or after `executableAt` (T15). An open order cannot be cancelled before it
/// expires, because its price may be known before it is executed (T16). The gateway holds the keeper's fee in escrow
/// from creation.
/// @dev The taker must have made this gateway its operator in the Vault.
contract OrderGateway is Ownable2Step, KeeperGateway, PullPayments, OrderDeposit {
    using SafeCast for uint256;

    /// @dev One storage word per market.
    struct Rules {
        /// @dev Seconds from creation to `executableAt`: at least the chain's timestamp lag plus one price interval.
        uint32 delay;
        /// @dev Seconds after `executableAt` within which the price must be published.
        uint32 priceWindow;
        /// @dev Seconds after `executableAt` during which a keeper can execute the order.
        uint32 validity;
        /// @dev Minimum keeper fee of an order, wei.
        uint128 minKeeperFee;
    }

    /// @dev The keeper of a transaction, and the attached value that can still pay the price source.
    struct KeeperContext {
        address keeper;
        /// @dev True: the attached value pays the price source. False: the oracle's balance pays it.
        bool paysSource;
        /// @dev Wei.
        uint256 value;
    }

    event RulesSet(uint256 indexed marketId, Rules rules);
    event OrderCreated(uint256 indexed orderId, address indexed taker, Order order);
    /// @notice An order was executed. `base` and `quote` are changes of the taker's account; `price` is the execution
    /// price. WAD.
    event OrderExecuted(
        uint256 indexed orderId, address indexed taker, address keeper, int256 base, int256 quote, uint256 price
    );
    /// @notice An order failed for a reason that its keeper did not cause, and was deleted. `reason` is the encoded
    /// error.
    event OrderPurged(uint256 indexed orderId, address indexed taker, address keeper, bytes reason);
    /// @notice An order of a batch failed for another reason and stays open. `reason` is the encoded error, cut to
    /// {BoundedCall-MAX_ANSWER} bytes.
    event OrderSkipped(uint256 indexed orderId, address indexed taker, address keeper, bytes reason);
    /// @notice An expired order was deleted.
    event OrderExpired(uint256 indexed orderId, address indexed taker, address caller);
    /// @notice The order closed the position, and returning its margin to the taker's wallet failed. The margin stays
    /// in the market. `reason` is the encoded error.
    event MarginReturnFailed(uint256 indexed orderId, address indexed taker, bytes reason);

    error InvalidRules(Rules rules);
    error UnknownOrder(uint256 orderId, bytes32 commitment);
    error OrderNotExpired(uint256 timestamp, uint256 expiresAt);
    /// @notice The order must wait for an earlier order that is still open.
    error PreviousOrderAlive(uint256 orderId, uint256 previousOrderId);
    /// @notice An order at a fixed price cannot wait for an order against a spot-hedged maker, which its taker could
    /// delay, nor for one against an unregistered maker, which may be spot-hedged once it is registered.
    error MayNotWait(address maker, address previousMaker);
    /// @notice The price window of the earlier order ends before the order becomes executable. Seconds.
    error TooLateToWait(uint256 executableAt, uint256 previousLastPriceAt);
    /// @notice An order cannot wait for an order of another market, which the price of that market may delay.
    error OtherMarket(uint256 marketId, uint256 previousMarketId);

    /// @notice Minimum gas of a batch for each of its orders: {MIN_TRADE_GAS} and the steps before the trade. A batch
    /// with less reverts, so a gas estimate cannot settle on an amount at which orders are skipped for lack of gas.
    uint256 public constant MIN_ITEM_GAS = 1_500_000;
    /// @notice Maximum gas for returning margin. If the token needs more, the margin stays in the market.
    uint256 public constant RETURN_GAS = 400_000;

    uint256 public orderCount;
    /// @notice Hash of each open order; zero for every other id.
    mapping(uint256 orderId => bytes32 commitment) public commitmentOf;
    mapping(uint256 marketId => Rules rules) private _rules;

    constructor(IClearingHouse clearingHouse_, address owner_)
        Ownable(owner_)
        KeeperGateway(clearingHouse_)
        OrderDeposit(clearingHouse_.vault())
    {}

    // ---------------------------------------------------------------------------------------------------- owner ----

    /// @notice Sets the delay, the windows and the minimum keeper fee of a market. Existing orders keep their terms.
    function setRules(uint256 marketId, Rules calldata rules) external onlyOwner {
        if (rules.delay == 0 || rules.priceWindow == 0 || rules.validity < rules.priceWindow) {
            revert InvalidRules(rules);
        }
        _rules[marketId] = rules;
        emit RulesSet(marketId, rules);
    }

    // ---------------------------------------------------------------------------------------------------- taker ----

    /// @notice Creates an order of the caller. The attached value becomes the keeper's fee.
    /// @return orderId counted from 1
    function createOrder(OrderRequest calldata request) external payable returns (uint256 orderId) {
        return _create(request, 0, type(uint64).max);
    }

    /// @notice Creates an order that cannot be executed while an earlier order is open, for example a close that must
    /// not be executed before its open. The earlier order ends when it is executed, purged or deleted after its expiry.
    /// @dev The earlier order may have ended already. An order at a fixed price whose execution can be delayed is a
    /// free option (T16). So any keeper that has the price of the order must also have the price of the earlier order,
    /// and be able to end that one. Therefore, against a maker that prices from the oracle:
    /// - the earlier order is against such a maker too, because an account that moves the pool can delay an order
    ///   against a spot-hedged maker;
    /// - both orders are of one market;
    /// - the price window of the order ends no later than that of the earlier order, so whenever there is a price for
    ///   the order, there is one for the earlier order too.
    /// @param previousOrderId id of any order that was created before
    /// @param previous terms of the earlier order; ignored when it has ended
    function createOrderAfter(OrderRequest calldata request, uint256 previousOrderId, Order calldata previous)
        external
        payable
        returns (uint256 orderId)
    {
        bytes32 commitment = commitmentOf[previousOrderId];
        if (commitment == 0) {
            if (previousOrderId == 0 || previousOrderId > orderCount) revert UnknownOrder(previousOrderId, 0);
            return _create(request, 0, type(uint64).max);
        }
        bytes32 given = hashOrder(previous);
        if (commitment != given) revert UnknownOrder(previousOrderId, given);
        if (previous.request.marketId != request.marketId) {
            revert OtherMarket(request.marketId, previous.request.marketId);
        }
        // A spot-hedged maker takes its price from the pool at execution, so the order may wait for any order.
        if (_isSpotHedged(request.maker)) return _create(request, previousOrderId, type(uint64).max);
        address previousMaker = previous.request.maker;
        if (clearingHouse.marketOfMaker(previousMaker) == 0 || IMaker(previousMaker).isSpotHedged()) {
            revert MayNotWait(request.maker, previousMaker);
        }
        return _create(request, previousOrderId, previous.lastPriceAt);
    }

    /// @notice Creates an order and first deposits collateral from the caller's wallet into the margin of the market,
    /// with a permit if one is given. The caller's signature makes this gateway its operator.
    function createOrderWithDeposit(OrderRequest calldata request, DepositTerms calldata depositTerms)
        external
        payable
        returns (uint256 orderId)
    {
        _depositForOrder(request.marketId, depositTerms);
        return _create(request, 0, type(uint64).max);
    }

    // --------------------------------------------------------------------------------------------------- keeper ----

    /// @notice Executes an order at its unique price and pays the keeper fee to the caller. If the trade fails for a
    /// reason that ends the order (see {OrderFailures}), deletes the order and pays the fee too. Any other failure
    /// reverts, and the order stays open.
    /// @param updateData the first price update published at or after `executableAt`. Empty: the first price of the
    /// second source at or after `executableAt`, for reduce-only orders that wait for no other order
    /// @dev The attached value pays the price source, and the rest is returned with the keeper fee. Without attached
    /// value the oracle pays the source from its balance.
    /// @return executed false when the order was purged
    function executeOrder(uint256 orderId, Order calldata order, bytes[] calldata updateData)
        external
        payable
        returns (bool executed)
    {
        uint256 sourceFee;
        (executed, sourceFee) =
            _execute(orderId, order, updateData, KeeperContext(msg.sender, msg.value != 0, msg.value));
        _pay(msg.sender, uint256(order.keeperFee) + msg.value - sourceFee);
    }

    /// @notice Executes several orders. Each one is executed, purged or skipped independently: a call that reverts is
    /// undone alone, emits {OrderSkipped} and does not affect the other orders (T25).
    /// @param updates sets of price updates; orders that were created together share one
    /// @dev Reverts with less gas than {MIN_ITEM_GAS} for each order. Each order may use an equal share of the
    /// remaining gas, so an order that consumes its whole share takes no gas from later ones.
    /// @return executed number of orders that were executed
    function executeOrders(Execution[] calldata executions, bytes[][] calldata updates)
        external
        payable
        returns (uint256 executed)
    {
        uint256 count = executions.length;
        if (gasleft() < count * MIN_ITEM_GAS) revert NotEnoughGas(gasleft(), count * MIN_ITEM_GAS);
        KeeperContext memory context = KeeperContext(msg.sender, msg.value != 0, msg.value);
        uint256 earned = 0;
        for (uint256 i = 0; i < count; ++i) {
            Execution calldata item = executions[i];
            (bool hasEnded, bool wasExecuted, uint256 sourceFee) =
                _tryExecute(item, updates[item.updateIndex], context, gasleft() / (count - i));
            if (!hasEnded) continue;
            if (wasExecuted) ++executed;
            context.value -= sourceFee;
            earned += item.order.keeperFee;
        }
        _pay(msg.sender, earned + context.value);
    }

    /// @notice Executes one order of {executeOrders}. Only this contract can call it.
    /// @return executed false when the order was purged
    /// @return sourceFee spent from `context.value`, wei
    function executeOne(Execution calldata item, bytes[] calldata updateData, KeeperContext calldata context)
        external
        returns (bool executed, uint256 sourceFee)
    {
        if (msg.sender != address(this)) revert NotSelf(msg.sender);
        return _execute(item.orderId, item.order, updateData, context);
    }

    /// @notice Deletes an expired order and pays the keeper fee to the caller. Any account can call it, including the
    /// taker.
    function cancelOrder(uint256 orderId, Order calldata order) external {
        _consume(orderId, order);
        if (block.timestamp <= order.expiresAt) revert OrderNotExpired(block.timestamp, order.expiresAt);
        emit OrderExpired(orderId, order.taker, msg.sender);
        _pay(msg.sender, order.keeperFee);
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    function rulesOf(uint256 marketId) external view returns (Rules memory) {
        return _rules[marketId];
    }

    /// @notice Returns the hash of an order, as stored in {commitmentOf}.
    function hashOrder(Order memory order) public pure returns (bytes32) {
        return keccak256(abi.encode(order));
    }

    /// @notice Returns the status of an order. Unknown if the terms do not match the stored hash.
    function statusOf(uint256 orderId, Order calldata order) external view returns (OrderStatus) {
        bytes32 commitment = commitmentOf[orderId];
        if (commitment == 0 || commitment != hashOrder(order)) return OrderStatus.Unknown;
        if (block.timestamp > order.expiresAt) return OrderStatus.Expired;
        if (block.timestamp < order.executableAt) return OrderStatus.Delayed;
        return _mustWait(order) ? OrderStatus.Waiting : OrderStatus.Executable;
    }

    // --------------------------------------------------------------------------------------- internal: creation ----

    /// @dev Fixes all terms of the order. Later changes of the rules do not affect it.
    /// @param previousLastPriceAt latest end of the price window, seconds
    function _create(OrderRequest calldata request, uint256 previousOrderId, uint64 previousLastPriceAt)
        private
        returns (uint256 orderId)
    {
        Rules memory rules = _rules[request.marketId];
        if (rules.delay == 0) revert MarketNotConfigured(request.marketId);
        if (request.amount == 0) revert ZeroAmount();
        if (msg.value < rules.minKeeperFee) revert KeeperFeeTooLow(msg.value, rules.minKeeperFee);
        uint256 executableAt = block.timestamp + rules.delay;
        if (executableAt > previousLastPriceAt) revert TooLateToWait(executableAt, previousLastPriceAt);
        Order memory order = Order({
            taker: msg.sender,
            request: request,
            previousOrderId: previousOrderId,
            executableAt: executableAt.toUint64(),
            lastPriceAt: Math.min(executableAt + rules.priceWindow, previousLastPriceAt).toUint64(),
            expiresAt: (executableAt + rules.validity).toUint64(),
            keeperFee: msg.value.toUint128()
        });
        orderId = ++orderCount;
        commitmentOf[orderId] = hashOrder(order);
        emit OrderCreated(orderId, msg.sender, order);
    }

    // -------------------------------------------------------------------------------------- internal: execution ----

    /// @dev Executes or purges the order. Does not pay the keeper.
    function _execute(uint256 orderId, Order calldata order, bytes[] calldata updateData, KeeperContext memory context)
        private
        returns (bool executed, uint256 sourceFee)
    {
        _consume(orderId, order);
        if (block.timestamp < order.executableAt) revert NotYetExecutable(block.timestamp, order.executableAt);
        if (block.timestamp > order.expiresAt) revert OrderPastExpiry(block.timestamp, order.expiresAt);
        if (_mustWait(order)) revert PreviousOrderAlive(orderId, order.previousOrderId);

        uint256 marketId = order.request.marketId;
        bool mayFallBack = order.request.isReduceOnly && order.previousOrderId == 0;
        sourceFee = _sourceFee(marketId, updateData, order.executableAt, context.paysSource, context.value);
        uint256 price =
            _beginExecution(marketId, updateData, mayFallBack, order.executableAt, order.lastPriceAt, sourceFee);
        executed = _tryTrade(orderId, order, context.keeper, price);
        oracle.endExecution();
        // After the end of the execution, because only the trade may use the execution price (T26).
        if (executed && order.request.returnsMargin) _returnMargin(orderId, order);
    }

    /// @dev Executes an order in a separate call, so that a failure reverts that call only.
    function _tryExecute(
        Execution calldata item,
        bytes[] calldata updateData,
        KeeperContext memory context,
        uint256 gasLimit
    ) private returns (bool hasEnded, bool executed, uint256 sourceFee) {
        bytes memory answer;
        (hasEnded, answer) =
            BoundedCall.tryCall(address(this), gasLimit, abi.encodeCall(this.executeOne, (item, updateData, context)));
        if (hasEnded) (executed, sourceFee) = abi.decode(answer, (bool, uint256));
        else emit OrderSkipped(item.orderId, item.order.taker, context.keeper, answer);
    }

    function _consume(uint256 orderId, Order calldata order) private {
        bytes32 commitment = commitmentOf[orderId];
        bytes32 given = hashOrder(order);
        if (commitment == 0 || commitment != given) revert UnknownOrder(orderId, given);
        delete commitmentOf[orderId];
    }

    function _mustWait(Order calldata order) private view returns (bool) {
        return order.previousOrderId != 0 && commitmentOf[order.previousOrderId] != 0;
    }

    function _tryTrade(uint256 orderId, Order calldata order, address keeper, uint256 price) private returns (bool) {
        _requireTradeGas();
        (bool ok, bytes memory answer) = BoundedCall.tryCall(
            address(clearingHouse), gasleft(), abi.encodeCall(IClearingHouse.trade, (_trade(order)))
        );
        if (ok) {
            (int256 base, int256 quote) = abi.decode(answer, (int256, int256));
            emit OrderExecuted(orderId, order.taker, keeper, base, quote, price);
            return true;
        }
        OrderRequest calldata request = order.request;
        bool isExactBase = request.isBaseToQuote == request.isExactInput;
        if (!_endsOrder(answer, request.maker, isExactBase)) Reverts.bubble(answer);
        emit OrderPurged(orderId, order.taker, keeper, answer);
        return false;
    }

    function _trade(Order calldata order) private pure returns (TradeParams memory) {
        OrderRequest calldata request = order.request;
        return TradeParams({
            marketId: request.marketId,
            taker: order.taker,
            maker: request.maker,
            isBaseToQuote: request.isBaseToQuote,
            isExactInput: request.isExactInput,
            isReduceOnly: request.isReduceOnly,
            amount: request.amount,
            oppositeBound: request.oppositeBound,
            deadline: order.expiresAt
        });
    }

    /// @dev Reverts with NotEnoughGas when the keeper supplied too little gas, because the failure would be the
    /// keeper's. After any other failure the margin stays in the market and the trade remains executed.
    function _returnMargin(uint256 orderId, Order calldata order) private {
        // A call receives at most 63/64 of the remaining gas.
        uint256 minGas = RETURN_GAS + RETURN_GAS / 32 + 5000;
        if (gasleft() < minGas) revert NotEnoughGas(gasleft(), minGas);
        (bool ok, bytes memory answer) = BoundedCall.tryCall(
            address(vault), RETURN_GAS, abi.encodeCall(vault.returnMargin, (order.request.marketId, order.taker))
        );
        if (!ok) emit MarginReturnFailed(orderId, order.taker, answer);
    }
}
