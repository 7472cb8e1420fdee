// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {FeedChangesBefore, OrderPastExpiry} from "../../../src/types/Errors.sol";
import {Feed} from "../../../src/types/Feed.sol";
import {Announcement, Leg, SignedOrder} from "../../../src/types/SignedOrder.sol";
import {SignedOrderTest} from "./SignedOrderTest.sol";

/// @dev The times of announcements: none begins at a known price or lives across a change of the feed.
contract SignedOrderGatewayScheduleTest is SignedOrderTest {
    /// @dev T38: the clock of the chain is 30 minutes behind. The stored price is newer than an executable time by that
    /// clock would be: the announcer would know the price of its order.
    function test_T38_Announce_ExecutesAfterTheStoredPrice() public {
        // The bond counts at the price of the last fill.
        buy(bob, address(om), 1e18);
        uint256 ahead = timestamp() + 30 minutes;
        bytes[] memory data = new bytes[](1);
        data[0] = priceUpdate(2056e18, ahead, ahead - 1);
        pyth.updatePriceFeeds{value: 1}(data);

        SignedOrder memory order = orderOf(alice, false, 200e18);
        order.expiresAt = ahead + 1 hours;
        Announcement memory a = announce(order, alice);
        assertEq(a.executableAt, ahead + 3);
        assertEq(a.expiresAt, ahead + 63);

        // The order of an attacker that bought at 2,000 what the stored price already values at 2,056.
        vm.warp(a.executableAt);
        setPrice(2056e18);
        assertTrue(execute(order, a, 2056e18));
        assertLt(valueOf(alice), 100_000e18, "no gain from the known price");
    }

    /// @dev T38: the clock of the chain is behind, and the announcer shows a price that is ahead of it. The order executes
    /// after that price.
    function test_T38_Announce_ExecutesAfterThePriceThatShowsThatItIsDue() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        uint256 ahead = timestamp() + 10;
        bytes[] memory data = new bytes[](1);
        data[0] = priceUpdate(2056e18, ahead, ahead - 1);
        Announcement memory a = announceWith(order, Leg.Entry, sign(order), address(om), data, keeper);
        assertEq(a.executableAt, ahead + 3);
        order.id = 2;
        order.expiresAt = ahead + 2;
        expectAnnounceRevert(
            order, Leg.Entry, data, abi.encodeWithSelector(OrderPastExpiry.selector, ahead + 3, order.expiresAt)
        );
    }

    /// @dev T39: the order would live when another feed replaces the current one.
    function test_T39_Announce_RevertIf_TheFeedChangesDuringItsLife() public {
        Feed memory feed = plainFeed(FEED);
        feed.maxConfidence = 10_000;
        vm.prank(owner());
        oracle.proposeFeed(market, feed);
        uint256 changeAt = oracle.nextFeedChangeAt(market);
        SignedOrder memory order = orderOf(alice, false, 1e18);
        order.expiresAt = changeAt + 1 hours;

        vm.warp(changeAt - 63);
        vm.expectRevert(abi.encodeWithSelector(FeedChangesBefore.selector, changeAt, changeAt));
        vm.prank(alice);
        signedGateway.announce(order, Leg.Entry, "", address(om), new bytes[](0));
        rewind(1);
        setPrice(START_PRICE);
        announce(order, alice);
    }
}
