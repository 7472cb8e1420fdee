// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IKeeperWork} from "../interfaces/IKeeperWork.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";

/// @title What gateways share whose orders keepers execute: who pays the price source, and the gas to tell failures apart
/// @dev Whose failure a failure is says {OrderFailures}.
abstract contract KeeperGateway is IKeeperWork {
    /// @notice Gas that must be left when the trade starts: above what any trade takes, so that running out of it is
    /// never taken for a failure of the order (T28).
    uint256 public constant MIN_TRADE_GAS = 1_000_000;

    IClearingHouse public immutable clearingHouse;
    IPriceOracle public immutable oracle;

    constructor(IClearingHouse clearingHouse_) {
        clearingHouse = clearingHouse_;
        oracle = clearingHouse_.oracle();
    }

    /// @dev What the price source gets of the value that is attached, wei; with none attached the oracle pays it out of its
    /// own balance. Never out of what else this contract holds.
    // Called by functions of gateways that take value; this part of them has none itself.
    // slither-disable-next-line msg-value-in-nonpayable
    function _sourceFee(uint256 marketId, bytes[] calldata updateData) internal view returns (uint256 fee) {
        if (msg.value == 0) return 0;
        fee = oracle.executionFee(marketId, updateData);
        if (msg.value < fee) revert SourceFeeTooLow(msg.value, fee);
    }

    function _requireTradeGas() internal view {
        if (gasleft() < MIN_TRADE_GAS) revert NotEnoughGas(gasleft(), MIN_TRADE_GAS);
    }

    /// @dev Zero for what is too short to be an error.
    function _selectorOf(bytes memory reason) internal pure returns (bytes4 selector) {
        if (reason.length < 4) return 0;
        // The first four bytes are what is wanted.
        // forge-lint: disable-next-line(unsafe-typecast)
        return bytes4(reason);
    }
}
