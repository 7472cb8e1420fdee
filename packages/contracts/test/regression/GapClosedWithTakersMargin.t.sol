// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {BaseVaultGapTest} from "./BaseVaultGapTest.sol";

/// @dev A gap that the maker's quote did not cover stayed open, until margin that belonged to later takers paid for it.
/// The maker then had more exposure than its LPs had deposited.
contract GapClosedWithTakersMarginTest is BaseVaultGapTest {
    function test_H1_GapIsNotClosedWithTheMarginOfLaterTakers() public {
        _shortAgainstTheVault(alice, 10_000 * USD, 50e18);
        jumpWithPool(2300e18);
        spot.moveTo(2400e18);
        deleverageAfterWindow(alice);
        assertEq(shb.hedgeGap(), 50e18, "the pool was out of bounds");
        // The market is open again when its bad debt is covered.
        donate(uint256(-insurance()) / 1e12 + 1);
        spot.moveTo(2300e18);
        // The maker receives the proceeds of another taker's short.
        addMargin(bob, 100_000 * USD);
        sell(bob, address(shb), 20e18);
        spot.moveTo(2300e18);
        spot.provide(95_000e18);
        shb.closeHedgeGap(type(uint256).max);
        assertGe(
            marginOf(address(shb)) + positionOf(address(shb)).openNotional.unwrap(), 0, "quote for closing the rest"
        );
        assertLt(int256(uint256(shb.assetBalance())) + sizeOf(address(shb)), 100e18);
        close(bob, address(shb));
    }
}
