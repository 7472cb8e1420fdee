// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {CircuitBreaker} from "../../src/CircuitBreaker.sol";
import {CircuitBreakerTest} from "./CircuitBreakerTest.sol";
import {ExpensiveToken, OddToken} from "./OddTokens.sol";
import {ProtectedHolder} from "./ProtectedHolder.sol";

/// @dev Tokens whose balance cannot be read, and readings with too little gas.
contract CircuitBreakerOddTokenTest is CircuitBreakerTest {
    function test_OddToken_UnreadableBalance_IsZeroAndBlocksNoInflow() public {
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

    function test_OddToken_ExcessiveBalances_Saturate() public {
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

    function test_OddToken_NoCode_IsZeroHeld() public {
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

    /// @dev With any amount of gas a report either reverts or measures correctly. No caller can open a window that
    /// measures zero, even for a token whose balance costs nearly the whole gas of a reading.
    function test_Gas_TooLittle_CannotOpenAWindowWithoutItsMeasure() public {
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
                assertEq(held, 1000e18, "incomplete measure");
                assertGt(end, vm.getBlockTimestamp());
                vm.revertToState(snapshot);
            }
        }
        assertGt(opened, 0);
    }
}
