// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IBackstop} from "../../src/interfaces/IBackstop.sol";
import {LadderTest} from "../utils/LadderTest.sol";

contract KeptUpdateTest is LadderTest {
    /// @dev Somebody has kept an update from before the feed died, and stores it to have the market settled at its price. The
    /// feed is as dead as it was, but the announcement was for another price.
    function test_RevertIf_AnOldUpdateComesAfterTheAnnouncement() public {
        skip(5 days);
        backstop.announceSettlement(market);
        bytes[] memory kept = new bytes[](1);
        kept[0] = priceUpdate(3000e18, START + 1 days, START);
        pyth.updatePriceFeeds{value: 1}(kept);
        skip(1 days);
        uint256 now_ = timestamp();
        vm.expectRevert(abi.encodeWithSelector(IBackstop.SettlementNotDue.selector, now_, 0));
        backstop.settleMarket(market);
    }
}
