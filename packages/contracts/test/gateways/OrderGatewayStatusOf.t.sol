// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Order, OrderStatus} from "../../src/types/Order.sol";
import {OrderGatewayTest} from "./OrderGatewayTest.sol";

/// @dev statusOf in each phase of an order.
contract OrderGatewayStatusOfTest is OrderGatewayTest {
    function test_StatusOf() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        assertEq(uint256(gateway.statusOf(id, o)), uint256(OrderStatus.Delayed));
        assertEq(uint256(gateway.statusOf(id + 1, o)), uint256(OrderStatus.Unknown));
        vm.warp(o.executableAt);
        assertEq(uint256(gateway.statusOf(id, o)), uint256(OrderStatus.Executable));
        vm.warp(o.expiresAt);
        assertEq(uint256(gateway.statusOf(id, o)), uint256(OrderStatus.Executable));
        vm.warp(uint256(o.expiresAt) + 1);
        assertEq(uint256(gateway.statusOf(id, o)), uint256(OrderStatus.Expired));
        o.keeperFee += 1;
        assertEq(uint256(gateway.statusOf(id, o)), uint256(OrderStatus.Unknown));
    }
}
