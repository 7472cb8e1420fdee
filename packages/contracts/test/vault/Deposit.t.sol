// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {IMarketSettings} from "../../src/interfaces/IMarketSettings.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {ZeroAddress, ZeroAmount} from "../../src/types/Errors.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev deposit, and the cap on the collateral that the Vault holds.
contract VaultDepositTest is ExchangeTest {
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

    function test_Deposit_RevertIf_AccountOrAmountIsZero() public {
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(ZeroAddress.selector));
        vault.deposit(address(0), 1);
        vm.expectRevert(abi.encodeWithSelector(ZeroAmount.selector));
        vault.deposit(alice, 0);
        vm.stopPrank();
    }

    function test_Cap_ExactBoundary() public {
        bytes memory refusal = _capTenMore();
        usd.mint(alice, 20 * USD);
        vm.startPrank(alice);
        vm.expectRevert(refusal);
        vault.deposit(alice, 10 * USD + 1);
        vault.deposit(alice, 10 * USD);
        vm.expectRevert(refusal);
        vault.deposit(alice, 1);
        // Withdrawals reduce the amount that counts.
        vault.withdraw(3, alice);
        vault.deposit(alice, 3);
        vm.stopPrank();
    }

    function test_Cap_Zero_IsNoCap() public {
        _setCap(1);
        _setCap(0);
        fund(alice, 1_000_000_000 * USD);
        assertEq(vault.depositCap(), 0);
    }

    function test_Cap_BindsLpVaults() public {
        bytes memory refusal = _capTenMore();
        usd.mint(lp, 20 * USD);
        vm.startPrank(lp);
        vm.expectRevert(refusal);
        om.deposit(10 * USD + 1);
        om.deposit(10 * USD);
        vm.stopPrank();
    }

    /// @dev The proceeds of a hedge are no deposit.
    function test_Cap_DoesNotApplyToTradesAndMargin() public {
        addMargin(alice, 10_000 * USD);
        _setCap(1);
        sell(alice, address(shb), 1e18);
        addMargin(alice, 10_000 * USD);
        close(alice, address(shb));
        vm.prank(alice);
        vault.withdraw(1, alice);
    }

    function _setCap(uint256 capXCD) private {
        vm.expectEmit(address(vault));
        emit IMarketSettings.DepositCapSet(capXCD);
        vm.prank(owner());
        IClearingHouse(house).setDepositCap(capXCD);
    }

    /// @dev Caps the Vault at 10 more than it holds. Returns the error of one unit beyond the cap.
    function _capTenMore() private returns (bytes memory) {
        uint256 cap = usd.balanceOf(address(vault)) + 10 * USD;
        _setCap(cap);
        return abi.encodeWithSelector(IVault.DepositCapExceeded.selector, cap + 1, cap);
    }
}
