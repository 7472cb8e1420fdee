// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ILpVault} from "../../../src/interfaces/ILpVault.sol";
import {IQuoteVault} from "../../../src/interfaces/IQuoteVault.sol";
import {quoteRules} from "../../utils/SpotHedgeQuoteMakerExchange.sol";
import {SpotHedgeQuoteMakerTest} from "../../utils/SpotHedgeQuoteMakerTest.sol";

contract SpotHedgeQuoteMakerSetQuoteRulesTest is SpotHedgeQuoteMakerTest {
    enum Field {
        TargetMarginRatio,
        RebalanceBand,
        DeleverageRatio,
        MaxDeleverageDeviation,
        KeeperFeeRatio
    }

    function test_SetQuoteRules_RevertIf_RatioIsOutOfRange() public {
        _expectOutOfRange(Field.TargetMarginRatio, 199_999, 200_000, PPM);
        _expectOutOfRange(Field.RebalanceBand, 400_001, 1, 400_000);
        _expectOutOfRange(Field.DeleverageRatio, 490_001, 100_000, 490_000);
        _expectOutOfRange(Field.MaxDeleverageDeviation, 5_001, 502, 5_000);
        _expectOutOfRange(Field.KeeperFeeRatio, 1_001, 0, 1_000);
    }

    function test_SetQuoteRules_RevertIf_TimesAreInvalid() public {
        IQuoteVault.QuoteRules memory rules = _validRules();
        rules.validity = 9;
        vm.expectRevert(abi.encodeWithSelector(IQuoteVault.InvalidTimes.selector, 3, 10, 9));
        setRules(rules);
    }

    function test_SetQuoteRules_AtTheLimits() public {
        IQuoteVault.QuoteRules memory rules = _validRules();
        vm.expectEmit(address(shq));
        emit IQuoteVault.QuoteRulesSet(rules);
        setRules(rules);
        assertEq(abi.encode(shq.quoteRules()), abi.encode(rules));
    }

    function _validRules() private view returns (IQuoteVault.QuoteRules memory rules) {
        rules = shq.quoteRules();
        (rules.rebalanceBand, rules.deleverageRatio) = (10_000, 100_000);
        (rules.maxDeleverageDeviation, rules.keeperFeeRatio) = (4_000, 1_000);
        rules.validity = 10;
    }

    /// @dev One ratio is out of its range, and all other rules are valid.
    function _expectOutOfRange(Field field, uint24 ratio, uint256 minRatio, uint256 maxRatio) private {
        IQuoteVault.QuoteRules memory rules = _validRules();
        if (field == Field.TargetMarginRatio) rules.targetMarginRatio = ratio;
        else if (field == Field.RebalanceBand) rules.rebalanceBand = ratio;
        else if (field == Field.DeleverageRatio) rules.deleverageRatio = ratio;
        else if (field == Field.MaxDeleverageDeviation) rules.maxDeleverageDeviation = ratio;
        else rules.keeperFeeRatio = ratio;
        vm.expectRevert(abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, ratio, minRatio, maxRatio));
        setRules(rules);
    }
}
