// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IVault} from "../../src/interfaces/IVault.sol";
import {LockUser} from "../utils/LockUser.sol";
import {LadderTest} from "../utils/LadderTest.sol";

/// @dev Between a hedge and its settlement a shortfall is only apparent.
contract ShortfallFlaggedUnderLockTest is LadderTest {
    function test_RevertIf_FlaggedWhileTheLockIsHeld() public {
        long(alice, 20_000 * USD, 100e18);
        jump(1700e18);
        LockUser user = new LockUser(vault);
        user.lockAnd(address(backstop), abi.encodeCall(backstop.flagShortfall, (market, alice)));
        assertEq(user.answer(), abi.encodeWithSelector(IVault.Locked.selector, user));
        assertFalse(user.succeeded());
    }
}
