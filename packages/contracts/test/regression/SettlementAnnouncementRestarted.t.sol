// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {LadderTest} from "../utils/LadderTest.sol";

/// @dev doc
contract SettlementAnnouncementRestartedTest is LadderTest {
    /// @dev Anybody could announce again, each time a day from then.
    function test_Settlement_AnnouncementIsNotPutOff() public {
        long(alice, 20_000 * USD, 100e18);
        skip(3 days);
        backstop.announceSettlement(market);
        uint256 dueAt = backstop.settleableAt(market);
        skip(23 hours);
        vm.prank(stranger);
        backstop.announceSettlement(market);
        assertEq(backstop.settleableAt(market), dueAt);
    }
}
