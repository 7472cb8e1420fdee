// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ISignedOrders} from "../../../src/interfaces/ISignedOrders.sol";
import {SignedOrderState} from "../../../src/gateways/SignedOrderState.sol";
import {OrderPastExpiry} from "../../../src/types/Errors.sol";
import {Announcement, Leg, SignedOrder, Trigger} from "../../../src/types/SignedOrder.sol";
import {SignedOrderTest} from "./SignedOrderTest.sol";

/// @dev Announcements of orders that are executed without a relayer.
contract SignedOrderGatewayAnnounceTest is SignedOrderTest {
    bytes[] private _none;

    function test_Announce_ByItsAccount_NeedsNoSignatureAndChoosesTheMaker() public {
        SignedOrder memory order = limitOf(alice, true, 1e18, 1990e18);
        Announcement memory a = announceWith(order, Leg.Entry, "", address(shb), _none, alice);
        vm.warp(a.executableAt);
        assertTrue(execute(order, a, START_PRICE));
        assertEq(sizeOf(address(shb)), 1e18);
    }

    function test_Announce_RevertIf_AnotherCallerChoosesTheMaker() public {
        SignedOrder memory order = limitOf(alice, true, 1e18, 1990e18);
        bytes memory signature = sign(order);
        vm.expectRevert(abi.encodeWithSelector(SignedOrderState.NotOrderAccount.selector, stranger, alice));
        vm.prank(stranger);
        signedGateway.announce(order, Leg.Entry, signature, address(shb), _none);
    }

    function test_Announce_RevertIf_FeeMakerSignatureOrExpiryIsInvalid() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        bytes memory signature = sign(order);
        vm.startPrank(stranger);
        vm.expectRevert(abi.encodeWithSelector(ISignedOrders.WrongMaker.selector, address(shb), address(om)));
        signedGateway.announce(order, Leg.Entry, signature, address(shb), _none);
        bytes32 digest = signedGateway.hashOrder(order);
        vm.expectRevert(abi.encodeWithSelector(SignedOrderState.InvalidSignature.selector, alice, digest));
        signedGateway.announce(order, Leg.Entry, "", address(om), _none);
        vm.stopPrank();
        // The order must not expire before its executable time.
        vm.warp(order.expiresAt - 2);
        vm.expectRevert(abi.encodeWithSelector(OrderPastExpiry.selector, order.expiresAt + 1, order.expiresAt));
        vm.prank(alice);
        signedGateway.announce(order, Leg.Entry, signature, address(om), _none);
    }

    function test_Announce_RevertIf_AnnouncedAlready() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        announce(order, stranger);
        bytes32 orderHash = signedGateway.hashOrder(order);
        vm.expectRevert(abi.encodeWithSelector(ISignedOrders.OrderIsAnnounced.selector, orderHash));
        vm.prank(alice);
        signedGateway.announce(order, Leg.Entry, "", address(om), _none);
    }

    /// @dev A caller that has one signature announces the order, purges it for the fee that it attached, and announces
    /// it again.
    function test_Announce_ByAnotherCaller_DoesNotDelayTheAccount() public {
        buy(alice, address(om), 10e18);
        SignedOrder memory profit = orderOf(alice, true, 10e18);
        (profit.isReduceOnly, profit.trigger, profit.triggerPrice) = (true, Trigger.TakeProfit, 2500e18);
        SignedOrder memory stop = orderOf(alice, true, 10e18);
        (stop.isReduceOnly, stop.trigger, stop.triggerPrice) = (true, Trigger.Stop, 1900e18);
        Announcement memory a = announce(profit, stranger);
        vm.warp(a.executableAt);
        bytes[] memory data = first(1950e18, a);
        vm.prank(stranger);
        assertFalse(signedGateway.executeAnnounced(profit, a, data));
        skip(57);
        a = announce(profit, stranger);
        uint256 snapshot = vm.snapshotState();

        // The alternative has its own announcement.
        Announcement memory b = announce(stop, alice);
        vm.warp(b.executableAt);
        assertTrue(execute(stop, b, 1800e18));
        assertEq(sizeOf(alice), 0);
        assertFalse(execute(profit, a, 1800e18), "filled");
        vm.revertToState(snapshot);

        // The account can cancel the id, so that this announcement is the last.
        vm.prank(alice);
        signedGateway.cancelOrder(profit.id);
        vm.warp(a.executableAt);
        assertFalse(execute(profit, a, 1950e18));
        bytes memory signature = sign(profit);
        vm.expectRevert(abi.encodeWithSelector(SignedOrderState.OrderClosed.selector, alice, profit.id));
        vm.prank(stranger);
        signedGateway.announce(profit, Leg.Entry, signature, address(om), _none);
        assertEq(sizeOf(alice), 10e18);
    }
}
