// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IERC7540Deposit, IERC7540Operator, IERC7540Redeem} from "../../interfaces/IERC7540.sol";
import {IERC7575} from "../../interfaces/IERC7575.sol";
import {IERC7887Deposit, IERC7887Redeem} from "../../interfaces/IERC7887.sol";
import {ILpClaimErrors} from "../../interfaces/ILpClaimErrors.sol";

/// @title The parts of ERC-7540 and ERC-7887 that are the same in both vaults of a share
/// @notice Operators, previews, which revert, cancelling, which is immediate, and the ids of the interfaces.
abstract contract LpAsyncVault is
    ILpClaimErrors,
    IERC7540Operator,
    IERC7540Deposit,
    IERC7540Redeem,
    IERC7575,
    IERC7887Deposit,
    IERC7887Redeem,
    IERC165
{
    /// @inheritdoc IERC7540Operator
    mapping(address controller => mapping(address operator => bool approved)) public isOperator;

    /// @inheritdoc IERC7540Operator
    function setOperator(address operator, bool approved) external returns (bool) {
        isOperator[msg.sender][operator] = approved;
        emit OperatorSet(msg.sender, operator, approved);
        return true;
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @inheritdoc IERC7575
    function share() public view virtual returns (address);

    /// @inheritdoc IERC7575
    function previewDeposit(uint256) external view returns (uint256) {
        revert NoPreview(share());
    }

    /// @inheritdoc IERC7575
    function previewMint(uint256) external view returns (uint256) {
        revert NoPreview(share());
    }

    /// @inheritdoc IERC7575
    function previewWithdraw(uint256) external view returns (uint256) {
        revert NoPreview(share());
    }

    /// @inheritdoc IERC7575
    function previewRedeem(uint256) external view returns (uint256) {
        revert NoPreview(share());
    }

    /// @inheritdoc IERC7887Deposit
    /// @dev Cancelling is immediate.
    function pendingCancelDepositRequest(uint256, address) external pure returns (bool) {
        return false;
    }

    /// @inheritdoc IERC7887Redeem
    /// @dev Cancelling is immediate.
    function pendingCancelRedeemRequest(uint256, address) external pure returns (bool) {
        return false;
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IERC165).interfaceId || interfaceId == type(IERC7540Operator).interfaceId
            || interfaceId == type(IERC7540Deposit).interfaceId || interfaceId == type(IERC7540Redeem).interfaceId
            || interfaceId == type(IERC7575).interfaceId || interfaceId == type(IERC7887Deposit).interfaceId
            || interfaceId == type(IERC7887Redeem).interfaceId;
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    function _checkOperator(address account) internal view {
        if (!_isControllerOrOperator(account)) revert NotOperator(account, msg.sender);
    }

    function _isControllerOrOperator(address account) internal view returns (bool) {
        return account == msg.sender || isOperator[account][msg.sender];
    }
}
