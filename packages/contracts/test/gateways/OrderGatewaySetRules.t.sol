// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {OrderGateway} from "../../src/gateways/OrderGateway.sol";
import {OrderGatewayTest} from "./OrderGatewayTest.sol";

contract OrderGatewaySetRulesTest is OrderGatewayTest {
    function test_SetRules_RevertIf_Invalid() public {
        vm.startPrank(owner());
        OrderGateway.Rules memory rules = OrderGateway.Rules(0, 10, 60, 0);
        vm.expectRevert(abi.encodeWithSelector(OrderGateway.InvalidRules.selector, rules));
        gateway.setRules(market, rules);
        rules = OrderGateway.Rules(3, 0, 60, 0);
        vm.expectRevert(abi.encodeWithSelector(OrderGateway.InvalidRules.selector, rules));
        gateway.setRules(market, rules);
        rules = OrderGateway.Rules(3, 10, 9, 0);
        vm.expectRevert(abi.encodeWithSelector(OrderGateway.InvalidRules.selector, rules));
        gateway.setRules(market, rules);
        vm.stopPrank();
    }
}
