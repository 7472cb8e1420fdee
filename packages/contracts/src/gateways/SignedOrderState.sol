// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IVault} from "../interfaces/IVault.sol";
import {DelayedApproval} from "../libraries/DelayedApproval.sol";
import {Signatures} from "../libraries/Signatures.sol";
import {MarketNotConfigured, OrderPastExpiry} from "../types/Errors.sol";
import {Announcement, Leg, SignedOrder, SignedOrderRules} from "../types/SignedOrder.sol";
import {CounterfactualVerifier, ERC6492_MAGIC} from "./CounterfactualVerifier.sol";

/// @title State of signed orders: rules of markets, ids, nonces and announcements; validation and cancellation
/// @notice The EIP-712 digest identifies an order, and its domain binds the order to this chain and this contract. An
/// order is filled once, no matter which valid signature is submitted, because fills are counted under its id (T23).
abstract contract SignedOrderState is Ownable2Step, EIP712, ReentrancyGuardTransient {
    using SafeCast for uint256;

    /// @dev Fills and announcements of the orders with one id, one storage word.
    struct Fills {
        /// @dev Sum of the fills, WAD base. The Vault stores no larger size.
        uint112 filled;
        /// @dev Sum of the relay fees, XCD.
        uint96 relayFeeXCD;
        /// @dev Last second in which an order with this id is announced, unless the announcement ended before.
        uint40 announcedUntil;
        /// @dev Whether that announcement has a bond.
        bool isBonded;
    }

    event OrderCancelled(address indexed account, uint256 indexed id);
    /// @notice From now on only orders with this nonce are valid.
    event NonceSet(address indexed account, uint256 nonce);

    /// @notice The account has cancelled all its orders since it signed this one, or the order is for a later nonce.
    error WrongNonce(address account, uint256 nonce, uint256 current);
    error InvalidSignature(address account, bytes32 digest);
    /// @notice An order with this id is announced with a bond. The fill of another one would end it at no cost (T44).
    error IdIsAnnounced(address account, uint256 id);
    /// @notice The order, or another order with its id, is filled or cancelled.
    error OrderClosed(address account, uint256 id);
    error NotOrderAccount(address caller, address account);
    /// @notice The first second of the order is in the future. Seconds.
    error OrderNotStarted(uint256 timestamp, uint256 validFrom);

    /// @dev States of an id; zero means unused. The word of {_fills} counts for an id in use: one that is partially filled,
    /// or that had an announcement with a bond. It can count for a cancelled id too, because announced orders stay
    /// executable.
    uint256 private constant IN_USE = 1;
    uint256 private constant CANCELLED = 2;
    uint256 private constant FILLED = 3;
    /// @dev Mask of both bits of a state.
    uint256 private constant STATE_MASK = 3;

    bytes32 private constant CANCEL_TYPEHASH = keccak256("CancelOrder(address account,uint256 id)");
    bytes32 private constant CANCEL_BRACKET_TYPEHASH = keccak256("CancelBracket(address account,bytes32 orderHash)");

    CounterfactualVerifier public immutable verifier;
    IVault public immutable vault;

    /// @dev Seconds; zero for a relayer that is not approved.
    mapping(address relayer => uint256 effectiveAt) internal _relayers;
    mapping(uint256 marketId => SignedOrderRules rules) internal _rules;
    /// @notice Nonce of the account's valid orders. {cancelAll} increments it.
    mapping(address account => uint256 nonce) public nonceOf;
    /// @dev Fills of the orders with each id, until the id is filled.
    mapping(address account => mapping(uint256 id => Fills fills)) internal _fills;
    /// @dev State of each id, two bits. An order that is filled at once writes no other storage.
    mapping(address account => mapping(uint256 word => uint256 states)) private _states;

    /// @dev For each leg: the hash of its announcement, or the time from which it can be announced again, or zero.
    mapping(bytes32 legHash => uint256 state) internal _announcements;

    constructor(CounterfactualVerifier verifier_, IVault vault_) EIP712("Counterpoise SignedOrderGateway", "1") {
        verifier = verifier_;
        vault = vault_;
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @notice Whether an account may settle and match orders now.
    function isRelayer(address relayer) public view returns (bool) {
        return DelayedApproval.isInForce(_relayers[relayer]);
    }

    /// @notice Returns the EIP-712 digest of an order. The account signs it, and this contract identifies the order by
    /// it.
    function hashOrder(SignedOrder calldata order) public view returns (bytes32) {
        return _hashTypedDataV4(order.structHash());
    }

    /// @notice Returns the hash that identifies a leg of an order. That of the entry is the order's hash.
    function hashLeg(bytes32 orderHash, Leg leg) public pure returns (bytes32) {
        return orderHash ^ bytes32(uint256(leg));
    }

    /// @notice Returns the hash of an announcement, as returned by {announcementOf}.
    function hashAnnouncement(bytes32 legHash, Announcement memory announcement) public pure returns (bytes32) {
        return keccak256(abi.encode(legHash, announcement));
    }

    // ------------------------------------------------------------------------------------------------- internal ----

    function _rulesOf(uint256 marketId) internal view returns (SignedOrderRules memory rules) {
        rules = _rules[marketId];
        if (rules.delay == 0) revert MarketNotConfigured(marketId);
    }

    /// @dev Validates everything except the signature.
    /// @param timestamp time at which the order must not be expired, seconds
    function _validateOrder(SignedOrder calldata order, uint256 timestamp) internal view returns (bytes32 orderHash) {
        if (block.timestamp < order.validFrom) revert OrderNotStarted(block.timestamp, order.validFrom);
        if (timestamp > order.expiresAt) revert OrderPastExpiry(timestamp, order.expiresAt);
        _requireNonce(order);
        return hashOrder(order);
    }

    function _requireNonce(SignedOrder calldata order) internal view {
        uint256 nonce = nonceOf[order.account];
        if (order.nonce != nonce) revert WrongNonce(order.account, order.nonce, nonce);
    }

    /// @dev Requires the account's signature over the cancellation of an id.
    function _requireCancellation(address account, uint256 id, bytes calldata signature) internal {
        _requireSignature(account, _hashTypedDataV4(keccak256(abi.encode(CANCEL_TYPEHASH, account, id))), signature);
    }

    function _requireBracketCancellation(address account, bytes32 orderHash, bytes calldata signature) internal {
        bytes32 structHash = keccak256(abi.encode(CANCEL_BRACKET_TYPEHASH, account, orderHash));
        _requireSignature(account, _hashTypedDataV4(structHash), signature);
    }

    /// @dev Accepts a signature of the account's key, or one that the wallet at its address accepts. A wrapped
    /// signature can call any contract, so callers check it before every other step of the order. That call cannot
    /// leave the system locked, because each lock ends in the call that took it (T48).
    function _requireSignature(address account, bytes32 digest, bytes calldata signature) internal {
        bool isWrapped = signature.length >= 32 && bytes32(signature[signature.length - 32:]) == ERC6492_MAGIC;
        bool isValid = isWrapped
            ? verifier.isValidSignature(account, digest, signature)
            : Signatures.isValid(account, digest, signature);
        if (!isValid) revert InvalidSignature(account, digest);
    }

    /// @dev Reverts with OrderClosed when the id is filled, or cancelled and the order is not announced.
    /// @param isAnnounced the order was announced while its id was open, so a cancellation does not affect it
    /// @return fills fills under this id
    function _requireOpen(address account, uint256 id, bool isAnnounced) internal view returns (Fills memory fills) {
        uint256 state = _stateOf(account, id);
        if (state == FILLED || (state == CANCELLED && !isAnnounced)) revert OrderClosed(account, id);
        // An id without fills has a word while an order is announced, and only then it matters.
        if (state != 0 || isAnnounced) return _fills[account][id];
    }

    /// @dev Records a partial fill. The id is not cancelled, because the fill of an announced order ends it.
    /// @param before fills as returned by {_requireOpen}
    /// @param amount WAD base
    /// @param relayFeeXCD fee of this fill, XCD
    function _recordFill(address account, uint256 id, Fills memory before, uint256 amount, uint256 relayFeeXCD)
        internal
    {
        if (before.filled == 0) _setState(account, id, IN_USE);
        Fills storage fills = _fills[account][id];
        fills.filled = (before.filled + amount).toUint112();
        fills.relayFeeXCD = (before.relayFeeXCD + relayFeeXCD).toUint96();
    }

    /// @dev Records that the id is filled.
    /// @param before fills as returned by {_requireOpen}
    function _closeFilled(address account, uint256 id, Fills memory before) internal {
        if (before.filled != 0 || before.announcedUntil != 0) delete _fills[account][id];
        _setState(account, id, FILLED);
    }

    /// @dev Records an announcement of an order. Alternatives share an id, and the fill of one closes the others. So an
    /// account with two announced orders could let the smaller one fill, once it knows the price, to end the other one
    /// and keep its bond (T44). While an order with a bond is announced, no other order of its id is announced or filled.
    function _recordAnnouncement(address account, uint256 id, uint256 until, bool isBonded) internal {
        Fills storage fills = _fills[account][id];
        bool isLive = fills.announcedUntil >= block.timestamp;
        if (isLive && (isBonded || fills.isBonded)) revert IdIsAnnounced(account, id);
        fills.announcedUntil = (isLive ? Math.max(until, fills.announcedUntil) : until).toUint40();
        fills.isBonded = isBonded;
        if (isBonded && _stateOf(account, id) == 0) _setState(account, id, IN_USE);
    }

    /// @dev Reverts with IdIsAnnounced while an order with this id is announced with a bond: relayers fill neither it nor
    /// its alternatives (T44). Any account can execute it.
    /// @param fills as returned by {_requireOpen}
    function _requireNoBond(address account, uint256 id, Fills memory fills) internal view {
        if (fills.isBonded && fills.announcedUntil >= block.timestamp) revert IdIsAnnounced(account, id);
    }

    /// @dev The announcement of an order with a bond has ended. After its expiry, the record may be that of a later one.
    /// @param until end of the announcement, seconds
    function _recordAnnouncementEnd(address account, uint256 id, uint256 until) internal {
        Fills storage fills = _fills[account][id];
        if (fills.announcedUntil == until) fills.announcedUntil = 0;
    }

    function _cancel(address account, uint256 id) internal {
        _requireOpen(account, id, false);
        _setState(account, id, CANCELLED);
        emit OrderCancelled(account, id);
    }

    /// @dev A storage word holds the states of 128 ids.
    function _setState(address account, uint256 id, uint256 state) private {
        uint256 shift = _shift(id);
        uint256 states = _states[account][id >> 7];
        _states[account][id >> 7] = (states & ~(STATE_MASK << shift)) | (state << shift);
    }

    function _isClosed(address account, uint256 id) internal view returns (bool) {
        return _stateOf(account, id) >= CANCELLED;
    }

    function _stateOf(address account, uint256 id) private view returns (uint256) {
        return (_states[account][id >> 7] >> _shift(id)) & STATE_MASK;
    }

    function _shift(uint256 id) private pure returns (uint256) {
        return (id & 0x7f) << 1;
    }

    /// @dev Whether a state of {_announcements} is a hash. A hash exceeds every time: the chance of a smaller one is 2^-192.
    function _isHash(uint256 state) internal pure returns (bool) {
        return state > type(uint64).max;
    }
}
