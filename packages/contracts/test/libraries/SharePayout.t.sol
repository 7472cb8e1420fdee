// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Test} from "forge-std/Test.sol";
import {ShareMath} from "../../src/libraries/ShareMath.sol";

/// @dev What shares are paid out with when virtual ones are there as well.
contract SharePayoutTest is Test {
    function test_Payout_IsNoMoreThanThePlainPart() public pure {
        // Worth next to nothing: with virtual assets counted, all shares would get 1,000,000 wei out of one.
        assertEq(ShareMath.toAssetsDown(1e18, 1, 1e18), 1e6);
        assertEq(ShareMath.toPayoutDown(1e18, 1, 1e18), 1);
    }

    function test_T11_Kind_LeavesTheVirtualSharesTheirs() public pure {
        assertEq(ShareMath.toKindDown(1e18, 1e18, 1e18), 1e18 - 1e6);
        // Whoever has one share of a gift to one share and a million virtual ones.
        assertEq(ShareMath.toKindDown(1, 1e18, 1), uint256(1e18) / (1e6 + 1));
    }
}
