// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IVault} from "../../src/interfaces/IVault.sol";
import {NotClearingHouse} from "../../src/types/Errors.sol";
import {VaultPermitTest} from "./VaultPermitTest.sol";

contract VaultMulticallTest is VaultPermitTest {
    function test_Multicall_DepositsAndAddsMargin() public {
        (uint8 v, bytes32 r, bytes32 s) = _permit(40 * USD, START);
        bytes[] memory calls = new bytes[](3);
        calls[0] = abi.encodeCall(IVault.depositWithPermit, (payer, 40 * USD, START, v, r, s));
        calls[1] = abi.encodeCall(IVault.transferFundToMargin, (market, payer, 30 * USD));
        calls[2] = abi.encodeCall(IVault.setOperator, (address(gateway), true));
        vm.prank(payer);
        bytes[] memory answers = vault.multicall(calls);
        assertEq(abi.decode(answers[0], (uint256)), 40 * USD);
        assertEq(vault.fundOf(payer), 10 * USD);
        assertEq(marginOf(payer), 30e18);
        assertTrue(vault.isOperator(payer, address(gateway)));
    }

    /// @dev One failing call reverts the whole multicall with the reason of that call.
    function test_Multicall_RevertIf_OnePartFails() public {
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(IVault.withdraw, (1 * USD, alice));
        calls[1] = abi.encodeCall(IVault.withdraw, (1_000_000 * USD, alice));
        vm.expectRevert(abi.encodeWithSelector(IVault.InsufficientFund.selector, 1_000_000 * USD, 999_999 * USD));
        vm.prank(alice);
        vault.multicall(calls);
        assertEq(vault.fundOf(alice), 1_000_000 * USD);
    }

    /// @dev msg.sender is the caller of the multicall in every part, also in a nested one.
    function test_T19_Multicall_KeepsTheCaller() public {
        bytes[] memory inner = new bytes[](1);
        inner[0] = abi.encodeCall(IVault.transferFundToMargin, (market, alice, 1));
        bytes[] memory calls = new bytes[](1);
        calls[0] = abi.encodeCall(vault.multicall, (inner));
        vm.expectRevert(abi.encodeWithSelector(IVault.NotAuthorized.selector, alice, stranger));
        vm.prank(stranger);
        vault.multicall(calls);
        inner[0] = abi.encodeCall(IVault.setFrozen, (market, true));
        calls[0] = abi.encodeCall(vault.multicall, (inner));
        vm.expectRevert(abi.encodeWithSelector(NotClearingHouse.selector, stranger, house));
        vm.prank(stranger);
        vault.multicall(calls);
    }

    /// @dev T13: a lock taken in one part holds in the next, and a receipt is not credited twice.
    function test_T13_Multicall_ObeysTheLock() public {
        usd.mint(stranger, 10 * USD);
        vm.startPrank(stranger);
        usd.approve(address(vault), type(uint256).max);
        bytes[] memory calls = new bytes[](3);
        calls[0] = abi.encodeCall(IVault.beginReceive, (market));
        calls[1] = abi.encodeCall(IVault.deposit, (stranger, 10 * USD));
        calls[2] = abi.encodeCall(IVault.endReceive, ());
        vm.expectRevert(abi.encodeWithSelector(IVault.Locked.selector, stranger));
        vault.multicall(calls);
        calls[0] = abi.encodeCall(IVault.lock, ());
        vm.expectRevert(abi.encodeWithSelector(IVault.Locked.selector, stranger));
        vault.multicall(calls);
        vm.stopPrank();
    }
}
