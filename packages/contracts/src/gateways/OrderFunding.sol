// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IVault} from "../interfaces/IVault.sol";
import {Funding} from "../types/Order.sol";

/// @title Permit, deposit, margin and authority, in the transaction of the order that needs them
/// @notice Collateral passes through: from the caller's wallet to the Vault, for the caller's account. Nothing stays here.
abstract contract OrderFunding {
    using SafeERC20 for IERC20;

    IVault public immutable vault;

    constructor(IVault vault_) {
        vault = vault_;
    }

    /// @dev A permit or a signature that somebody has brought ahead does no harm: what counts is the allowance, and being
    /// the operator.
    function _fund(uint256 marketId, Funding calldata f) internal {
        if (!vault.isOperator(msg.sender, address(this))) {
            vault.setOperatorBySig(msg.sender, address(this), true, f.operatorDeadline, f.operatorSignature);
        }
        if (f.amountXCD == 0) return;
        IERC20 asset = vault.asset();
        if (f.permitDeadline != 0) {
            try IERC20Permit(address(asset))
                .permit(msg.sender, address(this), f.amountXCD, f.permitDeadline, f.v, f.r, f.s) {}
                catch {}
        }
        uint256 before = asset.balanceOf(address(this));
        asset.safeTransferFrom(msg.sender, address(this), f.amountXCD);
        uint256 arrived = asset.balanceOf(address(this)) - before;
        asset.forceApprove(address(vault), arrived);
        uint256 receivedXCD = vault.deposit(msg.sender, arrived);
        vault.transferFundToMargin(marketId, msg.sender, receivedXCD);
    }
}
