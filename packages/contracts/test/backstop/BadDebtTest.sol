// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {LadderTest} from "../utils/LadderTest.sol";

/// @dev doc
abstract contract BadDebtTest is LadderTest {
    function setUp() public virtual override {
        super.setUp();
        long(alice, 20_000 * USD, 100e18);
        jump(1700e18);
    }

    /// @dev Lets the window pass, and has a price again after it.
    function _passWindow() internal {
        backstop.flagShortfall(market, alice);
        skip(WINDOW - 1);
        jump(1700e18);
    }
}
