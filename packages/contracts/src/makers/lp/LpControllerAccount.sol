// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC7540Operator} from "../../interfaces/IERC7540.sol";

/// @title The account of one controller of an {LpAggregateVault}
/// @notice It is the controller in the request vault, so that requests, claims and returns of different controllers never mix.
/// @dev A clone. Only its {LpAggregateVault} calls it.
contract LpControllerAccount {
    using SafeERC20 for IERC20;

    error NotAggregateVault(address caller, address aggregateVault);

    address public immutable aggregateVault = msg.sender;

    modifier onlyAggregateVault() {
        if (msg.sender != aggregateVault) revert NotAggregateVault(msg.sender, aggregateVault);
        _;
    }

    /// @notice Makes the {LpAggregateVault} the operator of this account in the request vault.
    function connect(IERC7540Operator requestVault) external onlyAggregateVault {
        requestVault.setOperator(msg.sender, true);
    }

    /// @notice Transfers tokens that were returned here.
    /// @param amount in the token's own decimals
    function release(IERC20 token, address receiver, uint256 amount) external onlyAggregateVault {
        token.safeTransfer(receiver, amount);
    }
}
