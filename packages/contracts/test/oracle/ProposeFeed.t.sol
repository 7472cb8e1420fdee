// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {PythOracle} from "../../src/oracle/PythOracle.sol";
import {SourceRegistry} from "../../src/oracle/SourceRegistry.sol";
import {Feed} from "../../src/types/Feed.sol";
import {SourcesTest} from "./SourcesTest.sol";

/// @dev Changes of a feed apply after a delay.
contract PythOracleProposeFeedTest is SourcesTest {
    /// @dev The delay lets accounts leave that do not trust the new source.
    function test_ApplyFeed_ByAnyCallerAfterTheDelay() public {
        Feed memory feed = plainFeed(BTC);
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

    function test_ApplyFeed_RevertIf_AnExecutionIsInProgress() public {
        vm.startPrank(owner());
        oracle.setExecutor(owner(), true);
        oracle.proposeFeed(market, plainFeed(BTC));
        skip(DELAY);
        bytes[] memory data = new bytes[](1);
        data[0] = priceUpdate(2000e18, timestamp(), timestamp() - 1);
        oracle.beginExecution(market, data, timestamp(), timestamp());
        vm.expectRevert(abi.encodeWithSelector(PythOracle.ExecutionInProgress.selector, market));
        oracle.applyFeed(market);
        oracle.endExecution();
        oracle.applyFeed(market);
    }
}
