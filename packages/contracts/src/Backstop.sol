// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Deleveraging} from "./backstop/Deleveraging.sol";
import {MarketSettlement} from "./backstop/MarketSettlement.sol";
import {IClearingHouse} from "./interfaces/IClearingHouse.sol";
import {IPriceOracle} from "./interfaces/IPriceOracle.sol";
import {IVault} from "./interfaces/IVault.sol";

/// @title What happens when liquidation and insurance are not enough, and when a market's feed is dead
/// @notice {Deleveraging} closes bankrupt accounts against others' profit; {MarketSettlement} ends a market without a
/// feed. Nobody owns this contract, and everybody may call it.
contract Backstop is MarketSettlement {
    constructor(IVault vault_, IPriceOracle oracle_, IClearingHouse clearingHouse_)
        Deleveraging(vault_, oracle_, clearingHouse_)
    {}
}
