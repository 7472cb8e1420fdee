// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IVault} from "../../src/interfaces/IVault.sol";
import {VaultMarginTest} from "./VaultMarginTest.sol";

contract VaultTransferFundToMarginTest is VaultMarginTest {
    function test_AddMargin_MovesFundIntoTheMarket() public {
        uint256 balance = d.lens.marketOf(market).balance;
        vm.expectEmit(address(vault));
        emit IVault.FundToMargin(market, alice, 5 * USD);
        addMargin(alice, 5 * USD);
        assertEq(marginOf(alice), 10_005e18);
        assertEq(vault.fundOf(alice), 989_995 * USD);
        assertEq(d.lens.marketOf(market).balance, balance + 5 * USD);
    }

    function test_AddMargin_RevertIf_MarketIsUnknownOrFundTooSmall() public {
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IVault.UnknownMarket.selector, 9));
        vault.transferFundToMargin(9, alice, 1);
        vm.expectRevert(abi.encodeWithSelector(IVault.InsufficientFund.selector, 990_001 * USD, 990_000 * USD));
        vault.transferFundToMargin(market, alice, 990_001 * USD);
        vm.stopPrank();
    }
}
