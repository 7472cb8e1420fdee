// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {MarketParams} from "../../src/interfaces/IClearingHouse.sol";
import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {PythOracle} from "../../src/oracle/PythOracle.sol";
import {Feed} from "../../src/types/Feed.sol";
import {AggregatorDouble} from "../utils/AggregatorDouble.sol";
import {CollateralFeedFixture} from "./CollateralFeedFixture.sol";
import {liquidationPriceOf} from "../utils/OraclePrices.sol";

/// @dev Confidence limits and second sources of both feeds.
contract PythOracleCollateralLimitsTest is CollateralFeedFixture {
    AggregatorDouble private baseSecond;
    AggregatorDouble private collateralSecond;

    function marketFeed() internal override returns (Feed memory feed) {
        baseSecond = new AggregatorDouble(8);
        collateralSecond = new AggregatorDouble(18);
        baseSecond.push(2000e8, START);
        collateralSecond.push(1e18, START);
        feed = plainWithCollateral();
        feed.maxConfidence = 5000;
        feed.maxDeviation = 10_000;
        feed.fallbackAge = 300;
        feed.aggregator = address(baseSecond);
        feed.heartbeat = 3600;
        feed.collateral.aggregator = address(collateralSecond);
        feed.collateral.heartbeat = 7200;
    }

    /// @dev 0.5% of 2,000 is 10. A wider confidence blocks increases, and nothing else.
    function test_CheckIncrease_ConfidenceLimit() public {
        skip(1);
        publish(2000e8, 10e8, 1e8, 0);
        oracle.checkIncrease(market);
        skip(1);
        publish(2000e8, 10e8 + 1, 1e8, 0);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.ConfidenceTooWide.selector, 10.00000001e18, 10e18));
        oracle.checkIncrease(market);
        assertEq(priceNow(), 2000e18);
        assertEq(liquidationPriceOf(oracle, market), 2000e18);
        skip(1);
        publish(2000e8, 0, 1e8, 0.005e8);
        vm.expectRevert(
            abi.encodeWithSelector(IPriceOracle.ConfidenceTooWide.selector, 10.050251256281407036e18, 10e18)
        );
        oracle.checkIncrease(market);
    }

    function test_CheckIncrease_ChecksTheExecutionsConfidence() public {
        skip(5);
        bytes[] memory data = both(2000e8, 1e8, timestamp());
        data[0] = raw(FEED, 2000e8, 11e8, timestamp(), timestamp() - 1);
        oracle.beginExecution(market, data, timestamp(), timestamp());
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.ConfidenceTooWide.selector, 11e18, 10e18));
        oracle.checkIncrease(market);
        oracle.endExecution();
    }

    /// @dev T10: one source of the collateral still has the peg, and the other has not.
    function test_T10_CheckIncrease_ComparesTheCollateralToo() public {
        oracle.checkIncrease(market);
        collateralSecond.push(0.9e18, timestamp());
        bytes memory refusal = abi.encodeWithSelector(IPriceOracle.SourcesDisagree.selector, USDC, 1e18, 0.9e18, 10_000);
        vm.expectRevert(refusal);
        oracle.checkIncrease(market);
        skip(5);
        oracle.beginExecution(market, both(2000e8, 1e8, timestamp()), timestamp(), timestamp());
        vm.expectRevert(refusal);
        oracle.checkIncrease(market);
        oracle.endExecution();
        oracle.beginExecution(market, both(2000e8, 0.9e8, timestamp()), timestamp(), timestamp());
        oracle.checkIncrease(market);
        oracle.endExecution();
    }

    /// @dev T18: each of the two feeds falls back separately.
    function test_T18_LiquidationFallsBackPartByPart() public {
        skip(301);
        collateralSecond.push(0.8e18, timestamp());
        setPrice(2400e18);
        assertEq(liquidationPriceOf(oracle, market), 3000e18);
        skip(301);
        assertEq(liquidationPriceOf(oracle, market), 2500e18);
    }

    function test_T18_FallbackExecutionNeedsBothRounds() public {
        skip(400);
        uint256 begin = timestamp() - 20;
        baseSecond.push(1900e8, begin + 1);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.NoFirstRound.selector, address(collateralSecond), begin));
        oracle.beginExecution(market, new bytes[](0), begin, begin + 10);
        collateralSecond.push(0.95e18, begin + 2);
        assertEq(oracle.beginExecution(market, new bytes[](0), begin, begin + 10).unwrap(), 2000e18);
        oracle.endExecution();
    }

    /// @dev T18: a collateral feed without a second source has no round to execute at, whether the base has one or not.
    function test_T18_FallbackExecution_RevertIf_ThatPartHasNoSecondSource() public {
        MarketParams memory params = config().market;
        Feed memory feed = marketFeed();
        (feed.collateral.aggregator, feed.collateral.heartbeat) = (address(0), 0);
        vm.startPrank(owner());
        uint256 second = house.createMarket(params);
        oracle.setFeed(second, feed);
        vm.stopPrank();
        skip(400);
        uint256 begin = timestamp() - 20;
        baseSecond.push(1900e8, begin + 1);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.NoFirstRound.selector, address(0), begin));
        oracle.beginExecution(second, new bytes[](0), begin, begin + 10);
    }

    /// @dev T18: one dead feed is enough, because no execution at the first source is possible without it.
    function test_T18_FallbackExecution_OnlyTheCollateralsFeedIsDead() public {
        skip(400);
        uint256 begin = timestamp() - 20;
        setPrice(1900e18);
        baseSecond.push(1900e8, begin + 1);
        collateralSecond.push(0.95e18, begin + 2);
        assertEq(oracle.beginExecution(market, new bytes[](0), begin, begin + 10).unwrap(), 2000e18);
        oracle.endExecution();
        publish(1900e8, 0, 1e8, 0);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.PrimaryAlive.selector, FEED, timestamp(), 300));
        oracle.beginExecution(market, new bytes[](0), begin, begin + 10);
    }
}
