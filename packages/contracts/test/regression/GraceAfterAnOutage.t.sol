// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {IBackstop} from "../../src/interfaces/IBackstop.sol";
import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {IForcedChanges} from "../../src/interfaces/IForcedChanges.sol";
import {IMarketAdmin} from "../../src/interfaces/IMarketAdmin.sol";
import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {MAX_LEAD} from "../../src/types/Feed.sol";
import {GRACE_PERIOD, MarketStatus} from "../../src/types/Market.sol";
import {AggregatorDouble} from "../utils/AggregatorDouble.sol";
import {LadderTest} from "../utils/LadderTest.sol";

/// @dev A market resumes after hours without trades or prices, and the price has moved. Accounts that could not act are
/// not liquidated before they can. Alice is long by 100 at 2,000 with a margin of 20,000; at 1,850 her value is 5,000, of
/// which a liquidation takes 4,625.
abstract contract GraceTest is LadderTest {
    uint256 internal constant PRICE = 1850e18;

    function setUp() public virtual override {
        super.setUp();
        long(alice, 20_000 * USD, 100e18);
        addMargin(bob, 100_000 * USD);
    }

    function expectGrace(uint256 endsAt) internal {
        vm.expectRevert(abi.encodeWithSelector(IForcedChanges.InGracePeriod.selector, market, endsAt));
    }

    function _report(uint256 previous) internal {
        backstop.reportOutage{value: 1}(market, FEED, _first(previous), previous + 1);
    }

    /// @dev The first price after an outage, now.
    function _first(uint256 previous) internal view returns (bytes[] memory data) {
        data = new bytes[](1);
        data[0] = priceUpdate(PRICE, timestamp(), previous);
    }

    /// @dev E2: an order whose price is from a grace period fails, before and after its taker reports another outage, whose
    /// first price it is.
    function assertReportOpensNothing() internal {
        skip(1);
        setPrice(PRICE);
        uint256 last = timestamp();
        skip(310);
        setPrice(PRICE);
        int256 value = valueOf(bob);
        vm.expectPartialRevert(IForcedChanges.MarketNotActive.selector);
        buy(bob, maker, 100e18);
        _report(last);
        vm.expectPartialRevert(IForcedChanges.MarketNotActive.selector);
        buy(bob, maker, 100e18);
        jump(PRICE * 11 / 10);
        assertEq(valueOf(bob), value, "no profit by the report");
    }

    /// @dev Neither a liquidation nor an opening. Alice adds margin and reduces, and is safe when the period ends.
    function assertAccountsCanAct(uint256 endsAt) internal {
        int256 keeperBefore = valueOf(keeper);
        expectGrace(endsAt);
        takeOver(alice);
        expectGrace(endsAt);
        deleverage(alice);
        bytes memory refused =
            abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, market, MarketStatus.ReduceOnly);
        vm.expectRevert(refused);
        buy(bob, maker, 1e18);
        assertTrue(house.statusOf(market) == MarketStatus.ReduceOnly);

        addMargin(alice, 10_000 * USD);
        sell(alice, maker, 10e18);
        int256 value = valueOf(alice);
        assertEq(value, 15_000e18, "20,000 and 10,000 less the loss of 15,000");
        vm.warp(endsAt);
        jump(PRICE);
        vm.expectPartialRevert(IClearingHouse.NotLiquidatable.selector);
        takeOver(alice);
        assertEq(valueOf(alice), value, "no penalty");
        assertEq(valueOf(keeper), keeperBefore, "no reward");
        buy(bob, maker, 1e18);
        assertLaws();
    }

    /// @dev Without a rescue the liquidation takes place when the period ends.
    function assertLiquidatedAt(uint256 endsAt) internal {
        vm.warp(endsAt - 1);
        setPrice(PRICE);
        expectGrace(endsAt);
        takeOver(alice);
        skip(1);
        takeOver(alice);
        assertLt(valueOf(alice), 5_000e18);
    }
}

contract GraceAfterAPauseTest is GraceTest {
    uint256 private _endsAt;

    function setUp() public override {
        super.setUp();
        _setStatus(MarketStatus.Paused);
        skip(8 hours);
        jump(PRICE);
        _setStatus(MarketStatus.Active);
        _endsAt = timestamp() + GRACE_PERIOD;
    }

    function test_Grace_AfterAPause_AccountsCanActFirst() public {
        assertAccountsCanAct(_endsAt);
    }

    function test_Grace_AfterAPause_Ends() public {
        assertLiquidatedAt(_endsAt);
    }

    /// @dev The system's pause is one too, and its end begins another period.
    function test_Grace_AfterAPauseOfTheSystem() public {
        skip(5 minutes);
        vm.startPrank(owner());
        house.setSystemStatus(MarketStatus.Paused);
        vm.expectEmit(address(house));
        emit IMarketAdmin.GraceStarted(market, timestamp() + GRACE_PERIOD);
        house.setSystemStatus(MarketStatus.Active);
        vm.stopPrank();
        setPrice(PRICE);
        assertAccountsCanAct(timestamp() + GRACE_PERIOD);
    }

    /// @dev A price of the period opens nothing after it either, so that no caller gains by waiting with an order.
    function test_Grace_APriceOfThePeriod_OpensNothingAfterIt() public {
        vm.warp(_endsAt - 1);
        setPrice(PRICE);
        skip(20);
        vm.expectPartialRevert(IForcedChanges.MarketNotActive.selector);
        buy(bob, maker, 1e18);
        setPrice(PRICE);
        buy(bob, maker, 1e18);
    }

    function test_T16_E2_ReportAfterAPause_OpensNoOrderWhosePriceIsKnown() public {
        assertReportOpensNothing();
    }

    function _setStatus(MarketStatus status) private {
        vm.prank(owner());
        house.setMarketStatus(market, status);
    }
}

contract GraceAfterAnOutageTest is GraceTest {
    uint256 private _last;

    /// @dev Pyth publishes nothing for an hour.
    function setUp() public override {
        super.setUp();
        _last = timestamp();
        skip(1 hours);
        stub.setPrice(PRICE);
    }

    function test_Grace_AfterAReportedOutage_AccountsCanActFirst() public {
        _report(_last);
        uint256 endsAt = timestamp() + GRACE_PERIOD;
        skip(MAX_LEAD + 1);
        setPrice(PRICE);
        assertAccountsCanAct(endsAt);
    }

    function test_Grace_AfterAReportedOutage_Ends() public {
        _report(_last);
        assertLiquidatedAt(timestamp() + GRACE_PERIOD);
    }

    function test_T16_E2_SecondReport_OpensNoOrderWhosePriceIsKnown() public {
        _report(_last);
        assertReportOpensNothing();
    }

    /// @dev The other direction: a second report stops no order whose price opens before it, also not one from the time
    /// between two periods.
    function test_T16_E2_SecondReport_StopsNoOrderWhosePriceIsKnown() public {
        _report(_last);
        skip(GRACE_PERIOD);
        setPrice(PRICE);
        uint256 last = timestamp();
        skip(301);
        setPrice(PRICE);
        buy(bob, maker, 1e18);
        _report(last);
        skip(MAX_LEAD);
        buy(bob, maker, 1e18);
        assertEq(sizeOf(bob), 2e18);
        skip(1);
        setPrice(PRICE);
        vm.expectPartialRevert(IForcedChanges.MarketNotActive.selector);
        buy(bob, maker, 1e18);
    }

    /// @dev E2 for any sequence of outages and pauses: once a price is known, neither a report nor time changes whether it opens
    /// a position, and a pause only stops it.
    function testFuzz_T16_E2_NoReportChangesWhatAKnownPriceOpens(uint256 seed) public {
        uint256 last = _last;
        for (uint256 i = 0; i < 10; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            setPrice(PRICE);
            bytes[] memory first = _first(last);
            uint256 published = timestamp();
            bool opens = _opens();
            skip(boundTime(seed, 25));
            if (seed % 3 != 0) try backstop.reportOutage{value: 1}(market, FEED, first, last + 1) {} catch {}
            assertEq(_opens(), opens, "after a report");
            if (seed % 5 == 0) {
                setStatus(MarketStatus.Paused);
                skip(boundTime(seed >> 16, 15));
                setStatus(MarketStatus.Active);
                opens = false;
            }
            skip(boundTime(seed >> 32, 15));
            assertEq(_opens(), opens, "later");
            last = published;
            skip(boundTime(seed >> 64, 900));
        }
    }

    function open() external {
        buy(bob, maker, 1e15);
    }

    function _opens() private returns (bool) {
        try this.open() {
            return true;
        } catch {
            return false;
        }
    }

    /// @dev T67: a late report does not begin another ten minutes.
    function test_T67_LateReport_LiquidationWaitsFromTheEndOfTheOutage() public {
        bytes[] memory first = _first(_last);
        uint256 endsAt = timestamp() + GRACE_PERIOD;
        vm.warp(endsAt - 1);
        setPrice(PRICE);
        backstop.reportOutage{value: 1}(market, FEED, first, _last + 1);
        expectGrace(endsAt);
        takeOver(alice);
        int256 held = valueOf(keeper);
        vm.warp(endsAt);
        jump(PRICE);
        takeOver(alice);
        assertGt(valueOf(keeper), held, "the keeper earns its reward");
        assertLt(valueOf(alice), 5_000e18);
    }

    /// @dev T67: outages of five minutes every twenty minutes, each reported late. Alice is liquidated in the first cycle.
    function test_T67_OutagesEveryTwentyMinutes_LiquidationTakesPlace() public {
        uint256 end = timestamp();
        bytes[] memory first = _first(_last);
        skip(GRACE_PERIOD - 1);
        setPrice(PRICE);
        backstop.reportOutage{value: 1}(market, FEED, first, _last + 1);
        // The next outage begins fifteen minutes after the end of this one.
        vm.warp(end + 15 minutes);
        setPrice(PRICE);
        takeOver(alice);
        assertLt(valueOf(alice), 5_000e18);
    }

    function test_Grace_Report_OncePerOutage() public {
        bytes[] memory first = _first(_last);
        uint256 end = timestamp();
        skip(2 minutes);
        setPrice(PRICE);
        backstop.reportOutage{value: 1}(market, FEED, first, _last + 1);
        skip(1);
        vm.expectRevert(abi.encodeWithSelector(IMarketAdmin.OutageOver.selector, market, end));
        backstop.reportOutage{value: 1}(market, FEED, first, _last + 1);
    }

    function test_Grace_Report_RevertIf_TheOutageIsLongOver() public {
        bytes[] memory first = _first(_last);
        uint256 end = timestamp();
        skip(GRACE_PERIOD - 1);
        setPrice(PRICE);
        uint256 snapshot = vm.snapshotState();
        backstop.reportOutage{value: 1}(market, FEED, first, _last + 1);
        vm.revertToState(snapshot);
        skip(1);
        vm.expectRevert(abi.encodeWithSelector(IMarketAdmin.OutageOver.selector, market, end));
        backstop.reportOutage{value: 1}(market, FEED, first, _last + 1);
    }

    /// @dev Keepers were silent for an hour, and Pyth was not.
    function test_Grace_Report_APriceThatNoAccountStored_IsNoOutage() public {
        bytes[] memory first = _first(timestamp() - 1);
        vm.expectRevert();
        backstop.reportOutage{value: 1}(market, FEED, first, _last + 1);
        jump(PRICE);
        takeOver(alice);
    }

    function test_Grace_Report_RevertIf_TheOutageWasShort() public {
        uint256 previous = timestamp() - 300;
        bytes[] memory first = _first(previous);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.NoOutage.selector, 299, 300));
        backstop.reportOutage{value: 1}(market, FEED, first, previous + 1);
        backstop.reportOutage{value: 1}(market, FEED, _first(previous - 1), previous);
    }

    /// @dev Another feed's outage, and a market without one.
    function test_Grace_Report_RevertIf_TheFeedIsAnother() public {
        bytes32 other = keccak256("another");
        bytes[] memory first = _first(_last);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.WrongFeed.selector, other, FEED));
        backstop.reportOutage{value: 1}(market, other, first, _last + 1);
    }

    /// @dev E2: a taker that knows the price of its order cannot make it fail by a report. Later prices open nothing.
    function test_Grace_Report_StopsNoOrderWhosePriceIsKnown() public {
        setPrice(PRICE);
        bytes[] memory first = _first(_last);
        skip(2);
        backstop.reportOutage{value: 1}(market, FEED, first, _last + 1);
        buy(bob, maker, 1e18);
        // A price may be published ahead of the block.
        skip(MAX_LEAD);
        setPrice(PRICE);
        buy(bob, maker, 1e18);
        skip(1);
        setPrice(PRICE);
        vm.expectPartialRevert(IForcedChanges.MarketNotActive.selector);
        buy(bob, maker, 1e18);
    }

    function test_Grace_Report_PaysTheSource_AndReturnsTheRest() public {
        vm.deal(stranger, 10);
        uint256 float = address(oracle).balance;
        bytes[] memory first = _first(_last);
        vm.prank(stranger);
        backstop.reportOutage{value: 10}(market, FEED, first, _last + 1);
        assertEq(stranger.balance, 9);
        assertEq(address(oracle).balance, float, "the oracle pays nothing");
    }

    function test_T19_StartGrace_BackstopOnly() public {
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NotBackstop.selector, address(this), address(backstop)));
        house.startGrace(market, timestamp() - 1 hours, timestamp());
    }
}

/// @dev The sequencer was down for hours. The feed's own grace period, in which no order is created, comes first.
contract GraceAfterASequencerOutageTest is GraceTest {
    AggregatorDouble private _sequencer;
    uint256 private _upFrom;

    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        _sequencer = new AggregatorDouble(0);
        _sequencer.pushStatus(0, START - 2 days);
        (c.feed.sequencerFeed, c.feed.sequencerGracePeriod) = (address(_sequencer), 30 minutes);
    }

    function setUp() public override {
        super.setUp();
        skip(8 hours);
        _sequencer.pushStatus(0, timestamp());
        _upFrom = timestamp() + 30 minutes;
        jump(PRICE);
    }

    function test_Grace_AfterASequencerOutage_AccountsCanActFirst() public {
        _assertWaits();
        vm.warp(_upFrom + GRACE_PERIOD);
        setPrice(PRICE);
        _assertWaits();
        addMargin(alice, 10_000 * USD);
        sell(alice, maker, 10e18);
        vm.warp(_upFrom + GRACE_PERIOD + 1);
        setPrice(PRICE);
        vm.expectPartialRevert(IClearingHouse.NotLiquidatable.selector);
        takeOver(alice);
        assertEq(valueOf(alice), 15_000e18, "no penalty");
        buy(bob, maker, 1e18);
    }

    function test_Grace_AfterASequencerOutage_Ends() public {
        vm.warp(_upFrom + GRACE_PERIOD + 1);
        setPrice(PRICE);
        takeOver(alice);
        assertLt(valueOf(alice), 5_000e18);
    }

    function test_Grace_DuringASequencerOutage() public {
        vm.warp(_upFrom + GRACE_PERIOD + 1);
        _sequencer.pushStatus(1, timestamp());
        setPrice(PRICE);
        _assertWaits();
        // A broken uptime feed stops no liquidation.
        _sequencer.setFault(AggregatorDouble.Fault(1));
        takeOver(alice);
    }

    /// @dev T51: the outage is no death of the feed. Prices are live, and only liquidations wait for them.
    function test_Grace_ASequencerOutage_SettlesNoLiveMarket() public {
        skip(4 days);
        _sequencer.pushStatus(1, timestamp());
        vm.expectPartialRevert(IBackstop.FeedAlive.selector);
        backstop.announceSettlement(market, new bytes[](0));
        setPrice(PRICE);
        vm.expectPartialRevert(IBackstop.FeedAlive.selector);
        backstop.announceSettlement(market, new bytes[](0));
        _sequencer.pushStatus(0, timestamp());
        skip(30 minutes + GRACE_PERIOD + 1);
        setPrice(PRICE);
        vm.expectPartialRevert(IBackstop.FeedAlive.selector);
        backstop.announceSettlement(market, new bytes[](0));
        takeOver(alice);
    }

    function _assertWaits() private {
        bytes memory refused = abi.encodeWithSelector(IPriceOracle.SequencerDown.selector, address(_sequencer));
        vm.expectRevert(refused);
        takeOver(alice);
        vm.expectRevert(refused);
        deleverage(alice);
        vm.expectRevert(refused);
        buy(bob, maker, 1e18);
    }
}
