// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {SignedOrder} from "../types/SignedOrder.sol";
import {CounterfactualVerifier, ERC6492_MAGIC} from "./CounterfactualVerifier.sol";

/// @title Which signed orders are good, and what has become of them
/// @notice An order is known by its EIP-712 hash: the domain binds it to this chain and this contract, and whatever
/// signature comes with it, what is filled is counted once (T23).
abstract contract SignedOrderBook is EIP712, ReentrancyGuardTransient {
    /// @dev One storage word per order.
    struct Progress {
        /// @dev WAD base
        uint128 filled;
        /// @dev Filled, or cancelled: nothing more will be.
        bool isClosed;
    }

    event OrderCancelled(bytes32 indexed orderHash, address indexed account);
    /// @notice Orders that carry another nonce are good no longer.
    event NonceSet(address indexed account, uint256 nonce);

    /// @notice Seconds.
    error OrderExpired(uint256 timestamp, uint256 expiresAt);
    /// @notice The account has cancelled all its orders since, or the order is for a later nonce.
    error WrongNonce(address account, uint256 nonce, uint256 current);
    error InvalidSignature(address account, bytes32 digest);
    /// @notice Filled or cancelled. WAD base.
    error OrderClosed(bytes32 orderHash, uint256 filled);
    error NotOrderAccount(address caller, address account);
    /// @notice An announced order cannot be taken back, because its price may be known already (T16).
    error OrderIsAnnounced(bytes32 orderHash);

    bytes32 private constant CANCEL_TYPEHASH = keccak256("CancelOrder(bytes32 orderHash)");

    CounterfactualVerifier public immutable verifier;

    /// @notice What an order must carry to be good. Counts up with {cancelAll}.
    mapping(address account => uint256 nonce) public nonceOf;
    /// @notice Hash of the announcement of an order while there is one, else zero.
    mapping(bytes32 orderHash => bytes32 commitment) public announcementOf;
    mapping(bytes32 orderHash => Progress progress) internal _progress;

    constructor(CounterfactualVerifier verifier_) EIP712("Counterpoise SignedOrderGateway", "1") {
        verifier = verifier_;
    }

    // -------------------------------------------------------------------------------------------------- accounts ----

    /// @notice Cancels an order of the caller's, unless it is announced.
    function cancelOrder(SignedOrder calldata order) external nonReentrant {
        if (msg.sender != order.account) revert NotOrderAccount(msg.sender, order.account);
        _cancel(hashOrder(order), order.account);
    }

    /// @notice {cancelOrder} by the account's EIP-712 signature over `CancelOrder(bytes32 orderHash)`. Relayers that have
    /// such a message leave the order alone without this; who does not want to trust them brings it here.
    function cancelOrderBySig(SignedOrder calldata order, bytes calldata signature) external nonReentrant {
        bytes32 orderHash = hashOrder(order);
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(CANCEL_TYPEHASH, orderHash)));
        _requireSignature(order.account, digest, signature);
        _cancel(orderHash, order.account);
    }

    /// @notice Cancels all orders that the caller has signed so far, except those that are announced.
    /// @return nonce what orders must carry from now on
    function cancelAll() external returns (uint256 nonce) {
        nonce = ++nonceOf[msg.sender];
        emit NonceSet(msg.sender, nonce);
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @notice The EIP-712 digest of an order: what its account signs, and what it is known by here.
    function hashOrder(SignedOrder calldata order) public view returns (bytes32) {
        return _hashTypedDataV4(order.structHash());
    }

    /// @notice What has become of an order.
    function progressOf(bytes32 orderHash) external view returns (Progress memory) {
        return _progress[orderHash];
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    /// @dev The order is good by all but its signature.
    /// @param timestamp seconds; when it is to be good
    function _requireGood(SignedOrder calldata order, uint256 timestamp) internal view returns (bytes32 orderHash) {
        if (timestamp > order.expiresAt) revert OrderExpired(timestamp, order.expiresAt);
        uint256 nonce = nonceOf[order.account];
        if (order.nonce != nonce) revert WrongNonce(order.account, order.nonce, nonce);
        return hashOrder(order);
    }

    /// @dev Wrapped signatures may call anything: this comes before whatever else the order does.
    function _requireSignature(address account, bytes32 digest, bytes calldata signature) internal {
        bool isWrapped = signature.length >= 32 && bytes32(signature[signature.length - 32:]) == ERC6492_MAGIC;
        bool isValid = isWrapped
            ? verifier.isValidSignature(account, digest, signature)
            : SignatureChecker.isValidSignatureNowCalldata(account, digest, signature);
        if (!isValid) revert InvalidSignature(account, digest);
    }

    function _requireOpen(bytes32 orderHash) internal view returns (uint256 filled) {
        Progress memory progress = _progress[orderHash];
        if (progress.isClosed) revert OrderClosed(orderHash, progress.filled);
        return progress.filled;
    }

    function _cancel(bytes32 orderHash, address account) private {
        _requireOpen(orderHash);
        if (announcementOf[orderHash] != 0) revert OrderIsAnnounced(orderHash);
        _progress[orderHash].isClosed = true;
        emit OrderCancelled(orderHash, account);
    }
}
