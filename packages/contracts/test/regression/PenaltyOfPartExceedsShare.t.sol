// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {LiquidationParams} from "../../src/interfaces/IClearingHouse.sol";
import {LadderTest} from "../utils/LadderTest.sol";

/// @dev T30: a liquidator received the whole account value for a part of the position, and left the rest without value
/// to insurance.
contract PenaltyOfPartExceedsShareTest is LadderTest {
    function test_T30_PenaltyOfAPartIsAtMostItsShare() public {
        long(alice, 20_000 * USD, 100e18);
        jump(1810e18);
        LiquidationParams memory p = params(alice, address(0));
        p.amount = 40e18;
        (, uint256 reward) = liquidateAs(keeper, p);
        assertEq(reward, 400e18, "40% of 1,000, less than half of the penalty");
        assertEq(valueOf(alice), 600e18);
        assertEq(sizeOf(alice), 60e18);
        assertLaws();
    }
}
