// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {BoundedCall} from "../libraries/BoundedCall.sol";
import {Reverts} from "../libraries/Reverts.sol";
import {Cast} from "../types/Cast.sol";
import {FeedChangesBefore, NotSelf, NotYetExecutable} from "../types/Errors.sol";
import {FailureCause} from "../types/Order.sol";
import {Announcement, Bracket, Leg, SignedOrder, SignedOrderRules} from "../types/SignedOrder.sol";
import {PullPayments} from "./PullPayments.sol";
import {SignedOrderFills} from "./SignedOrderFills.sol";
import {SignedOrderSettings} from "./SignedOrderSettings.sol";

/// @title Announcements: signed orders and brackets that keepers execute without a permitted relayer
/// @notice A keeper announces an order with a recent price that meets its trigger and its limit. The order then follows
/// the rule of delayed orders: it executes at the first price after a delay, and any account can execute it (T15). If
/// that price does not meet the trigger or the limit, the order waits again.
///
/// The price of the announcement only shows that the order is due. Any price of the last seconds serves, so its choice
/// decides when the order is announced, as the choice of the block does, and never at which price it executes (T27). An
/// account that backdates `validFrom`, or signs an order for each price, gets the same unknown price for all.
///
/// An announced order that may open a position binds a bond, as a delayed order does: an account that makes it fail once
/// its price is known pays the bond to the maker (T44).
///
/// The keepers that announce and execute share the relay fee of the fill. An account that announces its own order, or any
/// sponsor, can attach a keeper fee instead.
abstract contract Announcements is SignedOrderSettings, SignedOrderFills, PullPayments {
    using SafeCast for uint256;

    /// @notice Maximum age of the price with which a keeper announces an order, seconds.
    uint256 public constant MAX_PROOF_AGE = 30;
    /// @notice Minimum seconds between two announcements of one order. An announcement on a short move of the price
    /// delays the order by no more.
    uint256 public constant ANNOUNCEMENT_COOLDOWN = 60;

    /// @dev For each leg: the hash of its announcement, or the time from which it can be announced again, or zero.
    mapping(bytes32 legHash => uint256 state) private _announcements;

    // -------------------------------------------------------------------------------------------------- keepers ----

    /// @notice Announces an order or a leg of its bracket. Any account can then execute it, at the first price published
    /// at or after the delay of the market from now, for its whole remaining amount.
    ///
    /// The attached value, less the fee of the price source, becomes the keeper's fee, and the order pays no relay fee.
    /// Without attached value, the order pays its relay fee on the fill: one half to the caller, one half to the keeper
    /// that executes it. A leg of a bracket pays `exitFeeXCD` in the same way.
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
        Announcement memory announcement = _schedule(order.marketId, leg, maker);
        bool isOwn = msg.sender == order.account;
        bytes32 orderHash;
        // First second of the price that shows that the order is due.
        uint256 since;
        uint256 filled;
        uint256 feeXCD;
        if (leg == Leg.Entry) {
            orderHash = _validateOrder(order, announcement.executableAt);
            // The signature check may call the wallet, so it precedes every other step of the order.
            if (!isOwn) _requireSignature(order.account, orderHash, signature);
            OpenOrder memory open;
            open.fills = _requireOpen(order.account, order.id, false);
            filled = open.fills.filled;
            if (filled != 0 && filled >= order.amount) revert OrderClosed(order.account, order.id);
            feeXCD = _relayFeeDue(order, open, 0);
            since = order.validFrom;
        } else {
            _requireNonce(order);
            orderHash = hashOrder(order);
            Bracket memory bracket = _requireBracket(order, orderHash, leg);
            feeXCD = _exitFee(order, bracket.size);
            since = bracket.activeSince;
        }
        _requireMaker(order, maker);
        if (order.maker == address(0) && !isOwn && !isRelayer(msg.sender)) {
            revert NotOrderAccount(msg.sender, order.account);
        }
        uint256 sourceFee = isOwn ? 0 : _requireDue(order, leg, since, updateData);
        announcement.keeperFee = _requireFee(order.marketId, msg.value - sourceFee, feeXCD);
        legHash = hashLeg(orderHash, leg);
        _requireAnnounceable(legHash);
        if (leg == Leg.Entry && !order.isReduceOnly && !_isSpotHedged(maker)) {
            announcement.bondXCD = _bindBond(
                    order.marketId, order.account, true, order.amount - filled, _rulesOf(order.marketId).bondRatio
                ).toUint128();
        }
        _announcements[legHash] = uint256(hashAnnouncement(legHash, announcement));
        emit OrderAnnounced(legHash, order.account, order, announcement);
    }

    /// @notice Executes an announced order at its unique price and pays the caller: the keeper fee, or its share of the
    /// relay fee. If the fill fails for a reason that ends the announcement (see {OrderFailures}), deletes the
    /// announcement, pays the keeper fee too, and the order waits again. Any other failure reverts, and the announcement
    /// stays open.
    /// @param updateData the first price update published at or after `executableAt`. Empty: the first price of the
    /// second source after the price window, for orders that only reduce
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
        FailureCause cause = _tryFill(order, orderHash, legHash, announcement, price);
        oracle.endExecution();
        executed = cause == FailureCause.None;
        if (!executed) _waitAgain(legHash, announcement);
        if (_endBond(order.marketId, order.account, announcement.maker, announcement.bondXCD, cause)) {
            emit AnnouncementBondPaid(legHash, order.account, announcement.maker, announcement.bondXCD);
        }
        uint256 earned = announcement.keeperFee;
        if (cause == FailureCause.Maker) {
            // The keeper can cause it as an LP of the maker (T60).
            _refund(announcement);
            earned = 0;
        }
        _pay(msg.sender, earned + msg.value - sourceFee);
    }

    /// @notice Deletes an expired announcement and pays the keeper fee to the caller. The order waits again.
    function clearAnnouncement(SignedOrder calldata order, Announcement calldata announcement) external nonReentrant {
        bytes32 legHash = _consume(hashOrder(order), announcement);
        if (block.timestamp <= announcement.expiresAt) {
            revert AnnouncementNotExpired(block.timestamp, announcement.expiresAt);
        }
        _waitAgain(legHash, announcement);
        _freeBond(order, announcement);
        emit AnnouncementExpired(legHash, msg.sender);
        _pay(msg.sender, announcement.keeperFee);
    }

    /// @notice Fills an announced order. Only this contract can call it: {executeAnnounced} makes a separate call, so
    /// that a failure reverts the fill as a whole.
    /// @param keeper account that executes the announcement
    function fillAnnounced(
        SignedOrder calldata order,
        bytes32 orderHash,
        Announcement calldata announcement,
        uint256 price,
        address keeper
    ) external {
        if (msg.sender != address(this)) revert NotSelf(msg.sender);
        FeeReceivers memory receivers = FeeReceivers(keeper, announcement.announcer);
        bool paysFee = announcement.keeperFee == 0;
        if (announcement.leg != Leg.Entry) {
            return _fillExit(order, orderHash, announcement.leg, announcement.maker, price, paysFee, receivers);
        }
        OpenOrder memory open = _loadOrder(order, orderHash, true);
        if (paysFee) open.relayFeeXCD = _relayFeeDue(order, open, open.remaining);
        _fill(order, open, announcement.maker, type(uint256).max, price, receivers);
    }

    // ------------------------------------------------------------------------------------------------- accounts ----

    /// @notice Cancels an announcement while its price is unknown, and closes the order's id. For a leg of a bracket,
    /// the bracket stays active: {cancelBracket} ends it. The keeper fee returns to its sponsor.
    /// @param signature not needed from the order's account; else its EIP-712 signature as for {cancelOrderBySig}
    function cancelAnnouncement(
        SignedOrder calldata order,
        Announcement calldata announcement,
        bytes calldata signature
    ) external nonReentrant {
        if (msg.sender != order.account) {
            _requireCancellation(order.account, order.id, signature);
        }
        bytes32 legHash = _consume(hashOrder(order), announcement);
        // The stored price can be ahead of the clock of the chain (T38).
        uint256 time = oracle.commitmentTime(order.marketId);
        if (time >= announcement.executableAt) revert AnnouncementIsExecutable(time, announcement.executableAt);
        _waitAgain(legHash, announcement);
        if (announcement.leg == Leg.Entry && !_isClosed(order.account, order.id)) _cancel(order.account, order.id);
        _freeBond(order, announcement);
        emit AnnouncementCancelled(legHash, order.account);
        _refund(announcement);
    }

    /// @notice Cancels the bracket of an order. Reverts with OrderIsAnnounced while one of its legs is announced, because
    /// the price of that leg may be known (T16).
    /// @param signature not needed from the order's account; else its EIP-712 signature as for {cancelOrderBySig}
    function cancelBracket(SignedOrder calldata order, bytes calldata signature) external nonReentrant {
        if (msg.sender != order.account) _requireCancellation(order.account, order.id, signature);
        bytes32 orderHash = hashOrder(order);
        for (uint256 leg = uint256(Leg.TakeProfit); leg <= uint256(Leg.Stop); ++leg) {
            bytes32 legHash = hashLeg(orderHash, Leg(leg));
            if (_isHash(_announcements[legHash])) revert OrderIsAnnounced(legHash);
        }
        _cancelBracket(order, orderHash);
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @notice Returns the hash of the announcement of a leg; zero for a leg that is not announced. Orders with the same
    /// id have separate announcements.
    function announcementOf(bytes32 legHash) external view returns (bytes32 commitment) {
        uint256 state = _announcements[legHash];
        if (_isHash(state)) commitment = bytes32(state);
    }

    /// @notice Returns the time from which a leg can be announced again, seconds; zero for a leg that is announced or was
    /// never announced.
    function announceableAt(bytes32 legHash) external view returns (uint256) {
        uint256 state = _announcements[legHash];
        return _isHash(state) ? 0 : state;
    }

    /// @notice Returns the hash of an announcement, as returned by {announcementOf}.
    function hashAnnouncement(bytes32 legHash, Announcement memory announcement) public pure returns (bytes32) {
        return keccak256(abi.encode(legHash, announcement));
    }

    // ------------------------------------------------------------------------------------------------- internal ----

    /// @dev The times of a new announcement. Refuses one that would live across a change of the market's feed (T39).
    function _schedule(uint256 marketId, Leg leg, address maker) private view returns (Announcement memory a) {
        SignedOrderRules memory rules = _rulesOf(marketId);
        (a.maker, a.announcer, a.leg) = (maker, msg.sender, leg);
        a.announcedAt = block.timestamp.toUint64();
        uint256 executableAt = oracle.commitmentTime(marketId) + rules.delay;
        uint256 expiresAt = executableAt + rules.validity;
        uint256 changeAt = oracle.nextFeedChangeAt(marketId);
        if (changeAt != 0 && changeAt <= expiresAt) revert FeedChangesBefore(expiresAt, changeAt);
        (a.executableAt, a.expiresAt) = (executableAt.toUint64(), expiresAt.toUint64());
    }

    /// @dev Requires a recent price that meets the trigger and the limit. Payable functions only.
    /// @param since first valid publish time, seconds
    /// @return sourceFee part of the attached value that paid the price source, wei
    function _requireDue(SignedOrder calldata order, Leg leg, uint256 since, bytes[] calldata updateData)
        private
        returns (uint256 sourceFee)
    {
        sourceFee = _sourceFee(order.marketId, updateData, msg.value != 0, msg.value);
        uint256 oldest = Math.max(since, block.timestamp - MAX_PROOF_AGE);
        uint256 price = oracle.provePrice{value: sourceFee}(order.marketId, updateData, oldest).unwrap();
        if (leg != Leg.Entry) {
            if (!order.isExitTriggeredAt(leg, price)) revert TriggerNotMet(price, order.exitPrice(leg));
            return sourceFee;
        }
        if (!order.isTriggeredAt(price)) revert TriggerNotMet(price, order.triggerPrice);
        if (!order.isInsideLimit(price)) revert LimitExceeded(price, order.price);
    }

    /// @dev Requires a fee for the keepers: a keeper fee that the caller attaches, or the relay fee of the order. An
    /// order without either would be executed by its own account only, when its price has turned out well (T16).
    /// @param left attached value after the fee of the price source, wei
    /// @param feeXCD relay fee that the order pays on the fill, XCD
    /// @return keeperFee wei
    function _requireFee(uint256 marketId, uint256 left, uint256 feeXCD) private view returns (uint128 keeperFee) {
        SignedOrderRules memory rules = _rulesOf(marketId);
        if (left != 0) {
            if (left < rules.minKeeperFee) revert KeeperFeeTooLow(left, rules.minKeeperFee);
            return left.toUint128();
        }
        if (feeXCD < rules.minRelayFeeXCD) revert RelayFeeTooLow(feeXCD, rules.minRelayFeeXCD);
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
        sourceFee = _sourceFee(order.marketId, updateData, msg.value != 0, msg.value);
        uint256 executableAt = announcement.executableAt;
        uint256 lastPriceAt = executableAt + _rulesOf(order.marketId).priceWindow;
        bool onlyReduces = order.isReduceOnly || announcement.leg != Leg.Entry;
        price = _beginExecution(order.marketId, updateData, onlyReduces, executableAt, lastPriceAt, sourceFee);
    }

    function _tryFill(
        SignedOrder calldata order,
        bytes32 orderHash,
        bytes32 legHash,
        Announcement calldata announcement,
        uint256 price
    ) private returns (FailureCause cause) {
        _requireTradeGas();
        (bool ok, bytes memory reason) = BoundedCall.tryCall(
            address(this),
            gasleft(),
            abi.encodeCall(this.fillAnnounced, (order, orderHash, announcement, price, msg.sender))
        );
        if (ok) return FailureCause.None;
        bytes4 selector = Cast.toSelector(reason);
        // A missed trigger is the market's failure. The other two are fills or trades of the account since, which ended
        // nothing that a bond covers: an entry that was filled has traded.
        bool isOrderFailure = selector == TriggerNotMet.selector || selector == OrderClosed.selector
            || selector == BracketNotActive.selector;
        cause = isOrderFailure ? FailureCause.Market : _causeOf(reason, announcement.maker, true);
        if (cause == FailureCause.None) Reverts.bubble(reason);
        emit AnnouncementPurged(legHash, order.account, msg.sender, reason);
    }

    /// @dev Deletes an announcement after checking its terms.
    function _consume(bytes32 orderHash, Announcement calldata announcement) private returns (bytes32 legHash) {
        legHash = hashLeg(orderHash, announcement.leg);
        bytes32 given = hashAnnouncement(legHash, announcement);
        if (_announcements[legHash] != uint256(given)) revert UnknownAnnouncement(legHash, given);
        delete _announcements[legHash];
    }

    /// @dev The order waits for another announcement, which the cooldown may delay.
    function _waitAgain(bytes32 legHash, Announcement calldata announcement) private {
        _announcements[legHash] = announcement.announcedAt + ANNOUNCEMENT_COOLDOWN;
    }

    function _freeBond(SignedOrder calldata order, Announcement calldata announcement) private {
        _endBond(order.marketId, order.account, announcement.maker, announcement.bondXCD, FailureCause.None);
    }

    /// @dev Returns the keeper fee to the account that attached it, by a credit, because that account may not be the
    /// caller.
    function _refund(Announcement calldata announcement) private {
        if (announcement.keeperFee != 0) _credit(announcement.announcer, announcement.keeperFee);
    }

    /// @dev A hash exceeds every time. The chance of a smaller one is 2^-192.
    function _isHash(uint256 state) private pure returns (bool) {
        return state > type(uint64).max;
    }
}
