// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {LiabilityMath} from "../../libraries/LiabilityMath.sol";
import {LpModule} from "../lp/LpModule.sol";
import {SpotHedgeStorage} from "./SpotHedgeStorage.sol";

/// @title Where LPs of a spot-hedge vault come and go
/// @notice Deposits go into what is held outside the Vault, and withdrawals come out of it; a flat vault pays the quote
/// in its margin beside it.
abstract contract SpotHedgeLpModule is LpModule, SpotHedgeStorage {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    function _takeIn(uint256 amountXCD) internal override returns (uint256 receivedXCD) {
        _vault.lock();
        // Before it arrives, so that it is no part of what a new window measures.
        _creditInflow(0);
        uint256 balanceBefore = asset.balanceOf(address(this));
        asset.safeTransferFrom(msg.sender, address(this), amountXCD);
        receivedXCD = asset.balanceOf(address(this)) - balanceBefore;
        _creditInflow(receivedXCD);
        assetBalance = (uint256(assetBalance) + receivedXCD).toUint128();
        assetLiability = (uint256(assetLiability) + receivedXCD).toUint128();
        _vault.unlock();
    }

    function _payOut(Valuation memory v, Payout memory payout, address receiver) internal virtual override {
        uint256 available = assetBalance;
        if (payout.amountXCD > available) revert InsufficientAssetBalance(payout.amountXCD, available);
        if (!v.position.size.isZero()) {
            _checkMinMarginRatio(
                v.accountValue.unwrap(), v.position.size.notionalCeil(v.price), _parameters.minMarginRatio
            );
        }
        // The Vault calls nobody when it gives out the lock, under which the rest happens.
        // slither-disable-next-line reentrancy-no-eth
        _vault.lock();
        // Below a uint128 that was stored.
        // forge-lint: disable-next-line(unsafe-typecast)
        assetBalance = uint128(available - payout.amountXCD);
        if (_isMetered()) _breaker.recordOutflow(address(asset), address(this), payout.amountXCD);
        assetLiability = LiabilityMath.afterWithdrawalUp(assetLiability, payout.shares, v.totalShares).toUint128();
        asset.safeTransfer(receiver, payout.amountXCD);
        if (payout.quoteXCD != 0) {
            emit QuoteWithdrawn(msg.sender, payout.shares, payout.quoteXCD);
            _vault.withdrawMargin(marketId, payout.quoteXCD, receiver);
        }
        if (v.position.size.isZero()) {
            _reduceHedgeGap(payout.shares, v.totalShares);
        }
        _vault.unlock();
    }

    function _creditInflow(uint256 amountXCD) internal {
        if (_isMetered()) _breaker.recordInflow(address(asset), address(this), amountXCD);
    }

    /// @dev Whoever leaves in kind takes along the quote that the gap was to be closed with.
    function _reduceHedgeGap(uint256 shares, uint256 totalShares) private {
        int256 gap = hedgeGap;
        if (gap == 0) return;
        // forge-lint: disable-next-line(unsafe-typecast)
        _setHedgeGap(gap - gap * int256(shares) / int256(totalShares));
    }
}
