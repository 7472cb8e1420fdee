// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IVault} from "../../src/interfaces/IVault.sol";
import {VaultMarginTest} from "./VaultMarginTest.sol";

contract VaultWithdrawableMarginOfTest is VaultMarginTest {
    /// @dev withdrawableMarginOf returns the exact amount that can be withdrawn.
    function testFuzz_FreeMargin_IsTheMostThatCanBeWithdrawn(uint256 size, uint256 price, uint256 elapsed, bool isShort)
        public
    {
        vm.startPrank(owner());
        house.setFunding(market, 1e12, 2e7, 50e18);
        house.setBorrowing(market, 1e10);
        vm.stopPrank();
        size = boundSize(size, 0, 45e18);
        if (size != 0 && isShort) sell(alice, address(om), size);
        else if (size != 0) buy(alice, address(om), size);
        skip(boundTime(elapsed, 30 days));
        price = boundPrice(price, 500e18, 5000e18);
        setPrice(price);
        uint256 free = vault.withdrawableMarginOf(market, alice);
        if (free != 0) _remove(alice, free);
        assertEq(vault.withdrawableMarginOf(market, alice), 0);
        vm.prank(alice);
        try vault.transferMarginToFund(market, alice, 1) {
            fail();
        } catch (bytes memory reason) {
            assertEq(bytes4(reason), IVault.InsufficientMargin.selector);
        }
    }

    /// @dev L3: free margin is at most the market's balance.
    function test_L3_FreeMargin_IsAtMostTheMarketsBalance() public {
        uint256 held = _winMoreThanTheMarketHolds();
        assertGt(marginOf(alice), int256(held * 1e12));
        assertEq(vault.withdrawableMarginOf(market, alice), held);
        _remove(alice, held);
    }
}
