// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC7540Deposit, IERC7540Operator, IERC7540Redeem} from "../../../src/interfaces/IERC7540.sol";
import {IERC7575} from "../../../src/interfaces/IERC7575.sol";
import {IERC7887Deposit, IERC7887Redeem} from "../../../src/interfaces/IERC7887.sol";
import {ILpClaimErrors} from "../../../src/interfaces/ILpClaimErrors.sol";
import {ILpVault} from "../../../src/interfaces/ILpVault.sol";
import {LpRequestVault} from "../../../src/makers/lp/LpRequestVault.sol";
import {ZeroAddress, ZeroAmount} from "../../../src/types/Errors.sol";
import {LpClaimLib} from "../../../src/types/LpRequest.sol";
import {LpAggregateVaultTest} from "../../utils/LpAggregateVaultTest.sol";
import {MakerKind} from "../../utils/MakerKind.sol";

/// @dev The behaviour that ERC-7540, ERC-7575 and ERC-7887 require with request id 0, and properties of ERC-4626.
abstract contract LpAggregateVaultSuite is LpAggregateVaultTest {
    // ------------------------------------------------------------------------------------------------- requests ----

    function test_RequestDeposit_TakesAssetsOfTheOwner() public {
        uint256 assets = xcd(10e18);
        token.mint(carol, assets);
        vm.expectEmit(address(aggregate));
        emit IERC7540Deposit.DepositRequest(dave, carol, 0, carol, assets);
        vm.prank(carol);
        assertEq(aggregate.requestDeposit(assets, dave, carol), 0, "the id of every request");
        assertEq(token.balanceOf(carol), 0);
        assertEq(aggregate.pendingDepositRequest(0, dave), assets);
        assertEq(aggregate.claimableDepositRequest(0, dave), 0);
        assertEq(aggregate.pendingDepositRequest(0, carol), 0, "of the controller, not the owner");
        assertEq(aggregate.pendingRedeemRequest(0, dave), 0);
        assertEq(aggregate.prepaidOf(carol), 1 ether - KEEPER_FEE, "the caller pays");
        assertEq(aggregate.prepaidOf(dave), 1 ether);
        assertEq(token.balanceOf(address(aggregate)), 0, "nothing stays here");
    }

    function test_RequestRedeem_TakesSharesOfTheOwner() public {
        uint256 shares = aggregateEnter(carol, xcd(10e18));
        vm.expectEmit(address(aggregate));
        emit IERC7540Redeem.RedeemRequest(dave, carol, 0, carol, shares);
        vm.prank(carol);
        assertEq(aggregate.requestRedeem(shares, dave, carol), 0);
        assertEq(maker.balanceOf(carol), 0);
        assertEq(aggregate.pendingRedeemRequest(0, dave), shares);
        assertEq(aggregate.claimableRedeemRequest(0, dave), 0);
        assertEq(aggregate.pendingRedeemRequest(0, carol), 0);
        assertEq(aggregate.pendingDepositRequest(0, dave), 0);
        assertEq(maker.balanceOf(address(aggregate)), 0);
    }

    /// @dev Only the owner of assets or shares, and its operator.
    function test_T19_RevertIf_NeitherOwnerNorOperator() public {
        uint256 shares = aggregateEnter(carol, xcd(10e18));
        token.mint(carol, xcd(1e18));
        bytes memory refusal = abi.encodeWithSelector(ILpClaimErrors.NotOperator.selector, carol, dave);
        vm.startPrank(dave);
        vm.expectRevert(refusal);
        aggregate.requestDeposit(xcd(1e18), dave, carol);
        vm.expectRevert(refusal);
        aggregate.requestRedeem(shares, dave, carol);
        vm.expectRevert(refusal);
        aggregate.requestRedeemInKind(shares, dave, carol);
        vm.stopPrank();
        vm.expectEmit(address(aggregate));
        emit IERC7540Operator.OperatorSet(carol, dave, true);
        vm.prank(carol);
        assertTrue(aggregate.setOperator(dave, true));
        assertTrue(aggregate.isOperator(carol, dave));
        vm.startPrank(dave);
        aggregate.requestDeposit(xcd(1e18), carol, carol);
        aggregate.requestRedeem(shares, carol, carol);
        vm.stopPrank();
        assertEq(aggregate.pendingDepositRequest(0, carol), xcd(1e18));
        assertEq(aggregate.pendingRedeemRequest(0, carol), shares);
    }

    function test_RevertIf_RequestIsInvalid() public {
        token.mint(carol, xcd(1e18));
        vm.startPrank(carol);
        vm.expectRevert(abi.encodeWithSelector(ZeroAmount.selector));
        aggregate.requestDeposit(0, carol, carol);
        vm.expectRevert(abi.encodeWithSelector(ZeroAmount.selector));
        aggregate.requestRedeem(0, carol, carol);
        vm.expectRevert(abi.encodeWithSelector(ZeroAddress.selector));
        aggregate.requestDeposit(1, address(0), carol);
        maker.approve(address(aggregate), 0);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(aggregate), 0, 1)
        );
        aggregate.requestRedeem(1, carol, carol);
        vm.stopPrank();
        vm.prank(owner());
        maker.setLpRules(1, 500);
        vm.prank(carol);
        vm.expectPartialRevert(ILpVault.LpDepositCapExceeded.selector);
        aggregate.requestDeposit(xcd(1e18), carol, carol);
    }

    /// @dev Pending and claimable amounts of several requests are sums, which move together with the maxima.
    function test_Requests_AreAggregatedPerController() public {
        aggregateDeposit(carol, xcd(10e18));
        aggregateDeposit(carol, xcd(5e18));
        aggregateDeposit(dave, xcd(1e18));
        assertEq(aggregate.pendingDepositRequest(0, carol), xcd(15e18));
        assertEq(aggregate.openRequests(carol, true).length, 2);
        assertEq(settleAt(START_PRICE), 3);
        assertEq(aggregate.pendingDepositRequest(0, carol), 0);
        assertEq(aggregate.claimableDepositRequest(0, carol), xcd(15e18));
        assertEq(aggregate.maxDeposit(carol), xcd(15e18));
        assertEq(aggregate.claimableDepositRequest(0, dave), xcd(1e18));
        assertEq(maker.balanceOf(carol), 0, "shares are pulled, not pushed");
        refreshPrice(START_PRICE);
        aggregateDeposit(carol, xcd(2e18));
        assertEq(aggregate.openRequests(carol, true).length, 1, "settled requests make room");
        assertEq(aggregate.pendingDepositRequest(0, carol), xcd(2e18));
        assertEq(aggregate.claimableDepositRequest(0, carol), xcd(15e18), "and do not overlap");
    }

    // --------------------------------------------------------------------------------------------------- claims ----

    function test_Deposit_And_Mint_ClaimShares() public {
        aggregateDeposit(carol, xcd(10e18));
        settleAt(START_PRICE);
        uint256 shares = aggregate.maxMint(carol);
        uint256 part = requests.maxMint(aggregate.accountOf(carol)) * xcd(4e18) / xcd(10e18);
        vm.expectEmit(address(aggregate));
        emit IERC7575.Deposit(carol, dave, xcd(4e18), part);
        vm.prank(carol);
        assertEq(aggregate.deposit(xcd(4e18), dave), part);
        assertEq(maker.balanceOf(dave), part);
        assertEq(aggregate.maxDeposit(carol), xcd(6e18));
        vm.startPrank(carol);
        assertApproxEqAbs(aggregate.mint((shares - part) / 2, carol), xcd(3e18), 1);
        uint256 rest = aggregate.maxMint(carol);
        aggregate.mint(rest, carol, carol);
        vm.stopPrank();
        assertEq(maker.balanceOf(carol) + maker.balanceOf(dave), shares);
        assertEq(aggregate.maxDeposit(carol), 0);
        assertEq(aggregate.claimableDepositRequest(0, carol), 0);
    }

    function test_Redeem_And_Withdraw_ClaimAssets() public {
        uint256 shares = aggregateEnter(carol, xcd(10e18));
        aggregateRedeem(carol, shares);
        settleAt(START_PRICE);
        assertEq(aggregate.maxRedeem(carol), shares);
        assertEq(aggregate.claimableRedeemRequest(0, carol), shares);
        uint256 assets = aggregate.maxWithdraw(carol);
        assertApproxEqRel(assets, xcd(10e18), 0.002e18);
        vm.expectEmit(address(aggregate));
        emit IERC7575.Withdraw(carol, dave, carol, assets / 2, shares / 2);
        vm.prank(carol);
        assertApproxEqAbs(aggregate.redeem(shares / 2, dave, carol), assets / 2, 1);
        uint256 rest = aggregate.maxWithdraw(carol);
        vm.prank(carol);
        assertApproxEqAbs(aggregate.withdraw(rest, carol, carol), shares - shares / 2, 1e13);
        assertEq(token.balanceOf(carol) + token.balanceOf(dave), assets);
        assertEq(aggregate.maxWithdraw(carol), 0);
    }

    function test_T19_RevertIf_ClaimIsInvalid() public {
        uint256 shares = aggregateEnter(carol, xcd(10e18));
        aggregateDeposit(carol, xcd(10e18));
        aggregateRedeem(carol, shares);
        settleAt(START_PRICE);
        bytes memory refusal = abi.encodeWithSelector(ILpClaimErrors.NotOperator.selector, carol, dave);
        address account = aggregate.accountOf(carol);
        vm.startPrank(dave);
        vm.expectRevert(refusal);
        aggregate.deposit(1, dave, carol);
        vm.expectRevert(refusal);
        aggregate.mint(1, dave, carol);
        vm.expectRevert(refusal);
        aggregate.redeem(1, dave, carol);
        vm.expectRevert(refusal);
        aggregate.withdraw(1, dave, carol);
        vm.expectRevert(refusal);
        aggregate.claimCancelDepositRequest(0, dave, carol);
        vm.expectRevert(refusal);
        aggregate.claimCancelRedeemRequest(0, dave, carol);
        vm.expectRevert(refusal);
        aggregate.cancelDepositRequest(0, carol);
        vm.expectRevert(refusal);
        aggregate.cancelRedeemRequest(0, carol);
        // By the request vault's own door, too.
        vm.expectPartialRevert(ILpClaimErrors.NotOperator.selector);
        requests.deposit(1, dave, account);
        vm.stopPrank();
        vm.startPrank(carol);
        vm.expectRevert(abi.encodeWithSelector(ZeroAmount.selector));
        aggregate.deposit(0, carol, carol);
        vm.expectRevert(abi.encodeWithSelector(ZeroAddress.selector));
        aggregate.redeem(1, address(0), carol);
        vm.expectRevert(abi.encodeWithSelector(LpClaimLib.ClaimTooLarge.selector, xcd(10e18) + 1, xcd(10e18)));
        aggregate.deposit(xcd(10e18) + 1, carol, carol);
        vm.stopPrank();
        assertEq(maker.balanceOf(dave), 0);
        assertEq(token.balanceOf(dave), 0);
    }

    // -------------------------------------------------------------------------------------------- returned value ----

    function test_ReturnedAssets_AreVisibleAndClaimed() public {
        returnedDeposit(carol, xcd(10e18));
        assertEq(aggregate.pendingDepositRequest(0, carol), 0);
        assertEq(aggregate.claimableDepositRequest(0, carol), 0);
        assertEq(aggregate.claimableCancelDepositRequest(0, carol), xcd(10e18));
        assertEq(aggregate.claimableCancelRedeemRequest(0, carol), 0);
        assertFalse(aggregate.pendingCancelDepositRequest(0, carol));
        vm.expectEmit(address(aggregate));
        emit IERC7887Deposit.CancelDepositClaim(carol, dave, 0, carol, xcd(10e18));
        vm.prank(carol);
        assertEq(aggregate.claimCancelDepositRequest(0, dave, carol), xcd(10e18));
        assertEq(token.balanceOf(dave), xcd(10e18));
        assertEq(aggregate.claimableCancelDepositRequest(0, carol), 0);
        vm.prank(carol);
        vm.expectRevert(abi.encodeWithSelector(LpRequestVault.NothingReturned.selector, 0, carol));
        aggregate.claimCancelDepositRequest(0, carol, carol);
    }

    /// @dev An aggregator that knows no returns: any account transfers them to it.
    function test_ReturnedAssets_ArePushedByAnyAccount() public {
        returnedDeposit(carol, xcd(10e18));
        // Pushed to the controller's account in the request vault first, which changes nothing for the controller.
        requests.pushReturned(aggregate.openRequests(carol, true)[0]);
        assertEq(aggregate.claimableCancelDepositRequest(0, carol), xcd(10e18));
        returnedDeposit(carol, xcd(5e18));
        assertEq(aggregate.claimableCancelDepositRequest(0, carol), xcd(15e18));
        vm.prank(stranger);
        assertEq(aggregate.pushReturned(carol, true), xcd(15e18));
        assertEq(token.balanceOf(carol), xcd(15e18));
        vm.expectRevert(abi.encodeWithSelector(LpRequestVault.NothingReturned.selector, 0, carol));
        aggregate.pushReturned(carol, true);
    }

    /// @dev Expired requests are cancelled. The keeper's fee becomes the controller's.
    function test_Cancel_ReturnsSharesAndTheFee() public {
        uint256 shares = aggregateEnter(carol, xcd(10e18));
        aggregateRedeem(carol, shares);
        uint256 prepaid = aggregate.prepaidOf(carol);
        uint256 expiresAt = timestamp() + DELAY + VALIDITY;
        vm.prank(carol);
        vm.expectRevert(abi.encodeWithSelector(LpRequestVault.RequestNotExpired.selector, timestamp(), expiresAt));
        aggregate.cancelRedeemRequest(0, carol);
        vm.warp(expiresAt + 1);
        vm.expectEmit(address(aggregate));
        emit IERC7887Redeem.CancelRedeemRequest(carol, 0, carol);
        vm.prank(carol);
        aggregate.cancelRedeemRequest(0, carol);
        assertEq(aggregate.prepaidOf(carol), prepaid + KEEPER_FEE);
        assertEq(aggregate.pendingRedeemRequest(0, carol), 0);
        assertEq(aggregate.claimableCancelRedeemRequest(0, carol), shares);
        vm.prank(carol);
        assertEq(aggregate.claimCancelRedeemRequest(0, carol, carol), shares);
        assertEq(maker.balanceOf(carol), shares);
        vm.prank(carol);
        vm.expectRevert(abi.encodeWithSelector(LpRequestVault.NotPending.selector, 0, carol));
        aggregate.cancelRedeemRequest(0, carol);
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    function test_Previews_Revert() public {
        bytes memory refusal = abi.encodeWithSelector(ILpClaimErrors.NoPreview.selector, address(maker));
        vm.expectRevert(refusal);
        aggregate.previewDeposit(1);
        vm.expectRevert(refusal);
        aggregate.previewMint(1);
        vm.expectRevert(refusal);
        aggregate.previewRedeem(1);
        vm.expectRevert(refusal);
        aggregate.previewWithdraw(1);
    }

    function test_InterfaceIds() public view {
        assertTrue(aggregate.supportsInterface(0x01ffc9a7), "ERC-165");
        assertTrue(aggregate.supportsInterface(0xe3bc4e65), "operators of ERC-7540");
        assertTrue(aggregate.supportsInterface(0xce3bbe50), "asynchronous deposits");
        assertTrue(aggregate.supportsInterface(0x620ee8e4), "asynchronous redemptions");
        assertTrue(aggregate.supportsInterface(0x2f0a18c5), "ERC-7575");
        assertTrue(aggregate.supportsInterface(0x8bf840e3), "ERC-7887, deposits");
        assertTrue(aggregate.supportsInterface(0xe76cffc7), "ERC-7887, redemptions");
        assertFalse(aggregate.supportsInterface(0xffffffff));
        assertEq(aggregate.asset(), address(token));
        assertEq(aggregate.share(), address(maker));
    }

    /// @dev For any id and controller, at any age of the price. Other ids than 0 have no requests.
    function testFuzz_Views_NeverRevert(uint256 requestId, address controller, uint256 age) public {
        aggregateDeposit(carol, xcd(10e18));
        skip(boundTime(age, 3 days));
        aggregate.totalAssets();
        aggregate.convertToAssets(1e18);
        aggregate.convertToShares(xcd(1e18));
        aggregate.maxDeposit(controller);
        aggregate.maxMint(controller);
        aggregate.maxRedeem(controller);
        aggregate.maxWithdraw(controller);
        aggregate.claimableQuote(controller);
        uint256 pending = aggregate.pendingDepositRequest(requestId, carol);
        assertEq(pending, requestId == 0 ? xcd(10e18) : 0);
        aggregate.pendingDepositRequest(requestId, controller);
        aggregate.pendingRedeemRequest(requestId, controller);
        aggregate.claimableDepositRequest(requestId, controller);
        aggregate.claimableRedeemRequest(requestId, controller);
        aggregate.claimableCancelDepositRequest(requestId, controller);
        aggregate.claimableCancelRedeemRequest(requestId, controller);
    }

    // ------------------------------------------------------------------------------------- properties of ERC-4626 ----

    /// @dev Claims in any parts and by both functions deliver all that was claimable, and no more.
    function testFuzz_Claims_InParts(uint256 assets, uint256 first, uint256 second) public {
        assets = boundAmount(assets, xcd(0.01e18), xcd(50e18));
        aggregateDeposit(carol, assets);
        settleAt(START_PRICE);
        uint256 shares = aggregate.maxMint(carol);
        first = boundPart(first, assets);
        vm.startPrank(carol);
        uint256 minted = aggregate.deposit(first, carol, carol);
        assertEq(aggregate.maxDeposit(carol), assets - first, "in step with the claim");
        uint256 left = aggregate.maxMint(carol);
        assertEq(left, shares - minted);
        if (left != 0) {
            second = boundPart(second, left);
            aggregate.mint(second, carol, carol);
            assertEq(aggregate.maxMint(carol), left - second);
        }
        left = aggregate.maxMint(carol);
        if (left != 0) aggregate.mint(left, carol, carol);
        vm.stopPrank();
        assertEq(maker.balanceOf(carol), shares);
    }

    /// @dev A deposit and a redemption at one price never pay more than was deposited, and lose the fees and a unit.
    function testFuzz_RoundTrip_GainsNothing(uint256 assets) public {
        assets = boundAmount(assets, xcd(0.01e18), xcd(50e18));
        uint256 shares = aggregateEnter(carol, assets);
        uint256 price = maker.sharePrice();
        aggregateRedeem(carol, shares);
        settleAt(START_PRICE);
        uint256 out = aggregate.maxWithdraw(carol);
        vm.prank(carol);
        assertEq(aggregate.redeem(shares, carol, carol), out);
        assertLe(out, assets);
        assertGe(out + 2 * feeOf(assets) + 2, assets);
        assertGe(maker.sharePrice() + 1, price, "the other holders lose nothing");
    }

    function testFuzz_Conversions_RoundDown(uint256 assets) public view {
        assets = boundAmount(assets, 1, xcd(1e30));
        assertLe(aggregate.convertToAssets(aggregate.convertToShares(assets)), assets);
    }
}

contract OracleMakerAggregateVaultTest is LpAggregateVaultTest(MakerKind.Oracle), LpAggregateVaultSuite {}

contract SpotHedgeBaseMakerAggregateVaultTest is LpAggregateVaultTest(MakerKind.SpotHedgeBase), LpAggregateVaultSuite {
    /// @dev A flat base vault that holds collateral: the standard redemption is paid in base only, the other in both.
    function test_Redeem_InTheAssetOnly_OrInKind() public {
        uint256 shares = aggregateEnter(carol, 10e18);
        earnQuote();
        refreshPrice(START_PRICE);
        uint256 worth = aggregate.convertToAssets(shares / 2);
        aggregateRedeem(carol, shares / 2);
        settleAt(START_PRICE);
        assertEq(aggregate.claimableQuote(carol), 0);
        assertApproxEqAbs(aggregate.maxWithdraw(carol), worth - feeOf(worth), 1e3);
        uint256 rest = maker.balanceOf(carol);
        refreshPrice(START_PRICE);
        vm.startPrank(carol);
        aggregate.redeem(aggregate.maxRedeem(carol), carol, carol);
        assertEq(usd.balanceOf(carol), 0);
        aggregate.requestRedeemInKind(rest, carol, carol);
        vm.stopPrank();
        settleAt(START_PRICE);
        uint256 quote = aggregate.claimableQuote(carol);
        assertGt(quote, 0);
        uint256 claimable = aggregate.maxRedeem(carol);
        vm.prank(carol);
        aggregate.redeem(claimable, carol, carol);
        assertEq(usd.balanceOf(carol), quote);
    }
}

contract SpotHedgeQuoteMakerAggregateVaultTest is
    LpAggregateVaultTest(MakerKind.SpotHedgeQuote),
    LpAggregateVaultSuite
{}
