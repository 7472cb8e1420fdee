// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {CircuitBreaker} from "../../src/CircuitBreaker.sol";
import {CircuitBreakerTest} from "./CircuitBreakerTest.sol";

/// @dev Setting a limit, before and during a window.
contract CircuitBreakerSetLimitTest is CircuitBreakerTest {
    function test_SetLimit_BeginsWithTheNextSecond() public {
        vm.prank(owner);
        breaker.removeLimit(address(usd));
        // A borrowed deposit around the owner's call neither uses up the first window nor widens it.
        deposit(carol, 10_000_000 * UNIT);
        setLimit(usd, DAY + 1, TENTH, 0);
        withdraw(carol, 10_000_000 * UNIT);
        skip(1);
        assertEq(availableNow(), ALLOWANCE);
        withdraw(alice, ALLOWANCE);
    }

    function test_SetLimit_InARunningWindow_KeepsItsEndMeasureAndCredit() public {
        deposit(carol, 200_000 * UNIT);
        withdraw(alice, 50_000 * UNIT);
        hedge(-10_000e6, true);
        setLimit(usd, 2 * DAY, 2 * TENTH, 0);
        assertEq(availableNow(), 140_000 * UNIT);
        assertEq(windowEnd(), START + 1 + DAY);
        assertEq(breaker.creditOf(address(usd), carol), 200_000 * UNIT);
        vm.warp(START + 1 + DAY);
        deposit(carol, 1);
        assertEq(windowEnd(), START + 1 + 3 * DAY);
    }

    function test_SetLimit_StoresAndEmits() public {
        vm.expectEmit(address(breaker));
        emit CircuitBreaker.LimitSet(address(usd), DAY, 5, 7);
        setLimit(usd, DAY, 5, 7);
        CircuitBreaker.Limit memory limit = breaker.limitOf(address(usd));
        assertEq(limit.window, DAY);
        assertEq(limit.maxOutflow, 5);
        assertEq(limit.minimum, 7);
    }

    function test_SetLimit_RevertIf_OutOfRange() public {
        vm.expectRevert(abi.encodeWithSelector(CircuitBreaker.LimitOutOfRange.selector, 1_000_001, 1_000_000));
        setLimit(usd, DAY, 1_000_001, 0);
        vm.expectRevert(abi.encodeWithSelector(CircuitBreaker.WindowOutOfRange.selector, 59, 60, 30 days));
        setLimit(usd, 59, TENTH, 0);
        vm.expectRevert(abi.encodeWithSelector(CircuitBreaker.WindowOutOfRange.selector, 30 days + 1, 60, 30 days));
        setLimit(usd, 30 days + 1, TENTH, 0);
        setLimit(usd, 60, TENTH, 0);
        setLimit(usd, 30 days, TENTH, 0);
    }

    function test_SetLimit_RevertIf_NoHolders() public {
        vm.expectRevert(abi.encodeWithSelector(CircuitBreaker.NoHolders.selector, stranger));
        vm.prank(owner);
        breaker.setLimit(stranger, CircuitBreaker.Limit(DAY, TENTH, 0));
    }
}
