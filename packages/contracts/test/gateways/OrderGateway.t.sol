// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {PythErrors} from "@pythnetwork/pyth-sdk-solidity/PythErrors.sol";
import {OrderGateway} from "../../src/gateways/OrderGateway.sol";
import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {IForcedChanges} from "../../src/interfaces/IForcedChanges.sol";
import {IMaker} from "../../src/interfaces/IMaker.sol";
import {IKeeperWork} from "../../src/interfaces/IKeeperWork.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {MarginMath} from "../../src/libraries/MarginMath.sol";
import {PythOracle} from "../../src/oracle/PythOracle.sol";
import {SpotHedgeVault} from "../../src/makers/spot-hedge/SpotHedgeVault.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {Order, OrderRequest} from "../../src/types/Order.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev Delay 3 s, price window 10 s, validity 60 s.
abstract contract OrderGatewayFixture is ExchangeTest {
    uint256 internal constant FEE = 0.0001 ether;

    function setUp() public virtual override {
        super.setUp();
        addMargin(alice, 100_000 * USD);
        vm.deal(alice, 10 ether);
        vm.prank(alice);
        vault.setOperator(address(gateway), true);
    }

    /// @dev One base, without a bound.
    function request(address maker, bool isBaseToQuote) internal view returns (OrderRequest memory) {
        return OrderRequest({
            marketId: market,
            maker: maker,
            isBaseToQuote: isBaseToQuote,
            isExactInput: isBaseToQuote,
            isReduceOnly: false,
            amount: 1e18,
            oppositeBound: isBaseToQuote ? 0 : type(uint256).max
        });
    }

    function create(OrderRequest memory r) internal returns (uint256 id, Order memory o) {
        o = Order(alice, r, uint64(timestamp() + 3), uint64(timestamp() + 63), uint128(FEE));
        vm.prank(alice);
        id = gateway.createOrder{value: FEE}(r);
    }

    /// @dev The first price at or after the order's time.
    function update(uint256 price, Order memory o) internal view returns (bytes[] memory data) {
        data = new bytes[](1);
        data[0] = priceUpdate(price, o.executableAt, o.executableAt - 1);
    }

    function execute(uint256 id, Order memory o, bytes[] memory data) internal returns (bool) {
        vm.prank(keeper);
        return gateway.executeOrder(id, o, data);
    }
}

contract OrderGatewayCreateTest is OrderGatewayFixture {
    function test_Create_KeepsACommitmentAndTheFee() public {
        Order memory expected =
            Order(alice, request(address(om), false), uint64(START + 3), uint64(START + 63), uint128(FEE));
        vm.expectEmit(address(gateway));
        emit OrderGateway.OrderCreated(1, alice, expected);
        (uint256 id, Order memory o) = create(request(address(om), false));
        assertEq(id, 1);
        assertEq(gateway.commitmentOf(1), gateway.hashOrder(o));
        assertEq(address(gateway).balance, FEE);
    }

    function test_Create_RevertIf_FeeIsTooLow() public {
        vm.expectRevert(abi.encodeWithSelector(IKeeperWork.KeeperFeeTooLow.selector, FEE - 1, FEE));
        vm.prank(alice);
        gateway.createOrder{value: FEE - 1}(request(address(om), false));
    }

    function test_Create_RevertIf_AmountIsZero() public {
        OrderRequest memory r = request(address(om), false);
        r.amount = 0;
        vm.expectRevert(abi.encodeWithSelector(OrderGateway.ZeroAmount.selector));
        vm.prank(alice);
        gateway.createOrder{value: FEE}(r);
    }

    function test_Create_RevertIf_MarketIsNotConfigured() public {
        OrderRequest memory r = request(address(om), false);
        r.marketId = 2;
        vm.expectRevert(abi.encodeWithSelector(OrderGateway.MarketNotConfigured.selector, 2));
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
        emit OrderGateway.OrderCleared(id, alice, stranger);
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
            abi.encodeWithSelector(
                OrderGateway.NotYetExecutable.selector, uint256(o.executableAt) - 1, uint256(o.executableAt)
            )
        );
        execute(id, o, data);
    }

    function test_Execute_RevertIf_Expired() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        vm.warp(uint256(o.expiresAt) + 1);
        bytes[] memory data = update(2000e18, o);
        vm.expectRevert(
            abi.encodeWithSelector(OrderGateway.OrderExpired.selector, uint256(o.expiresAt) + 1, uint256(o.expiresAt))
        );
        execute(id, o, data);
    }

    function test_Execute_RevertIf_OrderIsNotTheOneCommitted() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        vm.warp(o.executableAt);
        bytes[] memory data = update(2000e18, o);
        Order[5] memory forged;
        for (uint256 i = 0; i < 5; ++i) {
            forged[i] = abi.decode(abi.encode(o), (Order));
        }
        forged[0].taker = bob;
        forged[1].request.amount = 2e18;
        forged[2].executableAt -= 1;
        forged[3].expiresAt += 1;
        forged[4].keeperFee += 1;
        for (uint256 i = 0; i < 5; ++i) {
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
        vm.expectRevert(abi.encodeWithSelector(IKeeperWork.SourceFeeTooLow.selector, 1, 20));
        vm.prank(keeper);
        gateway.executeOrder{value: 1}(id, o, data);
        vm.prank(keeper);
        gateway.executeOrder{value: 20}(id, o, data);
        assertEq(keeper.balance, FEE);
        assertEq(address(gateway).balance, FEE, "the other order's");
    }
}

/// @dev Which failures purge an order and pay the keeper, and which leave it.
contract OrderGatewayFailureTest is OrderGatewayFixture {
    function test_Purge_T16_TakerRevokedTheGateway() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        vm.prank(alice);
        vault.setOperator(address(gateway), false);
        _checkPurged(id, o, abi.encodeWithSelector(IVault.NotAuthorized.selector, alice, address(gateway)));
    }

    /// @dev T16: a taker that sees a bad price and withdraws its margin still pays the keeper.
    function test_Purge_T16_TakerWithdrewItsMargin() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        vm.prank(alice);
        vault.transferMarginToFund(market, alice, 100_000 * USD);
        int256 value = 2000e18 - 2000.02e18;
        _checkPurged(
            id, o, abi.encodeWithSelector(MarginMath.InsufficientInitialMargin.selector, alice, value, uint256(200e18))
        );
    }

    function test_Purge_BoundNotMet() public {
        OrderRequest memory r = request(address(om), false);
        r.oppositeBound = 2000e18;
        (uint256 id, Order memory o) = create(r);
        _checkPurged(
            id, o, abi.encodeWithSelector(IClearingHouse.SlippageExceeded.selector, 2000.02e18, uint256(2000e18))
        );
    }

    function test_Purge_OracleMakersCapacity() public {
        OrderRequest memory r = request(address(om), false);
        r.amount = 501e18;
        (uint256 id, Order memory o) = create(r);
        _checkPurged(id, o, abi.encodeWithSelector(IMaker.MakerCapacityExceeded.selector, 501e18, 500e18));
    }

    function test_Purge_ReduceOnlyWithNothingToReduce() public {
        OrderRequest memory r = request(address(shb), true);
        r.isReduceOnly = true;
        (uint256 id, Order memory o) = create(r);
        _checkPurged(id, o, abi.encodeWithSelector(IClearingHouse.NothingToReduce.selector, 0, true));
    }

    function test_Purge_UnknownMaker() public {
        (uint256 id, Order memory o) = create(request(bob, true));
        _checkPurged(id, o, abi.encodeWithSelector(IClearingHouse.UnknownMaker.selector, bob, market, 0));
    }

    // ------------------------------------------------------------------------------------------------- left alone ----

    function test_T28_RevertIf_TheMarketIsPaused() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        vm.prank(owner());
        house.setMarketStatus(market, MarketStatus.Paused);
        _checkLeft(id, o, abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, market, MarketStatus.Paused));
    }

    /// @dev T28: the keeper moved the pool.
    function test_T28_RevertIf_ThePoolIsTooFar() public {
        (uint256 id, Order memory o) = create(request(address(shb), true));
        spot.moveTo(1900e18);
        uint256 snapshot = vm.snapshotState();
        uint256 yield = spot.sellBase(1e18) * 1e12;
        vm.revertToState(snapshot);
        _checkLeft(
            id, o, abi.encodeWithSelector(SpotHedgeVault.HedgeTooFar.selector, yield, START_PRICE, uint256(20_000))
        );
    }

    /// @dev T28: against a maker that swaps, a bound is missed by whoever moved the pool.
    function test_T28_RevertIf_BoundIsMissedInThePool() public {
        OrderRequest memory r = request(address(shb), true);
        r.oppositeBound = 1990e18;
        (uint256 id, Order memory o) = create(r);
        spot.moveTo(1970e18);
        uint256 snapshot = vm.snapshotState();
        uint256 yield = spot.sellBase(1e18) * 1e12;
        vm.revertToState(snapshot);
        _checkLeft(id, o, abi.encodeWithSelector(IClearingHouse.SlippageExceeded.selector, yield, uint256(1990e18)));
        // And when the pool is back, the order is filled.
        spot.moveTo(START_PRICE);
        assertTrue(execute(id, o, update(START_PRICE, o)));
    }

    /// @dev T28: gas that would make any trade fail.
    function test_T28_RevertIf_GasIsStarved() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        vm.warp(o.executableAt);
        bytes[] memory data = update(2000e18, o);
        for (uint256 gasLimit = 100_000; gasLimit < 1_150_000; gasLimit += 70_000) {
            vm.prank(keeper);
            (bool success,) = address(gateway).call{gas: gasLimit}(abi.encodeCall(gateway.executeOrder, (id, o, data)));
            // Either it ran out early and nothing happened, or it had enough and the order was filled.
            if (success) {
                assertEq(sizeOf(alice), 1e18, "purged for want of gas");
                return;
            }
            assertEq(gateway.commitmentOf(id), gateway.hashOrder(o), "left as it was");
            assertEq(keeper.balance, 0);
        }
        assertTrue(execute(id, o, data));
    }

    function test_T28_RevertIf_PriceDataIsBad() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        vm.warp(o.executableAt);
        bytes[] memory data = new bytes[](1);
        data[0] = pyth.createPriceFeedUpdateData(
            keccak256("BTC/USD"), 1e8, 0, -8, 1e8, 0, o.executableAt, o.executableAt - 1
        );
        vm.expectRevert(abi.encodeWithSelector(PythErrors.PriceFeedNotFoundWithinRange.selector));
        execute(id, o, data);
        assertEq(gateway.commitmentOf(id), gateway.hashOrder(o));
    }

    function _checkPurged(uint256 id, Order memory o, bytes memory reason) private {
        vm.warp(o.executableAt);
        bytes[] memory data = update(START_PRICE, o);
        vm.expectEmit(address(gateway));
        emit OrderGateway.OrderPurged(id, alice, keeper, reason);
        assertFalse(execute(id, o, data));
        assertEq(sizeOf(alice), 0);
        assertEq(keeper.balance, FEE, "the keeper did its work");
        assertEq(gateway.commitmentOf(id), 0);
        assertEq(vault.lockHolder(), address(0));
    }

    function _checkLeft(uint256 id, Order memory o, bytes memory reason) private {
        vm.warp(o.executableAt);
        bytes[] memory data = update(START_PRICE, o);
        vm.expectRevert(reason);
        execute(id, o, data);
        assertEq(keeper.balance, 0);
        assertEq(gateway.commitmentOf(id), gateway.hashOrder(o));
    }
}
