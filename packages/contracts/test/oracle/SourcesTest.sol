// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {AggregatorDouble} from "../utils/AggregatorDouble.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev Feeds and executors of the oracle, and the delay of their changes.
abstract contract SourcesTest is ExchangeTest {
    bytes32 internal constant BTC = keccak256("BTC/USD");
    uint256 internal constant DELAY = 2 days;
    AggregatorDouble internal aggregator;

    function setUp() public virtual override {
        super.setUp();
        aggregator = new AggregatorDouble(8);
    }
}
