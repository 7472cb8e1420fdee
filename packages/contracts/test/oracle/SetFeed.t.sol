// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ChainlinkSource} from "../../src/oracle/ChainlinkSource.sol";
import {SourceRegistry} from "../../src/oracle/SourceRegistry.sol";
import {Feed} from "../../src/types/Feed.sol";
import {Price} from "../../src/types/Units.sol";
import {AggregatorDouble} from "../utils/AggregatorDouble.sol";
import {SourcesTest} from "./SourcesTest.sol";
import {liquidationPriceOf} from "../utils/OraclePrices.sol";

/// @dev The first feed of a market.
contract PythOracleSetFeedTest is SourcesTest {
    function test_SetFeed_Once_AppliesAtOnce() public {
        vm.startPrank(owner());
        vm.expectRevert(abi.encodeWithSelector(SourceRegistry.FeedExists.selector, market, FEED));
        oracle.setFeed(market, plainFeed(BTC));
        Feed memory feed = plainFeed(FEED);
        vm.expectEmit(address(oracle));
        emit SourceRegistry.FeedSet(2, feed);
        oracle.setFeed(2, feed);
        (Price price,,) = oracle.getPrice(2);
        assertEq(price.unwrap(), START_PRICE);
    }

    function testFuzz_SetFeed_KeepsEveryField(Feed memory feed) public {
        feed.pythId = BTC;
        feed.collateral.pythId = keccak256("USDC/USD");
        feed.maxAge = boundAge(feed.maxAge, 1, type(uint32).max);
        feed.maxLiquidationAge = boundAge(feed.maxLiquidationAge, 1, feed.maxAge);
        feed.sequencerGracePeriod = boundAge(feed.sequencerGracePeriod, 0, 1 hours);
        feed.maxExecutionAge = boundAge(feed.maxExecutionAge, 1, type(uint32).max);
        feed.freshAge = uint8(boundAge(feed.freshAge, 1, feed.maxAge < 255 ? feed.maxAge : 255));
        feed.collateral.maxAge = boundAge(feed.collateral.maxAge, 1, type(uint32).max);
        feed.collateral.maxLiquidationAge = boundAge(feed.collateral.maxLiquidationAge, 1, feed.collateral.maxAge);
        feed.collateral.maxExecutionAge = boundAge(feed.collateral.maxExecutionAge, 1, type(uint32).max);
        uint32 longest = feed.maxAge > feed.collateral.maxAge ? feed.maxAge : feed.collateral.maxAge;
        feed.fallbackAge = boundAge(feed.fallbackAge, longest > 1 hours ? longest : 1 hours, type(uint32).max);
        feed.minAnswer = uint128(boundNumber(feed.minAnswer, uint256(1), uint256(type(uint128).max - 1)));
        feed.maxAnswer = uint128(boundNumber(feed.maxAnswer, uint256(feed.minAnswer) + 1, uint256(type(uint128).max)));
        (feed.collateral.minAnswer, feed.collateral.maxAnswer) = (feed.minAnswer, feed.maxAnswer);
        feed.collateral.maxSkew = boundAge(feed.collateral.maxSkew, 1, 60);
        feed.maxDeviation = boundRatio(feed.maxDeviation, 1, 999_999);
        feed.heartbeat = boundAge(feed.heartbeat, 1, type(uint32).max);
        feed.collateral.heartbeat = feed.heartbeat / 2 + 1;
        feed.aggregator = address(aggregator);
        feed.collateral.aggregator = address(aggregator);
        feed.sequencerFeed = stranger;
        vm.prank(owner());
        oracle.setFeed(2, feed);
        assertEq(abi.encode(oracle.feedOf(2)), abi.encode(feed));
    }

    /// @dev The default is in force, and readable.
    function test_SetFeed_FreshAge_IsTenSecondsByDefault() public view {
        assertEq(oracle.freshAgeOf(market), 10);
        assertEq(oracle.feedOf(market).freshAge, 10);
    }

    function test_SetFeed_RevertIf_Invalid() public {
        Feed[30] memory feeds;
        for (uint256 i = 0; i < feeds.length; ++i) {
            feeds[i] = _whole();
        }
        feeds[0].pythId = 0;
        feeds[1].maxAge = 0;
        feeds[2].maxExecutionAge = 0;
        feeds[3].maxLiquidationAge = 0;
        feeds[4].maxLiquidationAge = feeds[4].maxAge + 1;
        feeds[5].collateral.pythId = feeds[5].pythId;
        feeds[6].collateral.maxAge = 0;
        feeds[7].collateral.pythId = 0;
        feeds[8].collateral.heartbeat = 0;
        feeds[9].collateral.aggregator = address(0);
        feeds[10].aggregator = address(0);
        feeds[11].heartbeat = 0;
        feeds[12].maxDeviation = 0;
        feeds[13].maxDeviation = 1_000_000;
        feeds[14].maxAge = feeds[14].fallbackAge + 1;
        feeds[15].sequencerFeed = address(0);
        feeds[16].collateral.maxAge = feeds[16].fallbackAge + 1;
        feeds[17].fallbackAge = 1 hours - 1;
        feeds[18].minAnswer = 0;
        feeds[19].maxAnswer = feeds[19].minAnswer;
        feeds[20].collateral.minAnswer = 0;
        feeds[21].collateral.maxAnswer = feeds[21].collateral.minAnswer;
        feeds[22].collateral.maxSkew = 0;
        feeds[23].collateral.maxSkew = 61;
        feeds[24] = plainFeed(FEED);
        feeds[24].collateral.maxSkew = 1;
        feeds[25] = plainFeed(FEED);
        feeds[25].maxAnswer = 1;
        feeds[26] = plainFeed(FEED);
        feeds[26].fallbackAge = 1 hours;
        feeds[27] = plainFeed(FEED);
        feeds[27].heartbeat = 1;
        feeds[28] = plainFeed(FEED);
        feeds[28].sequencerGracePeriod = 1;
        feeds[29].freshAge = uint8(feeds[29].maxAge + 1);
        vm.startPrank(owner());
        for (uint256 i = 0; i < feeds.length; ++i) {
            bytes memory refusal = abi.encodeWithSelector(SourceRegistry.InvalidFeed.selector, feeds[i]);
            vm.expectRevert(refusal);
            oracle.setFeed(2, feeds[i]);
            vm.expectRevert(refusal);
            oracle.proposeFeed(market, feeds[i]);
        }
        oracle.setFeed(2, _whole());
    }

    /// @dev T67: orders and forced changes wait for this period.
    function test_T67_SetFeed_RevertIf_TheSequencersGracePeriodIsLong() public {
        Feed memory feed = _whole();
        feed.sequencerGracePeriod = 1 hours + 1;
        bytes memory refusal =
            abi.encodeWithSelector(SourceRegistry.SequencerGraceTooLong.selector, 1 hours + 1, 1 hours);
        vm.startPrank(owner());
        vm.expectRevert(refusal);
        oracle.proposeFeed(market, feed);
        vm.expectRevert(refusal);
        oracle.setFeed(market + 1, feed);
        feed.sequencerGracePeriod = 1 hours;
        oracle.proposeFeed(market, feed);
        vm.stopPrank();
    }

    function test_SetFeed_RevertIf_AggregatorHasNoUsableDecimals() public {
        Feed memory feed = _whole();
        AggregatorDouble.Fault[3] memory faults = [
            AggregatorDouble.Fault.Reverts, AggregatorDouble.Fault.RevertsWithTooMuch, AggregatorDouble.Fault.BurnsGas
        ];
        vm.startPrank(owner());
        bytes memory refusal = abi.encodeWithSelector(ChainlinkSource.UnreadableSource.selector, address(aggregator));
        for (uint256 i = 0; i < faults.length; ++i) {
            aggregator.setFault(faults[i]);
            vm.expectRevert(refusal);
            oracle.setFeed(2, feed);
        }
        feed.aggregator = address(new AggregatorDouble(37));
        vm.expectRevert(abi.encodeWithSelector(ChainlinkSource.UnreadableSource.selector, feed.aggregator));
        oracle.setFeed(2, feed);
        feed.aggregator = stranger;
        vm.expectRevert(abi.encodeWithSelector(ChainlinkSource.UnreadableSource.selector, stranger));
        oracle.setFeed(2, feed);
    }

    /// @dev Pyth's contract moves: each market is moved to the new one separately, and pays its fees there.
    function test_SetFeed_MayNameAnotherPyth() public {
        address elsewhere = deployCode("PythDouble.sol:PythDouble", abi.encode(60, 7, 0));
        Feed memory feed = plainFeed(FEED);
        feed.pyth = elsewhere;
        vm.startPrank(owner());
        oracle.setFeed(2, feed);
        bytes[] memory data = new bytes[](1);
        data[0] = priceUpdate(2500e18, timestamp(), timestamp() - 1);
        vm.deal(owner(), 1 ether);
        (bool stored,) = elsewhere.call{value: 7}(abi.encodeWithSignature("updatePriceFeeds(bytes[])", data));
        assertTrue(stored);
        (Price price,,) = oracle.getPrice(2);
        assertEq(price.unwrap(), 2500e18);
        assertEq(liquidationPriceOf(oracle, 2), 2500e18);
        (price,,) = oracle.getPrice(market);
        assertEq(price.unwrap(), START_PRICE);
        assertEq(oracle.executionFee(2, data), 7);
        assertEq(oracle.executionFee(market, data), 1);
        assertEq(oracle.updateFee(data), 1);
    }

    /// @dev A feed with every field set.
    function _whole() private view returns (Feed memory feed) {
        feed = plainFeed(FEED);
        feed.fallbackAge = 1 hours;
        feed.aggregator = address(aggregator);
        feed.heartbeat = 3600;
        feed.maxDeviation = 10_000;
        feed.collateral.pythId = keccak256("USDC/USD");
        feed.collateral.maxAge = 120;
        feed.collateral.maxExecutionAge = 60;
        feed.collateral.maxLiquidationAge = 60;
        feed.collateral.aggregator = address(aggregator);
        feed.collateral.heartbeat = 86_400;
        feed.collateral.maxSkew = 10;
        (feed.minAnswer, feed.maxAnswer) = (100e18, 100_000e18);
        (feed.collateral.minAnswer, feed.collateral.maxAnswer) = (0.1e18, 10e18);
        feed.sequencerFeed = stranger;
        feed.sequencerGracePeriod = 3600;
    }
}
