// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {setDailyFunding} from "../utils/Funding.sol";

/// @dev T2: a maker with one-sided inventory does not set the funding rate.
contract FundingFarmedByInventoryTest is ExchangeTest {
    address private carol = makeAddr("carol");

    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        setDailyFunding(c, 100e18);
    }

    function setUp() public override {
        super.setUp();
        fund(carol, 100_000 * USD);
        vm.prank(owner());
        om.setValidSender(carol, true);
        addMargin(alice, 100_000 * USD);
        addMargin(bob, 100_000 * USD);
        addMargin(carol, 100_000 * USD);
        buy(bob, address(om), 5e18);
    }

    /// @dev The attacker opens a long at one maker and closes it at the other. The first maker stays short 90, and the
    /// attacker is flat. Its second account is short and would receive funding from longs.
    function test_T2_InventoryLeftAtOneMaker_EarnsNoFunding() public {
        uint256 state = vm.snapshotState();
        _pass(10 days);
        int256 untouched = valueOf(bob);
        vm.revertToState(state);

        int256 before = valueOf(alice) + valueOf(carol);
        buy(alice, address(om), 90e18);
        sell(alice, address(shb), 90e18);
        assertEq(sizeOf(alice), 0);
        assertEq(sizeOf(address(om)), -95e18, "inventory left at the maker");
        sell(carol, address(om), 10e18);
        _pass(10 days);
        (int256 funding,) = d.lens.pendingFeesOf(market, carol);
        assertGe(funding, 0, "funding received without a skew");
        close(carol, address(om));
        assertLe(valueOf(alice) + valueOf(carol), before, "the attacker gained");
        assertGe(valueOf(bob), untouched, "the victim paid");
    }

    function _pass(uint256 time) private {
        skip(time);
        setPrice(START_PRICE);
        house.accrue(market);
    }
}
