// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {LadderTest} from "../utils/LadderTest.sol";
import {liquidationPriceOf} from "../utils/OraclePrices.sol";
import {SecondSourceTest} from "../utils/SecondSourceTest.sol";

/// @dev T45: the aggregator cannot report less than 1,500, and the market is below that. Shorts were valued and
/// liquidated at its bound, and longs were not liquidated.
contract AggregatorAtItsBoundTest is LadderTest, SecondSourceTest {
    function setUp() public override(ExchangeTest, LadderTest) {
        super.setUp();
    }

    function config() internal override(ExchangeTest, SecondSourceTest) returns (DeployConfig memory c) {
        c = super.config();
        (c.feed.minAnswer, c.feed.maxAnswer) = (1500e18, 10_000e18);
    }

    /// @dev The liquidator took a position over at 1,500 while it was worth less, so that it earned nothing, or more.
    function test_T45_NoLiquidationAtABoundOfTheAggregator() public {
        long(alice, 55_000 * USD, 100e18);
        vm.warp(DEATH + 1);
        uint256[4] memory bounds = [uint256(1500e8), 1499e8, 10_000e8, 10_001e8];
        (int256 margin, int256 keeperMargin) = (marginOf(alice), marginOf(keeper));
        for (uint256 i = 0; i < 4; ++i) {
            second.push(int256(bounds[i]), timestamp());
            vm.expectPartialRevert(IPriceOracle.StalePrice.selector);
            takeOver(alice);
        }
        assertEq(marginOf(alice), margin);
        assertEq(marginOf(keeper), keeperMargin);
        second.push(1500e8 + 1, timestamp());
        assertEq(liquidationPriceOf(oracle, market), 1500e18 + 1e10);
        takeOver(alice);
        assertLaws();
    }
}
