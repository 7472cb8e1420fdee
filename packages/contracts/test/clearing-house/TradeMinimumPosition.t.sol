// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {StubMaker} from "../utils/StubMaker.sol";
import {TradeTest} from "./TradeTest.sol";

/// @dev T21: positions whose penalty would not pay a liquidator. The least position value is 1,000, half a unit of
/// base.
contract ClearingHouseTradeMinimumPositionTest is TradeTest {
    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        c.market.rules.minPositionValue = 1000e18;
    }

    function test_T21_RevertIf_OpeningLessThanTheMinimum() public {
        bytes memory refusal = _below(1000e18 - 2000);
        vm.expectRevert(refusal);
        buy(alice, maker, 0.5e18 - 1);
        vm.expectRevert(refusal);
        sell(alice, maker, 0.5e18 - 1);
        buy(alice, maker, 0.5e18);
        sell(bob, maker, 0.5e18);
        // An increase of a position above the minimum may have any size.
        buy(alice, maker, 1);
        assertEq(sizeOf(alice), 0.5e18 + 1);
    }

    /// @dev The oracle price at the time of the trade decides.
    function test_T21_RevertIf_IncreaseStaysBelowTheMinimum() public {
        buy(alice, maker, 0.5e18);
        jump(1600e18);
        vm.expectRevert(_below(960e18));
        buy(alice, maker, 0.1e18);
        buy(alice, maker, 0.125e18);
    }

    /// @dev A reversal opens a position.
    function test_T21_RevertIf_ReversalOpensLessThanTheMinimum() public {
        buy(alice, maker, 1e18);
        vm.expectRevert(_below(600e18));
        sell(alice, maker, 1.3e18);
        sell(alice, maker, 1.5e18);
        assertEq(sizeOf(alice), -0.5e18);
    }

    function test_T21_Reduction_ClosesTheWholeWhenLessWouldBeLeft() public {
        buy(alice, maker, 1.5e18);
        sell(alice, maker, 1e18);
        assertEq(sizeOf(alice), 0.5e18, "exactly the minimum may stay");
        (int256 base, int256 quote) = sell(alice, maker, 1);
        assertEq(base, -0.5e18);
        assertEq(quote, 1000e18);
        assertEq(sizeOf(alice), 0);
        sell(alice, maker, 1e18);
        (base, quote) = buy(alice, maker, 0.5e18 + 1);
        assertEq(base, 1e18);
        assertEq(quote, -2000e18);
        assertEq(sizeOf(alice), 0);
    }

    /// @dev A position that a falling price brought below the minimum closes whole too.
    function test_T21_Reduction_BelowTheMinimumAlready_ClosesTheWhole() public {
        buy(alice, maker, 0.5e18);
        jump(1600e18);
        sell(alice, maker, 1);
        assertEq(sizeOf(alice), 0);
    }

    /// @dev The bound is a price: it scales with the amount that is closed, rounded for the taker.
    function test_T21_Reduction_BoundScales_ExactInput() public {
        buy(alice, maker, 1e18);
        checkBound(order(alice, maker, true, true, 0.6e18), 2000e18, 1200e18 + 1, 2000e18 + 2, 1200e18);
        assertEq(sizeOf(alice), 0);
    }

    function test_T21_Reduction_BoundScales_ExactOutput() public {
        sell(alice, maker, 1e18);
        checkBound(order(alice, maker, false, false, 0.6e18), 2000e18, 1200e18 - 1, 2000e18 - 2, 1200e18);
        assertEq(sizeOf(alice), 0);
    }

    function test_T21_Reduction_NoBoundStaysNone() public {
        sell(alice, maker, 1e18);
        buy(alice, maker, 0.6e18);
        assertEq(sizeOf(alice), 0);
    }

    /// @dev An amount in quote states the cost, so that it is not extended to a close.
    function test_T21_RevertIf_ReductionInQuoteLeavesLess() public {
        buy(alice, maker, 1e18);
        vm.expectRevert(_below(800e18));
        tradeAs(alice, order(alice, maker, true, false, 1200e18));
        tradeAs(alice, order(alice, maker, true, false, 1000e18));
        assertEq(sizeOf(alice), 0.5e18);
        tradeAs(alice, order(alice, maker, true, false, 1000e18));
        assertEq(sizeOf(alice), 0);
        sell(alice, maker, 1e18);
        vm.expectRevert(_below(800e18));
        tradeAs(alice, order(alice, maker, false, true, 1200e18));
    }

    function test_T21_Makers_AreExemptOnEitherSide() public {
        buy(alice, maker, 0.5e18);
        sell(bob, maker, 0.6e18);
        assertEq(sizeOf(maker), 0.1e18);
        StubMaker other = new StubMaker(vault, market, START_PRICE);
        vm.prank(owner());
        house.registerMaker(address(other));
        other.addMargin(1000 * USD);
        buy(address(other), maker, 0.3e18);
        sell(address(other), maker, 0.1e18);
        assertEq(sizeOf(address(other)), 0.2e18, "its reduction is not extended");
    }

    function _below(uint256 value) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IClearingHouse.PositionBelowMinimum.selector, value, 1000e18);
    }
}
