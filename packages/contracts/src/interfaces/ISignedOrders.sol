// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Announcement, Leg, SignedOrder} from "../types/SignedOrder.sol";

/// @title Events and errors of signed orders
/// @notice A leg is identified by its hash, see {SignedOrderState-hashLeg}; that of the entry is the order's hash.
interface ISignedOrders {
    /// @notice A signed order, or a leg of its bracket, was filled. `base` and `quote` are changes of its account, and
    /// `price` is the oracle price, all WAD. `relayFeeXCD` is in the decimals of the collateral.
    /// @param counterparty the LP vault, or the account of the other order
    event OrderFilled(
        bytes32 indexed legHash,
        address indexed account,
        address indexed counterparty,
        int256 base,
        int256 quote,
        uint256 price,
        uint256 relayFeeXCD
    );
    event OrderAnnounced(
        bytes32 indexed legHash, address indexed account, SignedOrder order, Announcement announcement
    );
    /// @notice An announced order failed for a reason that its keeper did not cause. The announcement was deleted. The
    /// order waits again, or ends if its account caused the failure. `reason` is the encoded error.
    event AnnouncementPurged(bytes32 indexed legHash, address indexed account, address keeper, bytes reason);
    /// @notice An expired announcement was deleted.
    event AnnouncementExpired(bytes32 indexed legHash, address caller);
    /// @notice The account cancelled an announcement before its price could be known.
    event AnnouncementCancelled(bytes32 indexed legHash, address indexed account);
    /// @notice The account made its announced order fail, and its bond was paid to the maker. XCD.
    event AnnouncementBondPaid(bytes32 indexed legHash, address indexed account, address maker, uint256 bondXCD);
    /// @notice A fill of an order activated or increased its bracket. `size` is the base that the bracket closes, WAD.
    event BracketActivated(bytes32 indexed orderHash, address indexed account, SignedOrder order, uint256 size);
    /// @notice The account cancelled the bracket of an order.
    event BracketCancelled(bytes32 indexed orderHash, address indexed account);

    /// @notice The order names another maker.
    error WrongMaker(address maker, address wanted);
    /// @notice The orders are not two sides of one market.
    error NotOpposite(bytes32 takerHash, bytes32 makerHash);
    /// @notice A price is worse than the limit of an order. WAD quote per base.
    error LimitExceeded(uint256 price, uint256 limit);
    /// @notice The amount is below the minimum fill or above the remaining amount of the order. WAD base.
    error FillOutOfRange(uint256 amount, uint256 least, uint256 left);
    /// @notice The oracle price does not meet the trigger. WAD quote per base.
    error TriggerNotMet(uint256 price, uint256 triggerPrice);
    /// @notice The relay fee exceeds the share of the order's maximum that is due after this fill. XCD.
    error RelayFeeTooHigh(uint256 fee, uint256 max);
    /// @notice The order pays keepers less than the minimum. XCD.
    error RelayFeeTooLow(uint256 fee, uint256 minFee);
    /// @notice Another account announces an order that its account cannot bear. XCD.
    /// @param availableXCD free margin of the account, and the margin that moves with the fill
    /// @param requiredXCD initial margin of what the order adds to the position, and its bond
    error MarginTooLow(uint256 availableXCD, uint256 requiredXCD);
    /// @notice The order, or the leg of its bracket, is announced already.
    error OrderIsAnnounced(bytes32 legHash);
    /// @notice The order was announced a short time ago and cannot be announced again yet. Seconds.
    error AnnouncedTooSoon(uint256 timestamp, uint256 allowedAt);
    /// @notice The announcement does not match the stored hash.
    error UnknownAnnouncement(bytes32 legHash, bytes32 commitment);
    /// @notice The announcement has expired. Seconds.
    error AnnouncementPastExpiry(uint256 timestamp, uint256 expiresAt);
    /// @notice The announcement has not expired. Seconds.
    error AnnouncementNotExpired(uint256 timestamp, uint256 expiresAt);
    /// @notice The price of the announcement may be known, so the account can no longer cancel it (T16). Seconds.
    error AnnouncementIsExecutable(uint256 time, uint256 executableAt);
    /// @notice No bracket with this leg is active for the order: it has none, it was not filled, or the bracket was
    /// executed, was cancelled or ended with its position.
    error BracketNotActive(bytes32 orderHash, Leg leg);
}
