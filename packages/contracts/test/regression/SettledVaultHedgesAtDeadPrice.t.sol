// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {BaseVaultGapTest} from "./BaseVaultGapTest.sol";

/// @dev T5: in a market with a dead feed the pool was moved to the last price, and the maker bought its base there.
contract SettledVaultHedgesAtDeadPriceTest is BaseVaultGapTest {
    function test_T5_SettledVault_DoesNotHedgeAtTheDeadPrice() public {
        _shortAgainstTheVault(bob, 20_000 * USD, 50e18);
        skip(3 days);
        backstop.announceSettlement(market, new bytes[](0));
        skip(1 days);
        backstop.settleMarket(market);
        // The market price is 1,500, and an account moves the pool to the last price of the feed.
        spot.moveTo(1500e18);
        spot.moveTo(2000e18);
        backstop.settleAccount(market, address(shb));
        assertEq(sizeOf(address(shb)), 0);
        assertEq(shb.hedgeGap(), 50e18);
        assertEq(shb.assetBalance(), 50e18);
        assertGt(marginOf(address(shb)), 98_000e18);
    }
}
