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
/// @notice A taker commits to an order before its price can be known, and nobody, keeper or taker, chooses the price:
/// it is the first one published at or after `executableAt` (T15). The order cannot be taken back while it is alive,
/// because its price may be known before it is executed (T16). The keeper's fee lies in escrow from the start.
/// @dev The taker must have made this gateway its operator in the Vault.
contract OrderGateway is Ownable2Step, KeeperGateway, PullPayments, OrderDeposit {
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

    /// @dev Who executes, and what of the attached value is left for the price source.
    struct KeeperContext {
        address keeper;
        /// @dev Value was attached, and pays; otherwise the oracle's own balance does.
        bool paysSource;
        /// @dev wei
        uint256 value;
    }

    event RulesSet(uint256 indexed marketId, Rules rules);
    event OrderCreated(uint256 indexed orderId, address indexed taker, Order order);
    /// @notice WAD, from the taker's side; `price` is the execution price.
    event OrderExecuted(
        uint256 indexed orderId, address indexed taker, address keeper, int256 base, int256 quote, uint256 price
    );
    /// @notice The order failed for a reason that is not its keeper's; `reason` is the encoded error.
    event OrderPurged(uint256 indexed orderId, address indexed taker, address keeper, bytes reason);
    /// @notice One of a batch failed for another reason and stands as before; `reason` is the encoded error, or its
    /// beginning.
    event OrderSkipped(uint256 indexed orderId, address indexed taker, address keeper, bytes reason);
    /// @notice The order had expired.
    event OrderExpired(uint256 indexed orderId, address indexed taker, address caller);
    /// @notice The margin that was to go to the wallet with the close stays in the market; `reason` is the encoded error.
    event MarginReturnFailed(uint256 indexed orderId, address indexed taker, bytes reason);

    error InvalidRules(Rules rules);
    error UnknownOrder(uint256 orderId, bytes32 commitment);
    error OrderNotExpired(uint256 timestamp, uint256 expiresAt);
    /// @notice The order waits for another one.
    error PreviousOrderAlive(uint256 orderId, uint256 previousOrderId);
    /// @notice An order at a fixed price must not wait for one against a spot-hedged maker, which its taker could hold up, or
    /// against one that is not registered and may be spot-hedged when it is.
    error MayNotWait(address maker, address previousMaker);
    /// @notice Nor may it wait for one whose price has to be published before its own can be. Seconds.
    error TooLateToWait(uint256 executableAt, uint256 previousLastPriceAt);
    /// @notice Nor may any wait for an order of another market, which that market's price may hold up.
    error OtherMarket(uint256 marketId, uint256 previousMarketId);

    /// @notice Gas that a batch must have for each order in it: {MIN_TRADE_GAS} and what comes before the trade. Less
    /// refuses the batch, so that no estimate of its gas finds an amount at which orders are left for want of it.
    uint256 public constant MIN_ITEM_GAS = 1_500_000;
    /// @notice The most that returning margin may spend. Tokens that take more keep the margin in the market.
    uint256 public constant RETURN_GAS = 400_000;

    uint256 public orderCount;
    /// @notice Hash of each order that is alive, else zero.
    mapping(uint256 orderId => bytes32 commitment) public commitmentOf;
    mapping(uint256 marketId => Rules rules) private _rules;

    constructor(IClearingHouse clearingHouse_, address owner_)
        Ownable(owner_)
        KeeperGateway(clearingHouse_)
        OrderDeposit(clearingHouse_.vault())
    {}

    // ---------------------------------------------------------------------------------------------------- owner ----

    /// @notice Sets delay, windows and the least keeper fee of a market. Orders that exist keep theirs.
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
        return _create(request, 0, type(uint64).max);
    }

    /// @notice {createOrder}, but the order waits for an earlier one to come to its end, whichever that is: a close
    /// that must not be executed before its open.
    /// @dev The earlier order may have ended already. An order at a fixed price that could be made to wait would be a free
    /// option (T16): whoever has its price must have the earlier one's too, and be able to make an end of that. So against a
    /// maker that prices from the oracle it waits for an order against such a maker only, because one against a spot-hedged
    /// maker can be held up by whoever moves the pool; both are of one market; and its price window ends with the earlier
    /// one's, so that a price in it is one for both.
    /// @param previousOrderId any order that has been created
    /// @param previous its terms; not looked at when it has ended
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
        // What swaps has its price from the pool at that moment, and may wait for any.
        if (_isSpotHedged(request.maker)) return _create(request, previousOrderId, type(uint64).max);
        address previousMaker = previous.request.maker;
        if (clearingHouse.marketOfMaker(previousMaker) == 0 || IMaker(previousMaker).isSpotHedged()) {
            revert MayNotWait(request.maker, previousMaker);
        }
        return _create(request, previousOrderId, previous.lastPriceAt);
    }

    /// @notice {createOrder} with all that a first order needs: collateral of the caller's wallet goes into its margin, by
    /// permit if there is one, and the caller's signature makes this gateway its operator.
    function createOrderWithDeposit(OrderRequest calldata request, DepositTerms calldata depositTerms)
        external
        payable
        returns (uint256 orderId)
    {
        _depositForOrder(request.marketId, depositTerms);
        return _create(request, 0, type(uint64).max);
    }

    // --------------------------------------------------------------------------------------------------- keeper ----

    /// @notice Executes an order at its unique price and pays the caller the fee in escrow, also when the order fails
    /// for a reason that ends it, see {OrderFailures}. Any other failure reverts and leaves the order as it was.
    /// @param updateData the first price update published at or after `executableAt`; none: the second source's first price
    /// after `lastPriceAt`, for an order that is reduce-only and was not created to wait
    /// @dev The source's fee is paid out of the attached value, the rest of which goes back with the keeper's fee; with
    /// no value attached the oracle pays it out of its own balance.
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

    /// @notice {executeOrder} for many. Each order is executed, purged or left on its own: what reverts there is undone
    /// there, reported as {OrderSkipped}, and costs the others nothing (T25).
    /// @param updates sets of price updates; orders that were created together share one
    /// @dev Reverts with less gas than {MIN_ITEM_GAS} an order. Each order may spend an equal share of what is left, so that one
    /// that burns its share takes nothing from those after it.
    /// @return executed how many were executed
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
                _tryOne(item, updates[item.updateIndex], context, gasleft() / (count - i));
            if (!hasEnded) continue;
            if (wasExecuted) ++executed;
            context.value -= sourceFee;
            earned += item.order.keeperFee;
        }
        _pay(msg.sender, earned + context.value);
    }

    /// @notice One of {executeOrders}, which alone may call it.
    /// @return executed false when the order was purged
    /// @return sourceFee wei spent of `work.value`
    function executeOne(Execution calldata item, bytes[] calldata updateData, KeeperContext calldata context)
        external
        returns (bool executed, uint256 sourceFee)
    {
        if (msg.sender != address(this)) revert NotSelf(msg.sender);
        return _execute(item.orderId, item.order, updateData, context);
    }

    /// @notice Clears an expired order and pays the caller the fee in escrow. Open to anybody, the taker included.
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

    /// @notice What {commitmentOf} keeps for an order.
    function hashOrder(Order memory order) public pure returns (bytes32) {
        return keccak256(abi.encode(order));
    }

    /// @notice How an order stands, if it is the one that was committed to.
    function statusOf(uint256 orderId, Order calldata order) external view returns (OrderStatus) {
        bytes32 commitment = commitmentOf[orderId];
        // Hashes, which are the same or are not.
        // slither-disable-next-line incorrect-equality
        if (commitment == 0 || commitment != hashOrder(order)) return OrderStatus.Unknown;
        if (block.timestamp > order.expiresAt) return OrderStatus.Expired;
        if (block.timestamp < order.executableAt) return OrderStatus.Delayed;
        return _mustWait(order) ? OrderStatus.Waiting : OrderStatus.Executable;
    }

    // ------------------------------------------------------------------------------------------ internal: creation ----

    /// @dev All terms are fixed here: rules that change later change nothing for orders that exist.
    /// @param previousLastPriceAt seconds; the price window ends here at the latest
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

    // ----------------------------------------------------------------------------------------- internal: execution ----

    /// @dev Everything but paying the keeper.
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
        sourceFee = _sourceFee(marketId, updateData, context.paysSource, context.value);
        uint256 price =
            _beginExecution(marketId, updateData, mayFallBack, order.executableAt, order.lastPriceAt, sourceFee);
        executed = _tryTrade(orderId, order, context.keeper, price);
        oracle.endExecution();
        // Without the execution price, which nothing but the trade may use (T26).
        if (executed && order.request.returnsMargin) _returnMargin(orderId, order);
    }

    /// @dev In a call of its own, which a failure undoes.
    function _tryOne(
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
        // Hashes, which are the same or are not.
        // slither-disable-next-line incorrect-equality
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

    /// @dev A keeper that brings too little gas to tell reverts all of it; any other failure keeps the margin where it is
    /// and the trade as it went.
    function _returnMargin(uint256 orderId, Order calldata order) private {
        // A call gets 63/64 of what is left.
        uint256 minGas = RETURN_GAS + RETURN_GAS / 32 + 5000;
        if (gasleft() < minGas) revert NotEnoughGas(gasleft(), minGas);
        (bool ok, bytes memory answer) = BoundedCall.tryCall(
            address(vault), RETURN_GAS, abi.encodeCall(vault.returnMargin, (order.request.marketId, order.taker))
        );
        if (!ok) emit MarginReturnFailed(orderId, order.taker, answer);
    }
}
