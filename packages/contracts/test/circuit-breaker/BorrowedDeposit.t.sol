// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {CircuitBreakerTest} from "./CircuitBreakerTest.sol";
import {FlashBorrower} from "./ProtectedHolder.sol";

contract CircuitBreakerBorrowedDepositTest is CircuitBreakerTest {
    function test_T29_FlashLoanLocksNobodyOut() public {
        lend(10_000_000 * UNIT);
        borrower.run(holder, usd, lender, 10_000_000 * UNIT);
        assertEq(usd.balanceOf(lender), 10_000_000 * UNIT);
        assertEq(availableNow(), ALLOWANCE);
        withdraw(bob, ALLOWANCE);
    }

    /// @dev The borrowed deposit is the report that opens the window: it is not part of what it measures.
    function test_T29_FlashLoanDoesNotWidenTheWindowItOpens() public {
        vm.warp(START + 100 days);
        lend(10_000_000 * UNIT);
        borrower.run(holder, usd, lender, 10_000_000 * UNIT);
        assertEq(availableNow(), ALLOWANCE);
        (, uint256 held,,) = breaker.windowOf(address(usd));
        assertEq(held, 2 * FUND);
    }

    function test_T29_CyclesNeitherWidenNorExhaust() public {
        withdraw(alice, 30_000 * UNIT);
        lend(10_000_000 * UNIT);
        for (uint256 i = 0; i < 20; ++i) {
            vm.prank(lender);
            usd.approve(address(borrower), 10_000_000 * UNIT);
            borrower.run(holder, usd, lender, 10_000_000 * UNIT);
            assertEq(availableNow(), 70_000 * UNIT);
        }
        withdraw(bob, 70_000 * UNIT);
    }

    /// @dev One brings in, the other takes out what was moved to it inside: the second is metered like everybody, so the
    /// two together take no more than the limit beyond what they brought.
    function test_T29_TwoAccountsTakeNoMoreThanTheLimitBeyondWhatTheyBrought() public {
        deposit(carol, 400_000 * UNIT);
        moveFund(carol, alice, 400_000 * UNIT);
        withdraw(alice, ALLOWANCE);
        expectExceeded(1, 0, START + 1 + DAY);
        withdraw(alice, 1);
        // Credit without a fund of its own pays nothing out; with alice's fund it pays what carol brought, once.
        moveFund(alice, carol, 500_000 * UNIT);
        withdraw(carol, 400_000 * UNIT);
        expectExceeded(1, 0, START + 1 + DAY);
        withdraw(carol, 1);
        assertEq(usd.balanceOf(address(holder)), 2 * FUND - ALLOWANCE);
    }

    /// @dev Credit is the account's that brought it. Borrowed money that could change hands inside, at once and for
    /// nothing, would be metered when it leaves: no more than the limit in a window, and with the limit used up for all.
    /// Hence whoever reports names an account that value cannot leave at once (see docs/circuit-breaker.md).
    function test_KnownLimit_BorrowedMoneyThatChangesHandsInsideIsMetered() public {
        FlashBorrower other = new FlashBorrower();
        lend(10_000_000 * UNIT);
        expectExceeded(10_000_000 * UNIT, ALLOWANCE, START + 1 + DAY);
        borrower.runThrough(holder, usd, lender, 10_000_000 * UNIT, other);
        assertEq(availableNow(), ALLOWANCE);
        borrower.runThrough(holder, usd, lender, ALLOWANCE, other);
        assertEq(availableNow(), 0);
    }

    /// @dev The same through a pool that stands in the books as one account, as an LP vault does in the Vault's.
    function test_T29_AnAccountOfAPoolNetsWhatItsMembersBringAndTake() public {
        address pool = makeAddr("pool");
        vm.startPrank(address(holder));
        breaker.recordInflow(address(usd), pool, 10_000_000 * UNIT);
        // Shares have changed hands.
        breaker.recordOutflow(address(usd), pool, 10_000_000 * UNIT);
        vm.stopPrank();
        assertEq(availableNow(), ALLOWANCE);
    }

    /// @dev Not prevented, and not done with borrowed money in one transaction: money that stays over the end of a window
    /// is like everybody's, and its owner may use the limit up by leaving.
    function test_KnownLimit_MoneyThatStayedOverTheEndOfAWindowUsesTheNextOne() public {
        deposit(bob, 1);
        vm.warp(START + 1 + DAY - 1);
        deposit(carol, 500_000 * UNIT);
        skip(1);
        withdraw(carol, 150_000 * UNIT);
        assertEq(availableNow(), 0);
    }
}
