// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IKeeperErrors} from "../interfaces/IKeeperErrors.sol";
import {IMaker} from "../interfaces/IMaker.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {NotEnoughGas} from "../types/Errors.sol";
import {FailureCause} from "../types/Order.sol";
import {OrderFailures} from "./OrderFailures.sol";

/// @title Base of the gateways whose orders keepers execute: payment of the price source and classification of failures
abstract contract KeeperGateway is IKeeperErrors {
    /// @notice Minimum gas at the start of the trade. It exceeds the gas of any trade, so a lack of gas never counts as
    /// a failure of the order (T28).
    uint256 public constant MIN_TRADE_GAS = 1_000_000;

    /// @notice The order needs a price of the first source. A price of the second source only executes reduce-only
    /// orders that wait for no other order.
    error NeedsPrimaryPrice(uint256 marketId);

    IClearingHouse public immutable clearingHouse;
    IPriceOracle public immutable oracle;

    constructor(IClearingHouse clearingHouse_) {
        clearingHouse = clearingHouse_;
        oracle = clearingHouse_.oracle();
    }

    /// @dev Returns the part of the attached value that pays the price source, wei. Zero without attached value: then
    /// the oracle pays from its balance. Other native tokens of this contract never pay the source.
    /// @param minPublishTime earliest publish time of a unique price, whose verification may be paid already, seconds; zero
    /// for a current price
    /// @param isAttached whether the transaction has attached value, spent or not
    /// @param left unspent part of the attached value, wei
    function _sourceFee(
        uint256 marketId,
        bytes[] calldata updateData,
        uint256 minPublishTime,
        bool isAttached,
        uint256 left
    ) internal view returns (uint256 fee) {
        if (!isAttached) return 0;
        fee = oracle.executionFeeAt(marketId, updateData, minPublishTime);
        if (left < fee) revert SourceFeeTooLow(left, fee);
    }

    /// @dev Sets the unique execution price of an order in the oracle. Without update data that is a price of the
    /// second source, which is only for orders that any keeper can end as soon as the price is known (T16). Such a price
    /// only reduces positions, so an order that may increase would revert and stay open until its taker has a position
    /// that it reduces. An order that waits for another one could be delayed.
    /// @param mayFallBack true when the order is reduce-only and waits for no other order
    /// @param executableAt start of the price window, seconds
    /// @param lastPriceAt end of the price window, seconds
    /// @param sourceFee as returned by {_sourceFee}, wei
    /// @return price WAD quote per base
    function _beginExecution(
        uint256 marketId,
        bytes[] calldata updateData,
        bool mayFallBack,
        uint256 executableAt,
        uint256 lastPriceAt,
        uint256 sourceFee
    ) internal returns (uint256 price) {
        if (updateData.length == 0 && !mayFallBack) revert NeedsPrimaryPrice(marketId);
        return oracle.beginExecution{value: sourceFee}(marketId, updateData, executableAt, lastPriceAt).unwrap();
    }

    function _requireTradeGas() internal view {
        if (gasleft() < MIN_TRADE_GAS) revert NotEnoughGas(gasleft(), MIN_TRADE_GAS);
    }

    /// @dev Returns the cause of a failure, see {OrderFailures}.
    function _causeOf(bytes memory reason, address maker, bool isExactBase) internal view returns (FailureCause) {
        return OrderFailures.causeOf(reason, maker, _isSpotHedged(maker), isExactBase);
    }

    /// @dev Calls registered makers only, because an order can name any address as its maker.
    function _isSpotHedged(address maker) internal view returns (bool) {
        return clearingHouse.marketOfMaker(maker) != 0 && IMaker(maker).isSpotHedged();
    }
}
