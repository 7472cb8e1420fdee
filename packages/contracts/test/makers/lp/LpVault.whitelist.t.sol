// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ILpVault} from "../../../src/interfaces/ILpVault.sol";
import {ZeroAddress, ZeroAmount} from "../../../src/types/Errors.sol";
import {LpVaultTest} from "../../utils/LpVaultTest.sol";

/// @dev Code that all makers share, on the OracleMaker.
contract LpVaultWhitelistTest is LpVaultTest {
    function test_RevertIf_NotWhitelisted() public {
        bytes memory refusal = abi.encodeWithSelector(ILpVault.NotWhitelistLp.selector, stranger);
        vm.startPrank(stranger);
        vm.expectRevert(refusal);
        om.deposit(1);
        vm.expectRevert(refusal);
        om.deposit(1, 0, stranger);
        vm.expectRevert(refusal);
        om.withdraw(1);
        vm.expectRevert(refusal);
        om.withdraw(1, 0, stranger);
        vm.expectRevert(abi.encodeWithSelector(ILpVault.NotWhitelistLp.selector, stranger));
        shb.deposit(1);
        vm.stopPrank();
    }

    function test_SetWhitelistLp_TakesEffect() public {
        vm.prank(owner());
        om.setWhitelistLp(lp, false);
        vm.expectRevert(abi.encodeWithSelector(ILpVault.NotWhitelistLp.selector, lp));
        vm.prank(lp);
        om.withdraw(1e18);
    }

    /// @dev T6: the price moves before inclusion.
    function test_T6_RevertIf_LessThanMinimum() public {
        vm.startPrank(lp);
        vm.expectRevert(abi.encodeWithSelector(ILpVault.LessThanMinimum.selector, 1000e18, 1000e18 + 1));
        om.deposit(1000 * USD, 1000e18 + 1, lp);
        vm.expectRevert(abi.encodeWithSelector(ILpVault.LessThanMinimum.selector, 1000 * USD, 1000 * USD + 1));
        om.withdraw(1000e18, 1000 * USD + 1, lp);
        vm.stopPrank();
    }

    function test_RevertIf_Zero() public {
        vm.startPrank(lp);
        vm.expectRevert(abi.encodeWithSelector(ZeroAmount.selector));
        om.deposit(0);
        vm.expectRevert(abi.encodeWithSelector(ZeroAmount.selector));
        om.withdraw(0);
        vm.expectRevert(abi.encodeWithSelector(ZeroAddress.selector));
        om.withdraw(1e18, 0, address(0));
        vm.stopPrank();
    }
}
