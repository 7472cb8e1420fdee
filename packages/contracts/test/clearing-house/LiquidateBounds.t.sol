// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse, LiquidationParams} from "../../src/interfaces/IClearingHouse.sol";
import {MarginMath} from "../../src/libraries/MarginMath.sol";
import {LadderTest} from "../utils/LadderTest.sol";

/// @dev Bounds and margin requirement of the liquidator.
contract ClearingHouseLiquidateBoundsTest is LadderTest {
    function test_PriceBound_LiquidatorBuys() public {
        long(alice, 20_000 * USD, 100e18);
        jump(1850e18);
        LiquidationParams memory p = params(alice, address(0));
        p.priceBound = 1850e18 - 1;
        vm.expectRevert(
            abi.encodeWithSelector(IClearingHouse.PriceBoundExceeded.selector, uint256(1850e18), uint256(1850e18 - 1))
        );
        liquidateAs(keeper, p);
        p.priceBound = 1850e18;
        liquidateAs(keeper, p);
        assertGt(sizeOf(keeper), 0);
    }

    function test_PriceBound_LiquidatorSells() public {
        short(alice, 20_000 * USD, 100e18);
        jump(2150e18);
        LiquidationParams memory p = params(alice, address(0));
        p.priceBound = 2150e18 + 1;
        vm.expectRevert(
            abi.encodeWithSelector(IClearingHouse.PriceBoundExceeded.selector, uint256(2150e18), uint256(2150e18 + 1))
        );
        liquidateAs(keeper, p);
        p.priceBound = 2150e18;
        liquidateAs(keeper, p);
        assertLt(sizeOf(keeper), 0);
    }

    function test_MinReward() public {
        long(alice, 25_625 * USD, 100e18);
        jump(1800e18);
        LiquidationParams memory p = params(alice, address(0));
        p.minReward = 2250e18 + 1;
        vm.expectRevert(
            abi.encodeWithSelector(IClearingHouse.RewardTooLow.selector, int256(2250e18), uint256(2250e18 + 1))
        );
        liquidateAs(keeper, p);
        p.minReward = 2250e18;
        liquidateAs(keeper, p);
    }

    function test_L6_RevertIf_LiquidatorLacksInitialMargin() public {
        long(alice, 25_625 * USD, 100e18);
        addMargin(bob, 15_749 * USD);
        jump(1800e18);
        LiquidationParams memory p = params(alice, address(0));
        p.liquidator = bob;
        // 15,749 and the reward of 2,250 against 10% of 180,000
        vm.expectRevert(
            abi.encodeWithSelector(
                MarginMath.InsufficientInitialMargin.selector, bob, int256(17_999e18), uint256(18_000e18)
            )
        );
        liquidateAs(bob, p);
        addMargin(bob, 1 * USD);
        liquidateAs(bob, p);
        assertEq(sizeOf(bob), 100e18);
        assertLaws();
    }
}
