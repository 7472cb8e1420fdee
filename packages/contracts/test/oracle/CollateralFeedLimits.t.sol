// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {MarketParams} from "../../src/interfaces/IMarketAdmin.sol";
import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {Feed} from "../../src/types/Feed.sol";
import {Price} from "../../src/types/Units.sol";
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
        feed.fallbackAge = 1 hours;
        feed.aggregator = address(baseSecond);
        feed.heartbeat = 7200;
        (feed.minAnswer, feed.maxAnswer) = (1e18, 1_000_000e18);
        feed.collateral.aggregator = address(collateralSecond);
        feed.collateral.heartbeat = 7200;
        (feed.collateral.minAnswer, feed.collateral.maxAnswer) = (0.01e18, 100e18);
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
        skip(1);
        oracle.beginExecution(market, both(2000e8, 0.9e8, timestamp()), timestamp(), timestamp());
        oracle.checkIncrease(market);
        oracle.endExecution();
    }

    /// @dev T18: each of the two feeds falls back separately. The base needs a round after its death, and a round of the
    /// collateral may be older.
    function test_T18_LiquidationFallsBackPartByPart() public {
        collateralSecond.push(0.8e18, timestamp());
        skip(3601);
        setPrice(2400e18);
        assertEq(liquidationPriceOf(oracle, market), 3000e18);
        skip(3601);
        vm.expectPartialRevert(IPriceOracle.StalePrice.selector);
        oracle.getLiquidationPrice(market);
        baseSecond.push(2000e8, timestamp());
        vm.expectPartialRevert(IPriceOracle.StalePrice.selector);
        oracle.getLiquidationPrice(market);
        collateralSecond.push(0.8e18, timestamp());
        (Price price, uint256 publishTime) = oracle.getLiquidationPrice(market);
        assertEq(price.unwrap(), 2500e18);
        assertEq(publishTime, timestamp());
    }

    /// @dev T15, T18: the price of an order is that of the first round of either feed, with the round of the other one
    /// that was in force then.
    function test_T18_FallbackExecution_IsTheFirstChangeOfEitherPart() public {
        skip(3700);
        uint256 begin = timestamp() - 20;
        // The base's round in force came after Pyth's death.
        baseSecond.push(2000e8, begin - 5);
        bytes[] memory none = new bytes[](0);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.NoFirstRound.selector, address(baseSecond), begin));
        oracle.beginExecution(market, none, begin, begin + 10);
        collateralSecond.push(0.8e18, begin + 2);
        assertEq(oracle.beginExecution(market, none, begin, begin + 10).unwrap(), 2500e18, "collateral");
        (,, uint256 publishTime) = oracle.getPrice(market);
        assertEq(publishTime, begin + 2, "of the change");
        oracle.endExecution();
        // Later rounds change nothing, and one of the base that came earlier is the first.
        collateralSecond.push(0.5e18, begin + 3);
        baseSecond.push(1900e8, begin + 4);
        assertEq(oracle.beginExecution(market, none, begin, begin + 10).unwrap(), 2500e18, "later rounds");
        oracle.endExecution();
        assertEq(oracle.beginExecution(market, none, begin + 4, begin + 14).unwrap(), 3800e18, "base");
        oracle.endExecution();
        assertEq(oracle.beginExecution(market, none, begin + 3, begin + 13).unwrap(), 4000e18, "collateral again");
        oracle.endExecution();
    }

    /// @dev A round is in force for its heartbeat.
    function test_T18_FallbackExecution_RevertIf_TheOtherRoundIsNotInForce() public {
        vm.warp(START + 7200 + 1);
        uint256 begin = timestamp();
        baseSecond.push(1900e8, begin);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.NoFirstRound.selector, address(collateralSecond), begin));
        oracle.beginExecution(market, new bytes[](0), begin, begin + 10);
    }

    /// @dev T18: a collateral feed without a second source has no round to execute at, whether the base has one or not.
    function test_T18_FallbackExecution_RevertIf_ThatPartHasNoSecondSource() public {
        MarketParams memory params = config().market;
        Feed memory feed = marketFeed();
        (feed.collateral.aggregator, feed.collateral.heartbeat) = (address(0), 0);
        (feed.collateral.minAnswer, feed.collateral.maxAnswer) = (0, 0);
        vm.startPrank(owner());
        uint256 second = house.createMarket(params);
        oracle.setFeed(second, feed);
        vm.stopPrank();
        skip(3700);
        uint256 begin = timestamp() - 20;
        baseSecond.push(1900e8, begin + 1);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.NoFirstRound.selector, address(0), begin));
        oracle.beginExecution(second, new bytes[](0), begin, begin + 10);
    }

    /// @dev T18: one dead feed is enough, because no execution at the first source is possible without it.
    function test_T18_FallbackExecution_OnlyTheCollateralsFeedIsDead() public {
        skip(3700);
        uint256 begin = timestamp() - 20;
        setPrice(1900e18);
        baseSecond.push(1900e8, begin + 1);
        assertEq(oracle.beginExecution(market, new bytes[](0), begin, begin + 10).unwrap(), 1900e18);
        oracle.endExecution();
        publish(1900e8, 0, 1e8, 0);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.PrimaryAlive.selector, FEED, timestamp(), 1 hours));
        oracle.beginExecution(market, new bytes[](0), begin, begin + 10);
    }
}
