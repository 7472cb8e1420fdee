// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IMarketSettings} from "../../src/interfaces/IMarketSettings.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {NotClearingHouse} from "../../src/types/Errors.sol";
import {domainSeparator, typedDataHash} from "../utils/Eip712.sol";
import {LockUser} from "../utils/LockUser.sol";
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
        inner[0] = abi.encodeCall(IMarketSettings.setFrozen, (market, true));
        calls[0] = abi.encodeCall(vault.multicall, (inner));
        vm.expectRevert(abi.encodeWithSelector(NotClearingHouse.selector, stranger, house));
        vm.prank(stranger);
        vault.multicall(calls);
    }

    /// @dev T13: a multicall obeys the lock and the receipt that it is made in.
    function test_T13_Multicall_ObeysTheLock() public {
        LockUser user = new LockUser(vault);
        usd.mint(address(user), 10 * USD);
        bytes[] memory calls = new bytes[](1);
        calls[0] = abi.encodeCall(IVault.deposit, (address(user), 10 * USD));
        bytes memory multicall = abi.encodeCall(vault.multicall, (calls));
        user.lockAnd(address(vault), multicall);
        assertEq(user.answer(), abi.encodeWithSelector(IVault.Locked.selector, user));
        user.receiveAnd(market, 10 * USD, address(vault), multicall);
        assertEq(user.answer(), abi.encodeWithSelector(IVault.Locked.selector, vault));
        assertEq(marginOf(address(user)), 10e18);
        assertEq(vault.fundOf(address(user)), 0);
    }

    /// @dev T46: another account submits the signatures of a multicall first. The multicall does not revert, and has the
    /// same effect.
    function test_T46_Multicall_SignaturesSubmittedFirstDoNotBlockIt() public {
        (uint8 v, bytes32 r, bytes32 s) = _permit(100 * USD, START);
        bytes memory signature = _operatorSignature(0);
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(vault.depositWithPermit, (payer, 100 * USD, START, v, r, s));
        calls[1] = abi.encodeCall(vault.setOperatorBySig, (payer, address(gateway), true, START, signature));
        vm.startPrank(stranger);
        usd_().permit(payer, address(vault), 100 * USD, START, v, r, s);
        vault.setOperatorBySig(payer, address(gateway), true, START, signature);
        vm.stopPrank();
        vm.prank(payer);
        vault.multicall(calls);
        assertEq(vault.fundOf(payer), 100 * USD);
        assertTrue(vault.isOperator(payer, address(gateway)));
        assertEq(vault.nonces(payer), 1, "the second submission changes nothing");
    }

    function _operatorSignature(uint256 nonce) private view returns (bytes memory) {
        bytes32 typehash =
            keccak256("SetOperator(address account,address operator,bool approved,uint256 nonce,uint256 deadline)");
        bytes32 message = keccak256(abi.encode(typehash, payer, gateway, true, nonce, START));
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(key, typedDataHash(domainSeparator("Counterpoise Vault", address(vault)), message));
        return abi.encodePacked(r, s, v);
    }
}
