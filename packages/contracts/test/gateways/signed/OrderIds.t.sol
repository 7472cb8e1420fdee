// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SignedOrderTest} from "./SignedOrderTest.sol";

contract SignedOrderIdsTest is SignedOrderTest {
    /// @dev Numbers share words of 256 bits; each has a bit of its own.
    function test_Cancel_ClosesItsOwnIdAndNoOther() public {
        vm.prank(alice);
        signedGateway.cancelOrder(1);
        for (uint256 id = 0; id < 600; ++id) {
            assertEq(signedGateway.isClosed(alice, id), id == 1);
        }
    }
}
