// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {FeeState} from "../../src/types/Fees.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {VaultFeesTest} from "./VaultFeesTest.sol";

/// @dev Fees while the market or the system is paused.
contract VaultPausedFeesTest is VaultFeesTest {
    function test_Pause_FreezesAccrual_PausedTimeIsNotCharged() public {
        buy(alice, address(om), 30e18);
        _pass(1 days);
        _setStatus(MarketStatus.Paused);
        FeeState memory frozen = d.lens.feeStateOf(market);
        (int256 funding, int256 borrowing) = _pending(alice);
        _pass(30 days);
        _assertPending(alice, funding, borrowing, "paused");
        house.accrue(market);
        _assertPending(alice, funding, borrowing, "accrue() during a pause");
        _setStatus(MarketStatus.Active);
        _assertPending(alice, funding, borrowing, "the gap");
        assertEq(d.lens.feeStateOf(market).averageSkew, frozen.averageSkew, "the rate is frozen");
        _pass(1 days);
        (int256 later,) = _pending(alice);
        assertGt(later, funding, "accrual resumes");
    }

    function test_SystemPause_FreezesAccrual() public {
        buy(alice, address(om), 30e18);
        _pass(1 days);
        vm.prank(makeAddr("guardian"));
        house.setSystemStatus(MarketStatus.Paused);
        (int256 funding, int256 borrowing) = _pending(alice);
        _pass(30 days);
        _assertPending(alice, funding, borrowing, "paused");
        vm.prank(owner());
        house.setSystemStatus(MarketStatus.Active);
        _assertPending(alice, funding, borrowing, "the gap");
    }

    /// @dev A market that is paused along with the system accrues again after both pauses end.
    function test_Pause_OfMarketAndSystem_EndsWithBoth() public {
        buy(alice, address(om), 30e18);
        vm.startPrank(owner());
        house.setMarketStatus(market, MarketStatus.Paused);
        house.setSystemStatus(MarketStatus.Paused);
        house.setMarketStatus(market, MarketStatus.Active);
        assertTrue(d.lens.feeStateOf(market).isFrozen(), "the system is paused");
        house.setSystemStatus(MarketStatus.Active);
        assertFalse(d.lens.feeStateOf(market).isFrozen());
        vm.stopPrank();
    }

    function test_ReduceOnly_DoesNotFreeze() public {
        buy(alice, address(om), 30e18);
        _setStatus(MarketStatus.ReduceOnly);
        _pass(1 days);
        (int256 funding,) = _pending(alice);
        assertGt(funding, 0);
    }
}
