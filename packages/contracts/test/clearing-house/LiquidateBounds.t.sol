// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse, LiquidationParams} from "../../src/interfaces/IClearingHouse.sol";
import {LadderTest} from "../utils/LadderTest.sol";
import {insufficientInitialMargin} from "../utils/Reverts.sol";

/// @dev Bounds and margin requirement of the liquidator.
contract ClearingHouseLiquidateBoundsTest is LadderTest {
    function test_PriceBound_LiquidatorBuys() public {
        long(alice, 20_000 * USD, 100e18);
        _checkPriceBound(1850e18, 1850e18 - 1);
        assertGt(sizeOf(keeper), 0);
    }

    function test_PriceBound_LiquidatorSells() public {
        short(alice, 20_000 * USD, 100e18);
        _checkPriceBound(2150e18, 2150e18 + 1);
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
        vm.expectRevert(insufficientInitialMargin(bob, 17_999e18, 18_000e18));
        liquidateAs(bob, p);
        addMargin(bob, 1 * USD);
        liquidateAs(bob, p);
        assertEq(sizeOf(bob), 100e18);
        assertLaws();
    }

    /// @dev At `price` Alice's liquidation reverts with the bound `missed`, and passes with `price` as its bound.
    function _checkPriceBound(uint256 price, uint256 missed) private {
        jump(price);
        LiquidationParams memory p = params(alice, address(0));
        p.priceBound = missed;
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.PriceBoundExceeded.selector, price, missed));
        liquidateAs(keeper, p);
        p.priceBound = price;
        liquidateAs(keeper, p);
    }
}
