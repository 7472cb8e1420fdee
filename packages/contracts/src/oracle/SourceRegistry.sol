// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {
    Aggregator,
    AggregatorLib,
    CollateralFeed,
    Feed,
    FeedLimits,
    FeedLimitsLib,
    SOURCE_DELAY as DELAY,
    StoredFeed
} from "../types/Feed.sol";
import {PPM} from "../types/Units.sol";
import {ChainlinkSource} from "./ChainlinkSource.sol";

/// @title Price feeds of markets and executors of the oracle, which change after a delay
/// @notice The first feed of a market applies at once, because no account has a position yet. The owner proposes every
/// later feed, and any account can apply it after {SOURCE_DELAY}. Accounts that do not trust it can close before that.
/// Approvals of executors have the same delay after the owner has called {seal}, as the deployment script does; before
/// that they take effect at once. Revocations always take effect at once.
abstract contract SourceRegistry is IPriceOracle, Ownable2Step {
    using SafeCast for uint256;

    event FeedSet(uint256 indexed marketId, Feed feed);
    /// @notice Any account can apply the feed from `appliesAt` (seconds) on.
    event FeedProposed(uint256 indexed marketId, Feed feed, uint256 appliesAt);
    event FeedProposalCancelled(uint256 indexed marketId);
    /// @notice `effectiveAt` in seconds; zero for a revocation.
    event ExecutorSet(address indexed executor, bool approved, uint256 effectiveAt);
    event Sealed();

    error UnknownFeed(uint256 marketId);
    error FeedExists(uint256 marketId, bytes32 pythId);
    error InvalidFeed(Feed feed);
    error NoPendingFeed(uint256 marketId);
    error FeedNotYetApplicable(uint256 timestamp, uint256 appliesAt);

    /// @inheritdoc IPriceOracle
    uint256 public constant SOURCE_DELAY = DELAY;

    mapping(uint256 marketId => StoredFeed stored) internal _feeds;
    mapping(uint256 marketId => Feed feed) private _pendingFeeds;
    mapping(uint256 marketId => uint256 appliesAt) private _pendingSince;
    /// @dev Seconds; zero for an account that is not approved.
    mapping(address executor => uint256 effectiveAt) private _executors;
    /// @inheritdoc IPriceOracle
    bool public isSealed;

    // ---------------------------------------------------------------------------------------------------- owner ----

    /// @notice Sets the first feed of a market.
    function setFeed(uint256 marketId, Feed calldata feed) external onlyOwner {
        if (_feeds[marketId].pythId != 0) revert FeedExists(marketId, _feeds[marketId].pythId);
        _setFeed(marketId, feed);
    }

    /// @notice Proposes another feed for a market that has one. Replaces an earlier proposal.
    function proposeFeed(uint256 marketId, Feed calldata feed) external onlyOwner {
        if (_feeds[marketId].pythId == 0) revert UnknownFeed(marketId);
        _validate(feed);
        uint256 appliesAt = block.timestamp + SOURCE_DELAY;
        _pendingFeeds[marketId] = feed;
        _pendingSince[marketId] = appliesAt;
        emit FeedProposed(marketId, feed, appliesAt);
    }

    /// @notice Cancels the proposal of a feed.
    function cancelFeed(uint256 marketId) external onlyOwner {
        if (_pendingSince[marketId] == 0) revert NoPendingFeed(marketId);
        _clearPending(marketId);
        emit FeedProposalCancelled(marketId);
    }

    /// @notice Approves an executor, a contract that can set execution prices: at once, or after {SOURCE_DELAY} once
    /// {seal} was called. Revokes an approval at once.
    /// @dev An executor chooses the time at which execution prices are taken.
    function setExecutor(address executor, bool approved) external onlyOwner {
        uint256 effectiveAt = !approved ? 0 : isSealed ? block.timestamp + SOURCE_DELAY : block.timestamp;
        _executors[executor] = effectiveAt;
        emit ExecutorSet(executor, approved, effectiveAt);
    }

    /// @notice Delays all later approvals of executors, and of the other accounts that choose the moment of a price
    /// (T43). Irreversible.
    function seal() external onlyOwner {
        isSealed = true;
        emit Sealed();
    }

    // ---------------------------------------------------------------------------------------------- any account ----

    /// @notice Applies a proposed feed after its delay. Any account can call it.
    function applyFeed(uint256 marketId) external {
        uint256 appliesAt = _pendingSince[marketId];
        if (appliesAt == 0) revert NoPendingFeed(marketId);
        if (block.timestamp < appliesAt) revert FeedNotYetApplicable(block.timestamp, appliesAt);
        _requireNoExecution();
        Feed memory feed = _pendingFeeds[marketId];
        _clearPending(marketId);
        _setFeed(marketId, feed);
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @notice Returns the current feed of a market; all zero without one.
    function feedOf(uint256 marketId) external view returns (Feed memory feed) {
        StoredFeed memory stored = _feeds[marketId];
        FeedLimits limits = stored.limits;
        feed.pythId = stored.pythId;
        feed.maxAge = limits.maxAge().toUint32();
        feed.maxExecutionAge = limits.maxExecutionAge().toUint32();
        feed.maxLiquidationAge = limits.maxLiquidationAge().toUint32();
        feed.freshAge = limits.freshAge().toUint8();
        feed.fallbackAge = limits.fallbackAge().toUint32();
        feed.maxConfidence = limits.maxConfidence().toUint24();
        feed.maxDeviation = limits.maxDeviation().toUint24();
        feed.floatFee = limits.floatFee().toUint64();
        feed.pyth = stored.pyth;
        feed.aggregator = stored.second.target();
        feed.heartbeat = stored.second.period().toUint32();
        limits = stored.collateralLimits;
        feed.collateral = CollateralFeed({
            pythId: stored.collateralPythId,
            maxAge: limits.maxAge().toUint32(),
            maxExecutionAge: limits.maxExecutionAge().toUint32(),
            maxLiquidationAge: limits.maxLiquidationAge().toUint32(),
            aggregator: stored.collateralSecond.target(),
            heartbeat: stored.collateralSecond.period().toUint32()
        });
        feed.sequencerFeed = stored.sequencer.target();
        feed.sequencerGracePeriod = stored.sequencer.period().toUint32();
    }

    /// @notice Returns the proposed feed of a market.
    /// @return feed all zero without a proposal
    /// @return appliesAt seconds; zero without a proposal
    function pendingFeedOf(uint256 marketId) external view returns (Feed memory feed, uint256 appliesAt) {
        return (_pendingFeeds[marketId], _pendingSince[marketId]);
    }

    /// @inheritdoc IPriceOracle
    function nextFeedChangeAt(uint256 marketId) external view returns (uint256) {
        return _pendingSince[marketId];
    }

    /// @notice Returns whether a contract can set execution prices now.
    function isExecutor(address executor) public view returns (bool) {
        uint256 effectiveAt = _executors[executor];
        return effectiveAt != 0 && block.timestamp >= effectiveAt;
    }

    /// @notice Returns the time at which an executor's approval takes or took effect, seconds; zero without approval.
    function executorSince(address executor) external view returns (uint256) {
        return _executors[executor];
    }

    // ------------------------------------------------------------------------------------------------- internal ----

    /// @dev Reverts while an execution price is set.
    function _requireNoExecution() internal view virtual;

    function _clearPending(uint256 marketId) private {
        delete _pendingFeeds[marketId];
        delete _pendingSince[marketId];
    }

    function _setFeed(uint256 marketId, Feed memory feed) private {
        _validate(feed);
        CollateralFeed memory collateral = feed.collateral;
        StoredFeed storage stored = _feeds[marketId];
        stored.pythId = feed.pythId;
        stored.limits = FeedLimitsLib.pack(feed);
        stored.collateralPythId = collateral.pythId;
        stored.collateralLimits =
            FeedLimitsLib.packAges(collateral.maxAge, collateral.maxExecutionAge, collateral.maxLiquidationAge);
        stored.second = _aggregator(feed.aggregator, feed.heartbeat);
        stored.collateralSecond = _aggregator(collateral.aggregator, collateral.heartbeat);
        stored.sequencer = AggregatorLib.pack(feed.sequencerFeed, feed.sequencerGracePeriod, 0);
        stored.pyth = feed.pyth;
        emit FeedSet(marketId, feed);
    }

    /// @dev Packs a source with its heartbeat and its decimals, which are read once, when the feed is set.
    function _aggregator(address source, uint32 heartbeat) private view returns (Aggregator) {
        if (source == address(0)) return Aggregator.wrap(0);
        return AggregatorLib.pack(source, heartbeat, ChainlinkSource.readDecimals(source));
    }

    /// @dev Reverts with InvalidFeed unless all ages are set and ordered and every value that is set has an effect.
    function _validate(Feed memory feed) private pure {
        CollateralFeed memory collateral = feed.collateral;
        bool valid = feed.pythId != 0 && feed.pythId != collateral.pythId
            && _areAgesValid(feed.maxAge, feed.maxExecutionAge, feed.maxLiquidationAge) && feed.freshAge <= feed.maxAge;
        if (collateral.pythId == 0) {
            valid = valid && collateral.maxAge == 0 && collateral.maxExecutionAge == 0
                && collateral.maxLiquidationAge == 0 && collateral.aggregator == address(0);
        } else {
            valid = valid && _areAgesValid(collateral.maxAge, collateral.maxExecutionAge, collateral.maxLiquidationAge);
        }
        if (feed.aggregator == address(0)) {
            valid = valid && feed.heartbeat == 0 && feed.maxDeviation == 0 && feed.fallbackAge == 0
                && feed.sequencerFeed == address(0) && collateral.aggregator == address(0);
        } else {
            valid = valid && feed.heartbeat != 0 && feed.maxDeviation != 0 && feed.maxDeviation < PPM
                && feed.fallbackAge >= feed.maxAge && feed.fallbackAge >= collateral.maxAge;
        }
        valid = valid && (collateral.aggregator == address(0)) == (collateral.heartbeat == 0)
            && (feed.sequencerFeed != address(0) || feed.sequencerGracePeriod == 0);
        if (!valid) revert InvalidFeed(feed);
    }

    function _areAgesValid(uint32 maxAge, uint32 maxExecutionAge, uint32 maxLiquidationAge)
        private
        pure
        returns (bool)
    {
        return maxExecutionAge != 0 && maxLiquidationAge != 0 && maxLiquidationAge <= maxAge;
    }
}
