// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../../script/Deploy.s.sol";
import {IClearingHouse} from "../../../src/interfaces/IClearingHouse.sol";
import {SignedOrder} from "../../../src/types/SignedOrder.sol";
import {SignedOrderTest} from "./SignedOrderTest.sol";

contract SignedMatchMinimumTest is SignedOrderTest {
    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        c.market.rules.minPositionValue = 100e18;
    }

    /// @dev T21: the order that rests must not leave dust either.
    function test_T21_Match_RevertIf_TheMakerIsLeftWithLessThanTheMinimum() public {
        buy(alice, address(om), 5e18);
        sell(bob, address(om), 1e18);
        SignedOrder memory taker = limitOf(alice, true, 0.99e18, START_PRICE);
        SignedOrder memory maker = limitOf(bob, false, 0.99e18, START_PRICE);
        expectMatchRevert(
            submission(taker),
            submission(maker),
            ALL,
            abi.encodeWithSelector(IClearingHouse.PositionBelowMinimum.selector, 20e18, 100e18)
        );
    }
}
