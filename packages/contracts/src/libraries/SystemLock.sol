// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {TransientSlot} from "@openzeppelin/contracts/utils/TransientSlot.sol";
import {IVault} from "../interfaces/IVault.sol";
import {Cast} from "../types/Cast.sol";

/// @title The reentrancy lock of the whole system, in the Vault's transient storage
/// @dev One transient word: holder (160 bits) | market of the fill window (64 bits) | kind (8 bits). Until the release,
/// only the holder can move value. Transient storage clears the lock at the end of the transaction. Any account may
/// acquire the lock; it blocks only other actions of the same transaction.
library SystemLock {
    using TransientSlot for *;

    // The text "counterpoise.system.lock", left-aligned. The Vault's transient variables are numbered from zero, so
    // none of them has this slot.
    TransientSlot.Uint256Slot private constant SLOT =
        TransientSlot.Uint256Slot.wrap(0x636f756e746572706f6973652e73797374656d2e6c6f636b0000000000000000);

    uint256 private constant MARKET_SHIFT = 160;
    uint256 private constant KIND_SHIFT = 248;
    uint256 private constant BELOW_KIND = type(uint248).max;
    uint256 private constant KIND_PLAIN = 1;
    uint256 private constant KIND_RECEIPT = 2;
    uint256 private constant KIND_FILL = 3;
    uint256 private constant KIND_SETTLED = 4;

    function acquire(address by) internal {
        _acquire(by, 0, KIND_PLAIN);
    }

    /// @dev {IVault-endReceive} releases this lock.
    function acquireForReceipt(address by) internal {
        _acquire(by, 0, KIND_RECEIPT);
    }

    /// @dev Opens the fill window of `maker`. The ClearingHouse creates market ids below 2^64.
    function acquireForFill(address maker, uint256 marketId) internal {
        _acquire(maker, marketId, KIND_FILL);
    }

    /// @dev Closes the fill window after settlement. The maker remains the holder of the lock until {IVault-closeFill},
    /// but cannot draw the margin that settlement has checked.
    function endFillWindow() internal {
        SLOT.tstore(SLOT.tload() & BELOW_KIND | KIND_SETTLED << KIND_SHIFT);
    }

    function release() internal {
        SLOT.tstore(0);
    }

    function holder() internal view returns (address) {
        return Cast.toAddress(SLOT.tload());
    }

    function hasFillWindow() internal view returns (bool) {
        return SLOT.tload() >> KIND_SHIFT == KIND_FILL;
    }

    function isPlain() internal view returns (bool) {
        return SLOT.tload() >> KIND_SHIFT == KIND_PLAIN;
    }

    function isForReceipt() internal view returns (bool) {
        return SLOT.tload() >> KIND_SHIFT == KIND_RECEIPT;
    }

    function fillMarket() internal view returns (uint256) {
        return Cast.lowUint64(SLOT.tload() >> MARKET_SHIFT);
    }

    function requireUnlocked() internal view {
        if (SLOT.tload() != 0) revert IVault.Locked(holder());
    }

    function requireHolder(address caller) internal view {
        address by = holder();
        if (by != caller) revert IVault.NotLockHolder(caller, by);
    }

    function _acquire(address by, uint256 marketId, uint256 kind) private {
        requireUnlocked();
        SLOT.tstore(uint256(uint160(by)) | marketId << MARKET_SHIFT | kind << KIND_SHIFT);
    }
}
