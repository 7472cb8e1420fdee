// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Test} from "forge-std/Test.sol";
import {ShareMath} from "../../src/libraries/ShareMath.sol";

/// @dev Payouts with virtual shares and assets.
contract SharePayoutTest is Test {
    function test_Payout_IsAtMostProRata() public pure {
        // Almost worthless shares: with virtual assets counted, all shares would be paid 1,000,000 wei out of one.
        assertEq(ShareMath.toAssetsDown(1e18, 1, 1e18), 1e6);
        assertEq(ShareMath.toPayoutDown(1e18, 1, 1e18), 1);
    }

    function test_T11_PaymentInKind_KeepsThePartOfVirtualShares() public pure {
        assertEq(ShareMath.toKindDown(1e18, 1e18, 1e18), 1e18 - 1e6);
        // One share, a gift, and a million virtual shares.
        assertEq(ShareMath.toKindDown(1, 1e18, 1), uint256(1e18) / (1e6 + 1));
    }
}
