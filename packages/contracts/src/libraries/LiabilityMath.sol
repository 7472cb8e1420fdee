// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {WAD} from "../types/Units.sol";

/// @title The liability of a hedged vault to its LPs: their deposits (docs/specification.md, section 8)
library LiabilityMath {
    /// @dev 1 - balance / liability, at least zero, zero without a liability. Both in the same unit. WAD, up, so that
    /// utilization is never understated.
    function utilRatioUp(uint256 balance, uint256 liability) internal pure returns (uint256) {
        if (liability == 0 || balance >= liability) return 0;
        return WAD - Math.mulDiv(balance, WAD, liability);
    }

    /// @dev liability x (1 - shares / totalShares), up: the remaining holders keep the dust of the liability, which overstates
    /// utilization. `totalShares` is the total before the burn.
    function afterWithdrawalUp(uint256 liability, uint256 shares, uint256 totalShares) internal pure returns (uint256) {
        return liability - Math.mulDiv(liability, shares, totalShares);
    }
}
