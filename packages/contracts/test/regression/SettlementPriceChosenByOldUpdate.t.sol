// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IBackstop} from "../../src/interfaces/IBackstop.sol";
import {LadderTest} from "../utils/LadderTest.sol";

/// @dev T15: a caller kept an update from before the feed stopped, and stored it just before settling, in order to
/// settle at its price.
contract SettlementPriceChosenByOldUpdateTest is LadderTest {
    function test_T15_Settlement_OldUpdate_NeedsANewAnnouncement() public {
        long(alice, 20_000 * USD, 100e18);
        skip(3 days);
        backstop.announceSettlement(market, new bytes[](0));
        skip(1 days);
        bytes[] memory update = new bytes[](1);
        update[0] = priceUpdate(2500e18, START + 10, START + 9);
        pyth.updatePriceFeeds{value: 1}(update);
        uint256 now_ = timestamp();
        vm.expectRevert(abi.encodeWithSelector(IBackstop.SettlementNotDue.selector, now_, 0));
        backstop.settleMarket(market);
        // Any account with a later update has a day to store it, which ends the choice.
        backstop.announceSettlement(market, new bytes[](0));
        assertEq(backstop.settleableAt(market), now_ + 1 days);
    }
}
