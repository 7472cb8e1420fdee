// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ExchangeLaws} from "./ExchangeLaws.sol";
import {HandlerBase} from "./handlers/HandlerBase.sol";
import {TradeHandler} from "./handlers/TradeHandler.sol";

/// @dev The laws under {TradeHandler}'s actions.
contract ConstantPriceInvariants is ExchangeLaws {
    function createHandler() internal override returns (HandlerBase) {
        return new TradeHandler(world);
    }
}
