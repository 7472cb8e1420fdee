// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse, LiquidationParams} from "../../src/interfaces/IClearingHouse.sol";
import {Rule} from "../../src/interfaces/IMarketAdmin.sol";
import {LadderTest} from "../utils/LadderTest.sol";

/// @dev Penalty, reward and shortfall of a liquidation. 100 base at 2,000.
contract ClearingHouseLiquidatePenaltyTest is LadderTest {
    function test_T30_PenaltyIsAtMostTheAccountValue() public {
        long(alice, 20_000 * USD, 100e18);
        jump(1801e18);
        // The account value is 100, and 2.5% would be 4,502.5.
        (, uint256 reward) = takeOver(alice);
        // The penalty pays the reward first, which would be half of 4,502.5.
        assertEq(reward, 100e18);
        assertEq(insurance(), 0);
        assertFlatAndEmpty(alice);
        assertLaws();
    }

    /// @dev Without a trading fee insurance pays no reward.
    function test_T30_ZeroAccountValue_NoPenaltyAndNoReward() public {
        donate(100 * USD);
        long(alice, 20_000 * USD, 100e18);
        jump(1800e18);
        assertEq(valueOf(alice), 0);
        (, uint256 reward) = takeOver(alice);
        assertEq(reward, 0, "no trading fee");
        assertEq(insurance(), 100e18);
        assertFlatAndEmpty(alice);
        assertLaws();
    }

    function test_LiquidatorShare() public {
        setRule(Rule.LiquidatorShare, 333_333);
        long(alice, 25_625 * USD, 100e18);
        jump(1800e18);
        (, uint256 reward) = takeOver(alice);
        assertEq(reward, uint256(4500e18) * 333_333 / 1e6);
        assertEq(insurance(), 4500e18 - int256(reward), "rest of the penalty, dust included");
        assertLaws();
    }

    /// @dev T30: an account that liquidates itself through another account loses the part of the penalty that goes to
    /// insurance.
    function testFuzz_T30_SelfLiquidationNeverPays(uint256 price, uint256 amount, bool isLong) public {
        fund(keeper, 1);
        if (isLong) long(alice, 20_000 * USD, 100e18);
        else short(alice, 20_000 * USD, 100e18);
        price = isLong ? boundPrice(price, 1800e18, 1919e18) : boundPrice(price, 2071e18, 2200e18);
        jump(price);
        int256 before = valueOf(alice) + valueOf(keeper);
        LiquidationParams memory p = params(alice, address(0));
        p.amount = boundPart(amount, 100e18);
        try this.liquidateExternally(p) {} catch {}
        assertLe(valueOf(alice) + valueOf(keeper), before);
        assertGe(insurance(), 0);
    }

    function liquidateExternally(LiquidationParams calldata p) external {
        vm.prank(keeper);
        house.liquidate(p);
    }

    function test_BelowZero_InsurancePaysTheShortfallAndTheBounty() public {
        assertEq(_takeOverBelowZero(110 * USD), BOUNTY);
        assertEq(insurance(), 5e18);
        assertFlatAndEmpty(alice);
        assertLaws();
    }

    function test_BelowZero_BountyIsTheInsuranceLeftByTheShortfall() public {
        assertEq(_takeOverBelowZero(103 * USD), 3e18);
        assertEq(insurance(), 0);
        assertLaws();
    }

    function test_BelowZero_NoBountyWhenTheShortfallTakesAllInsurance() public {
        assertEq(_takeOverBelowZero(100 * USD), 0);
        assertEq(insurance(), 0);
        assertLaws();
    }

    function test_RevertIf_ShortfallExceedsInsurance() public {
        donate(99 * USD);
        long(alice, 20_000 * USD, 100e18);
        jump(1799e18);
        vm.expectRevert(
            abi.encodeWithSelector(IClearingHouse.DeleverageFirst.selector, alice, -int256(1e18), type(uint256).max)
        );
        takeOver(alice);
    }

    /// @dev The margin ratio never falls, account value and insurance never end below zero, and the liquidated account
    /// alone pays.
    function testFuzz_Liquidation_NeverLowersTheMarginRatio(uint256 price, uint256 amount, uint256 margin, bool isLong)
        public
    {
        margin = boundAmountXCD(margin, 20_001 * USD, 30_000 * USD);
        if (isLong) long(alice, margin, 100e18 + 7);
        else short(alice, margin, 100e18 + 7);
        jump(isLong ? boundPrice(price, 1700e18, 1919e18) : boundPrice(price, 2071e18, 2300e18));
        price = stub.price();
        int256 value = valueOf(alice);
        int256 size = sizeOf(alice);
        int256 others = valueOf(keeper);
        if (value >= int256(positionOf(alice).size.abs() * price / 1e18 * 62_500 / 1e6)) return;
        if (value < 0) donate(uint256(-value) / 1e12 + 20 * USD);
        LiquidationParams memory p = params(alice, address(0));
        p.amount = boundPart(amount, 110e18);
        (uint256 base, uint256 reward) = liquidateAs(keeper, p);

        assertEq(valueOf(keeper) - others, int256(reward), "the liquidator receives its reward only");
        int256 after_ = valueOf(alice);
        int256 sizeAfter = sizeOf(alice);
        assertEq(uint256(size > 0 ? size - sizeAfter : sizeAfter - size), base);
        if (value < 0) {
            assertEq(after_, sizeAfter == 0 ? int256(0) : after_);
            // The quote is rounded down.
            if (sizeAfter != 0) assertApproxEqAbs(after_, value, 1);
        } else {
            assertGe(after_ + 1, 0);
            // value / size has not fallen, within one wei.
            int256 ratioBefore = value * (sizeAfter < 0 ? -sizeAfter : sizeAfter);
            assertGe((after_ + 2) * (size < 0 ? -size : size), ratioBefore);
        }
        assertGe(insurance(), 0);
        assertLaws();
    }

    function testFuzz_HalfLiquidation_RaisesTheMarginRatio(uint256 price) public {
        long(alice, 20_000 * USD, 100e18);
        jump(boundPrice(price, 1860e18, 1919e18));
        int256 value = valueOf(alice);
        takeOver(alice);
        assertEq(sizeOf(alice), 50e18);
        assertGt(valueOf(alice) * 2, value);
    }

    /// @dev Alice's account value is -100, and insurance has the donation.
    function _takeOverBelowZero(uint256 donation) private returns (uint256 reward) {
        donate(donation);
        long(alice, 20_000 * USD, 100e18);
        jump(1799e18);
        // 17.99 on the closed notional, more than the bounty.
        setRule(Rule.TradingFee, 100);
        (, reward) = takeOver(alice);
    }
}
