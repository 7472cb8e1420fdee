// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {setDailyFunding} from "../utils/Funding.sol";

/// @dev A base vault whose margin is below zero after fees, while its position is in profit.
contract PartialCloseRefusedBelowZeroMarginTest is ExchangeTest {
    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        setDailyFunding(c, 20e18);
        c.oracleMaker.maxAbsPosition = 100e18;
    }

    /// @dev H3: every close but the whole reverted, because the margin was below zero before and after it.
    function test_H3_PartialClose_PassesWithMarginBelowZero() public {
        addMargin(alice, 100_000 * USD);
        addMargin(bob, 900_000 * USD);
        sell(bob, address(shb), 20e18);
        // Takers are long in sum, so that the maker's long pays funding.
        buy(alice, address(om), 40e18);
        skip(1);
        setPrice(14_000e18);
        spot.moveTo(14_000e18);
        house.accrue(market);
        skip(6 days);
        setPrice(14_000e18);
        (int256 funding,) = d.lens.pendingFeesOf(market, address(shb));
        assertLt(marginOf(address(shb)) - funding, 0, "fees exceed the margin");
        assertGt(valueOf(address(shb)), 0);

        int256 marginBefore = marginOf(address(shb)) - funding;
        int256 valueBefore = valueOf(address(shb));
        uint256 assetsBefore = shb.totalAssets();
        buy(bob, address(shb), 5e18);
        assertEq(sizeOf(bob), -15e18);
        assertGe(marginOf(address(shb)), marginBefore, "no lower than it was");
        assertGe(valueOf(address(shb)), 0);
        assertLe(valueOf(address(shb)), valueBefore);
        assertApproxEqRel(shb.totalAssets(), assetsBefore, 0.01e18, "LPs lose at most the deviation of the swap");
        buy(bob, address(shb), 15e18);
        assertEq(sizeOf(address(shb)), 0);
        assertGe(marginOf(address(shb)), 0, "the last close restores the margin");
    }
}
