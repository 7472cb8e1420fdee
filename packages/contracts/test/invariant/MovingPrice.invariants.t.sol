// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ExchangeLaws} from "./ExchangeLaws.sol";
import {HandlerBase} from "./handlers/HandlerBase.sol";
import {MarketHandler} from "./handlers/MarketHandler.sol";

/// @dev The laws under {MarketHandler}'s actions.
contract MovingPriceInvariants is ExchangeLaws {
    function createHandler() internal override returns (HandlerBase) {
        return new MarketHandler(world);
    }
}
