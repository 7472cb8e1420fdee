// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {LadderTest} from "../utils/LadderTest.sol";

/// @dev doc
abstract contract BaseVaultGapTest is LadderTest {
    /// @dev Its margin is initial at 2,000, and the pool is where it was.
    function _shortAgainstTheVault(address account, uint256 margin, uint256 size) internal {
        addMargin(account, margin + 2000 * USD);
        sell(account, address(shb), size);
        spot.moveTo(START_PRICE);
    }
}
