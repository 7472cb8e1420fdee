// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {BoundedCall} from "../libraries/BoundedCall.sol";

/// @title Payments of native tokens to the caller, and credits for other accounts
/// @notice Only the caller of a function receives payments, so no other account can block a call by rejecting them. Other
/// accounts get a credit, and so does a caller that rejects a payment, for example a contract without a receive function.
/// Each account can withdraw its credit to an address of its choice.
abstract contract PullPayments {
    /// @notice The account was credited: a payment to it failed, or it was not the caller. Wei.
    event Credited(address indexed account, uint256 amount);
    /// @notice The account withdrew its credit to `to`. Wei.
    event CreditWithdrawn(address indexed account, address to, uint256 amount);

    /// @notice The account has no credit.
    error NothingCredited(address account);

    /// @notice Credit of each account, wei.
    mapping(address account => uint256 amount) public creditOf;

    /// @notice Sends the caller's whole credit to `to`.
    /// @return amount wei
    function withdrawCredit(address payable to) external returns (uint256 amount) {
        amount = creditOf[msg.sender];
        if (amount == 0) revert NothingCredited(msg.sender);
        delete creditOf[msg.sender];
        emit CreditWithdrawn(msg.sender, to, amount);
        Address.sendValue(to, amount);
    }

    /// @dev Pays the caller. Must be the last step, because the caller can reenter.
    function _pay(address caller, uint256 amount) internal {
        if (amount == 0) return;
        if (!BoundedCall.trySend(caller, amount)) _credit(caller, amount);
    }

    /// @dev Credits an account that is not the caller: a transfer would give it control of the call.
    function _credit(address account, uint256 amount) internal {
        creditOf[account] += amount;
        emit Credited(account, amount);
    }
}
