// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IVault} from "../../src/interfaces/IVault.sol";
import {ZeroAddress, ZeroAmount} from "../../src/types/Errors.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

contract VaultWithdrawTest is ExchangeTest {
    function test_Withdraw_PaysTheReceiver() public {
        vm.expectEmit(address(vault));
        emit IVault.Withdrawn(alice, stranger, 7 * USD);
        vm.prank(alice);
        vault.withdraw(7 * USD, stranger);
        assertEq(usd.balanceOf(stranger), 7 * USD);
        assertEq(vault.fundOf(alice), 999_993 * USD);
    }

    function test_Withdraw_RevertIf_FundIsTooSmallOrAmountOrReceiverIsZero() public {
        uint256 fundXCD = 1_000_000 * USD;
        _checkRefused(
            fundXCD + 1, alice, abi.encodeWithSelector(IVault.InsufficientFund.selector, fundXCD + 1, fundXCD)
        );
        _checkRefused(0, alice, abi.encodeWithSelector(ZeroAmount.selector));
        _checkRefused(1, address(0), abi.encodeWithSelector(ZeroAddress.selector));
    }

    /// @dev L3: collateral that was transferred without a credit belongs to no account.
    function test_L3_Withdraw_RevertIf_CollateralWasNotCredited() public {
        usd.mint(address(vault), 1_000_000 * USD);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IVault.InsufficientFund.selector, 1_000_001 * USD, 1_000_000 * USD));
        vault.withdraw(1_000_001 * USD, alice);
    }

    function _checkRefused(uint256 amountXCD, address to, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(alice);
        vault.withdraw(amountXCD, to);
    }
}
