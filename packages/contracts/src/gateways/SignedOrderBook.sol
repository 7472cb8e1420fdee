// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IVault} from "../interfaces/IVault.sol";
import {OrderPastExpiry} from "../types/Errors.sol";
import {SignedOrder} from "../types/SignedOrder.sol";
import {CounterfactualVerifier, ERC6492_MAGIC} from "./CounterfactualVerifier.sol";

/// @title Which signed orders are good, and what has become of them
/// @notice An order is what its EIP-712 digest says: the domain binds it to this chain and this contract. Whatever
/// signature comes with it, it is filled once, because what fills it counts under its id (T23).
abstract contract SignedOrderBook is EIP712, ReentrancyGuardTransient {
    event OrderCancelled(address indexed account, uint256 indexed id);
    /// @notice Orders that carry another nonce are good no longer.
    event NonceSet(address indexed account, uint256 nonce);

    /// @notice The account has cancelled all its orders since, or the order is for a later nonce.
    error WrongNonce(address account, uint256 nonce, uint256 current);
    error InvalidSignature(address account, bytes32 digest);
    /// @notice Filled or cancelled: this order, or others under its id.
    error OrderClosed(address account, uint256 id);
    error NotOrderAccount(address caller, address account);

    /// @dev States of an id; zero is one that nothing has happened to. {filledOf} has something to say when it is begun, and
    /// may have when it is cancelled: announced orders outlive that.
    uint256 private constant BEGUN = 1;
    uint256 private constant CANCELLED = 2;
    uint256 private constant FILLED = 3;
    /// @dev Both bits.
    uint256 private constant STATE = 3;

    bytes32 private constant CANCEL_TYPEHASH = keccak256("CancelOrder(address account,uint256 id)");

    CounterfactualVerifier public immutable verifier;
    IVault public immutable vault;

    /// @notice What an order must carry to be good. Counts up with {cancelAll}.
    mapping(address account => uint256 nonce) public nonceOf;
    /// @notice What fills under an id have come to so far, of all its orders together, until it is filled; WAD base.
    mapping(address account => mapping(uint256 id => uint256 filled)) public filledOf;
    /// @dev Two bits per id. Orders that are filled at once leave nothing else behind.
    mapping(address account => mapping(uint256 word => uint256 states)) private _states;

    constructor(CounterfactualVerifier verifier_, IVault vault_) EIP712("Counterpoise SignedOrderGateway", "1") {
        verifier = verifier_;
        vault = vault_;
    }

    // -------------------------------------------------------------------------------------------------- accounts ----

    /// @notice Cancels the caller's orders under an id: none is filled or announced from now on, except that those that are
    /// announced run to their end, because their price may be known already (T16).
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
    function isClosed(address account, uint256 id) external view returns (bool) {
        return _stateOf(account, id) >= CANCELLED;
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    /// @dev The order is good by all but its signature.
    /// @param timestamp seconds; when it is to be good
    function _requireGood(SignedOrder calldata order, uint256 timestamp) internal view returns (bytes32 orderHash) {
        if (timestamp > order.expiresAt) revert OrderPastExpiry(timestamp, order.expiresAt);
        uint256 nonce = nonceOf[order.account];
        if (order.nonce != nonce) revert WrongNonce(order.account, order.nonce, nonce);
        return hashOrder(order);
    }

    /// @dev The account's key, else the wallet at its address. Wrapped signatures may call anything: this comes before
    /// whatever else the order does, and leaves nobody with the system's lock, which would outlast the call (T25).
    function _requireSignature(address account, bytes32 digest, bytes calldata signature) internal {
        (address signer, ECDSA.RecoverError failure,) = ECDSA.tryRecoverCalldata(digest, signature);
        // Asking first saves looking for code where there is none. A key that is also a wallet (EIP-7702) remains one.
        if (failure == ECDSA.RecoverError.NoError && signer == account) return;
        bool isWrapped = signature.length >= 32 && bytes32(signature[signature.length - 32:]) == ERC6492_MAGIC;
        bool isValid;
        if (isWrapped) {
            isValid = verifier.isValidSignature(account, digest, signature);
            address holder = vault.lockHolder();
            if (holder != address(0)) revert IVault.Locked(holder);
        } else {
            isValid = SignatureChecker.isValidERC1271SignatureNowCalldata(account, digest, signature);
        }
        if (!isValid) revert InvalidSignature(account, digest);
    }

    /// @param isAnnounced the order was announced while the id was open, and cancelling does not reach it
    /// @return filled WAD base so far, under this id
    function _requireOpen(address account, uint256 id, bool isAnnounced) internal view returns (uint256 filled) {
        uint256 state = _stateOf(account, id);
        if (state == FILLED || (state == CANCELLED && !isAnnounced)) revert OrderClosed(account, id);
        if (state != 0) return filledOf[account][id];
    }

    /// @dev Never of a cancelled id: what announced orders have left is filled whole.
    /// @param before what {_requireOpen} said, WAD base
    /// @param amount WAD base
    function _addFill(address account, uint256 id, uint256 before, uint256 amount) internal {
        if (before == 0) _setState(account, id, BEGUN);
        filledOf[account][id] = before + amount;
    }

    /// @param before what {_requireOpen} said, WAD base
    function _setFilled(address account, uint256 id, uint256 before) internal {
        if (before != 0) delete filledOf[account][id];
        _setState(account, id, FILLED);
    }

    function _cancel(address account, uint256 id) private {
        _requireOpen(account, id, false);
        _setState(account, id, CANCELLED);
        emit OrderCancelled(account, id);
    }

    /// @dev A word has the states of 128 ids.
    function _setState(address account, uint256 id, uint256 state) private {
        uint256 shift = _shift(id);
        uint256 states = _states[account][id >> 7];
        _states[account][id >> 7] = (states & ~(STATE << shift)) | (state << shift);
    }

    function _stateOf(address account, uint256 id) private view returns (uint256) {
        return (_states[account][id >> 7] >> _shift(id)) & STATE;
    }

    function _shift(uint256 id) private pure returns (uint256) {
        return (id & 0x7f) << 1;
    }
}
