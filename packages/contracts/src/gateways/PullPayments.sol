// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {BoundedCall} from "../libraries/BoundedCall.sol";

/// @title Native tokens for whoever calls; what a caller cannot receive waits for it
/// @notice Payments go to the caller of the transaction's own function and to nobody else, so that no third party can stand
/// against anything by refusing. A caller that refuses, such as a contract without a way to receive, is credited instead
/// and takes its credit to an address of its choice.
abstract contract PullPayments {
    /// @notice The account could not receive; wei.
    event Credited(address indexed account, uint256 amount);
    /// @notice Wei.
    event CreditWithdrawn(address indexed account, address to, uint256 amount);

    error NothingCredited(address account);

    /// @notice Wei that wait for an account.
    mapping(address account => uint256 amount) public creditOf;

    /// @notice Sends the caller's credit to `to`.
    /// @return amount wei
    function withdrawCredit(address payable to) external returns (uint256 amount) {
        amount = creditOf[msg.sender];
        if (amount == 0) revert NothingCredited(msg.sender);
        delete creditOf[msg.sender];
        emit CreditWithdrawn(msg.sender, to, amount);
        Address.sendValue(to, amount);
    }

    /// @dev Pays the caller. The last thing to do: it may call back.
    function _pay(address caller, uint256 amount) internal {
        if (amount == 0) return;
        if (BoundedCall.trySend(caller, amount)) return;
        creditOf[caller] += amount;
        emit Credited(caller, amount);
    }
}
