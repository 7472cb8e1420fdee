// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Cast} from "./Cast.sol";
import {PackedFees} from "./Fees.sol";

/// @dev What a market allows. Each level allows less than the one before it.
enum MarketStatus {
    /// @dev The market does not exist.
    None,
    Active,
    ReduceOnly,
    /// @dev Nothing trades, nothing is liquidated, nothing accrues.
    Paused,
    /// @dev The feed is dead and positions close at the last price it had.
    Settled
}

/// @dev What the ClearingHouse admits trades by; one storage word, read by every trade.
struct MarketRules {
    /// @dev The market's own status.
    MarketStatus status;
    /// @dev The system's, copied to every market so that a trade reads one word; the stricter of the two binds.
    MarketStatus systemStatus;
    /// @dev Greatest distance of the trade price from the oracle price on increasing trades, ppm.
    uint24 priceBand;
    /// @dev What takers pay to the market's insurance, ppm of the quote they trade.
    uint24 tradingFee;
    /// @dev What a liquidated account pays, ppm of the notional that is closed.
    uint24 liquidationPenalty;
    /// @dev The liquidator's part of the penalty, ppm of it; the rest is insurance.
    uint24 liquidatorShare;
    /// @dev Least notional that a taker's increasing fill may leave, WAD quote.
    uint96 minPositionValue;
    /// @dev Bad debt was recorded. Whether any of it is left is the Vault's to say, and an active market with some is
    /// reduce-only.
    bool hadDebt;
}

/// @dev What applies when somebody cannot carry a position, or the feed has died; one storage word.
struct BackstopRules {
    /// @dev What insurance pays the liquidator of an account that has nothing left, WAD quote.
    uint128 liquidationBounty;
    /// @dev Seconds in which a shortfall beyond insurance can only be deleveraged, not recorded as bad debt.
    uint32 deleverageWindow;
    /// @dev Seconds without a price after which the settlement of the market can be announced.
    uint32 settlementDelay;
}

/// @dev Storage words of a {MarketLedger}.
uint256 constant MARKET_WORDS = 8;

/// @dev What the Vault keeps of a market besides the positions.
struct MarketLedger {
    // ---- first word: configuration, read by every settlement ----
    /// @dev Margin that an increasing trade or a withdrawal must leave, ppm of current notional; from `rampEnd` on.
    uint24 initialMarginRatio;
    /// @dev Margin below which an account can be liquidated, ppm of current notional; from `rampEnd` on.
    uint24 maintenanceMarginRatio;
    /// @dev Seconds; until then the ratios move, see the last word.
    uint40 rampEnd;
    /// @dev Decimals of the funding and borrowing indices (quote per base), chosen when the market is created so that
    /// a price has about 16 digits; see {FeeState}.
    uint8 feeIndexDecimals;
    /// @dev WAD per second: what takers pay for all of the makers' capacity, of its notional.
    uint48 maxBorrowingRate;
    /// @dev WAD per second, of the notional.
    uint48 maxFundingRate;
    /// @dev WAD per second squared: how fast the rate moves at full skew.
    uint48 maxFundingVelocity;
    // ---- second word: what rates are measured by, in {FeeMath-SCALE} base ----
    /// @dev The net taker position at which the skew is full.
    uint80 skewScale;
    /// @dev How far all makers together can go long and short.
    uint88 makerLongCapacity;
    uint88 makerShortCapacity;
    // ---- third word: money ----
    /// @dev Collateral that belongs to this market's accounts, XCD. Moves only when tokens or funds do.
    uint128 balance;
    /// @dev WAD quote that pays shortfalls of accounts whose size is zero. Below zero: bad debt.
    int128 insurance;
    // ---- four words: what has accrued ----
    PackedFees fees;
    // ---- last word: the ratios at `rampStart`, from which they move in a straight line ----
    uint24 initialMarginRatioBefore;
    uint24 maintenanceMarginRatioBefore;
    /// @dev seconds
    uint40 rampStart;
}

using MarketLedgerLib for MarketLedger global;

library MarketLedgerLib {
    /// @dev The ratios in force, ppm. While a change ramps, both lie on the line between the old and the new ones.
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
