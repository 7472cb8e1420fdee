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
import {Reverts} from "../libraries/Reverts.sol";
import {MarketNotConfigured, NotEnoughGas, NotSelf, NotYetExecutable} from "../types/Errors.sol";
import {Announcement, SignedOrder, Submission} from "../types/SignedOrder.sol";
import {PriceLib, WAD} from "../types/Units.sol";
import {CounterfactualVerifier} from "./CounterfactualVerifier.sol";
import {KeeperGateway} from "./KeeperGateway.sol";
import {OrderFailures} from "./OrderFailures.sol";
import {SignedOrderBook} from "./SignedOrderBook.sol";

/// @title Orders that accounts sign off-chain
/// @notice A relayer, permitted by the owner, brings them to the chain: {settle} against an LP vault at a current price, or
/// {matchOrders} two of them with each other. Whoever does not want to depend on one {announce}s an order, which then follows
/// the rule of delayed orders: it executes at the first price after a delay, whoever executes it (T15, T27).
///
/// What relayers are trusted with: which of the prices since the stored one, none older than `relayerMaxAge`, an order is
/// settled at; which order is filled when, with whom and how far; and honouring cancellations that have not reached the
/// chain. What they are not trusted with is in the order: its limits, its margin and the most it pays.
/// @dev Accounts must have made this gateway their operator in the Vault, and the owner of the exchange must have made it a
/// gateway of the ClearingHouse. {SignedOrderBook} says which orders are good.
contract SignedOrderGateway is Ownable2Step, SignedOrderBook, KeeperGateway {
    using SafeCast for uint256;

    /// @dev One storage word per market.
    struct Rules {
        /// @dev Seconds from an announcement to its `executableAt`: at least the chain's timestamp lag plus one price
        /// interval.
        uint32 delay;
        /// @dev Seconds after `executableAt` within which the price of an announced order must have been published.
        uint32 priceWindow;
        /// @dev Seconds after `executableAt` for which an announced order can be executed.
        uint32 validity;
        /// @dev Seconds; how old a price may be that a relayer settles at.
        uint32 relayerMaxAge;
        /// @dev Wei that an announcement must carry for its keeper.
        uint128 minKeeperFee;
    }

    /// @dev An order on its way through a fill.
    struct OpenOrder {
        bytes32 orderHash;
        /// @dev WAD base so far, under its id
        uint256 filled;
        /// @dev WAD base
        uint256 left;
        /// @dev What the relayer takes, XCD.
        uint256 relayFeeXCD;
    }

    /// @dev What a fill came to, from one account's side.
    struct Outcome {
        /// @dev WAD that the account got (> 0) or gave (< 0)
        int256 base;
        /// @dev WAD that the account got (> 0) or gave (< 0)
        int256 quote;
        /// @dev WAD quote per base, the oracle's
        uint256 price;
    }

    event RulesSet(uint256 indexed marketId, Rules rules);
    event RelayerSet(address indexed relayer, bool approved);
    /// @notice A fill of a signed order, from its account's side. WAD; `price` is the oracle's; `relayFeeXCD` in the
    /// collateral's own decimals.
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
    /// @notice An announced order failed for a reason that is not its keeper's; `reason` is the encoded error. The
    /// announcement is over, the order is good as before.
    event AnnouncementPurged(bytes32 indexed orderHash, address indexed account, address keeper, bytes reason);
    /// @notice The announcement had expired.
    event AnnouncementExpired(bytes32 indexed orderHash, address caller);
    /// @notice One call of a batch failed and did nothing; `reason` is the encoded error, cut where it is long.
    event CallFailed(uint256 indexed index, bytes reason);

    error NotRelayer(address caller);
    error InvalidRules(Rules rules);
    /// @notice The order names another maker.
    error WrongMaker(address maker, address wanted);
    /// @notice The orders are not two sides of one market.
    error NotOpposite(bytes32 takerHash, bytes32 makerHash);
    /// @notice What the maker's order asks for is beyond the taker's limit. WAD quote per base.
    error LimitExceeded(uint256 price, uint256 limit);
    /// @notice WAD base: a fill, the least there may be and what is left of the order.
    error FillOutOfRange(uint256 amount, uint256 least, uint256 left);
    /// @notice The oracle price does not meet the order's trigger. WAD quote per base.
    error TriggerNotMet(uint256 price, uint256 triggerPrice);
    /// @notice XCD; `max` is zero once the order has been filled in part.
    error RelayFeeTooHigh(uint256 fee, uint256 max);
    error OrderIsAnnounced(bytes32 orderHash);
    /// @notice The announcement is not the one on record.
    error UnknownAnnouncement(bytes32 orderHash, bytes32 commitment);
    /// @notice Seconds.
    error AnnouncementPastExpiry(uint256 timestamp, uint256 expiresAt);
    /// @notice Seconds.
    error AnnouncementNotExpired(uint256 timestamp, uint256 expiresAt);

    /// @notice Seconds; bounds what the owner can let relayers choose from.
    uint256 public constant MAX_RELAYER_AGE = 5 minutes;

    mapping(address relayer => bool approved) public isRelayer;
    /// @notice Hash of each announced order and its announcement, else zero. Alternatives have announcements of their own.
    mapping(bytes32 orderHash => bytes32 commitment) public announcementOf;
    mapping(uint256 marketId => Rules rules) private _rules;

    constructor(IClearingHouse clearingHouse_, CounterfactualVerifier verifier_, address owner_)
        Ownable(owner_)
        KeeperGateway(clearingHouse_)
        SignedOrderBook(verifier_, clearingHouse_.vault())
    {}

    modifier onlyRelayer() {
        if (!isRelayer[msg.sender]) revert NotRelayer(msg.sender);
        _;
    }

    // ---------------------------------------------------------------------------------------------------- owner ----

    /// @notice Sets delay, windows, the relayers' oldest price and the least keeper fee of a market. Announcements that
    /// exist keep their times; the price window is the one in force when they execute.
    function setRules(uint256 marketId, Rules calldata rules) external onlyOwner {
        bool isValid = rules.delay != 0 && rules.priceWindow != 0 && rules.validity >= rules.priceWindow
            && rules.relayerMaxAge != 0 && rules.relayerMaxAge <= MAX_RELAYER_AGE;
        if (!isValid) revert InvalidRules(rules);
        _rules[marketId] = rules;
        emit RulesSet(marketId, rules);
    }

    /// @notice Permits a relayer, or no longer.
    function setRelayer(address relayer, bool approved) external onlyOwner {
        isRelayer[relayer] = approved;
        emit RelayerSet(relayer, approved);
    }

    // -------------------------------------------------------------------------------------------------- relayers ----

    /// @notice Fills an order against an LP vault at a current price, and pays the caller the relay fee.
    /// @param maker the order's, or, where it names none, the relayer's choice
    /// @param amount WAD base; the largest uint256 for all that is left
    /// @param updateData a price no older than the stored one and `relayerMaxAge`; none: the stored one, if that is recent
    /// @dev The source's fee is paid as in {OrderGateway-executeOrder}.
    /// @return base WAD that the account got (> 0) or gave (< 0)
    /// @return quote WAD that the account got (> 0) or gave (< 0)
    function settle(Submission calldata submission, address maker, uint256 amount, bytes[] calldata updateData)
        external
        payable
        onlyRelayer
        nonReentrant
        returns (int256 base, int256 quote)
    {
        // A wallet's code may run while its signature is checked, which is before its order is looked up; and until the end
        // nobody can fill, announce or cancel here. {cancelAll} is for orders that have not been admitted.
        // slither-disable-next-line reentrancy-eth
        OpenOrder memory open = _admit(submission);
        (uint256 price, uint256 sourceFee) = _beginCurrent(submission.order.marketId, updateData);
        Outcome memory outcome = _fill(submission.order, open, maker, amount, price);
        oracle.endExecution();
        if (msg.value > sourceFee) Address.sendValue(payable(msg.sender), msg.value - sourceFee);
        return (outcome.base, outcome.quote);
    }

    /// @notice Fills two orders with each other at the price of the maker's, which has to be inside the taker's limit and
    /// the market's price band, and pays the caller both relay fees. The quote is rounded for the maker's account.
    /// @param amount WAD base; the largest uint256 for all that both have left
    /// @param updateData as for {settle}; none: the stored price, as old as trades may use it, for bounds and requirements
    function matchOrders(
        Submission calldata taker,
        Submission calldata maker,
        uint256 amount,
        bytes[] calldata updateData
    ) external payable onlyRelayer nonReentrant {
        // As in {settle}.
        // slither-disable-next-line reentrancy-eth
        OpenOrder memory takerOpen = _admit(taker);
        OpenOrder memory makerOpen = _admit(maker);
        _requireOpposite(taker.order, maker.order, takerOpen.orderHash, makerOpen.orderHash);
        uint256 sourceFee;
        if (updateData.length != 0) (, sourceFee) = _beginCurrent(taker.order.marketId, updateData);
        if (amount == type(uint256).max) amount = Math.min(takerOpen.left, makerOpen.left);
        _begin(taker.order, takerOpen, amount);
        _begin(maker.order, makerOpen, amount);
        MatchFees memory fees = MatchFees(msg.sender, taker.relayFeeXCD, maker.relayFeeXCD);
        Outcome memory outcome = _match(taker.order, maker.order, amount, fees);
        _finish(taker.order, takerOpen, maker.order.account, outcome);
        (outcome.base, outcome.quote) = (-outcome.base, -outcome.quote);
        _finish(maker.order, makerOpen, taker.order.account, outcome);
        if (updateData.length != 0) oracle.endExecution();
        if (msg.value > sourceFee) Address.sendValue(payable(msg.sender), msg.value - sourceFee);
    }

    // --------------------------------------------------------------------------------------------- announcements ----

    /// @notice Has an order executed without a relayer: at the first price published at or after the market's delay from
    /// now, by anybody, for all that is left of it. The value attached becomes the keeper's fee.
    /// @param signature not needed from the order's own account
    /// @param maker the order's, or, where it names none, the choice of the order's account
    function announce(SignedOrder calldata order, bytes calldata signature, address maker)
        external
        payable
        nonReentrant
        returns (bytes32 orderHash)
    {
        Rules memory rules = _rulesOf(order.marketId);
        if (msg.value < rules.minKeeperFee) revert KeeperFeeTooLow(msg.value, rules.minKeeperFee);
        uint256 executableAt = block.timestamp + rules.delay;
        orderHash = _requireGood(order, executableAt);
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

    /// @notice Executes an announced order at its unique price and pays the caller the fee in escrow, also when the order
    /// fails for a reason that ends the announcement, see {OrderFailures}. Any other failure reverts and leaves the
    /// announcement as it was.
    /// @param updateData the first price update published at or after `executableAt`; none: the second source's first price
    /// after the price window, for a reduce-only order
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

    /// @notice Clears an expired announcement and pays the caller the fee in escrow. The order is good as before.
    function clearAnnouncement(SignedOrder calldata order, Announcement calldata announcement) external nonReentrant {
        bytes32 orderHash = hashOrder(order);
        _consume(orderHash, announcement);
        if (block.timestamp <= announcement.expiresAt) {
            revert AnnouncementNotExpired(block.timestamp, announcement.expiresAt);
        }
        emit AnnouncementExpired(orderHash, msg.sender);
        Address.sendValue(payable(msg.sender), announcement.keeperFee);
    }

    /// @notice What {executeAnnounced} undoes as a whole when it fails. This contract itself only.
    function fillAnnounced(SignedOrder calldata order, bytes32 orderHash, address maker, uint256 price) external {
        if (msg.sender != address(this)) revert NotSelf(msg.sender);
        _fill(order, _open(order, orderHash, true), maker, type(uint256).max, price);
    }

    // ---------------------------------------------------------------------------------------------------- batch ----

    /// @notice Makes several calls of this contract, each for itself: one that fails does nothing and is reported by
    /// {CallFailed}, and the others go on (T25). No value can be attached: sources are paid from the oracle's balance.
    /// @param gasPerCall what each call may use; with less at hand the whole batch reverts, so that no call fails for want
    /// of what an earlier one has used up
    function batch(bytes[] calldata calls, uint256 gasPerCall) external {
        for (uint256 i = 0; i < calls.length; ++i) {
            // A call passes on 63/64 at most.
            uint256 needed = gasPerCall + gasPerCall / 32 + 5000;
            if (gasleft() < needed) revert NotEnoughGas(gasleft(), needed);
            (bool ok, bytes memory reason) = BoundedCall.tryDelegate(address(this), gasPerCall, calls[i]);
            if (!ok) emit CallFailed(i, reason);
        }
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    function rulesOf(uint256 marketId) external view returns (Rules memory) {
        return _rules[marketId];
    }

    /// @notice What {announcementOf} keeps for an announcement.
    function hashAnnouncement(bytes32 orderHash, Announcement memory announcement) public pure returns (bytes32) {
        return keccak256(abi.encode(orderHash, announcement));
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    /// @dev The order is good, its account's, and not filled yet.
    function _admit(Submission calldata submission) private returns (OpenOrder memory open) {
        bytes32 orderHash = _requireGood(submission.order, block.timestamp);
        _requireSignature(submission.order.account, orderHash, submission.signature);
        open = _open(submission.order, orderHash, false);
        open.relayFeeXCD = submission.relayFeeXCD;
    }

    function _open(SignedOrder calldata order, bytes32 orderHash, bool isAnnounced)
        private
        view
        returns (OpenOrder memory open)
    {
        open.orderHash = orderHash;
        open.filled = _requireOpen(order.account, order.id, isAnnounced);
        if (!order.isWholeClose()) {
            // Alternatives have come to this much already.
            if (open.filled != 0 && open.filled >= order.amount) revert OrderClosed(order.account, order.id);
            open.left = order.amount - open.filled;
            return open;
        }
        open.left = vault.positionOf(order.marketId, order.account).size.abs();
        if (open.left == 0) revert IClearingHouse.NothingToReduce(0, order.isBaseToQuote);
    }

    function _requireMaker(SignedOrder calldata order, address maker) private pure {
        if (order.maker != address(0) && order.maker != maker) revert WrongMaker(maker, order.maker);
    }

    // Private, and called by payable functions only; slither does not find them.
    // slither-disable-next-line msg-value-in-nonpayable
    function _beginCurrent(uint256 marketId, bytes[] calldata updateData)
        private
        returns (uint256 price, uint256 sourceFee)
    {
        sourceFee = _sourceFee(marketId, updateData, msg.value != 0, msg.value);
        uint256 oldest = block.timestamp - _rulesOf(marketId).relayerMaxAge;
        price = oracle.beginCurrent{value: sourceFee}(marketId, updateData, oldest).unwrap();
    }

    // slither-disable-next-line msg-value-in-nonpayable
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

    /// @dev What comes before the trade. Margin moves in, and a relay fee is good, with the first fill only.
    function _begin(SignedOrder calldata order, OpenOrder memory open, uint256 amount) private {
        uint256 least = Math.min(order.minFill, open.left);
        if (amount < least || amount > open.left) revert FillOutOfRange(amount, least, open.left);
        uint256 maxFee = open.filled == 0 ? order.maxRelayFeeXCD : 0;
        if (open.relayFeeXCD > maxFee) revert RelayFeeTooHigh(open.relayFeeXCD, maxFee);
        if (open.filled == 0 && order.marginXCD != 0) {
            vault.transferFundToMargin(order.marketId, order.account, order.marginXCD);
        }
    }

    /// @dev What comes after it. A reduction may have been rounded up to a whole close, which fills more than was left.
    function _finish(SignedOrder calldata order, OpenOrder memory open, address counterparty, Outcome memory outcome)
        private
    {
        uint256 amount = SignedMath.abs(outcome.base);
        if (amount < open.left) _addFill(order.account, order.id, open.filled, amount);
        else _setFilled(order.account, order.id, open.filled);
        emit OrderFilled(
            open.orderHash, order.account, counterparty, outcome.base, outcome.quote, outcome.price, open.relayFeeXCD
        );
    }

    /// @dev A fill against an LP vault, from beginning to end.
    function _fill(SignedOrder calldata order, OpenOrder memory open, address maker, uint256 amount, uint256 price)
        private
        returns (Outcome memory outcome)
    {
        _requireMaker(order, maker);
        if (!order.isTriggeredAt(price)) revert TriggerNotMet(price, order.triggerPrice);
        if (amount == type(uint256).max) amount = open.left;
        _begin(order, open, amount);
        if (open.relayFeeXCD != 0) clearingHouse.payRelayFee(order.account, msg.sender, open.relayFeeXCD);
        outcome.price = price;
        (outcome.base, outcome.quote) = clearingHouse.trade(
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
        _finish(order, open, maker, outcome);
    }

    /// @dev The order's price for an amount, WAD quote: the least to get, up, or the most to give, down. Beyond all prices
    /// it is the largest uint256: no limit to buy, and none that is ever met to sell.
    function _quoteBound(SignedOrder calldata order, uint256 amount) private pure returns (uint256) {
        if (order.price > PriceLib.MAX_PRICE) return type(uint256).max;
        return Math.mulDiv(amount, order.price, WAD, order.isBaseToQuote ? Math.Rounding.Ceil : Math.Rounding.Floor);
    }

    /// @return outcome from the taker's side
    function _match(SignedOrder calldata taker, SignedOrder calldata maker, uint256 amount, MatchFees memory fees)
        private
        returns (Outcome memory outcome)
    {
        uint256 cost = _quoteBound(maker, amount);
        outcome.price = clearingHouse.matchTrade(
            MatchParams({
                marketId: taker.marketId,
                taker: taker.account,
                maker: maker.account,
                isBaseToQuote: taker.isBaseToQuote,
                isTakerReduceOnly: taker.isReduceOnly,
                isMakerReduceOnly: maker.isReduceOnly,
                base: amount,
                quote: cost,
                fees: fees
            })
        );
        if (!taker.isTriggeredAt(outcome.price)) revert TriggerNotMet(outcome.price, taker.triggerPrice);
        if (!maker.isTriggeredAt(outcome.price)) revert TriggerNotMet(outcome.price, maker.triggerPrice);
        (outcome.base, outcome.quote) = (amount.toInt256(), cost.toInt256());
        if (taker.isBaseToQuote) outcome.base = -outcome.base;
        else outcome.quote = -outcome.quote;
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
        bytes4 selector = OrderFailures.selectorOf(reason);
        bool isOrders = selector == TriggerNotMet.selector || selector == OrderClosed.selector;
        if (!isOrders && !_endsOrder(reason, maker, true)) Reverts.bubble(reason);
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
