// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Deleveraging} from "./backstop/Deleveraging.sol";
import {ExitInKind} from "./backstop/ExitInKind.sol";
import {IClearingHouse} from "./interfaces/IClearingHouse.sol";
import {IPriceOracle} from "./interfaces/IPriceOracle.sol";
import {IVault} from "./interfaces/IVault.sol";

/// @title The Backstop: deleveraging, settlement of markets, and exits in kind
/// @notice {Deleveraging} closes bankrupt accounts against accounts in profit. {MarketSettlement} closes a market whose
/// price feed is dead. {ExitInKind} moves an LP's part of a maker to the LP. The contract has no owner, and any account may
/// call it.
contract Backstop is ExitInKind {
    constructor(IVault vault_, IPriceOracle oracle_, IClearingHouse clearingHouse_)
        Deleveraging(vault_, oracle_, clearingHouse_)
    {}
}
