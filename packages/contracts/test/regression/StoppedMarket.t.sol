// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {IBackstop} from "../../src/interfaces/IBackstop.sol";
import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {IForcedChanges} from "../../src/interfaces/IForcedChanges.sol";
import {GRACE_PERIOD, MarketStatus} from "../../src/types/Market.sol";
import {AggregatorDouble} from "../utils/AggregatorDouble.sol";
import {LadderTest} from "../utils/LadderTest.sol";

/// @dev T67: a pause or an outage uses up the window of a deleveraging, in which no account could be deleveraged. Alice is
/// short by 100 at 2,000 with a margin of 20,000, and Bob long by as much. At 2,400 her shortfall is 20,000, and his profit
/// of 40,000 pays it, if a keeper has the time.
abstract contract StoppedMarketTest is LadderTest {
    uint256 internal constant PRICE = 2400e18;
    int256 internal constant SHORTFALL = -20_000e18;
    /// @dev Of Bob before he pays.
    int256 internal constant VALUE = 140_000e18;

    function setUp() public virtual override {
        super.setUp();
        short(alice, 20_000 * USD, 100e18);
        long(bob, 100_000 * USD, 100e18);
        jump(PRICE);
        // Takes positions over.
        addMargin(keeper, 2_000_000 * USD);
    }

    function pauseFor(uint256 time) internal returns (uint256 resumedAt) {
        setStatus(MarketStatus.Paused);
        skip(time);
        setStatus(MarketStatus.Active);
        resumedAt = timestamp();
        setPrice(PRICE);
    }

    function priceAt(uint256 time, uint256 price) internal {
        vm.warp(time);
        setPrice(price);
        stub.setPrice(price);
    }

    /// @dev From `from` on keepers have a whole window, in which Bob pays and nothing becomes bad debt.
    function assertWindowFrom(uint256 from) internal {
        uint256 allowedAt = from + WINDOW;
        assertEq(backstop.debtAllowedAt(market, alice), allowedAt);
        priceAt(from, PRICE);
        _expectDeleverageFirst(allowedAt);
        takeOver(alice);
        priceAt(allowedAt - 1, PRICE);
        _expectDeleverageFirst(allowedAt);
        takeOver(alice);
        uint256 snapshot = vm.snapshotState();
        priceAt(allowedAt, PRICE);
        takeOver(alice);
        assertEq(insurance(), SHORTFALL, "bad debt after the window");
        assertLaws();
        vm.revertToState(snapshot);
        assertEq(deleverage(alice, bob), 100e18);
        assertEq(insurance(), 0, "no bad debt");
        assertEq(valueOf(bob), VALUE + SHORTFALL, "the winner's profit pays");
        assertFlatAndEmpty(alice);
        assertLaws();
    }

    function _expectDeleverageFirst(uint256 allowedAt) private {
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.DeleverageFirst.selector, alice, SHORTFALL, allowedAt));
    }
}

contract WindowsOfAStoppedMarketTest is StoppedMarketTest {
    function test_T67_FlaggedBeforeAPause_WindowBeginsAfterTheGracePeriod() public {
        backstop.flagShortfall(market, alice);
        assertWindowFrom(pauseFor(8 hours) + GRACE_PERIOD);
    }

    function test_T67_FlaggedInTheGracePeriod_WindowBeginsAfterIt() public {
        uint256 resumedAt = pauseFor(8 hours);
        skip(GRACE_PERIOD / 2);
        setPrice(PRICE);
        vm.expectEmit(address(backstop));
        emit IBackstop.ShortfallFlagged(market, alice, uint256(-SHORTFALL), resumedAt + GRACE_PERIOD + WINDOW);
        backstop.flagShortfall(market, alice);
        assertWindowFrom(resumedAt + GRACE_PERIOD);
    }

    function test_T67_FlaggedBeforeAnOutage_WindowBeginsAfterTheGracePeriod() public {
        backstop.flagShortfall(market, alice);
        uint256 last = timestamp();
        skip(2 hours);
        bytes[] memory first = new bytes[](1);
        first[0] = priceUpdate(PRICE, timestamp(), last);
        backstop.reportOutage{value: 1}(market, FEED, first, last + 1);
        assertWindowFrom(timestamp() + GRACE_PERIOD);
    }

    /// @dev The window was over when the pause began: every account had it.
    function test_T67_WindowBeforeThePause_IsNotGivenAgain() public {
        backstop.flagShortfall(market, alice);
        uint256 allowedAt = timestamp() + WINDOW;
        skip(WINDOW + 2 days);
        uint256 resumedAt = pauseFor(1 hours);
        assertEq(
            backstop.debtAllowedAt(market, alice), type(uint256).max, "the flag has expired, and no pause renews it"
        );
        assertGt(resumedAt, allowedAt);
        priceAt(resumedAt + GRACE_PERIOD + WINDOW, PRICE);
        vm.expectPartialRevert(IClearingHouse.DeleverageFirst.selector);
        takeOver(alice);
        // A new flag opens a window of its own.
        backstop.flagShortfall(market, alice);
        assertWindowFrom(timestamp());
    }

    /// @dev A flag lives as long after the pause as it would without.
    function test_T67_Flag_ExpiresADayAfterTheWindow() public {
        backstop.flagShortfall(market, alice);
        uint256 end = pauseFor(8 hours) + GRACE_PERIOD + WINDOW + 1 days;
        vm.warp(end);
        assertEq(backstop.debtAllowedAt(market, alice), end - 1 days);
        vm.warp(end + 1);
        assertEq(backstop.debtAllowedAt(market, alice), type(uint256).max);
    }

    // ------------------------------------------------------------------------------------------------ corrections ----

    /// @dev The honest account was charged half an hour before the pause.
    function test_T67_Correction_HasItsWindowAfterThePause() public {
        int256 before = _chargeCarol();
        skip(WINDOW / 2);
        uint256 endsAt = pauseFor(8 hours) + GRACE_PERIOD + WINDOW;
        priceAt(endsAt, PRICE);
        backstop.correctDeleveraging(market, 1, bob);
        assertEq(valueOf(carol), before, "the winner pays");
        assertEq(valueOf(bob), VALUE + SHORTFALL);
        assertLaws();
    }

    /// @dev A second pause begins before the window after the first one is over.
    function test_T67_Correction_HasItsWindowAfterTheSecondPause() public {
        int256 before = _chargeCarol();
        skip(WINDOW / 2);
        pauseFor(8 hours);
        skip(GRACE_PERIOD + WINDOW / 2);
        uint256 endsAt = pauseFor(8 hours) + GRACE_PERIOD + WINDOW;
        priceAt(endsAt, PRICE);
        backstop.correctDeleveraging(market, 1, bob);
        assertEq(valueOf(carol), before, "the winner pays");
        assertLaws();
    }

    function test_T67_Correction_RevertIf_ItsWindowAfterThePauseIsOver() public {
        _chargeCarol();
        uint256 endsAt = pauseFor(8 hours) + GRACE_PERIOD + WINDOW;
        priceAt(endsAt + 1, PRICE);
        vm.expectRevert(abi.encodeWithSelector(IBackstop.WindowOver.selector, endsAt + 1, endsAt));
        backstop.correctDeleveraging(market, 1, bob);
    }

    /// @dev Bob's cost was final before the pause.
    function test_T67_Correction_PauseReopensNoWindow() public {
        _chargeCarol();
        uint256 endsAt = timestamp() + WINDOW;
        vm.warp(endsAt + 1);
        pauseFor(1 hours);
        vm.expectRevert(abi.encodeWithSelector(IBackstop.WindowOver.selector, timestamp(), endsAt));
        backstop.correctDeleveraging(market, 1, bob);
        assertEq(valueOf(bob), VALUE);
    }

    /// @dev Carol is long 100 from 2,200 and pays instead of Bob.
    function _chargeCarol() private returns (int256 before) {
        jump(2200e18);
        long(carol, 100_000 * USD, 100e18);
        jump(PRICE);
        before = valueOf(carol);
        deleverage(alice, carol);
        assertEq(valueOf(carol), before + SHORTFALL);
    }
}

/// @dev The sequencer was down, and its feed has a grace period of half an hour.
contract WindowsAfterASequencerOutageTest is StoppedMarketTest {
    AggregatorDouble private _sequencer;

    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        _sequencer = new AggregatorDouble(0);
        _sequencer.pushStatus(0, START - 2 days);
        (c.feed.sequencerFeed, c.feed.sequencerGracePeriod) = (address(_sequencer), 30 minutes);
    }

    /// @return from the first second at which accounts can be deleveraged
    function _restart() private returns (uint256 from) {
        _sequencer.pushStatus(0, timestamp());
        setPrice(PRICE);
        return timestamp() + 30 minutes + GRACE_PERIOD + 1;
    }

    function test_T67_FlaggedInTheGracePeriod_WindowBeginsAfterIt() public {
        uint256 from = _restart();
        backstop.flagShortfall(market, alice);
        assertWindowFrom(from);
    }

    function test_T67_FlaggedBeforeTheRestart_WindowBeginsAfterTheGracePeriod() public {
        backstop.flagShortfall(market, alice);
        skip(20 minutes);
        assertWindowFrom(_restart());
    }

    /// @dev While the sequencer is down no window ends.
    function test_T67_DuringTheOutage() public {
        backstop.flagShortfall(market, alice);
        _sequencer.pushStatus(1, timestamp());
        assertEq(backstop.debtAllowedAt(market, alice), type(uint256).max);
        priceAt(timestamp() + WINDOW, PRICE);
        vm.expectRevert();
        takeOver(alice);
        assertWindowFrom(_restart());
    }

    /// @dev An outage of the price that ends in the sequencer's grace period is reported in it. Later an attacker would
    /// liquidate before the report.
    function test_T67_OutageOfThePrice_IsReportedInTheSequencersGracePeriod() public {
        uint256 last = timestamp();
        uint256 from = _restart();
        last = timestamp();
        priceAt(from - 100, PRICE);
        bytes[] memory first = new bytes[](1);
        first[0] = priceUpdate(PRICE, timestamp(), last);
        backstop.reportOutage{value: 1}(market, FEED, first, last + 1);
        uint256 endsAt = from - 100 + GRACE_PERIOD;
        int256 held = valueOf(keeper);
        priceAt(from, PRICE);
        vm.expectRevert(abi.encodeWithSelector(IForcedChanges.InGracePeriod.selector, market, endsAt));
        takeOver(alice);
        assertEq(valueOf(keeper), held);
    }
}

/// @dev T58 in the grace period of markets after an outage of the sequencer: LPs leave, and no account can be liquidated or
/// deleveraged. Alice is short by 400 of the OracleMaker with 100,000 of margin, at 2,608.
contract ExitInASequencersGracePeriodTest is LadderTest {
    AggregatorDouble private _sequencer;
    address private _lp2 = makeAddr("lp2");
    uint256 private constant PRICE = 2608e18;
    uint256 private _shares;
    uint256 private _upFrom;

    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        _sequencer = new AggregatorDouble(0);
        _sequencer.pushStatus(0, START - 2 days);
        (c.feed.sequencerFeed, c.feed.sequencerGracePeriod) = (address(_sequencer), 30 minutes);
    }

    function setUp() public override {
        super.setUp();
        vm.prank(owner());
        om.setWhitelistLp(_lp2, true);
        depositLp(_lp2, 1_000_000 * USD, 0);
        _shares = om.balanceOf(lp);
        addMargin(alice, 100_000 * USD);
        sell(alice, address(om), 400e18);
        skip(8 hours);
        _sequencer.pushStatus(0, timestamp());
        _upFrom = timestamp() + 30 minutes;
        jump(PRICE);
    }

    function test_T58_InASequencersGracePeriod_FirstOfTwoEqualLps_ReceivesNoMoreThanTheSecond() public {
        // Requests settle from here on.
        vm.warp(_upFrom + 1);
        jump(PRICE);
        backstop.flagShortfall(market, alice);
        uint256 first = _withdraw(lp);
        vm.expectRevert();
        deleverage(alice, address(om));
        vm.warp(_upFrom + GRACE_PERIOD + 1);
        jump(PRICE);
        assertEq(deleverage(alice, address(om)), 400e18);
        assertApproxEqAbs(first, _withdraw(_lp2), 2, "equal LPs");
        assertEq(insurance(), 0);
        assertLaws();
    }

    /// @dev The price of a known shortfall needs no sequencer: neither do immediate withdrawals.
    function test_T58_DuringASequencerOutage_ShortfallsAreFlaggedAndResolved() public {
        _sequencer.pushStatus(1, timestamp());
        backstop.flagShortfall(market, alice);
        uint256 flagged = backstop.flaggedShortfallOf(market);
        assertEq(flagged, uint256(-valueOf(alice)));
        jump(2500e18);
        backstop.resolveShortfall(market, alice);
        assertEq(backstop.flaggedShortfallOf(market), uint256(-valueOf(alice)));
        assertLt(backstop.flaggedShortfallOf(market), flagged);
    }

    function _withdraw(address account) private returns (uint256) {
        vm.prank(account);
        return om.withdraw(_shares);
    }
}
