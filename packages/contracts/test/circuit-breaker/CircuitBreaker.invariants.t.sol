// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {RecordsActions} from "../utils/ActionLog.sol";
import {CircuitBreakerHandler} from "./CircuitBreakerHandler.sol";
import {CircuitBreakerTest} from "./CircuitBreakerTest.sol";

/// @dev The properties C1 to C4 of docs/circuit-breaker.md under any sequence of {CircuitBreakerHandler}'s actions. The
/// handler checks C5 (inflow, reducing hedges, and withdrawals within credit and allowance pass): it fails for every
/// revert that the model does not expect.
contract CircuitBreakerInvariants is CircuitBreakerTest, RecordsActions {
    CircuitBreakerHandler internal handler;

    function setUp() public override {
        super.setUp();
        // The holder has a balance that hedges can spend.
        usd.mint(address(holder), 500_000 * UNIT);
        address[] memory accounts = new address[](3);
        (accounts[0], accounts[1], accounts[2]) = (alice, bob, carol);
        handler = new CircuitBreakerHandler(breaker, holder, usd, owner, guardian, accounts);
        targetContract(address(handler));
    }

    function invariant_C1_C2_C3_C4_OutflowIsWithinTheAllowance() public view {
        if (handler.isRunning()) {
            assertLe(handler.model().metered, handler.largestAllowance(), "C1");
            assertLe(handler.netOut(), int256(handler.largestAllowance()), "C2");
        }
        _checkModel();
        assertEq(usd.balanceOf(address(breaker)), 0, "C4");
    }

    /// @dev Printed with -vv: how often each action was tried and reverted in the last run.
    function afterInvariant() public {
        handler.printCalls();
        _recordCalls(handler);
    }

    function _checkModel() private view {
        assertEq(availableNow(), handler.modelAvailable(), "C3: available");
        assertEq(windowEnd(), handler.model().windowEnd, "C3: end");
        if (handler.isRunning()) assertEq(hedgeNow(), handler.model().hedge, "C3: hedges");
        for (uint256 i = 0; i < handler.accountCount(); ++i) {
            address account = handler.accounts(i);
            assertEq(breaker.creditOf(address(usd), account), handler.creditOf(account), "C3: credit");
        }
    }
}
