// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ShareMath} from "../../src/libraries/ShareMath.sol";

/// @dev Proven for every input in the given range by `pnpm analyze:symbolic`, which forge does not run.
contract ShareMathSymbolic {
    /// @dev Nobody gets more out than it put in: what a deposit buys is worth no more than the deposit.
    function check_DepositIsWorthNoMoreThanItCosts(uint32 assets, uint32 totalAssets, uint32 totalShares)
        external
        pure
    {
        uint256 shares = ShareMath.toSharesDown(assets, totalAssets, totalShares);
        assert(ShareMath.toAssetsDown(shares, uint256(totalAssets) + assets, uint256(totalShares) + shares) <= assets);
    }

    /// @dev A payout is within both of its bounds.
    function check_PayoutIsAtMostThePlainPart(uint32 shares, uint32 totalAssets, uint32 totalShares) external pure {
        if (totalShares == 0 || shares > totalShares) return;
        uint256 payout = ShareMath.toPayoutDown(shares, totalAssets, totalShares);
        assert(payout <= totalAssets);
        assert(payout * totalShares <= uint256(shares) * totalAssets);
    }

    /// @dev Who stays has no less per share: A' (S + v) >= A (S' + v) after a payout, virtual assets and shares counted.
    function check_PayoutTakesNothingFromThoseWhoStay(uint24 shares, uint24 totalAssets, uint24 totalShares)
        external
        pure
    {
        if (totalShares == 0 || shares > totalShares) return;
        uint256 payout = ShareMath.toPayoutDown(shares, totalAssets, totalShares);
        uint256 v = ShareMath.VIRTUAL;
        assert((totalAssets - payout + v) * (totalShares + v) >= (totalAssets + v) * (totalShares - shares + v));
    }
}
