// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IBackstop} from "../../src/interfaces/IBackstop.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {LadderTest} from "../utils/LadderTest.sol";
import {SpotHedgeQuoteMakerTest} from "../utils/SpotHedgeQuoteMakerTest.sol";

/// @dev T64: the short of a quote vault was liquidated beyond its margin. Insurance paid -119,881, from +421 to -119,460,
/// and the LPs left in kind with the 40 base of the hedge, worth twice as much.
contract FlatQuoteVaultLeavesItsDebtTest is SpotHedgeQuoteMakerTest {
    uint256 private constant PRICE = 6000e18;

    function setUp() public override {
        super.setUp();
        // Alice's margin is the takers' profit; the market needs Bob's for its insurance.
        vm.prank(bob);
        vault.transferMarginToFund(market, bob, quoteXCD(421e18));
        vm.prank(bob);
        vault.donate(market, quoteXCD(421e18));
        buy(alice, maker, 40e18);
        movePrice(PRICE);
        spot.moveTo(5500e18);
        takeOver();
        assertEq(sizeOf(maker), 0);
        assertLt(marginOf(maker), -119_000e18);
    }

    function test_T64_InsuranceKeepsItsMoney_VaultPaysFirst() public {
        assertGe(vault.insuranceOf(market), 421e18, "insurance pays no part of the debt");
        assertEq(shq.baseBalance(), 40e18, "the pool was out of bounds");
        uint256 shares = shq.balanceOf(lp);
        int256 debt = marginOf(maker);
        vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.AccountInDebt.selector, debt));
        vm.prank(lp);
        shq.withdraw(shares);
        assertEq(shq.maxRedeem(lp), 0);
        (uint256 burned,,) = shq.quoteRedeem(shares, true);
        assertEq(burned, 0);

        uint256 total = shq.totalAssets();
        spot.moveTo(PRICE);
        shq.rebalance();
        assertEq(shq.baseBalance(), 0, "sold");
        assertApproxEqAbs(marginOf(maker), 0, 1e12, "paid");
        vm.prank(lp);
        uint256 received = shq.withdraw(shares);
        assertApproxEqRel(received, total, 0.001e18, "the rest is the LPs'");
        assertGe(vault.insuranceOf(market), 421e18);
    }

    /// @dev A repeated liquidation of the flat account leaves the debt to the quote vault.
    function test_T64_LiquidationOfTheFlatAccount_CostsInsuranceNothing() public {
        int256 before = vault.insuranceOf(market);
        int256 debt = marginOf(maker);
        takeOver();
        assertEq(vault.insuranceOf(market), before);
        assertEq(marginOf(maker), debt);
    }

    /// @dev Nor do accounts in profit pay for a quote vault that holds assets.
    function test_T64_VaultWithAssets_IsNotDeleveraged() public {
        spot.moveTo(PRICE);
        shq.rebalance();
        buy(alice, maker, 10e18);
        movePrice(30_000e18);
        assertLt(valueOf(maker), -1000e18);
        address[] memory winner = new address[](1);
        winner[0] = alice;
        vm.expectRevert(abi.encodeWithSelector(IBackstop.PaysOwnDebt.selector, maker));
        backstop.deleverage(market, maker, winner);
        vm.expectRevert(abi.encodeWithSelector(IBackstop.PaysOwnDebt.selector, maker));
        backstop.flagShortfall(market, maker);
    }
}

/// @dev A base vault whose account owes more fees than its position was worth.
contract FlatBaseVaultLeavesItsDebtTest is LadderTest {
    /// @dev Takers are long 400 of the stub and short 50 of the base vault, which pays them 60% of the highest rate of
    /// a day.
    function setUp() public override {
        super.setUp();
        setFastFunding(1e13, 1e18);
        addMargin(bob, 20_000 * USD);
        sell(bob, address(shb), 50e18);
        spot.moveTo(2000e18);
        long(alice, 200_000 * USD, 400e18);
        skip(110_000);
        jumpWithPool(2000e18);
        spot.provide(95_000e18);
        donate(421 * USD);
        takeOver(address(shb));
        assertEq(sizeOf(address(shb)), 0);
        assertLt(marginOf(address(shb)), -5000e18);
        assertEq(insurance(), 421e18, "insurance pays no part of the debt");
    }

    function test_T64_VaultSellsBaseForItsDebt_BeforeLpsLeave() public {
        uint256 shares = shb.balanceOf(lp);
        int256 debt = marginOf(address(shb));
        vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.AccountInDebt.selector, debt));
        vm.prank(lp);
        shb.withdraw(shares);
        assertEq(shb.maxRedeem(lp), 0);

        uint256 held = shb.assetBalance();
        skip(1 minutes);
        jump(2000e18);
        shb.closeHedgeGap(type(uint256).max);
        assertGe(marginOf(address(shb)), 0, "paid");
        assertApproxEqRel(held - shb.assetBalance(), uint256(-debt) / 2000, 0.01e18, "its worth in base");
        vm.prank(lp);
        shb.withdraw(shares);
        assertEq(insurance(), 421e18);
        assertLt(shb.assetBalance(), 1e12, "dust of the virtual shares");
    }

    /// @dev Parts and the interval are those of a gap.
    function test_T64_VaultSellsInParts() public {
        uint256 held = shb.assetBalance();
        skip(1 minutes);
        jump(2000e18);
        shb.closeHedgeGap(held / 100);
        int256 gap = shb.hedgeGap();
        assertLt(gap, 0);
        vm.expectPartialRevert(ISpotHedgeVault.HedgeGapClosedRecently.selector);
        shb.closeHedgeGap(type(uint256).max);
        skip(1 minutes);
        jump(2000e18);
        shb.closeHedgeGap(type(uint256).max);
        assertGe(marginOf(address(shb)), 0, "paid");
        assertEq(shb.hedgeGap(), 0);
    }
}
