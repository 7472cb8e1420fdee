// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IVault} from "../../src/interfaces/IVault.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev The system's lock, which any account may take.
contract VaultLockTest is ExchangeTest {
    function test_Lock_RevertIf_AnyAccountActsOrValues() public {
        addMargin(alice, 1000 * USD);
        vm.prank(stranger);
        vault.lock();
        bytes[7] memory calls = [
            abi.encodeCall(IVault.deposit, (alice, 1)),
            abi.encodeCall(IVault.withdraw, (1, alice)),
            abi.encodeCall(IVault.transferFundToMargin, (market, alice, 1)),
            abi.encodeCall(IVault.transferMarginToFund, (market, alice, 1)),
            abi.encodeCall(IVault.withdrawMargin, (market, 1, alice)),
            abi.encodeCall(IVault.beginReceive, (market)),
            abi.encodeCall(IVault.valuePosition, (market, alice, false))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            _checkLocked(address(vault), calls[i]);
        }
        _checkLocked(address(om), abi.encodeCall(om.totalAssets, ()));
        _checkLocked(address(shb), abi.encodeCall(shb.sharePrice, ()));
        vm.expectRevert(abi.encodeWithSelector(IVault.Locked.selector, stranger));
        buy(alice, address(om), 1e18);
        vm.expectRevert(abi.encodeWithSelector(IVault.NotLockHolder.selector, alice, stranger));
        vm.prank(alice);
        vault.unlock();
        vm.prank(stranger);
        vault.unlock();
        assertEq(vault.lockHolder(), address(0));
    }

    function test_Lock_HolderWithdrawsItsOwnMargin() public {
        addMargin(alice, 1000 * USD);
        vm.startPrank(alice);
        vault.lock();
        vault.withdrawMargin(market, 400 * USD, alice);
        assertEq(vault.lockHolder(), alice, "still locked");
        vault.unlock();
        vm.stopPrank();
        assertEq(marginOf(alice), 600e18);
    }

    /// @dev Alice's call reverts because the stranger holds the lock.
    function _checkLocked(address target, bytes memory data) private {
        vm.prank(alice);
        (bool success, bytes memory reason) = target.call(data);
        assertFalse(success);
        assertEq(reason, abi.encodeWithSelector(IVault.Locked.selector, stranger));
    }
}
