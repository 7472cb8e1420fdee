// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SignedOrderState} from "../../../src/gateways/SignedOrderState.sol";
import {ISignedOrders} from "../../../src/interfaces/ISignedOrders.sol";
import {Announcement, Leg, SignedOrder} from "../../../src/types/SignedOrder.sol";
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
        signedGateway.announce(other, Leg.Entry, "", address(om), new bytes[](0));
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
        signedGateway.announce(order, Leg.Entry, signature, address(om), new bytes[](0));
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

    // ------------------------------------------------------------------------------ before the price is known ----

    function test_CancelAnnouncement_EndsIt_AndClosesTheId() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        Announcement memory a = announceAt(order, Leg.Entry, START_PRICE, keeper);
        bytes32 orderHash = signedGateway.hashOrder(order);
        vm.warp(a.executableAt - 1);
        vm.expectEmit(address(signedGateway));
        emit SignedOrderState.OrderCancelled(alice, order.id);
        vm.expectEmit(address(signedGateway));
        emit ISignedOrders.AnnouncementCancelled(orderHash, alice);
        vm.prank(alice);
        signedGateway.cancelAnnouncement(order, a, "");
        assertTrue(isClosed(order));
        _refuseExecution(order, a);
        skip(60);
        bytes memory closed = abi.encodeWithSelector(SignedOrderState.OrderClosed.selector, alice, order.id);
        expectAnnounceRevert(order, Leg.Entry, current(START_PRICE), closed);
    }

    /// @dev The id was cancelled before; the announcement ends all the same.
    function test_CancelAnnouncement_AfterTheId() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        Announcement memory a = announceAt(order, Leg.Entry, START_PRICE, keeper);
        vm.startPrank(alice);
        signedGateway.cancelOrder(order.id);
        signedGateway.cancelAnnouncement(order, a, "");
        vm.stopPrank();
        _refuseExecution(order, a);
    }

    /// @dev T16: from `executableAt` on, the price may be known.
    function test_T16_RevertIf_TheAnnouncementIsExecutable() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        Announcement memory a = announceAt(order, Leg.Entry, START_PRICE, keeper);
        vm.warp(a.executableAt);
        bytes memory reason =
            abi.encodeWithSelector(ISignedOrders.AnnouncementIsExecutable.selector, timestamp(), a.executableAt);
        vm.expectRevert(reason);
        vm.prank(alice);
        signedGateway.cancelAnnouncement(order, a, "");
        // The losing order executes.
        assertTrue(execute(order, a, 2100e18));
        assertEq(sizeOf(alice), 1e18);
    }

    /// @dev T16, T38: the clock of the chain lags, and the stored price is already the one of the execution.
    function test_T38_RevertIf_TheStoredPriceReachesTheExecutableTime() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        Announcement memory a = announceAt(order, Leg.Entry, START_PRICE, keeper);
        bytes[] memory ahead = new bytes[](1);
        ahead[0] = priceUpdate(2100e18, a.executableAt, a.executableAt - 1);
        pyth.updatePriceFeeds{value: 1}(ahead);
        bytes memory reason =
            abi.encodeWithSelector(ISignedOrders.AnnouncementIsExecutable.selector, a.executableAt, a.executableAt);
        vm.expectRevert(reason);
        vm.prank(alice);
        signedGateway.cancelAnnouncement(order, a, "");
    }

    function test_CancelAnnouncement_RevertIf_NotTheAccount() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        Announcement memory a = announceAt(order, Leg.Entry, START_PRICE, keeper);
        bytes memory signature = signBy(keyOf[bob], cancelDigest(order));
        vm.expectRevert(abi.encodeWithSelector(SignedOrderState.InvalidSignature.selector, alice, cancelDigest(order)));
        vm.prank(keeper);
        signedGateway.cancelAnnouncement(order, a, signature);
    }

    function test_CancelAnnouncement_ReturnsFeeAndBond() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        uint256 fund = vault.fundOf(alice);
        Announcement memory a = announceAt(order, Leg.Entry, START_PRICE, keeper);
        assertEq(vault.fundOf(alice), fund - RELAY_FEE - a.bondXCD);
        (uint256 held, uint256 bound) = vault.escrowOf(alice, address(signedGateway));
        assertEq(held, a.bondXCD);
        assertEq(bound, a.bondXCD);
        vm.prank(alice);
        signedGateway.cancelAnnouncement(order, a, "");
        (, bound) = vault.escrowOf(alice, address(signedGateway));
        assertEq(bound, 0);
        assertEq(vault.fundOf(alice), fund - a.bondXCD, "the freed bond stays in the escrow");
    }

    function _refuseExecution(SignedOrder memory order, Announcement memory a) private {
        vm.warp(a.executableAt);
        bytes32 orderHash = signedGateway.hashOrder(order);
        bytes[] memory data = first(START_PRICE, a);
        vm.expectRevert(
            abi.encodeWithSelector(
                ISignedOrders.UnknownAnnouncement.selector, orderHash, signedGateway.hashAnnouncement(orderHash, a)
            )
        );
        vm.prank(keeper);
        signedGateway.executeAnnounced(order, a, data);
        assertEq(sizeOf(alice), 0);
    }
}
