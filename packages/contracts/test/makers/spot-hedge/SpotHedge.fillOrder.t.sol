// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {MakerKind} from "../../utils/MakerKind.sol";
import {SpotHedgeMakerTest} from "../../utils/SpotHedgeMakerTest.sol";

/// @dev H1 and H2 of fills, of both hedged makers.
abstract contract SpotHedgeFillSuite is SpotHedgeMakerTest {
    function testFuzz_H1_AllFourKinds_BaseHeldMirrorsSize(uint256 amount, bool isBaseToQuote, bool isExactInput)
        public
    {
        open(bob, 30e18);
        int256 before = exposure();
        uint256 held = baseHeld();
        amount = boundAmount(amount, 1e12, 20e18);
        bool isExactBase = isBaseToQuote == isExactInput;
        uint256 given = isExactBase ? amount : amount * START_PRICE / WAD;
        (int256 base, int256 quote) = tradeAs(alice, order(alice, maker, isBaseToQuote, isExactInput, given));
        assertEq(int256(baseHeld()) - int256(held), base, "base held changes as the taker's size");
        assertEq(exposure(), before);
        assertEq(isExactBase ? (base < 0 ? -base : base) : (quote < 0 ? -quote : quote), int256(given), "exact side");
        assertEq(weth.balanceOf(maker), baseHeld(), "base tokens");
        assertEq(usd.balanceOf(maker), hasQuoteMaker() ? shq.assetBalance() : 0, "quote tokens");
    }

    function testFuzz_H2_Reducing_TakerNeverDoesBetterThanTheOracle(
        uint256 amount,
        uint256 poolPrice,
        bool isBaseToQuote,
        bool isExactInput
    ) public {
        open(bob, 30e18);
        // Alice's position is one that the order reduces: against the maker, or against the OracleMaker.
        if (isBaseToQuote == hasQuoteMaker()) open(alice, 20e18);
        else openOpposite(alice, 20e18);
        spot.moveTo(boundExactPrice(poolPrice, 1500e18, 2500e18));
        bool isExactBase = isBaseToQuote == isExactInput;
        // A few units of collateral buy nothing in the pool.
        amount = boundAmount(amount, isExactBase ? 1 : 1e10, hasQuoteMaker() ? 11e18 : 14e18);
        uint256 given = isExactBase ? amount : amount * 2000;
        (int256 before, int256 value) = (exposure(), vaultValue(START_PRICE));
        (int256 base, int256 quote) = tradeAs(alice, order(alice, maker, isBaseToQuote, isExactInput, given));
        assertLe(base * 2000 + quote, 0, "taker against the oracle");
        assertEq(exposure(), before, "H1");
        // Swaps round to whole units of collateral.
        assertGe(vaultValue(START_PRICE) + (hasQuoteMaker() ? int256(3e12) : int256(2e12)), value, "the maker lost");
    }
}

contract SpotHedgeBaseMakerFillsTest is SpotHedgeMakerTest(MakerKind.SpotHedgeBase), SpotHedgeFillSuite {}

contract SpotHedgeQuoteMakerFillsTest is SpotHedgeMakerTest(MakerKind.SpotHedgeQuote), SpotHedgeFillSuite {}
