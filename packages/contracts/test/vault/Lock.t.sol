// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IVault} from "../../src/interfaces/IVault.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {LockUser} from "../utils/LockUser.sol";

/// @dev The system's lock, which any account may take for the time of a callback.
contract VaultLockTest is ExchangeTest {
    LockUser private user;
    LockUser private other;

    function setUp() public override {
        super.setUp();
        user = new LockUser(vault);
        other = new LockUser(vault);
    }

    function test_Lock_RevertIf_AnyAccountActsOrValues() public {
        addMargin(alice, 1000 * USD);
        bytes[7] memory calls = [
            abi.encodeCall(IVault.deposit, (alice, 1)),
            abi.encodeCall(IVault.withdraw, (1, alice)),
            abi.encodeCall(IVault.depositToMargin, (market, address(other), 1)),
            abi.encodeCall(IVault.withLockHeld, ("")),
            abi.encodeCall(IVault.payOutMargin, (market, 1, alice)),
            abi.encodeCall(IVault.receiveMargin, (market, "")),
            abi.encodeCall(IVault.getAccountValue, (market, false, alice))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            _checkLocked(address(vault), calls[i]);
        }
        _checkLocked(address(om), abi.encodeCall(om.totalAssets, ()));
        _checkLocked(address(shb), abi.encodeCall(shb.sharePrice, ()));
        vm.prank(owner());
        om.setValidSender(address(other), true);
        _checkLocked(
            address(house), abi.encodeCall(house.trade, (order(address(other), address(om), true, true, 1e18)))
        );
        assertEq(vault.lockHolder(), address(0));
    }

    /// @dev Inside its callback the holder moves its own margin. A step of the Vault restores the holder's lock.
    function test_Lock_HolderMovesItsOwnMargin() public {
        usd.mint(address(user), 1000 * USD);
        user.receiveMargin(market, 1000 * USD);
        LockUser.Call[] memory calls = new LockUser.Call[](2);
        calls[0] =
            LockUser.Call(address(vault), abi.encodeCall(IVault.payOutMargin, (market, 400 * USD, address(user))));
        calls[1] = LockUser.Call(address(vault), abi.encodeCall(IVault.lockHolder, ()));
        user.lockAnd(calls);
        assertEq(abi.decode(user.answer(), (address)), address(user), "still locked");
        assertEq(vault.lockHolder(), address(0));
        assertEq(marginOf(address(user)), 600e18);
        assertEq(usd.balanceOf(address(user)), 400 * USD);
        user.lockAnd(address(user), abi.encodeCall(user.receiveMargin, (market, 100 * USD)));
        assertTrue(user.succeeded());
        assertEq(marginOf(address(user)), 700e18);
    }

    /// @dev Funds move with a free lock only, the holder's included: its lock is for margin and swaps.
    function test_Lock_RevertIf_HolderUsesFunds() public {
        user.lockAnd(address(vault), abi.encodeCall(IVault.deposit, (address(user), 1)));
        assertEq(user.answer(), abi.encodeWithSelector(IVault.Locked.selector, user));
        user.lockAnd(address(vault), abi.encodeCall(IVault.withLockHeld, ("")));
        assertEq(user.answer(), abi.encodeWithSelector(IVault.Locked.selector, user), "no second lock");
    }

    /// @dev T48: the lock ends with the call of its holder. Before, an operation of a bundle could keep it, so that every
    /// later operation of other users failed in the same transaction: here a liquidation's rescue, and a trade.
    function test_T48_LockEndsWithItsCallback_LaterOperationsOfTheBundleSucceed() public {
        addMargin(alice, 300 * USD);
        buy(alice, address(om), 1e18);
        usd.mint(alice, 100 * USD);
        uint256 fundBefore = vault.fundOf(bob);
        // One transaction: forge runs a test in one, and transient storage stays.
        user.lockAnd(address(vault), abi.encodeCall(IVault.lockHolder, ()));
        assertEq(abi.decode(user.answer(), (address)), address(user));
        vm.prank(alice);
        vault.depositToMargin(market, alice, 100 * USD);
        assertEq(marginOf(alice), 400e18);
        vm.prank(bob);
        vault.withdraw(fundBefore, bob);
        assertEq(usd.balanceOf(bob), fundBefore);
        buy(alice, address(om), 0.1e18);
        assertEq(sizeOf(alice), 1.1e18);
    }

    /// @dev T48: the same for a receipt, whose callback fails or ends.
    function test_T48_ReceiptEndsWithItsCallback() public {
        vm.expectRevert();
        user.receiveMargin(market, 1 * USD);
        assertEq(vault.lockHolder(), address(0));
        vm.prank(bob);
        vault.withdraw(1 * USD, bob);
        assertEq(usd.balanceOf(bob), 1 * USD);
    }

    /// @dev The call of another account reverts because `user` holds the lock.
    function _checkLocked(address target, bytes memory data) private {
        user.lockAnd(address(other), abi.encodeCall(other.act, (target, data)));
        assertFalse(user.succeeded());
        assertEq(user.answer(), abi.encodeWithSelector(IVault.Locked.selector, user));
    }
}
