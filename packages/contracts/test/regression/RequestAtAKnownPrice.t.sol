// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {LpSettlement} from "../../src/makers/lp/LpSettlement.sol";
import {FeedChangesBefore} from "../../src/types/Errors.sol";
import {MAX_CLOCK_LAG} from "../../src/types/Feed.sol";
import {AggregatorDouble} from "../utils/AggregatorDouble.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev T38, T39: requests whose price is known at their creation, because the chain's clock lags or the feed changes.
contract RequestAtAKnownPriceTest is ExchangeTest {
    uint256 private constant FEE = 0.0001 ether;
    uint256 private constant LAG = 30 minutes;

    function setUp() public override {
        super.setUp();
        vm.deal(lp, 1 ether);
        addMargin(alice, 100_000 * USD);
        sell(alice, address(om), 100e18);
        // A second LP, whose money an advantage of the first one would be.
        vm.prank(owner());
        om.setWhitelistLp(stranger, true);
        usd.mint(stranger, 1_000_000 * USD);
        vm.startPrank(stranger);
        usd.approve(address(om), type(uint256).max);
        om.deposit(1_000_000 * USD);
        vm.stopPrank();
    }

    /// @dev The clock is half an hour late, and the base was at 2,200 in that time. The LP redeemed at 2,200 and left
    /// half of a profit that does not exist to the other LP: 5,000.
    function test_T38_Redemption_WhileTheClockLags_IsNoOption() public {
        bytes[] memory real = new bytes[](1);
        real[0] = priceUpdate(2000e18, START + LAG, START + LAG - 1);
        pyth.updatePriceFeeds{value: 1}(real);
        uint256 shares = om.balanceOf(lp);
        vm.prank(lp);
        uint256 id = omRequests.requestRedeem{value: FEE}(shares, lp, lp);
        uint256 executableAt = omRequests.requestOf(id).executableAt;
        assertEq(executableAt, START + LAG + 3, "after every price that an account has stored");
        skip(10);
        bytes[][] memory known = new bytes[][](1);
        known[0] = new bytes[](1);
        known[0][0] = priceUpdate(2200e18, START + 3, START + 2);
        vm.expectRevert(abi.encodeWithSelector(LpSettlement.NothingToSettle.selector, id, id));
        omRequests.settle(known, 1);

        vm.warp(executableAt);
        known[0][0] = priceUpdate(2000e18, executableAt, executableAt - 1);
        vm.prank(keeper);
        omRequests.settle(known, 1);
        setPrice(2000e18);
        uint256 paid = omRequests.maxWithdraw(lp);
        // Its deposit and the premium that Alice paid.
        assertLe(paid, 1_000_200 * USD, "attacker");
        assertGe(om.totalAssets(), 1_000_000 * USD - 10, "victim");
    }

    /// @dev T49: a publish time that no clock explains does not postpone the request.
    function test_T38_APriceOfTomorrowPostponesNothing() public {
        bytes[] memory far = new bytes[](1);
        far[0] = priceUpdate(2000e18, START + 1 days, START);
        pyth.updatePriceFeeds{value: 1}(far);
        uint256 shares = om.balanceOf(lp);
        vm.prank(lp);
        uint256 id = omRequests.requestRedeem{value: FEE}(shares, lp, lp);
        assertEq(omRequests.requestOf(id).executableAt, START + 3);
    }

    /// @dev T39: the request could have chosen between the old and the new feed.
    function test_T39_Request_RevertIf_ItLivesAtAFeedChange() public {
        vm.prank(owner());
        oracle.proposeFeed(market, plainFeed(keccak256("ETH/USD at another source")));
        uint256 changeAt = START + 2 days;
        uint256 shares = om.balanceOf(lp) / 2;
        vm.startPrank(lp);
        vm.warp(changeAt - 64);
        omRequests.requestRedeem{value: FEE}(shares, lp, lp);
        vm.warp(changeAt - 63);
        vm.expectRevert(abi.encodeWithSelector(FeedChangesBefore.selector, changeAt, changeAt));
        omRequests.requestRedeem{value: FEE}(shares, lp, lp);
        vm.stopPrank();
    }

    /// @dev T39: a feed that is announced during the life of a request takes effect after it.
    function test_T39_RequestsLiveForLessThanTheNoticeOfAFeed() public view {
        uint256 longest = MAX_CLOCK_LAG + omRequests.MAX_DELAY() + omRequests.MAX_VALIDITY();
        assertLt(longest, oracle.SOURCE_DELAY());
    }
}

/// @dev T38: the sequencer of an L2 was down, or restarted within the hour.
contract RequestAfterAnOutageTest is ExchangeTest {
    AggregatorDouble private sequencer;

    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        sequencer = new AggregatorDouble(0);
        sequencer.pushStatus(0, START - 3601);
        (c.feed.sequencerFeed, c.feed.sequencerGracePeriod) = (address(sequencer), 3600);
    }

    function test_T38_NeitherCreationNorExecution_AfterAnOutage() public {
        vm.prank(owner());
        oracle.setExecutor(address(this), true);
        vm.deal(lp, 1 ether);
        bytes[] memory data = new bytes[](1);
        data[0] = priceUpdate(2000e18, START, START - 1);
        sequencer.pushStatus(1, START - 4000);
        _expectRefused(data);
        sequencer.pushStatus(0, START - 3600);
        _expectRefused(data);
        sequencer.pushStatus(0, START - 3601);
        _request();
        oracle.beginExecution(market, data, START, START);
        oracle.endExecution();
    }

    /// @dev A broken uptime feed keeps no order out, and no account in.
    function test_T38_ABrokenUptimeFeedBlocksNothing() public {
        vm.deal(lp, 1 ether);
        for (uint256 i = 1; i < 6; ++i) {
            sequencer.setFault(AggregatorDouble.Fault(i));
            assertEq(oracle.commitmentTime(market), START);
        }
        sequencer.setFault(AggregatorDouble.Fault.None);
        sequencer.pushStatus(1, 0);
        assertEq(oracle.commitmentTime(market), START);
        sequencer.pushStatus(1, START + 1);
        assertEq(oracle.commitmentTime(market), START);
        _request();
    }

    function _expectRefused(bytes[] memory data) private {
        bytes memory refusal = abi.encodeWithSelector(IPriceOracle.SequencerDown.selector, address(sequencer));
        vm.expectRevert(refusal);
        oracle.commitmentTime(market);
        vm.expectRevert(refusal);
        oracle.beginExecution(market, data, START, START);
        uint256 shares = om.balanceOf(lp);
        vm.expectRevert(refusal);
        vm.prank(lp);
        omRequests.requestRedeem{value: 0.0001 ether}(shares, lp, lp);
    }

    function _request() private {
        uint256 shares = om.balanceOf(lp);
        vm.prank(lp);
        omRequests.requestRedeem{value: 0.0001 ether}(shares, lp, lp);
    }
}
