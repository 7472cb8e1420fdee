// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {PythErrors} from "@pythnetwork/pyth-sdk-solidity/PythErrors.sol";

/// @dev One price of one feed, as Pyth signs it. Prices and confidences are mantissas at `expo`; times are seconds.
struct PythMessage {
    bytes32 id;
    int64 price;
    uint64 conf;
    int32 expo;
    uint64 publishTime;
    /// @dev Publish time of the feed's update before this one.
    uint64 prevPublishTime;
    int64 emaPrice;
    uint64 emaConf;
}

/// @dev Pyth's wire format of update data, written and read:
///
///     update   "PNAU", major version 1, minor version, n, n bytes, type 0, size (2), envelope, count (1), entries
///     envelope version (1), signer set (4), s, s signatures of 66 bytes, 51 bytes of origin, "AUWV", type 0,
///              slot (8), ring size (4), Merkle root (20)
///     entry    size (2), message, d, d siblings of 20 bytes
///     message  type 0, feed id (32), price (8), confidence (8), exponent (4), publish time (8), previous publish time
///              (8), average price (8), average confidence (8)
///
/// Signatures are skipped, not verified. {encode} writes none.
library PythUpdate {
    bytes4 private constant UPDATE_MAGIC = "PNAU";
    bytes4 private constant ROOT_MAGIC = "AUWV";
    uint256 private constant SIGNATURE_SIZE = 66;
    /// @dev Time, nonce, chain, emitter, sequence and consistency level.
    uint256 private constant ORIGIN_SIZE = 51;
    uint256 private constant MESSAGE_SIZE = 85;
    uint256 private constant HASH_SIZE = 20;

    /// @dev One update with at most 255 messages, in their order. The slot is the first message's publish time.
    function encode(PythMessage[] memory messages) internal pure returns (bytes memory update) {
        uint256 width = 1;
        uint8 depth = 0;
        for (; width < messages.length; width *= 2) {
            ++depth;
        }
        // The root is node 1, and the children of node n are 2n and 2n + 1.
        bytes20[] memory nodes = new bytes20[](2 * width);
        bytes[] memory leaves = new bytes[](messages.length);
        for (uint256 i = 0; i < width; ++i) {
            if (i < messages.length) leaves[i] = _encode(messages[i]);
            nodes[width + i] = i < messages.length ? _leaf(leaves[i]) : bytes20(keccak256(hex"02"));
        }
        for (uint256 n = width - 1; n > 0; --n) {
            nodes[n] = _parent(nodes[2 * n], nodes[2 * n + 1]);
        }

        uint64 slot = messages.length == 0 ? 0 : messages[0].publishTime;
        bytes memory root = abi.encodePacked(ROOT_MAGIC, uint8(0), slot, uint32(0), nodes[1]);
        // Version 1, signer set 0, no signatures.
        bytes memory envelope = abi.encodePacked(hex"010000000000", new bytes(ORIGIN_SIZE), root);
        update = abi.encodePacked(UPDATE_MAGIC, hex"01000000", uint16(envelope.length), envelope);
        update = abi.encodePacked(update, uint8(messages.length));
        for (uint256 i = 0; i < messages.length; ++i) {
            update = abi.encodePacked(update, uint16(leaves[i].length), leaves[i], depth);
            for (uint256 n = width + i; n > 1; n /= 2) {
                update = abi.encodePacked(update, nodes[n ^ 1]);
            }
        }
    }

    /// @dev The number of messages that the header states, which the fee depends on. Reads nothing behind it.
    function count(bytes calldata update) internal pure returns (uint256) {
        (, bytes calldata entries) = _split(update);
        return uint8(_take(entries, 0, 1)[0]);
    }

    /// @dev Reverts with InvalidUpdateData if the data is malformed or a message is not below the root.
    function decode(bytes calldata update) internal pure returns (PythMessage[] memory messages, uint64 slot) {
        (bytes calldata envelope, bytes calldata entries) = _split(update);
        bytes20 root;
        (root, slot) = _root(envelope);
        messages = new PythMessage[](uint8(_take(entries, 0, 1)[0]));
        uint256 offset = 1;
        for (uint256 i = 0; i < messages.length; ++i) {
            bytes calldata message = _prefixed(entries, offset);
            offset += 2 + message.length;
            uint256 depth = uint8(_take(entries, offset, 1)[0]);
            bytes calldata siblings = _take(entries, offset + 1, depth * HASH_SIZE);
            offset += 1 + siblings.length;
            require(_rootOf(message, siblings) == root, PythErrors.InvalidUpdateData());
            messages[i] = _decode(message);
        }
        require(offset == entries.length, PythErrors.InvalidUpdateData());
    }

    // ------------------------------------------------------------------------------------------------- private ----

    function _split(bytes calldata update) private pure returns (bytes calldata envelope, bytes calldata entries) {
        bytes calldata header = _take(update, 0, 7);
        require(bytes4(header) == UPDATE_MAGIC && header[4] == 0x01, PythErrors.InvalidUpdateData());
        uint256 offset = 7 + uint256(uint8(header[6]));
        require(_take(update, offset, 1)[0] == 0, PythErrors.InvalidUpdateData());
        envelope = _prefixed(update, ++offset);
        offset += 2 + envelope.length;
        entries = _take(update, offset, update.length - offset);
    }

    function _root(bytes calldata envelope) private pure returns (bytes20 root, uint64 slot) {
        uint256 signatures = uint8(_take(envelope, 5, 1)[0]);
        bytes calldata payload = _take(envelope, 6 + signatures * SIGNATURE_SIZE + ORIGIN_SIZE, 37);
        require(bytes4(payload) == ROOT_MAGIC && payload[4] == 0, PythErrors.InvalidUpdateData());
        return (bytes20(payload[17:]), uint64(bytes8(payload[5:])));
    }

    function _encode(PythMessage memory m) private pure returns (bytes memory) {
        bytes memory price = abi.encodePacked(uint8(0), m.id, m.price, m.conf, m.expo, m.publishTime);
        return abi.encodePacked(price, m.prevPublishTime, m.emaPrice, m.emaConf);
    }

    function _decode(bytes calldata message) private pure returns (PythMessage memory m) {
        _take(message, 0, MESSAGE_SIZE);
        // Type 1 is a time-weighted average price.
        require(message[0] == 0, PythErrors.InvalidUpdateData());
        m.id = bytes32(message[1:]);
        m.price = int64(uint64(bytes8(message[33:])));
        m.conf = uint64(bytes8(message[41:]));
        m.expo = int32(uint32(bytes4(message[49:])));
        m.publishTime = uint64(bytes8(message[53:]));
        m.prevPublishTime = uint64(bytes8(message[61:]));
        m.emaPrice = int64(uint64(bytes8(message[69:])));
        m.emaConf = uint64(bytes8(message[77:]));
    }

    function _leaf(bytes memory message) private pure returns (bytes20) {
        return bytes20(keccak256(abi.encodePacked(uint8(0), message)));
    }

    function _parent(bytes20 a, bytes20 b) private pure returns (bytes20) {
        (bytes20 first, bytes20 second) = a < b ? (a, b) : (b, a);
        return bytes20(keccak256(abi.encodePacked(uint8(1), first, second)));
    }

    function _rootOf(bytes calldata message, bytes calldata siblings) private pure returns (bytes20 node) {
        node = _leaf(message);
        for (uint256 i = 0; i < siblings.length; i += HASH_SIZE) {
            node = _parent(node, bytes20(siblings[i:]));
        }
    }

    /// @dev The bytes behind a length of two bytes.
    function _prefixed(bytes calldata data, uint256 offset) private pure returns (bytes calldata) {
        return _take(data, offset + 2, uint16(bytes2(_take(data, offset, 2))));
    }

    function _take(bytes calldata data, uint256 offset, uint256 size) private pure returns (bytes calldata) {
        require(offset + size <= data.length, PythErrors.InvalidUpdateData());
        return data[offset:offset + size];
    }
}
