// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {LadderTest} from "../utils/LadderTest.sol";

/// @dev Any account could announce settlement again and restart the day of notice.
contract SettlementAnnouncementRestartedTest is LadderTest {
    function test_Settlement_SecondAnnouncement_KeepsTheDueTime() public {
        long(alice, 20_000 * USD, 100e18);
        skip(3 days);
        backstop.announceSettlement(market, new bytes[](0));
        uint256 dueAt = backstop.settleableAt(market);
        skip(23 hours);
        vm.prank(stranger);
        backstop.announceSettlement(market, new bytes[](0));
        assertEq(backstop.settleableAt(market), dueAt);
    }
}
