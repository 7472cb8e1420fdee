// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IOutages} from "../interfaces/IOutages.sol";
import {BackstopBase} from "./BackstopBase.sol";

/// @title Reports of outages of the price, after which liquidation waits
/// @dev Part of the {BackstopModule}.
abstract contract Outages is IOutages, BackstopBase {
    /// @inheritdoc IOutages
    function reportOutage(uint256 marketId, bytes32 pythId, bytes[] calldata updateData, uint256 minPublishTime)
        external
        payable
    {
        uint256 held = _heldBefore();
        _checkTrading(marketId, clearingHouse.statusOf(marketId));
        uint256 outageEnd = oracle.proveOutage{value: msg.value}(marketId, pythId, updateData, minPublishTime);
        // The outage lasts while a part of the price is missing. Reverts then.
        oracle.getLiquidationPriceInGracePeriod(marketId);
        clearingHouse.startGrace(marketId, minPublishTime, outageEnd);
        _refund(held);
    }
}
