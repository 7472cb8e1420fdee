// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Outages} from "./backstop/Outages.sol";
import {Shortfalls} from "./backstop/Shortfalls.sol";
import {IClearingHouse} from "./interfaces/IClearingHouse.sol";
import {IPriceOracle} from "./interfaces/IPriceOracle.sol";
import {IVault} from "./interfaces/IVault.sol";

/// @title The Backstop: deleveraging and settlement of markets
/// @notice {Shortfalls} keeps known shortfalls. {Deleveraging} closes bankrupt accounts against accounts in profit.
/// {MarketSettlement} closes a market whose price feed is dead. {Outages} starts the grace period after an outage. The
/// contract has no owner, and any account may call it.
contract Backstop is Outages {
    constructor(IVault vault_, IPriceOracle oracle_, IClearingHouse clearingHouse_)
        Shortfalls(vault_, oracle_, clearingHouse_)
    {}
}
