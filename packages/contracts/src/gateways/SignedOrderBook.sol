// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {SignedOrder} from "../types/SignedOrder.sol";
import {CounterfactualVerifier, ERC6492_MAGIC} from "./CounterfactualVerifier.sol";

/// @title Which signed orders are good, and what has become of them
/// @notice An order is what its EIP-712 digest says: the domain binds it to this chain and this contract. Whatever
/// signature comes with it, it is filled once, because that closes its id (T23).
abstract contract SignedOrderBook is EIP712, ReentrancyGuardTransient {
    event OrderCancelled(address indexed account, uint256 indexed id);
    /// @notice Orders that carry another nonce are good no longer.
    event NonceSet(address indexed account, uint256 nonce);

    /// @notice Seconds.
    error OrderExpired(uint256 timestamp, uint256 expiresAt);
    /// @notice The account has cancelled all its orders since, or the order is for a later nonce.
    error WrongNonce(address account, uint256 nonce, uint256 current);
    error InvalidSignature(address account, bytes32 digest);
    /// @notice Filled or cancelled: this order, or another one under its id.
    error OrderClosed(address account, uint256 id);
    error NotOrderAccount(address caller, address account);
    /// @notice An announced order cannot be taken back, because its price may be known already (T16).
    error OrderIsAnnounced(address account, uint256 id);

    bytes32 private constant CANCEL_TYPEHASH = keccak256("CancelOrder(address account,uint256 id)");

    CounterfactualVerifier public immutable verifier;

    /// @notice What an order must carry to be good. Counts up with {cancelAll}.
    mapping(address account => uint256 nonce) public nonceOf;
    /// @notice Hash of an order and its announcement while there is one under that id, else zero.
    mapping(address account => mapping(uint256 id => bytes32 commitment)) public announcementOf;
    /// @notice What an order that may be filled in parts has come to so far, while it is open; WAD base.
    mapping(bytes32 orderHash => uint256 filled) public filledOf;
    /// @dev One bit per id: closed. Orders that are filled at once leave nothing else behind.
    mapping(address account => mapping(uint256 word => uint256 bits)) private _closed;

    constructor(CounterfactualVerifier verifier_) EIP712("Counterpoise SignedOrderGateway", "1") {
        verifier = verifier_;
    }

    // -------------------------------------------------------------------------------------------------- accounts ----

    /// @notice Cancels the caller's orders under an id, unless one of them is announced.
    function cancelOrder(uint256 id) external nonReentrant {
        _cancel(msg.sender, id);
    }

    /// @notice {cancelOrder} by the account's EIP-712 signature over `CancelOrder(address account,uint256 id)`. Relayers
    /// that have such a message leave the order alone without this; who does not want to trust them brings it here.
    function cancelOrderBySig(address account, uint256 id, bytes calldata signature) external nonReentrant {
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(CANCEL_TYPEHASH, account, id)));
        _requireSignature(account, digest, signature);
        _cancel(account, id);
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

    /// @notice Whether the orders of an account under an id are filled or cancelled.
    function isClosed(address account, uint256 id) public view returns (bool) {
        return _closed[account][id >> 8] & _bit(id) != 0;
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

    /// @dev The account's key, else the wallet at its address. Wrapped signatures may call anything: this comes before
    /// whatever else the order does.
    function _requireSignature(address account, bytes32 digest, bytes calldata signature) internal {
        (address signer, ECDSA.RecoverError failure,) = ECDSA.tryRecoverCalldata(digest, signature);
        // Asking first saves looking for code where there is none. A key that is also a wallet (EIP-7702) remains one.
        if (failure == ECDSA.RecoverError.NoError && signer == account) return;
        bool isWrapped = signature.length >= 32 && bytes32(signature[signature.length - 32:]) == ERC6492_MAGIC;
        bool isValid = isWrapped
            ? verifier.isValidSignature(account, digest, signature)
            : SignatureChecker.isValidERC1271SignatureNowCalldata(account, digest, signature);
        if (!isValid) revert InvalidSignature(account, digest);
    }

    function _requireOpen(address account, uint256 id) internal view {
        if (isClosed(account, id)) revert OrderClosed(account, id);
    }

    function _close(address account, uint256 id) internal {
        _closed[account][id >> 8] |= _bit(id);
    }

    function _cancel(address account, uint256 id) private {
        _requireOpen(account, id);
        if (announcementOf[account][id] != 0) revert OrderIsAnnounced(account, id);
        _close(account, id);
        emit OrderCancelled(account, id);
    }

    function _bit(uint256 id) private pure returns (uint256) {
        // One bit, at the place that the id says.
        // forge-lint: disable-next-line(incorrect-shift)
        return 1 << (id & 0xff);
    }
}
