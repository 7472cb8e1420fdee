// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {BaseVaultGapTest} from "./BaseVaultGapTest.sol";

/// @dev doc
contract SettledVaultHedgesAtDeadPriceTest is BaseVaultGapTest {
    /// @dev In a market with a dead feed the pool was moved to the dead price, where the vault then bought its base.
    function test_T5_SettledVaultDoesNotHedgeAtTheDeadPrice() public {
        _shortAgainstTheVault(bob, 20_000 * USD, 50e18);
        skip(3 days);
        backstop.announceSettlement(market);
        skip(1 days);
        backstop.settleMarket(market);
        // The world trades at 1,500 by now, and somebody brings the pool to where the feed stopped.
        spot.moveTo(1500e18);
        spot.moveTo(2000e18);
        backstop.settleAccount(market, address(shb));
        assertEq(sizeOf(address(shb)), 0);
        assertEq(shb.hedgeGap(), 50e18);
        assertEq(shb.assetBalance(), 50e18);
        assertGt(marginOf(address(shb)), 98_000e18);
    }
}
