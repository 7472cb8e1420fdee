// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {PythErrors} from "@pythnetwork/pyth-sdk-solidity/PythErrors.sol";
import {OrderGateway} from "../../src/gateways/OrderGateway.sol";
import {NotEnoughGas, NotYetExecutable, OrderPastExpiry} from "../../src/types/Errors.sol";
import {Order} from "../../src/types/Order.sol";
import {OrderGatewayTest} from "./OrderGatewayTest.sol";

/// @dev Execution of single orders, at the one price that is valid for each.
contract OrderGatewayExecuteOrderTest is OrderGatewayTest {
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

    /// @dev T15: a price whose predecessor is also at or after the executable time is not the first.
    function test_T15_RevertIf_PriceIsNotTheFirst() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        vm.warp(o.executableAt + 5);
        _checkNotTheFirst(id, o, o.executableAt + 2, o.executableAt);
        // A price after a gap is the first.
        bytes[] memory data = new bytes[](1);
        data[0] = priceUpdate(1900e18, o.executableAt + 2, o.executableAt - 1);
        assertTrue(execute(id, o, data));
    }

    function test_T15_RevertIf_PriceIsOutsideTheWindow() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        vm.warp(o.executableAt + 20);
        _checkNotTheFirst(id, o, o.executableAt - 1, o.executableAt - 2);
        _checkNotTheFirst(id, o, o.executableAt + 11, o.executableAt - 1);
        bytes[] memory data = new bytes[](1);
        data[0] = priceUpdate(1900e18, o.executableAt + 10, o.executableAt - 1);
        assertTrue(execute(id, o, data));
    }

    /// @dev T33: an execution price may be older than the stored one.
    function test_T33_LaterOrder_DoesNotPreventAnEarlierOne() public {
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

    /// @dev T26: the execution price is deleted after the order.
    function test_T26_ExecutionPrice_EndsWithTheOrder() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        vm.warp(o.executableAt + 1);
        setPrice(2000e18);
        execute(id, o, update(500e18, o));
        assertEq(valueOf(alice) > 50_000e18, true);
        (, uint256 ask,) = om.getPrices();
        assertGe(ask, 2000e18, "stored price");
    }

    /// @dev T28: the floor applies also where the trade would need less gas, so that a trade that runs out of gas is
    /// not taken for a failure of the order.
    function test_T28_RevertIf_GasIsBelowTheFloor() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        vm.warp(o.executableAt);
        bytes[] memory data = update(2000e18, o);
        uint256 floor = gateway.MIN_TRADE_GAS();
        vm.expectPartialRevert(NotEnoughGas.selector);
        vm.prank(keeper);
        gateway.executeOrder{gas: floor}(id, o, data);
        assertEq(gateway.commitmentOf(id), gateway.hashOrder(o), "the order stays open");
    }

    /// @dev A price of `publishTime` is not the first one of the order's window.
    function _checkNotTheFirst(uint256 id, Order memory o, uint256 publishTime, uint256 prevPublishTime) private {
        bytes[] memory data = new bytes[](1);
        data[0] = priceUpdate(1900e18, publishTime, prevPublishTime);
        vm.expectRevert(abi.encodeWithSelector(PythErrors.PriceFeedNotFoundWithinRange.selector));
        execute(id, o, data);
    }
}
