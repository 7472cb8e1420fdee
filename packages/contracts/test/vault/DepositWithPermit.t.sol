// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {PermitToken} from "../utils/PermitToken.sol";
import {VaultPermitTest} from "./VaultPermitTest.sol";

contract VaultDepositWithPermitTest is VaultPermitTest {
    function test_Permit_DepositsWithoutAnAllowance() public {
        (uint8 v, bytes32 r, bytes32 s) = _permit(40 * USD, START);
        vm.expectEmit(address(vault));
        emit IVault.Deposited(bob, payer, 40 * USD);
        vm.prank(payer);
        assertEq(vault.depositWithPermit(bob, 40 * USD, START, v, r, s), 40 * USD);
        assertEq(vault.fundOf(bob), 1_000_040 * USD);
        assertEq(usd.allowance(payer, address(vault)), 0);
    }

    /// @dev An account that submits the permit first does not block the deposit: the allowance is set.
    function test_Permit_UsedAheadOfTheDeposit() public {
        (uint8 v, bytes32 r, bytes32 s) = _permit(40 * USD, START);
        vm.prank(stranger);
        PermitToken(address(usd)).permit(payer, address(vault), 40 * USD, START, v, r, s);
        vm.prank(payer);
        vault.depositWithPermit(payer, 40 * USD, START, v, r, s);
        assertEq(vault.fundOf(payer), 40 * USD);
    }

    /// @dev A permit serves the account that signed it and no other caller.
    function test_Permit_RevertIf_CallerIsNotTheSigner() public {
        (uint8 v, bytes32 r, bytes32 s) = _permit(40 * USD, START);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(vault), 0, 40 * USD)
        );
        vm.prank(stranger);
        vault.depositWithPermit(stranger, 40 * USD, START, v, r, s);
    }

    function test_Permit_RevertIf_InvalidAndNoAllowance() public {
        (uint8 v, bytes32 r, bytes32 s) = _permit(40 * USD, START - 1);
        bytes memory refusal =
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(vault), 0, 40 * USD);
        vm.expectRevert(refusal);
        vm.prank(payer);
        vault.depositWithPermit(payer, 40 * USD, START - 1, v, r, s);
    }

    /// @dev An existing allowance is enough, also for a token without permits.
    function test_Permit_NotNeededWithAnAllowance() public {
        vm.startPrank(payer);
        usd.approve(address(vault), 40 * USD);
        vault.depositWithPermit(payer, 40 * USD, 0, 0, 0, 0);
        vm.stopPrank();
        assertEq(vault.fundOf(payer), 40 * USD);
    }
}
