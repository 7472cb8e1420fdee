// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {CircuitBreaker} from "../../src/CircuitBreaker.sol";
import {TestToken} from "../utils/TestToken.sol";
import {CircuitBreakerTest} from "./CircuitBreakerTest.sol";
import {ExpensiveToken, OddToken} from "./OddTokens.sol";
import {FlashBorrower, ProtectedHolder} from "./ProtectedHolder.sol";

/// @dev recordInflow and recordOutflow: credit, windows, what is measured.
contract CircuitBreakerFlowsTest is CircuitBreakerTest {
    // ------------------------------------------------------------------------------------------------- metering ----

    function test_Outflow_UpToAPartOfWhatWasHeld() public {
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
        // The refused report has opened no window.
        assertEq(windowEnd(), START + 1);
        skip(10);
        withdraw(alice, ALLOWANCE);
        assertEq(windowEnd(), START + 11 + DAY);
    }

    function test_Outflow_SomebodyElsesInflowRaisesNothing() public {
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

    // --------------------------------------------------------------------------------------------------- credit ----

    function test_Credit_WhatOneBroughtInLeavesUnmetered() public {
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

    function test_Credit_ARefusedWithdrawalKeepsIt() public {
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

    function test_Credit_StopsCountingAndNeverReverts() public {
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

    // ------------------------------------------------------------------------------------------------------ T29 ----

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

    // -------------------------------------------------------------------------------------------------- windows ----

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

    function test_Window_AvailableTellsWhatANewOneWouldAllow() public {
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

    function test_Window_AHolderThatIsNoLongerProtectedCountsForNothing() public {
        ProtectedHolder second = new ProtectedHolder(breaker);
        protect(address(second));
        setHolders(usd, address(second));
        usd.mint(address(second), 1_000_000 * UNIT);
        assertEq(availableNow(), ALLOWANCE);
        vm.prank(owner);
        breaker.setProtected(address(second), false);
        assertEq(availableNow(), 0);
    }

    // ------------------------------------------------------------------------------------- parts and their edges ----

    function test_Limit_RoundsDown() public {
        setLimit(usd, DAY, 1, 0);
        deposit(carol, 1_999_999);
        vm.warp(START + 2 * DAY);
        // One millionth of 1,000,001.999999.
        assertEq(availableNow(), 1_000_001);
    }

    function test_Limit_NothingAndEverything() public {
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
        // Not both: the larger counts.
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

    // ------------------------------------------------------------------------------------------- odd tokens, callers ----

    function test_OddToken_AnUnreadableBalanceIsZeroAndStopsNoInflow() public {
        OddToken odd = new OddToken();
        setHolders(odd, address(holder));
        setLimit(odd, DAY, TENTH, 7);
        odd.mint(address(holder), 1000e18);
        OddToken.Mode[4] memory modes =
            [OddToken.Mode.Reverts, OddToken.Mode.BurnsAllGas, OddToken.Mode.AnswersShort, OddToken.Mode.AnswersLong];
        for (uint256 i = 0; i < modes.length; ++i) {
            odd.setMode(modes[i]);
            skip(2 * DAY);
            vm.prank(address(holder));
            breaker.recordInflow{gas: 300_000}(address(odd), alice, 5);
            (, uint256 held, int256 left,) = breaker.windowOf(address(odd));
            assertEq(held, 0);
            assertEq(left, 7);
            assertEq(breaker.creditOf(address(odd), alice), 5);
        }
    }

    function test_OddToken_AbsurdBalancesStopCounting() public {
        OddToken odd = new OddToken();
        ProtectedHolder second = new ProtectedHolder(breaker);
        protect(address(second));
        address[] memory holders = new address[](2);
        (holders[0], holders[1]) = (address(holder), address(second));
        vm.prank(owner);
        breaker.setHolders(address(odd), holders);
        setLimit(odd, DAY, 1e6, 0);
        odd.setMode(OddToken.Mode.AnswersMaximum);
        skip(1);
        vm.prank(address(holder));
        breaker.recordInflow(address(odd), alice, 5);
        (, uint256 held, int256 left,) = breaker.windowOf(address(odd));
        assertEq(held, 2 ** 111 - 1);
        assertEq(left, 2 ** 111 - 1);
    }

    function test_OddToken_NoCodeIsNothingHeld() public {
        address nothing = makeAddr("no code");
        address[] memory holders = new address[](1);
        holders[0] = address(holder);
        vm.startPrank(owner);
        breaker.setHolders(nothing, holders);
        breaker.setLimit(nothing, CircuitBreaker.Limit(DAY, TENTH, 0));
        vm.stopPrank();
        skip(1);
        vm.prank(address(holder));
        breaker.recordInflow(nothing, alice, 5);
        assertEq(breaker.creditOf(nothing, alice), 5);
    }

    /// @dev With any amount of gas a report either fails whole or measures right: nobody can open a window that finds
    /// nothing held, not even of a token whose balance costs nearly all that a reading may.
    function test_Gas_TooLittleCannotMakeAWindowMeasureNothing() public {
        ExpensiveToken token = new ExpensiveToken();
        setHolders(token, address(holder));
        setLimit(token, DAY, TENTH, 0);
        token.mint(address(holder), 1000e18);
        token.setRounds(40);
        skip(1);
        uint256 snapshot = vm.snapshotState();
        uint256 opened;
        for (uint256 gas = 20_000; gas < 260_000; gas += 500) {
            vm.cool(address(token));
            vm.prank(address(holder));
            (bool success,) = address(breaker).call{gas: gas}(
                abi.encodeCall(CircuitBreaker.recordOutflow, (address(token), alice, 0))
            );
            (uint256 end, uint256 held,,) = breaker.windowOf(address(token));
            if (success) {
                ++opened;
                assertEq(held, 1000e18, "measured too little");
                assertGt(end, vm.getBlockTimestamp());
                vm.revertToState(snapshot);
            }
        }
        assertGt(opened, 0);
    }

    function test_Unlimited_ReturnsAtOnceWhoeverCalls() public {
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
