// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse, LiquidationParams} from "../../src/interfaces/IClearingHouse.sol";
import {Rule} from "../../src/interfaces/IMarketAdmin.sol";
import {LadderTest} from "../utils/LadderTest.sol";

/// @dev How much of a position is closed. 100 base at 2,000; at 1,800 the maintenance requirement is 11,250.
contract ClearingHouseLiquidateAmountTest is LadderTest {
    /// @dev A value of exactly half of the requirement is not above it.
    function test_WholeAtHalfOfTheRequirement() public {
        long(alice, 25_625 * USD, 100e18);
        jump(1800e18);
        assertEq(valueOf(alice) * 2, 11_250e18);
        (uint256 base, uint256 reward) = takeOver(alice);
        assertEq(base, 100e18);
        assertEq(reward, 2250e18, "half of 2.5% of 180,000");
        assertEq(marginOf(alice), 1125e18);
        assertEq(insurance(), 2250e18);
        assertEq(sizeOf(keeper), 100e18);
        assertEq(valueOf(keeper), 1_002_250e18);
        assertLaws();
    }

    function test_HalfAboveHalfOfTheRequirement() public {
        long(alice, 25_625 * USD + 1, 100e18);
        jump(1800e18);
        (uint256 base, uint256 reward) = takeOver(alice);
        assertEq(base, 50e18);
        assertEq(reward, 1125e18);
        assertEq(valueOf(alice), 5625e18 + 1e12 - 2250e18);
        assertLaws();
    }

    function test_HalfRoundsUp() public {
        long(alice, 25_000 * USD, 100e18 + 1);
        jump(1830e18);
        (uint256 base,) = takeOver(alice);
        assertEq(base, 50e18 + 1);
        assertEq(sizeOf(alice), 50e18);
        assertLaws();
    }

    function test_LessThanTheMaximum() public {
        long(alice, 25_000 * USD, 100e18);
        jump(1830e18);
        LiquidationParams memory p = params(alice, address(0));
        p.amount = 7e18;
        (uint256 base, uint256 reward) = liquidateAs(keeper, p);
        assertEq(base, 7e18);
        assertEq(reward, 160.125e18);
        assertEq(sizeOf(alice), 93e18);
        assertLaws();
    }

    function test_Short_SettlesAtTheOraclePriceToo() public {
        short(alice, 20_000 * USD, 100e18);
        jump(2150e18);
        // 5,000 is at most half of 13,437.5, so that the whole position is closed.
        (uint256 base, uint256 reward) = takeOver(alice);
        assertEq(base, 100e18);
        assertEq(reward, 2687.5e18, "half of 2.5% of 215,000");
        assertEq(insurance(), 2312.5e18, "the rest of the value");
        assertFlatAndEmpty(alice);
        assertEq(sizeOf(keeper), -100e18);
        assertLaws();
    }

    function test_T21_WholeWhenHalfWouldBeDust() public {
        assertEq(_takeOverWithMinimum(9_150e18 + 1), 10e18);
        assertEq(sizeOf(alice), 0);
        assertLaws();
    }

    /// @dev The liquidator's own position may end below the minimum where it nearly cancels the one taken over. The
    /// liquidator can close it, and cannot open such a position as a taker.
    function test_T21_LiquidatorMayEndBelowTheMinimum() public {
        long(alice, 25_000 * USD, 100e18);
        short(keeper, 100_000 * USD, 50e18 - 0.1e18);
        jump(1830e18);
        setMinPositionValue(1000e18);
        (uint256 base,) = takeOver(alice);
        assertEq(base, 50e18);
        assertEq(sizeOf(keeper), 0.1e18, "183 of quote");
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.PositionBelowMinimum.selector, 201.3e18, 1000e18));
        buy(keeper, maker, 0.01e18);
        // A partial close is extended to the whole position.
        sell(keeper, maker, 0.04e18);
        assertEq(sizeOf(keeper), 0);
        assertLaws();
    }

    function test_T21_HalfWhenItIsExactlyTheMinimum() public {
        assertEq(_takeOverWithMinimum(9_150e18), 5e18);
    }

    /// @dev A raised minimum closes no position at once: half of it may still be liquidated, and a part of it traded.
    function test_T21_RaisedMinimum_ClosesNoPositionAtOnce() public {
        long(alice, 2_500 * USD, 10e18);
        long(bob, 20_000 * USD, 1e18);
        jump(1830e18);
        setRule(Rule.MinPositionValue, 10_000e18);
        sell(bob, maker, 0.9e18);
        assertEq(sizeOf(bob), 0.1e18);
        (uint256 base,) = takeOver(alice);
        assertEq(base, 5e18);
        skip(1 days);
        jump(1829e18);
        sell(bob, maker, 0.01e18);
        assertEq(sizeOf(bob), 0, "the end of the ramp");
    }

    function test_T21_MakersAreExempt() public {
        // The stub is short 5,000 and has 1,000,000: liquidatable from 2,070.6 on.
        long(bob, 1_000_000 * USD, 5000e18);
        jump(2080e18);
        setMinPositionValue(10_000e18);
        (uint256 base,) = takeOver(maker);
        assertEq(base, 2500e18);
        assertEq(sizeOf(maker), -2500e18);
        assertEq(stub.forcedBase(), 2500e18);
        assertEq(stub.forcedQuote(), -2500 * 2080e18);
        assertLaws();
    }

    /// @dev A liquidator on the other side closes its own position by taking over.
    function test_LiquidatorReduces() public {
        long(alice, 25_625 * USD, 100e18);
        short(bob, 20_000 * USD, 100e18);
        jump(1800e18);
        LiquidationParams memory p = params(alice, address(0));
        p.liquidator = bob;
        liquidateAs(bob, p);
        assertEq(sizeOf(bob), 0);
        assertEq(marginOf(bob), 20_000e18 + 20_000e18 + 2250e18);
        assertLaws();
    }

    /// @dev Takes over Alice's position of 10 at 1,830, of which a half is worth 9,150.
    function _takeOverWithMinimum(uint96 minPositionValue) private returns (uint256 base) {
        long(alice, 2_500 * USD, 10e18);
        jump(1830e18);
        setMinPositionValue(minPositionValue);
        (base,) = takeOver(alice);
    }
}
