// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {IClearingHouse, TradeParams} from "../interfaces/IClearingHouse.sol";
import {IMaker} from "../interfaces/IMaker.sol";
import {IOrderTimes} from "../interfaces/IOrderTimes.sol";
import {BoundedCall} from "../libraries/BoundedCall.sol";
import {RequestVaults} from "../libraries/RequestVaults.sol";
import {Reverts} from "../libraries/Reverts.sol";
import {Cast} from "../types/Cast.sol";
import {
    LifetimeTooLong,
    MarketNotConfigured,
    NotEnoughGas,
    NotSelf,
    NotYetExecutable,
    OrderPastExpiry,
    ZeroAmount
} from "../types/Errors.sol";
import {MAX_LIFETIME} from "../types/Feed.sol";
import {Execution, DepositTerms, FailureCause, Order, OrderRequest, OrderStatus} from "../types/Order.sol";
import {Base} from "../types/Units.sol";
import {OrderBonds} from "./OrderBonds.sol";
import {OrderFailures} from "./OrderFailures.sol";
import {OrderDeposit} from "./OrderDeposit.sol";
import {PullPayments} from "./PullPayments.sol";

/// @title Delayed orders, executed at the first price after the delay
/// @notice A taker commits to an order before its price can be known. Neither the taker nor the keeper chooses the
/// price: it is the first one published at or after `executableAt` (T15). An open order cannot be cancelled before it
/// expires, because its price may be known before it is executed (T16). The gateway holds the keeper's fee in escrow
/// from creation.
/// @dev The taker must have made this gateway its operator in the Vault.
contract OrderGateway is Ownable2Step, OrderBonds, PullPayments, OrderDeposit, IOrderTimes {
    using SafeCast for uint256;

    /// @dev One storage word per market.
    struct Rules {
        /// @dev Seconds from creation to `executableAt`: at least the chain's timestamp lag plus one price interval. Counts
        /// from {IPriceOracle-commitmentTime} with `checksClock`, else from the block's time.
        uint24 delay;
        /// @dev Seconds after `executableAt` within which the price must be published.
        uint24 priceWindow;
        /// @dev Seconds after `executableAt` during which a keeper can execute the order.
        uint24 validity;
        /// @dev Bond of an order at the oracle's price, ppm of the notional. {BondMath-ratioCeil} derives it from the
        /// market's volatility and the validity.
        uint24 bondRatio;
        /// @dev Whether creation reads the price source, so that an order never begins before a price that exists (T38).
        /// Off only where the protocol binds block times to real time, as on Ethereum.
        bool checksClock;
        /// @dev Gas of an execution, for the minimum keeper fee.
        uint24 keeperGas;
        /// @dev Factor on the base fee in the minimum keeper fee, percent.
        uint16 baseFeeFactor;
        /// @dev Floor of the minimum keeper fee, wei, not zero.
        uint64 minKeeperFee;
        /// @dev Announced change of the market's feed, seconds; zero for none. {setRules} and {noteFeedChange} read it from
        /// the oracle. {setRules} ignores the value that the owner passes.
        uint40 feedChangesAt;
    }

    /// @dev An earlier order for which a new one waits, and its bounds for the times of the new one. {_none} without one.
    struct Previous {
        /// @dev Zero: none.
        uint256 orderId;
        /// @dev The new order is executable no earlier, seconds. Zero: no bound.
        uint64 executableAt;
        /// @dev Latest end of the price window of the new order, seconds. The largest uint64: no bound.
        uint64 lastPriceAt;
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
    /// @notice Seconds; zero when no change is announced.
    event FeedChangeNoted(uint256 indexed marketId, uint256 changesAt);
    event OrderCreated(uint256 indexed orderId, address indexed taker, Order order);
    /// @notice An order was executed. `base` and `quote` are changes of the taker's account; `price` is the execution
    /// price. WAD. They are less than the order's amount when the maker lacked capacity for the rest, which has ended.
    event OrderExecuted(
        uint256 indexed orderId, address indexed taker, address keeper, int256 base, int256 quote, uint256 price
    );
    /// @notice An order failed for a reason that its keeper did not cause, and was deleted. `reason` is the encoded
    /// error.
    event OrderPurged(uint256 indexed orderId, address indexed taker, address keeper, bytes reason);
    /// @notice An order of a batch failed for another reason and stays open. `reason` is the encoded error, cut to
    /// {BoundedCall-MAX_ANSWER} bytes.
    event OrderSkipped(uint256 indexed orderId, address indexed taker, address keeper, bytes reason);
    /// @notice The taker made its order fail, or a part of a reduce-only order, and the bond of it was paid to the maker. XCD.
    event OrderBondPaid(uint256 indexed orderId, address indexed taker, address maker, uint256 bondXCD);
    /// @notice The maker lacked margin for the order. Its keeper fee was credited to the taker. Wei.
    event KeeperFeeReturned(uint256 indexed orderId, address indexed taker, uint256 amount);
    /// @notice An expired order was deleted.
    event OrderExpired(uint256 indexed orderId, address indexed taker, address caller);
    /// @notice The order closed the position, and returning its margin to the taker's wallet failed. The margin stays
    /// in the market. `reason` is the encoded error.
    event MarginReturnFailed(uint256 indexed orderId, address indexed taker, bytes reason);

    error InvalidRules(Rules rules);
    error UnknownOrder(uint256 orderId, bytes32 commitment);
    /// @notice The taker has an open order with the same terms and times: from the same second, or from another one whose
    /// delay counts from the same publish time. Any other amount or fee makes another order.
    error OrderExists(uint256 orderId);
    /// @notice The order is pool-priced, and its maker prices from the oracle.
    error BondMissing(address maker);
    /// @notice The order could still be open when the price feed of its market is replaced: the account that executes it
    /// would choose between two prices (T39). Seconds.
    error FeedChangesMeanwhile(uint256 changesAt, uint256 expiresAt);
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

    /// @notice Of the keeper fee of an expired order, the part for the account that deletes the order, percent, rounded
    /// down. The rest returns to the taker: keepers earn the whole fee only by executing.
    uint256 public constant EXPIRY_SHARE = 50;

    /// @notice The id of an order is its hash. Returns the hash for an open order and zero for every other id.
    mapping(uint256 orderId => bytes32 commitment) public commitmentOf;
    mapping(uint256 marketId => Rules rules) private _rules;

    constructor(IClearingHouse clearingHouse_, address owner_)
        Ownable(owner_)
        OrderBonds(clearingHouse_)
        OrderDeposit(clearingHouse_.vault())
    {}

    // ---------------------------------------------------------------------------------------------------- owner ----

    /// @notice Sets the delay, the windows, the bond and the minimum keeper fee of a market. Existing orders keep their
    /// terms. Reverts with InvalidRules, BondRatioOutOfRange and KeeperFeeRuleOutOfRange, with LifetimeTooLong when delay and
    /// validity together exceed {MAX_LIFETIME}, and with the errors of {IOrderTimesFollower-noteOrderTimes} where requests of
    /// LPs would wait for less time than orders (T59).
    function setRules(uint256 marketId, Rules calldata rules) external onlyOwner {
        if (rules.delay == 0 || rules.priceWindow == 0 || rules.validity < rules.priceWindow) {
            revert InvalidRules(rules);
        }
        uint256 lifetime = uint256(rules.delay) + rules.validity;
        if (lifetime > MAX_LIFETIME) revert LifetimeTooLong(lifetime, MAX_LIFETIME);
        _checkBondRatio(rules.bondRatio, rules.validity);
        _checkKeeperFeeRules(rules.keeperGas, rules.baseFeeFactor, rules.minKeeperFee);
        _rules[marketId] = rules;
        emit RulesSet(marketId, rules);
        noteFeedChange(marketId);
        RequestVaults.noteOrderTimes(clearingHouse, marketId);
    }

    // ---------------------------------------------------------------------------------------------- any account ----

    /// @notice Reads the announced change of a market's feed, so that no order is created whose life spans it (T39). Any
    /// account can call it in the days between announcement and change. Markets that check the clock need no call:
    /// there, every creation reads the change.
    function noteFeedChange(uint256 marketId) public {
        uint40 changesAt = oracle.nextFeedChangeAt(marketId).toUint40();
        _rules[marketId].feedChangesAt = changesAt;
        emit FeedChangeNoted(marketId, changesAt);
    }

    // ---------------------------------------------------------------------------------------------------- taker ----

    /// @notice Creates an order of the caller. The attached value becomes the keeper's fee. Unless the order is
    /// pool-priced, it binds a bond out of the caller's escrow, fund or free margin (T44). Reverts with MarketNotConfigured,
    /// ZeroAmount, `KeeperFeeTooLow`, FeedChangesMeanwhile and OrderExists, as {IVault-bindBond}, and with `SequencerDown`.
    /// @return orderId {hashOrder} of the order
    function createOrder(OrderRequest calldata request) external payable returns (uint256 orderId) {
        return _create(request, _none());
    }

    /// @notice Creates an order that cannot be executed while an earlier order is open, for example a close that must
    /// not be executed before its open. The earlier order ends when it is executed, purged or deleted after its expiry.
    /// @dev The earlier order may have ended already. An order at a fixed price whose execution can be delayed is a
    /// free option (T16). So any keeper that has the price of the order must also have the price of the earlier order,
    /// and be able to end that one. Therefore, against a maker that prices from the oracle:
    /// - the earlier order is against such a maker too, because an account that moves the pool can delay an order
    ///   against a spot-hedged maker;
    /// - both orders are of one market;
    /// - the price window of the order begins no earlier and ends no later than that of the earlier order, so whenever
    ///   there is a price for the order, there is one for the earlier order too.
    /// @param previousOrderId id of an order that was created before
    /// @param previous terms of the earlier order
    function createOrderAfter(OrderRequest calldata request, uint256 previousOrderId, Order calldata previous)
        external
        payable
        returns (uint256 orderId)
    {
        bytes32 given = hashOrder(previous);
        if (uint256(given) != previousOrderId) revert UnknownOrder(previousOrderId, given);
        if (commitmentOf[previousOrderId] == 0) return _create(request, _none());
        if (previous.request.marketId != request.marketId) {
            revert OtherMarket(request.marketId, previous.request.marketId);
        }
        // A spot-hedged maker takes its price from the pool at execution, so the order may wait for any order.
        if (_isSpotHedged(request.maker)) return _create(request, Previous(previousOrderId, 0, type(uint64).max));
        address previousMaker = previous.request.maker;
        if (clearingHouse.marketOfMaker(previousMaker) == 0 || IMaker(previousMaker).isSpotHedged()) {
            revert MayNotWait(request.maker, previousMaker);
        }
        return _create(request, Previous(previousOrderId, previous.executableAt, previous.lastPriceAt));
    }

    /// @notice Creates an order and deposits collateral from the caller's wallet for its bond and into the margin of the
    /// market, with a permit if one is given. The caller's signature makes this gateway its operator.
    function createOrderWithDeposit(OrderRequest calldata request, DepositTerms calldata depositTerms)
        external
        payable
        returns (uint256 orderId)
    {
        uint256 receivedXCD = _depositForOrder(request.marketId, depositTerms);
        orderId = _create(request, _none());
        _depositToMargin(request.marketId, receivedXCD);
    }

    // --------------------------------------------------------------------------------------------------- keeper ----

    /// @notice Executes an order at its unique price and pays the keeper fee to the caller. If the trade fails for a
    /// reason that ends the order (see {OrderFailures}), deletes the order and pays the fee too, except for a lack of
    /// the maker's margin (T60): then the fee is credited to the taker. Any other failure reverts, and the order stays
    /// open. An order beyond the capacity of a maker that prices from the oracle fills up to it, and its rest ends.
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
        uint256 earned;
        (executed, sourceFee, earned) =
            _execute(orderId, order, updateData, KeeperContext(msg.sender, msg.value != 0, msg.value));
        _pay(msg.sender, earned + msg.value - sourceFee);
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
        uint256 total = 0;
        if (gasleft() < count * MIN_ITEM_GAS) revert NotEnoughGas(gasleft(), count * MIN_ITEM_GAS);
        KeeperContext memory context = KeeperContext(msg.sender, msg.value != 0, msg.value);
        for (uint256 i = 0; i < count; ++i) {
            Execution calldata item = executions[i];
            (bool hasEnded, bool wasExecuted, uint256 sourceFee, uint256 earned) =
                _tryExecute(item, updates[item.updateIndex], context, gasleft() / (count - i));
            if (!hasEnded) continue;
            if (wasExecuted) ++executed;
            context.value -= sourceFee;
            total += earned;
        }
        _pay(msg.sender, total + context.value);
    }

    /// @notice Executes one order of {executeOrders}. Only this contract can call it.
    /// @return executed false when the order was purged
    /// @return sourceFee spent from `context.value`, wei
    /// @return earned keeper fee of the order that the keeper receives, wei
    function executeOne(Execution calldata item, bytes[] calldata updateData, KeeperContext calldata context)
        external
        returns (bool executed, uint256 sourceFee, uint256 earned)
    {
        if (msg.sender != address(this)) revert NotSelf(msg.sender);
        return _execute(item.orderId, item.order, updateData, context);
    }

    /// @notice Deletes an expired order and frees its bond. Pays {EXPIRY_SHARE} of the keeper fee to the caller and credits
    /// the rest to the taker; a taker that calls receives the whole fee. Any account can call it. Reverts with
    /// OrderNotExpired and UnknownOrder.
    function cancelOrder(uint256 orderId, Order calldata order) external {
        _consume(orderId, order);
        if (block.timestamp <= order.expiresAt) revert OrderNotExpired(block.timestamp, order.expiresAt);
        emit OrderExpired(orderId, order.taker, msg.sender);
        _endBond(order.request.marketId, order.taker, order.request.maker, order.bondXCD, FailureCause.None);
        uint256 earned = order.keeperFee;
        if (msg.sender != order.taker) {
            earned = earned * EXPIRY_SHARE / 100;
            _credit(order.taker, order.keeperFee - earned);
        }
        _pay(msg.sender, earned);
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    function rulesOf(uint256 marketId) external view returns (Rules memory) {
        return _rules[marketId];
    }

    /// @inheritdoc IOrderTimes
    function orderTimesOf(uint256 marketId) external view returns (uint256 delay, uint256 validity) {
        return (_rules[marketId].delay, _rules[marketId].validity);
    }

    /// @notice Returns the minimum keeper fee of an order that is created in this block, wei.
    function minKeeperFeeOf(uint256 marketId) external view returns (uint256) {
        Rules memory rules = _rules[marketId];
        return _minKeeperFee(rules.keeperGas, rules.baseFeeFactor, rules.minKeeperFee);
    }

    /// @notice Returns the hash of an order, which is its id.
    function hashOrder(Order memory order) public pure returns (bytes32) {
        return keccak256(abi.encode(order));
    }

    /// @notice Returns the status of an order. Unknown if the terms do not match the stored hash.
    function statusOf(uint256 orderId, Order calldata order) external view returns (OrderStatus) {
        if (commitmentOf[orderId] == 0 || uint256(hashOrder(order)) != orderId) return OrderStatus.Unknown;
        if (block.timestamp > order.expiresAt) return OrderStatus.Expired;
        if (block.timestamp < order.executableAt) return OrderStatus.Delayed;
        return _mustWait(order) ? OrderStatus.Waiting : OrderStatus.Executable;
    }

    // --------------------------------------------------------------------------------------- internal: creation ----

    /// @dev Fixes all terms of the order. Later changes of the rules do not affect it.
    function _create(OrderRequest calldata request, Previous memory previous) private returns (uint256 orderId) {
        Rules memory rules = _rules[request.marketId];
        if (rules.delay == 0) revert MarketNotConfigured(request.marketId);
        if (request.amount == 0) revert ZeroAmount();
        _requireKeeperFee(_minKeeperFee(rules.keeperGas, rules.baseFeeFactor, rules.minKeeperFee));
        uint256 start = rules.checksClock ? oracle.commitmentTime(request.marketId) : block.timestamp;
        // Never before the earlier order, even after the owner has shortened the delay (T16).
        uint256 executableAt = Math.max(start + rules.delay, previous.executableAt);
        if (executableAt > previous.lastPriceAt) revert TooLateToWait(executableAt, previous.lastPriceAt);
        Order memory order = Order({
            taker: msg.sender,
            request: request,
            previousOrderId: previous.orderId,
            executableAt: executableAt.toUint64(),
            lastPriceAt: Math.min(executableAt + rules.priceWindow, previous.lastPriceAt).toUint64(),
            expiresAt: (executableAt + rules.validity).toUint64(),
            keeperFee: msg.value.toUint128(),
            bondXCD: 0
        });
        // A noted change that has taken effect no longer counts.
        uint256 changesAt = rules.checksClock
            ? oracle.nextFeedChangeAt(request.marketId)
            : rules.feedChangesAt > block.timestamp ? rules.feedChangesAt : 0;
        if (changesAt != 0 && changesAt <= order.expiresAt) revert FeedChangesMeanwhile(changesAt, order.expiresAt);
        if (!request.isPoolPriced) _bind(order, rules.bondRatio);
        bytes32 commitment = hashOrder(order);
        orderId = uint256(commitment);
        if (commitmentOf[orderId] != 0) revert OrderExists(orderId);
        commitmentOf[orderId] = commitment;
        emit OrderCreated(orderId, msg.sender, order);
    }

    /// @dev Binds the order's bond. The amount of a whole close becomes the size of the position, so that the bond covers
    /// what the order can trade. Reverts with `NothingToReduce` when there is no opposite position. A larger reduce-only
    /// amount becomes the size too, with the bound in proportion, unless the order waits for another one.
    function _bind(Order memory order, uint256 ratio) private {
        OrderRequest memory request = order.request;
        bool isExactBase = request.isBaseToQuote == request.isExactInput;
        bool isWhole = request.amount == type(uint256).max;
        if (request.isReduceOnly && isExactBase && (isWhole || order.previousOrderId == 0)) {
            Base size = vault.positionOf(request.marketId, order.taker).size;
            bool hasOpposite = request.isBaseToQuote ? size.unwrap() > 0 : size.unwrap() < 0;
            if (isWhole && !hasOpposite) {
                revert IClearingHouse.NothingToReduce(size.unwrap(), request.isBaseToQuote);
            }
            if (hasOpposite && size.abs() < request.amount) {
                if (!isWhole) {
                    request.oppositeBound =
                        _scale(request.oppositeBound, size.abs(), request.amount, request.isExactInput);
                }
                request.amount = size.abs();
            }
        }
        order.bondXCD = _bindBond(request.marketId, order.taker, isExactBase, request.amount, ratio).toUint128();
        // For {_forcedSince}.
        if (request.isReduceOnly && isExactBase) clearingHouse.recordLiquidations(request.marketId, order.taker);
    }

    function _none() private pure returns (Previous memory) {
        return Previous(0, 0, type(uint64).max);
    }

    // -------------------------------------------------------------------------------------- internal: execution ----

    /// @dev Executes or purges the order. Does not pay the keeper.
    function _execute(uint256 orderId, Order calldata order, bytes[] calldata updateData, KeeperContext memory context)
        private
        returns (bool executed, uint256 sourceFee, uint256 earned)
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
        FailureCause cause;
        uint256 lostXCD;
        (executed, cause, lostXCD) = _tryTrade(orderId, order, context.keeper, price);
        oracle.endExecution();
        earned = _settleOrder(orderId, order, cause, lostXCD);
        // After the end of the execution, because only the trade may use the execution price (T26).
        if (executed && order.request.returnsMargin) _returnMargin(orderId, order);
    }

    /// @dev Executes an order in a separate call, so that a failure reverts that call only.
    function _tryExecute(
        Execution calldata item,
        bytes[] calldata updateData,
        KeeperContext memory context,
        uint256 gasLimit
    ) private returns (bool hasEnded, bool executed, uint256 sourceFee, uint256 earned) {
        bytes memory answer;
        (hasEnded, answer) =
            BoundedCall.tryCall(address(this), gasLimit, abi.encodeCall(this.executeOne, (item, updateData, context)));
        if (hasEnded) (executed, sourceFee, earned) = abi.decode(answer, (bool, uint256, uint256));
        else emit OrderSkipped(item.orderId, item.order.taker, context.keeper, answer);
    }

    function _consume(uint256 orderId, Order calldata order) private {
        bytes32 given = hashOrder(order);
        if (uint256(given) != orderId || commitmentOf[orderId] == 0) revert UnknownOrder(orderId, given);
        delete commitmentOf[orderId];
    }

    function _mustWait(Order calldata order) private view returns (bool) {
        return order.previousOrderId != 0 && commitmentOf[order.previousOrderId] != 0;
    }

    /// @return executed false when the order was purged
    /// @return cause of the purge
    /// @return lostXCD bond of the order, or of a part of it, that has failed by its taker, XCD
    function _tryTrade(uint256 orderId, Order calldata order, address keeper, uint256 price)
        private
        returns (bool executed, FailureCause cause, uint256 lostXCD)
    {
        _requireTradeGas();
        OrderRequest calldata request = order.request;
        bytes memory answer;
        if (request.isPoolPriced && !_isSpotHedged(request.maker)) {
            (answer, cause) = (abi.encodeWithSelector(BondMissing.selector, request.maker), FailureCause.Market);
        } else {
            TradeParams memory params = _trade(order);
            (executed, answer) = _callTrade(params);
            uint256 requested;
            if (!executed) (executed, answer, requested) = _tradeUpToCapacity(params, answer);
            if (executed) {
                (int256 base, int256 quote) = abi.decode(answer, (int256, int256));
                emit OrderExecuted(orderId, order.taker, keeper, base, quote, price);
                return (true, FailureCause.None, _lostBond(order, Math.max(SignedMath.abs(base), requested)));
            }
            cause = _causeOf(answer, request.maker, request.isBaseToQuote == request.isExactInput);
            if (cause == FailureCause.None) Reverts.bubble(answer);
            if (cause == FailureCause.Taker) {
                bool foundNothing = Cast.toSelector(answer) == IClearingHouse.NothingToReduce.selector;
                lostXCD = foundNothing ? _lostBond(order, 0) : order.bondXCD;
            }
        }
        emit OrderPurged(orderId, order.taker, keeper, answer);
    }

    /// @dev Bond of the part of a reduce-only order that found no position, because its taker has reduced the position since.
    /// Otherwise a taker that knows the price would leave the smallest position to its order (T44). Of an exact amount of
    /// quote, nothing or all is lost.
    /// @param base base that the order found to trade, WAD
    /// @return XCD, down
    function _lostBond(Order calldata order, uint256 base) private view returns (uint256) {
        OrderRequest calldata request = order.request;
        if (order.bondXCD == 0 || !request.isReduceOnly) return 0;
        if (request.isBaseToQuote != request.isExactInput) return base == 0 ? order.bondXCD : 0;
        if (base >= request.amount || _isSpotHedged(request.maker)) return 0;
        uint256 lost = Math.saturatingSub(request.amount - base, _forcedSince(order));
        return Math.mulDiv(order.bondXCD, lost, request.amount);
    }

    /// @dev Base that liquidations and deleveraging have taken from the taker since the creation of its order, which was no
    /// later than the delay before `executableAt`. WAD.
    function _forcedSince(Order calldata order) private view returns (uint256) {
        (uint256 marketId, address taker) = (order.request.marketId, order.taker);
        uint256 createdAt = Math.saturatingSub(order.executableAt, _rules[marketId].delay);
        return clearingHouse.liquidatedSince(marketId, taker, createdAt)
            + clearingHouse.backstop().deleveragedSince(marketId, taker, createdAt);
    }

    /// @dev Trades up to the capacity of a maker that prices from the oracle, with the bound in proportion; the rest of the
    /// order ends. Otherwise an account that uses a little of the capacity would make a large order fail (T44).
    /// {MIN_TRADE_GAS} covers both trades; a lack of gas would leave the order open, because it has no reason.
    /// @param reason of the failure of the whole order. Kept when it is another one than a lack of capacity, and when the
    /// fill is too small
    /// @return executed whether the part was filled
    /// @return answer of the trade, or the reason
    /// @return requested amount that the order found to trade, which the maker was asked for
    function _tradeUpToCapacity(TradeParams memory params, bytes memory reason)
        private
        returns (bool executed, bytes memory answer, uint256 requested)
    {
        uint256 available;
        (requested, available) = OrderFailures.capacityIn(reason);
        // An order for the whole position has its bound for the size that was requested.
        uint256 whole = params.amount == type(uint256).max ? requested : params.amount;
        if (available == 0 || available >= whole || _isSpotHedged(params.maker)) return (false, reason, requested);
        params.oppositeBound = _scale(params.oppositeBound, available, whole, params.isExactInput);
        params.amount = available;
        (executed, answer) = _callTrade(params);
        if (!executed && OrderFailures.isTooSmall(answer)) answer = reason;
    }

    /// @dev The bound of a part of an order, rounded in the taker's favour.
    function _scale(uint256 bound, uint256 part, uint256 whole, bool isMinimum) private pure returns (uint256) {
        return Math.mulDiv(bound, part, whole, isMinimum ? Math.Rounding.Ceil : Math.Rounding.Floor);
    }

    function _callTrade(TradeParams memory params) private returns (bool executed, bytes memory answer) {
        return BoundedCall.tryCall(address(clearingHouse), gasleft(), abi.encodeCall(IClearingHouse.trade, (params)));
    }

    /// @dev Ends the bond of an order that was executed or purged. Returns the fee that the keeper earns: none for a
    /// failure that the keeper can cause as an LP of the maker (T60).
    /// @param lostXCD bond of the order, or of a part of it, that has failed by its taker, XCD
    function _settleOrder(uint256 orderId, Order calldata order, FailureCause cause, uint256 lostXCD)
        private
        returns (uint256 earned)
    {
        address maker = order.request.maker;
        bool paid = _endBond(order.request.marketId, order.taker, maker, lostXCD, FailureCause.Taker);
        if (paid) emit OrderBondPaid(orderId, order.taker, maker, lostXCD);
        _endBond(order.request.marketId, order.taker, maker, order.bondXCD - lostXCD, FailureCause.None);
        if (cause != FailureCause.Maker) return order.keeperFee;
        _credit(order.taker, order.keeperFee);
        emit KeeperFeeReturned(orderId, order.taker, order.keeperFee);
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
