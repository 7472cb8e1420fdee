// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {CircuitBreaker} from "../../src/CircuitBreaker.sol";
import {CircuitBreakerTest} from "./CircuitBreakerTest.sol";

/// @dev Lowering the limit applies at once, also in a running window.
contract CircuitBreakerLowerLimitTest is CircuitBreakerTest {
    function test_LowerLimit_GuardianAndOwner() public {
        vm.expectEmit(address(breaker));
        emit CircuitBreaker.LimitLowered(address(usd), guardian, 50_000, 0);
        lowerLimit(50_000, 0);
        vm.prank(owner);
        breaker.lowerLimit(address(usd), 40_000, 0);
        assertEq(breaker.limitOf(address(usd)).maxOutflow, 40_000);
    }

    function test_LowerLimit_RevertIf_Stranger() public {
        vm.expectRevert(abi.encodeWithSelector(CircuitBreaker.NotGuardian.selector, stranger, guardian));
        vm.prank(stranger);
        breaker.lowerLimit(address(usd), 0, 0);
    }

    function test_LowerLimit_HoldsInTheRunningWindow() public {
        withdraw(alice, 20_000 * UNIT);
        lowerLimit(50_000, 0);
        assertEq(availableNow(), 30_000 * UNIT);
        lowerLimit(0, 0);
        assertEq(availableNow(), 0);
        expectExceeded(1, 0, START + 1 + DAY);
        withdraw(alice, 1);
    }

    function test_LowerLimit_ToZero_LastsUntilTheOwnerRaises() public {
        lowerLimit(0, 0);
        vm.warp(START + 10 * DAY);
        expectExceeded(1, 0, START + 11 * DAY);
        withdraw(alice, 1);
        setLimit(usd, DAY, TENTH, 0);
        withdraw(alice, ALLOWANCE);
    }

    function test_LowerLimit_DoesNotApplyToCredit() public {
        deposit(carol, 5 * UNIT);
        lowerLimit(0, 0);
        withdraw(carol, 5 * UNIT);
    }

    function test_LowerLimit_NeverBlocksInflowOrReducingHedges() public {
        lowerLimit(0, 0);
        deposit(carol, 5 * UNIT);
        hedge(-5e6, false);
        hedge(5e6, true);
    }

    /// @dev The breaker keeps the outflow as a negative rest, so that raising the limit does not allow it twice.
    function test_LowerLimit_ThenRaised_OutflowStillCounts() public {
        withdraw(alice, 60_000 * UNIT);
        lowerLimit(0, 0);
        (,, int256 left,) = breaker.windowOf(address(usd));
        assertEq(left, -60_000e6);
        setLimit(usd, DAY, TENTH, 0);
        assertEq(availableNow(), 40_000 * UNIT);
    }

    function test_LowerLimit_RevertIf_EitherIsHigher() public {
        setLimit(usd, DAY, TENTH, 500);
        vm.expectRevert(
            abi.encodeWithSelector(
                CircuitBreaker.LimitNotLower.selector, uint256(TENTH) + 1, uint256(TENTH), uint256(0), uint256(500)
            )
        );
        lowerLimit(TENTH + 1, 0);
        vm.expectRevert(
            abi.encodeWithSelector(
                CircuitBreaker.LimitNotLower.selector, uint256(0), uint256(TENTH), uint256(501), uint256(500)
            )
        );
        lowerLimit(0, 501);
        lowerLimit(TENTH, 500);
    }

    function test_LowerLimit_RevertIf_NoLimit() public {
        vm.expectRevert(abi.encodeWithSelector(CircuitBreaker.UnknownLimit.selector, stranger));
        vm.prank(guardian);
        breaker.lowerLimit(stranger, 0, 0);
    }
}
