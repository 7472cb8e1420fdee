// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {BaseVaultGapTest} from "./BaseVaultGapTest.sol";

/// @dev The gap stayed whole when LPs of a flat base vault withdrew their part of the quote that was to close it.
contract GapSurvivesWithdrawalInKindTest is BaseVaultGapTest {
    function test_H1_WithdrawalInKind_ReducesTheGap() public {
        _shortAgainstTheVault(alice, 10_000 * USD, 50e18);
        jumpWithPool(2300e18);
        spot.moveTo(2400e18);
        deleverageAfterWindow(alice);
        uint256 shares = shb.balanceOf(lp);
        vm.startPrank(lp);
        shb.withdraw(shares / 2);
        assertApproxEqAbs(shb.hedgeGap(), 25e18, 1);
        shb.withdraw(shares - shares / 2);
        assertEq(shb.hedgeGap(), 0);
        vm.stopPrank();
    }
}
