// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SourceRegistry} from "../../src/oracle/SourceRegistry.sol";
import {Feed} from "../../src/types/Feed.sol";
import {Price} from "../../src/types/Units.sol";
import {liquidationPriceOf} from "../utils/OraclePrices.sol";
import {SourcesTest} from "./SourcesTest.sol";

/// @dev Changes of a feed apply after a delay.
contract PythOracleProposeFeedTest is SourcesTest {
    /// @dev The delay lets accounts leave that do not trust the new source. Writing it changes no price.
    function test_ApplyFeed_ByAnyCallerAfterTheDelay() public {
        Feed memory feed = plainFeed(BTC);
        feed.freshAge = 10;
        uint256 appliesAt = START + DELAY;
        vm.expectEmit(address(oracle));
        emit SourceRegistry.FeedProposed(market, feed, appliesAt);
        vm.prank(owner());
        oracle.proposeFeed(market, feed);
        (Feed memory pending, uint256 pendingUntil) = oracle.pendingFeedOf(market);
        assertEq(abi.encode(pending), abi.encode(feed));
        assertEq(pendingUntil, appliesAt);

        vm.warp(appliesAt - 1);
        vm.expectRevert(abi.encodeWithSelector(SourceRegistry.FeedNotYetApplicable.selector, appliesAt - 1, appliesAt));
        vm.prank(owner());
        oracle.applyFeed(market);
        assertEq(oracle.feedOf(market).pythId, FEED);

        vm.warp(appliesAt);
        assertEq(oracle.feedOf(market).pythId, BTC);
        vm.expectEmit(address(oracle));
        emit SourceRegistry.FeedSet(market, feed);
        vm.prank(stranger);
        oracle.applyFeed(market);
        assertEq(oracle.feedOf(market).pythId, BTC);
        (, pendingUntil) = oracle.pendingFeedOf(market);
        assertEq(pendingUntil, 0);
        vm.expectRevert(abi.encodeWithSelector(SourceRegistry.NoPendingFeed.selector, market));
        oracle.applyFeed(market);
    }

    function test_ProposeFeed_Again_RestartsTheDelay() public {
        vm.startPrank(owner());
        oracle.proposeFeed(market, plainFeed(BTC));
        skip(DELAY - 1);
        oracle.proposeFeed(market, plainFeed(keccak256("SOL/USD")));
        skip(1);
        vm.expectRevert(
            abi.encodeWithSelector(SourceRegistry.FeedNotYetApplicable.selector, START + DELAY, START + 2 * DELAY - 1)
        );
        oracle.applyFeed(market);
    }

    function test_CancelFeed() public {
        vm.startPrank(owner());
        oracle.proposeFeed(market, plainFeed(BTC));
        vm.expectEmit(address(oracle));
        emit SourceRegistry.FeedProposalCancelled(market);
        oracle.cancelFeed(market);
        skip(DELAY);
        bytes memory refusal = abi.encodeWithSelector(SourceRegistry.NoPendingFeed.selector, market);
        vm.expectRevert(refusal);
        oracle.applyFeed(market);
        vm.expectRevert(refusal);
        oracle.cancelFeed(market);
        vm.expectRevert(abi.encodeWithSelector(SourceRegistry.UnknownFeed.selector, 2));
        oracle.proposeFeed(2, plainFeed(BTC));
    }

    /// @dev T39: the announced feed is in force at its time, whether an account has written it or not, so that no
    /// account chooses between two feeds within a transaction.
    function test_T39_FeedTakesEffectWithoutACall() public {
        vm.startPrank(owner());
        oracle.setExecutor(address(this), true);
        oracle.proposeFeed(market, plainFeed(BTC));
        vm.stopPrank();
        uint256 changeAt = START + DELAY;
        assertEq(oracle.nextFeedChangeAt(market), changeAt);
        _checkCommitment(changeAt);
        vm.warp(changeAt - 1);
        assertEq(oracle.feedOf(market).pythId, FEED);
        setPrice(2000e18);
        oracle.getPrice(market);
        skip(1);
        assertEq(oracle.nextFeedChangeAt(market), 0);
        _checkCommitment(0);
        assertEq(oracle.feedOf(market).pythId, BTC);
        (, uint256 pendingAt) = oracle.pendingFeedOf(market);
        assertEq(pendingAt, 0);
        bytes[] memory data = new bytes[](1);
        data[0] = pyth.createPriceFeedUpdateData(BTC, 30_000e8, 0, -8, 1, 0, uint64(changeAt), uint64(changeAt - 2));
        for (uint256 i = 0; i < 2; ++i) {
            assertEq(oracle.beginExecution(market, data, changeAt - i, changeAt).unwrap(), 30_000e18);
            oracle.endExecution();
            (Price price,,) = oracle.getPrice(market);
            assertEq(price.unwrap(), 30_000e18, "stored by the execution");
            assertEq(liquidationPriceOf(oracle, market), 30_000e18);
            if (i == 0) oracle.applyFeed(market);
        }
    }

    /// @dev T39: a feed in force can neither be cancelled nor replaced at once.
    function test_T39_AFeedInForceCannotBeTakenBack() public {
        vm.startPrank(owner());
        oracle.proposeFeed(market, plainFeed(BTC));
        skip(DELAY);
        vm.expectRevert(abi.encodeWithSelector(SourceRegistry.NoPendingFeed.selector, market));
        oracle.cancelFeed(market);
        oracle.proposeFeed(market, plainFeed(keccak256("SOL/USD")));
        assertEq(oracle.feedOf(market).pythId, BTC);
        assertEq(oracle.nextFeedChangeAt(market), timestamp() + DELAY);
        oracle.cancelFeed(market);
        assertEq(oracle.feedOf(market).pythId, BTC);
        skip(DELAY);
        assertEq(oracle.feedOf(market).pythId, BTC);
    }

    function _checkCommitment(uint256 changesAt) private view {
        (uint256 time, uint256 feedChangesAt) = oracle.commitment(market);
        assertEq(time, oracle.commitmentTime(market));
        assertEq(feedChangesAt, changesAt);
    }
}
