// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {CircuitBreaker} from "../../src/CircuitBreaker.sol";
import {CircuitBreakerTest} from "./CircuitBreakerTest.sol";

/// @dev Who may set what, to which values, and what a change does to a running window.
contract CircuitBreakerAuthorityTest is CircuitBreakerTest {
    // ----------------------------------------------------------------------------------------------- who may what ----

    function test_Owner_RevertIf_GuardianOrStranger() public {
        address[2] memory callers = [guardian, stranger];
        address[] memory holders = new address[](0);
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.startPrank(callers[i]);
            expectNotOwner(callers[i]);
            breaker.setGuardian(callers[i]);
            expectNotOwner(callers[i]);
            breaker.setProtected(callers[i], true);
            expectNotOwner(callers[i]);
            breaker.setHolders(address(usd), holders);
            expectNotOwner(callers[i]);
            breaker.setLimit(address(usd), CircuitBreaker.Limit(DAY, 1, 0));
            expectNotOwner(callers[i]);
            breaker.removeLimit(address(usd));
            expectNotOwner(callers[i]);
            breaker.resetMeter(address(usd));
            expectNotOwner(callers[i]);
            breaker.renounceOwnership();
            expectNotOwner(callers[i]);
            breaker.transferOwnership(callers[i]);
            vm.stopPrank();
        }
    }

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

    function test_SetGuardian_ReplacesTheOldOneAtOnce() public {
        vm.expectEmit(address(breaker));
        emit CircuitBreaker.GuardianSet(stranger);
        vm.prank(owner);
        breaker.setGuardian(stranger);
        vm.expectRevert(abi.encodeWithSelector(CircuitBreaker.NotGuardian.selector, guardian, stranger));
        lowerLimit(0, 0);
    }

    function test_RenounceOwnership_RevertAlways() public {
        vm.expectRevert(abi.encodeWithSelector(CircuitBreaker.OwnerRequired.selector, owner));
        vm.prank(owner);
        breaker.renounceOwnership();
    }

    function test_TransferOwnership_InTwoSteps() public {
        vm.prank(owner);
        breaker.transferOwnership(stranger);
        assertEq(breaker.owner(), owner);
        vm.prank(stranger);
        breaker.acceptOwnership();
        assertEq(breaker.owner(), stranger);
    }

    // ------------------------------------------------------------------------------------------- lowering at once ----

    function test_LowerLimit_HoldsInTheRunningWindow() public {
        withdraw(alice, 20_000 * UNIT);
        lowerLimit(50_000, 0);
        assertEq(availableNow(), 30_000 * UNIT);
        lowerLimit(0, 0);
        assertEq(availableNow(), 0);
        expectExceeded(1, 0, START + 1 + DAY);
        withdraw(alice, 1);
    }

    function test_LowerLimit_ToNothing_LastsUntilTheOwnerRaises() public {
        lowerLimit(0, 0);
        vm.warp(START + 10 * DAY);
        expectExceeded(1, 0, START + 11 * DAY);
        withdraw(alice, 1);
        setLimit(usd, DAY, TENTH, 0);
        withdraw(alice, ALLOWANCE);
    }

    function test_LowerLimit_WhatOneBroughtInStillLeaves() public {
        deposit(carol, 5 * UNIT);
        lowerLimit(0, 0);
        withdraw(carol, 5 * UNIT);
    }

    function test_LowerLimit_NeverStopsInflowOrReducingHedges() public {
        lowerLimit(0, 0);
        deposit(carol, 5 * UNIT);
        hedge(-5e6, false);
        hedge(5e6, true);
    }

    /// @dev What has been taken is remembered below zero: raising the limit again does not hand it out twice.
    function test_LowerLimit_ThenRaised_WhatWasTakenStaysTaken() public {
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

    // ------------------------------------------------------------------------------------------------- setLimit ----

    function test_SetLimit_BeginsWithTheNextSecond() public {
        vm.prank(owner);
        breaker.removeLimit(address(usd));
        // Borrowed money around the owner's call neither uses the first window up nor widens it.
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

    function test_SetLimit_ReturnsWhatWasSet() public {
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

    function test_SetLimit_RevertIf_NobodyHolds() public {
        vm.expectRevert(abi.encodeWithSelector(CircuitBreaker.NoHolders.selector, stranger));
        vm.prank(owner);
        breaker.setLimit(stranger, CircuitBreaker.Limit(DAY, TENTH, 0));
    }

    // ------------------------------------------------------------------------------------- removeLimit, resetMeter ----

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

    /// @dev Credit is known by the end of its window: a window after a removal must not end with one from before, or
    /// credit for what has left in between would be good again.
    function test_RemoveLimit_OldCreditCannotComeBack() public {
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
        // Removed again in the same second: the earlier end still counts.
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

    function test_ResetMeter_GivesTheAllowanceBackAndMeasuresNothing() public {
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

    // --------------------------------------------------------------------------------------- holders and reporters ----

    function test_SetHolders_RevertIf_TooMany() public {
        vm.expectRevert(abi.encodeWithSelector(CircuitBreaker.TooManyHolders.selector, 9, 8));
        vm.prank(owner);
        breaker.setHolders(address(usd), new address[](9));
    }

    function test_SetHolders_RevertIf_NotProtectedTwiceOrNone() public {
        address[] memory holders = new address[](2);
        (holders[0], holders[1]) = (address(holder), stranger);
        vm.startPrank(owner);
        vm.expectRevert(abi.encodeWithSelector(CircuitBreaker.NotProtected.selector, stranger));
        breaker.setHolders(address(usd), holders);
        holders[1] = address(holder);
        vm.expectRevert(abi.encodeWithSelector(CircuitBreaker.DuplicateHolder.selector, address(holder)));
        breaker.setHolders(address(usd), holders);
        vm.expectRevert(abi.encodeWithSelector(CircuitBreaker.NoHolders.selector, address(usd)));
        breaker.setHolders(address(usd), new address[](0));
        breaker.removeLimit(address(usd));
        breaker.setHolders(address(usd), new address[](0));
        vm.stopPrank();
        assertEq(breaker.holdersOf(address(usd)).length, 0);
    }

    function test_SetProtected_LetsReportOrNot() public {
        vm.expectEmit(address(breaker));
        emit CircuitBreaker.ProtectedSet(stranger, true);
        protect(stranger);
        vm.prank(stranger);
        breaker.recordInflow(address(usd), alice, 5);
        vm.prank(owner);
        breaker.setProtected(stranger, false);
        vm.expectRevert(abi.encodeWithSelector(CircuitBreaker.NotProtected.selector, stranger));
        vm.prank(stranger);
        breaker.recordInflow(address(usd), alice, 5);
    }
}
