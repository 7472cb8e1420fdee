// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SpotHedgeQuoteMakerTest} from "../../utils/SpotHedgeQuoteMakerTest.sol";

/// @dev Liquidations of the quote vault and deleveragings against it.
contract SpotHedgeQuoteMakerOnPositionForcedTest is SpotHedgeQuoteMakerTest {
    /// @dev The margin has not been rebalanced: a liquidator takes the position over, and the maker sells the base of
    /// it in the same transaction.
    function test_H1_LiquidatedVault_SellsItsBase() public {
        buy(alice, maker, 100e18);
        movePrice(3000e18);
        uint256 base = takeOver();
        assertEq(base, 100e18);
        assertEq(exposure(), 0);
        assertEq(shq.hedgeGap(), 0);
        assertEq(int256(uint256(shq.baseBalance())), -sizeOf(maker));
    }

    /// @dev The pool is beyond the bound: the gap is recorded, and a rebalance closes it first.
    function test_H1_GapIsRecordedAndClosedByRebalance() public {
        buy(alice, maker, 100e18);
        movePrice(3000e18);
        spot.moveTo(2800e18);
        int256 base = int256(takeOver());
        assertEq(shq.hedgeGap(), -base);
        assertEq(exposure(), 0, "the gap counts the excess base");
        uint256 total = shq.totalAssets();
        spot.moveTo(3000e18);
        shq.rebalance();
        assertEq(shq.hedgeGap(), 0);
        assertEq(exposure(), 0);
        assertApproxEqRel(shq.totalAssets(), total, 0.001e18);
    }

    /// @dev Deleveraging of a taker against the quote vault.
    function test_H1_DeleveragedVault_SellsItsBase() public {
        deleverageBob();
        assertEq(exposure(), 0);
        assertEq(shq.hedgeGap(), 0);
        shq.rebalance();
        assertLt(marginOf(maker), 1e12, "the whole margin is in the balance");
    }
}
