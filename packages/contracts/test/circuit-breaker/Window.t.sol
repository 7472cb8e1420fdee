// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {CircuitBreaker} from "../../src/CircuitBreaker.sol";
import {CircuitBreakerTest} from "./CircuitBreakerTest.sol";
import {ProtectedHolder} from "./ProtectedHolder.sol";

/// @dev When windows begin and end, and what they measure.
contract CircuitBreakerWindowTest is CircuitBreakerTest {
    function test_Window_BeginsWithTheFirstReportAndEndsOnTheSecond() public {
        withdraw(alice, ALLOWANCE);
        assertEq(windowEnd(), START + 1 + DAY);
        vm.warp(START + DAY);
        expectExceeded(1, 0, START + 1 + DAY);
        withdraw(alice, 1);
        vm.warp(START + 1 + DAY);
        withdraw(alice, 90_000 * UNIT);
        assertEq(windowEnd(), START + 1 + 2 * DAY);
    }

    function test_Window_MeasuresWhatIsHeldWhenItBegins() public {
        withdraw(alice, ALLOWANCE);
        vm.warp(START + 10 * DAY);
        vm.expectEmit(address(breaker));
        emit CircuitBreaker.WindowOpened(address(usd), 900_000 * UNIT, 90_000 * UNIT, START + 11 * DAY);
        withdraw(bob, 0);
        deposit(carol, 5 * UNIT);
        assertEq(availableNow(), 90_000 * UNIT);
    }

    function test_Window_AvailableReturnsTheAllowanceOfANewWindow() public {
        withdraw(alice, ALLOWANCE);
        vm.warp(START + 10 * DAY);
        (uint256 amount, uint256 availableAt) = breaker.available(address(usd));
        assertEq(amount, 90_000 * UNIT);
        assertEq(availableAt, START + 11 * DAY);
    }

    function test_Window_SumsTheHolders() public {
        ProtectedHolder second = new ProtectedHolder(breaker);
        protect(address(second));
        usd.mint(address(second), 1_000_000 * UNIT);
        address[] memory holders = new address[](2);
        (holders[0], holders[1]) = (address(holder), address(second));
        vm.prank(owner);
        breaker.setHolders(address(usd), holders);
        assertEq(availableNow(), 2 * ALLOWANCE);
        withdraw(alice, 2 * ALLOWANCE);
    }

    function test_Window_UnprotectedHolder_IsNotMeasured() public {
        ProtectedHolder second = new ProtectedHolder(breaker);
        protect(address(second));
        setHolders(usd, address(second));
        usd.mint(address(second), 1_000_000 * UNIT);
        assertEq(availableNow(), ALLOWANCE);
        vm.prank(owner);
        breaker.setProtected(address(second), false);
        assertEq(availableNow(), 0);
    }
}
