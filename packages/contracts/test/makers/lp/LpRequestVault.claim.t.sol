// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ZeroAddress, ZeroAmount} from "../../../src/types/Errors.sol";
import {LpClaimLib} from "../../../src/types/LpRequest.sol";
import {MarketStatus} from "../../../src/types/Market.sol";
import {LpRequestVaultTest} from "../../utils/LpRequestVaultTest.sol";
import {MakerKind} from "../../utils/MakerKind.sol";

abstract contract LpRequestClaimSuite is LpRequestVaultTest {
    /// @dev Claims of several requests are combined; the state of each request follows, oldest first.
    function test_Claim_InParts() public {
        requestDeposit(carol, xcd(4e18));
        requestDeposit(carol, xcd(6e18));
        settleAt(START_PRICE);
        uint256 shares = requests.maxMint(carol);
        vm.startPrank(carol);
        uint256 first = requests.deposit(xcd(5e18), carol, carol);
        assertApproxEqAbs(first, shares / 2, 2);
        assertEq(requests.claimableDepositRequest(1, carol), 0);
        assertEq(requests.claimableDepositRequest(2, carol), xcd(5e18));
        assertEq(requests.maxDeposit(carol), xcd(5e18));
        requests.mint(shares / 4, carol);
        assertApproxEqAbs(requests.maxDeposit(carol), xcd(2.5e18), 2);
        uint256 rest = requests.maxMint(carol);
        requests.mint(rest, carol, carol);
        assertEq(requests.maxDeposit(carol), 0, "all shares take all assets");
        assertEq(maker.balanceOf(carol), shares);
        vm.stopPrank();
    }

    function testFuzz_Claim_PartsAddUp(uint256 seed, uint256 parts) public {
        enter(carol, xcd(10e18));
        requestRedeem(carol, maker.balanceOf(carol));
        settleAt(START_PRICE);
        uint256 assets = requests.maxWithdraw(carol);
        parts = boundCount(parts, 1, 8);
        vm.startPrank(carol);
        for (uint256 i = 1; i < parts; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            if (seed % 2 == 0) requests.redeem(boundShares(seed, 1, requests.maxRedeem(carol) / 2), carol, carol);
            else requests.withdraw(boundAmount(seed, 1, requests.maxWithdraw(carol) / 2), carol, carol);
        }
        requests.redeem(requests.maxRedeem(carol), carol, carol);
        vm.stopPrank();
        assertEq(token.balanceOf(carol), assets, "rounding left something behind");
        assertEq(requests.maxWithdraw(carol), 0);
    }

    function test_RevertIf_ClaimIsTooLarge() public {
        requestDeposit(carol, xcd(1e18));
        settleAt(START_PRICE);
        uint256 claimable = requests.maxDeposit(carol);
        vm.startPrank(carol);
        vm.expectRevert(abi.encodeWithSelector(LpClaimLib.ClaimTooLarge.selector, claimable + 1, claimable));
        requests.deposit(claimable + 1, carol);
        vm.expectRevert(abi.encodeWithSelector(LpClaimLib.ClaimTooLarge.selector, 1, 0));
        requests.redeem(1, carol, carol);
        vm.expectRevert(abi.encodeWithSelector(ZeroAmount.selector));
        requests.deposit(0, carol);
        vm.expectRevert(abi.encodeWithSelector(ZeroAddress.selector));
        requests.deposit(1, address(0));
        vm.stopPrank();
    }

    /// @dev Claims and refunds are paid in every market status.
    function test_PausedMarket_ClaimsArePaid() public {
        requestDeposit(carol, xcd(1e18));
        requestDeposit(dave, xcd(1e18), 2e18, 0);
        settleAt(START_PRICE);
        vm.prank(owner());
        house.setMarketStatus(market, MarketStatus.Paused);
        assertGt(claimShares(carol), 0);
        vm.prank(dave);
        requests.claimCancelDepositRequest(2, dave, dave);
        assertEq(token.balanceOf(dave), xcd(1e18));
    }
}

contract OracleMakerClaimTest is LpRequestVaultTest(MakerKind.Oracle), LpRequestClaimSuite {}

contract SpotHedgeBaseMakerClaimTest is LpRequestVaultTest(MakerKind.SpotHedgeBase), LpRequestClaimSuite {}

contract SpotHedgeQuoteMakerClaimTest is LpRequestVaultTest(MakerKind.SpotHedgeQuote), LpRequestClaimSuite {}
