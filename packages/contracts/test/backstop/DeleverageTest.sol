// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {LadderTest} from "../utils/LadderTest.sol";

/// @dev doc
abstract contract DeleverageTest is LadderTest {
    address[] internal nobody;

    /// @dev Alice is long 100 of the stub; at 1,700 she lacks 10,000.
    function _bankruptLong() internal {
        long(alice, 20_000 * USD, 100e18);
        jump(1700e18);
    }

    function _two(address a, address b) internal pure returns (address[] memory list) {
        list = new address[](2);
        (list[0], list[1]) = (a, b);
    }
}
