// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Deleveraging} from "./backstop/Deleveraging.sol";
import {Outages} from "./backstop/Outages.sol";
import {IClearingHouse} from "./interfaces/IClearingHouse.sol";
import {IPriceOracle} from "./interfaces/IPriceOracle.sol";
import {IVault} from "./interfaces/IVault.sol";

/// @title The Backstop: deleveraging and settlement of markets
/// @notice {Deleveraging} closes bankrupt accounts against accounts in profit. {MarketSettlement} closes a market whose
/// price feed is dead. {Outages} starts the grace period after an outage. The contract has no owner, and any account may call it.
contract Backstop is Outages {
    constructor(IVault vault_, IPriceOracle oracle_, IClearingHouse clearingHouse_)
        Deleveraging(vault_, oracle_, clearingHouse_)
    {}
}
