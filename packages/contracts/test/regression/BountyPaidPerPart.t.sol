// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {LiquidationParams} from "../../src/interfaces/IClearingHouse.sol";
import {Rule} from "../../src/interfaces/IMarketAdmin.sol";
import {LadderTest} from "../utils/LadderTest.sol";

/// @dev T30: insurance paid the bounty for every part of an account below zero, until only the shortfall was left.
contract BountyPaidPerPartTest is LadderTest {
    function test_T30_BountyIsPaidOnce() public {
        donate(1000 * USD);
        long(alice, 20_000 * USD, 100e18);
        jump(1799e18);
        setRule(Rule.TradingFee, 100);
        LiquidationParams memory p = params(alice, address(0));
        p.amount = 1e18;
        uint256 total;
        for (uint256 i = 0; i < 10; ++i) {
            (, uint256 reward) = liquidateAs(keeper, p);
            total += reward;
        }
        assertEq(total, 0, "for a part");
        (, total) = takeOver(alice);
        assertEq(total, BOUNTY);
        assertEq(insurance(), 895e18);
        assertLaws();
    }
}
