// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {PythErrors} from "@pythnetwork/pyth-sdk-solidity/PythErrors.sol";
import {LpQueue} from "../../src/makers/lp/LpQueue.sol";
import {OrderGateway} from "../../src/gateways/OrderGateway.sol";
import {Order, OrderRequest, OrderStatus} from "../../src/types/Order.sol";
import {OrderGatewayTest} from "./OrderGatewayTest.sol";

/// @dev Orders that wait for an earlier one.
contract OrderGatewayCreateOrderAfterTest is OrderGatewayTest {
    /// @dev A close of the position of one base.
    function closing(address maker) private view returns (OrderRequest memory r) {
        r = request(maker, true);
        r.isReduceOnly = true;
    }

    function createAfter(OrderRequest memory r, uint256 previousId, Order memory previous)
        private
        returns (uint256 id, Order memory o)
    {
        o = terms(alice, r);
        o.previousOrderId = previousId;
        // At a fixed price both orders share one window.
        if (r.maker == address(om)) o.lastPriceAt = previous.lastPriceAt;
        vm.prank(alice);
        id = gateway.createOrderAfter{value: FEE}(r, previousId, previous);
        assertEq(gateway.commitmentOf(id), gateway.hashOrder(o));
    }

    /// @dev The reason for the link: without it, a keeper that executes the close first ends it.
    function test_After_WithoutTheLink_TheCloseIsPurgedBeforeItsOpen() public {
        create(request(address(om), false));
        (uint256 id, Order memory o) = create(closing(address(om)));
        vm.warp(o.executableAt);
        assertFalse(execute(id, o, update(START_PRICE, o)));
    }

    function test_After_TheCloseWaitsForTheOpen() public {
        (uint256 id1, Order memory o1) = create(request(address(om), false));
        skip(1);
        (uint256 id2, Order memory o2) = createAfter(closing(address(om)), id1, o1);
        vm.warp(o2.executableAt);
        assertEq(uint256(gateway.statusOf(id2, o2)), uint256(OrderStatus.Waiting));
        bytes[] memory data = update(2010e18, o2);
        vm.expectRevert(abi.encodeWithSelector(OrderGateway.PreviousOrderAlive.selector, id2, id1));
        execute(id2, o2, data);
        assertTrue(execute(id1, o1, update(2000e18, o1)));
        assertEq(sizeOf(alice), 1e18);
        assertEq(uint256(gateway.statusOf(id2, o2)), uint256(OrderStatus.Executable));
        assertTrue(execute(id2, o2, data));
        assertEq(sizeOf(alice), 0);
        assertEq(uint256(gateway.statusOf(id2, o2)), uint256(OrderStatus.Unknown));
    }

    /// @dev T33: neither order prevents the other, whichever a keeper executes first.
    function test_T33_WaitingOrder_PreventsNeitherExecution() public {
        (uint256 id1, Order memory o1) = create(request(address(om), false));
        skip(5);
        (uint256 id2, Order memory o2) = createAfter(closing(address(om)), id1, o1);
        vm.warp(o2.executableAt + 20);
        setPrice(2300e18);
        bytes[] memory data2 = update(2100e18, o2);
        vm.expectRevert(abi.encodeWithSelector(OrderGateway.PreviousOrderAlive.selector, id2, id1));
        execute(id2, o2, data2);
        assertTrue(execute(id1, o1, update(1950e18, o1)));
        assertTrue(execute(id2, o2, data2));
    }

    function test_After_APurgedOrder_IsExecutable() public {
        OrderRequest memory r = request(address(om), false);
        r.oppositeBound = 1;
        (uint256 id1, Order memory o1) = create(r);
        (uint256 id2, Order memory o2) = createAfter(request(address(om), false), id1, o1);
        vm.warp(o2.executableAt);
        assertFalse(execute(id1, o1, update(START_PRICE, o1)));
        assertTrue(execute(id2, o2, update(START_PRICE, o2)));
    }

    function test_After_AnExpiredOrder_IsExecutable() public {
        (uint256 id1, Order memory o1) = create(request(address(om), false));
        skip(10);
        (uint256 id2, Order memory o2) = createAfter(request(address(om), false), id1, o1);
        vm.warp(uint256(o1.expiresAt) + 1);
        gateway.cancelOrder(id1, o1);
        assertTrue(execute(id2, o2, update(START_PRICE, o2)));
    }

    /// @dev The taker need not know whether the earlier order is still open.
    function test_After_AnEndedOrder_CreatesAnOrderWithoutALink() public {
        (uint256 id1, Order memory o1) = create(request(address(om), false));
        vm.warp(o1.executableAt);
        execute(id1, o1, update(START_PRICE, o1));
        OrderRequest memory r = closing(address(om));
        Order memory expected = terms(alice, r);
        vm.prank(alice);
        uint256 id2 = gateway.createOrderAfter{value: FEE}(r, id1, o1);
        assertEq(gateway.commitmentOf(id2), gateway.hashOrder(expected));
    }

    function test_After_RevertIf_PreviousIsUnknown() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        OrderRequest memory r = closing(address(om));
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(OrderGateway.UnknownOrder.selector, 0, bytes32(id)));
        gateway.createOrderAfter{value: FEE}(r, 0, o);
        vm.expectRevert(abi.encodeWithSelector(OrderGateway.UnknownOrder.selector, id + 1, bytes32(id)));
        gateway.createOrderAfter{value: FEE}(r, id + 1, o);
        o.request.maker = address(shb);
        bytes memory refusal = abi.encodeWithSelector(OrderGateway.UnknownOrder.selector, id, gateway.hashOrder(o));
        vm.expectRevert(refusal);
        gateway.createOrderAfter{value: FEE}(r, id, o);
        vm.stopPrank();
    }

    /// @dev T16: Alice delays an order against the hedged maker by a bound that the pool just misses. If an order at a
    /// fixed price could wait for it, she would decide later whether that price is executed.
    function test_T16_RevertIf_AFixedPriceWaitsForAPoolPrice() public {
        OrderRequest memory r = request(address(shb), true);
        r.oppositeBound = 2005e18;
        (uint256 id, Order memory o) = create(r);
        OrderRequest memory later = request(address(om), false);
        vm.expectRevert(abi.encodeWithSelector(OrderGateway.MayNotWait.selector, address(om), address(shb)));
        vm.prank(alice);
        gateway.createOrderAfter{value: FEE}(later, id, o);
    }

    /// @dev T16: the owner has shortened the delay. The price of the later order would exist while that of the earlier one
    /// does not, so that the later order could not be executed at a price that its taker knows.
    function test_T16_After_WindowBeginsNoEarlier_DelayWasShortened() public {
        vm.startPrank(owner());
        // Requests of LPs wait no shorter than orders (T59).
        omRequests.setRules(LpQueue.Rules(8, 60, 0));
        shbRequests.setRules(LpQueue.Rules(8, 60, 0));
        gateway.setRules(market, orderRules(8, 10, 60, uint64(FEE)));
        vm.stopPrank();
        OrderRequest memory r = request(address(om), false);
        Order memory o = terms(alice, r);
        (o.executableAt, o.lastPriceAt, o.expiresAt) = (uint64(START + 8), uint64(START + 18), uint64(START + 68));
        vm.prank(alice);
        uint256 id = gateway.createOrder{value: FEE}(r);
        vm.prank(owner());
        gateway.setRules(market, orderRules(3, 10, 60, uint64(FEE)));
        Order memory later = terms(alice, closing(address(om)));
        later.previousOrderId = id;
        (later.executableAt, later.lastPriceAt, later.expiresAt) = (o.executableAt, o.lastPriceAt, o.expiresAt);
        vm.prank(alice);
        uint256 laterId = gateway.createOrderAfter{value: FEE}(later.request, id, o);
        assertEq(laterId, uint256(gateway.hashOrder(later)));
        // The price of the later order alone cannot exist: both execute at one.
        vm.warp(START + 9);
        assertTrue(execute(id, o, update(START_PRICE, o)));
        assertTrue(execute(laterId, later, update(START_PRICE, later)));
        assertEq(sizeOf(alice), 0);
    }

    /// @dev T16: no caller can end an order of a market whose feed is dead. The price of an order that waits for it
    /// would be known to its taker for a minute.
    function test_T16_RevertIf_ItWaitsForAnOrderOfAnotherMarket() public {
        vm.prank(owner());
        gateway.setRules(2, orderRules(3, 10, 60, 1));
        OrderRequest memory r = request(address(om), false);
        // Without a bond, which would need a price of the market.
        (r.marketId, r.isPoolPriced) = (2, true);
        (uint256 id, Order memory o) = create(r);
        vm.expectRevert(abi.encodeWithSelector(OrderGateway.OtherMarket.selector, market, 2));
        vm.prank(alice);
        gateway.createOrderAfter{value: FEE}(request(address(om), false), id, o);
    }

    /// @dev Orders at the pool's price may wait for any order. Any order may wait for one that every caller can end at
    /// once.
    function test_After_AdmittedPairsOfMakers() public {
        (uint256 id, Order memory o) = create(request(address(shb), true));
        createAfter(request(address(shb), true), id, o);
        (id, o) = create(request(address(om), true));
        createAfter(request(address(shb), true), id, o);
        createAfter(request(address(om), true), id, o);
        // An order at the pool's price may wait for any order at any time.
        (id, o) = create(request(bob, true));
        skip(30);
        createAfter(request(address(shb), true), id, o);
    }

    /// @dev T16: a maker that is registered later may hedge, and delay the order.
    function test_T16_RevertIf_AFixedPriceWaitsForAnUnregisteredMaker() public {
        (uint256 id, Order memory o) = create(request(bob, true));
        OrderRequest memory later = request(address(om), false);
        vm.expectRevert(abi.encodeWithSelector(OrderGateway.MayNotWait.selector, address(om), bob));
        vm.prank(alice);
        gateway.createOrderAfter{value: FEE}(later, id, o);
    }

    /// @dev T16: Pyth publishes nothing during the window of the first order, so that no caller can end it for a
    /// minute. The next price is not valid for the second order, because its taker could decide during that minute.
    function test_T16_WaitingFixedPrice_EndsWithTheWindowOfTheEarlierOrder() public {
        (uint256 id1, Order memory o1) = create(request(address(om), false));
        skip(9);
        (uint256 id2, Order memory o2) = createAfter(request(address(om), true), id1, o1);
        assertEq(o2.lastPriceAt, o1.lastPriceAt);
        vm.warp(o1.lastPriceAt + 1);
        bytes[] memory data = new bytes[](1);
        data[0] = priceUpdate(START_PRICE, o1.lastPriceAt + 1, o1.executableAt - 1);
        vm.warp(uint256(o1.expiresAt) + 1);
        gateway.cancelOrder(id1, o1);
        vm.expectRevert(abi.encodeWithSelector(PythErrors.PriceFeedNotFoundWithinRange.selector));
        execute(id2, o2, data);
    }

    /// @dev The last second at which one price can serve both orders.
    function test_After_RevertIf_TheEarlierWindowEndsBeforeItsOwnBegins() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        skip(10);
        createAfter(request(address(om), true), id, o);
        skip(1);
        OrderRequest memory later = request(address(om), true);
        vm.expectRevert(
            abi.encodeWithSelector(OrderGateway.TooLateToWait.selector, uint256(o.lastPriceAt) + 1, o.lastPriceAt)
        );
        vm.prank(alice);
        gateway.createOrderAfter{value: FEE}(later, id, o);
    }
}
