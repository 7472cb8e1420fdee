// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {WAD} from "../types/Units.sol";

/// @title What LPs of a spot-hedge vault have put in, against what is there (docs/specification.md, section 8)
library LiabilityMath {
    /// @dev 1 - balance / liability, never below zero, zero without a liability; WAD, up, so that use is never
    /// understated. Both in the same unit.
    function utilRatioUp(uint256 balance, uint256 liability) internal pure returns (uint256) {
        if (liability == 0 || balance >= liability) return 0;
        return WAD - Math.mulDiv(balance, WAD, liability);
    }

    /// @dev liability x (1 - shares / totalShares), up: whoever stays keeps the dust of the liability, which only makes
    /// the vault look busier. `totalShares` is the total before the burn.
    function afterWithdrawalUp(uint256 liability, uint256 shares, uint256 totalShares) internal pure returns (uint256) {
        return liability - Math.mulDiv(liability, shares, totalShares);
    }
}
