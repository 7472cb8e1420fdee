// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ISignedOrders} from "../../../src/interfaces/ISignedOrders.sol";
import {Announcement, SignedOrder} from "../../../src/types/SignedOrder.sol";
import {SignedOrderTest} from "./SignedOrderTest.sol";

/// @dev Clearing of expired announcements.
contract SignedOrderGatewayClearAnnouncementTest is SignedOrderTest {
    function test_Clear_ExpiredAnnouncement_ReturnsTheFee() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        uint256 fund = vault.fundOf(alice);
        Announcement memory a = announce(order, stranger);
        bytes32 orderHash = signedGateway.hashOrder(order);
        vm.warp(a.expiresAt);
        vm.expectRevert(abi.encodeWithSelector(ISignedOrders.AnnouncementNotExpired.selector, timestamp(), timestamp()));
        signedGateway.clearAnnouncement(order, a);
        vm.warp(a.expiresAt + 1);
        vm.expectEmit(address(signedGateway));
        emit ISignedOrders.AnnouncementExpired(orderHash, keeper);
        vm.prank(keeper);
        signedGateway.clearAnnouncement(order, a);
        assertEq(vault.fundOf(alice), fund - a.bondXCD, "the relay fee is back");
        assertEq(vault.fundOf(keeper), 0);
        // The order is still valid.
        settle(order, ALL, START_PRICE);
    }
}
