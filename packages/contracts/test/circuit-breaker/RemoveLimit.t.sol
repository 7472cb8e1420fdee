// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {CircuitBreaker} from "../../src/CircuitBreaker.sol";
import {CircuitBreakerTest} from "./CircuitBreakerTest.sol";

/// @dev Removing a limit, and resetting the meter of a window.
contract CircuitBreakerRemoveLimitTest is CircuitBreakerTest {
    function test_RemoveLimit_EndsMetering() public {
        withdraw(alice, ALLOWANCE);
        vm.expectEmit(address(breaker));
        emit CircuitBreaker.LimitRemoved(address(usd));
        vm.prank(owner);
        breaker.removeLimit(address(usd));
        withdraw(alice, FUND - ALLOWANCE);
        assertEq(availableNow(), type(uint256).max);
        assertEq(breaker.holdersOf(address(usd)).length, 1);
    }

    /// @dev The end of its window identifies credit. A window after a removal must not end at the same time as one
    /// before it, or credit for collateral that has left would be valid again.
    function test_RemoveLimit_OldCreditStaysInvalid() public {
        deposit(carol, 500_000 * UNIT);
        uint256 oldEnd = windowEnd();
        vm.prank(owner);
        breaker.removeLimit(address(usd));
        withdraw(carol, 500_000 * UNIT);
        skip(1000);
        uint256 shortest = oldEnd - vm.getBlockTimestamp();
        vm.expectRevert(
            abi.encodeWithSelector(CircuitBreaker.WindowOutOfRange.selector, shortest - 1, shortest, 30 days)
        );
        setLimit(usd, uint24(shortest - 1), TENTH, 0);
        setLimit(usd, uint24(shortest), TENTH, 0);
        // After a second removal in the same second, the earlier end still counts.
        vm.prank(owner);
        breaker.removeLimit(address(usd));
        vm.expectRevert(
            abi.encodeWithSelector(CircuitBreaker.WindowOutOfRange.selector, shortest - 1, shortest, 30 days)
        );
        setLimit(usd, uint24(shortest - 1), TENTH, 0);
        setLimit(usd, uint24(shortest), TENTH, 0);
        skip(1);
        hedge(1, true);
        assertEq(windowEnd(), oldEnd + 1);
        assertEq(breaker.creditOf(address(usd), carol), 0);
    }

    function test_ResetMeter_RestoresTheAllowance_KeepsTheMeasure() public {
        withdraw(alice, 70_000 * UNIT);
        hedge(-30_000e6, true);
        deposit(carol, 10_000_000 * UNIT);
        vm.expectEmit(address(breaker));
        emit CircuitBreaker.MeterReset(address(usd));
        vm.prank(owner);
        breaker.resetMeter(address(usd));
        assertEq(availableNow(), ALLOWANCE);
        assertEq(windowEnd(), START + 1 + DAY);
        assertEq(breaker.creditOf(address(usd), carol), 10_000_000 * UNIT);
    }

    function test_RemoveLimitAndResetMeter_RevertIf_NoLimit() public {
        vm.startPrank(owner);
        vm.expectRevert(abi.encodeWithSelector(CircuitBreaker.UnknownLimit.selector, stranger));
        breaker.removeLimit(stranger);
        vm.expectRevert(abi.encodeWithSelector(CircuitBreaker.UnknownLimit.selector, stranger));
        breaker.resetMeter(stranger);
        vm.stopPrank();
    }
}
