// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {IPyth} from "@pythnetwork/pyth-sdk-solidity/IPyth.sol";
import {PythStructs} from "@pythnetwork/pyth-sdk-solidity/PythStructs.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {BoundedCall} from "../libraries/BoundedCall.sol";
import {PythPrice} from "../libraries/PythPrice.sol";
import {ZeroAddress} from "../types/Errors.sol";
import {Aggregator, FeedLimits, StoredFeed} from "../types/Feed.sol";
import {PPM, Price, PriceLib} from "../types/Units.sol";
import {ChainlinkSource, Round} from "./ChainlinkSource.sol";
import {SourceRegistry} from "./SourceRegistry.sol";

/// @title Prices of markets: Pyth first (pull model), Chainlink second
/// @notice Two kinds of price: the stored one, which anybody updates at Pyth and which is used while it is fresh; and
/// the execution price, the first one published at or after a moment that was fixed before it could be known. Each
/// action states what it needs of a price; docs/prices.md has the table.
/// @dev The execution price lives in transient storage between {beginExecution} and {endExecution}. Only executors may
/// set it: whoever could begin an execution at a time of its own choosing could choose among recent prices.
///
/// The contract pays Pyth's fee from its own balance when the caller attaches none, which saves passing the value
/// through two calls. Anybody may top the balance up; when it is empty, keepers attach the fee.
contract PythOracle is IPriceOracle, SourceRegistry {
    /// @dev When an execution price may have been published, seconds, both ends included.
    struct Window {
        uint256 min;
        uint256 max;
    }

    error NotExecutor(address caller);
    error PriceNotPositive(bytes32 pythId, int64 price);
    error StalePrice(bytes32 pythId, uint256 publishTime, uint256 oldestAllowed);
    /// @notice The source answered for another feed than the one asked for.
    error WrongFeed(bytes32 pythId, bytes32 expected);
    /// @notice The source answered with a price from outside the window asked for.
    error OutsideWindow(uint256 publishTime, uint256 minPublishTime, uint256 maxPublishTime);
    error ExecutionInProgress(uint256 marketId);
    /// @notice Wei. `available` is what was attached, or what the oracle's own balance may pay for one execution.
    error FeeNotCovered(uint256 fee, uint256 available);
    /// @notice The price carried is the second source's, which serves to reduce only.
    error FallbackOnlyReduces(uint256 marketId);
    /// @notice The second source serves executions only after the first one's window has passed. Seconds.
    error FallbackTooEarly(uint256 timestamp, uint256 availableAfter);
    /// @notice The second source serves executions only while the first one is dead. Seconds.
    error PrimaryAlive(bytes32 pythId, uint256 publishTime, uint256 fallbackAge);
    /// @notice The second source has no provable first round at or after `minPublishTime`.
    error NoFirstRound(address aggregator, uint256 minPublishTime);
    /// @notice A price that is brought as the current one is older than what is stored. Seconds.
    error OlderThanStored(bytes32 pythId, uint256 publishTime, uint256 storedPublishTime);
    error SequencerDown(address sequencerFeed);

    /// @notice Pyth's contract for all markets whose feed does not name another one.
    IPyth public immutable pyth;

    /// @dev Market of the execution price; zero when there is none.
    uint256 private transient _executionMarket;
    uint256 private transient _executionPrice;
    uint256 private transient _executionConfidence;
    /// @dev The two parts of the execution price, WAD dollars, kept only where there is a second source to compare them
    /// with; the base's is zero where there is none. The collateral's is zero without a collateral feed.
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
    /// @dev Asks Pyth with its uniqueness check on: an update qualifies only if the one before it was published before
    /// `minPublishTime`. `parsePriceFeedUpdatesWithConfig` is what Pyth's `parsePriceFeedUpdatesUnique` calls; calling
    /// it directly makes the check explicit.
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
            price = _carryFallback(marketId, pythId, limits, window);
        } else {
            PythStructs.PriceFeed[] memory answers;
            // Executors only, one execution at a time, and the source is one that the owner has announced: nobody who could
            // come back in is called before the last line.
            // slither-disable-next-line reentrancy-eth
            (answers, fee) = _parse(marketId, pythId, limits, updateData, window, true);
            price = _carryAnswers(marketId, limits, answers);
        }
        // What was attached beyond the fee goes back, last of all.
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
            // As in {beginExecution}.
            // slither-disable-next-line reentrancy-eth
            (answers, fee) = _parse(marketId, pythId, limits, updateData, window, false);
            IPyth source = _pythOf(marketId, limits);
            for (uint256 i = 0; i < answers.length; ++i) {
                uint256 stored = _tryStored(source, answers[i].id).publishTime;
                uint256 publishTime = answers[i].price.publishTime;
                if (publishTime < stored) revert OlderThanStored(answers[i].id, publishTime, stored);
            }
            price = _carryAnswers(marketId, limits, answers);
        }
        if (msg.value > fee) Address.sendValue(payable(msg.sender), msg.value - fee);
    }

    /// @inheritdoc IPriceOracle
    function endExecution() external {
        if (!isExecutor(msg.sender)) revert NotExecutor(msg.sender);
        _executionMarket = 0;
        _executionPrice = 0;
        _executionConfidence = 0;
        // The rest is there only where there is a second source.
        if (_executionBase == 0) return;
        _executionBase = 0;
        _executionCollateral = 0;
        _isExecutionFallback = false;
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @inheritdoc IPriceOracle
    function getPrice(uint256 marketId) external view returns (Price price, uint256 confidence) {
        if (_isCarriedFor(marketId)) return (Price.wrap(_executionPrice), _executionConfidence);
        (bytes32 pythId, FeedLimits limits) = _load(marketId);
        (price, confidence,,) = _stored(marketId, pythId, limits);
    }

    /// @inheritdoc IPriceOracle
    /// @dev A second source that is not fresh or does not answer says nothing, and nothing is compared.
    function checkIncrease(uint256 marketId) external view {
        (bytes32 pythId, FeedLimits limits) = _load(marketId);
        bool isCarried = _isCarriedFor(marketId);
        if (isCarried && _isExecutionFallback) revert FallbackOnlyReduces(marketId);
        uint256 maxConfidence = limits.maxConfidence();
        if (maxConfidence == 0 && !limits.hasSecondSource()) return;

        Price price;
        uint256 confidence;
        uint256 baseWad;
        uint256 collateralWad;
        if (isCarried) {
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
        // The last price, however old and however wide, with its time beside it.
        // slither-disable-next-line pyth-unchecked-confidence,pyth-unchecked-publishtime
        PythStructs.Price memory answer = source.getPriceUnsafe(pythId);
        price = Price.wrap(_toWad(pythId, answer));
        publishTime = answer.publishTime;
        if (!limits.hasCollateral()) return (price, publishTime);
        bytes32 collateralId = _feeds[marketId].collateralPythId;
        // slither-disable-next-line pyth-unchecked-confidence,pyth-unchecked-publishtime
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

    // -------------------------------------------------------------------------------------- internal: the carried ----

    function _isCarriedFor(uint256 marketId) private view returns (bool) {
        return _executionMarket == marketId && marketId != 0;
    }

    function _requireNoExecution() internal view override {
        if (_executionMarket != 0) revert ExecutionInProgress(_executionMarket);
    }

    function _carry(uint256 marketId, Price price, uint256 confidence) private {
        _executionMarket = marketId;
        _executionPrice = price.unwrap();
        _executionConfidence = confidence;
    }

    /// @dev The oracle's own balance pays for the updates that an execution needs and no more, so that padded data
    /// cannot drain it; whatever costs more is for the caller to attach.
    function _requireFeeCovered(uint256 fee, FeedLimits limits) private view {
        uint256 available = msg.value;
        if (available == 0) {
            uint256 limit = limits.floatFee();
            available = address(this).balance < limit ? address(this).balance : limit;
        }
        if (fee > available) revert FeeNotCovered(fee, available);
    }

    /// @dev A price within the window of the base's feed and, if there is one, of the collateral's, out of the same data.
    /// Id and time are checked again (decision D2).
    /// @param isFirst only the first price in the window will do
    /// @return answers one for each feed
    /// @return fee wei, what Pyth was paid
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
        // Times are block timestamps plus seconds: they fit 64 bits.
        // forge-lint: disable-start(unsafe-typecast)
        // The fee goes to the feed's own Pyth, which changes by announcement only.
        // slither-disable-next-line arbitrary-send-eth
        (answers,) = source.parsePriceFeedUpdatesWithConfig{value: fee}(
            updateData, ids, uint64(window.min), uint64(window.max), isFirst, false, false
        );
        // forge-lint: disable-end(unsafe-typecast)
        for (uint256 i = 0; i < ids.length; ++i) {
            if (answers[i].id != ids[i]) revert WrongFeed(answers[i].id, ids[i]);
            uint256 publishTime = answers[i].price.publishTime;
            if (publishTime < window.min || publishTime > window.max) {
                revert OutsideWindow(publishTime, window.min, window.max);
            }
        }
    }

    /// @dev Carries the price that the answers make together.
    function _carryAnswers(uint256 marketId, FeedLimits limits, PythStructs.PriceFeed[] memory answers)
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
        _carry(marketId, price, confidence);
        if (limits.hasSecondSource()) (_executionBase, _executionCollateral) = (baseWad, collateralWad);
    }

    /// @dev Carries the second source's first round at or after the window's beginning: once the first source's window has
    /// passed, and only if its stored price was dead by then. Anybody ends that by storing a price at Pyth. Nobody waits for
    /// it: what dies later would have a price that is known by then (T16).
    function _carryFallback(uint256 marketId, bytes32 pythId, FeedLimits limits, Window memory window)
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
        _carry(marketId, price, 0);
        (_executionBase, _executionCollateral, _isExecutionFallback) = (baseWad, collateralWad, true);
    }

    /// @param timestamp seconds; when it is to have been dead
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

    // --------------------------------------------------------------------------------------- internal: the stored ----

    function _load(uint256 marketId) private view returns (bytes32 pythId, FeedLimits limits) {
        StoredFeed storage feed = _feeds[marketId];
        pythId = feed.pythId;
        if (pythId == 0) revert UnknownFeed(marketId);
        limits = feed.limits;
    }

    function _pythOf(uint256 marketId, FeedLimits limits) private view returns (IPyth) {
        return limits.hasOwnPyth() ? IPyth(_feeds[marketId].pyth) : pyth;
    }

    /// @dev The stored price for trading, and its parts in WAD dollars.
    function _stored(uint256 marketId, bytes32 pythId, FeedLimits limits)
        private
        view
        returns (Price price, uint256 confidence, uint256 baseWad, uint256 collateralWad)
    {
        IPyth source = _pythOf(marketId, limits);
        // Its age is checked in the next line, in this contract's own error. Confidence is returned: it binds what increases
        // ({checkIncrease}), since a wide one must not stop anybody from closing.
        // slither-disable-next-line pyth-unchecked-confidence,pyth-unchecked-publishtime
        PythStructs.Price memory answer = source.getPriceUnsafe(pythId);
        _requireFresh(pythId, answer.publishTime, limits.maxAge());
        baseWad = _toWad(pythId, answer);
        price = Price.wrap(baseWad);
        confidence = PythPrice.toWadFloor(answer.conf, answer.expo);
        if (!limits.hasCollateral()) return (price, confidence, baseWad, 0);

        StoredFeed storage feed = _feeds[marketId];
        bytes32 collateralId = feed.collateralPythId;
        // slither-disable-next-line pyth-unchecked-confidence,pyth-unchecked-publishtime
        answer = source.getPriceUnsafe(collateralId);
        _requireFresh(collateralId, answer.publishTime, feed.collateralLimits.maxAge());
        collateralWad = _toWad(collateralId, answer);
        (price, confidence) =
            PythPrice.divide(baseWad, confidence, collateralWad, PythPrice.toWadFloor(answer.conf, answer.expo));
    }

    /// @dev The stored price is no older than `minPublishTime`, in both of its parts.
    function _requireNotBefore(uint256 marketId, bytes32 pythId, FeedLimits limits, uint256 minPublishTime)
        private
        view
    {
        IPyth source = _pythOf(marketId, limits);
        // The time alone is wanted; the price has been read and checked by the caller.
        // slither-disable-next-line pyth-unchecked-confidence,pyth-unchecked-publishtime
        uint256 publishTime = source.getPriceUnsafe(pythId).publishTime;
        if (publishTime < minPublishTime) revert StalePrice(pythId, publishTime, minPublishTime);
        if (!limits.hasCollateral()) return;
        bytes32 collateralId = _feeds[marketId].collateralPythId;
        // slither-disable-next-line pyth-unchecked-confidence,pyth-unchecked-publishtime
        publishTime = source.getPriceUnsafe(collateralId).publishTime;
        if (publishTime < minPublishTime) revert StalePrice(collateralId, publishTime, minPublishTime);
    }

    function _requireFresh(bytes32 pythId, uint256 publishTime, uint256 maxAge) private view {
        if (publishTime + maxAge < block.timestamp) revert StalePrice(pythId, publishTime, block.timestamp - maxAge);
    }

    /// @dev WAD, down; at least 1.
    function _toWad(bytes32 pythId, PythStructs.Price memory answer) private pure returns (uint256) {
        if (answer.price <= 0) revert PriceNotPositive(pythId, answer.price);
        // Positive, by the check above.
        // forge-lint: disable-next-line(unsafe-typecast)
        return PriceLib.toPrice(PythPrice.toWadFloor(uint64(answer.price), answer.expo)).unwrap();
    }

    /// @dev Like {_toWad}, but zero for what is no price.
    function _toWadOrZero(PythStructs.Price memory answer) private pure returns (uint256 wad) {
        if (answer.price <= 0 || !PythPrice.isInRange(answer.expo)) return 0;
        // Positive, by the check above.
        // forge-lint: disable-next-line(unsafe-typecast)
        wad = PythPrice.toWadFloor(uint64(answer.price), answer.expo);
        if (wad > PriceLib.MAX_PRICE) wad = 0;
    }

    /// @dev What Pyth stores, or all zero when it does not answer, or nothing that is a price: so that a second source is
    /// reached whatever has become of the first one.
    function _tryStored(IPyth source, bytes32 pythId) private view returns (PythStructs.Price memory answer) {
        (bool ok, uint256[5] memory words) =
            BoundedCall.read(address(source), abi.encodeCall(IPyth.getPriceUnsafe, (pythId)), 4);
        // Negative values are huge as unsigned ones: prices at or below zero are none.
        if (!ok || words[0] > uint64(type(int64).max) || words[1] > type(uint64).max) return answer;
        // Words are signed and as wide as the fields' types say, by the checks around them.
        // forge-lint: disable-start(unsafe-typecast)
        int256 expo = int256(words[2]);
        if (expo != int32(expo) || words[3] > type(uint64).max) return answer;
        answer = PythStructs.Price(int64(int256(words[0])), uint64(words[1]), int32(expo), words[3]);
        // forge-lint: disable-end(unsafe-typecast)
    }

    // ------------------------------------------------------------------------------- internal: the second source ----

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

    /// @dev |primary - secondary| <= maxDeviation x the lower of both, multiplied out so that nothing rounds.
    function _requireAgreement(Aggregator second, bytes32 pythId, uint256 primary, uint256 maxDeviation) private view {
        (bool ok, Round memory round) = ChainlinkSource.latestFresh(second);
        if (!ok) return;
        (uint256 lower, uint256 higher) = primary < round.price ? (primary, round.price) : (round.price, primary);
        if ((higher - lower) * PPM > lower * maxDeviation) {
            revert SourcesDisagree(pythId, primary, round.price, maxDeviation);
        }
    }

    /// @dev One part of the liquidation price, WAD dollars: Pyth's while it is fresh enough for liquidation; the second
    /// source's latest round once Pyth is dead or states no price at all.
    function _liquidationPart(
        IPyth source,
        bytes32 pythId,
        uint256 maxLiquidationAge,
        uint256 fallbackAge,
        Aggregator second,
        Aggregator sequencer
    ) private view returns (uint256) {
        // A wide confidence must not stop liquidations either; the age is looked at below.
        // slither-disable-next-line pyth-unchecked-confidence,pyth-unchecked-publishtime
        PythStructs.Price memory answer = second.exists() ? _tryStored(source, pythId) : source.getPriceUnsafe(pythId);
        uint256 wad = _toWadOrZero(answer);
        if (wad != 0 && answer.publishTime + maxLiquidationAge >= block.timestamp) return wad;
        bool isDead = wad == 0 || answer.publishTime + fallbackAge < block.timestamp;
        if (isDead && second.exists() && ChainlinkSource.isSequencerUp(sequencer)) {
            (bool ok, Round memory round) = ChainlinkSource.latestFresh(second);
            if (ok) return round.price;
        }
        // Neither serves: what is wrong with the first one is the reason.
        _requireFresh(pythId, answer.publishTime, maxLiquidationAge);
        return _toWad(pythId, answer);
    }
}
