// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {LadderTest} from "../utils/LadderTest.sol";

/// @dev Alice is long 100 of the stub at 2,000 with 20,000 of margin. At 1,700 her account value is 10,000 below zero.
abstract contract BadDebtTest is LadderTest {
    function setUp() public virtual override {
        super.setUp();
        long(alice, 20_000 * USD, 100e18);
        jump(1700e18);
    }

    function _passWindow() internal {
        passWindow(alice);
    }
}
