// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ISpotHedgeSettings} from "../../interfaces/ISpotHedgeVault.sol";
import {LiabilityMath} from "../../libraries/LiabilityMath.sol";
import {Cast} from "../../types/Cast.sol";
import {LpModule} from "../lp/LpModule.sol";
import {SpotHedgeStorage} from "./SpotHedgeStorage.sol";

/// @title Deposits into and withdrawals from the balance of a hedged vault
/// @notice Deposits enter the balance outside the Vault, and withdrawals leave it. A flat base vault also pays the
/// collateral in its margin.
abstract contract SpotHedgeLpModule is LpModule, SpotHedgeStorage, ISpotHedgeSettings {
    using SafeERC20 for IERC20;
    using Cast for uint256;
    using SafeCast for uint256;

    // ---------------------------------------------------------------------------------------------------- owner ----

    /// @inheritdoc ISpotHedgeSettings
    function setHedgeGapRules(HedgeGapRules calldata rules) external onlyOwner {
        _setHedgeGapRules(rules);
    }

    // ------------------------------------------------------------------------------------------------------- LPs ----

    /// @inheritdoc LpModule
    function _takeIn(uint256 amountXCD) internal override returns (uint256 receivedXCD) {
        _vault.lock();
        // Before the transfer, so that a new window of the breaker does not measure the deposit.
        _meterInflow(0);
        uint256 balanceBefore = asset.balanceOf(address(this));
        asset.safeTransferFrom(msg.sender, address(this), amountXCD);
        receivedXCD = asset.balanceOf(address(this)) - balanceBefore;
        _meterInflow(receivedXCD);
        assetBalance = (assetBalance + receivedXCD).toUint128();
        assetLiability = (assetLiability + receivedXCD).toUint128();
        _vault.unlock();
    }

    /// @dev Pays out of the balance, and for a flat base vault also the collateral in its margin. Reverts with
    /// `InsufficientAssetBalance`, and with `BelowMinMarginRatio` while there is a position.
    function _payFromBalance(Valuation memory v, Payout memory payout, address receiver) internal {
        bool isFlat = v.position.size.isZero();
        uint256 available = assetBalance;
        if (payout.amountXCD > available) revert InsufficientAssetBalance(payout.amountXCD, available);
        if (!isFlat) {
            _checkMinMarginRatio(
                v.accountValue.unwrap(), v.position.size.notionalCeil(v.price), _parameters.minMarginRatio
            );
        }
        _vault.lock();
        assetBalance = (available - payout.amountXCD).lowUint128();
        if (_isMetered()) _breaker.recordOutflow(address(asset), address(this), payout.amountXCD);
        assetLiability = LiabilityMath.afterWithdrawalUp(assetLiability, payout.shares, v.totalShares).toUint128();
        asset.safeTransfer(receiver, payout.amountXCD);
        if (payout.quoteXCD != 0) {
            emit QuoteWithdrawn(msg.sender, payout.shares, payout.quoteXCD);
            _vault.withdrawMargin(marketId, payout.quoteXCD, receiver);
        }
        if (isFlat) _reduceHedgeGap(payout.shares, v.totalShares);
        _vault.unlock();
    }

    /// @dev A payment in kind includes its part of the tokens that would close the gap, so the gap shrinks by that
    /// part.
    function _reduceHedgeGap(uint256 shares, uint256 totalShares) private {
        int256 gap = hedgeGap;
        if (gap == 0) return;
        _setHedgeGap(gap - gap * shares.toInt() / totalShares.toInt());
    }
}
