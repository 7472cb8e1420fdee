// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IBackstop} from "../interfaces/IBackstop.sol";
import {MarketSettlement} from "./MarketSettlement.sol";

/// @title Reports of outages of the price, after which liquidation waits
abstract contract Outages is MarketSettlement {
    /// @inheritdoc IBackstop
    function reportOutage(uint256 marketId, bytes32 pythId, bytes[] calldata updateData, uint256 minPublishTime)
        external
        payable
    {
        _checkTrading(marketId, clearingHouse.statusOf(marketId));
        uint256 outageEnd = oracle.proveOutage{value: msg.value}(marketId, pythId, updateData, minPublishTime);
        // The outage lasts while a part of the price is missing. Reverts then.
        oracle.getLiquidationPriceInGracePeriod(marketId);
        clearingHouse.startGrace(marketId, minPublishTime, outageEnd);
        _refund();
    }
}
