// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Test} from "forge-std/Test.sol";
import {BondMath} from "../../src/libraries/BondMath.sol";

contract BondMathTest is Test {
    /// @dev 4 x 100% x sqrt(60 / 31,536,000) = 0.5517%.
    function test_Ratio_Examples() public pure {
        assertEq(BondMath.ratioCeil(1e6, 60), 5_518);
        assertEq(BondMath.ratioCeil(3e6, 60), 16_553);
        assertEq(BondMath.ratioCeil(1e6, 365 days), 4e6, "four deviations of a year");
        assertEq(BondMath.ratioCeil(0, 60), 0);
    }

    /// @dev ratio^2 >= 16 volatility^2 T, and no more than the rounding above it.
    function testFuzz_Ratio_IsRoundedUp(uint256 volatility, uint256 validity) public pure {
        volatility = bound(volatility, 1, 16_777_215);
        validity = bound(validity, 1, 1 days);
        uint256 ratio = BondMath.ratioCeil(volatility, validity);
        assertGe(ratio ** 2 * 365 days, (4 * volatility) ** 2 * validity);
        uint256 less = ratio - 1;
        uint256 slack = 4 * volatility / 1e6 + 1;
        if (less > slack) assertLe((less - slack) ** 2 * 365 days, (4 * volatility) ** 2 * validity);
    }
}
