// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {TradeParams} from "../../src/interfaces/IClearingHouse.sol";
import {SpotHedgeQuoteMaker} from "../../src/makers/SpotHedgeQuoteMaker.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {quoteRules} from "../utils/QuoteVaultExchange.sol";
import {FlashAttacker, FlashLender} from "./SpotHedgeFlashLoan.t.sol";

/// @dev Known, and said so in the documentation: H2 does not bind a close, so that one at a moved pool can make a quote vault
/// grow at any price. What that costs whom, and that it passes.
contract QuoteVaultTiedTest is ExchangeTest {
    SpotHedgeQuoteMaker private shq;
    FlashAttacker private attacker;

    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        c.spotHedgeQuoteMaker.maxHedgeDeviation = 20_000;
        c.spotHedgeQuoteMaker.minMarginRatio = 200_000;
        c.spotHedgeQuoteMaker.rules = quoteRules(uint96(5 * USD));
    }

    function setUp() public override {
        super.setUp();
        shq = d.spotHedgeQuoteMaker;
        vm.prank(owner());
        shq.acceptOwnership();
        usd.mint(lp, 1_000_000 * USD);
        vm.startPrank(lp);
        usd.approve(address(shq), type(uint256).max);
        shq.deposit(1_000_000 * USD);
        vm.stopPrank();
        FlashLender lender = new FlashLender(weth, usd);
        weth.mint(address(lender), 100_000e18);
        usd.mint(address(lender), 300_000_000 * USD);
        attacker = new FlashAttacker(house, spot, lender);
        weth.mint(address(attacker), 1000e18);
        usd.mint(address(attacker), 2_000_000 * USD);
        fund(address(attacker), 1_200_000 * USD);
        addMargin(address(attacker), 1_200_000 * USD);
        addMargin(alice, 400_000 * USD);
        vm.prank(owner());
        om.setValidSender(address(attacker), true);
    }

    function test_T5_ACloseAtAMovedPoolTiesTheBalanceUp_AndCostsLpsNothing() public {
        int256 owned = _owned();
        (uint256 free, uint256 total) = (shq.maxRedeem(lp), shq.totalAssets());
        attacker.trade(order(address(attacker), address(om), true, true, 40e18));
        TradeParams memory close = order(address(attacker), address(shq), false, false, type(uint256).max);
        close.isReduceOnly = true;
        attacker.attack(close, 20_000e18);
        assertEq(sizeOf(address(attacker)), 0);
        int256 cost = (owned - _owned()) / 1e18;
        assertGt(cost, 14_000);
        assertLt(cost, 15_500);
        assertLt(shq.maxRedeem(lp) * 7, free);
        assertApproxEqAbs(shq.assetBalance(), 140_000 * USD, 40_000 * USD);
        assertGe(shq.totalAssets(), total, "LPs lose nothing");
        // Whoever sells to the vault realises its profit.
        sell(alice, address(shq), 39e18);
        assertGt(shq.maxRedeem(lp) * 10, free * 9);
        assertGe(shq.totalAssets(), total);
    }

    /// @dev Tokens, and account value at 2,000; WAD.
    function _owned() private view returns (int256) {
        return int256(weth.balanceOf(address(attacker)) * 2000 + usd.balanceOf(address(attacker)) * 1e12)
            + valueOf(address(attacker));
    }
}
