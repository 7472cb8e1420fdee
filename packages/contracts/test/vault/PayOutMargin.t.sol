// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IVault} from "../../src/interfaces/IVault.sol";
import {VaultMarginTest} from "./VaultMarginTest.sol";

contract VaultPayOutMarginTest is VaultMarginTest {
    function test_PayOutMargin_PaysTokensUnderTheSameRule() public {
        buy(alice, address(om), 10e18);
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IVault.InsufficientMargin.selector, 2000e18 - 1e12, uint256(2000e18)));
        vault.payOutMargin(market, 7998 * USD + 1, bob);
        vm.expectEmit(address(vault));
        emit IVault.MarginPaidOut(market, alice, bob, 7998 * USD);
        vault.payOutMargin(market, 7998 * USD, bob);
        vm.stopPrank();
        assertEq(usd.balanceOf(bob), 7998 * USD);
    }
}
