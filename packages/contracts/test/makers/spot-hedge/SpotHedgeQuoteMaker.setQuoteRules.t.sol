// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ILpVault} from "../../../src/interfaces/ILpVault.sol";
import {IQuoteVault} from "../../../src/interfaces/IQuoteVault.sol";
import {quoteRules} from "../../utils/SpotHedgeQuoteMakerExchange.sol";
import {SpotHedgeQuoteMakerTest} from "../../utils/SpotHedgeQuoteMakerTest.sol";

contract SpotHedgeQuoteMakerSetQuoteRulesTest is SpotHedgeQuoteMakerTest {
    function test_SetQuoteRules_RevertIf_OutOfRange() public {
        IQuoteVault.QuoteRules memory rules = shq.quoteRules();
        vm.startPrank(owner());
        rules.targetMarginRatio = 199_999;
        vm.expectRevert(abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 199_999, 200_000, PPM));
        shq.setQuoteRules(rules);
        rules.targetMarginRatio = 500_000;
        rules.rebalanceBand = 400_001;
        vm.expectRevert(abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 400_001, 1, 400_000));
        shq.setQuoteRules(rules);
        rules.rebalanceBand = 10_000;
        rules.deleverageRatio = 490_001;
        vm.expectRevert(abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 490_001, 100_000, 490_000));
        shq.setQuoteRules(rules);
        rules.deleverageRatio = 100_000;
        rules.maxDeleverageDeviation = 5_001;
        vm.expectRevert(abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 5_001, 1, 5_000));
        shq.setQuoteRules(rules);
        rules.maxDeleverageDeviation = 4_000;
        rules.keeperFeeRatio = 1_001;
        vm.expectRevert(abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 1_001, 0, 1_000));
        shq.setQuoteRules(rules);
        rules.keeperFeeRatio = 1_000;
        rules.validity = 9;
        vm.expectRevert(abi.encodeWithSelector(IQuoteVault.InvalidTimes.selector, 3, 10, 9));
        shq.setQuoteRules(rules);
        rules.validity = 10;
        vm.expectEmit(address(shq));
        emit IQuoteVault.QuoteRulesSet(rules);
        shq.setQuoteRules(rules);
        assertEq(abi.encode(shq.quoteRules()), abi.encode(rules));
        vm.stopPrank();
    }
}
