// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IBackstop} from "../../src/interfaces/IBackstop.sol";
import {LadderTest} from "../utils/LadderTest.sol";

/// @dev An announcement stayed valid after the feed had returned. When the feed stopped again, there was no notice.
contract SettlementAnnouncementOutlivesFeedTest is LadderTest {
    function test_Settlement_AnnouncementEndsWhenTheFeedReturns() public {
        long(alice, 20_000 * USD, 100e18);
        skip(3 days);
        backstop.announceSettlement(market, new bytes[](0));
        skip(12 hours);
        setPrice(1900e18);
        skip(3 days);
        uint256 now_ = timestamp();
        vm.expectRevert(abi.encodeWithSelector(IBackstop.SettlementNotDue.selector, now_, 0));
        backstop.settleMarket(market);
        backstop.announceSettlement(market, new bytes[](0));
        assertEq(backstop.settleableAt(market), now_ + 1 days);
    }
}
