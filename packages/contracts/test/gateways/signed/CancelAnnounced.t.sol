// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SignedOrderState} from "../../../src/gateways/SignedOrderState.sol";
import {Announcement, SignedOrder} from "../../../src/types/SignedOrder.sol";
import {SignedOrderTest} from "./SignedOrderTest.sol";

/// @dev Cancelling an id while one of its orders is announced.
contract SignedOrderGatewayCancelAnnouncedTest is SignedOrderTest {
    /// @dev T16: an account that could cancel an announced order once its price is known would have a free option.
    function test_T16_Cancel_DoesNotEndAnAnnouncement() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        Announcement memory a = announce(order, alice);
        vm.startPrank(alice);
        signedGateway.cancelOrder(order.id);
        signedGateway.cancelAll();
        vm.stopPrank();
        assertTrue(isClosed(order));
        vm.warp(a.executableAt);
        assertTrue(execute(order, a, START_PRICE), "a new nonce does not end it");
        assertEq(sizeOf(alice), 1e18);
    }

    function test_Cancel_WhileAnnounced_ClosesTheIdForOtherOrders() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        Announcement memory a = announce(order, alice);
        SignedOrder memory other = limitOf(alice, false, 2e18, 2010e18);
        bytes memory closed = abi.encodeWithSelector(SignedOrderState.OrderClosed.selector, alice, order.id);
        vm.startPrank(alice);
        signedGateway.cancelOrder(order.id);
        vm.expectRevert(closed);
        signedGateway.announce{value: FEE}(other, "", address(om));
        vm.expectRevert(closed);
        signedGateway.cancelOrder(order.id);
        vm.stopPrank();
        expectSettleRevert(submission(order), ALL, current(START_PRICE), closed);
        expectSettleRevert(submission(other), 1e18, current(START_PRICE), closed);
        // A purge ends the cancelled order.
        vm.prank(alice);
        vault.setOperator(address(signedGateway), false);
        vm.warp(a.executableAt);
        assertFalse(execute(order, a, START_PRICE));
        bytes memory signature = sign(order);
        vm.expectRevert(closed);
        vm.prank(stranger);
        signedGateway.announce{value: FEE}(order, signature, address(om));
    }

    /// @dev T23: earlier fills count, whether the id is cancelled or not.
    function test_T23_Cancel_WhileAnnounced_TheRestIsFilled() public {
        SignedOrder memory order = limitOf(alice, false, 3e18, 2100e18);
        settle(order, 1e18, START_PRICE);
        Announcement memory a = announce(order, alice);
        vm.prank(alice);
        signedGateway.cancelOrder(order.id);
        assertEq(filledOf(order), 1e18);
        vm.warp(a.executableAt);
        assertTrue(execute(order, a, START_PRICE));
        assertEq(sizeOf(alice), 3e18);
        assertEq(filledOf(order), 0);
        assertTrue(isClosed(order));
    }
}
