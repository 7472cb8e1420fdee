// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IKeeperErrors} from "../interfaces/IKeeperErrors.sol";
import {IMaker} from "../interfaces/IMaker.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {NotEnoughGas} from "../types/Errors.sol";
import {OrderFailures} from "./OrderFailures.sol";

/// @title What gateways share whose orders keepers execute: who pays the price source, and whose failure a failure is
abstract contract KeeperGateway is IKeeperErrors {
    /// @notice Gas that must be left when the trade starts: above what any trade takes, so that running out of it is
    /// never taken for a failure of the order (T28).
    uint256 public constant MIN_TRADE_GAS = 1_000_000;

    /// @notice The order executes at the first source's price only: the second source's is for orders that can only reduce
    /// and wait for no other.
    error NeedsPrimaryPrice(uint256 marketId);

    IClearingHouse public immutable clearingHouse;
    IPriceOracle public immutable oracle;

    constructor(IClearingHouse clearingHouse_) {
        clearingHouse = clearingHouse_;
        oracle = clearingHouse_.oracle();
    }

    /// @dev What the price source gets of attached value, wei; with none attached the oracle pays it out of its own
    /// balance. Never out of what else this contract holds.
    /// @param isAttached value came with the transaction, though it may be spent by now
    /// @param left wei of it
    function _sourceFee(uint256 marketId, bytes[] calldata updateData, bool isAttached, uint256 left)
        internal
        view
        returns (uint256 fee)
    {
        if (!isAttached) return 0;
        fee = oracle.executionFee(marketId, updateData);
        if (left < fee) revert SourceFeeTooLow(left, fee);
    }

    /// @dev Carries an order's one price. Without update data it is the second source's, which is for what anybody can make
    /// an end of with it as soon as it is known (T16). An order that may increase would be refused and left until its taker
    /// has a position that it reduces, and one that waits could be made to wait; and since it serves after the window only,
    /// it is the first one from then on.
    /// @param mayFallBack the order can only reduce, and waits for none
    /// @param executableAt seconds; the window begins
    /// @param lastPriceAt seconds; the window's last
    /// @param sourceFee wei, what {_sourceFee} said
    /// @return price WAD quote per base
    function _beginExecution(
        uint256 marketId,
        bytes[] calldata updateData,
        bool mayFallBack,
        uint256 executableAt,
        uint256 lastPriceAt,
        uint256 sourceFee
    ) internal returns (uint256 price) {
        uint256 firstAt = executableAt;
        if (updateData.length == 0) {
            if (!mayFallBack) revert NeedsPrimaryPrice(marketId);
            firstAt = lastPriceAt + 1;
        }
        return oracle.beginExecution{value: sourceFee}(marketId, updateData, firstAt, lastPriceAt).unwrap();
    }

    function _requireTradeGas() internal view {
        if (gasleft() < MIN_TRADE_GAS) revert NotEnoughGas(gasleft(), MIN_TRADE_GAS);
    }

    /// @dev See {OrderFailures}.
    function _endsOrder(bytes memory reason, address maker, bool isExactBase) internal view returns (bool) {
        return OrderFailures.endsOrder(reason, _isSpotHedged(maker), isExactBase);
    }

    /// @dev Nobody but registered makers is asked: what an order names may be anything.
    function _isSpotHedged(address maker) internal view returns (bool) {
        return clearingHouse.marketOfMaker(maker) != 0 && IMaker(maker).isSpotHedged();
    }
}
