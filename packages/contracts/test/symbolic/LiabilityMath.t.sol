// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {LiabilityMath} from "../../src/libraries/LiabilityMath.sol";

/// @dev Proven for every input in the given range by `pnpm analyze:symbolic`, which forge does not run.
contract LiabilityMathSymbolic {
    /// @dev Never above one, and never below the true ratio: u x L >= (L - b) x 1e18.
    function check_UtilRatioIsWithinBoundsAndUp(uint32 balance, uint32 liability) external pure {
        uint256 ratio = LiabilityMath.utilRatioUp(balance, liability);
        assert(ratio <= 1e18);
        if (balance >= liability) assert(ratio == 0);
        else assert(ratio * liability >= (uint256(liability) - balance) * 1e18);
    }

    /// @dev Up, and by less than one: who stays keeps the dust of the liability.
    function check_LiabilityAfterWithdrawalIsUp(uint32 liability, uint32 shares, uint32 totalShares) external pure {
        if (totalShares == 0 || shares > totalShares) return;
        uint256 left = LiabilityMath.afterWithdrawalUp(liability, shares, totalShares);
        assert(left <= liability);
        assert(left * totalShares >= uint256(liability) * (totalShares - shares));
        if (left > 0) assert((left - 1) * totalShares < uint256(liability) * (totalShares - shares));
    }
}
