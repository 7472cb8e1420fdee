// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {PythOracle} from "../../src/oracle/PythOracle.sol";
import {AggregatorDouble} from "../utils/AggregatorDouble.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev T12: what the sources disagree about opens nothing, and closes everything.
contract IncreaseGuardTest is ExchangeTest {
    AggregatorDouble private second;

    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        if (address(second) == address(0)) {
            second = new AggregatorDouble(8);
            second.push(2000e8, timestamp());
        }
        c.feed.fallbackAge = 120;
        c.feed.maxDeviation = 10_000;
        c.feed.aggregator = address(second);
        c.feed.heartbeat = 3600;
    }

    function test_T12_DisagreementStopsOpeningAndNotClosing() public {
        addMargin(alice, 10_000 * USD);
        buy(alice, address(om), 2e18);
        second.push(1900e8, timestamp());
        vm.expectPartialRevert(PythOracle.SourcesDisagree.selector);
        this.buyMore();
        sell(alice, address(om), 1e18);
        close(alice, address(om));
        assertEq(sizeOf(alice), 0);
        vm.expectPartialRevert(PythOracle.SourcesDisagree.selector);
        this.buyMore();
        second.push(1990e8, timestamp());
        this.buyMore();
        assertEq(sizeOf(alice), 1e18);
    }

    function buyMore() external {
        buy(alice, address(om), 1e18);
    }
}
