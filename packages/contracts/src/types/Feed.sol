// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Cast} from "./Cast.sol";

/// @dev `freshAge` where the feed names none, seconds.
uint8 constant DEFAULT_FRESH_AGE = 10;

/// @dev Seconds between the announcement of a feed or an executor and its effect.
uint256 constant SOURCE_DELAY = 2 days;

/// @dev Maximum seconds of delay and validity of an order or a request together. With the lag of a chain's clock it is
/// shorter than {SOURCE_DELAY}, so a feed that is announced during the life of an order takes effect after it (T39).
uint256 constant MAX_LIFETIME = 1 days;

/// @dev Minimum `fallbackAge`, seconds. Keepers must store a price far more often: a source that no account has stored
/// for this long looks dead (T41).
uint256 constant MIN_FALLBACK_AGE = 1 hours;

/// @dev Maximum `sequencerGracePeriod`, seconds. Forced changes wait for it, and for {GRACE_PERIOD} after it.
uint256 constant MAX_SEQUENCER_GRACE = 1 hours;

/// @dev Maximum `maxSkew`, seconds.
uint256 constant MAX_SKEW = 1 minutes;

/// @dev A price that is published more than this after the block's time is not valid yet, seconds (T49).
uint256 constant MAX_LEAD = 10;

/// @dev No lag of a chain's clock explains a publish time that is further ahead of the block, seconds. A source with
/// such a price counts as dead (T49).
uint256 constant MAX_CLOCK_LAG = 1 hours;

/// @dev Price sources of a market and requirements on their prices. Ages are in seconds, limits in parts per million
/// (1e6 = 100%). Fields from `fallbackAge` on are optional: zero means none.
struct Feed {
    /// @dev Pyth id of the base price in dollars, or in the collateral if there is no collateral feed.
    bytes32 pythId;
    /// @dev Maximum age of a stored price for trades and for the value of shares.
    uint32 maxAge;
    /// @dev Maximum age of an execution price of either source, and of a price that proves that a signed order is due.
    uint32 maxExecutionAge;
    /// @dev Maximum age of a stored price for liquidations, at most `maxAge`.
    uint32 maxLiquidationAge;
    /// @dev Maximum age of a stored price in withdrawals from an open position, and in liquidations against makers that
    /// price from the oracle, at most `maxAge`. At least two blocks of the chain. Zero: {DEFAULT_FRESH_AGE}.
    uint8 freshAge;
    /// @dev Age at which Pyth's stored price counts as dead and later rounds of the second source replace it, at least
    /// `maxAge` and {MIN_FALLBACK_AGE}. Only with a second source.
    uint32 fallbackAge;
    /// @dev Maximum confidence for increases, as a part of the price. Zero: no limit.
    uint24 maxConfidence;
    /// @dev Maximum difference of the two sources for increases, as a part of the lower price. Only with a second
    /// source, and then non-zero.
    uint24 maxDeviation;
    /// @dev Maximum fee of one execution that the oracle's balance pays, wei: the fee of the updates that an execution
    /// needs. Zero: keepers always attach the fee.
    uint64 floatFee;
    /// @dev Pyth contract of this market. Zero: the default one of the oracle.
    address pyth;
    /// @dev Second source: Chainlink aggregator (proxy) of the same quantity as `pythId`.
    address aggregator;
    /// @dev Maximum age of the aggregator's latest round.
    uint32 heartbeat;
    /// @dev Bounds of the aggregator's answer, WAD dollars, both exclusive: an answer at a bound counts as missing,
    /// because the aggregator may be clamped there (T45). Only with a second source, and then non-zero.
    uint128 minAnswer;
    uint128 maxAnswer;
    CollateralFeed collateral;
    /// @dev Chainlink's uptime feed of an L2's sequencer. While it reports an outage, and in the grace period after it,
    /// the second source is not used, and orders and requests are neither created nor executed.
    address sequencerFeed;
    /// @dev Seconds after a restart of the sequencer.
    uint32 sequencerGracePeriod;
}

/// @dev Feed of the collateral price in dollars. The price of the market is base/USD divided by collateral/USD.
struct CollateralFeed {
    /// @dev Zero: the market has no collateral feed.
    bytes32 pythId;
    uint32 maxAge;
    uint32 maxExecutionAge;
    uint32 maxLiquidationAge;
    /// @dev Maximum seconds between the publish times of base and collateral at Pyth, in [1, {MAX_SKEW}] (T37).
    uint32 maxSkew;
    address aggregator;
    uint32 heartbeat;
    /// @dev As for the base, WAD dollars.
    uint128 minAnswer;
    uint128 maxAnswer;
}

/// @dev Fields of a feed that a trade reads besides the id, in one word. From the lowest bit: maxAge 32,
/// maxExecutionAge 32, maxLiquidationAge 32, fallbackAge 32 (of the collateral feed: maxSkew), maxConfidence 24,
/// maxDeviation 24, floatFee 64, flags 8, freshAge 8. The flags state which other words are set, so a feature that is not
/// configured costs no storage read.
type FeedLimits is uint256;

/// @dev A Chainlink contract in one word. From the lowest bit: address 160, seconds 32 (heartbeat of an aggregator,
/// grace period of a sequencer feed), decimals of the answer 8. Zero means none.
type Aggregator is uint256;

/// @dev Exclusive bounds of an aggregator's price, WAD dollars. From the lowest bit: minimum 128, maximum 128.
type AnswerBounds is uint256;

using FeedLimitsLib for FeedLimits global;
using AggregatorLib for Aggregator global;
using AnswerBoundsLib for AnswerBounds global;

/// @dev An aggregator with the bounds of its answers. A market without a second source reads neither word.
struct SecondSource {
    Aggregator aggregator;
    AnswerBounds bounds;
}

/// @dev A feed as stored. A market without optional features reads the first two words only.
struct StoredFeed {
    bytes32 pythId;
    FeedLimits limits;
    bytes32 collateralPythId;
    /// @dev Ages and skew of the collateral feed only.
    FeedLimits collateralLimits;
    SecondSource second;
    SecondSource collateralSecond;
    Aggregator sequencer;
    address pyth;
}

library FeedLimitsLib {
    uint256 private constant EXECUTION_AGE = 32;
    uint256 private constant LIQUIDATION_AGE = 64;
    uint256 private constant FALLBACK_AGE = 96;
    uint256 private constant CONFIDENCE = 128;
    uint256 private constant DEVIATION = 152;
    uint256 private constant FLOAT_FEE = 176;
    uint256 private constant FRESH_AGE = 248;
    uint256 private constant HAS_COLLATERAL = 1 << 240;
    uint256 private constant HAS_SECOND_SOURCE = 1 << 241;
    uint256 private constant HAS_OWN_PYTH = 1 << 242;
    uint256 private constant HAS_SEQUENCER = 1 << 243;
    /// @dev The feed has an announced successor. Set by {withSuccessor}, not by {pack}.
    uint256 private constant HAS_SUCCESSOR = 1 << 244;

    function pack(Feed memory feed) internal pure returns (FeedLimits) {
        uint256 word = uint256(feed.fallbackAge) << FALLBACK_AGE;
        word |= uint256(feed.maxConfidence) << CONFIDENCE;
        word |= uint256(feed.maxDeviation) << DEVIATION;
        word |= uint256(feed.floatFee) << FLOAT_FEE;
        word |= uint256(feed.freshAge == 0 ? DEFAULT_FRESH_AGE : feed.freshAge) << FRESH_AGE;
        if (feed.collateral.pythId != 0) word |= HAS_COLLATERAL;
        if (feed.aggregator != address(0)) word |= HAS_SECOND_SOURCE;
        if (feed.pyth != address(0)) word |= HAS_OWN_PYTH;
        if (feed.sequencerFeed != address(0)) word |= HAS_SEQUENCER;
        return
            FeedLimits.wrap(
                word | FeedLimits.unwrap(packAges(feed.maxAge, feed.maxExecutionAge, feed.maxLiquidationAge))
            );
    }

    function packAges(uint32 age, uint32 executionAge, uint32 liquidationAge) internal pure returns (FeedLimits) {
        return FeedLimits.wrap(
            uint256(age) | uint256(executionAge) << EXECUTION_AGE | uint256(liquidationAge) << LIQUIDATION_AGE
        );
    }

    function packCollateral(CollateralFeed memory feed) internal pure returns (FeedLimits) {
        FeedLimits ages = packAges(feed.maxAge, feed.maxExecutionAge, feed.maxLiquidationAge);
        return FeedLimits.wrap(FeedLimits.unwrap(ages) | uint256(feed.maxSkew) << FALLBACK_AGE);
    }

    /// @dev Sets whether the feed has an announced successor.
    function withSuccessor(FeedLimits limits, bool has) internal pure returns (FeedLimits) {
        uint256 word = FeedLimits.unwrap(limits) & ~HAS_SUCCESSOR;
        return FeedLimits.wrap(has ? word | HAS_SUCCESSOR : word);
    }

    function maxAge(FeedLimits limits) internal pure returns (uint256) {
        return FeedLimits.unwrap(limits) & type(uint32).max;
    }

    function maxExecutionAge(FeedLimits limits) internal pure returns (uint256) {
        return (FeedLimits.unwrap(limits) >> EXECUTION_AGE) & type(uint32).max;
    }

    function maxLiquidationAge(FeedLimits limits) internal pure returns (uint256) {
        return (FeedLimits.unwrap(limits) >> LIQUIDATION_AGE) & type(uint32).max;
    }

    function fallbackAge(FeedLimits limits) internal pure returns (uint256) {
        return (FeedLimits.unwrap(limits) >> FALLBACK_AGE) & type(uint32).max;
    }

    /// @dev Of a collateral feed.
    function maxSkew(FeedLimits limits) internal pure returns (uint256) {
        return fallbackAge(limits);
    }

    function maxConfidence(FeedLimits limits) internal pure returns (uint256) {
        return (FeedLimits.unwrap(limits) >> CONFIDENCE) & type(uint24).max;
    }

    function maxDeviation(FeedLimits limits) internal pure returns (uint256) {
        return (FeedLimits.unwrap(limits) >> DEVIATION) & type(uint24).max;
    }

    function floatFee(FeedLimits limits) internal pure returns (uint256) {
        return (FeedLimits.unwrap(limits) >> FLOAT_FEE) & type(uint64).max;
    }

    function freshAge(FeedLimits limits) internal pure returns (uint256) {
        return FeedLimits.unwrap(limits) >> FRESH_AGE;
    }

    function hasCollateral(FeedLimits limits) internal pure returns (bool) {
        return FeedLimits.unwrap(limits) & HAS_COLLATERAL != 0;
    }

    function hasSecondSource(FeedLimits limits) internal pure returns (bool) {
        return FeedLimits.unwrap(limits) & HAS_SECOND_SOURCE != 0;
    }

    function hasOwnPyth(FeedLimits limits) internal pure returns (bool) {
        return FeedLimits.unwrap(limits) & HAS_OWN_PYTH != 0;
    }

    function hasSequencer(FeedLimits limits) internal pure returns (bool) {
        return FeedLimits.unwrap(limits) & HAS_SEQUENCER != 0;
    }

    function hasSuccessor(FeedLimits limits) internal pure returns (bool) {
        return FeedLimits.unwrap(limits) & HAS_SUCCESSOR != 0;
    }
}

library AggregatorLib {
    uint256 private constant SECONDS = 160;
    uint256 private constant DECIMALS = 192;

    function pack(address source, uint32 periodSeconds, uint8 answerDecimals) internal pure returns (Aggregator) {
        return Aggregator.wrap(
            uint256(uint160(source)) | uint256(periodSeconds) << SECONDS | uint256(answerDecimals) << DECIMALS
        );
    }

    function exists(Aggregator aggregator) internal pure returns (bool) {
        return Aggregator.unwrap(aggregator) != 0;
    }

    function target(Aggregator aggregator) internal pure returns (address) {
        return Cast.toAddress(Aggregator.unwrap(aggregator));
    }

    /// @dev Heartbeat or grace period, seconds.
    function period(Aggregator aggregator) internal pure returns (uint256) {
        return (Aggregator.unwrap(aggregator) >> SECONDS) & type(uint32).max;
    }

    function decimals(Aggregator aggregator) internal pure returns (uint256) {
        return (Aggregator.unwrap(aggregator) >> DECIMALS) & type(uint8).max;
    }
}

library AnswerBoundsLib {
    uint256 private constant MAXIMUM = 128;

    function pack(uint128 minimum, uint128 maximum) internal pure returns (AnswerBounds) {
        return AnswerBounds.wrap(uint256(minimum) | uint256(maximum) << MAXIMUM);
    }

    function minAnswer(AnswerBounds bounds) internal pure returns (uint256) {
        return AnswerBounds.unwrap(bounds) & type(uint128).max;
    }

    function maxAnswer(AnswerBounds bounds) internal pure returns (uint256) {
        return AnswerBounds.unwrap(bounds) >> MAXIMUM;
    }

    /// @dev Returns whether a price is strictly between the bounds.
    function contain(AnswerBounds bounds, uint256 price) internal pure returns (bool) {
        return price > minAnswer(bounds) && price < maxAnswer(bounds);
    }
}
