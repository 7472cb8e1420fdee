// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SignedOrderState} from "../../../src/gateways/SignedOrderState.sol";
import {Leg, SignedOrder, Submission} from "../../../src/types/SignedOrder.sol";
import {SignatureTest} from "./SignatureTest.sol";

/// @dev Cancelling by call and by signature.
contract SignedOrderGatewayCancelOrderTest is SignatureTest {
    function test_T23_RevertIf_Cancelled() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        Submission memory s = submission(order);
        vm.expectEmit(address(signedGateway));
        emit SignedOrderState.OrderCancelled(alice, order.id);
        vm.prank(alice);
        signedGateway.cancelOrder(order.id);
        bytes memory closed = abi.encodeWithSelector(SignedOrderState.OrderClosed.selector, order.account, 1);
        _refuse(s, closed);
        vm.expectRevert(closed);
        vm.prank(stranger);
        signedGateway.announce(order, Leg.Entry, s.signature, address(om), new bytes[](0));
        vm.expectRevert(closed);
        vm.prank(alice);
        signedGateway.cancelOrder(order.id);
    }

    function test_T23_RevertIf_AllWereCancelled() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        SignedOrder memory bobs = orderOf(bob, false, 1e18);
        vm.expectEmit(address(signedGateway));
        emit SignedOrderState.NonceSet(alice, 1);
        vm.prank(alice);
        assertEq(signedGateway.cancelAll(), 1);
        _refuse(submission(order), abi.encodeWithSelector(SignedOrderState.WrongNonce.selector, alice, 0, 1));
        settle(bobs, ALL, START_PRICE);
        // A later nonce is not valid yet.
        order.nonce = 2;
        _refuse(submission(order), abi.encodeWithSelector(SignedOrderState.WrongNonce.selector, alice, 2, 1));
        order.nonce = 1;
        settle(order, ALL, START_PRICE);
    }

    function test_Cancel_OfAPartlyFilledOrder() public {
        SignedOrder memory order = limitOf(alice, false, 2e18, 2010e18);
        settle(order, 1e18, START_PRICE);
        vm.prank(alice);
        signedGateway.cancelOrder(order.id);
        assertTrue(isClosed(order));
        _refuse(submission(order), abi.encodeWithSelector(SignedOrderState.OrderClosed.selector, alice, 1));
    }

    function test_CancelBySig_ByAnyCaller() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        bytes memory signature = signBy(keyOf[alice], cancelDigest(order));
        vm.prank(stranger);
        signedGateway.cancelOrderBySig(order.account, order.id, signature);
        assertTrue(isClosed(order));
    }

    function test_CancelBySig_RevertIf_SignerIsNotTheAccount() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        // Each account has its own ids.
        vm.prank(bob);
        signedGateway.cancelOrder(order.id);
        assertFalse(isClosed(order));
        bytes32 digest = cancelDigest(order);
        bytes memory signature = signBy(keyOf[bob], digest);
        vm.expectRevert(abi.encodeWithSelector(SignedOrderState.InvalidSignature.selector, alice, digest));
        signedGateway.cancelOrderBySig(order.account, order.id, signature);
        // The order's own signature cancels nothing.
        signature = sign(order);
        vm.expectRevert(abi.encodeWithSelector(SignedOrderState.InvalidSignature.selector, alice, digest));
        signedGateway.cancelOrderBySig(order.account, order.id, signature);
    }

    /// @dev Ids share words of 256 bits, and each id has its own bits.
    function test_Cancel_ClosesItsOwnIdAndNoOther() public {
        vm.prank(alice);
        signedGateway.cancelOrder(1);
        for (uint256 id = 0; id < 600; ++id) {
            assertEq(signedGateway.isClosed(alice, id), id == 1);
        }
    }
}
