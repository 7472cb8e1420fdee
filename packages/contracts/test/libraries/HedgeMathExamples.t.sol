// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {HedgeMath} from "../../src/libraries/HedgeMath.sol";
import {PPM, Price} from "../../src/types/Units.sol";
import {Bounds} from "../utils/Bounds.sol";

/// @dev Amounts that a taker of a spot-hedged maker pays and gets, and the distance of a hedge from the oracle price.
contract HedgeMathExamplesTest is Bounds {
    Price private constant PRICE = Price.wrap(2000e18);
    /// @dev ppm
    uint256 private constant DEVIATION = 20_000;
    /// @dev WAD per unit of a base token of 8 decimals
    uint256 private constant UNIT = 1e10;

    // ---------------------------------------------------------------------------------------------------- spread ----

    function test_Spread_EveryRoundingIsForTheVault() public pure {
        assertEq(HedgeMath.lessSpreadDown(1, 1), 0, "a seller gets less");
        assertEq(HedgeMath.plusSpreadUp(1, 1), 2, "a buyer pays more");
        assertEq(HedgeMath.grossUp(1, 1), 2, "the swap must yield more");
        assertEq(HedgeMath.netDown(1, 1), 0, "the swap may cost less");
    }

    function test_Spread_ZeroChangesNothing() public pure {
        assertEq(HedgeMath.lessSpreadDown(7, 0), 7);
        assertEq(HedgeMath.plusSpreadUp(7, 0), 7);
        assertEq(HedgeMath.grossUp(7, 0), 7);
        assertEq(HedgeMath.netDown(7, 0), 7);
    }

    /// @dev The minimum yield of a swap suffices, and one wei less does not.
    function testFuzz_Spread_GrossUpIsTheLeast(uint256 quote, uint256 spread) public pure {
        quote = boundQuote(quote, 1, 1e30);
        spread = boundRatio(spread, 0, PPM / 2);
        uint256 gross = HedgeMath.grossUp(quote, spread);
        assertGe(HedgeMath.lessSpreadDown(gross, spread), quote, "enough");
        assertLt(HedgeMath.lessSpreadDown(gross - 1, spread), quote, "no more than that");
    }

    /// @dev The maximum cost of a swap is covered, and one wei more is not.
    function testFuzz_Spread_NetDownIsTheMost(uint256 quote, uint256 spread) public pure {
        quote = boundQuote(quote, 1, 1e30);
        spread = boundRatio(spread, 0, PPM / 2);
        uint256 net = HedgeMath.netDown(quote, spread);
        assertLe(HedgeMath.plusSpreadUp(net, spread), quote, "paid for");
        assertGt(HedgeMath.plusSpreadUp(net + 1, spread), quote, "no more than that");
    }

    // ------------------------------------------------------------------------------------------- the oracle price ----

    /// @dev T5: the bound applies on both sides, to the last wei.
    function test_T5_IsNear_UpToTheBoundOnBothSides() public pure {
        assertTrue(HedgeMath.isNear(1e18, 2000e18, PRICE, 0), "at the price");
        assertTrue(HedgeMath.isNear(1e18, 2040e18, PRICE, DEVIATION), "at the upper bound");
        assertFalse(HedgeMath.isNear(1e18, 2040e18 + 1, PRICE, DEVIATION), "above the floor");
        assertTrue(HedgeMath.isNear(1e18, 1960e18, PRICE, DEVIATION), "at the lower bound");
        assertFalse(HedgeMath.isNear(1e18, 1960e18 - 1, PRICE, DEVIATION), "below it");
    }

    function test_WorseQuote_IsTheWorseOfSwapAndOracle() public pure {
        assertEq(HedgeMath.worseQuote(true, 1e18, 2010e18, PRICE), 2000e18, "sells: the pool is above");
        assertEq(HedgeMath.worseQuote(true, 1e18, 1990e18, PRICE), 1990e18, "sells: the pool is below");
        assertEq(HedgeMath.worseQuote(false, 1e18, 2010e18, PRICE), 2010e18, "buys: the pool is above");
        assertEq(HedgeMath.worseQuote(false, 1e18, 1990e18, PRICE), 2000e18, "buys: the pool is below");
    }

    function test_WorseQuote_RoundsAgainstTheTaker() public pure {
        Price third = Price.wrap(uint256(1e18) / 3);
        assertEq(HedgeMath.worseQuote(true, 1, 1, third), 0, "sells");
        assertEq(HedgeMath.worseQuote(false, 1, 0, third), 1, "buys");
    }

    function test_WorseBase_IsTheWorseOfSwapAndOracle() public pure {
        assertEq(HedgeMath.worseBase(true, 0.99e18, 2000e18, PRICE, UNIT), 1e18, "gives: the pool is above");
        assertEq(HedgeMath.worseBase(true, 1.01e18, 2000e18, PRICE, UNIT), 1.01e18, "gives: the pool is below");
        assertEq(HedgeMath.worseBase(false, 0.99e18, 2000e18, PRICE, UNIT), 0.99e18, "gets: the pool is above");
        assertEq(HedgeMath.worseBase(false, 1.01e18, 2000e18, PRICE, UNIT), 1e18, "gets: the pool is below");
    }

    function test_WorseBase_IsWholeUnitsAgainstTheTaker() public pure {
        assertEq(HedgeMath.worseBase(true, 0, 2000e18 + 1, PRICE, UNIT), 1e18 + UNIT, "gives one unit more");
        assertEq(HedgeMath.worseBase(false, 2e18, 2000e18 - 1, PRICE, UNIT), 1e18 - UNIT, "gets one unit less");
    }
}
