// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Quote, ZERO_QUOTE} from "../../src/types/Units.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {ILpVault} from "../../src/interfaces/ILpVault.sol";

contract WorthlessSharesTest is ExchangeTest {
    /// @dev A vault that has exactly nothing would give those who come in away to those who are there.
    function test_RevertIf_DepositIntoAVaultThatHasNothing() public {
        int256 margin = marginOf(address(om));
        vm.prank(address(house));
        vault.settlePenalty(market, address(om), bob, Quote.wrap(-margin), ZERO_QUOTE);
        assertEq(om.totalAssets(), 0);
        assertGt(om.totalSupply(), 0);
        assertEq(om.maxDeposit(lp), 0);
        usd.mint(lp, 1000 * USD);
        vm.startPrank(lp);
        usd.approve(address(om), 1000 * USD);
        vm.expectRevert(abi.encodeWithSelector(ILpVault.VaultInsolvent.selector, int256(0)));
        om.deposit(1000 * USD);
        vm.stopPrank();
    }
}
