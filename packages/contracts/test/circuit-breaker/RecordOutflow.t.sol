// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {CircuitBreaker} from "../../src/CircuitBreaker.sol";
import {TestToken} from "../utils/TestToken.sol";
import {CircuitBreakerTest} from "./CircuitBreakerTest.sol";

/// @dev Outflow is metered against the limit of the window.
contract CircuitBreakerRecordOutflowTest is CircuitBreakerTest {
    function test_Outflow_UpToAPartOfTheHeldAmount() public {
        withdraw(alice, 60_000 * UNIT);
        assertEq(availableNow(), 40_000 * UNIT);
        withdraw(bob, 40_000 * UNIT);
        assertEq(availableNow(), 0);
        assertEq(usd.balanceOf(alice), 60_000 * UNIT);
    }

    function test_Outflow_RevertIf_OverTheLimit_NothingIsLost() public {
        withdraw(alice, 60_000 * UNIT);
        expectExceeded(40_001 * UNIT, 40_000 * UNIT, START + 1 + DAY);
        withdraw(bob, 40_001 * UNIT);
        assertEq(holder.fundOf(usd, bob), FUND);
        withdraw(bob, 40_000 * UNIT);
        vm.warp(START + 1 + DAY);
        withdraw(bob, 90_000 * UNIT);
    }

    function test_Outflow_RevertIf_OverTheLimit_TheFirstReportOfAWindow() public {
        expectExceeded(ALLOWANCE + 1, ALLOWANCE, START + 1 + DAY);
        withdraw(alice, ALLOWANCE + 1);
        // The reverted report has opened no window.
        assertEq(windowEnd(), START + 1);
        skip(10);
        withdraw(alice, ALLOWANCE);
        assertEq(windowEnd(), START + 11 + DAY);
    }

    function test_Outflow_InflowOfAnotherAccount_DoesNotRaiseTheLimit() public {
        withdraw(alice, ALLOWANCE);
        deposit(carol, 1_000_000 * UNIT);
        assertEq(availableNow(), 0);
        expectExceeded(1, 0, START + 1 + DAY);
        withdraw(alice, 1);
    }

    function test_Outflow_ZeroOpensTheWindowAndMetersNothing() public {
        vm.prank(address(holder));
        breaker.recordOutflow(address(usd), alice, 0);
        assertEq(windowEnd(), START + 1 + DAY);
        assertEq(availableNow(), ALLOWANCE);
    }

    function test_Outflow_RevertIf_TheAmountIsBeyondEveryLimit() public {
        setLimit(usd, DAY, 1e6, type(uint96).max);
        expectExceeded(type(uint256).max, type(uint96).max, START + 1 + DAY);
        vm.prank(address(holder));
        breaker.recordOutflow(address(usd), alice, type(uint256).max);
    }

    function test_Limit_RoundsDown() public {
        setLimit(usd, DAY, 1, 0);
        deposit(carol, 1_999_999);
        vm.warp(START + 2 * DAY);
        // One millionth of 1,000,001.999999.
        assertEq(availableNow(), 1_000_001);
    }

    function test_Limit_ZeroAndWhole() public {
        setLimit(usd, DAY, 0, 0);
        expectExceeded(1, 0, START + 1 + DAY);
        withdraw(alice, 1);
        setLimit(usd, DAY, 1e6, 0);
        withdraw(alice, FUND);
        withdraw(bob, FUND);
        assertEq(availableNow(), 0);
    }

    function test_Limit_TheMinimumLeavesASmallSystemUsable() public {
        setLimit(usd, DAY, TENTH, uint96(250_000 * UNIT));
        withdraw(alice, 250_000 * UNIT);
        expectExceeded(1, 0, START + 1 + DAY);
        withdraw(alice, 1);
        // The larger of part and minimum applies, not their sum.
        setLimit(usd, DAY, 300_000, uint96(250_000 * UNIT));
        assertEq(availableNow(), 50_000 * UNIT);
    }

    function test_Limit_EighteenDecimals() public {
        TestToken weth = new TestToken("WETH", "WETH", 18);
        setHolders(weth, address(holder));
        setLimit(weth, DAY, 333_333, 0);
        depositToken(weth, alice, 3);
        skip(1);
        (uint256 amount,) = breaker.available(address(weth));
        assertEq(amount, 0);
        depositToken(weth, alice, 1e12 * 1e18);
        vm.warp(START + 3 * DAY);
        (amount,) = breaker.available(address(weth));
        assertEq(amount, (uint256(1e30) + 3) * 333_333 / 1e6);
    }

    function test_Unlimited_ReturnsAtOnceForAnyCaller() public {
        address asset = makeAddr("asset");
        breaker.recordInflow(asset, alice, 5);
        breaker.recordOutflow(asset, alice, type(uint256).max);
        breaker.recordHedge(asset, alice, type(int256).min, true);
        (uint256 amount, uint256 availableAt) = breaker.available(asset);
        assertEq(amount, type(uint256).max);
        assertEq(availableAt, 0);
        assertEq(breaker.creditOf(asset, alice), 0);
        assertEq(breaker.limitOf(asset).window, 0);
    }

    function test_Reports_RevertIf_CallerIsNotProtected() public {
        bytes memory notProtected = abi.encodeWithSelector(CircuitBreaker.NotProtected.selector, stranger);
        vm.startPrank(stranger);
        vm.expectRevert(notProtected);
        breaker.recordInflow(address(usd), stranger, 5);
        vm.expectRevert(notProtected);
        breaker.recordOutflow(address(usd), stranger, 5);
        vm.expectRevert(notProtected);
        breaker.recordHedge(address(usd), alice, -5, false);
        vm.stopPrank();
    }
}
