// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {PythErrors} from "@pythnetwork/pyth-sdk-solidity/PythErrors.sol";
import {OrderGateway} from "../../src/gateways/OrderGateway.sol";
import {IKeeperErrors} from "../../src/interfaces/IKeeperErrors.sol";
import {PythOracle} from "../../src/oracle/PythOracle.sol";
import {MarketNotConfigured, NotYetExecutable, OrderPastExpiry, ZeroAmount} from "../../src/types/Errors.sol";
import {Order, OrderRequest, OrderStatus} from "../../src/types/Order.sol";
import {OrderGatewayFixture} from "./OrderGatewayFixture.sol";

contract OrderGatewayCreateTest is OrderGatewayFixture {
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

    function test_SetRules_RevertIf_Invalid() public {
        vm.startPrank(owner());
        OrderGateway.Rules memory rules = OrderGateway.Rules(0, 10, 60, 0);
        vm.expectRevert(abi.encodeWithSelector(OrderGateway.InvalidRules.selector, rules));
        gateway.setRules(market, rules);
        rules = OrderGateway.Rules(3, 0, 60, 0);
        vm.expectRevert(abi.encodeWithSelector(OrderGateway.InvalidRules.selector, rules));
        gateway.setRules(market, rules);
        rules = OrderGateway.Rules(3, 10, 9, 0);
        vm.expectRevert(abi.encodeWithSelector(OrderGateway.InvalidRules.selector, rules));
        gateway.setRules(market, rules);
        vm.stopPrank();
    }

    /// @dev T16: whoever could take an order back once its price is known would have a free option.
    function test_T16_RevertIf_CancelledBeforeItExpires() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        vm.warp(o.expiresAt);
        vm.expectRevert(
            abi.encodeWithSelector(OrderGateway.OrderNotExpired.selector, uint256(o.expiresAt), uint256(o.expiresAt))
        );
        vm.prank(alice);
        gateway.cancelOrder(id, o);
    }

    function test_Cancel_PaysWhoeverClearsAnExpiredOrder() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        vm.warp(uint256(o.expiresAt) + 1);
        vm.expectEmit(address(gateway));
        emit OrderGateway.OrderExpired(id, alice, stranger);
        vm.prank(stranger);
        gateway.cancelOrder(id, o);
        assertEq(stranger.balance, FEE);
        assertEq(gateway.commitmentOf(id), 0);
        vm.expectRevert(abi.encodeWithSelector(OrderGateway.UnknownOrder.selector, id, gateway.hashOrder(o)));
        vm.prank(stranger);
        gateway.cancelOrder(id, o);
    }
}

contract OrderGatewayExecuteTest is OrderGatewayFixture {
    function test_Execute_TradesAtTheUniquePrice() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        vm.warp(o.executableAt);
        vm.expectEmit(address(gateway));
        emit OrderGateway.OrderExecuted(id, alice, keeper, 1e18, -2100.021e18, 2100e18);
        assertTrue(execute(id, o, update(2100e18, o)));
        assertEq(sizeOf(alice), 1e18);
        assertEq(keeper.balance, FEE);
        assertEq(address(gateway).balance, 0);
        assertEq(gateway.commitmentOf(id), 0);
    }

    function test_Execute_RevertIf_TooEarly() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        vm.warp(o.executableAt - 1);
        bytes[] memory data = update(2000e18, o);
        vm.expectRevert(
            abi.encodeWithSelector(NotYetExecutable.selector, uint256(o.executableAt) - 1, uint256(o.executableAt))
        );
        execute(id, o, data);
    }

    function test_Execute_RevertIf_Expired() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        vm.warp(uint256(o.expiresAt) + 1);
        bytes[] memory data = update(2000e18, o);
        vm.expectRevert(
            abi.encodeWithSelector(OrderPastExpiry.selector, uint256(o.expiresAt) + 1, uint256(o.expiresAt))
        );
        execute(id, o, data);
    }

    function test_Execute_RevertIf_OrderIsNotTheOneCommitted() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        vm.warp(o.executableAt);
        bytes[] memory data = update(2000e18, o);
        Order[8] memory forged;
        for (uint256 i = 0; i < 8; ++i) {
            forged[i] = abi.decode(abi.encode(o), (Order));
        }
        forged[0].taker = bob;
        forged[1].request.amount = 2e18;
        forged[2].executableAt -= 1;
        forged[3].expiresAt += 1;
        forged[4].keeperFee += 1;
        forged[5].lastPriceAt += 1;
        forged[6].previousOrderId = 1;
        forged[7].request.returnsMargin = true;
        for (uint256 i = 0; i < 8; ++i) {
            bytes memory refusal =
                abi.encodeWithSelector(OrderGateway.UnknownOrder.selector, id, gateway.hashOrder(forged[i]));
            vm.expectRevert(refusal);
            execute(id, forged[i], data);
        }
        bytes memory unknown = abi.encodeWithSelector(OrderGateway.UnknownOrder.selector, id + 1, gateway.hashOrder(o));
        vm.expectRevert(unknown);
        execute(id + 1, o, data);
        execute(id, o, data);
        unknown = abi.encodeWithSelector(OrderGateway.UnknownOrder.selector, id, gateway.hashOrder(o));
        vm.expectRevert(unknown);
        execute(id, o, data);
    }

    // ------------------------------------------------------------------------------------------- the unique price ----

    /// @dev T15: a later price whose predecessor also qualifies is one that somebody chose.
    function test_T15_RevertIf_PriceIsNotTheFirst() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        vm.warp(o.executableAt + 5);
        bytes[] memory data = new bytes[](1);
        data[0] = priceUpdate(1900e18, o.executableAt + 2, o.executableAt);
        vm.expectRevert(abi.encodeWithSelector(PythErrors.PriceFeedNotFoundWithinRange.selector));
        execute(id, o, data);
        // Published later, but the first since then: prices come with gaps.
        data[0] = priceUpdate(1900e18, o.executableAt + 2, o.executableAt - 1);
        assertTrue(execute(id, o, data));
    }

    function test_T15_RevertIf_PriceIsOutsideTheWindow() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        vm.warp(o.executableAt + 20);
        bytes[] memory data = new bytes[](1);
        data[0] = priceUpdate(1900e18, o.executableAt - 1, o.executableAt - 2);
        vm.expectRevert(abi.encodeWithSelector(PythErrors.PriceFeedNotFoundWithinRange.selector));
        execute(id, o, data);
        data[0] = priceUpdate(1900e18, o.executableAt + 11, o.executableAt - 1);
        vm.expectRevert(abi.encodeWithSelector(PythErrors.PriceFeedNotFoundWithinRange.selector));
        execute(id, o, data);
        data[0] = priceUpdate(1900e18, o.executableAt + 10, o.executableAt - 1);
        assertTrue(execute(id, o, data));
    }

    /// @dev T33: an execution price may be older than the stored one.
    function test_T33_LaterOrdersDoNotKillEarlierOnes() public {
        (uint256 id1, Order memory o1) = create(request(address(om), false));
        skip(2);
        (uint256 id2, Order memory o2) = create(request(address(om), false));
        vm.warp(o2.executableAt + 1);
        setPrice(2200e18);
        assertTrue(execute(id2, o2, update(2100e18, o2)));
        vm.expectEmit(true, true, false, false, address(gateway));
        emit OrderGateway.OrderExecuted(id1, alice, keeper, 1e18, 0, 1950e18);
        assertTrue(execute(id1, o1, update(1950e18, o1)));
    }

    /// @dev T26: the price is gone with the order.
    function test_T26_ExecutionPriceIsForgotten() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        vm.warp(o.executableAt + 1);
        setPrice(2000e18);
        execute(id, o, update(500e18, o));
        assertEq(valueOf(alice) > 50_000e18, true);
        (, uint256 ask,) = om.getPrices();
        assertGe(ask, 2000e18, "stored price");
    }

    // ----------------------------------------------------------------------------------------------------- fees ----

    function test_SourceFee_OutOfTheOraclesFloat() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        vm.warp(o.executableAt);
        uint256 float = address(oracle).balance;
        execute(id, o, update(2000e18, o));
        assertEq(address(oracle).balance, float - 1);
        assertEq(keeper.balance, FEE);
    }

    function test_SourceFee_OutOfTheAttachedValueAndTheRestComesBack() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        vm.warp(o.executableAt);
        uint256 float = address(oracle).balance;
        vm.deal(keeper, 1 ether);
        bytes[] memory data = update(2000e18, o);
        vm.prank(keeper);
        gateway.executeOrder{value: 0.5 ether}(id, o, data);
        assertEq(address(oracle).balance, float);
        assertEq(keeper.balance, 1 ether - 1 + FEE);
        assertEq(address(gateway).balance, 0);
    }

    function test_SourceFee_RevertIf_NobodyPaysIt() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        vm.warp(o.executableAt);
        vm.deal(address(oracle), 0);
        bytes[] memory data = update(2000e18, o);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.FeeNotCovered.selector, 1, 0));
        execute(id, o, data);
        vm.deal(keeper, 1);
        vm.prank(keeper);
        assertTrue(gateway.executeOrder{value: 1}(id, o, data));
    }

    /// @dev Escrows of other orders never pay a keeper's bills.
    function test_SourceFee_NeverOutOfOthersEscrow() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        create(request(address(om), true));
        vm.warp(o.executableAt);
        // 20 updates cost 20 wei; the keeper attaches one.
        bytes[] memory data = new bytes[](20);
        for (uint256 i = 0; i < 20; ++i) {
            data[i] = priceUpdate(2000e18, o.executableAt, o.executableAt - 1);
        }
        vm.deal(keeper, 20);
        vm.expectRevert(abi.encodeWithSelector(IKeeperErrors.SourceFeeTooLow.selector, 1, 20));
        vm.prank(keeper);
        gateway.executeOrder{value: 1}(id, o, data);
        vm.prank(keeper);
        gateway.executeOrder{value: 20}(id, o, data);
        assertEq(keeper.balance, FEE);
        assertEq(address(gateway).balance, FEE, "the other order's");
    }
}
