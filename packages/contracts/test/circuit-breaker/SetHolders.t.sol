// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {CircuitBreaker} from "../../src/CircuitBreaker.sol";
import {CircuitBreakerTest} from "./CircuitBreakerTest.sol";

/// @dev Holders, whose balances are measured, and protected contracts, which report.
contract CircuitBreakerSetHoldersTest is CircuitBreakerTest {
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

    function test_SetProtected_AllowsReports() public {
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
