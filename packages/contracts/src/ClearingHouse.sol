// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Liquidation} from "./clearing-house/Liquidation.sol";
import {MarketRegistry} from "./clearing-house/MarketRegistry.sol";
import {IBackstop} from "./interfaces/IBackstop.sol";
import {IPriceOracle} from "./interfaces/IPriceOracle.sol";
import {IVault} from "./interfaces/IVault.sol";

/// @title Which trades and forced changes happen, and at what price; the Vault keeps the books, makers make the prices
/// @dev The parts, each on top of the one before: {MarketRegistry} is markets, rules, status and makers; {Trading} takers'
/// trades; {Liquidation} closes who cannot carry a position. What liquidation cannot solve is the {Backstop}'s.
contract ClearingHouse is Liquidation {
    constructor(IVault vault_, IPriceOracle oracle_, IBackstop backstop_, address owner_)
        MarketRegistry(vault_, oracle_, backstop_, owner_)
    {}
}
