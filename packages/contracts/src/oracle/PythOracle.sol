// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {IPyth} from "@pythnetwork/pyth-sdk-solidity/IPyth.sol";
import {PythStructs} from "@pythnetwork/pyth-sdk-solidity/PythStructs.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {PythPrice} from "../libraries/PythPrice.sol";
import {PriceOlderThanFill} from "../types/Errors.sol";
import {FeedLimits, MAX_LEAD, StoredFeed} from "../types/Feed.sol";
import {GRACE_PERIOD} from "../types/Market.sol";
import {PPM, Price} from "../types/Units.sol";
import {ChainlinkSource} from "./ChainlinkSource.sol";
import {OutageProofs} from "./OutageProofs.sol";
import {Quotation, StoredPrices} from "./StoredPrices.sol";
import {VerifiedPrices} from "./VerifiedPrices.sol";

/// @title Prices of markets: Pyth first (pull model), Chainlink second
/// @notice There are two kinds of price. The stored price is the last one at Pyth, which any account can update; it is
/// valid while it is fresh. The execution price is the first one published at or after a time that was fixed before the
/// price could be known. docs/prices.md has a table of the requirements of each action.
/// @dev {StoredPrices} has the conditions of every Pyth price, {FallbackPrices} the second source, {SettlementPrices} the
/// last price of a dead market, {OutageProofs} those of outages. This contract carries execution prices.
///
/// The execution price is in transient storage between {beginExecution} and {endExecution}. Only executors can set
/// it, because an account that chooses the time of an execution chooses among recent prices. {beginCurrent} sets a
/// current price instead, for executors whose users trust the caller with that choice. A verified first price stays in
/// transient storage for the next {beginExecution} of the same market and time; nothing else reads it there.
///
/// If the caller attaches no value, the contract pays Pyth's fee from its balance, which saves passing the value
/// through two calls. Any account can top up the balance. When it is empty, keepers attach the fee.
contract PythOracle is OutageProofs {
    using VerifiedPrices for bytes32;

    /// @dev Range of valid publish times of an execution price, seconds, both ends included.
    struct Window {
        uint256 min;
        uint256 max;
    }

    error NotExecutor(address caller);
    error ExecutionInProgress(uint256 marketId);
    /// @notice The execution price is one of the second source, at which positions can only be reduced.
    error FallbackOnlyReduces(uint256 marketId);
    /// @notice A price submitted as the current one is older than the stored price. Seconds.
    error OlderThanStored(bytes32 pythId, uint256 publishTime, uint256 storedPublishTime);

    /// @dev Market of the execution price; zero when there is none.
    uint256 private transient _executionMarket;
    /// @dev Its key in {VerifiedPrices}.
    bytes32 private transient _executionKey;

    /// @dev {ChainlinkSource-sequencerUpFrom} of the execution price's market, read by {beginExecution}.
    uint256 private transient _upFrom;

    constructor(IPyth pyth_, address owner_) Ownable(owner_) StoredPrices(pyth_) {}

    /// @notice Tops up the balance that pays Pyth's fees.
    receive() external payable {}

    // ------------------------------------------------------------------------------------------------ execution ----

    /// @inheritdoc IPriceOracle
    /// @dev Calls Pyth with its uniqueness check: an update is valid only if the previous one was published before
    /// `minPublishTime`. Pyth's `parsePriceFeedUpdatesUnique` calls `parsePriceFeedUpdatesWithConfig`; the direct call
    /// makes the check explicit. Update data for a verified price is not read again.
    function beginExecution(
        uint256 marketId,
        bytes[] calldata updateData,
        uint256 minPublishTime,
        uint256 maxPublishTime
    ) external payable returns (Price) {
        (StoredFeed storage feed, bytes32 pythId, FeedLimits limits) = _begin(marketId);
        if (limits.hasSequencer()) {
            _upFrom = ChainlinkSource.sequencerUpFrom(feed.sequencer);
            _requireSequencer(feed, _upFrom, block.timestamp);
        }
        if (updateData.length == 0 && limits.hasSecondSource()) {
            Quotation memory q = _firstFallback(feed, pythId, limits, minPublishTime);
            bytes32 fallbackKey = VerifiedPrices.keyOf(VerifiedPrices.FALLBACK, marketId, minPublishTime);
            fallbackKey.storeFallback(q);
            return _carry(marketId, fallbackKey, 0);
        }
        bytes32 key = VerifiedPrices.keyOf(VerifiedPrices.FIRST, marketId, minPublishTime);
        if (updateData.length != 0 && _isVerified(key, minPublishTime, maxPublishTime)) {
            return _carry(marketId, key, 0);
        }
        return _verifyAndCarry(marketId, key, updateData, Window(minPublishTime, maxPublishTime), true);
    }

    /// @inheritdoc IPriceOracle
    function beginCurrent(uint256 marketId, bytes[] calldata updateData, uint256 minPublishTime)
        external
        payable
        returns (Price)
    {
        (StoredFeed storage feed, bytes32 pythId, FeedLimits limits) = _begin(marketId);
        if (limits.hasSequencer()) _upFrom = 0;
        if (updateData.length == 0) {
            Quotation memory q = _stored(feed, pythId, limits);
            // The part with the earlier publish time.
            if (q.oldest < minPublishTime) revert StalePrice(pythId, q.oldest, minPublishTime);
            if (msg.value != 0) Address.sendValue(payable(msg.sender), msg.value);
            return Price.wrap(q.price);
        }
        bytes32 key = VerifiedPrices.keyOf(VerifiedPrices.CURRENT, marketId, 0);
        return _verifyAndCarry(marketId, key, updateData, Window(minPublishTime, type(uint64).max), false);
    }

    /// @inheritdoc IPriceOracle
    function provePrice(uint256 marketId, bytes[] calldata updateData, uint256 minPublishTime)
        external
        payable
        returns (Price price)
    {
        (StoredFeed storage feed, bytes32 pythId, FeedLimits limits) = _begin(marketId);
        Quotation memory q;
        uint256 fee;
        if (updateData.length == 0) {
            q = _stored(feed, pythId, limits);
            // The part with the earlier publish time.
            if (q.oldest < minPublishTime) revert StalePrice(pythId, q.oldest, minPublishTime);
        } else {
            (q, fee) = _prove(feed, pythId, limits, updateData, minPublishTime);
        }
        if (msg.value > fee) Address.sendValue(payable(msg.sender), msg.value - fee);
        return Price.wrap(q.price);
    }

    /// @inheritdoc IPriceOracle
    function endExecution() external {
        if (!isExecutor(msg.sender)) revert NotExecutor(msg.sender);
        _executionMarket = 0;
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @inheritdoc IPriceOracle
    function getPrice(uint256 marketId) public view returns (Price, uint256 confidence, uint256 publishTime) {
        if (_hasExecutionPrice(marketId)) {
            uint256 price;
            (price, confidence, publishTime) = _executionKey.load();
            return (Price.wrap(price), confidence, publishTime);
        }
        (StoredFeed storage feed, bytes32 pythId, FeedLimits limits) = _load(marketId);
        Quotation memory q = _stored(feed, pythId, limits);
        return (Price.wrap(q.price), q.confidence, q.oldest);
    }

    /// @inheritdoc IPriceOracle
    function getTradePrice(uint256 marketId)
        external
        view
        returns (Price, uint256 confidence, uint256 publishTime, bool admitsIncrease)
    {
        if (_hasExecutionPrice(marketId)) {
            uint256 price;
            (price, confidence, publishTime) = _executionKey.load();
            return (Price.wrap(price), confidence, publishTime, !_executionKey.needsCheck());
        }
        (StoredFeed storage feed, bytes32 pythId, FeedLimits limits) = _load(marketId);
        Quotation memory q = _stored(feed, pythId, limits);
        return (Price.wrap(q.price), q.confidence, q.oldest, !_needsCheck(limits, q));
    }

    /// @inheritdoc IPriceOracle
    /// @dev The publish time of the price decides, see {ClearingHouseBase-_status}.
    function checkOpening(uint256 marketId) external view {
        (StoredFeed storage feed, bytes32 pythId, FeedLimits limits) = _load(marketId);
        if (limits.hasSequencer()) {
            uint256 upFrom = _hasExecutionPrice(marketId) ? _upFrom : 0;
            // At a relayer's price and at the stored one.
            if (upFrom == 0) upFrom = ChainlinkSource.sequencerUpFrom(feed.sequencer);
            (,, uint256 publishTime) = getPrice(marketId);
            _requireGrace(feed, upFrom, publishTime);
        }
        _checkIncrease(marketId, feed, pythId, limits);
    }

    /// @inheritdoc IPriceOracle
    /// @dev Skips the comparison when the second source is not fresh or its call fails.
    function checkIncrease(uint256 marketId) external view {
        (StoredFeed storage feed, bytes32 pythId, FeedLimits limits) = _load(marketId);
        _checkIncrease(marketId, feed, pythId, limits);
    }

    /// @inheritdoc IPriceOracle
    function getLiquidationPrice(uint256 marketId) external view returns (Price, uint256 publishTime) {
        (StoredFeed storage feed, bytes32 pythId, FeedLimits limits) = _load(marketId);
        if (limits.hasSequencer()) {
            _requireGrace(feed, ChainlinkSource.sequencerUpFrom(feed.sequencer), block.timestamp);
        }
        return _liquidationPrice(feed, pythId, limits);
    }

    /// @inheritdoc IPriceOracle
    function getLiquidationPriceInGracePeriod(uint256 marketId)
        external
        view
        returns (Price price, uint256 publishTime)
    {
        (StoredFeed storage feed, bytes32 pythId, FeedLimits limits) = _load(marketId);
        return _liquidationPrice(feed, pythId, limits);
    }

    /// @inheritdoc IPriceOracle
    function sequencerGrace(uint256 marketId) external view returns (uint256 changedAt, uint256 endsAt) {
        (StoredFeed storage feed, FeedLimits limits) = _feedInForce(marketId);
        if (!limits.hasSequencer()) return (0, 0);
        (changedAt, endsAt) = ChainlinkSource.sequencerState(feed.sequencer);
        // {_requireGrace} includes the last second.
        if (_isKnown(endsAt)) endsAt += GRACE_PERIOD + 1;
    }

    /// @inheritdoc IPriceOracle
    /// @dev An execution price settles a request that was made before the price existed. Its executor bounds the age.
    function getWithdrawalPrice(uint256 marketId, uint256 lastFillAt) external view returns (Price price) {
        if (_hasExecutionPrice(marketId)) {
            (uint256 carried,,) = _executionKey.load();
            return Price.wrap(carried);
        }
        (StoredFeed storage feed, bytes32 pythId, FeedLimits limits) = _load(marketId);
        Quotation memory q = _stored(feed, pythId, limits);
        _requireFresh(pythId, q.oldest, limits.freshAge());
        if (q.oldest < lastFillAt) revert PriceOlderThanFill(q.oldest, lastFillAt);
        return Price.wrap(q.price);
    }

    /// @inheritdoc IPriceOracle
    function freshAgeOf(uint256 marketId) external view returns (uint256) {
        (,, FeedLimits limits) = _load(marketId);
        return limits.freshAge();
    }

    /// @inheritdoc IPriceOracle
    function executionAgeOf(uint256 marketId) external view returns (uint256 age) {
        (StoredFeed storage feed,, FeedLimits limits) = _load(marketId);
        age = limits.maxExecutionAge();
        if (!limits.hasCollateral()) return age;
        uint256 collateralAge = feed.collateralLimits.maxExecutionAge();
        if (collateralAge < age) age = collateralAge;
    }

    /// @inheritdoc IPriceOracle
    function getLastPrice(uint256 marketId) external view returns (Price price, uint256 publishTime) {
        (StoredFeed storage feed, bytes32 pythId, FeedLimits limits) = _load(marketId);
        IPyth source = _pythOf(feed, limits);
        // Age and confidence are not limited here. The function returns the publish time for its callers to check.
        PythStructs.Price memory answer = source.getPriceUnsafe(pythId);
        price = Price.wrap(_toWad(pythId, answer));
        uint256 newest = answer.publishTime;
        publishTime = newest;
        if (limits.hasCollateral()) {
            bytes32 collateralId = feed.collateralPythId;
            answer = source.getPriceUnsafe(collateralId);
            (price,) = PythPrice.divide(price.unwrap(), 0, _toWad(collateralId, answer), 0);
            if (answer.publishTime < publishTime) publishTime = answer.publishTime;
            else newest = answer.publishTime;
            if (newest - publishTime > feed.collateralLimits.maxSkew()) publishTime = 0;
        }
        if (newest > block.timestamp + MAX_LEAD) publishTime = 0;
    }

    /// @inheritdoc IPriceOracle
    function commitmentTime(uint256 marketId) external view returns (uint256 time) {
        (StoredFeed storage feed, FeedLimits limits) = _feedInForce(marketId);
        return _commitmentTime(feed, limits);
    }

    /// @inheritdoc IPriceOracle
    function commitment(uint256 marketId) external view returns (uint256 time, uint256 feedChangesAt) {
        (StoredFeed storage feed, FeedLimits limits) = _feedInForce(marketId);
        // The announced feed has no successor of its own once it is in force.
        if (limits.hasSuccessor()) feedChangesAt = nextFeedChangeAt(marketId);
        return (_commitmentTime(feed, limits), feedChangesAt);
    }

    /// @inheritdoc IPriceOracle
    function latestPublishTime(uint256 marketId) external view returns (uint256) {
        (StoredFeed storage feed, FeedLimits limits) = _feedInForce(marketId);
        return _latestPublishTime(feed, limits);
    }

    /// @inheritdoc IPriceOracle
    function updateFee(bytes[] calldata updateData) external view returns (uint256) {
        return pyth.getUpdateFee(updateData);
    }

    /// @inheritdoc IPriceOracle
    function executionFee(uint256 marketId, bytes[] calldata updateData) external view returns (uint256) {
        return _executionFee(marketId, updateData);
    }

    /// @inheritdoc IPriceOracle
    function executionFeeAt(uint256 marketId, bytes[] calldata updateData, uint256 minPublishTime)
        external
        view
        returns (uint256)
    {
        (bool isVerified,) = VerifiedPrices.keyOf(VerifiedPrices.FIRST, marketId, minPublishTime).find();
        return isVerified && updateData.length != 0 ? 0 : _executionFee(marketId, updateData);
    }

    // ------------------------------------------------------------------------------------------------- internal ----

    function _checkIncrease(uint256 marketId, StoredFeed storage feed, bytes32 pythId, FeedLimits limits) private view {
        bool isExecution = _hasExecutionPrice(marketId);
        if (isExecution && _executionKey.isFallback()) revert FallbackOnlyReduces(marketId);
        if (limits.maxConfidence() == 0 && !limits.hasSecondSource()) return;
        Quotation memory q;
        if (isExecution) {
            (q.price, q.confidence,) = _executionKey.load();
            (q.base, q.collateral) = _executionKey.parts();
        } else {
            q = _stored(feed, pythId, limits);
        }
        uint256 limit = _confidenceLimit(limits, q);
        if (q.confidence > limit) revert ConfidenceTooWide(q.confidence, limit);
        if (limits.hasSecondSource()) _requireAgreement(feed, pythId, limits, q.base, q.collateral);
    }

    /// @dev Checks the caller and that no price is carried.
    function _begin(uint256 marketId)
        private
        view
        returns (StoredFeed storage feed, bytes32 pythId, FeedLimits limits)
    {
        if (!isExecutor(msg.sender)) {
            revert NotExecutor(msg.sender);
        }
        if (_executionMarket != 0) revert ExecutionInProgress(_executionMarket);
        return _load(marketId);
    }

    /// @dev Sets the execution price, and returns the rest of the attached value to the caller as the last step, because
    /// the caller can reenter then.
    function _carry(uint256 marketId, bytes32 key, uint256 fee) private returns (Price) {
        _executionMarket = marketId;
        _executionKey = key;
        (uint256 price,,) = key.load();
        if (msg.value > fee) Address.sendValue(payable(msg.sender), msg.value - fee);
        return Price.wrap(price);
    }

    /// @dev Whether {checkOpening} has to decide on increases at this price of the first source.
    function _needsCheck(FeedLimits limits, Quotation memory q) private pure returns (bool) {
        return limits.hasSecondSource() || limits.hasSequencer() || q.confidence > _confidenceLimit(limits, q);
    }

    /// @dev WAD quote, down; the largest uint256 without a limit.
    function _confidenceLimit(FeedLimits limits, Quotation memory q) private pure returns (uint256) {
        uint256 ratio = limits.maxConfidence();
        return ratio == 0 ? type(uint256).max : q.price * ratio / PPM;
    }

    function _hasExecutionPrice(uint256 marketId) private view returns (bool) {
        return _executionMarket == marketId && marketId != 0;
    }

    /// @dev Whether the first price at or after `minPublishTime` was verified in this transaction. Reverts with
    /// OutsideWindow when it was published after the order's own window.
    function _isVerified(bytes32 key, uint256 minPublishTime, uint256 maxPublishTime) private view returns (bool) {
        (bool isVerified, uint256 newest) = key.find();
        if (isVerified && newest > maxPublishTime) revert OutsideWindow(newest, minPublishTime, maxPublishTime);
        return isVerified;
    }

    /// @dev Sets the execution price to one that update data proves.
    /// @param isFirst as for {_verify}
    function _verifyAndCarry(
        uint256 marketId,
        bytes32 key,
        bytes[] calldata updateData,
        Window memory window,
        bool isFirst
    ) private returns (Price) {
        (StoredFeed storage feed, bytes32 pythId, FeedLimits limits) = _load(marketId);
        // Pyth cannot reenter: it is the contract that the owner has chosen. The caller can, in the last line only.
        (Quotation memory q, uint256 fee) = _verify(feed, pythId, limits, updateData, window, isFirst);
        key.store(q, limits.hasSecondSource(), _needsCheck(limits, q));
        return _carry(marketId, key, fee);
    }

    /// @dev Extracts the price of the market in the window from update data.
    /// @param isFirst whether only the first price in the window is valid; otherwise none that is older than the stored
    /// one
    /// @return q the price
    /// @return fee fee paid to Pyth, wei
    function _verify(
        StoredFeed storage feed,
        bytes32 pythId,
        FeedLimits limits,
        bytes[] calldata updateData,
        Window memory window,
        bool isFirst
    ) private returns (Quotation memory q, uint256 fee) {
        IPyth source = _pythOf(feed, limits);
        fee = source.getUpdateFee(updateData);
        _requireFeeCovered(fee, limits);
        bytes32[] memory ids = new bytes32[](limits.hasCollateral() ? 2 : 1);
        ids[0] = pythId;
        if (ids.length == 2) ids[1] = feed.collateralPythId;
        uint256[] memory storedTimes = isFirst ? new uint256[](0) : _storedTimes(source, ids);
        PythStructs.PriceFeed[] memory answers = _parse(source, updateData, ids, window.min, window.max, isFirst, fee);
        for (uint256 i = 0; i < storedTimes.length; ++i) {
            uint256 publishTime = answers[i].price.publishTime;
            if (publishTime < storedTimes[i]) revert OlderThanStored(ids[i], publishTime, storedTimes[i]);
        }
        q = _quote(pythId, answers[0].price, limits.maxExecutionAge());
        if (ids.length == 1) return (q, fee);
        FeedLimits collateralLimits = feed.collateralLimits;
        _divide(q, ids[1], answers[1].price, collateralLimits.maxExecutionAge(), collateralLimits.maxSkew());
    }

    /// @dev {_verify} for any price of the window, also one that is older than the stored price.
    function _prove(
        StoredFeed storage feed,
        bytes32 pythId,
        FeedLimits limits,
        bytes[] calldata updateData,
        uint256 minPublishTime
    ) private returns (Quotation memory q, uint256 fee) {
        IPyth source = _pythOf(feed, limits);
        fee = source.getUpdateFee(updateData);
        _requireFeeCovered(fee, limits);
        bytes32[] memory ids = new bytes32[](limits.hasCollateral() ? 2 : 1);
        ids[0] = pythId;
        if (ids.length == 2) ids[1] = feed.collateralPythId;
        PythStructs.PriceFeed[] memory answers =
            _parse(source, updateData, ids, minPublishTime, type(uint64).max, false, fee);
        q = _quote(pythId, answers[0].price, limits.maxExecutionAge());
        if (ids.length == 1) return (q, fee);
        FeedLimits collateralLimits = feed.collateralLimits;
        _divide(q, ids[1], answers[1].price, collateralLimits.maxExecutionAge(), collateralLimits.maxSkew());
    }

    function _storedTimes(IPyth source, bytes32[] memory ids) private view returns (uint256[] memory times) {
        times = new uint256[](ids.length);
        for (uint256 i = 0; i < ids.length; ++i) {
            times[i] = _knownTime(source, ids[i]);
        }
    }

    /// @dev Reverts with FeeNotCovered when neither the attached value nor the oracle's balance covers the fee. The
    /// balance pays at most `floatFee`, the price of the updates that an execution needs, so padded data cannot drain
    /// it. The caller attaches the fee of more expensive data.
    function _requireFeeCovered(uint256 fee, FeedLimits limits) private view {
        uint256 available = msg.value;
        if (available == 0) {
            uint256 limit = limits.floatFee();
            available = address(this).balance < limit ? address(this).balance : limit;
        }
        if (fee > available) revert FeeNotCovered(fee, available);
    }

    function _executionFee(uint256 marketId, bytes[] calldata updateData) private view returns (uint256) {
        (StoredFeed storage feed,, FeedLimits limits) = _load(marketId);
        if (updateData.length == 0 && limits.hasSecondSource()) return 0;
        return _pythOf(feed, limits).getUpdateFee(updateData);
    }

    function _requireSequencer(StoredFeed storage feed, uint256 upFrom, uint256 time) private view {
        if (upFrom != 0 && time <= upFrom) revert SequencerDown(feed.sequencer.target());
    }

    /// @dev {_requireSequencer} with the grace period of markets after that of the feed: orders that reduce can be created
    /// in it.
    function _requireGrace(StoredFeed storage feed, uint256 upFrom, uint256 time) private view {
        _requireSequencer(feed, _isKnown(upFrom) ? upFrom + GRACE_PERIOD : upFrom, time);
    }

    /// @dev Whether the sequencer is up.
    /// @param upFrom of {ChainlinkSource-sequencerUpFrom}
    function _isKnown(uint256 upFrom) private pure returns (bool) {
        return upFrom != 0 && upFrom != type(uint256).max;
    }

    function _commitmentTime(StoredFeed storage feed, FeedLimits limits) private view returns (uint256 time) {
        if (limits.hasSequencer()) {
            _requireSequencer(feed, ChainlinkSource.sequencerUpFrom(feed.sequencer), block.timestamp);
        }
        time = _latestPublishTime(feed, limits);
        if (time < block.timestamp) time = block.timestamp;
    }

    function _latestPublishTime(StoredFeed storage feed, FeedLimits limits) private view returns (uint256 time) {
        bytes32 pythId = feed.pythId;
        if (pythId == 0) return 0;
        IPyth source = _pythOf(feed, limits);
        time = _knownTime(source, pythId);
        if (!limits.hasCollateral()) return time;
        uint256 collateralTime = _knownTime(source, feed.collateralPythId);
        if (collateralTime > time) time = collateralTime;
    }

    /// @dev Returns the publish time of the stored price, or zero without one and for an implausible time.
    function _knownTime(IPyth source, bytes32 pythId) private view returns (uint256 time) {
        time = _tryStored(source, pythId).publishTime;
        if (_isImplausible(time)) time = 0;
    }
}
