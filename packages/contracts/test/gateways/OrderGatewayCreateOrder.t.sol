// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {OrderGateway} from "../../src/gateways/OrderGateway.sol";
import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {IKeeperErrors} from "../../src/interfaces/IKeeperErrors.sol";
import {AmountTooLarge, MarketNotConfigured, ZeroAmount} from "../../src/types/Errors.sol";
import {Order, OrderRequest} from "../../src/types/Order.sol";
import {OrderGatewayTest} from "./OrderGatewayTest.sol";

contract OrderGatewayCreateOrderTest is OrderGatewayTest {
    function test_Create_KeepsACommitmentAndTheFee() public {
        // 1.6553% of 2,000.
        Order memory expected = Order(
            alice,
            request(address(om), false),
            0,
            uint64(START + 3),
            uint64(START + 13),
            uint64(START + 63),
            1e14,
            33_106_000
        );
        uint256 hash = uint256(gateway.hashOrder(expected));
        vm.expectEmit(address(gateway));
        emit OrderGateway.OrderCreated(hash, alice, expected);
        (uint256 id,) = create(request(address(om), false));
        assertEq(id, hash, "the id is the hash");
        assertEq(gateway.commitmentOf(id), bytes32(hash));
        assertEq(address(gateway).balance, FEE);
    }

    function test_Create_RevertIf_SameOrderInTheSameSecond() public {
        (uint256 id,) = create(request(address(om), false));
        vm.expectRevert(abi.encodeWithSelector(OrderGateway.OrderExists.selector, id));
        vm.prank(alice);
        gateway.createOrder{value: FEE}(request(address(om), false));
        skip(1);
        create(request(address(om), false));
    }

    /// @dev 300,000 gas at 10 gwei, times 150%, plus the floor.
    function test_Create_KeeperFeeFollowsTheBaseFee() public {
        vm.fee(10 gwei);
        uint256 required = 300_000 * 10 gwei * 150 / 100 + FEE;
        assertEq(gateway.minKeeperFeeOf(market), required);
        vm.expectRevert(abi.encodeWithSelector(IKeeperErrors.KeeperFeeTooLow.selector, required - 1, required));
        vm.prank(alice);
        gateway.createOrder{value: required - 1}(request(address(om), false));
        vm.prank(alice);
        gateway.createOrder{value: required}(request(address(om), false));
    }

    /// @dev The bond covers the position that a whole close can trade, so that a position that grows until the execution
    /// is not closed under a smaller bond.
    function test_T44_Create_WholeCloseIsForThePositionAtCreation() public {
        buy(alice, address(om), 2e18);
        OrderRequest memory r = request(address(om), true);
        (r.isReduceOnly, r.amount) = (true, type(uint256).max);
        vm.prank(alice);
        uint256 id = gateway.createOrder{value: FEE}(r);
        r.amount = 2e18;
        Order memory o = terms(alice, r);
        assertEq(id, uint256(gateway.hashOrder(o)));
        buy(alice, address(om), 1e18);
        vm.warp(o.executableAt);
        assertTrue(execute(id, o, update(START_PRICE, o)));
        assertEq(sizeOf(alice), 1e18);
    }

    function test_Create_RevertIf_WholeCloseFindsNoPosition() public {
        OrderRequest memory r = request(address(om), true);
        (r.isReduceOnly, r.amount) = (true, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NothingToReduce.selector, 0, true));
        vm.prank(alice);
        gateway.createOrder{value: FEE}(r);
    }

    function test_Create_RevertIf_AmountExceedsTheLargestBond() public {
        OrderRequest memory r = request(address(om), false);
        for (uint256 i = 0; i < 2; ++i) {
            (r.isExactInput, r.amount) = (i == 1, 2 ** 128);
            vm.expectRevert(abi.encodeWithSelector(AmountTooLarge.selector, 2 ** 128, 2 ** 128 - 1));
            vm.prank(alice);
            gateway.createOrder{value: FEE}(r);
        }
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
