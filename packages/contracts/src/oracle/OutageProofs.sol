// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {PythStructs} from "@pythnetwork/pyth-sdk-solidity/PythStructs.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {FeedLimits, StoredFeed} from "../types/Feed.sol";
import {SettlementPrices} from "./SettlementPrices.sol";

/// @title Proofs that Pyth published no price for a while
/// @notice An update names the publish time of the one before it. A stored price that is old proves nothing: Pyth is a
/// pull source.
abstract contract OutageProofs is SettlementPrices {
    /// @notice Least seconds without a price that count as an outage.
    uint256 public constant MIN_OUTAGE = 5 minutes;

    /// @inheritdoc IPriceOracle
    function proveOutage(uint256 marketId, bytes32 pythId, bytes[] calldata updateData, uint256 minPublishTime)
        external
        payable
        returns (uint256 outageEnd)
    {
        (StoredFeed storage feed, bytes32 baseId, FeedLimits limits) = _load(marketId);
        if (pythId != baseId && pythId != feed.collateralPythId) revert WrongFeed(pythId, baseId);
        (PythStructs.Price memory first, uint256 fee) =
            _firstOf(_pythOf(feed, limits), pythId, updateData, minPublishTime);
        outageEnd = first.publishTime;
        if (outageEnd - minPublishTime < MIN_OUTAGE) revert NoOutage(outageEnd - minPublishTime, MIN_OUTAGE);
        if (msg.value > fee) Address.sendValue(payable(msg.sender), msg.value - fee);
    }
}
