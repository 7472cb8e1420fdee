// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {CircuitBreakerTest} from "./CircuitBreakerTest.sol";
import {FlashBorrower} from "./ProtectedHolder.sol";

/// @dev T29: borrowed deposits neither use up nor widen the limit, and the known limits of this.
contract CircuitBreakerBorrowedDepositTest is CircuitBreakerTest {
    function test_T29_FlashLoan_LeavesTheLimitToOthers() public {
        lend(10_000_000 * UNIT);
        borrower.run(holder, usd, lender, 10_000_000 * UNIT);
        assertEq(usd.balanceOf(lender), 10_000_000 * UNIT);
        assertEq(availableNow(), ALLOWANCE);
        withdraw(bob, ALLOWANCE);
    }

    /// @dev T29: the borrowed deposit is the report that opens the window, and is not part of its measure.
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

    /// @dev T29: one account deposits, and another withdraws what it received inside. The withdrawal is metered, so
    /// that both together take no more than the limit and their deposits.
    function test_T29_TwoAccounts_TakeNoMoreThanLimitAndCredit() public {
        deposit(carol, 400_000 * UNIT);
        moveFund(carol, alice, 400_000 * UNIT);
        withdraw(alice, ALLOWANCE);
        expectExceeded(1, 0, START + 1 + DAY);
        withdraw(alice, 1);
        // Credit without a fund withdraws nothing. With Alice's fund, Carol withdraws her credit once.
        moveFund(alice, carol, 500_000 * UNIT);
        withdraw(carol, 400_000 * UNIT);
        expectExceeded(1, 0, START + 1 + DAY);
        withdraw(carol, 1);
        assertEq(usd.balanceOf(address(holder)), 2 * FUND - ALLOWANCE);
    }

    /// @dev Credit belongs to the account that deposited. Borrowed money that is transferred inside at once is metered
    /// when it leaves: at most the limit per window, which it uses up for all accounts. A reporter must therefore name
    /// an account that value cannot leave at once (see docs/circuit-breaker.md).
    function test_KnownLimit_BorrowedMoneyTransferredInside_IsMetered() public {
        FlashBorrower other = new FlashBorrower();
        lend(10_000_000 * UNIT);
        expectExceeded(10_000_000 * UNIT, ALLOWANCE, START + 1 + DAY);
        borrower.runThrough(holder, usd, lender, 10_000_000 * UNIT, other);
        assertEq(availableNow(), ALLOWANCE);
        borrower.runThrough(holder, usd, lender, ALLOWANCE, other);
        assertEq(availableNow(), 0);
    }

    /// @dev T29: the same through a pool that is one account of the holder, like an LP vault in the Vault.
    function test_T29_AccountOfAPool_NetsDepositsAndWithdrawals() public {
        address pool = makeAddr("pool");
        vm.startPrank(address(holder));
        breaker.recordInflow(address(usd), pool, 10_000_000 * UNIT);
        // In between, shares are transferred to another account.
        breaker.recordOutflow(address(usd), pool, 10_000_000 * UNIT);
        vm.stopPrank();
        assertEq(availableNow(), ALLOWANCE);
    }

    /// @dev Not prevented, and not possible with borrowed money in one transaction: money that is held over the end of
    /// a window is metered like other money, and its owner may use up the limit by withdrawing.
    function test_KnownLimit_MoneyHeldOverAWindowEnd_UsesTheNextWindow() public {
        deposit(bob, 1);
        vm.warp(START + 1 + DAY - 1);
        deposit(carol, 500_000 * UNIT);
        skip(1);
        withdraw(carol, 150_000 * UNIT);
        assertEq(availableNow(), 0);
    }
}
