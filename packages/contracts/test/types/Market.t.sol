// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Test} from "forge-std/Test.sol";
import {
    MARKET_WORDS,
    MarketLedger,
    MarketLedgerLib,
    MarketScales,
    MarketScalesLib,
    MarketTerms,
    MarketTermsLib,
    PackedLedger,
    RATE_UNIT,
    SCALE_UNIT
} from "../../src/types/Market.sol";

/// @dev Packing of a market's terms and scales: each field keeps its value when another one changes.
contract MarketTest is Test {
    uint256 private constant MAX_RATE = uint256(1e18) / 1 days;

    PackedLedger private _stored;

    function testFuzz_Terms_KeepEachField(uint24 initial, uint24 maintenance, uint8 decimals, bool shortfall, bool cap)
        public
        pure
    {
        (initial, maintenance, decimals) = (initial % 1_000_001, maintenance % 1_000_001, decimals % 31);
        MarketTerms terms = MarketTermsLib.create(initial, maintenance, decimals).withShortfall(shortfall).withCap(cap);
        _check(terms, initial, maintenance, decimals, shortfall, cap);
        assertFalse(terms.hasRamp());
        terms = terms.withRatios(maintenance, initial);
        _check(terms, maintenance, initial, decimals, shortfall, cap);
        assertTrue(terms.hasRamp());
        _check(terms.withShortfall(!shortfall), maintenance, initial, decimals, !shortfall, cap);
        _check(terms.withCap(!cap), maintenance, initial, decimals, shortfall, !cap);
    }

    function test_Terms_FlagsAreNoMarket() public pure {
        assertFalse(MarketTerms.wrap(0).withShortfall(true).withCap(true).exists());
        assertTrue(MarketTermsLib.create(1, 0, 0).exists());
    }

    function testFuzz_Scales_KeepEachField(
        uint256 borrowing,
        uint256 funding,
        uint32 velocity,
        uint256 skewScale,
        uint256 long,
        uint256 short
    ) public pure {
        (borrowing, funding) = (bound(borrowing, 0, MAX_RATE), bound(funding, 0, MAX_RATE));
        skewScale = bound(skewScale, 0, MarketScalesLib.MAX_SCALE);
        (long, short) = (bound(long, 0, MarketScalesLib.MAX_SCALE), bound(short, 0, MarketScalesLib.MAX_SCALE));
        MarketScales scales = MarketScales.wrap(type(uint256).max).withFunding(funding, velocity, skewScale)
            .withCapacities(long, short).withBorrowing(borrowing);
        assertEq(scales.maxBorrowingRate(), borrowing - borrowing % RATE_UNIT);
        assertEq(scales.maxFundingRate(), funding - funding % RATE_UNIT);
        assertEq(scales.maxFundingVelocity(), velocity);
        assertEq(scales.skewScale(), skewScale - skewScale % SCALE_UNIT);
        assertEq(scales.makerLongCapacity(), long - long % SCALE_UNIT);
        assertEq(scales.makerShortCapacity(), short - short % SCALE_UNIT);
        assertEq(scales.isOff(), borrowing < RATE_UNIT && funding < RATE_UNIT);
    }

    function testFuzz_Unpack_ReturnsWhatIsStored(uint104 balance, int104 insurance, uint40 start, uint40 end) public {
        _stored.terms = MarketTermsLib.create(100_000, 50_000, 12).withCap(true);
        _stored.scales = MarketScales.wrap(0).withFunding(1e12, 1e7, 1e20).withCapacities(2e20, 3e20);
        (_stored.balance, _stored.insurance, _stored.rampStart, _stored.rampEnd) = (balance, insurance, start, end);
        (_stored.initialMarginRatioBefore, _stored.maintenanceMarginRatioBefore) = (90_000, 40_000);
        _stored.fees.borrowing = uint256(balance) << 64;
        uint256[MARKET_WORDS] memory words = _stored.words();
        MarketLedger memory ledger = MarketLedgerLib.unpack(words);
        assertEq(ledger.balance, balance);
        assertEq(ledger.insurance, insurance);
        assertEq(ledger.initialMarginRatio, 100_000);
        assertEq(ledger.maintenanceMarginRatio, 50_000);
        assertEq(ledger.feeIndexDecimals, 12);
        assertTrue(ledger.isCapped && !ledger.hasShortfall);
        assertEq(ledger.maxFundingRate, 1e12);
        assertEq(ledger.maxFundingVelocity, 1e7);
        assertEq(ledger.skewScale, 1e20);
        assertEq(ledger.makerLongCapacity, 2e20);
        assertEq(ledger.makerShortCapacity, 3e20);
        assertEq(ledger.rampStart, start);
        assertEq(ledger.rampEnd, end);
        assertEq(ledger.initialMarginRatioBefore, 90_000);
        assertEq(ledger.maintenanceMarginRatioBefore, 40_000);
        assertEq(ledger.fees.borrowing, uint256(balance) << 64);
    }

    function _check(MarketTerms t, uint256 initial, uint256 maintenance, uint256 decimals, bool shortfall, bool cap)
        private
        pure
    {
        assertEq(t.initialRatio(), initial);
        assertEq(t.maintenanceRatio(), maintenance);
        assertEq(t.indexDecimals(), decimals);
        assertEq(t.hasShortfall(), shortfall);
        assertEq(t.isCapped(), cap);
    }
}
