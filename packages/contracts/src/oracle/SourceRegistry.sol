// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {
    Aggregator,
    AggregatorLib,
    AnswerBounds,
    AnswerBoundsLib,
    CollateralFeed,
    Feed,
    FeedLimits,
    FeedLimitsLib,
    MAX_SEQUENCER_GRACE,
    MAX_SKEW,
    MIN_FALLBACK_AGE,
    SecondSource,
    SOURCE_DELAY as DELAY,
    StoredFeed
} from "../types/Feed.sol";
import {PPM} from "../types/Units.sol";
import {ChainlinkSource} from "./ChainlinkSource.sol";

/// @title Price feeds of markets and executors of the oracle, which change after a delay
/// @notice The first feed of a market applies at once, because no account has a position yet. The owner announces every
/// later feed, which replaces the current one {SOURCE_DELAY} later without a further call, so that no account chooses
/// the moment (T39). Accounts that do not trust it can close before that. Approvals of executors have the same delay
/// after the owner has called {seal}, as the deployment script does; before that they take effect at once. Revocations
/// always take effect at once.
abstract contract SourceRegistry is IPriceOracle, Ownable2Step {
    using SafeCast for uint256;

    /// @notice A first feed was set, or an announced feed that is in force has been written in place of the old one.
    event FeedSet(uint256 indexed marketId, Feed feed);
    /// @notice The feed is in force from `appliesAt` (seconds) on.
    event FeedProposed(uint256 indexed marketId, Feed feed, uint256 appliesAt);
    event FeedProposalCancelled(uint256 indexed marketId);
    /// @notice `effectiveAt` in seconds; zero for a revocation.
    event ExecutorSet(address indexed executor, bool approved, uint256 effectiveAt);
    event Sealed();

    error UnknownFeed(uint256 marketId);
    error FeedExists(uint256 marketId, bytes32 pythId);
    error InvalidFeed(Feed feed);
    /// @notice The grace period after an outage of the L2's sequencer, in which neither orders nor liquidations take place, is
    /// too long. Seconds.
    error SequencerGraceTooLong(uint256 gracePeriod, uint256 maxGracePeriod);
    error NoPendingFeed(uint256 marketId);
    error FeedNotYetApplicable(uint256 timestamp, uint256 appliesAt);

    /// @inheritdoc IPriceOracle
    uint256 public constant SOURCE_DELAY = DELAY;

    /// @dev See {_feedInForce}.
    mapping(uint256 marketId => StoredFeed stored) private _feeds;
    /// @dev Announced feeds. Each is in force from its time on, even if no account has called {applyFeed}.
    mapping(uint256 marketId => StoredFeed stored) private _successors;
    /// @dev Seconds; zero without an announced feed.
    mapping(uint256 marketId => uint256 appliesAt) private _succeedsAt;
    /// @dev Seconds; zero for an account that is not approved.
    mapping(address executor => uint256 effectiveAt) private _executors;
    /// @inheritdoc IPriceOracle
    bool public isSealed;

    // ---------------------------------------------------------------------------------------------------- owner ----

    /// @notice Sets the first feed of a market.
    function setFeed(uint256 marketId, Feed calldata feed) external onlyOwner {
        StoredFeed storage stored = _feeds[marketId];
        if (stored.pythId != 0) revert FeedExists(marketId, stored.pythId);
        _store(stored, feed);
        emit FeedSet(marketId, feed);
    }

    /// @notice Announces another feed for a market that has one. Replaces an announcement that is not in force yet.
    function proposeFeed(uint256 marketId, Feed calldata feed) external onlyOwner {
        _writeSuccessor(marketId);
        StoredFeed storage current = _feeds[marketId];
        if (current.pythId == 0) revert UnknownFeed(marketId);
        _store(_successors[marketId], feed);
        uint256 appliesAt = block.timestamp + SOURCE_DELAY;
        _succeedsAt[marketId] = appliesAt;
        current.limits = current.limits.withSuccessor(true);
        emit FeedProposed(marketId, feed, appliesAt);
    }

    /// @notice Cancels the announcement of a feed that is not in force yet.
    function cancelFeed(uint256 marketId) external onlyOwner {
        _writeSuccessor(marketId);
        if (_succeedsAt[marketId] == 0) revert NoPendingFeed(marketId);
        _deleteSuccessor(marketId);
        _feeds[marketId].limits = _feeds[marketId].limits.withSuccessor(false);
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

    /// @notice Writes an announced feed that is in force in place of the old one, which makes its reads cheaper and
    /// changes no price. Any account can call it.
    function applyFeed(uint256 marketId) external {
        uint256 appliesAt = _succeedsAt[marketId];
        if (appliesAt == 0) revert NoPendingFeed(marketId);
        if (block.timestamp < appliesAt) revert FeedNotYetApplicable(block.timestamp, appliesAt);
        _writeSuccessor(marketId);
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @notice Returns the feed of a market that is in force; all zero without one.
    function feedOf(uint256 marketId) external view returns (Feed memory feed) {
        (StoredFeed storage stored,) = _feedInForce(marketId);
        return _unpack(stored);
    }

    /// @notice Returns the announced feed of a market.
    /// @return feed all zero without an announcement that is not in force yet
    /// @return appliesAt seconds; zero without such an announcement
    function pendingFeedOf(uint256 marketId) external view returns (Feed memory feed, uint256 appliesAt) {
        appliesAt = nextFeedChangeAt(marketId);
        if (appliesAt != 0) feed = _unpack(_successors[marketId]);
    }

    /// @inheritdoc IPriceOracle
    function nextFeedChangeAt(uint256 marketId) public view returns (uint256 appliesAt) {
        appliesAt = _succeedsAt[marketId];
        if (appliesAt <= block.timestamp) appliesAt = 0;
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

    /// @dev Returns the feed of a market that is in force: the announced one from its time on. A market without an
    /// announcement reads no further word.
    function _feedInForce(uint256 marketId) internal view returns (StoredFeed storage feed, FeedLimits limits) {
        feed = _feeds[marketId];
        limits = feed.limits;
        if (limits.hasSuccessor() && block.timestamp >= _succeedsAt[marketId]) {
            feed = _successors[marketId];
            limits = feed.limits;
        }
    }

    /// @dev Writes the announced feed in place of the old one, if it is in force.
    function _writeSuccessor(uint256 marketId) private {
        uint256 appliesAt = _succeedsAt[marketId];
        if (appliesAt == 0 || block.timestamp < appliesAt) return;
        StoredFeed memory successor = _successors[marketId];
        _feeds[marketId] = successor;
        _deleteSuccessor(marketId);
        emit FeedSet(marketId, _unpack(_feeds[marketId]));
    }

    function _deleteSuccessor(uint256 marketId) private {
        delete _successors[marketId];
        delete _succeedsAt[marketId];
    }

    function _store(StoredFeed storage stored, Feed memory feed) private {
        _validate(feed);
        CollateralFeed memory collateral = feed.collateral;
        stored.pythId = feed.pythId;
        stored.limits = FeedLimitsLib.pack(feed);
        stored.collateralPythId = collateral.pythId;
        stored.collateralLimits = FeedLimitsLib.packCollateral(collateral);
        stored.second = _source(feed.aggregator, feed.heartbeat, feed.minAnswer, feed.maxAnswer);
        stored.collateralSecond =
            _source(collateral.aggregator, collateral.heartbeat, collateral.minAnswer, collateral.maxAnswer);
        stored.sequencer = AggregatorLib.pack(feed.sequencerFeed, feed.sequencerGracePeriod, 0);
        stored.pyth = feed.pyth;
    }

    function _unpack(StoredFeed memory stored) private pure returns (Feed memory feed) {
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
        feed.aggregator = stored.second.aggregator.target();
        feed.heartbeat = stored.second.aggregator.period().toUint32();
        feed.minAnswer = stored.second.bounds.minAnswer().toUint128();
        feed.maxAnswer = stored.second.bounds.maxAnswer().toUint128();
        limits = stored.collateralLimits;
        SecondSource memory second = stored.collateralSecond;
        feed.collateral = CollateralFeed({
            pythId: stored.collateralPythId,
            maxAge: limits.maxAge().toUint32(),
            maxExecutionAge: limits.maxExecutionAge().toUint32(),
            maxLiquidationAge: limits.maxLiquidationAge().toUint32(),
            maxSkew: limits.maxSkew().toUint32(),
            aggregator: second.aggregator.target(),
            heartbeat: second.aggregator.period().toUint32(),
            minAnswer: second.bounds.minAnswer().toUint128(),
            maxAnswer: second.bounds.maxAnswer().toUint128()
        });
        feed.sequencerFeed = stored.sequencer.target();
        feed.sequencerGracePeriod = stored.sequencer.period().toUint32();
    }

    /// @dev Packs a source with its heartbeat, its bounds and its decimals, which are read once, when the feed is
    /// announced.
    function _source(address source, uint32 heartbeat, uint128 minAnswer, uint128 maxAnswer)
        private
        view
        returns (SecondSource memory)
    {
        if (source == address(0)) return SecondSource(Aggregator.wrap(0), AnswerBounds.wrap(0));
        return SecondSource(
            AggregatorLib.pack(source, heartbeat, ChainlinkSource.readDecimals(source)),
            AnswerBoundsLib.pack(minAnswer, maxAnswer)
        );
    }

    /// @dev Reverts with InvalidFeed unless all ages are set and ordered and every value that is set has an effect, and with
    /// SequencerGraceTooLong.
    function _validate(Feed memory feed) private pure {
        CollateralFeed memory collateral = feed.collateral;
        bool valid = feed.pythId != 0 && feed.pythId != collateral.pythId
            && _areAgesValid(feed.maxAge, feed.maxExecutionAge, feed.maxLiquidationAge) && feed.freshAge <= feed.maxAge;
        if (collateral.pythId == 0) {
            valid = valid && collateral.maxAge == 0 && collateral.maxExecutionAge == 0
                && collateral.maxLiquidationAge == 0 && collateral.maxSkew == 0 && collateral.aggregator == address(0);
        } else {
            valid = valid && collateral.maxSkew != 0 && collateral.maxSkew <= MAX_SKEW
                && _areAgesValid(collateral.maxAge, collateral.maxExecutionAge, collateral.maxLiquidationAge);
        }
        if (feed.aggregator == address(0)) {
            valid = valid && feed.maxDeviation == 0 && feed.fallbackAge == 0 && collateral.aggregator == address(0);
        } else {
            valid = valid && feed.maxDeviation != 0 && feed.maxDeviation < PPM && feed.fallbackAge >= MIN_FALLBACK_AGE
                && feed.fallbackAge >= feed.maxAge && feed.fallbackAge >= collateral.maxAge;
        }
        valid = valid && _isSourceValid(feed.aggregator, feed.heartbeat, feed.minAnswer, feed.maxAnswer)
            && _isSourceValid(collateral.aggregator, collateral.heartbeat, collateral.minAnswer, collateral.maxAnswer)
            && (feed.sequencerFeed != address(0) || feed.sequencerGracePeriod == 0);
        if (!valid) revert InvalidFeed(feed);
        if (feed.sequencerGracePeriod > MAX_SEQUENCER_GRACE) {
            revert SequencerGraceTooLong(feed.sequencerGracePeriod, MAX_SEQUENCER_GRACE);
        }
    }

    /// @dev A source needs a heartbeat and bounds between which an answer fits; without one, none of them is set.
    function _isSourceValid(address source, uint32 heartbeat, uint128 minAnswer, uint128 maxAnswer)
        private
        pure
        returns (bool)
    {
        if (source == address(0)) return heartbeat == 0 && minAnswer == 0 && maxAnswer == 0;
        return heartbeat != 0 && minAnswer != 0 && minAnswer < maxAnswer;
    }

    function _areAgesValid(uint32 maxAge, uint32 maxExecutionAge, uint32 maxLiquidationAge)
        private
        pure
        returns (bool)
    {
        return maxExecutionAge != 0 && maxLiquidationAge != 0 && maxLiquidationAge <= maxAge;
    }
}
