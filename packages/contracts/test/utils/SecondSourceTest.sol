// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {AggregatorDouble} from "./AggregatorDouble.sol";
import {ExchangeTest} from "./ExchangeTest.sol";

/// @dev An exchange whose feed has a second source beside Pyth. It reports 2,000 until a test pushes another price. The
/// two may differ by 1%, and a Pyth price of an hour is dead.
abstract contract SecondSourceTest is ExchangeTest {
    /// @dev The last second at which the price of the fixture is not dead.
    uint256 internal constant DEATH = START + 1 hours;
    AggregatorDouble internal second;

    function config() internal virtual override returns (DeployConfig memory c) {
        c = super.config();
        if (address(second) == address(0)) {
            second = new AggregatorDouble(8);
            second.push(2000e8, timestamp());
        }
        c.feed.aggregator = address(second);
        (c.feed.heartbeat, c.feed.maxDeviation, c.feed.fallbackAge) = (3600, 10_000, 3600);
        (c.feed.minAnswer, c.feed.maxAnswer) = (1e18, 1_000_000e18);
    }
}
