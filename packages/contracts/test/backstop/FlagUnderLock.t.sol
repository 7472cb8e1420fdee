// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IVault} from "../../src/interfaces/IVault.sol";
import {LadderTest} from "../utils/LadderTest.sol";

contract FlagUnderLockTest is LadderTest {
    /// @dev Between a hedge and its settlement a maker looks poorer than it is: nobody is flagged while the lock is held.
    function test_Flag_RevertIf_TheLockIsHeld() public {
        vm.prank(stranger);
        vault.lock();
        vm.expectRevert(abi.encodeWithSelector(IVault.Locked.selector, stranger));
        backstop.flagShortfall(market, address(om));
    }
}
