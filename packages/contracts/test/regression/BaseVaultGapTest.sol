// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {LadderTest} from "../utils/LadderTest.sol";

/// @dev A base vault whose hedge gap is caused by a forced change.
abstract contract BaseVaultGapTest is LadderTest {
    /// @dev The account keeps its initial margin at 2,000, and the pool is moved back to 2,000.
    function _shortAgainstTheVault(address account, uint256 margin, uint256 size) internal {
        addMargin(account, margin + 2000 * USD);
        sell(account, address(shb), size);
        spot.moveTo(START_PRICE);
    }
}
