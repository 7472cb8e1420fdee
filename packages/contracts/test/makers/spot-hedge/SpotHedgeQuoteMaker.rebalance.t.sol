// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse, LiquidationParams} from "../../../src/interfaces/IClearingHouse.sol";
import {IQuoteVault} from "../../../src/interfaces/IQuoteVault.sol";
import {SpotHedgeQuoteMakerTest} from "../../utils/SpotHedgeQuoteMakerTest.sol";

contract SpotHedgeQuoteMakerRebalanceTest is SpotHedgeQuoteMakerTest {
    function test_Rebalance_MovesTheBalanceIntoTheMargin() public {
        buy(alice, maker, 50e18);
        movePrice(2200e18);
        uint256 balance = shq.assetBalance();
        int256 value = vaultValue(2200e18);
        IQuoteVault.QuoteHedge memory hedge = shq.getHedge();
        assertEq(hedge.targetMargin, 55_000e18);
        vm.prank(keeper);
        int256 moved = shq.rebalance();
        assertEq(moved, hedge.toMoveXCD);
        uint256 fee = usd.balanceOf(keeper);
        assertEq(fee, uint256(moved) / 10_000, "one basis point");
        assertEq(shq.assetBalance(), balance - uint256(moved) - fee);
        assertApproxEqAbs(valueOf(maker), 55_000e18, 1e12);
        assertEq(vaultValue(2200e18), value - int256(fee) * 1e12, "only the fee left the quote vault");
        assertEq(usd.balanceOf(maker), shq.assetBalance());
    }

    function test_Rebalance_TakesBackWhenThePriceFalls() public {
        buy(alice, maker, 50e18);
        movePrice(1500e18);
        uint256 balance = shq.assetBalance();
        vm.prank(keeper);
        int256 moved = shq.rebalance();
        // Unrealised profit is no margin: of 50,000, half of the notional stays.
        assertEq(moved, -(50_000e6 - 37_500e6));
        assertEq(shq.assetBalance(), balance + 12_500e6 - usd.balanceOf(keeper));
        assertEq(marginOf(maker), 37_500e18);
    }

    function test_Rebalance_OfAFlatVaultTakesAllBack() public {
        buy(alice, maker, 50e18);
        close(alice, maker);
        assertLt(marginOf(maker), 1e12);
        vm.expectPartialRevert(IQuoteVault.NothingToRebalance.selector);
        shq.rebalance();
    }

    function test_Rebalance_MovesTheWholeBalanceIfTooSmall() public {
        buy(alice, maker, 240e18);
        movePrice(4100e18);
        uint256 balance = shq.assetBalance();
        vm.prank(keeper);
        uint256 moved = uint256(shq.rebalance());
        assertEq(moved + usd.balanceOf(keeper), balance, "the whole balance less the fee");
        assertEq(shq.assetBalance(), 0);
        vm.expectPartialRevert(IQuoteVault.NothingToRebalance.selector);
        shq.rebalance();
    }

    /// @dev A rebalanced maker with balance left is not liquidatable.
    function test_Rebalanced_IsNotLiquidatable() public {
        buy(alice, maker, 100e18);
        movePrice(2900e18);
        shq.rebalance();
        LiquidationParams memory params = takeOverParams();
        vm.expectPartialRevert(IClearingHouse.NotLiquidatable.selector);
        vm.prank(bob);
        house.liquidate(params);
    }

    // -------------------------------------------------------------------------------------------------------- T34 ----

    function test_T34_RevertIf_InsideTheBand() public {
        buy(alice, maker, 50e18);
        vm.expectPartialRevert(IQuoteVault.NothingToRebalance.selector);
        shq.rebalance();
        movePrice(2060e18);
        vm.expectPartialRevert(IQuoteVault.NothingToRebalance.selector);
        shq.rebalance();
        movePrice(2100e18);
        shq.rebalance();
        vm.expectPartialRevert(IQuoteVault.NothingToRebalance.selector);
        shq.rebalance();
    }

    /// @dev T34: no swap that could be sandwiched, a capped fee, and one fee per interval.
    function test_T34_TheFeeIsCappedAndPaidOncePerInterval() public {
        buy(alice, maker, 200e18);
        movePrice(2600e18);
        vm.startPrank(keeper);
        uint256 moved = uint256(shq.rebalance());
        assertGt(moved / 10_000, 5 * USD);
        assertEq(usd.balanceOf(keeper), 5 * USD, "the cap");
        vm.stopPrank();
        movePrice(2000e18);
        vm.prank(keeper);
        shq.rebalance();
        assertEq(usd.balanceOf(keeper), 5 * USD, "no second fee in the interval");
        skip(30);
        movePrice(2500e18);
        vm.prank(keeper);
        shq.rebalance();
        assertEq(usd.balanceOf(keeper), 10 * USD);
    }

    /// @dev T34: margin above its target stays inside the band as well. At 1,900 a margin of 1,000 per unit is 50 above
    /// the target and the band is 95; at 1,800 it is 100 above, and the band is 90.
    function test_T34_RevertIf_MarginIsAboveItsTargetInsideTheBand() public {
        buy(alice, maker, 50e18);
        movePrice(1900e18);
        vm.expectPartialRevert(IQuoteVault.NothingToRebalance.selector);
        shq.rebalance();
        movePrice(1800e18);
        assertLt(shq.rebalance(), 0, "released");
    }
}
