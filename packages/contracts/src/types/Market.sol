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
    /// @dev End of the last pause, or when the end of an outage of the price was reported, seconds. {GRACE_PERIOD} begins.
    uint40 resumedAt;
    /// @dev `resumedAt` is the report of an outage.
    bool wasOutage;
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
}

/// @dev Storage words of a {MarketLedger}.
uint256 constant MARKET_WORDS = 8;

/// @dev The Vault's record of a market, without the positions.
struct MarketLedger {
    // ---- first word: configuration, read by every settlement ----
    /// @dev Margin that must remain after an increasing trade or a withdrawal, ppm of current notional; from `rampEnd`
    /// on.
    uint24 initialMarginRatio;
    /// @dev Margin below which an account is liquidatable, ppm of current notional; from `rampEnd` on.
    uint24 maintenanceMarginRatio;
    /// @dev End of the ramp, seconds. The last word has its start.
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
    /// @dev There is a deposit cap. Steps in a market read this word, and the cap's word only while it is set.
    bool isCapped;
    // ---- second word: scales of the rates, in units of {FeeMath-SCALE} base ----
    /// @dev Net taker position that keeps the funding rate at its cap.
    uint80 skewScale;
    /// @dev Capacity of all makers together, on their long and their short side.
    uint88 makerLongCapacity;
    uint88 makerShortCapacity;
    // ---- third word: collateral and insurance ----
    /// @dev Collateral of this market's accounts and insurance, XCD. Changes only with token transfers or funds.
    uint128 balance;
    /// @dev Pays shortfalls of flat accounts, WAD quote. A negative value is bad debt.
    int128 insurance;
    // ---- four words: accrued fees ----
    PackedFees fees;
    // ---- last word: the ratios at `rampStart`, from which they change linearly ----
    uint24 initialMarginRatioBefore;
    uint24 maintenanceMarginRatioBefore;
    /// @dev seconds
    uint40 rampStart;
}

using MarketLedgerLib for MarketLedger global;

library MarketLedgerLib {
    /// @dev The ratios in force, ppm. During a ramp, they lie on the line between the old and the new ratios.
    function marginRatios(MarketLedger storage self) internal view returns (uint256 initial, uint256 maintenance) {
        initial = self.initialMarginRatio;
        maintenance = self.maintenanceMarginRatio;
        uint256 end = self.rampEnd;
        if (block.timestamp >= end) return (initial, maintenance);
        uint256 start = self.rampStart;
        initial = _between(self.initialMarginRatioBefore, initial, block.timestamp - start, end - start);
        maintenance = _between(self.maintenanceMarginRatioBefore, maintenance, block.timestamp - start, end - start);
    }

    /// @dev The ledger's storage words, for {unpack}.
    function words(MarketLedger storage self) internal view returns (uint256[MARKET_WORDS] memory result) {
        assembly ("memory-safe") {
            for { let i := 0 } lt(i, MARKET_WORDS) { i := add(i, 1) } {
                mstore(add(result, mul(i, 0x20)), sload(add(self.slot, i)))
            }
        }
    }

    /// @dev The ledger of its storage words, first field in the lowest bits. The Vault returns the words only, because
    /// encoding each field costs it 500 bytes of code.
    function unpack(uint256[MARKET_WORDS] memory source) internal pure returns (MarketLedger memory ledger) {
        uint256 word = source[0];
        ledger.initialMarginRatio = Cast.lowUint24(word);
        ledger.maintenanceMarginRatio = Cast.lowUint24(word >> 24);
        ledger.rampEnd = Cast.lowUint40(word >> 48);
        ledger.feeIndexDecimals = Cast.lowUint8(word >> 88);
        ledger.maxBorrowingRate = Cast.lowUint48(word >> 96);
        ledger.maxFundingRate = Cast.lowUint48(word >> 144);
        ledger.maxFundingVelocity = Cast.lowUint48(word >> 192);
        ledger.hasShortfall = Cast.lowUint8(word >> 240) != 0;
        ledger.isCapped = word >> 248 != 0;
        word = source[1];
        ledger.skewScale = Cast.lowUint80(word);
        ledger.makerLongCapacity = Cast.lowUint88(word >> 80);
        ledger.makerShortCapacity = Cast.lowUint88(word >> 168);
        ledger.balance = Cast.lowUint128(source[2]);
        ledger.insurance = Cast.lowInt128(source[2] >> 128);
        ledger.fees = PackedFees({takers: source[3], makers: source[4], funding: source[5], borrowing: source[6]});
        word = source[7];
        ledger.initialMarginRatioBefore = Cast.lowUint24(word);
        ledger.maintenanceMarginRatioBefore = Cast.lowUint24(word >> 24);
        ledger.rampStart = Cast.lowUint40(word >> 48);
    }

    function _between(uint256 from, uint256 to, uint256 elapsed, uint256 duration) private pure returns (uint256) {
        return (from * (duration - elapsed) + to * elapsed) / duration;
    }
}
