// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ExchangeTest} from "./ExchangeTest.sol";

/// @dev An LP of the OracleMaker that has the means for further deposits.
abstract contract LpVaultTest is ExchangeTest {
    address internal other = makeAddr("other");

    function setUp() public virtual override {
        super.setUp();
        usd.mint(lp, 1_000_000 * USD);
    }
}
