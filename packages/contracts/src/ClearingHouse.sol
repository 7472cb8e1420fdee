// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Liquidation} from "./clearing-house/Liquidation.sol";
import {MarketRegistry} from "./clearing-house/MarketRegistry.sol";
import {IBackstop} from "./interfaces/IBackstop.sol";
import {IPriceOracle} from "./interfaces/IPriceOracle.sol";
import {IVault} from "./interfaces/IVault.sol";

/// @title The ClearingHouse: admits trades and liquidations and determines their prices
/// @notice Makers quote prices, and the Vault settles.
/// @dev Each part inherits the one before: {ClearingHouseBase} stores markets, rules, status and makers; {MarketRegistry}
/// returns them, and passes the calls of the owner and the guardian to {MarketAdmin}; {Trading} executes takers' trades;
/// {Liquidation} closes accounts below maintenance. The {Backstop} handles shortfalls that liquidation and insurance do
/// not cover.
contract ClearingHouse is Liquidation {
    constructor(IVault vault_, IPriceOracle oracle_, IBackstop backstop_, address owner_)
        MarketRegistry(vault_, oracle_, backstop_, owner_)
    {}
}
