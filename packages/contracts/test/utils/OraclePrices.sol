// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {Price} from "../../src/types/Units.sol";

/// @dev The liquidation price of a market, WAD.
function liquidationPriceOf(IPriceOracle oracle, uint256 marketId) view returns (uint256) {
    (Price price,) = oracle.getLiquidationPrice(marketId);
    return price.unwrap();
}
