// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {AggregatorDouble} from "./AggregatorDouble.sol";
import {ExchangeTest} from "./ExchangeTest.sol";

/// @dev An exchange whose feed has a second source beside Pyth. It reports 2,000 until a test pushes another price. The
/// two may differ by 1%, and a Pyth price of two minutes is dead.
abstract contract SecondSourceTest is ExchangeTest {
    AggregatorDouble internal second;

    function config() internal virtual override returns (DeployConfig memory c) {
        c = super.config();
        if (address(second) == address(0)) {
            second = new AggregatorDouble(8);
            second.push(2000e8, timestamp());
        }
        c.feed.aggregator = address(second);
        (c.feed.heartbeat, c.feed.maxDeviation, c.feed.fallbackAge) = (3600, 10_000, 120);
    }
}
