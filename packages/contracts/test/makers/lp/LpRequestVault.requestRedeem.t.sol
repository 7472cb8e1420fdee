// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC7540Redeem} from "../../../src/interfaces/IERC7540.sol";
import {IERC7575} from "../../../src/interfaces/IERC7575.sol";
import {LpRequestVaultTest} from "../../utils/LpRequestVaultTest.sol";
import {MakerKind} from "../../utils/MakerKind.sol";

abstract contract LpRequestRedeemSuite is LpRequestVaultTest {
    function test_Redeem_Lifecycle() public {
        uint256 shares = enter(carol, xcd(10e18));
        uint256 worth = requests.convertToAssets(shares);
        vm.expectEmit(address(requests));
        emit IERC7540Redeem.RedeemRequest(dave, carol, 2, carol, shares);
        vm.prank(carol);
        requests.requestRedeem{value: KEEPER_FEE}(shares, dave, carol);
        assertEq(maker.balanceOf(carol), 0);
        assertEq(requests.pendingRedeemRequest(2, dave), shares);
        uint256 supply = maker.totalSupply();
        (uint256 met, uint256 quoted,) = requests.quoteRedeem(shares);
        assertEq(met, shares);
        settleAt(START_PRICE);
        assertEq(maker.totalSupply(), supply - shares, "burned");
        assertEq(requests.claimableRedeemRequest(2, dave), shares);
        assertEq(requests.maxRedeem(dave), shares);
        uint256 assets = requests.maxWithdraw(dave);
        assertEq(assets, quoted);
        assertApproxEqAbs(assets, worth - feeOf(worth), 10);
        assertEq(token.balanceOf(dave), 0, "assets are pulled, not pushed");
        vm.expectEmit(address(requests));
        emit IERC7575.Withdraw(dave, carol, dave, assets, shares);
        vm.prank(dave);
        assertEq(requests.redeem(shares, carol, dave), assets);
        assertEq(token.balanceOf(carol), assets);
    }

    /// @dev Like ERC-20's transferFrom: another account needs an allowance, and an infinite allowance is not reduced.
    function test_RequestRedeem_ByAllowance() public {
        uint256 shares = enter(carol, xcd(10e18));
        vm.prank(dave);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, dave, 0, shares / 2));
        requests.requestRedeem{value: KEEPER_FEE}(shares / 2, dave, carol);
        vm.prank(carol);
        maker.approve(dave, shares / 2);
        vm.startPrank(dave);
        requests.requestRedeem{value: KEEPER_FEE}(shares / 2, dave, carol);
        assertEq(maker.allowance(carol, dave), 0);
        vm.stopPrank();
        assertEq(requests.pendingRedeemRequest(2, dave), shares / 2);
    }
}

contract OracleMakerRequestRedeemTest is LpRequestVaultTest(MakerKind.Oracle), LpRequestRedeemSuite {
    /// @dev Pays everything that is payable and returns the other shares.
    function test_Redeem_MetInPart() public {
        vm.startPrank(lp);
        uint256 shares = om.balanceOf(lp);
        vm.stopPrank();
        addMargin(alice, 900_000 * USD);
        buy(alice, address(om), 490e18);
        vm.deal(lp, 1 ether);
        requestRedeem(lp, shares);
        (uint256 met, uint256 assets,) = requests.quoteRedeem(shares);
        assertLt(met, shares);
        settleAt(START_PRICE);
        assertEq(requests.claimableRedeemRequest(1, lp), met);
        assertEq(requests.claimableCancelRedeemRequest(1, lp), shares - met);
        assertEq(claimAssets(lp), assets);
        // A tenth of the position's value stays, and the exit fee. Unrealised profit is not paid.
        refreshPrice(START_PRICE);
        assertGe(marginOf(address(om)), 490 * 2000e18 / 10);
        assertApproxEqAbs(marginOf(address(om)), 490 * 2000e18 / 10, 500e18);
    }

    /// @dev A partial redemption meets the minimum pro rata, or is returned.
    function test_T6_MinimumAppliesToAPart() public {
        setRequestFee(0);
        addMargin(alice, 900_000 * USD);
        buy(alice, address(om), 490e18);
        uint256 shares = om.balanceOf(lp);
        vm.deal(lp, 1 ether);
        uint256 worth = requests.convertToAssets(shares);
        requestRedeem(lp, shares, worth * 1001 / 1000, 0);
        settleAt(START_PRICE);
        assertEq(requests.claimableCancelRedeemRequest(1, lp), shares);
        vm.prank(lp);
        requests.claimCancelRedeemRequest(1, lp, lp);
        requestRedeem(lp, shares, worth - 1000, 0);
        settleAt(START_PRICE);
        assertGt(requests.maxRedeem(lp), 0);
    }
}

contract SpotHedgeBaseMakerRequestRedeemTest is LpRequestVaultTest(MakerKind.SpotHedgeBase), LpRequestRedeemSuite {
    function test_Redeem_MetInPart() public {
        addMargin(alice, 900_000 * USD);
        sell(alice, address(shb), 60e18);
        uint256 shares = shb.balanceOf(lp);
        vm.deal(lp, 1 ether);
        requestRedeem(lp, shares);
        settleAt(START_PRICE);
        uint256 met = requests.maxRedeem(lp);
        assertLt(met, shares);
        assertEq(requests.claimableCancelRedeemRequest(1, lp), shares - met);
        assertApproxEqAbs(claimAssets(lp), 40e18, 0.03e18, "all that the maker held");
        assertLt(shb.assetBalance(), 0.03e18, "the exit fee stays");
        // For the other shares the maker holds margin only.
        setRequestFee(0);
        vm.prank(lp);
        requests.claimCancelRedeemRequest(1, lp, lp);
        requestRedeem(lp, shares - met);
        settleAt(START_PRICE);
        assertLt(shb.assetBalance(), 2);
        uint256 rest = requests.claimableCancelRedeemRequest(2, lp);
        vm.prank(lp);
        requests.claimCancelRedeemRequest(2, lp, lp);
        requestRedeem(lp, rest);
        settleAt(START_PRICE);
        assertGe(requests.claimableCancelRedeemRequest(3, lp) + 10, rest, "is returned");
    }

    /// @dev A flat base vault that holds quote pays in kind. The claim pays the quote as well, and the minimum counts
    /// it.
    function test_Redeem_FlatVaultPaysInKind() public {
        _earnQuote();
        uint256 quoteBefore = uint256(marginOf(address(shb))) / 1e12;
        assertGt(quoteBefore, 0);
        uint256 shares = shb.balanceOf(lp) / 4;
        vm.deal(lp, 1 ether);
        setRequestFee(0);
        uint256 held = shb.assetBalance();
        uint256 quote = quoteBefore * shares / shb.totalSupply();
        uint256 base = held * shares / shb.totalSupply();
        // The base alone would miss this minimum.
        requestRedeem(lp, shares, base + 1, 0);
        settleAt(START_PRICE);
        assertEq(requests.maxWithdraw(lp), base);
        assertEq(requests.claimableQuote(lp), quote);
        uint256 usdBefore = usd.balanceOf(lp);
        vm.prank(lp);
        requests.redeem(shares / 2, lp, lp);
        assertApproxEqAbs(usd.balanceOf(lp) - usdBefore, quote / 2, 1);
        claimAssets(lp);
        assertEq(usd.balanceOf(lp) - usdBefore, quote);
        assertEq(weth.balanceOf(lp), base);
    }

    function _earnQuote() private {
        setSpread(shb, 5000);
        addMargin(alice, 900_000 * USD);
        sell(alice, address(shb), 40e18);
        buy(alice, address(shb), 40e18);
    }
}

contract SpotHedgeQuoteMakerRequestRedeemTest is LpRequestVaultTest(MakerKind.SpotHedgeQuote), LpRequestRedeemSuite {
    /// @dev A redemption is met as far as the reserve lets it, and the rest comes back.
    function test_Redeem_MetInPart_TheReserveStays() public {
        openPosition(400_000, 200e18);
        requestDeposit(carol, 100_000 * USD);
        assertEq(settleAt(2100e18), 1);
        uint256 shares = claimShares(carol);
        assertApproxEqRel(shares, 99_950e18, 0.001e18);
        uint256 all = shq.balanceOf(lp);
        vm.deal(lp, 1 ether);
        requestRedeem(lp, all);
        assertEq(settleAt(2100e18), 1);
        uint256 met = requests.maxRedeem(lp);
        assertGt(met, 0);
        assertLt(met, all);
        uint256 paid = claimAssets(lp);
        assertEq(usd.balanceOf(lp), paid);
        assertGe(shq.assetBalance(), 210_000 * USD, "the reserve");
    }
}
