// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {VaultFeesTest} from "./VaultFeesTest.sol";

/// @dev Which accounts pay funding and borrowing fees to which, and that no trade of an attacker earns fees (T2, T4,
/// T7).
contract VaultAccrueTest is VaultFeesTest {
    function test_Funding_LongsPayShorts_MakersIncluded() public {
        buy(alice, address(om), 30e18);
        sell(bob, address(om), 10e18);
        _pass(1 days);
        (int256 long,) = _pending(alice);
        (int256 short,) = _pending(bob);
        (int256 maker,) = _pending(address(om));
        assertGt(long, 0, "longs pay");
        assertLt(short, 0, "shorts receive");
        // The maker is short 20 of 30, twice as much as the other short.
        assertApproxEqAbs(maker, 2 * short, 2, "in proportion to size");
        assertGe(long + short + maker, 0, "L4");
        assertLt(long + short + maker, 3, "L4: dust");
    }

    function test_Funding_ShortsPayWhenTheSkewIsShort() public {
        sell(alice, address(om), 30e18);
        _pass(1 days);
        (int256 short,) = _pending(alice);
        (int256 maker,) = _pending(address(om));
        assertGt(short, 0);
        assertLt(maker, 0);
        assertLt(vault.fundingRateOf(market), 0);
    }

    function test_Borrowing_TakersPayWhatExposedMakersReceive() public {
        sell(alice, address(om), 30e18);
        sell(bob, address(shb), 10e18);
        _pass(1 days);
        (, int256 a) = _pending(alice);
        (, int256 b) = _pending(bob);
        (, int256 first) = _pending(address(om));
        (, int256 second) = _pending(address(shb));
        // 40 of a capacity of 600.
        int256 rate = int256(uint256(BORROWING)) * 40 / 600;
        assertApproxEqRel(a, 30 * 2000 * rate * 1 days, 1e12, "rate x utilization x notional");
        assertApproxEqRel(first * 10, second * 30, 1e12, "makers in proportion to size");
        assertGe(a + b + first + second, 0, "L4");
        // One unit of each index for a size of 40, and one wei per account.
        assertLt(a + b + first + second, 2 * 40e18 / 1e12 + 4, "L4: dust");
    }

    /// @dev L4: after all positions are closed, the margins hold what they held before, less dust that stays in the
    /// market.
    function test_Fees_PaidEqualReceived_AfterAllPositionsAreClosed() public {
        int256 before = marginOf(alice) + marginOf(bob) + marginOf(address(om));
        buy(alice, address(om), 30e18);
        _pass(3 days);
        sell(bob, address(om), 20e18);
        _pass(10 days);
        close(alice, address(om));
        _pass(1 days);
        close(bob, address(om));
        assertEq(sizeOf(address(om)), 0);
        int256 now_ = marginOf(alice) + marginOf(bob) + marginOf(address(om));
        assertLe(now_, before, "L4: received more than paid");
        // Four accruals of at most 30 on each side, with two accounts settled in each.
        assertGe(now_, before - 4 * (2 * 30e18 / 1e12 + 4), "L4: dust");
    }

    /// @dev Time accrues at the price that was stored when it began to run, so that no caller can choose one
    /// afterwards.
    function test_Accrue_ByAnyCaller_UsesTheNewPriceFromThenOn() public {
        buy(alice, address(om), 30e18);
        skip(1 days);
        (, int256 atOldPrice) = _pending(alice);
        setPrice(2 * START_PRICE);
        vm.prank(stranger);
        house.accrue(market);
        (, int256 accrued) = _pending(alice);
        assertEq(accrued, atOldPrice, "the day before does not change");
        assertEq(d.lens.feeStateOf(market).price, 2 * START_PRICE);
        skip(1 days);
        (, int256 later) = _pending(alice);
        assertApproxEqRel(later - accrued, 2 * accrued, 1e12, "the day after costs twice as much");
    }

    /// @dev T2: an attacker that is long against one maker and short against the other, in one account and in two,
    /// causes no skew, so that the rate does not move and pays it nothing.
    function test_T2_OffsettingAcrossMakers_MovesNoRate() public {
        int256 before = valueOf(alice) + valueOf(bob);
        buy(alice, address(om), 40e18);
        sell(bob, address(shb), 40e18);
        for (uint256 i = 0; i < 5; ++i) {
            _pass(1 days);
            house.accrue(market);
        }
        assertLe(vault.fundingRateOf(market), int256(1), "at most one second of skew");
        close(alice, address(om));
        close(bob, address(shb));
        assertLe(valueOf(alice) + valueOf(bob), before, "the attacker gained");
    }

    /// @dev T2: a large trade that is open for one second moves the rate by its velocity times one second: twice that of
    /// the scale.
    function test_T2_OneTrade_DoesNotMakeTheRateJump() public {
        buy(bob, address(om), 5e18);
        int256 before = valueOf(alice);
        buy(alice, address(om), 200e18);
        _pass(1);
        assertLe(vault.fundingRateOf(market), 205 * int256(uint256(CAP)) / 100 / 6 hours + 1);
        close(alice, address(om));
        assertLe(valueOf(alice), before, "the attacker gained");
    }

    /// @dev T4: one attacker holds both sides and settles at irregular intervals. Every rounding is against it.
    function test_T4_ManySettlements_LeakNothing() public {
        buy(alice, address(om), 10e18 + 7);
        sell(bob, address(om), 4e18 + 3);
        int256 values = valueOf(alice) + valueOf(bob) + valueOf(address(om));
        for (uint256 i = 1; i <= 40; ++i) {
            _pass(i * 977);
            if (i % 2 == 0) buy(alice, address(om), 1e15 + i);
            else sell(bob, address(om), 1e15 + i);
            if (i % 3 == 0) house.accrue(market);
            // The maker receives the takers' premiums, so that the sum of the three values is constant.
            int256 now_ = valueOf(alice) + valueOf(bob) + valueOf(address(om));
            assertLe(now_, values, "L4: fees created value");
            values = now_;
        }
        assertGe(values * 1e9 / 1e9, values, "no overflow");
    }

    /// @dev T7: trading one maker against the other does not raise the fees of other takers.
    function test_T7_TradingMakersAgainstEachOther_RaisesNoBorrowingFee() public {
        buy(bob, address(om), 10e18);
        uint256 snapshot = vm.snapshotState();
        _pass(10 days);
        (, int256 without) = _pending(bob);
        vm.revertToState(snapshot);

        int256 before = valueOf(alice);
        buy(alice, address(om), 90e18);
        sell(alice, address(shb), 90e18);
        assertEq(sizeOf(alice), 0);
        _pass(10 days);
        (, int256 with) = _pending(bob);
        assertApproxEqAbs(with, without, 10e18 / 1e12 + 1, "the victim pays more");
        // The attacker is flat, and has lost one maker's premium and the other maker's swap cost.
        assertLe(valueOf(alice), before, "the attacker gained");
    }
}
