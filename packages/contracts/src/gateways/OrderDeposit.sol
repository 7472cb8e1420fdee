// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IVault} from "../interfaces/IVault.sol";
import {DepositTerms} from "../types/Order.sol";

/// @title Permit, deposit, margin transfer and operator approval in the transaction of an order
/// @notice Transfers collateral from the caller's wallet to the Vault and credits it to the caller's account. This
/// contract keeps no collateral.
abstract contract OrderDeposit {
    using SafeERC20 for IERC20;

    IVault public immutable vault;

    constructor(IVault vault_) {
        vault = vault_;
    }

    /// @dev Another account may submit the permit or the signature first. That does not block the order: the function
    /// only needs the allowance and the operator flag that they set.
    /// @return receivedXCD credited to the caller's fund; zero for a deposit that was credited to the margin at once
    function _depositForOrder(uint256 marketId, DepositTerms calldata terms) internal returns (uint256 receivedXCD) {
        if (!vault.isOperator(msg.sender, address(this))) {
            vault.setOperatorBySig(msg.sender, address(this), true, terms.operatorDeadline, terms.operatorSignature);
        }
        if (terms.amountXCD == 0) return 0;
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
        // A full deposit cap admits the margin of an open position only (E6).
        try vault.deposit(msg.sender, arrived) returns (uint256 received) {
            return received;
        } catch {
            vault.depositToMargin(marketId, msg.sender, arrived);
        }
    }

    /// @dev Moves the deposit into the margin, less the part of it that the bond has taken: the fund that the caller had
    /// before serves the bond first.
    function _depositToMargin(uint256 marketId, uint256 receivedXCD) internal {
        uint256 amountXCD = Math.min(receivedXCD, vault.fundOf(msg.sender));
        if (amountXCD != 0) vault.transferFundToMargin(marketId, msg.sender, amountXCD);
    }
}
