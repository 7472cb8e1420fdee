// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {LpRequestVault} from "../../../src/makers/lp/LpRequestVault.sol";
import {LpRequestVaultTest} from "../../utils/LpRequestVaultTest.sol";
import {MakerKind} from "../../utils/MakerKind.sol";

abstract contract LpRequestCancelSuite is LpRequestVaultTest {
    /// @dev An earlier cancellation would let the LP choose among prices.
    function test_Cancel_AfterExpiryOnly() public {
        requestDeposit(carol, xcd(1e18));
        requestDeposit(dave, xcd(2e18));
        uint256 expiresAt = START + DELAY + VALIDITY;
        vm.warp(expiresAt);
        vm.prank(dave);
        vm.expectRevert(abi.encodeWithSelector(LpRequestVault.RequestNotExpired.selector, expiresAt, expiresAt));
        requests.cancelDepositRequest(2, dave);
        vm.warp(expiresAt + 1);
        uint256 before = dave.balance;
        vm.prank(dave);
        requests.cancelDepositRequest(2, dave);
        assertEq(dave.balance, before + KEEPER_FEE);
        vm.startPrank(dave);
        vm.expectRevert(abi.encodeWithSelector(LpRequestVault.NotPending.selector, 2, dave));
        requests.cancelDepositRequest(2, dave);
        requests.claimCancelDepositRequest(2, dave, dave);
        vm.stopPrank();
        assertEq(token.balanceOf(dave), xcd(2e18));
        // The queue skips the cancelled request.
        assertEq(clearExpired(), 1);
        assertEq(requests.head(), 3);
    }
}

contract OracleMakerCancelTest is LpRequestVaultTest(MakerKind.Oracle), LpRequestCancelSuite {}

contract SpotHedgeBaseMakerCancelTest is LpRequestVaultTest(MakerKind.SpotHedgeBase), LpRequestCancelSuite {}

contract SpotHedgeQuoteMakerCancelTest is LpRequestVaultTest(MakerKind.SpotHedgeQuote), LpRequestCancelSuite {}
