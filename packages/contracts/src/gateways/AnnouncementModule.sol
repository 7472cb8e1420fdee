// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IVault} from "../interfaces/IVault.sol";
import {BoundedCall} from "../libraries/BoundedCall.sol";
import {MarginMath} from "../libraries/MarginMath.sol";
import {Reverts} from "../libraries/Reverts.sol";
import {Cast} from "../types/Cast.sol";
import {FeedChangesBefore, NotSelf, NotYetExecutable, OrderPastExpiry} from "../types/Errors.sol";
import {FailureCause} from "../types/Order.sol";
import {Announcement, Bracket, Leg, SignedOrder, SignedOrderRules} from "../types/SignedOrder.sol";
import {BaseLib, PriceLib} from "../types/Units.sol";
import {CounterfactualVerifier} from "./CounterfactualVerifier.sol";
import {OrderBonds} from "./OrderBonds.sol";
import {OrderFailures} from "./OrderFailures.sol";
import {SignedOrderFills} from "./SignedOrderFills.sol";
import {SignedOrderState} from "./SignedOrderState.sol";

/// @title The announcements of signed orders: orders and brackets that keepers execute without a permitted relayer
/// @notice A keeper announces an order with a recent price that meets its trigger and its limit. The order then follows
/// the rule of delayed orders: it executes at the first price after a delay, and any account can execute it (T15). If
/// that price does not meet the trigger or the limit, the order waits again.
///
/// The price of the announcement only shows that the order is due. Any price of the last seconds serves, so its choice
/// decides when the order is announced, as the choice of the block does, and never at which price it executes (T27). An
/// account that backdates `validFrom`, or signs an order for each price, gets the same unknown price for all.
///
/// The relay fee of the fill is in escrow at this gateway from the announcement on. The keepers that announce and execute
/// the order share it when the order fills. It returns to the account when the order waits again.
///
/// An announced order that may open a position binds a bond, as a delayed order does (T44). An account that makes its
/// order fail once the price is known pays the bond to the maker and the relay fee to the keeper, and the order ends. So
/// the bond is due once for an order, and keepers are paid for ending it. An order with a bond that the maker has too
/// little capacity for fills up to the capacity, and its rest ends: an account that uses some of the capacity stops no
/// other order.
///
/// An account that announces the order of another one cannot make it fail at that account's cost: after bond and fee, the
/// fund covers the margin of the order, and the margin covers the order and a move of the price as large as the bond.
/// @dev Runs on the storage of {SignedOrderGateway}, which delegates calls to it: the code of both
/// together exceeds the size limit. Called directly, it is a gateway without rules, approvals and orders.
contract AnnouncementModule is SignedOrderFills {
    using SafeCast for uint256;

    /// @dev An order or a leg that can be announced.
    struct Due {
        bytes32 orderHash;
        /// @dev Earliest publish time of the price that shows that it is due, seconds.
        uint256 since;
        /// @dev Amount that a bond covers, WAD base; zero: none.
        uint256 bonded;
        /// @dev Relay fee of the fill, XCD.
        uint256 relayFeeXCD;
        /// @dev Margin that moves with the fill, XCD.
        uint256 marginXCD;
        /// @dev Oracle price that shows that it is due, WAD quote per base; zero when the account itself announces.
        uint256 price;
    }

    /// @dev The order, as {_tryFill} passes it on.
    struct Target {
        bytes32 orderHash;
        bytes32 legHash;
        /// @dev Oracle price of the execution, WAD quote per base.
        uint256 price;
    }

    /// @notice Maximum age of the price with which a keeper announces an order, seconds.
    uint256 public constant MAX_PROOF_AGE = 30;
    /// @notice Minimum seconds between two announcements of one order. An announcement on a short move of the price
    /// delays the order by no more.
    uint256 public constant ANNOUNCEMENT_COOLDOWN = 60;

    constructor(IClearingHouse clearingHouse_, CounterfactualVerifier verifier_)
        Ownable(address(clearingHouse_))
        OrderBonds(clearingHouse_)
        SignedOrderState(verifier_, clearingHouse_.vault())
    {}

    // -------------------------------------------------------------------------------------------------- keepers ----

    /// @notice Announces an order or a leg of its bracket. Any account can then execute it, at the first price published
    /// at or after the delay of the market from now, for its whole remaining amount.
    ///
    /// The relay fee that is left of the order, or `exitFeeXCD` for a leg of a bracket, moves from the account's fund into
    /// escrow: one half for the caller, one half for the keeper that executes it. The attached value pays the price
    /// source, and the rest is returned; without value the oracle pays from its balance.
    ///
    /// Reverts with TriggerNotMet, LimitExceeded and `StalePrice` when the price does not show that the order is due; with
    /// OrderIsAnnounced and AnnouncedTooSoon; with RelayFeeTooLow, `InsufficientFund` and as {IVault-bindBond} for lack of
    /// collateral; with IdIsAnnounced, FeedChangesBefore, OrderPastExpiry, WrongMaker and BracketNotActive.
    /// @param signature signature of the order; not needed when the caller is the order's account, nor for a leg of an
    /// active bracket
    /// @param maker the maker of the order; when the order names none, the choice of its account or of a relayer, which
    /// must be the caller
    /// @param updateData a price published in the last {MAX_PROOF_AGE} seconds, and since `validFrom` or, for a leg,
    /// since the fill that activated the bracket, which meets the trigger and the limit. Empty: the stored price. Not
    /// needed when the caller is the order's account
    /// @return legHash as returned by {hashLeg}
    function announce(
        SignedOrder calldata order,
        Leg leg,
        bytes calldata signature,
        address maker,
        bytes[] calldata updateData
    ) external payable nonReentrant returns (bytes32 legHash) {
        Due memory due = leg == Leg.Entry ? _dueEntry(order, signature, maker) : _dueExit(order, leg);
        _requireMaker(order, maker);
        bool isOwn = msg.sender == order.account;
        if (order.maker == address(0) && !isOwn && !isRelayer(msg.sender)) {
            revert NotOrderAccount(msg.sender, order.account);
        }
        legHash = hashLeg(due.orderHash, leg);
        _requireAnnounceable(legHash);
        uint256 sourceFee = isOwn ? 0 : _requireDue(order, leg, due, updateData);
        // After the price that shows that the order is due, which Pyth stores: the execution price is a later one (T38).
        Announcement memory announcement = _schedule(order.marketId, leg, maker);
        _commit(order, announcement, due);
        _announcements[legHash] = uint256(hashAnnouncement(legHash, announcement));
        emit OrderAnnounced(legHash, order.account, order, announcement);
        _returnValue(sourceFee);
    }

    /// @notice Executes an announced order at its unique price and pays the caller its share of the relay fee. If the
    /// fill fails for a reason that ends the announcement (see {OrderFailures}), deletes the announcement: the account
    /// gets the relay fee and the bond back, and the order waits again. If the account caused the failure, the caller
    /// gets the relay fee, the maker gets the bond, and the order or the bracket ends. Any other failure reverts, and the
    /// announcement stays open.
    /// @param updateData the first price update published at or after `executableAt`. Empty: the first price of the
    /// second source at or after `executableAt`, for orders that only reduce
    /// @return executed false when the announcement was purged
    function executeAnnounced(
        SignedOrder calldata order,
        Announcement calldata announcement,
        bytes[] calldata updateData
    ) external payable nonReentrant returns (bool executed) {
        bytes32 orderHash = hashOrder(order);
        bytes32 legHash = _consume(orderHash, announcement);
        if (block.timestamp < announcement.executableAt) {
            revert NotYetExecutable(block.timestamp, announcement.executableAt);
        }
        if (block.timestamp > announcement.expiresAt) {
            revert AnnouncementPastExpiry(block.timestamp, announcement.expiresAt);
        }
        (uint256 price, uint256 sourceFee) = _beginFirst(order, announcement, updateData);
        FailureCause cause = _tryFill(order, announcement, Target(orderHash, legHash, price));
        oracle.endExecution();
        executed = cause == FailureCause.None;
        if (cause == FailureCause.Taker) {
            _transferFund(address(this), msg.sender, announcement.relayFeeXCD);
            // So its fee is paid once.
            if (announcement.leg != Leg.Entry) _cancelBracket(order, orderHash);
            else if (!_isClosed(order.account, order.id)) _cancel(order.account, order.id);
        } else if (!executed) {
            _returnFee(order, announcement);
        }
        if (!executed) _waitAgain(order, legHash, announcement);
        if (_endBond(order.marketId, order.account, announcement.maker, announcement.bondXCD, cause)) {
            emit AnnouncementBondPaid(legHash, order.account, announcement.maker, announcement.bondXCD);
        }
        _returnValue(sourceFee);
    }

    /// @notice Deletes an expired announcement. The account gets the relay fee and the bond back, and the order waits
    /// again. {SignedOrderGateway-batch} announces it in the same transaction.
    function clearAnnouncement(SignedOrder calldata order, Announcement calldata announcement) external nonReentrant {
        bytes32 legHash = _consume(hashOrder(order), announcement);
        if (block.timestamp <= announcement.expiresAt) {
            revert AnnouncementNotExpired(block.timestamp, announcement.expiresAt);
        }
        _endUnfilled(order, legHash, announcement);
        emit AnnouncementExpired(legHash, msg.sender);
    }

    /// @notice Fills an announced order. Only this contract can call it: {executeAnnounced} makes a separate call, so
    /// that a failure reverts the fill as a whole.
    /// @param price execution price, WAD quote per base
    /// @param keeper account that executes the announcement
    /// @param most base at which the order itself ends, WAD: the maker's capacity, or the largest uint256
    function fillAnnounced(
        SignedOrder calldata order,
        bytes32 orderHash,
        Announcement calldata announcement,
        uint256 price,
        address keeper,
        uint256 most
    ) external {
        if (msg.sender != address(this)) revert NotSelf(msg.sender);
        FeeParties memory parties = FeeParties(address(this), keeper, announcement.announcer);
        uint256 fee;
        if (announcement.leg == Leg.Entry) {
            OpenOrder memory open = _loadOrder(order, orderHash, true);
            // Relayers may have filled a part since, and have charged for it.
            fee = Math.min(announcement.relayFeeXCD, _relayFeeDue(order, open, open.remaining));
            open.relayFeeXCD = fee;
            // It is the order's last fill, which `minFill` does not bind.
            open.remaining = Math.min(open.remaining, most);
            _fill(order, open, announcement.maker, type(uint256).max, price, parties);
        } else {
            fee = _fillExit(order, orderHash, announcement, price, parties);
        }
        _transferFund(address(this), order.account, announcement.relayFeeXCD - fee);
    }

    // ------------------------------------------------------------------------------------------------- accounts ----

    /// @notice Cancels an announcement while its price is unknown, and closes the order's id. For a leg of a bracket,
    /// the bracket stays active: {cancelBracket} ends it. The account gets the relay fee and the bond back.
    /// @param signature not needed from the order's account; else its EIP-712 signature as for {cancelOrderBySig}, and for
    /// a leg as for {cancelBracket}
    function cancelAnnouncement(
        SignedOrder calldata order,
        Announcement calldata announcement,
        bytes calldata signature
    ) external nonReentrant {
        bytes32 orderHash = hashOrder(order);
        if (msg.sender != order.account) {
            if (announcement.leg == Leg.Entry) _requireCancellation(order.account, order.id, signature);
            else _requireBracketCancellation(order.account, orderHash, signature);
        }
        bytes32 legHash = _consume(orderHash, announcement);
        // The stored price can be ahead of the clock of the chain (T38).
        uint256 time = oracle.commitmentTime(order.marketId);
        if (time >= announcement.executableAt) revert AnnouncementIsExecutable(time, announcement.executableAt);
        if (announcement.leg == Leg.Entry && !_isClosed(order.account, order.id)) _cancel(order.account, order.id);
        _endUnfilled(order, legHash, announcement);
        emit AnnouncementCancelled(legHash, order.account);
    }

    // ------------------------------------------------------------------------------------------------- internal ----

    /// @dev Validates an order with its signature.
    function _dueEntry(SignedOrder calldata order, bytes calldata signature, address maker)
        private
        returns (Due memory due)
    {
        due.orderHash = _validateOrder(order, block.timestamp);
        // The signature check may call the wallet, so it precedes every other step of the order.
        if (msg.sender != order.account) _requireSignature(order.account, due.orderHash, signature);
        OpenOrder memory open;
        open.fills = _requireOpen(order.account, order.id, false);
        uint256 filled = open.fills.filled;
        if (filled != 0 && filled >= order.amount) revert OrderClosed(order.account, order.id);
        if (!order.isReduceOnly && !_isSpotHedged(maker)) due.bonded = order.amount - filled;
        if (filled == 0) due.marginXCD = order.marginXCD;
        due.relayFeeXCD = _relayFeeDue(order, open, 0);
        due.since = order.validFrom;
    }

    /// @dev Validates a leg of a bracket. The fill that activated the bracket has proved the order.
    function _dueExit(SignedOrder calldata order, Leg leg) private view returns (Due memory due) {
        _requireNonce(order);
        due.orderHash = hashOrder(order);
        Bracket memory bracket = _requireBracket(order, due.orderHash, leg);
        due.relayFeeXCD = _exitFee(order, bracket.size);
        due.since = bracket.activeSince;
    }

    /// @dev Takes the relay fee into escrow and binds the bond.
    function _commit(SignedOrder calldata order, Announcement memory announcement, Due memory due) private {
        SignedOrderRules memory rules = _rulesOf(order.marketId);
        // An order that pays no keeper would be executed by its own account only, when its price is good (T16).
        if (due.relayFeeXCD < rules.minRelayFeeXCD) revert RelayFeeTooLow(due.relayFeeXCD, rules.minRelayFeeXCD);
        announcement.relayFeeXCD = due.relayFeeXCD.toUint128();
        _transferFund(order.account, address(this), due.relayFeeXCD);
        if (announcement.leg != Leg.Entry) return;
        if (announcement.executableAt > order.expiresAt) {
            revert OrderPastExpiry(announcement.executableAt, order.expiresAt);
        }
        _recordAnnouncement(order.account, order.id, announcement.expiresAt, due.bonded != 0);
        if (due.bonded != 0) {
            uint256 bondXCD = _bindBond(order.marketId, order.account, true, due.bonded, rules.bondRatio);
            announcement.bondXCD = bondXCD.toUint128();
            if (msg.sender != order.account) _requireMargin(order, due, bondXCD);
        }
        if (due.marginXCD == 0) return;
        uint256 fundXCD = vault.fundOf(order.account);
        if (fundXCD < due.marginXCD) revert IVault.InsufficientFund(due.marginXCD, fundXCD);
    }

    /// @dev Requires free margin for the initial margin of what the order adds to the position, and for a move of the price
    /// as large as the bond, which also covers the cost of the fill.
    function _requireMargin(SignedOrder calldata order, Due memory due, uint256 bondXCD) private view {
        int256 size = vault.positionOf(order.marketId, order.account).size.unwrap();
        bool isOpposite = order.isBaseToQuote ? size > 0 : size < 0;
        // An order that crosses zero releases the margin of the position that it closes.
        uint256 closes = isOpposite ? 2 * SignedMath.abs(size) : 0;
        (uint256 initial,,,) = vault.marginRatiosOf(order.marketId);
        uint256 required = MarginMath.requirementCeil(
            BaseLib.toBase(Math.saturatingSub(due.bonded, closes)).notionalCeil(PriceLib.toPrice(due.price)), initial
        );
        uint256 requiredXCD = Math.ceilDiv(required, vault.assetScale()) + bondXCD;
        uint256 availableXCD = vault.withdrawableMarginOf(order.marketId, order.account) + due.marginXCD;
        if (availableXCD < requiredXCD) revert MarginTooLow(availableXCD, requiredXCD);
    }

    /// @dev The times of a new announcement. Refuses one that would live across a change of the market's feed (T39).
    function _schedule(uint256 marketId, Leg leg, address maker) private view returns (Announcement memory a) {
        SignedOrderRules memory rules = _rulesOf(marketId);
        (a.maker, a.announcer, a.leg) = (maker, msg.sender, leg);
        a.announcedAt = block.timestamp.toUint64();
        (uint256 committedAt, uint256 changeAt) = oracle.commitment(marketId);
        uint256 executableAt = committedAt + rules.delay;
        uint256 expiresAt = executableAt + rules.validity;
        if (changeAt != 0 && changeAt <= expiresAt) revert FeedChangesBefore(expiresAt, changeAt);
        (a.executableAt, a.expiresAt) = (executableAt.toUint64(), expiresAt.toUint64());
    }

    /// @dev Requires a recent price that meets the trigger and the limit. Payable functions only.
    /// @return sourceFee part of the attached value that paid the price source, wei
    function _requireDue(SignedOrder calldata order, Leg leg, Due memory due, bytes[] calldata updateData)
        private
        returns (uint256 sourceFee)
    {
        sourceFee = _sourceFee(order.marketId, updateData, 0, msg.value != 0, msg.value);
        uint256 oldest = Math.max(due.since, block.timestamp - MAX_PROOF_AGE);
        uint256 price = oracle.provePrice{value: sourceFee}(order.marketId, updateData, oldest).unwrap();
        due.price = price;
        if (leg != Leg.Entry) {
            if (!order.isExitTriggeredAt(leg, price)) revert TriggerNotMet(price, order.exitPrice(leg));
            return sourceFee;
        }
        if (!order.isTriggeredAt(price)) revert TriggerNotMet(price, order.triggerPrice);
        if (!order.isInsideLimit(price)) revert LimitExceeded(price, order.price);
    }

    function _requireAnnounceable(bytes32 legHash) private view {
        uint256 state = _announcements[legHash];
        if (_isHash(state)) revert OrderIsAnnounced(legHash);
        if (block.timestamp < state) revert AnnouncedTooSoon(block.timestamp, state);
    }

    /// @dev Starts an execution at the unique price of an announced order. Payable functions only.
    function _beginFirst(SignedOrder calldata order, Announcement calldata announcement, bytes[] calldata updateData)
        private
        returns (uint256 price, uint256 sourceFee)
    {
        uint256 executableAt = announcement.executableAt;
        sourceFee = _sourceFee(order.marketId, updateData, executableAt, msg.value != 0, msg.value);
        uint256 lastPriceAt = executableAt + _rulesOf(order.marketId).priceWindow;
        bool onlyReduces = order.isReduceOnly || announcement.leg != Leg.Entry;
        price = _beginExecution(order.marketId, updateData, onlyReduces, executableAt, lastPriceAt, sourceFee);
    }

    function _tryFill(SignedOrder calldata order, Announcement calldata announcement, Target memory target)
        private
        returns (FailureCause cause)
    {
        _requireTradeGas();
        (bool ok, bytes memory reason) = _callFill(order, announcement, target, type(uint256).max);
        // Only orders with a bond: a reduction waits for the capacity of all of it.
        if (!ok && announcement.bondXCD != 0) {
            (, uint256 available) = OrderFailures.capacityIn(reason);
            if (available != 0) (ok, reason) = _callFillUpTo(order, announcement, target, available, reason);
        }
        if (ok) return FailureCause.None;
        cause = _causeOfAnnounced(reason, announcement.maker);
        if (cause == FailureCause.None) Reverts.bubble(reason);
        emit AnnouncementPurged(target.legHash, order.account, msg.sender, reason);
    }

    /// @dev Fills an order up to the maker's capacity. {MIN_TRADE_GAS} covers both trades; a lack of gas would leave the
    /// announcement open, because it has no reason.
    /// @param capacityError kept as the reason when the fill is too small
    function _callFillUpTo(
        SignedOrder calldata order,
        Announcement calldata announcement,
        Target memory target,
        uint256 available,
        bytes memory capacityError
    ) private returns (bool ok, bytes memory reason) {
        (ok, reason) = _callFill(order, announcement, target, available);
        if (!ok && OrderFailures.isTooSmall(reason)) reason = capacityError;
    }

    function _callFill(
        SignedOrder calldata order,
        Announcement calldata announcement,
        Target memory target,
        uint256 most
    ) private returns (bool ok, bytes memory reason) {
        return BoundedCall.tryCall(
            address(this),
            gasleft(),
            abi.encodeCall(this.fillAnnounced, (order, target.orderHash, announcement, target.price, msg.sender, most))
        );
    }

    /// @dev A missed trigger is the market's failure. OrderClosed and BracketNotActive follow fills and trades since: the
    /// order has traded, or its position is closed. The account causes no arithmetic error, because the bond covers the
    /// amount.
    function _causeOfAnnounced(bytes memory reason, address maker) private view returns (FailureCause) {
        bytes4 selector = Cast.toSelector(reason);
        bool isMarkets = selector == TriggerNotMet.selector || selector == OrderClosed.selector
            || selector == BracketNotActive.selector || OrderFailures.isArithmeticError(selector);
        return isMarkets ? FailureCause.Market : _causeOf(reason, maker, true);
    }

    /// @dev Deletes an announcement after checking its terms.
    function _consume(bytes32 orderHash, Announcement calldata announcement) private returns (bytes32 legHash) {
        legHash = hashLeg(orderHash, announcement.leg);
        bytes32 given = hashAnnouncement(legHash, announcement);
        if (_announcements[legHash] != uint256(given)) revert UnknownAnnouncement(legHash, given);
        delete _announcements[legHash];
    }

    /// @dev The order waits for another announcement, which the cooldown may delay.
    function _waitAgain(SignedOrder calldata order, bytes32 legHash, Announcement calldata announcement) private {
        _announcements[legHash] = announcement.announcedAt + ANNOUNCEMENT_COOLDOWN;
        if (announcement.bondXCD != 0) {
            _recordAnnouncementEnd(order.account, order.id, announcement.expiresAt);
        }
    }

    /// @dev Ends an announcement without a fill: the account gets the relay fee and the bond back.
    function _endUnfilled(SignedOrder calldata order, bytes32 legHash, Announcement calldata announcement) private {
        _waitAgain(order, legHash, announcement);
        _returnFee(order, announcement);
        _endBond(order.marketId, order.account, announcement.maker, announcement.bondXCD, FailureCause.None);
    }

    /// @dev Returns the relay fee to the account's fund, or to its wallet when the owner of the exchange has withdrawn its
    /// approval of this gateway.
    function _returnFee(SignedOrder calldata order, Announcement calldata announcement) private {
        if (clearingHouse.isGateway(address(this))) {
            _transferFund(address(this), order.account, announcement.relayFeeXCD);
        } else {
            vault.withdraw(announcement.relayFeeXCD, order.account);
        }
    }

    /// @dev Returns the attached value that did not pay the price source. The last step, because the caller can reenter.
    function _returnValue(uint256 sourceFee) private {
        if (msg.value > sourceFee) Address.sendValue(payable(msg.sender), msg.value - sourceFee);
    }
}
