// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SignedOrderGateway} from "../../../src/gateways/SignedOrderGateway.sol";
import {SignedOrder, Trigger} from "../../../src/types/SignedOrder.sol";
import {SignedOrderTest} from "./SignedOrderTest.sol";

contract SignedMatchTriggersTest is SignedOrderTest {
    /// @dev The order that rests has its trigger, like the one that takes.
    function test_Match_RevertIf_TheMakersTriggerIsNotMet() public {
        SignedOrder memory taker = limitOf(alice, false, 1e18, 2020e18);
        SignedOrder memory maker = limitOf(bob, true, 1e18, 2010e18);
        (maker.trigger, maker.triggerPrice) = (Trigger.Stop, 1950e18);
        expectMatchRevert(
            submission(taker),
            submission(maker),
            ALL,
            abi.encodeWithSelector(SignedOrderGateway.TriggerNotMet.selector, START_PRICE, 1950e18)
        );
        maker.triggerPrice = START_PRICE;
        matchOrders(submission(taker), submission(maker), ALL);
        assertEq(sizeOf(bob), -1e18);
    }
}
