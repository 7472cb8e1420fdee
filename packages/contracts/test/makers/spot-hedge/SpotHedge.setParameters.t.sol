// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ILpVault} from "../../../src/interfaces/ILpVault.sol";
import {IQuoteVault} from "../../../src/interfaces/IQuoteVault.sol";
import {ISpotAdapter} from "../../../src/interfaces/ISpotAdapter.sol";
import {ISpotHedgeVault} from "../../../src/interfaces/ISpotHedgeVault.sol";
import {SpotHedgeBaseMakerTest} from "../../utils/SpotHedgeBaseMakerTest.sol";
import {quoteRules} from "../../utils/SpotHedgeQuoteMakerExchange.sol";
import {SpotHedgeQuoteMakerTest} from "../../utils/SpotHedgeQuoteMakerTest.sol";

contract SpotHedgeBaseMakerSetParametersTest is SpotHedgeBaseMakerTest {
    function test_SetParameters_RevertIf_OutOfRange() public {
        ISpotHedgeVault.Parameters memory p = shb.parameters();
        vm.startPrank(owner());
        p.maxHedgeDeviation = 50_000;
        vm.expectRevert(abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 50_000, 10_000, 49_999));
        shb.setParameters(p);
        p.maxHedgeDeviation = 20_000;
        p.spread = 30_000;
        vm.expectRevert(abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 30_000, 0, 29_411));
        shb.setParameters(p);
        p.spread = 0;
        p.minMarginRatio = 99_999;
        vm.expectRevert(abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 99_999, 100_000, PPM));
        shb.setParameters(p);
        vm.stopPrank();
    }

    function test_SetParameters_RevertIf_AdapterTradesOtherTokens() public {
        ISpotHedgeVault.Parameters memory p = shb.parameters();
        p.adapter = ISpotAdapter(makeAddr("adapter"));
        vm.mockCall(address(p.adapter), abi.encodeCall(ISpotAdapter.baseToken, ()), abi.encode(usd));
        vm.mockCall(address(p.adapter), abi.encodeCall(ISpotAdapter.quoteToken, ()), abi.encode(weth));
        vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.AdapterMismatch.selector, address(usd), address(weth)));
        vm.prank(owner());
        shb.setParameters(p);
    }

    function test_SetParameters_RevertIf_MaxCarryIsBeyondAnyRate() public {
        ISpotHedgeVault.Parameters memory p = shb.parameters();
        p.maxCarry = 1_000_001;
        vm.expectRevert(abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 1_000_001, 0, 1_000_000));
        vm.prank(owner());
        shb.setParameters(p);
    }
}

/// @dev Parameters that limit each other are checked whichever of them changes.
contract SpotHedgeQuoteMakerSetParametersTest is SpotHedgeQuoteMakerTest {
    function test_SetParameters_RevertIf_BelowFourTimesTheDeleveragingsBound() public {
        ISpotHedgeVault.Parameters memory p = shq.parameters();
        p.maxHedgeDeviation = 19_999;
        vm.expectRevert(abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 19_999, 20_000, 49_999));
        vm.prank(owner());
        shq.setParameters(p);
        IQuoteVault.QuoteRules memory rules = shq.quoteRules();
        rules.maxDeleverageDeviation = 2_000;
        vm.startPrank(owner());
        shq.setQuoteRules(rules);
        // Now the bound of hedge gaps, 0.5%, is the narrower one.
        p.maxHedgeDeviation = 9_999;
        vm.expectRevert(abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 9_999, 10_000, 49_999));
        shq.setParameters(p);
        p.maxHedgeDeviation = 10_000;
        shq.setParameters(p);
        vm.stopPrank();
    }
}
