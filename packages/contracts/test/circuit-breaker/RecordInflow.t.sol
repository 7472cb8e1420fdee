// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {TestToken} from "../utils/TestToken.sol";
import {CircuitBreakerTest} from "./CircuitBreakerTest.sol";

/// @dev Inflow is credited to the account and may leave again without using up the limit.
contract CircuitBreakerRecordInflowTest is CircuitBreakerTest {
    function test_Credit_LeavesUnmetered() public {
        deposit(carol, 300_000 * UNIT);
        assertEq(breaker.creditOf(address(usd), carol), 300_000 * UNIT);
        withdraw(carol, 300_000 * UNIT);
        assertEq(availableNow(), ALLOWANCE);
        assertEq(breaker.creditOf(address(usd), carol), 0);
    }

    function test_Credit_IsSpentFirstAndTheRestIsMetered() public {
        deposit(alice, 10 * UNIT);
        withdraw(alice, 4 * UNIT);
        assertEq(breaker.creditOf(address(usd), alice), 6 * UNIT);
        withdraw(alice, 10 * UNIT);
        assertEq(breaker.creditOf(address(usd), alice), 0);
        assertEq(availableNow(), ALLOWANCE - 4 * UNIT);
    }

    function test_Credit_ARevertedWithdrawalKeepsIt() public {
        deposit(alice, 10 * UNIT);
        expectExceeded(ALLOWANCE + 1, ALLOWANCE, START + 1 + DAY);
        withdraw(alice, ALLOWANCE + 10 * UNIT + 1);
        assertEq(breaker.creditOf(address(usd), alice), 10 * UNIT);
    }

    function test_Credit_LeavesEvenWhenTheLimitIsUsedUp() public {
        withdraw(alice, ALLOWANCE);
        deposit(carol, 5 * UNIT);
        withdraw(carol, 5 * UNIT);
    }

    function test_Credit_EndsWithTheWindow() public {
        deposit(carol, 200_000 * UNIT);
        vm.warp(START + 1 + DAY - 1);
        assertEq(breaker.creditOf(address(usd), carol), 200_000 * UNIT);
        skip(1);
        assertEq(breaker.creditOf(address(usd), carol), 0);
        // A tenth of 1.2 million.
        withdraw(carol, 120_000 * UNIT);
        assertEq(availableNow(), 0);
    }

    function test_Credit_SaturatesAndNeverReverts() public {
        vm.startPrank(address(holder));
        breaker.recordInflow(address(usd), alice, type(uint256).max);
        breaker.recordInflow(address(usd), alice, type(uint256).max);
        vm.stopPrank();
        assertEq(breaker.creditOf(address(usd), alice), type(uint224).max);
    }

    function test_Credit_BelongsToOneAssetAndOneAccount() public {
        TestToken other = new TestToken("Other", "OTH", 18);
        setHolders(other, address(holder));
        setLimit(other, DAY, TENTH, 0);
        deposit(carol, 10 * UNIT);
        assertEq(breaker.creditOf(address(other), carol), 0);
        assertEq(breaker.creditOf(address(usd), alice), 0);
    }
}
