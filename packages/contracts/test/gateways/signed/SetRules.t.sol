// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SignedOrderGateway} from "../../../src/gateways/SignedOrderGateway.sol";
import {MarketNotConfigured} from "../../../src/types/Errors.sol";
import {SignedOrder} from "../../../src/types/SignedOrder.sol";
import {SignedOrderTest} from "./SignedOrderTest.sol";

/// @dev Ranges of the rules.
contract SignedOrderGatewaySetRulesTest is SignedOrderTest {
    function test_SetRules_RevertIf_Invalid() public {
        SignedOrderGateway.Rules[5] memory bad = [
            SignedOrderGateway.Rules(0, 10, 60, 10, 0),
            SignedOrderGateway.Rules(3, 0, 60, 10, 0),
            SignedOrderGateway.Rules(3, 10, 9, 10, 0),
            SignedOrderGateway.Rules(3, 10, 60, 0, 0),
            SignedOrderGateway.Rules(3, 10, 60, 301, 0)
        ];
        for (uint256 i = 0; i < bad.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(SignedOrderGateway.InvalidRules.selector, bad[i]));
            vm.prank(owner());
            signedGateway.setRules(market, bad[i]);
        }
        SignedOrder memory order = orderOf(alice, false, 1e18);
        order.marketId = 2;
        expectSettleRevert(
            submission(order), ALL, current(START_PRICE), abi.encodeWithSelector(MarketNotConfigured.selector, 2)
        );
    }
}
