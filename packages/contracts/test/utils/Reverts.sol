// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {MarginMath} from "../../src/libraries/MarginMath.sol";

function insufficientInitialMargin(address account, int256 value, uint256 required) pure returns (bytes memory) {
    return abi.encodeWithSelector(MarginMath.InsufficientInitialMargin.selector, account, value, required);
}

function insufficientMaintenanceMargin(address account, int256 value, uint256 required) pure returns (bytes memory) {
    return abi.encodeWithSelector(MarginMath.InsufficientMaintenanceMargin.selector, account, value, required);
}

function notLiquidatable(address account, int256 value, uint256 required) pure returns (bytes memory) {
    return abi.encodeWithSelector(IClearingHouse.NotLiquidatable.selector, account, value, required);
}

function insufficientMarketBalance(uint256 requested, uint256 held) pure returns (bytes memory) {
    return abi.encodeWithSelector(IVault.InsufficientMarketBalance.selector, requested, held);
}
