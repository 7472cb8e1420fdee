// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {OrderGateway} from "../../src/gateways/OrderGateway.sol";
import {IClearingHouse, TradeParams} from "../../src/interfaces/IClearingHouse.sol";
import {IKeeperErrors} from "../../src/interfaces/IKeeperErrors.sol";
import {NotEnoughGas} from "../../src/types/Errors.sol";
import {Execution, Order, OrderRequest} from "../../src/types/Order.sol";
import {OrderGatewayTest} from "./OrderGatewayTest.sol";

/// @dev executeOrders executes each order separately.
contract OrderGatewayExecuteOrdersTest is OrderGatewayTest {
    Execution[] private _batch;
    bytes[][] private _updates;

    function setUp() public override {
        super.setUp();
        addMargin(alice, 500_000 * USD);
    }

    /// @dev Creates an order and puts it into the batch, with the update of that index.
    function add(OrderRequest memory r, uint256 updateIndex) private returns (uint256 id, Order memory o) {
        // Equal orders of one second would be one order.
        if (r.isExactInput) r.oppositeBound += _batch.length;
        else r.oppositeBound -= _batch.length;
        (id, o) = create(r);
        _batch.push(Execution(id, o, updateIndex));
    }

    function addUpdate(uint256 price, Order memory o) private {
        _updates.push(update(price, o));
    }

    function run() private returns (uint256) {
        vm.prank(keeper);
        return gateway.executeOrders(_batch, _updates);
    }

    function tradeOf(Order memory o) private pure returns (TradeParams memory) {
        OrderRequest memory r = o.request;
        return TradeParams(
            r.marketId,
            r.amount,
            r.oppositeBound,
            o.expiresAt,
            o.taker,
            r.maker,
            r.isBaseToQuote,
            r.isExactInput,
            r.isReduceOnly
        );
    }

    function test_Batch_OrdersOfOneSecondShareAnUpdate() public {
        add(request(address(om), false), 0);
        add(request(address(om), false), 0);
        (, Order memory o) = add(request(address(shb), true), 0);
        addUpdate(START_PRICE, o);
        vm.warp(o.executableAt);
        assertEq(run(), 3);
        assertEq(sizeOf(alice), 1e18);
        assertEq(keeper.balance, 3 * FEE);
        assertEq(address(gateway).balance, 0);
    }

    /// @dev T26, T33: each order executes at its own price, in any sequence.
    function test_T26_Batch_EachAtItsOwnPrice() public {
        (uint256 id1, Order memory o1) = create(request(address(om), false));
        skip(2);
        (uint256 id2, Order memory o2) = add(request(address(om), true), 0);
        _batch.push(Execution(id1, o1, 1));
        addUpdate(2100e18, o2);
        addUpdate(1950e18, o1);
        vm.warp(o2.executableAt);
        vm.expectEmit(true, true, false, false, address(gateway));
        emit OrderGateway.OrderExecuted(id2, alice, keeper, 0, 0, 2100e18);
        vm.expectEmit(address(gateway));
        emit OrderGateway.OrderExecuted(id1, alice, keeper, 1e18, -1950e18, 1950e18);
        assertEq(run(), 2);
    }

    /// @dev T25: one order of each kind. Skipped orders stay open, and the others are not affected.
    function test_T25_Batch_BadOrders_DoNotAffectTheOthers() public {
        // 1: altered by the keeper. 2: its bound is missed by the price. 3: its bound is missed by the pool.
        add(request(address(om), false), 0);
        OrderRequest memory r = request(address(om), false);
        r.oppositeBound = 1;
        add(r, 0);
        r = request(address(shb), true);
        r.oppositeBound = 3000e18;
        add(r, 0);
        // 4: valid, and submitted twice. 5: without a price. 6: before its executable time.
        (, Order memory good) = add(request(address(om), false), 0);
        _batch.push(_batch[3]);
        add(request(address(om), false), 1);
        addUpdate(START_PRICE, good);
        _updates.push(new bytes[](0));
        skip(1);
        add(request(address(om), false), 0);
        vm.warp(good.executableAt);
        _batch[0].order.keeperFee += 1;

        _expectSkipped(
            _batch[0].orderId, OrderGateway.UnknownOrder.selector, uint256(gateway.hashOrder(_batch[0].order))
        );
        vm.expectEmit(true, true, false, false, address(gateway));
        emit OrderGateway.OrderPurged(_batch[1].orderId, alice, keeper, "");
        vm.expectEmit(true, true, false, false, address(gateway));
        emit OrderGateway.OrderSkipped(_batch[2].orderId, alice, keeper, "");
        vm.expectEmit(true, true, false, false, address(gateway));
        emit OrderGateway.OrderExecuted(_batch[3].orderId, alice, keeper, 0, 0, 0);
        _expectSkipped(_batch[3].orderId, OrderGateway.UnknownOrder.selector, uint256(gateway.hashOrder(good)));
        vm.expectEmit(true, true, false, false, address(gateway));
        emit OrderGateway.OrderSkipped(_batch[5].orderId, alice, keeper, "");
        vm.expectEmit(true, true, false, false, address(gateway));
        emit OrderGateway.OrderSkipped(_batch[6].orderId, alice, keeper, "");
        assertEq(run(), 1);

        assertEq(sizeOf(alice), 1e18);
        assertEq(keeper.balance, 2 * FEE, "the purged and the executed");
        assertEq(address(gateway).balance, 4 * FEE);
        _batch[0].order.keeperFee -= 1;
        bool[7] memory isOpen = [true, false, true, false, false, true, true];
        for (uint256 i = 0; i < isOpen.length; ++i) {
            bytes32 expected = isOpen[i] ? gateway.hashOrder(_batch[i].order) : bytes32(0);
            assertEq(gateway.commitmentOf(_batch[i].orderId), expected);
        }
    }

    function _expectSkipped(uint256 id, bytes4 selector, uint256 value) private {
        vm.expectEmit(address(gateway));
        emit OrderGateway.OrderSkipped(id, alice, keeper, abi.encodeWithSelector(selector, id, value));
    }

    /// @dev T25: of 100,000 bytes of return data the first 512 are copied.
    function test_T25_Batch_HugeReturnData() public {
        uint256 floor = gateway.MIN_ITEM_GAS();
        (uint256 id, Order memory huge) = add(request(address(om), false), 0);
        OrderRequest memory r = request(address(om), false);
        r.amount = 2e18;
        add(r, 0);
        addUpdate(START_PRICE, huge);
        vm.warp(huge.executableAt);
        bytes memory answer = new bytes(100_000);
        answer[0] = 0x99;
        vm.mockCallRevert(address(house), abi.encodeCall(IClearingHouse.trade, (tradeOf(huge))), answer);
        bytes memory beginning = new bytes(512);
        beginning[0] = 0x99;
        vm.expectEmit(address(gateway));
        emit OrderGateway.OrderSkipped(id, alice, keeper, beginning);
        vm.prank(keeper);
        assertEq(gateway.executeOrders{gas: 2 * floor + 200_000}(_batch, _updates), 1);
        assertEq(sizeOf(alice), 2e18);
        assertEq(gateway.commitmentOf(id), gateway.hashOrder(huge));
    }

    /// @dev T25: a swap that burns all of its gas uses the share of its order only.
    function test_T25_Batch_OrderThatBurnsItsGas_LeavesTheGasOfOthers() public {
        uint256 floor = gateway.MIN_ITEM_GAS();
        (uint256 id, Order memory burning) = add(request(address(shb), true), 0);
        add(request(address(om), false), 0);
        add(request(address(om), false), 0);
        addUpdate(START_PRICE, burning);
        vm.warp(burning.executableAt);
        // The invalid instruction burns all gas.
        vm.etch(address(d.spotHedgeBaseMakerAdapter), hex"fe");
        vm.expectEmit(address(gateway));
        emit OrderGateway.OrderSkipped(id, alice, keeper, "");
        vm.prank(keeper);
        assertEq(gateway.executeOrders{gas: 3 * floor + 200_000}(_batch, _updates), 2);
        assertEq(sizeOf(alice), 2e18);
        assertEq(gateway.commitmentOf(id), gateway.hashOrder(burning));
    }

    /// @dev T28: a batch with too little gas reverts as a whole. With enough gas all orders execute, so that a gas
    /// estimate cannot end between the two.
    function test_T28_Batch_TooLittleGas_RevertsWhole() public {
        _addThree();
        bytes memory call_ = abi.encodeCall(gateway.executeOrders, (_batch, _updates));
        uint256 floor = 3 * gateway.MIN_ITEM_GAS();
        for (uint256 gasLimit = 200_000; gasLimit < floor + 300_000; gasLimit += 213_000) {
            uint256 snapshot = vm.snapshotState();
            vm.prank(keeper);
            (bool success, bytes memory answer) = address(gateway).call{gas: gasLimit}(call_);
            if (success) assertEq(abi.decode(answer, (uint256)), 3, "skipped with too little gas");
            else assertLt(gasLimit, floor + 100_000);
            vm.revertToState(snapshot);
        }
        vm.expectPartialRevert(NotEnoughGas.selector);
        vm.prank(keeper);
        gateway.executeOrders{gas: floor}(_batch, _updates);
        assertEq(run(), 3);
    }

    function test_Batch_AttachedValuePaysTheSource_RefundsTheRest() public {
        for (uint256 i = 0; i < 3; ++i) {
            skip(1);
            (, Order memory o) = add(request(address(om), false), i);
            addUpdate(START_PRICE, o);
        }
        skip(3);
        uint256 float = address(oracle).balance;
        vm.deal(keeper, 1 ether);
        uint256 snapshot = vm.snapshotState();
        vm.prank(keeper);
        assertEq(gateway.executeOrders{value: 0.5 ether}(_batch, _updates), 3);
        assertEq(keeper.balance, 1 ether - 3 + 3 * FEE);
        assertEq(address(oracle).balance, float);
        assertEq(address(gateway).balance, 0);
        // Neither the float nor the escrow of other orders pays the part that the value does not cover.
        vm.revertToState(snapshot);
        vm.expectEmit(address(gateway));
        emit OrderGateway.OrderSkipped(
            _batch[2].orderId, alice, keeper, abi.encodeWithSelector(IKeeperErrors.SourceFeeTooLow.selector, 0, 1)
        );
        vm.prank(keeper);
        assertEq(gateway.executeOrders{value: 2}(_batch, _updates), 2);
        assertEq(keeper.balance, 1 ether - 2 + 2 * FEE);
        assertEq(address(oracle).balance, float);
        assertEq(address(gateway).balance, FEE);
    }

    /// @dev Orders of one second share one verification, and its fee.
    function test_Batch_OrdersOfOneSecondPayTheSourceOnce() public {
        _addThree();
        vm.deal(keeper, 1 ether);
        vm.prank(keeper);
        assertEq(gateway.executeOrders{value: 1}(_batch, _updates), 3);
        assertEq(keeper.balance, 1 ether - 1 + 3 * FEE);
    }

    function test_Batch_Empty() public {
        assertEq(run(), 0);
        assertEq(keeper.balance, 0);
    }

    /// @dev Three orders at one price, which are executable now.
    function _addThree() private {
        Order memory o;
        for (uint256 i = 0; i < 3; ++i) {
            (, o) = add(request(address(om), false), 0);
        }
        addUpdate(START_PRICE, o);
        vm.warp(o.executableAt);
    }
}
