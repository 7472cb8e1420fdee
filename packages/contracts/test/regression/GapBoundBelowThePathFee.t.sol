// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {ILpVault} from "../../src/interfaces/ILpVault.sol";
import {IQuoteVault} from "../../src/interfaces/IQuoteVault.sol";
import {ISpotAdapter} from "../../src/interfaces/ISpotAdapter.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {LpRequestVaultTest} from "../utils/LpRequestVaultTest.sol";
import {MakerKind} from "../utils/MakerKind.sol";

/// @dev T57: with 20 bps for hedges, the bound of gaps was 5 bps, which the pool charges. Fills were hedged, no gap could be
/// closed, and redemptions expired while their quote promised settlement. The pool of the fixture charges 500 ppm.
contract GapBoundBelowThePathFeeTest is LpRequestVaultTest {
    constructor() LpRequestVaultTest(MakerKind.SpotHedgeQuote) {}

    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        (c.maxHedgeDeviation, c.spotHedgeQuoteMaker.maxHedgeDeviation) = (2_500, 2_500);
        c.spotHedgeQuoteMaker.rules.maxDeleverageDeviation = 625;
    }

    /// @dev The default bound exceeds the fee: half of the bound of hedges at most.
    function test_T57_DefaultBound_ExceedsTheFee() public view {
        assertEq(d.spotHedgeBaseMakerAdapter.pathFee(), 501, "1 / (1 - 500 ppm) - 1, up");
        assertEq(shb.hedgeGapRules().maxDeviation, 1_002);
        assertEq(shq.hedgeGapRules().maxDeviation, 1_002);
    }

    /// @dev A settled market leaves base in the quote vault. Any account closes the gap, and the redemption pays.
    function test_T57_GapCloses_AndTheRedemptionIsPaid() public {
        uint256 shares = enter(carol, 20_000 * USD);
        _leaveGap();
        uint256 gap = uint256(-int256(shq.hedgeGap()));
        // While the gap is open, quote and settlement give the same answer.
        bytes memory open = abi.encodeWithSelector(IQuoteVault.HedgeGapOpen.selector, shq.hedgeGap());
        vm.expectRevert(open);
        requests.quoteRedeem(shares);
        uint256 id = requestRedeem(carol, shares);
        skip(DELAY);
        (bool settlesNow, bytes memory reason,) = requests.settlementOf(id);
        assertFalse(settlesNow);
        assertEq(reason, open);
        vm.expectRevert(open);
        this.settleNothing();

        setPrice(START_PRICE);
        vm.prank(stranger);
        shq.closeHedgeGap(type(uint256).max);
        assertEq(shq.hedgeGap(), 0, "closed");
        assertGt(gap, 0);
        (, uint256 quoted,) = requests.quoteRedeem(shares);
        clearExpired();
        assertEq(claimAssets(carol), quoted);
        assertGt(quoted, 19_900 * USD);
    }

    function test_T57_Setters_RevertIf_BoundsAreBelowTheFee() public {
        ISpotHedgeVault.HedgeGapRules memory gapRules = shq.hedgeGapRules();
        gapRules.maxDeviation = 501;
        vm.startPrank(owner());
        vm.expectRevert(abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 501, 502, 1_250));
        shq.setHedgeGapRules(gapRules);
        vm.expectRevert(abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 501, 502, 1_250));
        shb.setHedgeGapRules(gapRules);
        gapRules.maxDeviation = 502;
        shq.setHedgeGapRules(gapRules);
        IQuoteVault.QuoteRules memory rules = shq.quoteRules();
        rules.maxDeleverageDeviation = 501;
        vm.expectRevert(abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 501, 502, 625));
        shq.setQuoteRules(rules);
        // A path of greater fees.
        ISpotHedgeVault.Parameters memory p = shq.parameters();
        vm.mockCall(address(p.adapter), abi.encodeCall(ISpotAdapter.pathFee, ()), abi.encode(502));
        vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.BoundBelowPathFee.selector, 502, 502));
        shq.setParameters(p);
        gapRules.maxDeviation = 1_250;
        vm.clearMockedCalls();
        shq.setHedgeGapRules(gapRules);
        vm.mockCall(address(p.adapter), abi.encodeCall(ISpotAdapter.pathFee, ()), abi.encode(625));
        vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.BoundBelowPathFee.selector, 625, 625));
        shq.setParameters(p);
        vm.mockCall(address(p.adapter), abi.encodeCall(ISpotAdapter.pathFee, ()), abi.encode(624));
        shq.setParameters(p);
    }

    function settleNothing() external {
        clearExpired();
    }

    /// @dev The quote vault's short is closed at the settlement price, where no live price bounds a hedge.
    function _leaveGap() private {
        openPosition(400_000, 20e18);
        skip(3 days);
        backstop.announceSettlement(market, new bytes[](0));
        skip(1 days);
        backstop.settleMarket(market);
        backstop.settleAccount(market, address(shq));
        assertLt(shq.hedgeGap(), 0);
    }
}
