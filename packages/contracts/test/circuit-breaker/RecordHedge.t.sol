// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {CircuitBreakerTest} from "./CircuitBreakerTest.sol";

/// @dev recordHedge: swaps are netted with swaps, and raise no account's allowance for withdrawals.
contract CircuitBreakerRecordHedgeTest is CircuitBreakerTest {
    int256 private constant LIMIT = int256(ALLOWANCE);

    function test_Hedge_OutCountsAgainstTheSameLimitAsWithdrawals() public {
        hedge(-60_000e6, true);
        assertEq(availableNow(), 40_000 * UNIT);
        expectExceeded(40_001 * UNIT, 40_000 * UNIT, START + 1 + DAY);
        withdraw(alice, 40_001 * UNIT);
        withdraw(alice, 40_000 * UNIT);
        expectExceeded(1, 0, START + 1 + DAY);
        hedge(-1, true);
    }

    function test_Hedge_OutAndBack_NetsToZero() public {
        hedge(-LIMIT, true);
        assertEq(availableNow(), 0);
        hedge(LIMIT, true);
        assertEq(availableNow(), ALLOWANCE);
    }

    function test_Hedge_InAndOut_NetsToZero() public {
        hedge(300_000e6, true);
        hedge(-300_000e6, true);
        assertEq(availableNow(), ALLOWANCE);
    }

    function test_Hedge_ProceedsAdmitHedgesOnly() public {
        hedge(300_000e6, true);
        assertEq(availableNow(), ALLOWANCE);
        withdraw(alice, ALLOWANCE);
        expectExceeded(1, 0, START + 1 + DAY);
        withdraw(alice, 1);
        hedge(-300_000e6, true);
        expectExceeded(1, 0, START + 1 + DAY);
        hedge(-1, true);
    }

    /// @dev Proceeds of a hedge do not restore the allowance that a withdrawal used.
    function test_Hedge_InDoesNotUndoAWithdrawal() public {
        withdraw(alice, 80_000 * UNIT);
        hedge(80_000e6, true);
        assertEq(availableNow(), 20_000 * UNIT);
        hedge(-100_000e6, true);
        assertEq(availableNow(), 0);
    }

    function test_Hedge_RevertIf_OverTheLimit_WithTheMeteredAmount() public {
        hedge(10_000e6, true);
        expectExceeded(ALLOWANCE + 1, ALLOWANCE, START + 1 + DAY);
        hedge(-LIMIT - 10_000e6 - 1, true);
        hedge(-30_000e6, true);
        expectExceeded(90_000 * UNIT, 80_000 * UNIT, START + 1 + DAY);
        hedge(-90_000e6, true);
        assertEq(hedgeNow(), -20_000e6);
    }

    function test_Hedge_ReducingCountsAndNeverBlocks() public {
        hedge(-2 * LIMIT, false);
        assertEq(availableNow(), 0);
        expectExceeded(1, 0, START + 1 + DAY);
        withdraw(alice, 1);
        hedge(-1, false);
        hedge(LIMIT + 2, true);
        assertEq(availableNow(), 1);
    }

    function test_Hedge_EndsWithTheWindow() public {
        hedge(-LIMIT, true);
        vm.warp(START + 1 + DAY);
        assertEq(availableNow(), 90_000 * UNIT);
        hedge(-90_000e6, true);
        assertEq(hedgeNow(), -90_000e6);
    }

    function test_Hedge_ExtremesNeverRevertWhenTheyMayNotBlock() public {
        int256[6] memory changes =
            [type(int256).min, type(int256).min, type(int256).max, type(int256).max, int256(0), type(int256).min];
        for (uint256 i = 0; i < changes.length; ++i) {
            vm.prank(address(holder));
            breaker.recordHedge(address(usd), market, changes[i], false);
        }
        assertEq(hedgeNow(), -int256(2 ** 111 - 1));
        assertEq(availableNow(), 0);
    }

    function test_Hedge_ExtremesIn_NeverRevert() public {
        vm.startPrank(address(holder));
        breaker.recordHedge(address(usd), market, type(int256).max, true);
        breaker.recordHedge(address(usd), market, type(int256).max, true);
        vm.stopPrank();
        assertEq(hedgeNow(), int256(2 ** 111 - 1));
    }

    function test_Hedge_RevertIf_ExtremesOutMayBlock() public {
        setLimit(usd, DAY, 1e6, type(uint96).max);
        expectExceeded(2 ** 223, type(uint96).max, START + 1 + DAY);
        vm.prank(address(holder));
        breaker.recordHedge(address(usd), market, type(int256).min, true);
    }

    /// @dev For a maker that knows the proceeds only after the swap: it reports zero before the swap and the amount
    /// after it.
    function test_Hedge_Zero_OpensTheWindowBeforeTheProceeds() public {
        vm.prank(address(holder));
        breaker.recordHedge(address(usd), market, 0, true);
        usd.mint(address(holder), 300_000 * UNIT);
        vm.prank(address(holder));
        breaker.recordHedge(address(usd), market, 300_000e6, true);
        assertEq(availableNow(), ALLOWANCE);
        (, uint256 held,,) = breaker.windowOf(address(usd));
        assertEq(held, 2 * FUND);
    }

    function test_Hedge_DoesNotUseCreditOfOtherAccounts() public {
        deposit(carol, 300_000 * UNIT);
        expectExceeded(ALLOWANCE + 1, ALLOWANCE, START + 1 + DAY);
        hedge(-LIMIT - 1, true);
        assertEq(breaker.creditOf(address(usd), carol), 300_000 * UNIT);
    }

    /// @dev T29: a loss that is paid with collateral deposited for it does not use up the limit.
    function test_T29_Hedge_UsesTheCreditOfTheBearingAccount() public {
        deposit(carol, 300_000 * UNIT);
        _bear(carol, -250_000e6, true);
        assertEq(breaker.creditOf(address(usd), carol), 50_000 * UNIT);
        assertEq(availableNow(), ALLOWANCE);
        expectExceeded(ALLOWANCE + 1, ALLOWANCE, START + 1 + DAY);
        _bear(carol, -150_000e6 - 1, true);
        _bear(carol, -150_000e6, true);
        assertEq(breaker.creditOf(address(usd), carol), 0);
        assertEq(availableNow(), 0);
        expectExceeded(1, 0, START + 1 + DAY);
        withdraw(carol, 1);
    }

    /// @dev T29: gains are no credit, and pay for losses before credit does. Alternating losses and gains use the
    /// credit of one loss only.
    function test_T29_Hedge_GainsPayBeforeCredit() public {
        deposit(carol, 300_000 * UNIT);
        for (uint256 i = 0; i < 5; ++i) {
            _bear(carol, -40_000e6, false);
            _bear(carol, 40_000e6, false);
        }
        assertEq(breaker.creditOf(address(usd), carol), 260_000 * UNIT);
        assertEq(hedgeNow(), 40_000e6);
        assertEq(availableNow(), ALLOWANCE);
    }

    /// @dev T29: whichever account bears the losses, allowance and credits together fall by no more than the net loss.
    function testFuzz_T29_Hedge_CountsEachLossOnce(int64[6] calldata changes, uint64 credit) public {
        deposit(carol, credit);
        int256 net;
        int256 worst;
        for (uint256 i = 0; i < changes.length; ++i) {
            vm.prank(address(holder));
            breaker.recordHedge(address(usd), i % 2 == 0 ? carol : market, changes[i], false);
            net += changes[i];
            // Earlier gains have paid for a loss, and later gains do not restore credit.
            if (net < worst) worst = net;
        }
        (,, int256 left, int256 hedge_) = breaker.windowOf(address(usd));
        assertEq(left, LIMIT);
        uint256 spent = credit - breaker.creditOf(address(usd), carol);
        assertEq(hedge_, net + int256(spent), "losses are counted once");
        assertLe(spent, uint256(-worst), "more than the net loss");
    }

    function _bear(address account, int256 change, bool canBlock) private {
        vm.prank(address(holder));
        breaker.recordHedge(address(usd), account, change, canBlock);
    }
}
