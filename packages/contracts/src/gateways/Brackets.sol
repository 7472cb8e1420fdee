// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ISignedOrders} from "../interfaces/ISignedOrders.sol";
import {Position} from "../types/Position.sol";
import {Bracket, Leg, SignedOrder} from "../types/SignedOrder.sol";
import {SignedOrderState} from "./SignedOrderState.sol";

/// @title Brackets: the take-profit and the stop that an opening order carries
/// @notice The account signs the bracket with its order. Fills of the order activate it. The fill of one leg ends the
/// other. A bracket never closes more than the account holds, and ends with the position: a position that was closed, by
/// the account or by a liquidation, has another {Position-closes}, also when the account has opened a new one since.
abstract contract Brackets is SignedOrderState, ISignedOrders {
    using SafeCast for uint256;

    /// @dev Active bracket of each order, by the order's hash.
    mapping(bytes32 orderHash => Bracket bracket) private _brackets;

    /// @notice Returns the active bracket of an order; its size is zero when none is active. A bracket whose position was
    /// closed is not active, even before it is deleted.
    function bracketOf(SignedOrder calldata order) external view returns (Bracket memory bracket) {
        bytes32 orderHash = hashOrder(order);
        (uint256 amount,) = _exitAmount(order, _brackets[orderHash]);
        if (amount != 0) return _brackets[orderHash];
    }

    /// @dev Returns the active bracket of an order. Reverts with BracketNotActive when it has no such leg.
    function _requireBracket(SignedOrder calldata order, bytes32 orderHash, Leg leg)
        internal
        view
        returns (Bracket memory bracket)
    {
        bracket = _brackets[orderHash];
        (uint256 amount,) = _exitAmount(order, bracket);
        if (amount == 0 || order.exitPrice(leg) == 0) revert BracketNotActive(orderHash, leg);
    }

    /// @dev Adds a fill to the bracket of an order. A bracket from before the position was closed is replaced.
    /// @param amount WAD base
    function _activateBracket(SignedOrder calldata order, bytes32 orderHash, uint256 amount) internal {
        Position memory position = vault.positionOf(order.marketId, order.account);
        int256 size = position.size.unwrap();
        // A fill that only reduced an opposite position opened nothing.
        if (order.isBaseToQuote ? size >= 0 : size <= 0) return;
        Bracket memory bracket = _brackets[orderHash];
        uint256 total = bracket.closes == position.closes ? bracket.size + amount : amount;
        // A fill that crossed zero opened what is left of it.
        total = Math.min(total, position.size.abs());
        _brackets[orderHash] = Bracket(total.toUint128(), block.timestamp.toUint64(), position.closes.toUint16());
        emit BracketActivated(orderHash, order.account, order, total);
    }

    /// @dev Deletes the bracket of an order, of which one leg is filled.
    /// @return amount base to close, WAD
    /// @return share base that the bracket covered before the position shrank, WAD
    function _takeBracket(SignedOrder calldata order, bytes32 orderHash, Leg leg)
        internal
        returns (uint256 amount, uint256 share)
    {
        Bracket memory bracket = _requireBracket(order, orderHash, leg);
        (amount, share) = _exitAmount(order, bracket);
        delete _brackets[orderHash];
    }

    function _cancelBracket(SignedOrder calldata order, bytes32 orderHash) internal {
        delete _brackets[orderHash];
        emit BracketCancelled(orderHash, order.account);
    }

    /// @dev Base that the bracket closes now, and base that it covers. At most the size of the account, and both zero when
    /// the position was closed since the bracket became active. WAD.
    function _exitAmount(SignedOrder calldata order, Bracket memory bracket)
        private
        view
        returns (uint256 amount, uint256 share)
    {
        if (bracket.size == 0) return (0, 0);
        Position memory position = vault.positionOf(order.marketId, order.account);
        int256 size = position.size.unwrap();
        if (position.closes != bracket.closes || (order.isBaseToQuote ? size >= 0 : size <= 0)) return (0, 0);
        return (Math.min(bracket.size, position.size.abs()), bracket.size);
    }
}
