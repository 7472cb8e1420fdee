// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Order, OrderRequest} from "../../src/types/Order.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev A keeper moved the pool so that a reduce-only order with an exact quote amount failed, and received its fee.
contract MovedPoolPurgesReduceOnlyOrderTest is ExchangeTest {
    function _create(address taker, OrderRequest memory request) internal returns (uint256 id, Order memory o) {
        vm.deal(taker, 1 ether);
        vm.startPrank(taker);
        vault.setOperator(address(gateway), true);
        id = gateway.createOrder{value: 0.001 ether}(request);
        vm.stopPrank();
        o = Order({
            taker: taker,
            request: request,
            previousOrderId: 0,
            executableAt: uint64(timestamp() + 3),
            lastPriceAt: uint64(timestamp() + 13),
            expiresAt: uint64(timestamp() + 63),
            keeperFee: 0.001 ether
        });
    }

    function _update(uint256 price, uint256 time) internal view returns (bytes[] memory u) {
        u = new bytes[](1);
        u[0] = priceUpdate(price, time, time - 1);
    }

    function test_T28_MovedPool_ReduceOnlySellStaysOpen() public {
        addMargin(alice, 1_000 * USD);
        buy(alice, address(om), 1e18);
        (uint256 id, Order memory o) = _create(
            alice,
            OrderRequest({
                marketId: market,
                maker: address(shb),
                isBaseToQuote: true,
                isExactInput: false,
                isReduceOnly: true,
                returnsMargin: false,
                amount: 1980e18,
                oppositeBound: type(uint256).max
            })
        );
        vm.warp(o.executableAt);
        bytes[] memory update = _update(2000e18, o.executableAt);
        uint256 snap = vm.snapshotState();
        vm.prank(keeper);
        assertTrue(gateway.executeOrder(id, o, update), "executes at the unmoved pool price");
        vm.revertToState(snap);

        spot.moveTo(1965e18);
        vm.prank(keeper);
        try gateway.executeOrder(id, o, update) returns (bool done) {
            assertTrue(done, "purged after the keeper moved the pool");
        } catch {}
        assertTrue(gateway.commitmentOf(id) != 0, "the order must stay open");
    }

    function test_T28_MovedPool_ReduceOnlyBuyStaysOpen() public {
        addMargin(alice, 1_000 * USD);
        sell(alice, address(shb), 1e18);
        addMargin(bob, 1_000 * USD);
        sell(bob, address(shb), 1e18);
        (uint256 id, Order memory o) = _create(
            alice,
            OrderRequest({
                marketId: market,
                maker: address(shb),
                isBaseToQuote: false,
                isExactInput: true,
                isReduceOnly: true,
                returnsMargin: false,
                amount: 1980e18,
                oppositeBound: 0
            })
        );
        vm.warp(o.executableAt);
        bytes[] memory update = _update(2000e18, o.executableAt);
        uint256 snap = vm.snapshotState();
        vm.prank(keeper);
        assertTrue(gateway.executeOrder(id, o, update), "executes at the unmoved pool price");
        vm.revertToState(snap);

        spot.moveTo(1965e18);
        vm.prank(keeper);
        try gateway.executeOrder(id, o, update) returns (bool done) {
            assertTrue(done, "purged after the keeper moved the pool");
        } catch {
            assertTrue(gateway.commitmentOf(id) != 0, "the order must stay open");
        }
    }
}
