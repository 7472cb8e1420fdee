// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IVault} from "../../src/interfaces/IVault.sol";
import {ZeroAmount} from "../../src/types/Errors.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev donate: from a fund to the insurance of a market.
contract VaultDonateTest is ExchangeTest {
    function test_Donate_RevertIf_MarketIsUnknownOrAmountIsZeroOrBeyondTheFund() public {
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IVault.UnknownMarket.selector, 2));
        vault.donate(2, 1);
        vm.expectRevert(abi.encodeWithSelector(ZeroAmount.selector));
        vault.donate(market, 0);
        vault.donate(market, 7 * USD);
        vm.expectRevert(abi.encodeWithSelector(IVault.InsufficientFund.selector, 999_994 * USD, 999_993 * USD));
        vault.donate(market, 999_994 * USD);
        vm.stopPrank();
    }

    function test_Donate_GoesToInsurance() public {
        uint256 balance = d.lens.marketOf(market).balance;
        vm.expectEmit(address(vault));
        emit IVault.InsuranceDonated(market, alice, 7 * USD);
        vm.prank(alice);
        vault.donate(market, 7 * USD);
        assertEq(d.lens.marketOf(market).insurance, 7e18);
        assertEq(d.lens.marketOf(market).balance, balance + 7 * USD);
        assertEq(vault.fundOf(alice), 999_993 * USD);
    }
}
