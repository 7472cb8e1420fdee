// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Cast} from "./Cast.sol";
import {PackedFees} from "./Fees.sol";

/// @dev Status of a market or of the system. Each value is stricter than the one before it.
enum MarketStatus {
    /// @dev The market does not exist.
    None,
    Active,
    ReduceOnly,
    /// @dev No trades, no forced changes, no accrual.
    Paused,
    /// @dev The price feed is dead. Positions close at its last price.
    Settled
}

/// @dev Rules by which the ClearingHouse admits trades. One storage word, which every trade reads.
struct MarketRules {
    /// @dev The market's own status.
    MarketStatus status;
    /// @dev A copy of the system's status, so that a trade reads one word. The stricter of the two binds.
    MarketStatus systemStatus;
    /// @dev Largest distance of the trade price from the oracle price in increasing trades, ppm.
    uint24 priceBand;
    /// @dev Fee of takers to the market's insurance, ppm of the quote traded.
    uint24 tradingFee;
    /// @dev Penalty of a liquidated account, ppm of the notional closed.
    uint24 liquidationPenalty;
    /// @dev The liquidator's part of the penalty, ppm. Insurance receives the rest.
    uint24 liquidatorShare;
    /// @dev Least notional of a taker's position after a trade that leaves one, WAD quote; from the end of the ramp on.
    uint80 minPositionValue;
    /// @dev Bad debt was recorded. Trades then read the insurance from the Vault: while it is negative, an active
    /// market is reduce-only.
    bool hadDebt;
    /// @dev The minimum was raised. Trades then read its ramp.
    bool isMinValueRamping;
    /// @dev End of the last pause, or of the last reported outage of the price, whichever is later, seconds. {GRACE_PERIOD}
    /// begins.
    uint40 resumedAt;
}

/// @dev The publish times of prices at which no position opens, so that later pauses and reports change none of them.
struct GracePeriods {
    /// @dev End of the last pause, seconds. Prices before the end of its {GRACE_PERIOD} open nothing.
    uint256 pausedUntil;
    /// @dev One for each report of an outage, in the order of the reports.
    OutageGrace[] outages;
}

/// @dev The grace period of one report of an outage, in one word: prices from `from` on and before `end` open nothing, seconds.
/// OpenZeppelin's Checkpoints have an assembly block that is not marked as memory-safe, which costs every trade 2,000 gas.
struct OutageGrace {
    uint128 from;
    uint128 end;
}

/// @dev Seconds after a pause, or after an outage of the price or of the L2's sequencer, in which no account is liquidated
/// and no position increases, so that accounts can add margin and reduce.
uint256 constant GRACE_PERIOD = 10 minutes;

/// @dev A rise of the minimum position value, linear in time. One storage word.
struct MinValueRamp {
    /// @dev WAD quote, at `start`
    uint80 from;
    /// @dev seconds
    uint40 start;
    /// @dev seconds
    uint40 end;
}

/// @dev Rules for accounts with a shortfall and for a dead price feed. One storage word.
struct BackstopRules {
    /// @dev Most that insurance adds to a liquidator's reward that the liquidated account cannot pay, WAD quote. The
    /// trading fee of the closed notional is the other limit.
    uint128 liquidationBounty;
    /// @dev Seconds during which a shortfall beyond insurance can only be deleveraged and not recorded as bad debt.
    uint32 deleverageWindow;
    /// @dev Seconds without a price, outside pauses, after which the market's settlement can be announced. Must exceed
    /// the longest closure of the priced asset's own market.
    uint32 settlementDelay;
    /// @dev Beginning of the last pause or reported outage of the price, seconds. Those without a whole window of deleveraging
    /// between them count as one.
    uint40 stoppedAt;
}

/// @dev Storage words of a {PackedLedger}.
uint256 constant MARKET_WORDS = 7;

/// @dev Unit of stored rates, WAD per second: 0.0003% of the notional per year. {IMarketSettings} rounds rates down to it.
uint48 constant RATE_UNIT = 1e5;

/// @dev Unit of stored capacities and skew scales, WAD base.
uint128 constant SCALE_UNIT = 1e15;

/// @dev Margin ratios and flags of a market. From the lowest bit: initial ratio 20, maintenance ratio 20 (ppm), decimals of
/// the fee indices 5, ramp 1, shortfall 1, cap 1.
type MarketTerms is uint48;

/// @dev Scales of funding and borrowing in one word, so that an accrual reads no second one. From the lowest bit: borrowing
/// rate 28 and funding rate 28 (in {RATE_UNIT}), funding velocity 32 (WAD per second squared), skew scale 56, long capacity
/// 56, short capacity 56 (in {SCALE_UNIT}).
type MarketScales is uint256;

/// @dev The Vault's record of a market as stored, without the positions. A step that moves collateral, and a fill, read and
/// write its first word.
struct PackedLedger {
    // ---- first word ----
    /// @dev {MarketLedger-balance}
    uint104 balance;
    /// @dev {MarketLedger-insurance}
    int104 insurance;
    MarketTerms terms;
    // ---- second word ----
    MarketScales scales;
    // ---- four words: accrued fees ----
    PackedFees fees;
    // ---- last word: the ratios at `rampStart`, from which they change linearly until `rampEnd` ----
    uint24 initialMarginRatioBefore;
    uint24 maintenanceMarginRatioBefore;
    uint40 rampStart;
    uint40 rampEnd;
}

/// @dev A {PackedLedger} in memory.
struct MarketLedger {
    /// @dev Margin that must remain after an increasing trade or a withdrawal, ppm of current notional; from `rampEnd`
    /// on.
    uint24 initialMarginRatio;
    /// @dev Margin below which an account is liquidatable, ppm of current notional; from `rampEnd` on.
    uint24 maintenanceMarginRatio;
    /// @dev seconds
    uint40 rampEnd;
    /// @dev Decimals of the funding and borrowing indices (quote per base), chosen at the market's creation so that a
    /// price has about 16 digits; see {FeeState}.
    uint8 feeIndexDecimals;
    /// @dev Borrowing rate at full utilization of the makers' capacity, WAD per second of the notional.
    uint48 maxBorrowingRate;
    /// @dev Cap of the funding rate, WAD per second of the notional.
    uint48 maxFundingRate;
    /// @dev Change of a zero funding rate at a skew of `skewScale`, WAD per second squared.
    uint48 maxFundingVelocity;
    /// @dev The Backstop knows a shortfall ({IBackstop-flaggedShortfallOf}).
    bool hasShortfall;
    /// @dev There is a deposit cap. Steps in a market read the cap's word only while it is set.
    bool isCapped;
    /// @dev Net taker position that keeps the funding rate at its cap, WAD base.
    uint128 skewScale;
    /// @dev Capacity of all makers together, on their long and their short side, WAD base.
    uint128 makerLongCapacity;
    uint128 makerShortCapacity;
    /// @dev Collateral of this market's accounts and insurance, XCD. Changes only with token transfers or funds.
    uint128 balance;
    /// @dev Pays shortfalls of flat accounts, WAD quote. A negative value is bad debt.
    int128 insurance;
    PackedFees fees;
    uint24 initialMarginRatioBefore;
    uint24 maintenanceMarginRatioBefore;
    /// @dev seconds
    uint40 rampStart;
}

using MarketTermsLib for MarketTerms global;
using MarketScalesLib for MarketScales global;
using MarketLedgerLib for PackedLedger global;

library MarketTermsLib {
    uint256 private constant RATIO = type(uint24).max >> 4;
    uint256 private constant RATIO_BITS = 20;
    uint256 private constant DECIMALS_SHIFT = 40;
    uint256 private constant DECIMALS = type(uint8).max >> 3;
    uint256 private constant BELOW_FLAGS = type(uint48).max >> 3;
    uint256 private constant RAMP = 1 << 45;
    uint256 private constant SHORTFALL = 1 << 46;
    uint256 private constant CAP = 1 << 47;

    /// @dev Ratios are at most 1e6, decimals at most 30.
    function create(uint256 initial, uint256 maintenance, uint256 decimals) internal pure returns (MarketTerms) {
        return _wrap(initial | maintenance << RATIO_BITS | decimals << DECIMALS_SHIFT);
    }

    /// @dev New ratios, with a ramp.
    function withRatios(MarketTerms self, uint256 initial, uint256 maintenance) internal pure returns (MarketTerms) {
        uint256 word = MarketTerms.unwrap(self);
        return _wrap(word >> DECIMALS_SHIFT << DECIMALS_SHIFT | RAMP | initial | maintenance << RATIO_BITS);
    }

    function withShortfall(MarketTerms self, bool isSet) internal pure returns (MarketTerms) {
        return _with(self, SHORTFALL, isSet);
    }

    function withCap(MarketTerms self, bool isSet) internal pure returns (MarketTerms) {
        return _with(self, CAP, isSet);
    }

    /// @dev ppm, from the end of the ramp on
    function initialRatio(MarketTerms self) internal pure returns (uint256) {
        return MarketTerms.unwrap(self) & RATIO;
    }

    /// @dev ppm, from the end of the ramp on
    function maintenanceRatio(MarketTerms self) internal pure returns (uint256) {
        return (MarketTerms.unwrap(self) >> RATIO_BITS) & RATIO;
    }

    function indexDecimals(MarketTerms self) internal pure returns (uint256) {
        return (MarketTerms.unwrap(self) >> DECIMALS_SHIFT) & DECIMALS;
    }

    /// @dev Whether the ratios have been changed since the market's creation. The last word then has the ramp.
    function hasRamp(MarketTerms self) internal pure returns (bool) {
        return MarketTerms.unwrap(self) & RAMP != 0;
    }

    function hasShortfall(MarketTerms self) internal pure returns (bool) {
        return MarketTerms.unwrap(self) & SHORTFALL != 0;
    }

    function isCapped(MarketTerms self) internal pure returns (bool) {
        return MarketTerms.unwrap(self) & CAP != 0;
    }

    function exists(MarketTerms self) internal pure returns (bool) {
        return MarketTerms.unwrap(self) & BELOW_FLAGS != 0;
    }

    function _with(MarketTerms self, uint256 flag, bool isSet) private pure returns (MarketTerms) {
        uint256 word = MarketTerms.unwrap(self);
        return _wrap(isSet ? word | flag : word & ~flag);
    }

    function _wrap(uint256 word) private pure returns (MarketTerms) {
        return MarketTerms.wrap(Cast.lowUint48(word));
    }
}

library MarketScalesLib {
    uint256 private constant RATE = type(uint32).max >> 4;
    uint256 private constant FUNDING_RATE_SHIFT = 28;
    uint256 private constant VELOCITY_SHIFT = 56;
    uint256 private constant VELOCITY = type(uint32).max;
    uint256 private constant SKEW_SCALE_SHIFT = 88;
    uint256 private constant LONG_SHIFT = 144;
    uint256 private constant SHORT_SHIFT = 200;
    uint256 private constant SCALE = type(uint56).max;
    uint256 private constant FUNDING =
        VELOCITY << VELOCITY_SHIFT | RATE << FUNDING_RATE_SHIFT | SCALE << SKEW_SCALE_SHIFT;

    /// @dev Maximum of a skew scale and of a side's capacity, WAD base.
    uint256 internal constant MAX_SCALE = SCALE * SCALE_UNIT;

    /// @dev Whether neither funding nor borrowing accrues.
    function isOff(MarketScales self) internal pure returns (bool) {
        return MarketScales.unwrap(self) & (RATE | RATE << FUNDING_RATE_SHIFT) == 0;
    }

    /// @dev WAD per second
    function maxBorrowingRate(MarketScales self) internal pure returns (uint256) {
        unchecked {
            return (MarketScales.unwrap(self) & RATE) * RATE_UNIT;
        }
    }

    /// @dev WAD per second
    function maxFundingRate(MarketScales self) internal pure returns (uint256) {
        unchecked {
            return (MarketScales.unwrap(self) >> FUNDING_RATE_SHIFT & RATE) * RATE_UNIT;
        }
    }

    /// @dev WAD per second squared
    function maxFundingVelocity(MarketScales self) internal pure returns (uint256) {
        return MarketScales.unwrap(self) >> VELOCITY_SHIFT & VELOCITY;
    }

    /// @dev WAD base
    function skewScale(MarketScales self) internal pure returns (uint256) {
        return _scale(self, SKEW_SCALE_SHIFT);
    }

    /// @dev WAD base
    function makerLongCapacity(MarketScales self) internal pure returns (uint256) {
        return _scale(self, LONG_SHIFT);
    }

    /// @dev WAD base
    function makerShortCapacity(MarketScales self) internal pure returns (uint256) {
        return _scale(self, SHORT_SHIFT);
    }

    /// @dev The rate is at most 100% per day, and rounded down to {RATE_UNIT}.
    function withBorrowing(MarketScales self, uint256 maxRate) internal pure returns (MarketScales) {
        return MarketScales.wrap(MarketScales.unwrap(self) & ~RATE | maxRate / RATE_UNIT);
    }

    /// @dev The rate is at most 100% per day, the velocity at most that per hour, the scale at most {MAX_SCALE}. Rate and scale
    /// are rounded down to their units.
    function withFunding(MarketScales self, uint256 maxRate, uint256 maxVelocity, uint256 scale)
        internal
        pure
        returns (MarketScales)
    {
        return MarketScales.wrap(
            MarketScales.unwrap(self) & ~FUNDING | maxRate / RATE_UNIT << FUNDING_RATE_SHIFT | maxVelocity
                << VELOCITY_SHIFT | scale / SCALE_UNIT << SKEW_SCALE_SHIFT
        );
    }

    /// @dev Capacities are at most {MAX_SCALE}, in whole {SCALE_UNIT}.
    function withCapacities(MarketScales self, uint256 long, uint256 short) internal pure returns (MarketScales) {
        uint256 word = MarketScales.unwrap(self) << (256 - LONG_SHIFT) >> (256 - LONG_SHIFT);
        return MarketScales.wrap(word | long / SCALE_UNIT << LONG_SHIFT | short / SCALE_UNIT << SHORT_SHIFT);
    }

    function _scale(MarketScales self, uint256 shift) private pure returns (uint256) {
        unchecked {
            return (MarketScales.unwrap(self) >> shift & SCALE) * SCALE_UNIT;
        }
    }
}

library MarketLedgerLib {
    /// @dev The ratios in force, ppm. During a ramp, they lie on the line between the old and the new ratios.
    function marginRatios(PackedLedger storage self) internal view returns (uint256 initial, uint256 maintenance) {
        MarketTerms terms = self.terms;
        (initial, maintenance) = (terms.initialRatio(), terms.maintenanceRatio());
        if (!terms.hasRamp()) return (initial, maintenance);
        uint256 end = self.rampEnd;
        if (block.timestamp >= end) return (initial, maintenance);
        uint256 start = self.rampStart;
        initial = _between(self.initialMarginRatioBefore, initial, block.timestamp - start, end - start);
        maintenance = _between(self.maintenanceMarginRatioBefore, maintenance, block.timestamp - start, end - start);
    }

    /// @dev The ledger's storage words, for {unpack}.
    function words(PackedLedger storage self) internal view returns (uint256[MARKET_WORDS] memory result) {
        assembly ("memory-safe") {
            for { let i := 0 } lt(i, MARKET_WORDS) { i := add(i, 1) } {
                mstore(add(result, mul(i, 0x20)), sload(add(self.slot, i)))
            }
        }
    }

    /// @dev The ledger of its storage words, first field in the lowest bits. The Vault returns the words only, because
    /// encoding each field costs it 500 bytes of code.
    function unpack(uint256[MARKET_WORDS] memory source) internal pure returns (MarketLedger memory ledger) {
        MarketTerms terms = MarketTerms.wrap(Cast.lowUint48(source[0] >> 208));
        MarketScales scales = MarketScales.wrap(source[1]);
        uint256 ramp = source[6];
        ledger.initialMarginRatio = Cast.lowUint24(terms.initialRatio());
        ledger.maintenanceMarginRatio = Cast.lowUint24(terms.maintenanceRatio());
        ledger.rampEnd = Cast.lowUint40(ramp >> 88);
        ledger.feeIndexDecimals = Cast.lowUint8(terms.indexDecimals());
        ledger.maxBorrowingRate = Cast.lowUint48(scales.maxBorrowingRate());
        ledger.maxFundingRate = Cast.lowUint48(scales.maxFundingRate());
        ledger.maxFundingVelocity = Cast.lowUint48(scales.maxFundingVelocity());
        (ledger.hasShortfall, ledger.isCapped) = (terms.hasShortfall(), terms.isCapped());
        ledger.skewScale = Cast.lowUint128(scales.skewScale());
        ledger.makerLongCapacity = Cast.lowUint128(scales.makerLongCapacity());
        ledger.makerShortCapacity = Cast.lowUint128(scales.makerShortCapacity());
        (ledger.balance, ledger.insurance) = (Cast.lowUint104(source[0]), Cast.lowInt104(source[0] >> 104));
        ledger.fees = PackedFees({takers: source[2], makers: source[3], funding: source[4], borrowing: source[5]});
        ledger.initialMarginRatioBefore = Cast.lowUint24(ramp);
        ledger.maintenanceMarginRatioBefore = Cast.lowUint24(ramp >> 24);
        ledger.rampStart = Cast.lowUint40(ramp >> 48);
    }

    function _between(uint256 from, uint256 to, uint256 elapsed, uint256 duration) private pure returns (uint256) {
        return (from * (duration - elapsed) + to * elapsed) / duration;
    }
}
