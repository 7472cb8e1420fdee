// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Vm} from "forge-std/Vm.sol";
import {DeployConfig} from "../../script/Deploy.s.sol";
import {IOracleMaker} from "../../src/interfaces/IOracleMaker.sol";
import {IVault, MarginChange} from "../../src/interfaces/IVault.sol";
import {FeeState} from "../../src/types/Fees.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {Position} from "../../src/types/Position.sol";
import {Price} from "../../src/types/Units.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev Funding and borrowing in the deployed exchange. Their maths is in FeeMath.t.sol.
contract VaultFeesTest is ExchangeTest {
    /// @dev 10% per day.
    uint64 private constant CAP = uint64(uint256(1e18) / 1 days / 10);
    uint48 private constant BORROWING = uint48(uint256(0.2e18) / 365 days);
    uint128 private constant SKEW_SCALE = 100e18;

    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        (c.funding.maxRate, c.funding.maxVelocity, c.funding.skewScale) = (CAP, CAP / 6 hours, SKEW_SCALE);
        c.maxBorrowingRate = BORROWING;
        c.market.feeIndexDecimals = 12;
        c.guardian = makeAddr("guardian");
    }

    function setUp() public override {
        super.setUp();
        addMargin(alice, 100_000 * USD);
        addMargin(bob, 100_000 * USD);
    }

    // -------------------------------------------------------------------------------------------- who pays whom ----

    function test_Funding_FlowsFromLongsToShorts_MakersIncluded() public {
        buy(alice, address(om), 30e18);
        sell(bob, address(om), 10e18);
        _pass(1 days);
        (int256 long,) = _pending(alice);
        (int256 short,) = _pending(bob);
        (int256 maker,) = _pending(address(om));
        assertGt(long, 0, "longs pay");
        assertLt(short, 0, "shorts receive");
        // Half of what the other short does not: 20 of 30.
        assertApproxEqAbs(maker, 2 * short, 2, "in proportion to size");
        assertGe(long + short + maker, 0, "L4");
        assertLt(long + short + maker, 3, "L4: dust");
    }

    function test_Funding_TurnsWithTheSkew() public {
        sell(alice, address(om), 30e18);
        _pass(1 days);
        (int256 short,) = _pending(alice);
        (int256 maker,) = _pending(address(om));
        assertGt(short, 0);
        assertLt(maker, 0);
        assertLt(d.lens.feeStateOf(market).fundingRate, 0);
    }

    function test_Borrowing_TakersPayWhatExposedMakersReceive() public {
        sell(alice, address(om), 30e18);
        sell(bob, address(shb), 10e18);
        _pass(1 days);
        (, int256 a) = _pending(alice);
        (, int256 b) = _pending(bob);
        (, int256 first) = _pending(address(om));
        (, int256 second) = _pending(address(shb));
        // 40 of a capacity of 500 and 100.
        int256 rate = int256(uint256(BORROWING)) * 40 / 600;
        assertApproxEqRel(a, 30 * 2000 * rate * 1 days, 1e12, "rate x utilization x notional");
        assertApproxEqRel(first * 10, second * 30, 1e12, "makers in proportion to size");
        assertGe(a + b + first + second, 0, "L4");
        // One unit of either index for 40, and the accounts' wei.
        assertLt(a + b + first + second, 2 * 40e18 / 1e12 + 4, "L4: dust");
    }

    /// @dev What has been paid is gone from one margin and in the other: the books of a market in which everybody has
    /// closed hold all that came in, less dust that stays with the market.
    function test_Fees_PaidEqualReceived_WhenEverybodyHasClosed() public {
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
        assertLe(now_, before, "L4: more than was paid in");
        // Four accruals of at most 30 on either side, two accounts settled in each.
        assertGe(now_, before - 4 * (2 * 30e18 / 1e12 + 4), "L4: dust");
    }

    function test_TradingFee_GoesToInsurance() public {
        _setTradingFee(1000);
        int256 marginBefore = marginOf(alice);
        (, int256 quote) = buy(alice, address(om), 10e18);
        int256 fee = -quote / 1000;
        assertApproxEqAbs(d.lens.marketOf(market).insurance, fee, 1);
        assertApproxEqAbs(marginOf(alice), marginBefore - fee, 1);
    }

    // ----------------------------------------------------------------------------------------------- pending fees ----

    function test_ValuePosition_NetsPendingFees() public {
        buy(alice, address(om), 30e18);
        _pass(5 days);
        (int256 funding, int256 borrowing) = _pending(alice);
        Position memory position = positionOf(alice);
        assertEq(valueOf(alice), position.value(Price.wrap(START_PRICE)).unwrap() - funding - borrowing);
        (funding, borrowing) = _pending(address(om));
        int256 gross = positionOf(address(om)).value(Price.wrap(START_PRICE)).unwrap();
        assertEq(
            int256(om.totalAssets()) * 1e12 / 1e12, (gross - funding - borrowing) / 1e12, "LPs own what is pending"
        );
    }

    /// @dev L6
    function test_Withdrawal_RespectsPendingFees() public {
        buy(alice, address(om), 30e18);
        uint256 freeBefore = vault.freeMarginOf(market, alice);
        _pass(5 days);
        (int256 funding, int256 borrowing) = _pending(alice);
        uint256 free = vault.freeMarginOf(market, alice);
        assertApproxEqAbs(freeBefore - free, uint256(funding + borrowing) / 1e12, 2, "pending fees are not free");
        vm.startPrank(alice);
        vm.expectPartialRevert(IVault.InsufficientMargin.selector);
        vault.transferMarginToFund(market, alice, free + 1);
        vault.transferMarginToFund(market, alice, free);
        vm.stopPrank();
    }

    /// @dev Fees received count as well.
    function test_Withdrawal_CountsFeesReceived() public {
        buy(alice, address(om), 30e18);
        sell(bob, address(om), 10e18);
        uint256 freeBefore = vault.freeMarginOf(market, bob);
        _pass(1 days);
        (int256 funding, int256 borrowing) = _pending(bob);
        assertLt(funding + borrowing, 0);
        assertApproxEqAbs(
            vault.freeMarginOf(market, bob) - freeBefore, uint256(-(funding + borrowing)) / 1e12, 2, "received"
        );
    }

    function test_Trade_SettlesPendingFeesIntoMargin() public {
        buy(alice, address(om), 30e18);
        _pass(1 days);
        (int256 funding, int256 borrowing) = _pending(alice);
        int256 marginBefore = marginOf(alice);
        vm.recordLogs();
        buy(alice, address(om), 1e18);
        MarginChange memory change = _takerMarginOfLastFill();
        assertEq(change.funding, funding);
        assertEq(change.borrowing, borrowing);
        assertEq(change.realizedPnl, 0);
        assertEq(marginOf(alice), marginBefore - funding - borrowing);
        (funding, borrowing) = _pending(alice);
        assertEq(funding + borrowing, 0);
    }

    // ---------------------------------------------------------------------------------------------------- accrual ----

    /// @dev Time accrues at the price known when it began to run; nobody picks one afterwards.
    function test_Accrue_IsOpenToAnybodyAndSetsThePriceFromNowOn() public {
        buy(alice, address(om), 30e18);
        skip(1 days);
        (, int256 atOldPrice) = _pending(alice);
        setPrice(2 * START_PRICE);
        vm.prank(stranger);
        house.accrue(market);
        (, int256 accrued) = _pending(alice);
        assertEq(accrued, atOldPrice, "the day before is not touched");
        assertEq(d.lens.feeStateOf(market).price, 2 * START_PRICE);
        skip(1 days);
        (, int256 later) = _pending(alice);
        assertApproxEqRel(later - accrued, 2 * accrued, 1e12, "the day after costs twice");
    }

    function test_SetFunding_SettlesFirst() public {
        _assertSettlesFirst(abi.encodeCall(house.setFunding, (market, 0, 0, 0)), address(house), true, false);
    }

    function test_SetBorrowing_SettlesFirst() public {
        _assertSettlesFirst(abi.encodeCall(house.setBorrowing, (market, 0)), address(house), false, true);
    }

    /// @dev Lowering the cap takes effect on the rate at once, and on nothing that has accrued.
    function test_SetFunding_ClampsTheRate() public {
        buy(alice, address(om), 100e18);
        _pass(1 days);
        assertEq(d.lens.feeStateOf(market).fundingRate, int64(CAP));
        (int256 before,) = _pending(alice);
        vm.prank(owner());
        house.setFunding(market, CAP / 4, CAP / 4 / 6 hours, SKEW_SCALE);
        assertEq(d.lens.feeStateOf(market).fundingRate, int64(CAP / 4));
        (int256 now_,) = _pending(alice);
        assertEq(now_, before);
    }

    /// @dev Twice the capacity: half the fee from then on, and not before.
    function test_OracleMakerSetParameters_SettlesFirst() public {
        sell(alice, address(om), 30e18);
        _pass(1 days);
        (, int256 before) = _pending(alice);
        // 500 and the other maker's 100 become 1,100 and 100.
        IOracleMaker.Parameters memory p = om.parameters();
        p.maxAbsPosition = 1100e18;
        vm.prank(owner());
        om.setParameters(p);
        (, int256 now_) = _pending(alice);
        assertEq(now_, before, "what has accrued stays");
        _pass(1 days);
        (, now_) = _pending(alice);
        assertApproxEqRel(now_ - before, before / 2, 1e12);
    }

    /// @dev The base vault's capacity is what its LPs brought.
    function test_LpDeposit_SettlesFirst() public {
        sell(alice, address(om), 30e18);
        _pass(1 days);
        (, int256 before) = _pending(alice);
        depositLp(lp, 0, 600e18);
        (, int256 now_) = _pending(alice);
        assertEq(now_, before, "what has accrued stays");
        _pass(1 days);
        (, now_) = _pending(alice);
        assertApproxEqRel(now_ - before, before / 2, 1e12);
    }

    function test_SetCapacity_IgnoresStrangers() public {
        uint256 before = d.lens.ratesOf(market).makerLongCapacity;
        vm.prank(stranger);
        vault.setCapacity(market, 1e30, 1e30);
        assertEq(d.lens.ratesOf(market).makerLongCapacity, before);
    }

    // ------------------------------------------------------------------------------------------------------ pause ----

    function test_Pause_FreezesAccrual_AndUnpausingSkipsTheGap() public {
        buy(alice, address(om), 30e18);
        _pass(1 days);
        _setStatus(MarketStatus.Paused);
        FeeState memory frozen = d.lens.feeStateOf(market);
        (int256 funding, int256 borrowing) = _pending(alice);
        _pass(30 days);
        _assertPending(alice, funding, borrowing, "paused");
        house.accrue(market);
        _assertPending(alice, funding, borrowing, "accrue() in a pause");
        _setStatus(MarketStatus.Active);
        _assertPending(alice, funding, borrowing, "the gap");
        assertEq(d.lens.feeStateOf(market).fundingRate, frozen.fundingRate, "the rate kept still");
        _pass(1 days);
        (int256 later,) = _pending(alice);
        assertGt(later, funding, "it runs again");
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

    /// @dev A market that is paused twice over runs again when both are lifted.
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

    // ---------------------------------------------------------------------------------------------------- attacks ----

    /// @dev Long against one maker, short against the other, in one account and in two: the market has no skew, the rate
    /// does not move, and there is nothing to farm.
    function test_T2_OffsettingAcrossMakers_MovesNoRate() public {
        int256 before = valueOf(alice) + valueOf(bob);
        buy(alice, address(om), 40e18);
        sell(bob, address(shb), 40e18);
        for (uint256 i = 0; i < 5; ++i) {
            _pass(1 days);
            house.accrue(market);
        }
        assertLe(d.lens.feeStateOf(market).fundingRate, int256(1), "a second of skew at most");
        close(alice, address(om));
        close(bob, address(shb));
        assertLe(valueOf(alice) + valueOf(bob), before, "the attacker gained");
    }

    /// @dev A huge trade held for one block: the rate moves by what its velocity allows in that second.
    function test_T2_OneTrade_DoesNotMakeTheRateJump() public {
        buy(bob, address(om), 5e18);
        int256 before = valueOf(alice);
        buy(alice, address(om), 200e18);
        _pass(1);
        assertLe(d.lens.feeStateOf(market).fundingRate, int256(uint256(CAP)) / 6 hours + 1);
        close(alice, address(om));
        assertLe(valueOf(alice), before, "the attacker gained");
    }

    /// @dev Both sides held by one attacker, settled again and again at odd times: every rounding is against it.
    function test_T4_ManySettlements_LeakNothing() public {
        buy(alice, address(om), 10e18 + 7);
        sell(bob, address(om), 4e18 + 3);
        int256 values = valueOf(alice) + valueOf(bob) + valueOf(address(om));
        for (uint256 i = 1; i <= 40; ++i) {
            _pass(i * 977);
            if (i % 2 == 0) buy(alice, address(om), 1e15 + i);
            else sell(bob, address(om), 1e15 + i);
            if (i % 3 == 0) house.accrue(market);
            // A premium that takers pay is the maker's: the three together own the same money all the time.
            int256 now_ = valueOf(alice) + valueOf(bob) + valueOf(address(om));
            assertLe(now_, values, "L4: fees made money");
            values = now_;
        }
        assertGe(values * 1e9 / 1e9, values, "no overflow");
    }

    /// @dev Fees of others do not rise when somebody trades one maker against the other.
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
        // Flat already; what it has lost are the premium of one maker and the swap of the other.
        assertLe(valueOf(alice), before, "the attacker gained");
    }

    /// @dev Premium and utilization hang on a parameter: neither LP flows, nor profit, nor fees move them.
    function test_T8_QuotesDoNotMoveWithCollateral() public {
        sell(bob, address(om), 20e18);
        uint256 ask = om.getQuote(false, false, 10e18);
        uint256 bid = om.getQuote(true, true, 10e18);
        uint256 rate = d.lens.ratesOf(market).makerLongCapacity;
        int256 before = valueOf(bob);
        depositLp(lp, 500_000 * USD, 0);
        _pass(20 days);
        house.accrue(market);
        assertEq(om.getQuote(false, false, 10e18), ask);
        assertEq(om.getQuote(true, true, 10e18), bid);
        uint256 shares = om.balanceOf(lp) / 3;
        vm.prank(lp);
        om.withdraw(shares);
        assertEq(om.getQuote(false, false, 10e18), ask);
        assertEq(om.getQuote(true, true, 10e18), bid);
        assertEq(d.lens.ratesOf(market).makerLongCapacity, rate);
        close(bob, address(om));
        assertLe(valueOf(bob), before, "the attacker gained");
    }

    // ---------------------------------------------------------------------------------------------------- helpers ----

    /// @dev Lets time pass and publishes the same price again.
    function _pass(uint256 time) private {
        skip(time);
        setPrice(START_PRICE);
    }

    function _pending(address account) private view returns (int256 funding, int256 borrowing) {
        return vault.pendingFeesOf(market, account);
    }

    /// @dev Of the fill whose logs were recorded.
    function _takerMarginOfLastFill() private returns (MarginChange memory change) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] != IVault.PositionsChanged.selector) continue;
            (,,, change,) = abi.decode(logs[i].data, (int256, int256, uint256, MarginChange, MarginChange));
            return change;
        }
        revert("no fill");
    }

    function _assertPending(address account, int256 funding, int256 borrowing, string memory when) private view {
        (int256 f, int256 b) = _pending(account);
        assertEq(f, funding, when);
        assertEq(b, borrowing, when);
    }

    function _setStatus(MarketStatus status) private {
        vm.prank(owner());
        house.setMarketStatus(market, status);
    }

    function _setTradingFee(uint24 fee) private {
        DeployConfig memory c = config();
        c.market.rules.tradingFee = fee;
        vm.prank(owner());
        house.setRules(market, c.market.rules);
    }

    /// @dev A setter that turns a fee off: what has accrued stays, and nothing is added.
    function _assertSettlesFirst(bytes memory setter, address target, bool stopsFunding, bool stopsBorrowing) private {
        buy(alice, address(om), 30e18);
        _pass(1 days);
        (int256 funding, int256 borrowing) = _pending(alice);
        assertGt(funding, 0);
        assertGt(borrowing, 0);
        vm.prank(owner());
        (bool ok,) = target.call(setter);
        assertTrue(ok);
        _assertPending(alice, funding, borrowing, "what has accrued stays");
        _pass(1 days);
        (int256 f, int256 b) = _pending(alice);
        assertEq(f == funding, stopsFunding, "funding");
        assertEq(b == borrowing, stopsBorrowing, "borrowing");
    }
}
