// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IPyth} from "@pythnetwork/pyth-sdk-solidity/IPyth.sol";
import {PythStructs} from "@pythnetwork/pyth-sdk-solidity/PythStructs.sol";
import {PythPrice} from "../libraries/PythPrice.sol";
import {Aggregator, FeedLimits, SecondSource, StoredFeed} from "../types/Feed.sol";
import {PPM, Price} from "../types/Units.sol";
import {ChainlinkSource, Round} from "./ChainlinkSource.sol";
import {Quotation, StoredPrices} from "./StoredPrices.sol";

/// @title The second source: agreement with the first one, and prices while the first one is dead
/// @notice Pyth is dead for a market's part when its stored price is older than `fallbackAge`, is no price, or has a
/// publish time that no clock explains. Since Pyth is a pull source, a price that no account stores looks the same.
/// Only a round that was updated after Pyth looked dead replaces its price (T41): no account knows that price before it
/// is valid, and no account can choose an old round by waiting. Liquidations use the latest such round. A reduce-only
/// order uses the first round at or after its executable time, as soon as the round exists, if Pyth looked dead when
/// the round came. So a round at which an account can be liquidated also executes an order that the account created
/// before it.
abstract contract FallbackPrices is StoredPrices {
    /// @dev A part's rounds around the executable time of an order.
    struct Rounds {
        /// @dev The first round at or after that time; all zero if there is none.
        Round first;
        /// @dev The round in force before it.
        Round before;
    }

    /// @notice The round came before the first source looked dead: its stored price was at most `fallbackAge` old.
    /// Seconds.
    error PrimaryAlive(bytes32 pythId, uint256 publishTime, uint256 fallbackAge);
    /// @notice The second source has no provable first round at or after `minPublishTime`.
    error NoFirstRound(address aggregator, uint256 minPublishTime);

    // ------------------------------------------------------------------------------------------------ agreement ----

    /// @dev Skips a part whose second source is not fresh or fails.
    function _requireAgreement(
        StoredFeed storage feed,
        bytes32 pythId,
        FeedLimits limits,
        uint256 baseWad,
        uint256 collateralWad
    ) internal view {
        if (limits.hasSequencer() && !ChainlinkSource.isSequencerUp(feed.sequencer)) return;
        _requireAgreement(feed.second, pythId, baseWad, limits.maxDeviation());
        if (collateralWad == 0) return;
        SecondSource memory second = feed.collateralSecond;
        if (second.aggregator.exists()) {
            _requireAgreement(second, feed.collateralPythId, collateralWad, limits.maxDeviation());
        }
    }

    /// @dev Requires |primary - secondary| <= maxDeviation * min(primary, secondary). Compares products, so nothing is
    /// rounded.
    function _requireAgreement(SecondSource memory second, bytes32 pythId, uint256 primary, uint256 maxDeviation)
        private
        view
    {
        (bool ok, Round memory round) = ChainlinkSource.latestFresh(second);
        if (!ok) return;
        (uint256 lower, uint256 higher) = primary < round.price ? (primary, round.price) : (round.price, primary);
        if ((higher - lower) * PPM > lower * maxDeviation) {
            revert SourcesDisagree(pythId, primary, round.price, maxDeviation);
        }
    }

    // ---------------------------------------------------------------------------------------------- liquidation ----

    /// @dev Returns the price for liquidations.
    /// @return price WAD quote per base
    /// @return publishTime of the older part, seconds
    function _liquidationPrice(StoredFeed storage feed, bytes32 pythId, FeedLimits limits)
        internal
        view
        returns (Price price, uint256 publishTime)
    {
        IPyth source = _pythOf(feed, limits);
        Part memory base = _liquidationPart(source, pythId, limits, limits.maxLiquidationAge(), feed.second, feed);
        if (!limits.hasCollateral()) {
            _requireAfterDeath(pythId, base.deadSince, base.publishTime, limits);
            return (Price.wrap(base.wad), base.publishTime);
        }
        FeedLimits collateralLimits = feed.collateralLimits;
        bytes32 collateralId = feed.collateralPythId;
        Part memory collateral = _liquidationPart(
            source, collateralId, limits, collateralLimits.maxLiquidationAge(), feed.collateralSecond, feed
        );
        (uint256 oldest, uint256 newest) = base.publishTime < collateral.publishTime
            ? (base.publishTime, collateral.publishTime)
            : (collateral.publishTime, base.publishTime);
        // A round is in force until the next one, so its time is compared with the death of its part only.
        if (base.deadSince == 0 && collateral.deadSince == 0) {
            _requireTogether(oldest, newest, collateralLimits.maxSkew());
        } else {
            _requireAfterDeath(pythId, base.deadSince, newest, limits);
            _requireAfterDeath(collateralId, collateral.deadSince, newest, limits);
        }
        (price,) = PythPrice.divide(base.wad, 0, collateral.wad, 0);
        return (price, oldest);
    }
}
