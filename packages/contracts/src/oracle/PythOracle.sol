// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IPyth} from "@pythnetwork/pyth-sdk-solidity/IPyth.sol";
import {PythStructs} from "@pythnetwork/pyth-sdk-solidity/PythStructs.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {BoundedCall} from "../libraries/BoundedCall.sol";
import {PythPrice} from "../libraries/PythPrice.sol";
import {Cast} from "../types/Cast.sol";
import {ZeroAddress} from "../types/Errors.sol";
import {Aggregator, FeedLimits, StoredFeed} from "../types/Feed.sol";
import {PPM, Price, PriceLib} from "../types/Units.sol";
import {ChainlinkSource, Round} from "./ChainlinkSource.sol";
import {SourceRegistry} from "./SourceRegistry.sol";

/// @title Prices of markets: Pyth first (pull model), Chainlink second
/// @notice There are two kinds of price. The stored price is the last one at Pyth, which any account can update; it is
/// valid while it is fresh. The execution price is the first one published at or after a time that was fixed before the
/// price could be known; Pyth stores it as well, if it is newer. docs/prices.md has a table of the requirements of each
/// action.
/// @dev The execution price is in transient storage between {beginExecution} and {endExecution}. Only executors can set
/// it, because an account that chooses the time of an execution chooses among recent prices. {beginCurrent} sets a
/// current price instead, for executors whose users trust the caller with that choice.
///
/// If the caller attaches no value, the contract pays Pyth's fee from its balance, which saves passing the value
/// through two calls. Any account can top up the balance. When it is empty, keepers attach the fee.
contract PythOracle is IPriceOracle, SourceRegistry {
    using SafeCast for uint256;

    /// @dev Range of valid publish times of an execution price, seconds, both ends included.
    struct Window {
        uint256 min;
        uint256 max;
    }

    error NotExecutor(address caller);
    error PriceNotPositive(bytes32 pythId, int64 price);
    error StalePrice(bytes32 pythId, uint256 publishTime, uint256 oldestAllowed);
    /// @notice Pyth returned a price of another feed than the requested one.
    error WrongFeed(bytes32 pythId, bytes32 expected);
    /// @notice Pyth returned a price published outside the requested window. Seconds.
    error OutsideWindow(uint256 publishTime, uint256 minPublishTime, uint256 maxPublishTime);
    error ExecutionInProgress(uint256 marketId);
    /// @notice The fee exceeds the attached value, or the amount that the oracle's balance may pay for one execution.
    /// Wei.
    error FeeNotCovered(uint256 fee, uint256 available);
    /// @notice The execution price is one of the second source, at which positions can only be reduced.
    error FallbackOnlyReduces(uint256 marketId);
    /// @notice The second source serves executions only after the price window has passed. Seconds.
    error FallbackTooEarly(uint256 timestamp, uint256 availableAfter);
    /// @notice The second source serves executions only if the first source was dead at the end of the price window,
    /// that is, if its stored price was older than `fallbackAge`. Seconds.
    error PrimaryAlive(bytes32 pythId, uint256 publishTime, uint256 fallbackAge);
    /// @notice The second source has no provable first round at or after `minPublishTime`.
    error NoFirstRound(address aggregator, uint256 minPublishTime);
    /// @notice A price submitted as the current one is older than the stored price. Seconds.
    error OlderThanStored(bytes32 pythId, uint256 publishTime, uint256 storedPublishTime);
    error SequencerDown(address sequencerFeed);

    uint256 private constant MAX_INT64 = 2 ** 63 - 1;

    /// @notice Pyth contract of all markets whose feed names no other one.
    IPyth public immutable pyth;

    /// @dev Market of the execution price; zero when there is none.
    uint256 private transient _executionMarket;
    uint256 private transient _executionPrice;
    uint256 private transient _executionConfidence;
    /// @dev The base price and the collateral price of the execution price, WAD dollars. Set only for a market with a
    /// second source, which they are compared with. The collateral price is zero without a collateral feed.
    uint256 private transient _executionBase;
    uint256 private transient _executionCollateral;
    bool private transient _isExecutionFallback;

    constructor(IPyth pyth_, address owner_) Ownable(owner_) {
        if (address(pyth_) == address(0)) revert ZeroAddress();
        pyth = pyth_;
    }

    /// @notice Tops up the balance that pays Pyth's fees.
    receive() external payable {}

    // ------------------------------------------------------------------------------------------------ execution ----

    /// @inheritdoc IPriceOracle
    /// @dev Calls Pyth with its uniqueness check: an update is valid only if the previous one was published before
    /// `minPublishTime`. Pyth's `parsePriceFeedUpdatesUnique` calls `parsePriceFeedUpdatesWithConfig`; the direct call
    /// makes the check explicit.
    function beginExecution(
        uint256 marketId,
        bytes[] calldata updateData,
        uint256 minPublishTime,
        uint256 maxPublishTime
    ) external payable returns (Price price) {
        if (!isExecutor(msg.sender)) revert NotExecutor(msg.sender);
        _requireNoExecution();
        (bytes32 pythId, FeedLimits limits) = _load(marketId);

        Window memory window = Window(minPublishTime, maxPublishTime);
        uint256 fee;
        if (updateData.length == 0 && limits.hasSecondSource()) {
            price = _setFromSecondSource(marketId, pythId, limits, window);
        } else {
            PythStructs.PriceFeed[] memory answers;
            // Pyth cannot reenter: it is the contract that the owner has chosen. The caller can, in the last line only.
            (answers, fee) = _parse(marketId, pythId, limits, updateData, window, true);
            price = _setFromPyth(marketId, limits, answers);
        }
        // The refund is the last step, because the caller can reenter.
        if (msg.value > fee) Address.sendValue(payable(msg.sender), msg.value - fee);
    }

    /// @inheritdoc IPriceOracle
    function beginCurrent(uint256 marketId, bytes[] calldata updateData, uint256 minPublishTime)
        external
        payable
        returns (Price price)
    {
        if (!isExecutor(msg.sender)) revert NotExecutor(msg.sender);
        _requireNoExecution();
        (bytes32 pythId, FeedLimits limits) = _load(marketId);

        uint256 fee;
        if (updateData.length == 0) {
            (price,,,) = _stored(marketId, pythId, limits);
            _requireNotBefore(marketId, pythId, limits, minPublishTime);
        } else {
            PythStructs.PriceFeed[] memory answers;
            Window memory window = Window(minPublishTime, type(uint64).max);
            (answers, fee) = _parse(marketId, pythId, limits, updateData, window, false);
            IPyth source = _pythOf(marketId, limits);
            for (uint256 i = 0; i < answers.length; ++i) {
                uint256 stored = _tryStored(source, answers[i].id).publishTime;
                uint256 publishTime = answers[i].price.publishTime;
                if (publishTime < stored) revert OlderThanStored(answers[i].id, publishTime, stored);
            }
            price = _setFromPyth(marketId, limits, answers);
        }
        if (msg.value > fee) Address.sendValue(payable(msg.sender), msg.value - fee);
    }

    /// @inheritdoc IPriceOracle
    function endExecution() external {
        if (!isExecutor(msg.sender)) revert NotExecutor(msg.sender);
        _executionMarket = 0;
        _executionPrice = 0;
        _executionConfidence = 0;
        // The other variables are set only for a market with a second source.
        if (_executionBase == 0) return;
        _executionBase = 0;
        _executionCollateral = 0;
        _isExecutionFallback = false;
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @inheritdoc IPriceOracle
    function getPrice(uint256 marketId) external view returns (Price price, uint256 confidence) {
        if (_hasExecutionPrice(marketId)) return (Price.wrap(_executionPrice), _executionConfidence);
        (bytes32 pythId, FeedLimits limits) = _load(marketId);
        (price, confidence,,) = _stored(marketId, pythId, limits);
    }

    /// @inheritdoc IPriceOracle
    /// @dev Skips the comparison when the second source is not fresh or its call fails.
    function checkIncrease(uint256 marketId) external view {
        (bytes32 pythId, FeedLimits limits) = _load(marketId);
        bool isExecution = _hasExecutionPrice(marketId);
        if (isExecution && _isExecutionFallback) revert FallbackOnlyReduces(marketId);
        uint256 maxConfidence = limits.maxConfidence();
        if (maxConfidence == 0 && !limits.hasSecondSource()) return;

        Price price;
        uint256 confidence;
        uint256 baseWad;
        uint256 collateralWad;
        if (isExecution) {
            (price, confidence) = (Price.wrap(_executionPrice), _executionConfidence);
            (baseWad, collateralWad) = (_executionBase, _executionCollateral);
        } else {
            (price, confidence, baseWad, collateralWad) = _stored(marketId, pythId, limits);
        }
        if (maxConfidence != 0) {
            uint256 limit = price.unwrap() * maxConfidence / PPM;
            if (confidence > limit) revert ConfidenceTooWide(confidence, limit);
        }
        if (limits.hasSecondSource()) _requireAgreement(marketId, pythId, limits, baseWad, collateralWad);
    }

    /// @inheritdoc IPriceOracle
    function getLiquidationPrice(uint256 marketId) external view returns (Price price) {
        (bytes32 pythId, FeedLimits limits) = _load(marketId);
        StoredFeed storage feed = _feeds[marketId];
        IPyth source = _pythOf(marketId, limits);
        Aggregator second = limits.hasSecondSource() ? feed.second : Aggregator.wrap(0);
        price = Price.wrap(
            _liquidationPart(source, pythId, limits.maxLiquidationAge(), limits.fallbackAge(), second, feed.sequencer)
        );
        if (!limits.hasCollateral()) return price;
        second = limits.hasSecondSource() ? feed.collateralSecond : Aggregator.wrap(0);
        uint256 collateralWad = _liquidationPart(
            source,
            feed.collateralPythId,
            feed.collateralLimits.maxLiquidationAge(),
            limits.fallbackAge(),
            second,
            feed.sequencer
        );
        (price,) = PythPrice.divide(price.unwrap(), 0, collateralWad, 0);
    }

    /// @inheritdoc IPriceOracle
    function getLastPrice(uint256 marketId) external view returns (Price price, uint256 publishTime) {
        (bytes32 pythId, FeedLimits limits) = _load(marketId);
        IPyth source = _pythOf(marketId, limits);
        // Age and confidence are not limited here. The function returns the publish time for its callers to check.
        PythStructs.Price memory answer = source.getPriceUnsafe(pythId);
        price = Price.wrap(_toWad(pythId, answer));
        publishTime = answer.publishTime;
        if (!limits.hasCollateral()) return (price, publishTime);
        bytes32 collateralId = _feeds[marketId].collateralPythId;
        answer = source.getPriceUnsafe(collateralId);
        (price,) = PythPrice.divide(price.unwrap(), 0, _toWad(collateralId, answer), 0);
        if (answer.publishTime < publishTime) publishTime = answer.publishTime;
    }

    /// @inheritdoc IPriceOracle
    function updateFee(bytes[] calldata updateData) external view returns (uint256) {
        return pyth.getUpdateFee(updateData);
    }

    /// @inheritdoc IPriceOracle
    function executionFee(uint256 marketId, bytes[] calldata updateData) external view returns (uint256) {
        (, FeedLimits limits) = _load(marketId);
        if (updateData.length == 0 && limits.hasSecondSource()) return 0;
        return _pythOf(marketId, limits).getUpdateFee(updateData);
    }

    // -------------------------------------------------------------------------------- internal: execution price ----

    function _hasExecutionPrice(uint256 marketId) private view returns (bool) {
        return _executionMarket == marketId && marketId != 0;
    }

    function _requireNoExecution() internal view override {
        if (_executionMarket != 0) revert ExecutionInProgress(_executionMarket);
    }

    function _setExecutionPrice(uint256 marketId, Price price, uint256 confidence) private {
        _executionMarket = marketId;
        _executionPrice = price.unwrap();
        _executionConfidence = confidence;
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

    /// @dev Extracts a price of the base feed within the window, and one of the collateral feed if there is one, from
    /// the same data, and has Pyth store them if they are newer than the stored ones (T36, decision D1). Checks feed id and
    /// publish time again (decision D2).
    /// @param isFirst whether only the first price in the window is valid
    /// @return answers one price for each feed
    /// @return fee fee paid to Pyth, wei
    function _parse(
        uint256 marketId,
        bytes32 pythId,
        FeedLimits limits,
        bytes[] calldata updateData,
        Window memory window,
        bool isFirst
    ) private returns (PythStructs.PriceFeed[] memory answers, uint256 fee) {
        IPyth source = _pythOf(marketId, limits);
        fee = source.getUpdateFee(updateData);
        _requireFeeCovered(fee, limits);
        bytes32[] memory ids = new bytes32[](limits.hasCollateral() ? 2 : 1);
        ids[0] = pythId;
        if (ids.length == 2) ids[1] = _feeds[marketId].collateralPythId;
        // The fee goes to the Pyth contract of the feed, which changes only after {SOURCE_DELAY}.
        (answers,) = source.parsePriceFeedUpdatesWithConfig{value: fee}(
            updateData, ids, window.min.toUint64(), window.max.toUint64(), isFirst, false, true
        );
        for (uint256 i = 0; i < ids.length; ++i) {
            if (answers[i].id != ids[i]) revert WrongFeed(answers[i].id, ids[i]);
            uint256 publishTime = answers[i].price.publishTime;
            if (publishTime < window.min || publishTime > window.max) {
                revert OutsideWindow(publishTime, window.min, window.max);
            }
        }
    }

    /// @dev Sets the execution price that Pyth's prices of base and collateral yield.
    function _setFromPyth(uint256 marketId, FeedLimits limits, PythStructs.PriceFeed[] memory answers)
        private
        returns (Price price)
    {
        PythStructs.Price memory answer = answers[0].price;
        _requireFresh(answers[0].id, answer.publishTime, limits.maxExecutionAge());
        uint256 baseWad = _toWad(answers[0].id, answer);
        uint256 confidence = PythPrice.toWadFloor(answer.conf, answer.expo);
        uint256 collateralWad;
        price = Price.wrap(baseWad);
        if (limits.hasCollateral()) {
            answer = answers[1].price;
            _requireFresh(answers[1].id, answer.publishTime, _feeds[marketId].collateralLimits.maxExecutionAge());
            collateralWad = _toWad(answers[1].id, answer);
            (price, confidence) =
                PythPrice.divide(baseWad, confidence, collateralWad, PythPrice.toWadFloor(answer.conf, answer.expo));
        }
        _setExecutionPrice(marketId, price, confidence);
        if (limits.hasSecondSource()) (_executionBase, _executionCollateral) = (baseWad, collateralWad);
    }

    /// @dev Sets the execution price to the second source's first round at or after the start of the window. Only valid
    /// after the window, and if the stored price of the first source was dead at its end. Any account can end that
    /// state by storing a price at Pyth. A first source that dies later does not count, because the price would be
    /// known by then (T16).
    function _setFromSecondSource(uint256 marketId, bytes32 pythId, FeedLimits limits, Window memory window)
        private
        returns (Price price)
    {
        if (block.timestamp <= window.max) revert FallbackTooEarly(block.timestamp, window.max);
        StoredFeed storage feed = _feeds[marketId];
        _requireDead(marketId, pythId, limits, window.max);
        if (!ChainlinkSource.isSequencerUp(feed.sequencer)) revert SequencerDown(feed.sequencer.target());
        uint256 baseWad = _firstRound(pythId, feed.second, window.min, limits.maxExecutionAge());
        uint256 collateralWad;
        price = Price.wrap(baseWad);
        if (limits.hasCollateral()) {
            collateralWad = _firstRound(
                feed.collateralPythId, feed.collateralSecond, window.min, feed.collateralLimits.maxExecutionAge()
            );
            (price,) = PythPrice.divide(baseWad, 0, collateralWad, 0);
        }
        _setExecutionPrice(marketId, price, 0);
        (_executionBase, _executionCollateral, _isExecutionFallback) = (baseWad, collateralWad, true);
    }

    /// @dev Reverts with PrimaryAlive unless the stored price of the base or of the collateral was older than
    /// `fallbackAge`.
    /// @param timestamp time at which the age counts, seconds
    function _requireDead(uint256 marketId, bytes32 pythId, FeedLimits limits, uint256 timestamp) private view {
        IPyth source = _pythOf(marketId, limits);
        uint256 publishTime = _tryStored(source, pythId).publishTime;
        uint256 fallbackAge = limits.fallbackAge();
        if (publishTime + fallbackAge < timestamp) return;
        if (limits.hasCollateral()) {
            uint256 collateralTime = _tryStored(source, _feeds[marketId].collateralPythId).publishTime;
            if (collateralTime + fallbackAge < timestamp) return;
        }
        revert PrimaryAlive(pythId, publishTime, fallbackAge);
    }

    function _firstRound(bytes32 pythId, Aggregator second, uint256 minPublishTime, uint256 maxExecutionAge)
        private
        view
        returns (uint256 wad)
    {
        if (!second.exists()) revert NoFirstRound(address(0), minPublishTime);
        (bool ok, Round memory round) = ChainlinkSource.firstAtOrAfter(second, minPublishTime);
        if (!ok) revert NoFirstRound(second.target(), minPublishTime);
        _requireFresh(pythId, round.updatedAt, maxExecutionAge);
        return round.price;
    }

    // ----------------------------------------------------------------------------------- internal: stored price ----

    function _load(uint256 marketId) private view returns (bytes32 pythId, FeedLimits limits) {
        StoredFeed storage feed = _feeds[marketId];
        pythId = feed.pythId;
        if (pythId == 0) revert UnknownFeed(marketId);
        limits = feed.limits;
    }

    function _pythOf(uint256 marketId, FeedLimits limits) private view returns (IPyth) {
        return limits.hasOwnPyth() ? IPyth(_feeds[marketId].pyth) : pyth;
    }

    /// @dev Returns the stored price for trading, and the prices of base and collateral in WAD dollars.
    function _stored(uint256 marketId, bytes32 pythId, FeedLimits limits)
        private
        view
        returns (Price price, uint256 confidence, uint256 baseWad, uint256 collateralWad)
    {
        IPyth source = _pythOf(marketId, limits);
        // The next line checks the age and reverts with this contract's own error. The confidence is returned, and only
        // {checkIncrease} limits it, because a wide confidence must not stop an account from closing.
        PythStructs.Price memory answer = source.getPriceUnsafe(pythId);
        _requireFresh(pythId, answer.publishTime, limits.maxAge());
        baseWad = _toWad(pythId, answer);
        price = Price.wrap(baseWad);
        confidence = PythPrice.toWadFloor(answer.conf, answer.expo);
        if (!limits.hasCollateral()) return (price, confidence, baseWad, 0);

        StoredFeed storage feed = _feeds[marketId];
        bytes32 collateralId = feed.collateralPythId;
        answer = source.getPriceUnsafe(collateralId);
        _requireFresh(collateralId, answer.publishTime, feed.collateralLimits.maxAge());
        collateralWad = _toWad(collateralId, answer);
        (price, confidence) =
            PythPrice.divide(baseWad, confidence, collateralWad, PythPrice.toWadFloor(answer.conf, answer.expo));
    }

    /// @dev Reverts with StalePrice when the stored price of the base or of the collateral was published before
    /// `minPublishTime`.
    function _requireNotBefore(uint256 marketId, bytes32 pythId, FeedLimits limits, uint256 minPublishTime)
        private
        view
    {
        IPyth source = _pythOf(marketId, limits);
        // Reads the publish time only. The caller has read and checked the price.
        uint256 publishTime = source.getPriceUnsafe(pythId).publishTime;
        if (publishTime < minPublishTime) revert StalePrice(pythId, publishTime, minPublishTime);
        if (!limits.hasCollateral()) return;
        bytes32 collateralId = _feeds[marketId].collateralPythId;
        publishTime = source.getPriceUnsafe(collateralId).publishTime;
        if (publishTime < minPublishTime) revert StalePrice(collateralId, publishTime, minPublishTime);
    }

    function _requireFresh(bytes32 pythId, uint256 publishTime, uint256 maxAge) private view {
        if (publishTime + maxAge < block.timestamp) revert StalePrice(pythId, publishTime, block.timestamp - maxAge);
    }

    /// @dev Converts a Pyth price to WAD and reverts unless it is in [1, 2^128 - 1]. Rounds down.
    function _toWad(bytes32 pythId, PythStructs.Price memory answer) private pure returns (uint256) {
        if (answer.price <= 0) revert PriceNotPositive(pythId, answer.price);
        return PriceLib.toPrice(PythPrice.toWadFloor(Cast.toUint(answer.price), answer.expo)).unwrap();
    }

    /// @dev Like {_toWad}, but returns zero for an invalid price.
    function _toWadOrZero(PythStructs.Price memory answer) private pure returns (uint256 wad) {
        if (answer.price <= 0 || !PythPrice.isInRange(answer.expo)) return 0;
        wad = PythPrice.toWadFloor(Cast.toUint(answer.price), answer.expo);
        if (wad > PriceLib.MAX_PRICE) wad = 0;
    }

    /// @dev Returns Pyth's stored price, or all zero when the call fails or its result is no price. So the second
    /// source is usable in every failure of the first one.
    function _tryStored(IPyth source, bytes32 pythId) private view returns (PythStructs.Price memory answer) {
        (bool ok, uint256[5] memory words) =
            BoundedCall.read(address(source), abi.encodeCall(IPyth.getPriceUnsafe, (pythId)), 4);
        // A negative price exceeds the maximum as an unsigned word, so it is rejected.
        if (!ok || words[0] > MAX_INT64 || words[1] > type(uint64).max) return answer;
        int32 expo = Cast.lowInt32(words[2]);
        if (Cast.toWord(expo) != words[2] || words[3] > type(uint64).max) return answer;
        answer = PythStructs.Price(Cast.lowInt64(words[0]), Cast.lowUint64(words[1]), expo, words[3]);
    }

    // ---------------------------------------------------------------------------------- internal: second source ----

    function _requireAgreement(
        uint256 marketId,
        bytes32 pythId,
        FeedLimits limits,
        uint256 baseWad,
        uint256 collateralWad
    ) private view {
        StoredFeed storage feed = _feeds[marketId];
        if (!ChainlinkSource.isSequencerUp(feed.sequencer)) return;
        _requireAgreement(feed.second, pythId, baseWad, limits.maxDeviation());
        if (collateralWad == 0) return;
        Aggregator second = feed.collateralSecond;
        if (second.exists()) _requireAgreement(second, feed.collateralPythId, collateralWad, limits.maxDeviation());
    }

    /// @dev Requires |primary - secondary| <= maxDeviation * min(primary, secondary). Compares products, so nothing is
    /// rounded.
    function _requireAgreement(Aggregator second, bytes32 pythId, uint256 primary, uint256 maxDeviation) private view {
        (bool ok, Round memory round) = ChainlinkSource.latestFresh(second);
        if (!ok) return;
        (uint256 lower, uint256 higher) = primary < round.price ? (primary, round.price) : (round.price, primary);
        if ((higher - lower) * PPM > lower * maxDeviation) {
            revert SourcesDisagree(pythId, primary, round.price, maxDeviation);
        }
    }

    /// @dev Returns the price of base or collateral for liquidations, WAD dollars: Pyth's stored price while it is
    /// fresh enough, or the second source's latest round when Pyth's price is dead or invalid.
    function _liquidationPart(
        IPyth source,
        bytes32 pythId,
        uint256 maxLiquidationAge,
        uint256 fallbackAge,
        Aggregator second,
        Aggregator sequencer
    ) private view returns (uint256) {
        // A wide confidence must not stop liquidations. The age is checked below.
        PythStructs.Price memory answer = second.exists() ? _tryStored(source, pythId) : source.getPriceUnsafe(pythId);
        uint256 wad = _toWadOrZero(answer);
        if (wad != 0 && answer.publishTime + maxLiquidationAge >= block.timestamp) return wad;
        bool isDead = wad == 0 || answer.publishTime + fallbackAge < block.timestamp;
        if (isDead && second.exists() && ChainlinkSource.isSequencerUp(sequencer)) {
            (bool ok, Round memory round) = ChainlinkSource.latestFresh(second);
            if (ok) return round.price;
        }
        // No source has a valid price. Reverts with the fault of the first one.
        _requireFresh(pythId, answer.publishTime, maxLiquidationAge);
        return _toWad(pythId, answer);
    }
}
