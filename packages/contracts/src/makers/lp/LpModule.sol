// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ILpActions} from "../../interfaces/ILpModule.sol";
import {ZeroAddress, ZeroAmount} from "../../types/Errors.sol";
import {LpAccounting} from "./LpAccounting.sol";

/// @title Deposits, withdrawals and settlement of an LP vault
/// @notice Makers define how their assets move, in the functions of the last section.
abstract contract LpModule is LpAccounting, ILpActions {
    // --------------------------------------------------------------------------------------- deposit and withdraw ----

    /// @inheritdoc ILpActions
    function deposit(uint256 amountXCD) external onlyWhitelistLp returns (uint256 shares) {
        return _depositNow(amountXCD, 0, msg.sender);
    }

    /// @inheritdoc ILpActions
    function deposit(uint256 amountXCD, uint256 minShares, address receiver)
        external
        onlyWhitelistLp
        returns (uint256 shares)
    {
        return _depositNow(amountXCD, minShares, receiver);
    }

    /// @inheritdoc ILpActions
    function withdraw(uint256 shares) external onlyWhitelistLpUntilSettled returns (uint256 amountXCD) {
        return _withdrawNow(shares, 0, msg.sender);
    }

    /// @inheritdoc ILpActions
    function withdraw(uint256 shares, uint256 minAmountXCD, address receiver)
        external
        onlyWhitelistLpUntilSettled
        returns (uint256 amountXCD)
    {
        return _withdrawNow(shares, minAmountXCD, receiver);
    }

    // -------------------------------------------------------------------------------------------------- requests ----

    /// @inheritdoc ILpActions
    function settleDeposit(uint256 amountXCD, uint256 minShares)
        external
        onlyRequestVault
        returns (uint256 takenXCD, uint256 shares)
    {
        (Valuation memory v, uint256 total) = _valueForDeposit();
        LpRules memory rules = _lpRules;
        takenXCD = _admittedPart(rules, total, amountXCD);
        emit SharesValued(total, v.totalShares, v.price.unwrap());
        shares = _deposit(v, total, takenXCD, rules.requestFee, msg.sender);
        _checkShares(amountXCD, takenXCD, shares, minShares);
    }

    /// @inheritdoc ILpActions
    function settleRedeem(uint256 shares, uint256 minAmountXCD, bool isAssetOnly)
        external
        onlyRequestVault
        returns (uint256 burned, uint256 amountXCD, uint256 quoteXCD)
    {
        (Valuation memory v, Payout memory payout) = _planRedeem(shares, isAssetOnly);
        if (payout.shares == 0) revert NothingPayable(shares);
        if (_canValue(v)) emit SharesValued(_positiveAssets(v), v.totalShares, v.price.unwrap());
        uint256 held = asset.balanceOf(msg.sender);
        uint256 quoteHeld = payout.quoteXCD == 0 ? 0 : _vault.asset().balanceOf(msg.sender);
        _withdraw(v, payout, msg.sender);
        // The request vault records the amount that has arrived (T61).
        payout.amountXCD = asset.balanceOf(msg.sender) - held;
        if (payout.quoteXCD != 0) payout.quoteXCD = _vault.asset().balanceOf(msg.sender) - quoteHeld;
        _checkPayout(v, payout, shares, minAmountXCD);
        return (payout.shares, payout.amountXCD, payout.quoteXCD);
    }

    // ------------------------------------------------------------------------------------ deposit and withdraw ----

    function _depositNow(uint256 amountXCD, uint256 minShares, address receiver) private returns (uint256 shares) {
        if (amountXCD == 0) revert ZeroAmount();
        // The LP vault is valued before the transfer. The system lock is held during the transfer, so the asset cannot
        // call back into the system.
        Valuation memory v = _value(false);
        uint256 total = _solventAssets(v);
        LpRules memory rules = _lpRules;
        uint256 room = _room(rules, total);
        if (amountXCD > room) revert LpDepositCapExceeded(amountXCD, room);
        shares = _deposit(v, total, amountXCD, _immediateFee(v, rules, !rules.isWhitelistEnded, true), receiver);
        if (shares < minShares) revert LessThanMinimum(shares, minShares);
    }

    function _withdrawNow(uint256 shares, uint256 minAmountXCD, address receiver) private returns (uint256) {
        if (shares == 0) revert ZeroAmount();
        if (receiver == address(0)) revert ZeroAddress();
        Valuation memory v = _value(true);
        LpRules memory rules = _lpRules;
        bool isTrusted = !rules.isWhitelistEnded && isWhitelistLp(msg.sender);
        Payout memory payout = _payoutOf(v, shares, _immediateFee(v, rules, isTrusted, false));
        _withdraw(v, payout, receiver);
        if (payout.amountXCD < minAmountXCD) revert LessThanMinimum(payout.amountXCD, minAmountXCD);
        return payout.amountXCD;
    }

    /// @param total WAD of the asset, before the deposit
    /// @param fee ppm
    function _deposit(Valuation memory v, uint256 total, uint256 amountXCD, uint256 fee, address receiver)
        private
        returns (uint256 shares)
    {
        uint256 receivedXCD = _takeIn(amountXCD);
        uint256 feeXCD = _feeXCD(receivedXCD, fee);
        shares = _sharesFor(v, total, receivedXCD, feeXCD);
        if (shares == 0) revert ZeroAmount();
        _mint(receiver, shares);
        emit Deposited(msg.sender, shares, receivedXCD);
        if (feeXCD != 0) emit LpFeeKept(msg.sender, true, feeXCD, 0);
        _afterLiquidityChange();
    }

    function _withdraw(Valuation memory v, Payout memory payout, address receiver) private {
        _burn(msg.sender, payout.shares);
        emit Withdrawn(msg.sender, payout.shares, payout.amountXCD);
        if (payout.feeXCD | payout.quoteFeeXCD != 0) {
            emit LpFeeKept(msg.sender, false, payout.feeXCD, payout.quoteFeeXCD);
        }
        _payOut(v, payout, receiver);
        _afterLiquidityChange();
    }

    /// @dev The part of a deposit that the cap admits. Reverts with `LpDepositCapExceeded` when that is nothing.
    function _admittedPart(LpRules memory rules, uint256 total, uint256 amountXCD) private view returns (uint256 part) {
        part = Math.min(amountXCD, _room(rules, total));
        if (part == 0) revert LpDepositCapExceeded(amountXCD, 0);
    }

    // ------------------------------------------------------------------------------- differences between makers ----

    /// @dev Takes `amountXCD` of the asset from the caller.
    /// @return receivedXCD the amount that arrived
    function _takeIn(uint256 amountXCD) internal virtual returns (uint256 receivedXCD);

    /// @dev Pays for shares that are already burned.
    function _payOut(Valuation memory v, Payout memory payout, address receiver) internal virtual;

    /// @dev Called last by every deposit and withdrawal.
    function _afterLiquidityChange() internal virtual {}
}
