// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Feed} from "../../src/types/Feed.sol";
import {Price} from "../../src/types/Units.sol";
import {AggregatorDouble} from "../utils/AggregatorDouble.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev Market 2 has ETH/USD at Pyth and at an aggregator of 8 decimals, which may differ by 1%. Stored prices serve 60
/// s for trading and 30 s for liquidation. Pyth is dead after an hour, in seconds after DEATH. The test contract is an executor.
abstract contract SecondSourceFixture is ExchangeTest {
    uint256 internal constant M = 2;
    uint256 internal constant DEATH = START + 1 hours;
    AggregatorDouble internal second;

    function setUp() public virtual override {
        super.setUp();
        second = new AggregatorDouble(8);
        second.push(1990e8, START - 100);
        vm.startPrank(owner());
        oracle.setFeed(M, feed());
        oracle.setExecutor(address(this), true);
        vm.stopPrank();
    }

    function feed() internal virtual returns (Feed memory f) {
        f = plainFeed(FEED);
        f.maxLiquidationAge = 30;
        f.fallbackAge = 1 hours;
        f.maxDeviation = 10_000;
        f.aggregator = address(second);
        f.heartbeat = 3600;
        (f.minAnswer, f.maxAnswer) = (1, type(uint128).max);
    }

    function one(uint256 price, uint256 publishTime) internal view returns (bytes[] memory data) {
        data = new bytes[](1);
        data[0] = priceUpdate(price, publishTime, publishTime - 1);
    }

    function priceOf(uint256 marketId) internal view returns (uint256) {
        (Price price,,) = oracle.getPrice(marketId);
        return price.unwrap();
    }
}
