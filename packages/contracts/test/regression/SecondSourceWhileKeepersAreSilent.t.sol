// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {LadderTest} from "../utils/LadderTest.sol";
import {SecondSourceTest} from "../utils/SecondSourceTest.sol";

/// @dev T41: `fallbackAge` was a minute by default, and no caller stored Pyth's price. A liquidator used a round of two
/// hours ago instead. The heartbeat of the aggregator is a day.
contract SecondSourceWhileKeepersAreSilentTest is LadderTest, SecondSourceTest {
    function setUp() public override(ExchangeTest, LadderTest) {
        super.setUp();
    }

    function config() internal override(ExchangeTest, SecondSourceTest) returns (DeployConfig memory c) {
        c = super.config();
        c.feed.heartbeat = 1 days;
        c.feed.fallbackAge = 1 hours;
    }

    /// @dev Alice is long 100 with 20,000: healthy at Pyth's 1,927 (12,700 of 12,044), not at the round's 1,918 (11,800 of
    /// 11,987). The keeper took half of her position and 2.5% of it.
    function test_T41_Liquidation_AtAnOldRound_CostsTheTakerNothing() public {
        long(alice, 20_000 * USD, 100e18);
        second.push(1918e8, timestamp());
        skip(2 hours);
        jump(1927e18);
        (int256 margin, int256 keeperMargin, int256 insured) = (marginOf(alice), marginOf(keeper), insurance());
        // The keepers are silent for longer than the price is fresh.
        skip(10 minutes);
        vm.expectPartialRevert(IPriceOracle.StalePrice.selector);
        takeOver(alice);
        // Also when they are silent for so long that Pyth looks dead.
        skip(2 hours);
        vm.expectPartialRevert(IPriceOracle.StalePrice.selector);
        takeOver(alice);
        assertEq(marginOf(alice), margin, "victim");
        assertEq(marginOf(keeper), keeperMargin, "attacker");
        assertEq(insurance(), insured, "insurance");
        assertEq(sizeOf(alice), 100e18);
        assertLaws();
    }
}
