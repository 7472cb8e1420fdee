// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IKeeperWork} from "../interfaces/IKeeperWork.sol";
import {IMaker} from "../interfaces/IMaker.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IVault} from "../interfaces/IVault.sol";
import {MarginMath} from "../libraries/MarginMath.sol";

/// @title What gateways share whose orders keepers execute: who pays the price source, and whose failure a failure is
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
    function _sourceFee(uint256 marketId, bytes[] calldata updateData) internal view returns (uint256 fee) {
        if (msg.value == 0) return 0;
        fee = oracle.executionFee(marketId, updateData);
        if (msg.value < fee) revert SourceFeeTooLow(msg.value, fee);
    }

    function _requireTradeGas() internal view {
        if (gasleft() < MIN_TRADE_GAS) revert NotEnoughGas(gasleft(), MIN_TRADE_GAS);
    }

    /// @dev Which failures of a trade are the taker's. Authority, a missing fund and having nothing to reduce always are.
    /// Bounds, margin, minimum and capacity are so against a maker that prices from the oracle; against one that swaps on a
    /// spot market a keeper could cause them by moving the pool (T28). Whatever is not listed is nobody's: running out of
    /// gas, bad price data, a pause, a failed swap.
    function _isTakersFailure(address maker, bytes memory reason) internal view returns (bool) {
        bytes4 selector = _selectorOf(reason);
        if (
            selector == IVault.NotAuthorized.selector || selector == IVault.InsufficientFund.selector
                || selector == IClearingHouse.NothingToReduce.selector
                || selector == IClearingHouse.UnknownMaker.selector || selector == IClearingHouse.TakerIsMaker.selector
        ) return true;
        bool dependsOnPrice = selector == IClearingHouse.SlippageExceeded.selector
            || selector == IClearingHouse.WouldIncrease.selector
            || selector == IClearingHouse.PriceBandExceeded.selector
            || selector == IClearingHouse.PositionBelowMinimum.selector
            || selector == MarginMath.InsufficientInitialMargin.selector
            || selector == MarginMath.InsufficientMaintenanceMargin.selector
            || selector == IMaker.MakerCapacityExceeded.selector
            || selector == IMaker.MakerQuoteCapacityExceeded.selector || selector == IMaker.BelowMinMarginRatio.selector;
        return dependsOnPrice && !IMaker(maker).isSpotHedged();
    }

    /// @dev Zero for what is too short to be an error.
    function _selectorOf(bytes memory reason) internal pure returns (bytes4 selector) {
        if (reason.length < 4) return 0;
        // The first four bytes are what is wanted.
        // forge-lint: disable-next-line(unsafe-typecast)
        return bytes4(reason);
    }
}
