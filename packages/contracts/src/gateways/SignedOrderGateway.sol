// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IClearingHouse, MatchParams, TradeParams} from "../interfaces/IClearingHouse.sol";
import {MatchFees} from "../interfaces/IVault.sol";
import {BoundedCall} from "../libraries/BoundedCall.sol";
import {DelayedApproval} from "../libraries/DelayedApproval.sol";
import {Reverts} from "../libraries/Reverts.sol";
import {Cast} from "../types/Cast.sol";
import {MarketNotConfigured, NotEnoughGas, NotSelf, NotYetExecutable} from "../types/Errors.sol";
import {FailureCause} from "../types/Order.sol";
import {Announcement, SignedOrder, Submission} from "../types/SignedOrder.sol";
import {PriceLib, WAD} from "../types/Units.sol";
import {CounterfactualVerifier} from "./CounterfactualVerifier.sol";
import {KeeperGateway} from "./KeeperGateway.sol";
import {SignedOrderState} from "./SignedOrderState.sol";

/// @title Orders that accounts sign off-chain
/// @notice Relayers that the owner has approved submit the orders: they {settle} one against an LP vault at a current
/// price, or {matchOrders} two of them with each other. An account that does not want to depend on a relayer calls
/// {announce}. The order then follows the rule of delayed orders: it executes at the first price after a delay, and any
/// account can execute it (T15, T27).
///
/// Accounts trust relayers with the choice of the price (any price that is not older than the stored one and than
/// `relayerMaxAge`), with the time, counterparty and size of each fill, and with honouring cancellations that are not
/// on chain yet. Accounts do not trust relayers with the terms of the order: its limits, its margin and its maximum
/// fee.
/// @dev Accounts must approve this gateway as their operator in the Vault, and the owner of the exchange must approve
/// it as a gateway of the ClearingHouse. {SignedOrderState} validates orders.
contract SignedOrderGateway is Ownable2Step, SignedOrderState, KeeperGateway {
    using SafeCast for uint256;

    /// @dev One storage word per market.
    struct Rules {
        /// @dev Seconds from an announcement to its `executableAt`: at least the chain's timestamp lag plus one price
        /// interval.
        uint32 delay;
        /// @dev Seconds after `executableAt` within which the price of an announced order must be published.
        uint32 priceWindow;
        /// @dev Seconds after `executableAt` during which a keeper can execute an announced order.
        uint32 validity;
        /// @dev Maximum age of a price at which a relayer settles, seconds.
        uint32 relayerMaxAge;
        /// @dev Minimum keeper fee of an announcement, wei.
        uint128 minKeeperFee;
    }

    /// @dev State of an order during a fill.
    struct OpenOrder {
        bytes32 orderHash;
        /// @dev Sum of earlier fills under its id, WAD base.
        uint256 filled;
        /// @dev WAD base.
        uint256 remaining;
        /// @dev Fee of the relayer, XCD.
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

    event RulesSet(uint256 indexed marketId, Rules rules);
    /// @notice `effectiveAt` in seconds; zero for a revocation.
    event RelayerSet(address indexed relayer, bool approved, uint256 effectiveAt);
    /// @notice A signed order was filled. `base` and `quote` are changes of its account, and `price` is the oracle
    /// price, all WAD. `relayFeeXCD` is in the decimals of the collateral.
    /// @param counterparty the LP vault, or the account of the other order
    event OrderFilled(
        bytes32 indexed orderHash,
        address indexed account,
        address indexed counterparty,
        int256 base,
        int256 quote,
        uint256 price,
        uint256 relayFeeXCD
    );
    event OrderAnnounced(
        bytes32 indexed orderHash, address indexed account, SignedOrder order, Announcement announcement
    );
    /// @notice An announced order failed for a reason that its keeper did not cause. The announcement was deleted, and
    /// the order stays valid. `reason` is the encoded error.
    event AnnouncementPurged(bytes32 indexed orderHash, address indexed account, address keeper, bytes reason);
    /// @notice An expired announcement was deleted.
    event AnnouncementExpired(bytes32 indexed orderHash, address caller);
    /// @notice A call of a batch failed and had no effect. `reason` is the encoded error, cut to
    /// {BoundedCall-MAX_ANSWER} bytes.
    event CallFailed(uint256 indexed index, bytes reason);

    error NotRelayer(address caller);
    error InvalidRules(Rules rules);
    /// @notice The order names another maker.
    error WrongMaker(address maker, address wanted);
    /// @notice The orders are not two sides of one market.
    error NotOpposite(bytes32 takerHash, bytes32 makerHash);
    /// @notice The price of the maker's order is worse than the taker's limit. WAD quote per base.
    error LimitExceeded(uint256 price, uint256 limit);
    /// @notice The amount is below the minimum fill or above the remaining amount of the order. WAD base.
    error FillOutOfRange(uint256 amount, uint256 least, uint256 left);
    /// @notice The oracle price does not meet the order's trigger. WAD quote per base.
    error TriggerNotMet(uint256 price, uint256 triggerPrice);
    /// @notice The relay fee exceeds its maximum, which is zero after the first fill. XCD.
    error RelayFeeTooHigh(uint256 fee, uint256 max);
    error OrderIsAnnounced(bytes32 orderHash);
    /// @notice The announcement does not match the stored hash.
    error UnknownAnnouncement(bytes32 orderHash, bytes32 commitment);
    /// @notice The announcement has expired. Seconds.
    error AnnouncementPastExpiry(uint256 timestamp, uint256 expiresAt);
    /// @notice The announcement has not expired. Seconds.
    error AnnouncementNotExpired(uint256 timestamp, uint256 expiresAt);

    /// @notice Upper bound of `relayerMaxAge`, seconds: it limits the prices from which relayers can choose.
    uint256 public constant MAX_RELAYER_AGE = 5 minutes;

    /// @dev Seconds; zero for a relayer that is not approved.
    mapping(address relayer => uint256 effectiveAt) private _relayers;
    /// @notice Hash of each announced order with its announcement; zero for other orders. Orders with the same id have
    /// separate announcements.
    mapping(bytes32 orderHash => bytes32 commitment) public announcementOf;
    mapping(uint256 marketId => Rules rules) private _rules;

    constructor(IClearingHouse clearingHouse_, CounterfactualVerifier verifier_, address owner_)
        Ownable(owner_)
        KeeperGateway(clearingHouse_)
        SignedOrderState(verifier_, clearingHouse_.vault())
    {}

    modifier onlyRelayer() {
        if (!isRelayer(msg.sender)) revert NotRelayer(msg.sender);
        _;
    }

    // ---------------------------------------------------------------------------------------------------- owner ----

    /// @notice Sets the delay, the windows, the relayers' maximum price age and the minimum keeper fee of a market.
    /// Existing announcements keep their times; the price window is the current one at their execution.
    function setRules(uint256 marketId, Rules calldata rules) external onlyOwner {
        bool isValid = rules.delay != 0 && rules.priceWindow != 0 && rules.validity >= rules.priceWindow
            && rules.relayerMaxAge != 0 && rules.relayerMaxAge <= MAX_RELAYER_AGE;
        if (!isValid) revert InvalidRules(rules);
        _rules[marketId] = rules;
        emit RulesSet(marketId, rules);
    }

    /// @notice Approves a relayer or revokes its approval. An approval is subject to the delay of {DelayedApproval},
    /// because a relayer chooses the time of a price (T43).
    function setRelayer(address relayer, bool approved) external onlyOwner {
        uint256 effectiveAt = DelayedApproval.effectiveAt(oracle, approved);
        _relayers[relayer] = effectiveAt;
        emit RelayerSet(relayer, approved, effectiveAt);
    }

    // ------------------------------------------------------------------------------------------------- relayers ----

    /// @notice Fills an order against an LP vault at a current price and pays the relay fee to the caller.
    /// @param maker the maker of the order, or the relayer's choice when the order names none
    /// @param amount WAD base; the largest uint256 means the whole remaining amount
    /// @param updateData a price that is not older than the stored one and than `relayerMaxAge`. Empty: the stored
    /// price, if it is not older than `relayerMaxAge`
    /// @dev The price source is paid as in {OrderGateway-executeOrder}.
    /// @return base base that the account received (> 0) or paid (< 0), WAD
    /// @return quote quote that the account received (> 0) or paid (< 0), WAD
    function settle(Submission calldata submission, address maker, uint256 amount, bytes[] calldata updateData)
        external
        payable
        onlyRelayer
        nonReentrant
        returns (int256 base, int256 quote)
    {
        // The signature check may call the wallet. It comes before the order is loaded, and the reentrancy guard blocks
        // fills, announcements and cancellations until the end. {cancelAll} only affects orders that are not validated
        // yet.
        OpenOrder memory open = _validateSubmission(submission);
        (uint256 price, uint256 sourceFee) = _beginCurrent(submission.order.marketId, updateData);
        FillResult memory result = _fill(submission.order, open, maker, amount, price);
        oracle.endExecution();
        if (msg.value > sourceFee) Address.sendValue(payable(msg.sender), msg.value - sourceFee);
        return (result.base, result.quote);
    }

    /// @notice Fills two orders with each other at the price of the maker's order and pays both relay fees to the
    /// caller. The price must be inside the taker's limit and the price band of the market. The quote is rounded in
    /// favour of the maker.
    /// @param amount WAD base; the largest uint256 means the smaller of both remaining amounts
    /// @param updateData as for {settle}. Empty: the stored price, subject to the age limit of trades, serves for the
    /// price band and the margin requirements
    function matchOrders(
        Submission calldata taker,
        Submission calldata maker,
        uint256 amount,
        bytes[] calldata updateData
    ) external payable onlyRelayer nonReentrant {
        // Signature checks come first, as in {settle}.
        OpenOrder memory takerOpen = _validateSubmission(taker);
        OpenOrder memory makerOpen = _validateSubmission(maker);
        _requireOpposite(taker.order, maker.order, takerOpen.orderHash, makerOpen.orderHash);
        uint256 sourceFee;
        if (updateData.length != 0) (, sourceFee) = _beginCurrent(taker.order.marketId, updateData);
        if (amount == type(uint256).max) amount = Math.min(takerOpen.remaining, makerOpen.remaining);
        _beforeFill(taker.order, takerOpen, amount);
        _beforeFill(maker.order, makerOpen, amount);
        MatchFees memory fees = MatchFees(msg.sender, taker.relayFeeXCD, maker.relayFeeXCD);
        FillResult memory result = _match(taker.order, maker.order, amount, fees);
        _afterFill(taker.order, takerOpen, maker.order.account, result);
        (result.base, result.quote) = (-result.base, -result.quote);
        _afterFill(maker.order, makerOpen, taker.order.account, result);
        if (updateData.length != 0) oracle.endExecution();
        if (msg.value > sourceFee) Address.sendValue(payable(msg.sender), msg.value - sourceFee);
    }

    // -------------------------------------------------------------------------------------------- announcements ----

    /// @notice Announces an order, which any account can then execute without a relayer: at the first price published
    /// at or after the delay of the market from now, for its whole remaining amount. The attached value becomes the
    /// keeper's fee.
    /// @param signature not needed when the caller is the order's account
    /// @param maker the maker of the order; when the order names none, the choice of its account, which must be the
    /// caller
    function announce(SignedOrder calldata order, bytes calldata signature, address maker)
        external
        payable
        nonReentrant
        returns (bytes32 orderHash)
    {
        Rules memory rules = _rulesOf(order.marketId);
        if (msg.value < rules.minKeeperFee) revert KeeperFeeTooLow(msg.value, rules.minKeeperFee);
        uint256 executableAt = block.timestamp + rules.delay;
        orderHash = _validateOrder(order, executableAt);
        if (msg.sender != order.account) {
            _requireSignature(order.account, orderHash, signature);
            if (order.maker == address(0)) revert NotOrderAccount(msg.sender, order.account);
        }
        _requireOpen(order.account, order.id, false);
        _requireMaker(order, maker);
        if (announcementOf[orderHash] != 0) revert OrderIsAnnounced(orderHash);
        Announcement memory announcement = Announcement({
            maker: maker,
            executableAt: executableAt.toUint64(),
            expiresAt: (executableAt + rules.validity).toUint64(),
            keeperFee: msg.value.toUint128()
        });
        announcementOf[orderHash] = hashAnnouncement(orderHash, announcement);
        emit OrderAnnounced(orderHash, order.account, order, announcement);
    }

    /// @notice Executes an announced order at its unique price and pays the keeper fee to the caller. If the fill fails
    /// for a reason that ends the announcement (see {OrderFailures}), deletes the announcement and pays the fee too.
    /// Any other failure reverts, and the announcement stays open.
    /// @param updateData the first price update published at or after `executableAt`. Empty: the first price of the
    /// second source after the price window, for reduce-only orders
    /// @return executed false when the announcement was purged
    function executeAnnounced(
        SignedOrder calldata order,
        Announcement calldata announcement,
        bytes[] calldata updateData
    ) external payable nonReentrant returns (bool executed) {
        bytes32 orderHash = hashOrder(order);
        _consume(orderHash, announcement);
        if (block.timestamp < announcement.executableAt) {
            revert NotYetExecutable(block.timestamp, announcement.executableAt);
        }
        if (block.timestamp > announcement.expiresAt) {
            revert AnnouncementPastExpiry(block.timestamp, announcement.expiresAt);
        }
        (uint256 price, uint256 sourceFee) = _beginFirst(order, announcement.executableAt, updateData);
        executed = _tryFill(order, orderHash, announcement.maker, price);
        oracle.endExecution();
        Address.sendValue(payable(msg.sender), uint256(announcement.keeperFee) + msg.value - sourceFee);
    }

    /// @notice Deletes an expired announcement and pays the keeper fee to the caller. The order stays valid.
    function clearAnnouncement(SignedOrder calldata order, Announcement calldata announcement) external nonReentrant {
        bytes32 orderHash = hashOrder(order);
        _consume(orderHash, announcement);
        if (block.timestamp <= announcement.expiresAt) {
            revert AnnouncementNotExpired(block.timestamp, announcement.expiresAt);
        }
        emit AnnouncementExpired(orderHash, msg.sender);
        Address.sendValue(payable(msg.sender), announcement.keeperFee);
    }

    /// @notice Fills an announced order. Only this contract can call it: {executeAnnounced} makes a separate call, so
    /// that a failure reverts the fill as a whole.
    function fillAnnounced(SignedOrder calldata order, bytes32 orderHash, address maker, uint256 price) external {
        if (msg.sender != address(this)) revert NotSelf(msg.sender);
        _fill(order, _loadOrder(order, orderHash, true), maker, type(uint256).max, price);
    }

    // ---------------------------------------------------------------------------------------------------- batch ----

    /// @notice Makes several calls of this contract. A call that fails has no effect and emits {CallFailed}; the others
    /// continue (T25). No value can be attached, so the oracle pays the price sources from its balance.
    /// @param gasPerCall gas limit of each call. The whole batch reverts when less is available, so that no call fails
    /// because an earlier one used its gas
    function batch(bytes[] calldata calls, uint256 gasPerCall) external {
        for (uint256 i = 0; i < calls.length; ++i) {
            // A call receives at most 63/64 of the remaining gas.
            uint256 needed = gasPerCall + gasPerCall / 32 + 5000;
            if (gasleft() < needed) revert NotEnoughGas(gasleft(), needed);
            (bool ok, bytes memory reason) = BoundedCall.tryDelegate(address(this), gasPerCall, calls[i]);
            if (!ok) emit CallFailed(i, reason);
        }
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @notice Whether an account may settle and match orders now.
    function isRelayer(address relayer) public view returns (bool) {
        return DelayedApproval.isInForce(_relayers[relayer]);
    }

    function rulesOf(uint256 marketId) external view returns (Rules memory) {
        return _rules[marketId];
    }

    /// @notice Returns the hash of an announcement, as stored in {announcementOf}.
    function hashAnnouncement(bytes32 orderHash, Announcement memory announcement) public pure returns (bytes32) {
        return keccak256(abi.encode(orderHash, announcement));
    }

    // ------------------------------------------------------------------------------------------------- internal ----

    /// @dev Validates an order and its signature and loads its state. Reverts with OrderClosed when nothing remains of
    /// it.
    function _validateSubmission(Submission calldata submission) private returns (OpenOrder memory open) {
        bytes32 orderHash = _validateOrder(submission.order, block.timestamp);
        _requireSignature(submission.order.account, orderHash, submission.signature);
        open = _loadOrder(submission.order, orderHash, false);
        open.relayFeeXCD = submission.relayFeeXCD;
    }

    function _loadOrder(SignedOrder calldata order, bytes32 orderHash, bool isAnnounced)
        private
        view
        returns (OpenOrder memory open)
    {
        open.orderHash = orderHash;
        open.filled = _requireOpen(order.account, order.id, isAnnounced);
        if (!order.isWholeClose()) {
            // Fills of other orders with the same id count as well.
            if (open.filled != 0 && open.filled >= order.amount) revert OrderClosed(order.account, order.id);
            open.remaining = order.amount - open.filled;
            return open;
        }
        open.remaining = vault.positionOf(order.marketId, order.account).size.abs();
        if (open.remaining == 0) revert IClearingHouse.NothingToReduce(0, order.isBaseToQuote);
    }

    function _requireMaker(SignedOrder calldata order, address maker) private pure {
        if (order.maker != address(0) && order.maker != maker) revert WrongMaker(maker, order.maker);
    }

    /// @dev Starts an execution at a current price. Payable functions only.
    function _beginCurrent(uint256 marketId, bytes[] calldata updateData)
        private
        returns (uint256 price, uint256 sourceFee)
    {
        sourceFee = _sourceFee(marketId, updateData, msg.value != 0, msg.value);
        uint256 oldest = block.timestamp - _rulesOf(marketId).relayerMaxAge;
        price = oracle.beginCurrent{value: sourceFee}(marketId, updateData, oldest).unwrap();
    }

    /// @dev Starts an execution at the unique price of an announced order. Payable functions only.
    function _beginFirst(SignedOrder calldata order, uint256 executableAt, bytes[] calldata updateData)
        private
        returns (uint256 price, uint256 sourceFee)
    {
        sourceFee = _sourceFee(order.marketId, updateData, msg.value != 0, msg.value);
        uint256 lastPriceAt = executableAt + _rules[order.marketId].priceWindow;
        price = _beginExecution(order.marketId, updateData, order.isReduceOnly, executableAt, lastPriceAt, sourceFee);
    }

    function _requireOpposite(
        SignedOrder calldata taker,
        SignedOrder calldata maker,
        bytes32 takerHash,
        bytes32 makerHash
    ) private pure {
        if (taker.marketId != maker.marketId || taker.isBaseToQuote == maker.isBaseToQuote) {
            revert NotOpposite(takerHash, makerHash);
        }
        if (taker.maker != address(0)) revert WrongMaker(maker.account, taker.maker);
        if (maker.maker != address(0)) revert WrongMaker(taker.account, maker.maker);
        bool isInside = taker.isBaseToQuote ? maker.price >= taker.price : maker.price <= taker.price;
        if (!isInside) revert LimitExceeded(maker.price, taker.price);
    }

    /// @dev Checks and margin transfer before the trade. Only the first fill moves margin and may pay a relay fee.
    function _beforeFill(SignedOrder calldata order, OpenOrder memory open, uint256 amount) private {
        uint256 least = Math.min(order.minFill, open.remaining);
        if (amount < least || amount > open.remaining) revert FillOutOfRange(amount, least, open.remaining);
        uint256 maxFee = open.filled == 0 ? order.maxRelayFeeXCD : 0;
        if (open.relayFeeXCD > maxFee) revert RelayFeeTooHigh(open.relayFeeXCD, maxFee);
        if (open.filled == 0 && order.marginXCD != 0) {
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
    ) private {
        uint256 amount = SignedMath.abs(result.base);
        // A match may have been clamped to the position of the other account's reduce-only order.
        uint256 least = Math.min(order.minFill, open.remaining);
        if (amount < least && !order.isReduceOnly) revert FillOutOfRange(amount, least, open.remaining);
        if (amount < open.remaining) _recordFill(order.account, order.id, open.filled, amount);
        else _closeFilled(order.account, order.id, open.filled);
        emit OrderFilled(
            open.orderHash, order.account, counterparty, result.base, result.quote, result.price, open.relayFeeXCD
        );
    }

    /// @dev Fills an order against an LP vault: checks, relay fee, trade and record.
    function _fill(SignedOrder calldata order, OpenOrder memory open, address maker, uint256 amount, uint256 price)
        private
        returns (FillResult memory result)
    {
        _requireMaker(order, maker);
        if (!order.isTriggeredAt(price)) revert TriggerNotMet(price, order.triggerPrice);
        if (amount == type(uint256).max) amount = open.remaining;
        _beforeFill(order, open, amount);
        if (open.relayFeeXCD != 0) clearingHouse.payRelayFee(order.account, msg.sender, open.relayFeeXCD);
        result.price = price;
        (result.base, result.quote) = clearingHouse.trade(
            TradeParams({
                marketId: order.marketId,
                taker: order.account,
                maker: maker,
                isBaseToQuote: order.isBaseToQuote,
                isExactInput: order.isBaseToQuote,
                isReduceOnly: order.isReduceOnly,
                amount: amount,
                oppositeBound: _quoteBound(order, amount),
                deadline: block.timestamp
            })
        );
        _afterFill(order, open, maker, result);
    }

    /// @dev Returns the quote limit of an order for an amount, WAD: the minimum to receive, rounded up, or the maximum
    /// to pay, rounded down. Above the largest price it is the largest uint256: a buy has no limit then, and a sale
    /// never meets it.
    function _quoteBound(SignedOrder calldata order, uint256 amount) private pure returns (uint256) {
        if (order.price > PriceLib.MAX_PRICE) return type(uint256).max;
        return Math.mulDiv(amount, order.price, WAD, order.isBaseToQuote ? Math.Rounding.Ceil : Math.Rounding.Floor);
    }

    /// @return result for the taker
    function _match(SignedOrder calldata taker, SignedOrder calldata maker, uint256 amount, MatchFees memory fees)
        private
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

    function _tryFill(SignedOrder calldata order, bytes32 orderHash, address maker, uint256 price)
        private
        returns (bool ok)
    {
        _requireTradeGas();
        bytes memory reason;
        (ok, reason) = BoundedCall.tryCall(
            address(this), gasleft(), abi.encodeCall(this.fillAnnounced, (order, orderHash, maker, price))
        );
        if (ok) return true;
        bytes4 selector = Cast.toSelector(reason);
        bool isOrderFailure = selector == TriggerNotMet.selector || selector == OrderClosed.selector;
        if (!isOrderFailure && _causeOf(reason, maker, true) == FailureCause.None) Reverts.bubble(reason);
        emit AnnouncementPurged(orderHash, order.account, msg.sender, reason);
    }

    function _consume(bytes32 orderHash, Announcement calldata announcement) private {
        bytes32 commitment = announcementOf[orderHash];
        bytes32 given = hashAnnouncement(orderHash, announcement);
        if (commitment == 0 || commitment != given) revert UnknownAnnouncement(orderHash, given);
        delete announcementOf[orderHash];
    }

    function _rulesOf(uint256 marketId) private view returns (Rules memory rules) {
        rules = _rules[marketId];
        if (rules.delay == 0) revert MarketNotConfigured(marketId);
    }
}
