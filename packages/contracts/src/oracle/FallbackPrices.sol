// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IPyth} from "@pythnetwork/pyth-sdk-solidity/IPyth.sol";
import {PythStructs} from "@pythnetwork/pyth-sdk-solidity/PythStructs.sol";
import {PythPrice} from "../libraries/PythPrice.sol";
import {FeedLimits, MAX_LEAD, SecondSource, StoredFeed} from "../types/Feed.sol";
import {PPM, Price} from "../types/Units.sol";
import {ChainlinkSource, Round} from "./ChainlinkSource.sol";
import {Quotation, StoredPrices} from "./StoredPrices.sol";

/// @title The second source: agreement with the first one, and prices while the first one is dead
/// @notice Pyth is dead when its stored price is older than `fallbackAge`, is no price, or has a publish time that no
/// clock explains. Since Pyth is a pull source, a price that no account stores looks the same. So a round of the base
/// counts only if Pyth looked dead when the round came (T41): no account knows its price before it counts, and no account
/// can choose an old round by waiting. A liquidation uses the latest such round. A reduce-only order uses the first
/// change of the second source's price at or after its executable time, as soon as it exists. So a round at which an
/// account can be liquidated also executes the order that the account created before it.
///
/// A round is in force until the next one. So a price with a round counts as published when its newest part changed: at
/// the later of two rounds, or at the publish time of Pyth's part (E1).
abstract contract FallbackPrices is StoredPrices {
    /// @dev The price of base or collateral for a liquidation.
    struct Part {
        /// @dev WAD dollars.
        uint256 wad;
        /// @dev Seconds.
        uint256 publishTime;
        /// @dev Whether it is a round of the second source.
        bool isRound;
    }

    // ------------------------------------------------------------------------------------------------ agreement ----

    /// @dev Skips a part whose second source is not fresh or fails.
    function _requireAgreement(
        StoredFeed storage feed,
        bytes32 pythId,
        FeedLimits limits,
        uint256 baseWad,
        uint256 collateralWad
    ) internal view {
        if (_isSequencerSuspect(feed, limits)) return;
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
    /// @return publishTime of the older part at Pyth, of the part at Pyth beside a round, or of the later round, seconds
    function _liquidationPrice(StoredFeed storage feed, bytes32 pythId, FeedLimits limits)
        internal
        view
        returns (Price price, uint256 publishTime)
    {
        IPyth source = _pythOf(feed, limits);
        Part memory base = _liquidationPart(feed, source, pythId, limits, limits.maxLiquidationAge(), false);
        if (!limits.hasCollateral()) return (Price.wrap(base.wad), base.publishTime);
        FeedLimits collateralLimits = feed.collateralLimits;
        Part memory collateral =
            _liquidationPart(feed, source, feed.collateralPythId, limits, collateralLimits.maxLiquidationAge(), true);
        (price,) = PythPrice.divide(base.wad, 0, collateral.wad, 0);
        if (base.isRound != collateral.isRound) {
            return (price, base.isRound ? collateral.publishTime : base.publishTime);
        }
        (uint256 oldest, uint256 newest) = base.publishTime < collateral.publishTime
            ? (base.publishTime, collateral.publishTime)
            : (collateral.publishTime, base.publishTime);
        if (base.isRound) return (price, newest);
        _requireTogether(oldest, newest, collateralLimits.maxSkew());
        return (price, oldest);
    }

    /// @dev Returns the price of base or collateral for liquidations: Pyth's stored price while it is fresh enough, or
    /// the second source's latest round while Pyth is dead. A round of the base must have come after that. A round of a
    /// collateral may be in force since before, because such feeds have rounds once a day.
    function _liquidationPart(
        StoredFeed storage feed,
        IPyth source,
        bytes32 pythId,
        FeedLimits limits,
        uint256 maxLiquidationAge,
        bool isCollateral
    ) private view returns (Part memory part) {
        SecondSource memory second;
        if (limits.hasSecondSource()) second = isCollateral ? feed.collateralSecond : feed.second;
        bool hasSecond = second.aggregator.exists();
        // A wide confidence must not stop liquidations. The age is checked below.
        PythStructs.Price memory answer = hasSecond ? _tryStored(source, pythId) : source.getPriceUnsafe(pythId);
        (part.wad, part.publishTime) = (_toWadOrZero(answer), answer.publishTime);
        bool isCurrent =
            part.publishTime <= block.timestamp + MAX_LEAD && part.publishTime + maxLiquidationAge >= block.timestamp;
        if (part.wad != 0 && isCurrent) return part;
        uint256 deadAfter = _deadAfter(answer, limits);
        if (hasSecond && block.timestamp > deadAfter && !_isSequencerSuspect(feed, limits)) {
            (bool ok, Round memory round) = ChainlinkSource.latestFresh(second);
            if (ok && (isCollateral || round.updatedAt > deadAfter)) return Part(round.price, round.updatedAt, true);
        }
        // No source has a valid price. Reverts with the fault of the first one.
        _requireCurrent(pythId, part.publishTime, maxLiquidationAge);
        _toWad(pythId, answer);
    }

    // ------------------------------------------------------------------------------------------ reducing orders ----

    /// @dev Returns the second source's first price at or after `minTime`: with a collateral feed, that of the first
    /// round of either part, with the round of the other part that was in force then. A round of the collateral counts only
    /// if the base's round in force came after Pyth's base price died, as in liquidations: else an order would close at a
    /// price of the base that was known before it, while Pyth's is another (T16). Valid if the first source looked dead at
    /// that time, for one part at least. The round is unknown before it exists and valid as soon as it exists, so any
    /// account that knows the price can execute the order (T16).
    function _firstFallback(StoredFeed storage feed, bytes32 pythId, FeedLimits limits, uint256 minTime)
        internal
        view
        returns (Quotation memory q)
    {
        if (_isSequencerSuspect(feed, limits)) revert SequencerDown(feed.sequencer.target());
        (Round memory first, Round memory before) = _rounds(feed.second, minTime);
        uint256 time = first.id == 0 ? type(uint256).max : first.updatedAt;
        if (!limits.hasCollateral()) {
            if (first.id == 0) revert NoFirstRound(feed.second.aggregator.target(), minTime);
            _requireDeadAt(feed, pythId, limits, time);
            _requireFresh(pythId, time, limits.maxExecutionAge());
            (q.price, q.base, q.oldest, q.newest) = (first.price, first.price, time, time);
            return q;
        }
        (Round memory collateralFirst, Round memory collateralBefore) = _rounds(feed.collateralSecond, minTime);
        if (collateralFirst.id != 0 && collateralFirst.updatedAt < time) {
            if (before.updatedAt > _deadAfter(_tryStored(_pythOf(feed, limits), pythId), limits)) {
                time = collateralFirst.updatedAt;
            }
        }
        if (time == type(uint256).max) revert NoFirstRound(feed.second.aggregator.target(), minTime);
        _requireDeadAt(feed, pythId, limits, time);
        _requireFresh(pythId, time, limits.maxExecutionAge());
        _requireFresh(feed.collateralPythId, time, feed.collateralLimits.maxExecutionAge());
        Round memory base = _inForce(feed.second, first, before, time);
        Round memory collateral = _inForce(feed.collateralSecond, collateralFirst, collateralBefore, time);
        (q.base, q.collateral) = (base.price, collateral.price);
        (Price price,) = PythPrice.divide(q.base, 0, q.collateral, 0);
        q.price = price.unwrap();
        (q.oldest, q.newest) = (time, time);
    }

    /// @dev As {ChainlinkSource-firstAtOrAfter}. Reverts with NoFirstRound unless the rounds are proved.
    function _rounds(SecondSource memory second, uint256 minTime)
        private
        view
        returns (Round memory first, Round memory before)
    {
        bool isProved;
        if (second.aggregator.exists()) (isProved, first, before) = ChainlinkSource.firstAtOrAfter(second, minTime);
        if (!isProved) revert NoFirstRound(second.aggregator.target(), minTime);
    }

    /// @dev Returns the round of a part that was in force at `time`, the earliest time of a first round. Reverts with
    /// NoFirstRound when that round was older than its heartbeat.
    function _inForce(SecondSource memory second, Round memory first, Round memory before, uint256 time)
        private
        pure
        returns (Round memory)
    {
        if (first.id != 0 && first.updatedAt == time) return first;
        if (time - before.updatedAt > second.aggregator.period()) {
            revert NoFirstRound(second.aggregator.target(), time);
        }
        return before;
    }

    // ---------------------------------------------------------------------------------------------------- death ----

    /// @dev Returns the last second at which a stored price is not dead. Zero when it is no price or its publish time is
    /// implausible: such a source is dead now, since an unknown time.
    function _deadAfter(PythStructs.Price memory answer, FeedLimits limits) private view returns (uint256) {
        if (_toWadOrZero(answer) == 0 || _isImplausible(answer.publishTime)) return 0;
        return answer.publishTime + limits.fallbackAge();
    }

    /// @dev Reverts with PrimaryAlive, which names the base's price, unless the stored price of the base or of the
    /// collateral was dead at `time`.
    function _requireDeadAt(StoredFeed storage feed, bytes32 pythId, FeedLimits limits, uint256 time) private view {
        IPyth source = _pythOf(feed, limits);
        PythStructs.Price memory answer = _tryStored(source, pythId);
        if (time > _deadAfter(answer, limits)) return;
        uint256 publishTime = answer.publishTime;
        if (limits.hasCollateral()) {
            answer = _tryStored(source, feed.collateralPythId);
            if (time > _deadAfter(answer, limits)) return;
        }
        revert PrimaryAlive(pythId, publishTime, limits.fallbackAge());
    }

    /// @dev Whether the second source may be outdated because the sequencer is not known to be up.
    function _isSequencerSuspect(StoredFeed storage feed, FeedLimits limits) private view returns (bool) {
        return limits.hasSequencer() && !ChainlinkSource.isSequencerUp(feed.sequencer);
    }
}
