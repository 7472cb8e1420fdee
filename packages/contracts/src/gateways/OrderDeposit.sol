// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IVault} from "../interfaces/IVault.sol";
import {DepositTerms} from "../types/Order.sol";

/// @title Permit, deposit, margin and authority, in the transaction of the order that needs them
/// @notice Collateral passes through: from the caller's wallet to the Vault, for the caller's account. Nothing stays here.
abstract contract OrderDeposit {
    using SafeERC20 for IERC20;

    IVault public immutable vault;

    constructor(IVault vault_) {
        vault = vault_;
    }

    /// @dev A permit or a signature that somebody has brought ahead does no harm: what counts is the allowance, and being
    /// the operator.
    function _depositForOrder(uint256 marketId, DepositTerms calldata terms) internal {
        if (!vault.isOperator(msg.sender, address(this))) {
            vault.setOperatorBySig(msg.sender, address(this), true, terms.operatorDeadline, terms.operatorSignature);
        }
        if (terms.amountXCD == 0) return;
        IERC20 asset = vault.asset();
        if (terms.permitDeadline != 0) {
            try IERC20Permit(address(asset))
                .permit(msg.sender, address(this), terms.amountXCD, terms.permitDeadline, terms.v, terms.r, terms.s) {}
                catch {}
        }
        uint256 before = asset.balanceOf(address(this));
        asset.safeTransferFrom(msg.sender, address(this), terms.amountXCD);
        uint256 arrived = asset.balanceOf(address(this)) - before;
        asset.forceApprove(address(vault), arrived);
        uint256 receivedXCD = vault.deposit(msg.sender, arrived);
        vault.transferFundToMargin(marketId, msg.sender, receivedXCD);
    }
}
