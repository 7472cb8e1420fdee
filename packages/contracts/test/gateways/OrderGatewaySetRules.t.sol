// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {OrderBonds} from "../../src/gateways/OrderBonds.sol";
import {OrderGateway} from "../../src/gateways/OrderGateway.sol";
import {BondMath} from "../../src/libraries/BondMath.sol";
import {OrderGatewayTest} from "./OrderGatewayTest.sol";

contract OrderGatewaySetRulesTest is OrderGatewayTest {
    function test_SetRules_RevertIf_Invalid() public {
        vm.startPrank(owner());
        OrderGateway.Rules memory rules = orderRules(0, 10, 60, 1);
        vm.expectRevert(abi.encodeWithSelector(OrderGateway.InvalidRules.selector, rules));
        gateway.setRules(market, rules);
        rules = orderRules(3, 0, 60, 1);
        vm.expectRevert(abi.encodeWithSelector(OrderGateway.InvalidRules.selector, rules));
        gateway.setRules(market, rules);
        rules = orderRules(3, 10, 9, 1);
        vm.expectRevert(abi.encodeWithSelector(OrderGateway.InvalidRules.selector, rules));
        gateway.setRules(market, rules);
        vm.stopPrank();
    }

    /// @dev T44: the least bond is that of 5% per year for the market's validity.
    function test_T44_SetRules_RevertIf_BondIsOutOfRange() public {
        OrderGateway.Rules memory rules = orderRules(3, 10, 60, 1);
        uint256 least = BondMath.ratioCeil(50_000, 60);
        assertEq(least, 276);
        vm.startPrank(owner());
        rules.bondRatio = 276;
        gateway.setRules(market, rules);
        rules.bondRatio = 275;
        vm.expectRevert(abi.encodeWithSelector(OrderBonds.BondRatioOutOfRange.selector, 275, 276, 200_000));
        gateway.setRules(market, rules);
        rules.bondRatio = 276;
        rules.validity = 61;
        vm.expectPartialRevert(OrderBonds.BondRatioOutOfRange.selector);
        gateway.setRules(market, rules);
        rules.bondRatio = 200_000;
        // A market without makers: no request has to wait as long.
        gateway.setRules(2, rules);
        rules.bondRatio = 200_001;
        vm.expectPartialRevert(OrderBonds.BondRatioOutOfRange.selector);
        gateway.setRules(market, rules);
        vm.stopPrank();
    }

    function test_SetRules_RevertIf_KeeperFeeIsOutOfRange() public {
        OrderGateway.Rules memory rules = orderRules(3, 10, 60, 0);
        vm.startPrank(owner());
        _checkFeeRule(rules, 0, 1, type(uint256).max);
        rules = orderRules(3, 10, 60, 1);
        rules.keeperGas = 99_999;
        _checkFeeRule(rules, 99_999, 100_000, 10_000_000);
        rules.keeperGas = 10_000_001;
        _checkFeeRule(rules, 10_000_001, 100_000, 10_000_000);
        rules.keeperGas = 100_000;
        rules.baseFeeFactor = 99;
        _checkFeeRule(rules, 99, 100, 1_000);
        rules.baseFeeFactor = 1_001;
        _checkFeeRule(rules, 1_001, 100, 1_000);
        rules.baseFeeFactor = 1_000;
        gateway.setRules(market, rules);
        vm.stopPrank();
    }

    function _checkFeeRule(OrderGateway.Rules memory rules, uint256 value, uint256 min, uint256 max) private {
        vm.expectRevert(abi.encodeWithSelector(OrderBonds.KeeperFeeRuleOutOfRange.selector, value, min, max));
        gateway.setRules(market, rules);
    }
}
