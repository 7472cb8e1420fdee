// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IVault} from "../../src/interfaces/IVault.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

contract VaultSetOperatorTest is ExchangeTest {
    /// @dev An operator moves collateral between fund and margin of the account, and nowhere else.
    function test_Operator_CannotTakeCollateralOut() public {
        vm.expectEmit(address(vault));
        emit IVault.OperatorSet(alice, bob, true);
        vm.prank(alice);
        vault.setOperator(bob, true);
        vm.startPrank(bob);
        vault.transferFundToMargin(market, alice, 10 * USD);
        vault.transferMarginToFund(market, alice, 4 * USD);
        vm.stopPrank();
        assertEq(marginOf(alice), 6e18);
        assertEq(vault.fundOf(alice), 999_994 * USD);
        assertEq(vault.fundOf(bob), 1_000_000 * USD);
        vm.prank(alice);
        vault.setOperator(bob, false);
        vm.expectRevert(abi.encodeWithSelector(IVault.NotAuthorized.selector, alice, bob));
        vm.prank(bob);
        vault.transferMarginToFund(market, alice, 1 * USD);
    }

    /// @dev T19: no call of an operator moves the account's collateral to another account.
    function test_T19_Operator_CannotWithdraw() public {
        addMargin(alice, 100 * USD);
        vm.prank(alice);
        vault.setOperator(bob, true);
        uint256 fundBefore = vault.fundOf(bob);
        vm.startPrank(bob);
        vault.transferMarginToFund(market, alice, 50 * USD);
        // These move the operator's own collateral.
        vault.withdraw(1 * USD, bob);
        vault.donate(market, 1 * USD);
        vm.expectRevert(abi.encodeWithSelector(IVault.InsufficientMargin.selector, -int256(1e12), 0));
        vault.payOutMargin(market, 1, bob);
        vm.stopPrank();
        assertEq(vault.fundOf(bob), fundBefore - 2 * USD);
        assertEq(vault.fundOf(alice), 999_950 * USD);
        assertEq(marginOf(alice), 50e18);
    }

    /// @dev T19: an operator appoints operators of its own account only.
    function test_T19_Operator_CannotAppointOperators() public {
        vm.prank(alice);
        vault.setOperator(bob, true);
        vm.prank(bob);
        vault.setOperator(keeper, true);
        assertTrue(vault.isOperator(bob, keeper));
        assertFalse(vault.isOperator(alice, keeper));
        vm.expectRevert(abi.encodeWithSelector(IVault.NotAuthorized.selector, alice, keeper));
        vm.prank(keeper);
        vault.transferFundToMargin(market, alice, 1);
    }
}
