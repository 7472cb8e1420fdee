// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {LiquidationParams} from "../../src/interfaces/IClearingHouse.sol";
import {LadderTest} from "../utils/LadderTest.sol";

/// @dev doc
contract PenaltyOfPartExceedsShareTest is LadderTest {
    /// @dev A liquidator took all that was left of an account for a part of its position, and left the rest, worth
    /// nothing, to insurance.
    function test_T30_PenaltyOfAPartIsAtMostItsShare() public {
        long(alice, 20_000 * USD, 100e18);
        jump(1810e18);
        LiquidationParams memory p = params(alice, address(0));
        p.amount = 40e18;
        (, uint256 reward) = liquidateAs(keeper, p);
        assertEq(reward, 200e18, "half of 40% of 1,000");
        assertEq(valueOf(alice), 600e18);
        assertEq(sizeOf(alice), 60e18);
        assertLaws();
    }
}
