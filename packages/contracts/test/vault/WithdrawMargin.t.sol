// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IVault} from "../../src/interfaces/IVault.sol";
import {VaultMarginTest} from "./VaultMarginTest.sol";

contract VaultWithdrawMarginTest is VaultMarginTest {
    function test_WithdrawMargin_PaysTokensUnderTheSameRule() public {
        buy(alice, address(om), 10e18);
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IVault.InsufficientMargin.selector, 2000e18 - 1e12, uint256(2000e18)));
        vault.withdrawMargin(market, 7998 * USD + 1, bob);
        vm.expectEmit(address(vault));
        emit IVault.MarginPaidOut(market, alice, bob, 7998 * USD);
        vault.withdrawMargin(market, 7998 * USD, bob);
        vm.stopPrank();
        assertEq(usd.balanceOf(bob), 7998 * USD);
    }
}
