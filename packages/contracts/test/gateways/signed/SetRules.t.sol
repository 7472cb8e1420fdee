// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SignedOrderGateway} from "../../../src/gateways/SignedOrderGateway.sol";
import {SignedOrderRules} from "../../../src/types/SignedOrder.sol";
import {MarketNotConfigured} from "../../../src/types/Errors.sol";
import {SignedOrder} from "../../../src/types/SignedOrder.sol";
import {SignedOrderTest} from "./SignedOrderTest.sol";

/// @dev Ranges of the rules.
contract SignedOrderGatewaySetRulesTest is SignedOrderTest {
    function test_SetRules_RevertIf_Invalid() public {
        SignedOrderRules[7] memory bad = [
            SignedOrderRules(0, 10, 60, 10, 200_000, 1),
            SignedOrderRules(3, 0, 60, 10, 200_000, 1),
            SignedOrderRules(3, 10, 9, 10, 200_000, 1),
            SignedOrderRules(3, 10, 60, 0, 200_000, 1),
            SignedOrderRules(3, 10, 60, 301, 200_000, 1),
            SignedOrderRules(3, 10, 60, 10, 200_000, 0),
            // T39: an order lives at most a day.
            SignedOrderRules(3, 10, 1 days - 2, 10, 200_000, 1)
        ];
        for (uint256 i = 0; i < bad.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(SignedOrderGateway.InvalidRules.selector, bad[i]));
            vm.prank(owner());
            signedGateway.setRules(market, bad[i]);
        }
        // A market without makers: no request has to wait as long.
        vm.prank(owner());
        signedGateway.setRules(3, SignedOrderRules(3, 10, 1 days - 3, 300, 200_000, 1));
        SignedOrder memory order = orderOf(alice, false, 1e18);
        order.marketId = 2;
        expectSettleRevert(
            submission(order), ALL, current(START_PRICE), abi.encodeWithSelector(MarketNotConfigured.selector, 2)
        );
    }
}
