// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {CircuitBreaker} from "../../src/CircuitBreaker.sol";
import {ICircuitBreaker} from "../../src/interfaces/ICircuitBreaker.sol";
import {CircuitBreakerTest} from "./CircuitBreakerTest.sol";

/// @dev The whole range of amounts, compared with arithmetic without packing.
contract CircuitBreakerFuzzTest is CircuitBreakerTest {
    uint256 private constant MAX_AMOUNT = 2 ** 111 - 1;

    /// @dev The allowance is the floor of the part, or the minimum if that is larger.
    function testFuzz_Allowance_IsTheFloorOfThePartOrTheMinimum(uint256 held, uint24 maxOutflow, uint96 minimum)
        public
    {
        held = boundAmount(held, 0, type(uint256).max - usd.totalSupply());
        maxOutflow = boundRatio(maxOutflow);
        setLimit(usd, DAY, maxOutflow, minimum);
        deal(address(usd), address(holder), held);
        uint256 counted = held < MAX_AMOUNT ? held : MAX_AMOUNT;
        uint256 part = counted * maxOutflow / 1e6;
        uint256 expected = part > minimum ? part : minimum;
        assertEq(availableNow(), expected);
        vm.prank(address(holder));
        breaker.recordOutflow(address(usd), alice, expected);
        assertEq(availableNow(), 0);
        expectExceeded(1, 0, windowEnd());
        vm.prank(address(holder));
        breaker.recordOutflow(address(usd), alice, 1);
    }

    /// @dev Inflow and reducing hedges pass after any history.
    function testFuzz_InflowAndReducingHedges_NeverRevert(
        uint256[4] calldata inflows,
        int256[4] calldata hedges,
        uint24 maxOutflow,
        uint96 minimum,
        uint32[4] calldata pauses
    ) public {
        setLimit(usd, DAY, boundRatio(maxOutflow), minimum);
        for (uint256 i = 0; i < 4; ++i) {
            vm.startPrank(address(holder));
            breaker.recordHedge(address(usd), alice, hedges[i], false);
            breaker.recordInflow(address(usd), alice, inflows[i]);
            breaker.recordHedge(address(usd), alice, hedges[3 - i] > 0 ? hedges[3 - i] : int256(0), true);
            vm.stopPrank();
            if (i == 2) lowerLimit(0, 0);
            skip(pauses[i] % (2 * DAY));
            breaker.available(address(usd));
            breaker.creditOf(address(usd), alice);
        }
    }

    /// @dev A hedge passes exactly when withdrawals and the net of all hedges stay within the allowance.
    function testFuzz_Hedge_IsAdmittedExactlyWithinTheAllowance(uint96 withdrawn, int128 first, int256 second) public {
        withdrawn = uint96(boundAmount(withdrawn, 0, ALLOWANCE));
        second = boundAmount(second, type(int200).min, type(int200).max);
        vm.startPrank(address(holder));
        breaker.recordOutflow(address(usd), alice, withdrawn);
        breaker.recordHedge(address(usd), alice, first, false);
        int256 floor = -int256(MAX_AMOUNT);
        int256 before = first < floor ? floor : first > -floor ? -floor : int256(first);
        int256 net = before + second;
        bool admitted = second >= 0 || net >= 0 || uint256(-net) + withdrawn <= ALLOWANCE;
        (bool success, bytes memory reason) =
            address(breaker).call(abi.encodeCall(ICircuitBreaker.recordHedge, (address(usd), alice, second, true)));
        vm.stopPrank();
        assertEq(success, admitted);
        if (admitted) {
            assertEq(hedgeNow(), net < floor ? floor : net > -floor ? -floor : net);
        } else {
            uint256 left = ALLOWANCE - withdrawn;
            uint256 used = before < 0 ? uint256(-before) : 0;
            uint256 expected = left > used ? left - used : 0;
            uint256 metered = uint256(before < 0 ? -second : -net);
            assertEq(
                reason,
                abi.encodeWithSelector(
                    ICircuitBreaker.OutflowLimitExceeded.selector, address(usd), metered, expected, windowEnd()
                )
            );
        }
    }

    /// @dev Credit and limit do not depend on how an account divides its withdrawals.
    function testFuzz_Outflow_DividingChangesNothing(uint256 brought, uint256 taken, uint8 parts) public {
        brought = boundAmount(brought, 0, FUND);
        taken = boundAmount(taken, 0, brought + ALLOWANCE);
        parts = uint8(boundCount(parts, 1, 10));
        if (brought != 0) deposit(alice, brought);
        uint256 rest = taken;
        for (uint256 i = parts; i > 0; --i) {
            uint256 part = rest / i;
            rest -= part;
            withdraw(alice, part);
        }
        uint256 metered = taken > brought ? taken - brought : 0;
        assertEq(availableNow(), ALLOWANCE - metered);
        assertEq(breaker.creditOf(address(usd), alice), brought + metered - taken);
    }

    /// @dev Lowering and raising the limit during a window keeps the exact outflow.
    function testFuzz_ChangingTheLimit_KeepsTheOutflow(uint96 taken, uint24 low, uint24 high) public {
        taken = uint96(boundAmount(taken, 0, ALLOWANCE));
        low = boundRatio(low, 0, TENTH);
        high = boundRatio(high);
        withdraw(alice, taken);
        lowerLimit(low, 0);
        uint256 allowance = 2 * FUND * low / 1e6;
        assertEq(availableNow(), allowance > taken ? allowance - taken : 0);
        setLimit(usd, DAY, high, 0);
        allowance = 2 * FUND * high / 1e6;
        assertEq(availableNow(), allowance > taken ? allowance - taken : 0);
    }

    /// @dev No account but owner and guardian changes anything.
    function testFuzz_OtherCallers_ChangeNothing(address caller) public {
        vm.assume(caller != owner && caller != guardian);
        vm.startPrank(caller);
        vm.expectRevert(abi.encodeWithSelector(CircuitBreaker.NotGuardian.selector, caller, guardian));
        breaker.lowerLimit(address(usd), 0, 0);
        expectNotOwner(caller);
        breaker.setLimit(address(usd), CircuitBreaker.Limit(DAY, 1e6, 0));
        expectNotOwner(caller);
        breaker.removeLimit(address(usd));
        expectNotOwner(caller);
        breaker.setProtected(caller, true);
        vm.stopPrank();
    }
}
