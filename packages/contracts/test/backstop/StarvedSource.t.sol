// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {NotEnoughGas} from "../../src/types/Errors.sol";
import {LadderTest} from "../utils/LadderTest.sol";

contract StarvedSourceTest is LadderTest {
    /// @dev A source that fails for want of gas is not dead: who asks brings enough for any.
    function test_RevertIf_TheSourceIsAskedWithTooLittleGas() public {
        skip(3 days);
        uint256 floor = backstop.MIN_SOURCE_GAS();
        vm.expectPartialRevert(NotEnoughGas.selector);
        backstop.announceSettlement{gas: floor}(market);
        backstop.announceSettlement(market);
        assertEq(backstop.settleableAt(market), timestamp() + 1 days);
    }
}
