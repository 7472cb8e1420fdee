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
        bytes memory locked = abi.encodeWithSelector(IVault.Locked.selector, stranger);
        vm.startPrank(alice);
        vm.expectRevert(locked);
        vault.deposit(alice, 1);
        vm.expectRevert(locked);
        vault.withdraw(1, alice);
        vm.expectRevert(locked);
        vault.transferFundToMargin(market, alice, 1);
        vm.expectRevert(locked);
        vault.transferMarginToFund(market, alice, 1);
        vm.expectRevert(locked);
        vault.withdrawMargin(market, 1, alice);
        vm.expectRevert(locked);
        vault.beginReceive(market);
        vm.expectRevert(locked);
        vault.valuePosition(market, alice);
        vm.expectRevert(locked);
        om.totalAssets();
        vm.expectRevert(locked);
        shb.sharePrice();
        vm.stopPrank();
        vm.expectRevert(locked);
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
}
