// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Cast} from "./Cast.sol";

/// @dev Where the price of a market comes from and how good it has to be. Ages are seconds, limits parts per million
/// (1e6 = 100%). Fields from `fallbackAge` on are optional: zero is "none".
struct Feed {
    /// @dev Pyth's id of the base in dollars; or in the collateral, when no collateral feed is named.
    bytes32 pythId;
    /// @dev Oldest stored price for trading and for valuing shares.
    uint32 maxAge;
    /// @dev Oldest execution price, whichever source it is from.
    uint32 maxExecutionAge;
    /// @dev Oldest stored price for liquidation, at most `maxAge`.
    uint32 maxLiquidationAge;
    /// @dev Age at which Pyth's stored price counts as dead and the second source steps in, at least `maxAge`.
    /// With a second source only, and then never zero.
    uint32 fallbackAge;
    /// @dev Widest confidence, as a part of the price, to increase at. Zero: any.
    uint24 maxConfidence;
    /// @dev Widest difference between the sources, as a part of the lower of both, to increase at. With a second source
    /// only, and then never zero.
    uint24 maxDeviation;
    /// @dev Wei that one execution may take out of the oracle's own balance: the fee of the updates that it needs.
    /// Zero: keepers always attach the fee.
    uint64 floatFee;
    /// @dev Pyth's contract for this market. Zero: the one that the oracle was deployed with.
    address pyth;
    /// @dev Second source: Chainlink's aggregator (proxy) of the same quantity as `pythId`.
    address aggregator;
    /// @dev Seconds after which the aggregator's latest round is no longer fresh.
    uint32 heartbeat;
    CollateralFeed collateral;
    /// @dev Chainlink's uptime feed of an L2's sequencer, which guards the second source.
    address sequencerFeed;
    /// @dev Seconds after a restart of the sequencer during which the second source is not used.
    uint32 sequencerGracePeriod;
}

/// @dev The collateral in dollars. The market's price is then base/USD divided by collateral/USD.
struct CollateralFeed {
    /// @dev Zero: the market has no collateral feed.
    bytes32 pythId;
    uint32 maxAge;
    uint32 maxExecutionAge;
    uint32 maxLiquidationAge;
    address aggregator;
    uint32 heartbeat;
}

/// @dev What a trade reads of a feed besides the id, in one word. From the lowest bit: maxAge 32, maxExecutionAge 32,
/// maxLiquidationAge 32, fallbackAge 32, maxConfidence 24, maxDeviation 24, floatFee 64, flags 8. The flags say which
/// other words there are to read, so that what is not configured costs nothing.
type FeedLimits is uint256;

/// @dev A Chainlink contract in one word. From the lowest bit: address 160, then seconds 32 (an aggregator's heartbeat,
/// a sequencer feed's grace period), then the answer's decimals 8. Zero is "none".
type Aggregator is uint256;

using FeedLimitsLib for FeedLimits global;
using AggregatorLib for Aggregator global;

/// @dev A feed as it is stored: the first two words are all that a plain market reads.
struct StoredFeed {
    bytes32 pythId;
    FeedLimits limits;
    bytes32 collateralPythId;
    /// @dev Ages only.
    FeedLimits collateralLimits;
    Aggregator second;
    Aggregator collateralSecond;
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
    uint256 private constant HAS_COLLATERAL = 1 << 240;
    uint256 private constant HAS_SECOND_SOURCE = 1 << 241;
    uint256 private constant HAS_OWN_PYTH = 1 << 242;

    function pack(Feed memory feed) internal pure returns (FeedLimits) {
        uint256 word = uint256(feed.fallbackAge) << FALLBACK_AGE;
        word |= uint256(feed.maxConfidence) << CONFIDENCE;
        word |= uint256(feed.maxDeviation) << DEVIATION;
        word |= uint256(feed.floatFee) << FLOAT_FEE;
        if (feed.collateral.pythId != 0) word |= HAS_COLLATERAL;
        if (feed.aggregator != address(0)) word |= HAS_SECOND_SOURCE;
        if (feed.pyth != address(0)) word |= HAS_OWN_PYTH;
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

    function maxConfidence(FeedLimits limits) internal pure returns (uint256) {
        return (FeedLimits.unwrap(limits) >> CONFIDENCE) & type(uint24).max;
    }

    function maxDeviation(FeedLimits limits) internal pure returns (uint256) {
        return (FeedLimits.unwrap(limits) >> DEVIATION) & type(uint24).max;
    }

    function floatFee(FeedLimits limits) internal pure returns (uint256) {
        return (FeedLimits.unwrap(limits) >> FLOAT_FEE) & type(uint64).max;
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

    /// @dev Heartbeat or grace period.
    function period(Aggregator aggregator) internal pure returns (uint256) {
        return (Aggregator.unwrap(aggregator) >> SECONDS) & type(uint32).max;
    }

    function decimals(Aggregator aggregator) internal pure returns (uint256) {
        return (Aggregator.unwrap(aggregator) >> DECIMALS) & type(uint8).max;
    }
}
