// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IQuoteVault} from "../../../src/interfaces/IQuoteVault.sol";
import {ISpotHedgeVault} from "../../../src/interfaces/ISpotHedgeVault.sol";
import {quoteRules} from "../../utils/SpotHedgeQuoteMakerExchange.sol";
import {SpotHedgeQuoteMakerTest} from "../../utils/SpotHedgeQuoteMakerTest.sol";

contract SpotHedgeQuoteMakerWithdrawTest is SpotHedgeQuoteMakerTest {
    function test_Withdraw_LeavesTheReserve() public {
        buy(alice, maker, 200e18);
        uint256 reserve = shq.getHedge().reserveXCD;
        assertEq(reserve, 200_000 * USD);
        uint256 payable_ = shq.assetBalance() - reserve;
        uint256 shares = shq.maxRedeem(lp);
        assertApproxEqRel(shares, 200_000e18, 0.01e18);
        uint256 id = vm.snapshotState();
        vm.prank(lp);
        assertApproxEqAbs(shq.withdraw(shares), payable_, 1);
        assertGe(shq.assetBalance(), reserve);
        vm.revertToState(id);
        vm.expectPartialRevert(ISpotHedgeVault.InsufficientAssetBalance.selector);
        vm.prank(lp);
        shq.withdraw(shares + 2e12);
    }

    function test_Withdraw_RevertIf_BelowMinMarginRatio() public {
        buy(alice, maker, 100e18);
        movePrice(2700e18);
        assertEq(shq.maxRedeem(lp), 0, "until the margin is rebalanced");
        vm.expectPartialRevert(ISpotHedgeVault.InsufficientAssetBalance.selector);
        vm.prank(lp);
        shq.withdraw(1e18);
        shq.rebalance();
        assertGt(shq.maxRedeem(lp), 0);
        vm.prank(lp);
        shq.withdraw(1e18);
    }

    function test_Withdraw_OfAFlatVaultIsAll() public {
        setSpread(2000);
        buy(alice, maker, 100e18);
        movePrice(2300e18);
        close(alice, maker);
        uint256 total = shq.totalAssets();
        assertGt(total, 1_000_000 * USD, "the spread");
        uint256 shares = shq.balanceOf(lp);
        assertEq(shq.maxRedeem(lp), shares);
        vm.prank(lp);
        assertApproxEqAbs(shq.withdraw(shares), total, 1);
        assertEq(shq.assetLiability(), 0);
        assertEq(shq.totalSupply(), 0);
    }

    /// @dev Base that the spot market does not take locks no LP in: it is paid in kind.
    function test_FlatVaultWithAGap_PaysBaseInKind() public {
        buy(alice, maker, 100e18);
        movePrice(3000e18);
        spot.moveTo(2800e18);
        takeOver();
        if (sizeOf(maker) != 0) {
            skip(1);
            setPrice(3000e18);
            takeOver();
        }
        assertEq(sizeOf(maker), 0);
        assertEq(shq.baseBalance(), 100e18);
        uint256 shares = shq.balanceOf(lp) / 4;
        uint256 held = shq.assetBalance();
        vm.expectEmit(address(shq));
        emit IQuoteVault.BaseWithdrawn(lp, lp, shares, 25e18);
        vm.prank(lp);
        uint256 paid = shq.withdraw(shares);
        assertApproxEqAbs(paid, (held + uint256(marginOf(maker)) / 1e12) / 4, 1);
        assertEq(weth.balanceOf(lp), 25e18);
        assertEq(shq.hedgeGap(), -75e18);
        assertEq(shq.baseBalance(), 75e18);

        vm.deal(lp, 1 ether);
        vm.startPrank(lp);
        shq.approve(address(shqRequests), type(uint256).max);
        shqRequests.requestRedeem{value: 0.0001 ether}(shares, lp, lp, 0, 0);
        usd.mint(lp, 1000 * USD);
        usd.approve(address(shqRequests), type(uint256).max);
        shqRequests.requestDeposit{value: 0.0001 ether}(1000 * USD, lp, lp, 0, 0);
        vm.stopPrank();
        skip(3);
        setPrice(3000e18);
        bytes[][] memory updates = new bytes[][](1);
        updates[0] = executionUpdate(3000e18, timestamp());
        // The queue records no base in kind, and an open gap pays no keeper: the request stays pending and does not
        // block others.
        vm.prank(keeper);
        assertEq(shqRequests.settle(updates, type(uint256).max), 1);
        assertEq(shqRequests.maxDeposit(lp), 1000 * USD);
        vm.expectPartialRevert(IQuoteVault.HedgeGapOpen.selector);
        vm.prank(keeper);
        shqRequests.settle(updates, type(uint256).max);
        spot.moveTo(3000e18);
        shq.closeHedgeGap(type(uint256).max);
        vm.prank(keeper);
        assertEq(shqRequests.settle(updates, type(uint256).max), 1);
        assertEq(shqRequests.maxRedeem(lp), shares);
        assertEq(shq.baseBalance(), 0);
        assertEq(shq.hedgeGap(), 0);
    }
}

/// @dev No withdrawal makes a deleveraging necessary, however small the reserve.
contract SpotHedgeQuoteMakerWithdrawWithoutReserveTest is SpotHedgeQuoteMakerTest {
    function setUp() public override {
        super.setUp();
        IQuoteVault.QuoteRules memory rules = shq.quoteRules();
        rules.reserveRatio = 0;
        setRules(rules);
    }

    function testFuzz_Withdraw_MakesNoDeleveragingDue(uint256 price) public {
        buy(alice, maker, 300e18);
        price = boundPrice(price, 1500e18, 2640e18);
        movePrice(price);
        uint256 most = shq.maxRedeem(lp);
        // Without a rebalance the margin may be below minMarginRatio, 20%.
        if (most == 0) return;
        vm.prank(lp);
        shq.withdraw(most);
        assertEq(shq.getHedge().toClose, 0);
        vm.expectPartialRevert(IQuoteVault.EnoughFunds.selector);
        shq.announceDeleverage();
        _assertFunded(price);
    }

    /// @dev The deleverage ratio is above the margin ratio that withdrawals require.
    function test_Withdraw_LeavesFundsAboveTheDeleverageRatio() public {
        IQuoteVault.QuoteRules memory rules = shq.quoteRules();
        rules.deleverageRatio = 400_000;
        setRules(rules);
        buy(alice, maker, 300e18);
        movePrice(2150e18);
        uint256 most = shq.maxRedeem(lp);
        assertGt(most, 0);
        assertLt(most, shq.balanceOf(lp));
        vm.expectPartialRevert(ISpotHedgeVault.InsufficientAssetBalance.selector);
        vm.prank(lp);
        shq.withdraw(most + 2e12);
        vm.prank(lp);
        shq.withdraw(most);
        _assertFunded(2150e18);
        vm.expectPartialRevert(IQuoteVault.EnoughFunds.selector);
        shq.announceDeleverage();
    }

    function _assertFunded(uint256 price) private view {
        uint256 ratio = shq.quoteRules().deleverageRatio + uint256(shq.quoteRules().rebalanceBand);
        int256 funds = valueOf(maker) + int256(uint256(shq.assetBalance())) * 1e12;
        assertGe(funds, int256(uint256(-sizeOf(maker)) * price / WAD * ratio / PPM));
    }
}
