// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {TransientSlot} from "@openzeppelin/contracts/utils/TransientSlot.sol";
import {IVault} from "../interfaces/IVault.sol";
import {Cast} from "../types/Cast.sol";

/// @title The reentrancy lock of the whole system, in the Vault's transient storage
/// @dev One transient word: holder (160 bits) | market of the fill window (64 bits) | kind (8 bits). Until the release,
/// only the holder can move value.
///
/// Two rules (E7):
/// - Each lock ends in the call that took it. The exchange ends the lock of a fill and of a hook, {IVault-withLockHeld} ends
///   that of its caller.
/// - A step of the Vault that moves collateral holds the lock in the Vault's own name, and then restores the word that
///   it found. No account is the Vault, so no account acts inside a step, the holder of the outer lock included.
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
    uint256 private constant KIND_FILL = 2;
    uint256 private constant KIND_SETTLED = 3;

    function acquire(address by) internal {
        _acquire(by, 0, KIND_PLAIN);
    }

    /// @dev Opens the fill window of `maker`. The ClearingHouse creates market ids below 2^64.
    function acquireForFill(address maker, uint256 marketId) internal {
        _acquire(maker, marketId, KIND_FILL);
    }

    /// @dev Closes the fill window after settlement. The maker remains the holder of the lock until {IVault-releaseFill},
    /// but cannot draw the margin that settlement has checked.
    function endFillWindow() internal {
        SLOT.tstore(SLOT.tload() & BELOW_KIND | KIND_SETTLED << KIND_SHIFT);
    }

    function release() internal {
        SLOT.tstore(0);
    }

    /// @dev Begins a step of the Vault for `caller`. Reverts with `Locked` while another account holds the lock.
    /// @return outer the word to restore; zero when the lock was free
    function beginStep(address caller) internal returns (uint256 outer) {
        outer = SLOT.tload();
        if (outer != 0 && Cast.toAddress(outer) != caller) revert IVault.Locked(Cast.toAddress(outer));
        _holdForVault();
    }

    /// @dev {beginStep} for a draw, which needs the fill window of `maker`.
    function beginDraw(address maker) internal returns (uint256 outer) {
        outer = SLOT.tload();
        if (Cast.toAddress(outer) != maker || outer >> KIND_SHIFT != KIND_FILL) {
            revert IVault.NoFillWindow(maker, fillMarket(outer));
        }
        _holdForVault();
    }

    function endStep(uint256 outer) internal {
        SLOT.tstore(outer);
    }

    function holder() internal view returns (address) {
        return Cast.toAddress(SLOT.tload());
    }

    function requireUnlocked() internal view {
        if (SLOT.tload() != 0) revert IVault.Locked(holder());
    }

    /// @dev Whether the lock was free, or its holder took it outside a fill.
    function isOutsideFill(uint256 word) internal pure returns (bool) {
        return word == 0 || word >> KIND_SHIFT == KIND_PLAIN;
    }

    /// @dev The market of a fill; zero for other locks.
    function fillMarket(uint256 word) internal pure returns (uint256) {
        return Cast.lowUint64(word >> MARKET_SHIFT);
    }

    function _acquire(address by, uint256 marketId, uint256 kind) private {
        requireUnlocked();
        SLOT.tstore(uint256(uint160(by)) | marketId << MARKET_SHIFT | kind << KIND_SHIFT);
    }

    function _holdForVault() private {
        SLOT.tstore(uint256(uint160(address(this))));
    }
}
