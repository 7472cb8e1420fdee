// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IVault} from "../interfaces/IVault.sol";
import {Signatures} from "../libraries/Signatures.sol";
import {OrderPastExpiry} from "../types/Errors.sol";
import {SignedOrder} from "../types/SignedOrder.sol";
import {CounterfactualVerifier, ERC6492_MAGIC} from "./CounterfactualVerifier.sol";

/// @title Validation, fills and cancellations of signed orders
/// @notice The EIP-712 digest identifies an order, and its domain binds the order to this chain and this contract. An
/// order is filled once, no matter which valid signature is submitted, because fills are counted under its id (T23).
abstract contract SignedOrderState is EIP712, ReentrancyGuardTransient {
    event OrderCancelled(address indexed account, uint256 indexed id);
    /// @notice From now on only orders with this nonce are valid.
    event NonceSet(address indexed account, uint256 nonce);

    /// @notice The account has cancelled all its orders since it signed this one, or the order is for a later nonce.
    error WrongNonce(address account, uint256 nonce, uint256 current);
    error InvalidSignature(address account, bytes32 digest);
    /// @notice The order, or another order with its id, is filled or cancelled.
    error OrderClosed(address account, uint256 id);
    error NotOrderAccount(address caller, address account);

    /// @dev States of an id; zero means unused. {filledOf} is non-zero for a partially filled id. It can be non-zero
    /// for a cancelled id too, because announced orders stay executable.
    uint256 private constant PARTIALLY_FILLED = 1;
    uint256 private constant CANCELLED = 2;
    uint256 private constant FILLED = 3;
    /// @dev Mask of both bits of a state.
    uint256 private constant STATE_MASK = 3;

    bytes32 private constant CANCEL_TYPEHASH = keccak256("CancelOrder(address account,uint256 id)");

    CounterfactualVerifier public immutable verifier;
    IVault public immutable vault;

    /// @notice Nonce of the account's valid orders. {cancelAll} increments it.
    mapping(address account => uint256 nonce) public nonceOf;
    /// @notice Sum of all fills of the orders with this id, until the id is filled. WAD base.
    mapping(address account => mapping(uint256 id => uint256 filled)) public filledOf;
    /// @dev State of each id, two bits. An order that is filled at once writes no other storage.
    mapping(address account => mapping(uint256 word => uint256 states)) private _states;

    constructor(CounterfactualVerifier verifier_, IVault vault_) EIP712("Counterpoise SignedOrderGateway", "1") {
        verifier = verifier_;
        vault = vault_;
    }

    // ------------------------------------------------------------------------------------------------- accounts ----

    /// @notice Cancels the caller's orders with this id: they cannot be filled or announced any more. Announced orders
    /// stay executable, because their price may be known already (T16).
    function cancelOrder(uint256 id) external nonReentrant {
        _cancel(msg.sender, id);
    }

    /// @notice Cancels an account's orders with this id by its EIP-712 signature over `CancelOrder(address
    /// account,uint256 id)`. Relayers honour such a message without this call; an account that does not trust them
    /// submits it here.
    function cancelOrderBySig(address account, uint256 id, bytes calldata signature) external nonReentrant {
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(CANCEL_TYPEHASH, account, id)));
        _requireSignature(account, digest, signature);
        _cancel(account, id);
    }

    /// @notice Cancels all orders that the caller has signed so far, except announced ones.
    /// @return nonce nonce of valid orders from now on
    function cancelAll() external returns (uint256 nonce) {
        nonce = ++nonceOf[msg.sender];
        emit NonceSet(msg.sender, nonce);
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @notice Returns the EIP-712 digest of an order. The account signs it, and this contract identifies the order by
    /// it.
    function hashOrder(SignedOrder calldata order) public view returns (bytes32) {
        return _hashTypedDataV4(order.structHash());
    }

    /// @notice Returns whether an account's orders with this id are filled or cancelled.
    function isClosed(address account, uint256 id) external view returns (bool) {
        return _stateOf(account, id) >= CANCELLED;
    }

    // ------------------------------------------------------------------------------------------------- internal ----

    /// @dev Validates everything except the signature.
    /// @param timestamp time at which the order must not be expired, seconds
    function _validateOrder(SignedOrder calldata order, uint256 timestamp) internal view returns (bytes32 orderHash) {
        if (timestamp > order.expiresAt) revert OrderPastExpiry(timestamp, order.expiresAt);
        uint256 nonce = nonceOf[order.account];
        if (order.nonce != nonce) revert WrongNonce(order.account, order.nonce, nonce);
        return hashOrder(order);
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
    /// @return filled sum of the fills under this id, WAD base
    function _requireOpen(address account, uint256 id, bool isAnnounced) internal view returns (uint256 filled) {
        uint256 state = _stateOf(account, id);
        if (state == FILLED || (state == CANCELLED && !isAnnounced)) revert OrderClosed(account, id);
        if (state != 0) return filledOf[account][id];
    }

    /// @dev Records a partial fill. The id is not cancelled, because an announced order is filled in one step.
    /// @param before as returned by {_requireOpen}, WAD base
    /// @param amount WAD base
    function _recordFill(address account, uint256 id, uint256 before, uint256 amount) internal {
        if (before == 0) _setState(account, id, PARTIALLY_FILLED);
        filledOf[account][id] = before + amount;
    }

    /// @dev Records that the id is filled.
    /// @param before as returned by {_requireOpen}, WAD base
    function _closeFilled(address account, uint256 id, uint256 before) internal {
        if (before != 0) delete filledOf[account][id];
        _setState(account, id, FILLED);
    }

    function _cancel(address account, uint256 id) private {
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

    function _stateOf(address account, uint256 id) private view returns (uint256) {
        return (_states[account][id >> 7] >> _shift(id)) & STATE_MASK;
    }

    function _shift(uint256 id) private pure returns (uint256) {
        return (id & 0x7f) << 1;
    }
}
