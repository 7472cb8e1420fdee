// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Test} from "forge-std/Test.sol";
import {IPyth} from "@pythnetwork/pyth-sdk-solidity/IPyth.sol";
import {IPythEvents} from "@pythnetwork/pyth-sdk-solidity/IPythEvents.sol";
import {PythErrors} from "@pythnetwork/pyth-sdk-solidity/PythErrors.sol";
import {PythStructs} from "@pythnetwork/pyth-sdk-solidity/PythStructs.sol";
import {PythDouble} from "../utils/PythDouble.sol";
import {PythMessage} from "../utils/PythUpdate.sol";

/// @dev The points on which {PythDouble} and the deployed Pyth contract agree. Each test names the function of the
/// deployed contract that it follows: repository pyth-network/pyth-crosschain, target_chains/ethereum/contracts/
/// contracts/pyth, version 1.4.5-alpha.1. `AbstractPyth.sol` is the SDK's file, which both inherit. The suite calls
/// only functions of `IPyth`, except for creating update data.
contract PythConformanceTest is Test, IPythEvents {
    bytes32 private constant ETH = keccak256("ETH/USD");
    bytes32 private constant BTC = keccak256("BTC/USD");
    bytes32 private constant USDC = keccak256("USDC/USD");
    uint64 private constant NOW = 1_700_000_000;
    uint256 private constant UPDATE_FEE = 3;
    uint256 private constant TRANSACTION_FEE = 7;

    PythDouble private double;
    IPyth private pyth;

    function setUp() public {
        vm.warp(NOW);
        double = new PythDouble(60, UPDATE_FEE, TRANSACTION_FEE);
        pyth = double;
    }

    // -------------------------------------------------------------------------------------------------- parsing ----

    /// @dev Pyth.sol `parsePriceFeedUpdatesWithConfig`: stores only if `storeUpdatesIfFresh`.
    function test_Conformance_Parse_WithoutTheFlag_StoresNothing() public {
        _parse(_one(ETH, 2000, NOW, NOW - 1), _ids(ETH), NOW, NOW, true, false);
        vm.expectRevert(PythErrors.PriceFeedNotFound.selector);
        pyth.getPriceUnsafe(ETH);
        _update(_one(ETH, 1900, NOW - 5, NOW - 6));
        _parse(_one(ETH, 2000, NOW, NOW - 1), _ids(ETH), NOW, NOW, true, false);
        assertEq(pyth.getPriceUnsafe(ETH).price, 1900);
        pyth.parsePriceFeedUpdates{value: 10}(_one(ETH, 2000, NOW, NOW - 1), _ids(ETH), NOW, NOW);
        pyth.parsePriceFeedUpdatesUnique{value: 10}(_one(ETH, 2000, NOW, NOW - 1), _ids(ETH), NOW, NOW);
        assertEq(pyth.getPriceUnsafe(ETH).price, 1900, "the variants without flags store nothing either");
    }

    /// @dev Pyth.sol `parsePriceFeedUpdatesWithConfig`, PythSetters.sol `updateLatestPriceIfNecessary`: with the flag, a
    /// newer price is stored and reported; one as old as the stored price or older is returned, and not stored.
    function test_Conformance_Parse_WithTheFlag_StoresNewerPricesOnly() public {
        vm.expectEmit(address(pyth));
        emit PriceFeedUpdate(ETH, NOW, 2000, 20);
        _parse(_one(ETH, 2000, NOW, NOW - 1), _ids(ETH), NOW, NOW, true, true);
        assertEq(pyth.getPriceUnsafe(ETH).price, 2000);
        for (uint64 age = 0; age < 2; ++age) {
            vm.recordLogs();
            bytes[] memory data = _one(ETH, 2100, NOW - age, NOW - 9);
            (PythStructs.PriceFeed[] memory feeds,) = _parse(data, _ids(ETH), NOW - age, NOW, true, true);
            assertEq(feeds[0].price.price, 2100);
            assertEq(pyth.getPriceUnsafe(ETH).price, 2000);
            assertEq(vm.getRecordedLogs().length, 0);
        }
    }

    /// @dev Pyth.sol `parsePriceFeedUpdatesWithConfig`: stores results only, so neither feeds that are not requested nor
    /// messages outside the window.
    function test_Conformance_Parse_WithTheFlag_StoresOnlyItsResults() public {
        PythMessage[] memory messages = new PythMessage[](3);
        messages[0] = _message(BTC, 60_000, NOW, NOW - 1);
        messages[1] = _message(ETH, 2100, NOW + 1, NOW);
        messages[2] = _message(ETH, 2000, NOW, NOW - 1);
        _parse(_blob(messages), _ids(ETH), NOW, NOW, true, true);
        assertEq(pyth.getPriceUnsafe(ETH).price, 2000);
        vm.expectRevert(PythErrors.PriceFeedNotFound.selector);
        pyth.getPriceUnsafe(BTC);
    }

    /// @dev Pyth.sol `_parseSingleMerkleUpdate`: the window includes both ends.
    function test_Conformance_Parse_WindowIncludesBothEnds() public {
        bytes[] memory data = _one(ETH, 2000, NOW, NOW - 1);
        _parse(data, _ids(ETH), NOW, NOW + 9, false, false);
        _parse(data, _ids(ETH), NOW - 9, NOW, false, false);
        _expectNotFound(data, _ids(ETH), NOW + 1, NOW + 9, false);
        _expectNotFound(data, _ids(ETH), NOW - 9, NOW - 1, false);
    }

    /// @dev Pyth.sol `_parseSingleMerkleUpdate`: with `checkUniqueness`, the previous publish time must be less than the
    /// start of the window. `parsePriceFeedUpdatesUnique` passes the flag, `parsePriceFeedUpdates` does not.
    function test_Conformance_Parse_Uniqueness() public {
        bytes[] memory first = _one(ETH, 2000, NOW, NOW - 1);
        bytes[] memory second = _one(ETH, 2000, NOW + 1, NOW);
        _parse(first, _ids(ETH), NOW, NOW + 9, true, false);
        _expectNotFound(second, _ids(ETH), NOW, NOW + 9, true);
        _parse(second, _ids(ETH), NOW, NOW + 9, false, false);
        pyth.parsePriceFeedUpdates{value: 10}(second, _ids(ETH), NOW, NOW + 9);
        pyth.parsePriceFeedUpdatesUnique{value: 10}(first, _ids(ETH), NOW, NOW + 9);
        vm.expectRevert(PythErrors.PriceFeedNotFoundWithinRange.selector);
        pyth.parsePriceFeedUpdatesUnique{value: 10}(second, _ids(ETH), NOW, NOW + 9);
    }

    /// @dev Pyth.sol `_parseSingleMerkleUpdate`: results are in the order of the ids, and the first valid message of a feed
    /// in the order of the data is its result, in one blob and across blobs.
    function test_Conformance_Parse_OrderOfResults() public {
        PythMessage[] memory messages = new PythMessage[](5);
        messages[0] = _message(USDC, 1, NOW, NOW - 1);
        messages[1] = _message(ETH, 1900, NOW - 1, NOW - 2);
        messages[2] = _message(ETH, 2002, NOW + 2, NOW + 1);
        messages[3] = _message(ETH, 2000, NOW, NOW - 1);
        messages[4] = _message(BTC, 60_000, NOW, NOW - 1);
        bytes32[] memory ids = new bytes32[](3);
        (ids[0], ids[1], ids[2]) = (BTC, ETH, USDC);
        bytes[] memory blobs = new bytes[](5);
        for (uint256 i = 0; i < 5; ++i) {
            blobs[i] = _one(messages[i])[0];
        }
        for (uint256 i = 0; i < 2; ++i) {
            bytes[] memory data = i == 0 ? _blob(messages) : blobs;
            (PythStructs.PriceFeed[] memory feeds, uint64[] memory slots) =
                _parse(data, ids, NOW, NOW + 9, false, false);
            assertEq(feeds[0].id, BTC);
            assertEq(feeds[1].id, ETH);
            assertEq(feeds[2].id, USDC);
            assertEq(feeds[1].price.price, 2002);
            assertEq(slots.length, 3);
            (feeds,) = _parse(data, ids, NOW, NOW + 9, true, false);
            assertEq(feeds[1].price.price, 2000, "the first valid one");
        }
    }

    /// @dev Pyth.sol `_parseSingleMerkleUpdate`: all fields of a result; the average has the price's exponent and time.
    /// PythAccumulator.sol `parsePriceFeedMessage`: signed prices and exponents.
    function testFuzz_Conformance_Parse_Fields(PythMessage memory m) public {
        m.publishTime = uint64(bound(m.publishTime, 1, type(uint64).max));
        m.id = m.id == 0 ? ETH : m.id;
        (PythStructs.PriceFeed[] memory feeds, uint64[] memory slots) =
            _parse(_one(m), _ids(m.id), 0, type(uint64).max, false, true);
        _checkFields(feeds[0], m);
        assertEq(slots[0], m.publishTime);
        assertEq(abi.encode(pyth.getPriceUnsafe(m.id)), abi.encode(feeds[0].price));
        assertEq(abi.encode(pyth.getEmaPriceUnsafe(m.id)), abi.encode(feeds[0].emaPrice));
        assertEq(abi.encode(double.queryPriceFeed(m.id)), abi.encode(feeds[0]));
        assertTrue(double.priceFeedExists(m.id));
    }

    /// @dev Pyth.sol `parsePriceFeedUpdatesWithConfig`: a requested feed without a result reverts, also when there is no
    /// data and when a feed is requested twice (`_parseSingleMerkleUpdate` fills its first position only).
    function test_Conformance_Parse_RevertIf_AFeedHasNoResult() public {
        _expectNotFound(_one(BTC, 60_000, NOW, NOW - 1), _ids(ETH), NOW, NOW, false);
        _expectNotFound(new bytes[](0), _ids(ETH), NOW, NOW, false);
        bytes32[] memory ids = new bytes32[](2);
        (ids[0], ids[1]) = (ETH, ETH);
        _expectNotFound(_one(ETH, 2000, NOW, NOW - 1), ids, NOW, NOW, false);
    }

    /// @dev Pyth.sol `parsePriceFeedUpdatesWithConfig`: with `checkUpdateDataIsMinimal`, as many messages as ids. The two
    /// variants without flags do not check it.
    function test_Conformance_Parse_MinimalData() public {
        PythMessage[] memory messages = new PythMessage[](2);
        messages[0] = _message(ETH, 2000, NOW, NOW - 1);
        messages[1] = _message(BTC, 60_000, NOW, NOW - 1);
        bytes[] memory data = _blob(messages);
        vm.expectRevert(PythErrors.InvalidArgument.selector);
        pyth.parsePriceFeedUpdatesWithConfig{value: 13}(data, _ids(ETH), NOW, NOW, false, true, false);
        pyth.parsePriceFeedUpdatesWithConfig{value: 13}(data, _ids(ETH), NOW, NOW, false, false, false);
        pyth.parsePriceFeedUpdates{value: 13}(data, _ids(ETH), NOW, NOW);
        pyth.parsePriceFeedUpdatesUnique{value: 13}(data, _ids(ETH), NOW, NOW);
        data = _one(messages[0]);
        pyth.parsePriceFeedUpdatesWithConfig{value: 10}(data, _ids(ETH), NOW, NOW, false, true, false);
    }

    // -------------------------------------------------------------------------------------------------- storing ----

    /// @dev PythAccumulator.sol `updatePriceInfosFromAccumulatorUpdate`: stores each message of each blob that is newer
    /// than the stored price, with an event; older ones have no effect and do not revert.
    function test_Conformance_Update_StoresNewerPrices() public {
        PythMessage[] memory messages = new PythMessage[](3);
        messages[0] = _message(ETH, 2000, NOW - 1, NOW - 2);
        messages[1] = _message(ETH, 2100, NOW, NOW - 1);
        messages[2] = _message(BTC, 60_000, NOW, NOW - 1);
        vm.expectEmit(address(pyth));
        emit PriceFeedUpdate(ETH, NOW - 1, 2000, 20);
        vm.expectEmit(address(pyth));
        emit PriceFeedUpdate(ETH, NOW, 2100, 21);
        vm.expectEmit(address(pyth));
        emit PriceFeedUpdate(BTC, NOW, 60_000, 600);
        _update(_blob(messages));
        for (uint64 age = 0; age < 2; ++age) {
            vm.recordLogs();
            _update(_one(ETH, 1900, NOW - age, NOW - 9));
            assertEq(vm.getRecordedLogs().length, 0);
            assertEq(pyth.getPriceUnsafe(ETH).price, 2100);
        }
    }

    /// @dev Pyth.sol `updatePriceFeedsIfNecessary`: updates if one stored time is before the given one; unknown feeds have
    /// the time zero.
    function test_Conformance_UpdateIfNecessary() public {
        bytes[] memory data = _one(ETH, 2000, NOW, NOW - 1);
        uint64[] memory times = new uint64[](1);
        vm.expectRevert(PythErrors.NoFreshUpdate.selector);
        pyth.updatePriceFeedsIfNecessary{value: 10}(data, _ids(ETH), times);
        times[0] = 1;
        pyth.updatePriceFeedsIfNecessary{value: 10}(data, _ids(ETH), times);
        assertEq(pyth.getPriceUnsafe(ETH).price, 2000);
        times[0] = NOW;
        vm.expectRevert(PythErrors.NoFreshUpdate.selector);
        pyth.updatePriceFeedsIfNecessary{value: 10}(data, _ids(ETH), times);
        times[0] = NOW + 1;
        vm.expectRevert(PythErrors.InsufficientFee.selector);
        pyth.updatePriceFeedsIfNecessary{value: 9}(data, _ids(ETH), times);
        vm.expectRevert(PythErrors.InvalidArgument.selector);
        pyth.updatePriceFeedsIfNecessary{value: 10}(data, new bytes32[](0), times);
    }

    // --------------------------------------------------------------------------------------------- stored price ----

    /// @dev Pyth.sol `getPriceUnsafe`, `getEmaPriceUnsafe`, `queryPriceFeed`, `priceFeedExists`.
    function test_Conformance_Stored_RevertIf_Unknown() public {
        vm.expectRevert(PythErrors.PriceFeedNotFound.selector);
        pyth.getPriceUnsafe(ETH);
        vm.expectRevert(PythErrors.PriceFeedNotFound.selector);
        pyth.getEmaPriceUnsafe(ETH);
        vm.expectRevert(PythErrors.PriceFeedNotFound.selector);
        pyth.getPriceNoOlderThan(ETH, type(uint256).max);
        vm.expectRevert(PythErrors.PriceFeedNotFound.selector);
        double.queryPriceFeed(ETH);
        assertFalse(double.priceFeedExists(ETH));
    }

    /// @dev Pyth.sol `updatePriceFeeds` accepts any publish time. AbstractPyth.sol `getPriceNoOlderThan` compares the
    /// distance between block and publish time with the age, so it also rejects times further ahead than the age.
    function test_Conformance_Stored_TimesAheadOfTheBlock() public {
        _update(_one(ETH, 2000, NOW + 1 days, NOW));
        assertEq(pyth.getPriceUnsafe(ETH).publishTime, NOW + 1 days);
        vm.expectRevert(PythErrors.StalePrice.selector);
        pyth.getPriceNoOlderThan(ETH, 1 days - 1);
        assertEq(pyth.getPriceNoOlderThan(ETH, 1 days).price, 2000);
        _update(_one(ETH, 1900, NOW, NOW - 1));
        assertEq(pyth.getPriceUnsafe(ETH).price, 2000, "the price of today is older");
    }

    /// @dev AbstractPyth.sol `getPriceNoOlderThan`, `getEmaPriceNoOlderThan`, `getPrice`.
    function test_Conformance_Stored_Age() public {
        _update(_one(ETH, 2000, NOW - 60, NOW - 61));
        assertEq(pyth.getPriceNoOlderThan(ETH, 60).price, 2000);
        assertEq(pyth.getEmaPriceNoOlderThan(ETH, 60).price, 1999);
        assertEq(double.getPrice(ETH).price, 2000);
        vm.warp(NOW + 1);
        vm.expectRevert(PythErrors.StalePrice.selector);
        pyth.getPriceNoOlderThan(ETH, 60);
        vm.expectRevert(PythErrors.StalePrice.selector);
        pyth.getEmaPriceNoOlderThan(ETH, 60);
        vm.expectRevert(PythErrors.StalePrice.selector);
        double.getPrice(ETH);
    }

    // ----------------------------------------------------------------------------------------------------- fees ----

    /// @dev Pyth.sol `getUpdateFee(bytes[])`, `getTotalFee`: a fee for each message of each blob, and one for the call.
    function test_Conformance_Fee_CountsMessages() public view {
        assertEq(pyth.getUpdateFee(new bytes[](0)), 7);
        assertEq(pyth.getUpdateFee(_one(ETH, 2000, NOW, NOW - 1)), 10);
        PythMessage[] memory messages = new PythMessage[](5);
        bytes[] memory data = new bytes[](2);
        data[0] = _blob(messages)[0];
        data[1] = data[0];
        assertEq(pyth.getUpdateFee(data), 37);
    }

    /// @dev PythAccumulator.sol `parseWormholeMerkleHeaderNumUpdates`: the fee is that of the number in the header, and
    /// nothing behind it is read. The deployment script relies on this.
    function test_Conformance_Fee_ReadsTheHeaderOnly() public {
        bytes[] memory data = new bytes[](1);
        data[0] = hex"504e41550100000000000a";
        assertEq(pyth.getUpdateFee(data), 37);
        vm.expectRevert(PythErrors.InvalidUpdateData.selector);
        pyth.updatePriceFeeds{value: 37}(data);
    }

    /// @dev Pyth.sol `updatePriceFeeds`, `parsePriceFeedUpdatesWithConfig`: less than the fee reverts, more is kept.
    function test_Conformance_Fee_InsufficientReverts_SurplusIsKept() public {
        bytes[] memory data = _one(ETH, 2000, NOW, NOW - 1);
        vm.expectRevert(PythErrors.InsufficientFee.selector);
        pyth.updatePriceFeeds{value: 9}(data);
        vm.expectRevert(PythErrors.InsufficientFee.selector);
        pyth.parsePriceFeedUpdatesWithConfig{value: 9}(data, _ids(ETH), NOW, NOW, true, false, true);
        pyth.updatePriceFeeds{value: 11}(data);
        pyth.parsePriceFeedUpdatesWithConfig{value: 11}(data, _ids(ETH), NOW, NOW, true, false, true);
        assertEq(address(pyth).balance, 22);
    }

    // --------------------------------------------------------------------------------------------------- format ----

    /// @dev PythAccumulator.sol `extractUpdateTypeFromAccumulatorHeader`: magic, major version and type; minor versions and
    /// trailing headers are ignored.
    function test_Conformance_Format_Header() public {
        bytes memory update = _one(ETH, 2000, NOW, NOW - 1)[0];
        bytes[] memory data = new bytes[](1);
        data[0] = bytes.concat(hex"504e41550109020000", _from(update, 7));
        _parse(data, _ids(ETH), NOW, NOW, true, false);
        bytes[4] memory headers = [bytes(hex"504e415601000000"), hex"504e415502000000", hex"504e", ""];
        for (uint256 i = 0; i < headers.length; ++i) {
            data[0] = headers[i].length < 8 ? headers[i] : bytes.concat(headers[i], _from(update, 8));
            vm.expectRevert(PythErrors.InvalidUpdateData.selector);
            pyth.getUpdateFee(data);
            vm.expectRevert(PythErrors.InvalidUpdateData.selector);
            pyth.updatePriceFeeds{value: 10}(data);
        }
    }

    /// @dev PythAccumulator.sol `extractAndValidateEncodedMessage`, MerkleTree.sol `isProofValid`: a message that is not
    /// below the signed root reverts. Pyth.sol `_processSingleUpdateDataBlob`: so does data behind the last message.
    function testFuzz_Conformance_Format_RevertIf_AMessageIsNotBelowTheRoot(uint256 place, uint8 number) public {
        PythMessage[] memory messages = new PythMessage[](bound(number, 1, 9));
        for (uint256 i = 0; i < messages.length; ++i) {
            messages[i] = _message(keccak256(abi.encode(i)), 2000, NOW, NOW - 1);
        }
        bytes[] memory data = _blob(messages);
        uint256 fee = pyth.getUpdateFee(data);
        bytes memory update = data[0];
        // The last byte of the root and all behind the number of messages.
        uint256 root = 8 + 2 + 6 + 51 + 37 - 1;
        place = bound(place, root + 1, update.length - 1);
        if (place == root + 1) place = root;
        update[place] = bytes1(uint8(update[place]) ^ 1);
        vm.expectRevert(PythErrors.InvalidUpdateData.selector);
        pyth.updatePriceFeeds{value: fee}(data);
        update[place] = bytes1(uint8(update[place]) ^ 1);
        _update(data);
        assertEq(pyth.getPriceUnsafe(messages[messages.length - 1].id).price, 2000);
        data[0] = bytes.concat(update, hex"00");
        vm.expectRevert(PythErrors.InvalidUpdateData.selector);
        pyth.updatePriceFeeds{value: fee}(data);
    }

    /// @dev An update with three of five signatures is longer by 66 bytes for each. The double skips them.
    function test_Conformance_Format_SignaturesAreSkipped() public {
        bytes memory update = _one(ETH, 2000, NOW, NOW - 1)[0];
        bytes memory envelope = bytes.concat(hex"010000000003", new bytes(198), _from(update, 16));
        bytes[] memory data = new bytes[](1);
        // The envelope had 94 bytes, and has three signatures now.
        data[0] = bytes.concat(hex"504e415501000000", bytes2(uint16(94 + 198)), envelope);
        assertEq(pyth.getUpdateFee(data), 10);
        _update(data);
        assertEq(pyth.getPriceUnsafe(ETH).price, 2000);
    }

    // ------------------------------------------------------------------------------------------------- private ----

    function _checkFields(PythStructs.PriceFeed memory feed, PythMessage memory m) private pure {
        assertEq(feed.id, m.id);
        assertEq(feed.price.price, m.price);
        assertEq(feed.price.conf, m.conf);
        assertEq(feed.price.expo, m.expo);
        assertEq(feed.price.publishTime, m.publishTime);
        assertEq(feed.emaPrice.price, m.emaPrice);
        assertEq(feed.emaPrice.conf, m.emaConf);
        assertEq(feed.emaPrice.expo, m.expo);
        assertEq(feed.emaPrice.publishTime, m.publishTime);
    }

    function _parse(bytes[] memory data, bytes32[] memory ids, uint64 min, uint64 max, bool isUnique, bool store)
        private
        returns (PythStructs.PriceFeed[] memory, uint64[] memory)
    {
        uint256 fee = pyth.getUpdateFee(data);
        return pyth.parsePriceFeedUpdatesWithConfig{value: fee}(data, ids, min, max, isUnique, false, store);
    }

    function _expectNotFound(bytes[] memory data, bytes32[] memory ids, uint64 min, uint64 max, bool isUnique) private {
        uint256 fee = pyth.getUpdateFee(data);
        vm.expectRevert(PythErrors.PriceFeedNotFoundWithinRange.selector);
        pyth.parsePriceFeedUpdatesWithConfig{value: fee}(data, ids, min, max, isUnique, false, true);
    }

    function _update(bytes[] memory data) private {
        pyth.updatePriceFeeds{value: pyth.getUpdateFee(data)}(data);
    }

    function _message(bytes32 id, int64 price, uint64 time, uint64 previous) private pure returns (PythMessage memory) {
        return PythMessage(id, price, uint64(price / 100), 0, time, previous, price - 1, 2);
    }

    function _one(bytes32 id, int64 price, uint64 time, uint64 previous) private view returns (bytes[] memory) {
        return _one(_message(id, price, time, previous));
    }

    function _one(PythMessage memory message) private view returns (bytes[] memory) {
        PythMessage[] memory messages = new PythMessage[](1);
        messages[0] = message;
        return _blob(messages);
    }

    function _blob(PythMessage[] memory messages) private view returns (bytes[] memory data) {
        data = new bytes[](1);
        data[0] = double.createUpdateData(messages);
    }

    function _ids(bytes32 id) private pure returns (bytes32[] memory ids) {
        ids = new bytes32[](1);
        ids[0] = id;
    }

    function _from(bytes memory data, uint256 start) private pure returns (bytes memory tail) {
        tail = new bytes(data.length - start);
        for (uint256 i = 0; i < tail.length; ++i) {
            tail[i] = data[start + i];
        }
    }
}
