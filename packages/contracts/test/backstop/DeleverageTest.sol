// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {LadderTest} from "../utils/LadderTest.sol";

/// @dev 100 base at 2,000 with 20,000 of margin: the bankruptcy price is 1,800. Insurance is zero.
abstract contract DeleverageTest is LadderTest {
    /// @dev Alice is long 100 of the stub. At 1,700 her account value is 10,000 below zero.
    function _bankruptLong() internal {
        long(alice, 20_000 * USD, 100e18);
        jump(1700e18);
    }

    function _two(address a, address b) internal pure returns (address[] memory list) {
        list = new address[](2);
        (list[0], list[1]) = (a, b);
    }

    /// @dev Alice is long 100 and Bob is short 100 at 2,000. The stub is flat.
    function _bankruptLongAgainstBob() internal {
        long(alice, 20_000 * USD, 100e18);
        short(bob, 20_000 * USD, 100e18);
        jump(1700e18);
    }
}
