// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IVault} from "../../src/interfaces/IVault.sol";
import {ZeroAddress, ZeroAmount} from "../../src/types/Errors.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev Funds: deposit, withdraw, operators.
contract FundsTest is ExchangeTest {
    function test_Deposit_CreditsTheAccountNamed() public {
        usd.mint(alice, 5 * USD);
        vm.startPrank(alice);
        vm.expectEmit(address(vault));
        emit IVault.Deposited(bob, alice, 5 * USD);
        assertEq(vault.deposit(bob, 5 * USD), 5 * USD);
        vm.stopPrank();
        assertEq(vault.fundOf(bob), 1_000_005 * USD);
        assertEq(vault.fundOf(alice), 1_000_000 * USD);
    }

    function test_Deposit_RevertIf_ZeroAddressOrNothing() public {
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(ZeroAddress.selector));
        vault.deposit(address(0), 1);
        vm.expectRevert(abi.encodeWithSelector(ZeroAmount.selector));
        vault.deposit(alice, 0);
        vm.stopPrank();
    }

    function test_Withdraw_PaysTheReceiver() public {
        vm.expectEmit(address(vault));
        emit IVault.Withdrawn(alice, stranger, 7 * USD);
        vm.prank(alice);
        vault.withdraw(7 * USD, stranger);
        assertEq(usd.balanceOf(stranger), 7 * USD);
        assertEq(vault.fundOf(alice), 999_993 * USD);
    }

    function test_Withdraw_RevertIf_NotEnoughNothingOrNowhere() public {
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IVault.InsufficientFund.selector, 1_000_000 * USD + 1, 1_000_000 * USD));
        vault.withdraw(1_000_000 * USD + 1, alice);
        vm.expectRevert(abi.encodeWithSelector(ZeroAmount.selector));
        vault.withdraw(0, alice);
        vm.expectRevert(abi.encodeWithSelector(ZeroAddress.selector));
        vault.withdraw(1, address(0));
        vm.stopPrank();
    }

    /// @dev An operator moves collateral between fund and margin, and nowhere else.
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

    /// @dev L3: tokens that nobody was credited with belong to nobody.
    function test_L3_DonationsAreNobodysFund() public {
        usd.mint(address(vault), 1_000_000 * USD);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IVault.InsufficientFund.selector, 1_000_001 * USD, 1_000_000 * USD));
        vault.withdraw(1_000_001 * USD, alice);
    }
}
