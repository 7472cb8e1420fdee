// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {OrderGateway} from "../../src/gateways/OrderGateway.sol";
import {IKeeperErrors} from "../../src/interfaces/IKeeperErrors.sol";
import {MarketNotConfigured, ZeroAmount} from "../../src/types/Errors.sol";
import {Order, OrderRequest} from "../../src/types/Order.sol";
import {OrderGatewayTest} from "./OrderGatewayTest.sol";

contract OrderGatewayCreateOrderTest is OrderGatewayTest {
    function test_Create_KeepsACommitmentAndTheFee() public {
        Order memory expected = Order(
            alice, request(address(om), false), 0, uint64(START + 3), uint64(START + 13), uint64(START + 63), 1e14
        );
        vm.expectEmit(address(gateway));
        emit OrderGateway.OrderCreated(1, alice, expected);
        (uint256 id, Order memory o) = create(request(address(om), false));
        assertEq(id, 1);
        assertEq(gateway.commitmentOf(1), gateway.hashOrder(o));
        assertEq(address(gateway).balance, FEE);
    }

    function test_Create_RevertIf_FeeIsTooLow() public {
        vm.expectRevert(abi.encodeWithSelector(IKeeperErrors.KeeperFeeTooLow.selector, FEE - 1, FEE));
        vm.prank(alice);
        gateway.createOrder{value: FEE - 1}(request(address(om), false));
    }

    function test_Create_RevertIf_AmountIsZero() public {
        OrderRequest memory r = request(address(om), false);
        r.amount = 0;
        vm.expectRevert(abi.encodeWithSelector(ZeroAmount.selector));
        vm.prank(alice);
        gateway.createOrder{value: FEE}(r);
    }

    function test_Create_RevertIf_MarketIsNotConfigured() public {
        OrderRequest memory r = request(address(om), false);
        r.marketId = 2;
        vm.expectRevert(abi.encodeWithSelector(MarketNotConfigured.selector, 2));
        vm.prank(alice);
        gateway.createOrder{value: FEE}(r);
    }
}
