// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IVault} from "../../src/interfaces/IVault.sol";
import {Quote} from "../../src/types/Units.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

contract VaultSettlePenaltyTest is ExchangeTest {
    /// @dev L5: insurance pays rewards out of what it has. A reward never makes bad debt.
    function test_L5_SettlePenalty_RevertIf_InsuranceHasLessThanTheReward() public {
        vm.prank(alice);
        vault.donate(market, 5 * USD);
        vm.startPrank(address(house));
        vm.expectRevert(abi.encodeWithSelector(IVault.InsufficientInsurance.selector, 5e18 + 1, int256(5e18)));
        vault.settlePenalty(market, bob, alice, Quote.wrap(0), Quote.wrap(5e18 + 1));
        vault.settlePenalty(market, bob, alice, Quote.wrap(0), Quote.wrap(5e18));
        vm.expectRevert(abi.encodeWithSelector(IVault.InsufficientInsurance.selector, 1, int256(0)));
        vault.settlePenalty(market, bob, alice, Quote.wrap(0), Quote.wrap(1));
        vm.stopPrank();
        assertEq(d.lens.marketOf(market).insurance, 0);
        assertEq(marginOf(alice), 5e18);
    }
}
