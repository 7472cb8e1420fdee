// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {OrderGateway} from "../../src/gateways/OrderGateway.sol";
import {Order} from "../../src/types/Order.sol";
import {OrderGatewayTest} from "./OrderGatewayTest.sol";

/// @dev Cancelling of expired orders.
contract OrderGatewayCancelOrderTest is OrderGatewayTest {
    /// @dev T16: a taker that could cancel an order once its price is known would have a free option.
    function test_T16_RevertIf_CancelledBeforeItExpires() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        vm.warp(o.expiresAt);
        vm.expectRevert(
            abi.encodeWithSelector(OrderGateway.OrderNotExpired.selector, uint256(o.expiresAt), uint256(o.expiresAt))
        );
        vm.prank(alice);
        gateway.cancelOrder(id, o);
    }

    /// @dev The taker and the account that deletes the order share the fee, and the bond is free.
    function test_Cancel_ExpiredOrder_PaysTheCallerHalf() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        vm.warp(uint256(o.expiresAt) + 1);
        vm.expectEmit(address(gateway));
        emit OrderGateway.OrderExpired(id, alice, stranger);
        vm.prank(stranger);
        gateway.cancelOrder(id, o);
        assertEq(stranger.balance, FEE / 2);
        assertEq(gateway.creditOf(alice), FEE / 2);
        assertEq(address(gateway).balance, FEE / 2);
        (uint256 escrow, uint256 bound) = vault.escrowOf(alice, address(gateway));
        assertEq(escrow, o.bondXCD);
        assertEq(bound, 0);
        assertEq(gateway.commitmentOf(id), 0);
        vm.expectRevert(abi.encodeWithSelector(OrderGateway.UnknownOrder.selector, id, gateway.hashOrder(o)));
        vm.prank(stranger);
        gateway.cancelOrder(id, o);
    }

    function test_Cancel_ExpiredOrder_TakerReceivesTheWholeFee() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        vm.warp(uint256(o.expiresAt) + 1);
        uint256 before = alice.balance;
        vm.prank(alice);
        gateway.cancelOrder(id, o);
        assertEq(alice.balance, before + FEE);
        assertEq(gateway.creditOf(alice), 0);
    }
}
