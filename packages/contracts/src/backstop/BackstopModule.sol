// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IVault} from "../interfaces/IVault.sol";
import {BackstopBase} from "./BackstopBase.sol";
import {ExitInKind} from "./ExitInKind.sol";
import {Outages} from "./Outages.sol";

/// @title Exits in kind and reports of outages
/// @notice {ExitInKind} moves an LP's part of a maker to the LP. {Outages} starts the grace period after an outage.
/// @dev A module: its code runs at the address of the Backstop that deployed it, on its storage and for its caller, because
/// the code of both together exceeds the size limit. It uses the storage of {BackstopBase} only. Called directly, it starts
/// no exit, and no contract of the exchange accepts its calls.
contract BackstopModule is ExitInKind, Outages {
    constructor(IVault vault_, IPriceOracle oracle_, IClearingHouse clearingHouse_)
        BackstopBase(vault_, oracle_, clearingHouse_)
    {}
}
