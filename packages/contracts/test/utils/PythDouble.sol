// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {AbstractPyth} from "@pythnetwork/pyth-sdk-solidity/AbstractPyth.sol";
import {PythErrors} from "@pythnetwork/pyth-sdk-solidity/PythErrors.sol";
import {PythStructs} from "@pythnetwork/pyth-sdk-solidity/PythStructs.sol";
import {PythMessage, PythUpdate} from "./PythUpdate.sol";

/// @dev Pyth's contract with the behaviour of the deployed one, which no package contains. PythConformance.t.sol lists
/// the points on which the two agree.
///
/// Differences: it verifies no signatures, so any account can publish any price; fees do not change; it has no
/// time-weighted average prices and no governance. The SDK's MockPyth differs more: it stores every parsed price, ignores
/// uniqueness in `parsePriceFeedUpdatesUnique`, and has a format and a fee rule of its own.
contract PythDouble is AbstractPyth {
    using PythUpdate for bytes;
    using PythUpdate for PythMessage[];

    /// @dev Arguments of a parse and its results, by position of the feed in `ids`.
    struct Parse {
        bytes32[] ids;
        uint64 min;
        uint64 max;
        bool checkUniqueness;
        PythStructs.PriceFeed[] feeds;
        uint64[] slots;
    }

    error TwapNotSupported();

    /// @dev Seconds
    uint256 private immutable _validTimePeriod;
    /// @dev Fee for each message of an update, wei.
    uint256 public immutable singleUpdateFeeInWei;
    /// @dev Fee for each call, wei.
    uint256 public immutable transactionFeeInWei;
    mapping(bytes32 id => PythStructs.PriceFeed) private _latest;

    constructor(uint256 validTimePeriod, uint256 singleUpdateFee, uint256 transactionFee) {
        _validTimePeriod = validTimePeriod;
        singleUpdateFeeInWei = singleUpdateFee;
        transactionFeeInWei = transactionFee;
    }

    // ------------------------------------------------------------------------------------------------- updates ----

    function updatePriceFeeds(bytes[] calldata updateData) public payable override {
        for (uint256 i = 0; i < updateData.length; ++i) {
            (PythMessage[] memory messages,) = updateData[i].decode();
            for (uint256 j = 0; j < messages.length; ++j) {
                _storeIfFresh(_feedOf(messages[j]));
            }
        }
        if (msg.value < getUpdateFee(updateData)) revert PythErrors.InsufficientFee();
    }

    function updatePriceFeedsIfNecessary(
        bytes[] calldata updateData,
        bytes32[] calldata priceIds,
        uint64[] calldata publishTimes
    ) external payable override {
        if (priceIds.length != publishTimes.length) revert PythErrors.InvalidArgument();
        for (uint256 i = 0; i < priceIds.length; ++i) {
            if (_latest[priceIds[i]].price.publishTime < publishTimes[i]) return updatePriceFeeds(updateData);
        }
        revert PythErrors.NoFreshUpdate();
    }

    function parsePriceFeedUpdatesWithConfig(
        bytes[] calldata updateData,
        bytes32[] calldata priceIds,
        uint64 minAllowedPublishTime,
        uint64 maxAllowedPublishTime,
        bool checkUniqueness,
        bool checkUpdateDataIsMinimal,
        bool storeUpdatesIfFresh
    ) public payable returns (PythStructs.PriceFeed[] memory, uint64[] memory) {
        if (msg.value < getUpdateFee(updateData)) revert PythErrors.InsufficientFee();
        Parse memory parse = Parse({
            ids: priceIds,
            min: minAllowedPublishTime,
            max: maxAllowedPublishTime,
            checkUniqueness: checkUniqueness,
            feeds: new PythStructs.PriceFeed[](priceIds.length),
            slots: new uint64[](priceIds.length)
        });
        uint256 total = _takeAll(parse, updateData);
        if (checkUpdateDataIsMinimal && total != priceIds.length) revert PythErrors.InvalidArgument();
        for (uint256 k = 0; k < parse.feeds.length; ++k) {
            if (parse.feeds[k].id == 0) revert PythErrors.PriceFeedNotFoundWithinRange();
            if (storeUpdatesIfFresh) _storeIfFresh(parse.feeds[k]);
        }
        return (parse.feeds, parse.slots);
    }

    function parsePriceFeedUpdates(
        bytes[] calldata updateData,
        bytes32[] calldata priceIds,
        uint64 minPublishTime,
        uint64 maxPublishTime
    ) external payable override returns (PythStructs.PriceFeed[] memory feeds) {
        (feeds,) = parsePriceFeedUpdatesWithConfig(
            updateData, priceIds, minPublishTime, maxPublishTime, false, false, false
        );
    }

    function parsePriceFeedUpdatesUnique(
        bytes[] calldata updateData,
        bytes32[] calldata priceIds,
        uint64 minPublishTime,
        uint64 maxPublishTime
    ) external payable override returns (PythStructs.PriceFeed[] memory feeds) {
        (feeds,) = parsePriceFeedUpdatesWithConfig(
            updateData, priceIds, minPublishTime, maxPublishTime, true, false, false
        );
    }

    function parseTwapPriceFeedUpdates(bytes[] calldata, bytes32[] calldata)
        external
        payable
        override
        returns (PythStructs.TwapPriceFeed[] memory)
    {
        revert TwapNotSupported();
    }

    // --------------------------------------------------------------------------------------------------- views ----

    function getUpdateFee(bytes[] calldata updateData) public view override returns (uint256) {
        uint256 total;
        for (uint256 i = 0; i < updateData.length; ++i) {
            total += updateData[i].count();
        }
        return total * singleUpdateFeeInWei + transactionFeeInWei;
    }

    function getTwapUpdateFee(bytes[] calldata) external pure override returns (uint256) {
        revert TwapNotSupported();
    }

    function queryPriceFeed(bytes32 id) public view override returns (PythStructs.PriceFeed memory feed) {
        feed = _latest[id];
        if (feed.price.publishTime == 0) revert PythErrors.PriceFeedNotFound();
    }

    function priceFeedExists(bytes32 id) public view override returns (bool) {
        return _latest[id].price.publishTime != 0;
    }

    function getValidTimePeriod() public view override returns (uint256) {
        return _validTimePeriod;
    }

    // ------------------------------------------------------------------------------------------ data of a test ----

    /// @dev Update data with one message. The signature is MockPyth's.
    function createPriceFeedUpdateData(
        bytes32 id,
        int64 price,
        uint64 conf,
        int32 expo,
        int64 emaPrice,
        uint64 emaConf,
        uint64 publishTime,
        uint64 prevPublishTime
    ) external pure returns (bytes memory) {
        PythMessage[] memory messages = new PythMessage[](1);
        messages[0] = PythMessage(id, price, conf, expo, publishTime, prevPublishTime, emaPrice, emaConf);
        return messages.encode();
    }

    /// @dev Update data with several messages, as Hermes returns it for several feeds.
    function createUpdateData(PythMessage[] memory messages) external pure returns (bytes memory) {
        return messages.encode();
    }

    // ------------------------------------------------------------------------------------------------- private ----

    /// @return total number of messages
    function _takeAll(Parse memory parse, bytes[] calldata updateData) private pure returns (uint256 total) {
        for (uint256 i = 0; i < updateData.length; ++i) {
            (PythMessage[] memory messages, uint64 slot) = updateData[i].decode();
            for (uint256 j = 0; j < messages.length; ++j) {
                _take(parse, messages[j], slot);
            }
            total += messages.length;
        }
    }

    /// @dev The first message in the order of the data that is valid for a requested feed is its result.
    function _take(Parse memory parse, PythMessage memory message, uint64 slot) private pure {
        if (message.publishTime < parse.min || message.publishTime > parse.max) return;
        if (parse.checkUniqueness && message.prevPublishTime >= parse.min) return;
        for (uint256 k = 0; k < parse.ids.length; ++k) {
            if (parse.ids[k] != message.id) continue;
            if (parse.feeds[k].id == 0) (parse.feeds[k], parse.slots[k]) = (_feedOf(message), slot);
            // A feed that is requested twice has one result.
            return;
        }
    }

    function _storeIfFresh(PythStructs.PriceFeed memory feed) private {
        PythStructs.Price memory price = feed.price;
        if (price.publishTime <= _latest[feed.id].price.publishTime) return;
        _latest[feed.id] = feed;
        emit PriceFeedUpdate(feed.id, uint64(price.publishTime), price.price, price.conf);
    }

    function _feedOf(PythMessage memory m) private pure returns (PythStructs.PriceFeed memory feed) {
        feed.id = m.id;
        feed.price = PythStructs.Price(m.price, m.conf, m.expo, m.publishTime);
        feed.emaPrice = PythStructs.Price(m.emaPrice, m.emaConf, m.expo, m.publishTime);
    }
}
