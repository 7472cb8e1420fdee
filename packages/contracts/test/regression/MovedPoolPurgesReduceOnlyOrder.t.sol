// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Order, OrderRequest} from "../../src/types/Order.sol";
import {OrderGatewayTest} from "../gateways/OrderGatewayTest.sol";

/// @dev A keeper moved the pool so that a reduce-only order with an exact quote amount failed, and received its fee.
contract MovedPoolPurgesReduceOnlyOrderTest is OrderGatewayTest {
    function test_T28_MovedPool_ReduceOnlySellStaysOpen() public {
        buy(alice, address(om), 1e18);
        (uint256 id,) = _executeAfterMovingThePool(true);
        assertTrue(gateway.commitmentOf(id) != 0, "the order must stay open");
    }

    function test_T28_MovedPool_ReduceOnlyBuyStaysOpen() public {
        sell(alice, address(shb), 1e18);
        addMargin(bob, 1_000 * USD);
        sell(bob, address(shb), 1e18);
        (uint256 id, bool isExecuted) = _executeAfterMovingThePool(false);
        if (!isExecuted) assertTrue(gateway.commitmentOf(id) != 0, "the order must stay open");
    }

    /// @dev A reduce-only order of 1,980 quote. It executes at the unmoved pool price, and is never purged at the moved one.
    function _executeAfterMovingThePool(bool isBaseToQuote) private returns (uint256 id, bool isExecuted) {
        OrderRequest memory r = request(address(shb), isBaseToQuote);
        (r.isExactInput, r.isReduceOnly, r.amount) = (!isBaseToQuote, true, 1980e18);
        r.oppositeBound = isBaseToQuote ? type(uint256).max : 0;
        Order memory o;
        (id, o) = create(r);
        vm.warp(o.executableAt);
        bytes[] memory data = update(START_PRICE, o);
        uint256 snapshot = vm.snapshotState();
        assertTrue(execute(id, o, data), "executes at the unmoved pool price");
        vm.revertToState(snapshot);

        spot.moveTo(1965e18);
        vm.prank(keeper);
        try gateway.executeOrder(id, o, data) returns (bool done) {
            assertTrue(done, "purged after the keeper moved the pool");
            isExecuted = true;
        } catch {}
    }
}
