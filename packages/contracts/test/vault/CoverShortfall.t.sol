// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IVault} from "../../src/interfaces/IVault.sol";
import {Quote, ZERO_QUOTE} from "../../src/types/Units.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

contract VaultCoverShortfallTest is ExchangeTest {
    /// @dev L5: insurance pays for accounts without a position, and no more than their shortfall.
    function test_L5_CoverShortfall_RevertIf_ThereIsNone() public {
        addMargin(alice, 10_000 * USD);
        vm.startPrank(address(house));
        vm.expectRevert(abi.encodeWithSelector(IVault.NoShortfall.selector, alice, int256(0), int256(10_000e18)));
        vault.coverShortfall(market, alice);
        vm.expectRevert(abi.encodeWithSelector(IVault.NoShortfall.selector, bob, int256(0), int256(0)));
        vault.coverShortfall(market, bob);
        vm.stopPrank();
        buy(alice, address(om), 10e18);
        int256 margin = marginOf(alice);
        vm.prank(address(house));
        vm.expectRevert(abi.encodeWithSelector(IVault.NoShortfall.selector, alice, int256(10e18), margin));
        vault.coverShortfall(market, alice);
        vm.startPrank(address(house));
        vault.settlePenalty(market, bob, stranger, Quote.wrap(-7e18), Quote.wrap(7e18));
        assertEq(vault.coverShortfall(market, bob), -7e18, "debt");
        vm.stopPrank();
        assertEq(marginOf(bob), 0);
    }

    /// @dev L5: insurance pays only for accounts without a position, at any margin.
    function test_L5_CoverShortfall_RevertIf_ThereIsAPosition() public {
        addMargin(alice, 1000 * USD);
        buy(alice, address(om), 1e18);
        vm.startPrank(address(house));
        vault.settlePenalty(market, alice, bob, Quote.wrap(-2000e18), ZERO_QUOTE);
        vm.expectRevert(abi.encodeWithSelector(IVault.NoShortfall.selector, alice, int256(1e18), -int256(1000e18)));
        vault.coverShortfall(market, alice);
        vm.stopPrank();
    }
}
