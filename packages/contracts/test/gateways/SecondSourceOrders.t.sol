// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {KeeperGateway} from "../../src/gateways/KeeperGateway.sol";
import {OrderGateway} from "../../src/gateways/OrderGateway.sol";
import {IClearingHouse, LiquidationParams} from "../../src/interfaces/IClearingHouse.sol";
import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {Order, OrderRequest} from "../../src/types/Order.sol";
import {Announcement, SignedOrder} from "../../src/types/SignedOrder.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {orderRequest, orderTerms} from "../utils/Orders.sol";
import {SecondSourceTest} from "../utils/SecondSourceTest.sol";
import {SignedOrderTest} from "./signed/SignedOrderTest.sol";

/// @dev Pyth is dead, and orders against the OracleMaker use the price of the second source. It serves orders that
/// every caller can end with it as soon as it is known. Other orders expire.
contract SecondSourceOrdersTest is SecondSourceTest, SignedOrderTest {
    bytes[] private _none;

    function config() internal override(SecondSourceTest, SignedOrderTest) returns (DeployConfig memory) {
        return super.config();
    }

    function setUp() public override(ExchangeTest, SignedOrderTest) {
        super.setUp();
        vm.prank(alice);
        vault.setOperator(address(gateway), true);
    }

    /// @dev T16: Alice is flat and sells. The order is no reduction, so that no caller can execute it. Once the price
    /// has fallen she takes over a long position, which the order would reduce.
    function test_T16_TakingAPositionOver_MakesNoOldOrderExecutable() public {
        _leaveALiquidatablePosition();
        OrderRequest memory r = _request(true, 40e18);
        (uint256 id, Order memory o) = _create(r, 0);
        Announcement memory a = announce(_signed(40e18), alice);
        second.push(2000e8, DEATH + 4);
        vm.warp(DEATH + 10);
        _expectNoCallerExecutes(id, o);
        _expectNoCallerExecutes(_signed(40e18), a);

        second.push(1900e8, DEATH + 30);
        vm.warp(DEATH + 35);
        vm.prank(alice);
        house.liquidate(LiquidationParams(market, bob, alice, address(0), type(uint256).max, 0, 0));
        int256 size = sizeOf(alice);
        assertGe(size, 40e18);
        _expectNoCallerExecutes(id, o);
        _expectNoCallerExecutes(_signed(40e18), a);

        vm.warp(uint256(o.expiresAt) + 1);
        vm.startPrank(keeper);
        gateway.cancelOrder(id, o);
        signedGateway.clearAnnouncement(_signed(40e18), a);
        vm.stopPrank();
        assertEq(keeper.balance, FEE / 2, "half of the fee of a delayed order");
        assertEq(sizeOf(alice), size);
    }

    /// @dev T16: any caller ends the same order, if it is reduce-only, before she has a position to reduce.
    function test_T16_AnyCallerEndsAReductionOfAFlatAccount() public {
        _leaveALiquidatablePosition();
        OrderRequest memory r = _request(true, 40e18);
        r.isReduceOnly = true;
        SignedOrder memory signed = _signed(40e18);
        signed.isReduceOnly = true;
        (uint256 id, Order memory o) = _create(r, 0);
        Announcement memory a = announce(signed, alice);
        second.push(2000e8, DEATH + 4);
        vm.warp(DEATH + 10);
        bytes memory reason = abi.encodeWithSelector(IClearingHouse.NothingToReduce.selector, int256(0), true);
        vm.expectEmit(address(gateway));
        emit OrderGateway.OrderPurged(id, alice, keeper, reason);
        _executeAsKeeper(id, o, _none, false);
        _executeAsKeeper(signed, a, _none, false);
        assertEq(keeper.balance, FEE);
        assertEq(vault.fundOf(keeper), RELAY_FEE);
    }

    /// @dev T16: the order does not wait for her position to grow to its size. It closes her position.
    function test_T16_AnyCallerExecutesAReductionBeyondThePosition() public {
        buy(alice, address(om), 10e18);
        skip(3590);
        OrderRequest memory r = _request(true, 40e18);
        r.isReduceOnly = true;
        vm.prank(alice);
        uint256 id = gateway.createOrder{value: FEE}(r);
        r.amount = 10e18;
        Order memory o = _terms(r, 0);
        second.push(2000e8, DEATH + 4);
        vm.warp(DEATH + 10);
        vm.prank(keeper);
        assertTrue(gateway.executeOrder(id, o, _none));
        assertEq(sizeOf(alice), 0);
    }

    /// @dev T16: a close waits for an order that no caller can end, and the price is known for a minute. It is not
    /// valid for the close, neither after the whole wait nor after an earlier order that ended at the second source's
    /// price.
    function test_T16_WaitingOrder_HasNoPriceOfTheSecondSource() public {
        buy(alice, address(om), 10e18);
        skip(3590);
        (uint256 idA, Order memory a) = _create(_request(false, 1e18), 0);
        OrderRequest memory part = _request(true, 1e18);
        part.isReduceOnly = true;
        (uint256 idC, Order memory c) = _create(part, 0);
        skip(5);
        OrderRequest memory close = _request(true, 10e18);
        close.isReduceOnly = true;
        (uint256 idB, Order memory b) = _createAfter(close, idA, a);
        (uint256 idD, Order memory e) = _createAfter(close, idC, c);
        second.push(2000e8, DEATH + 4);
        vm.warp(DEATH + 10);
        _expectNoCallerExecutes(idA, a);
        vm.expectRevert(abi.encodeWithSelector(OrderGateway.PreviousOrderAlive.selector, idB, idA));
        vm.prank(keeper);
        gateway.executeOrder(idB, b, _none);
        vm.prank(keeper);
        assertTrue(gateway.executeOrder(idC, c, _none));
        _expectNoCallerExecutes(idD, e);

        // Alice cannot end it by revoking her approval either.
        vm.startPrank(alice);
        vault.setOperator(address(gateway), false);
        _expectRefused();
        gateway.executeOrder(idA, a, _none);
        vault.setOperator(address(gateway), true);
        vm.stopPrank();

        vm.warp(uint256(a.expiresAt) + 1);
        gateway.cancelOrder(idA, a);
        _expectNoCallerExecutes(idB, b);
        assertEq(sizeOf(alice), 9e18);
    }

    /// @dev T28: Pyth's price would execute the order, and the price of the second source misses its bound.
    function test_T28_OrderIsNotPurgedAtAPriceThatCannotExecute() public {
        // The bond counts at this price.
        house.accrue(market);
        skip(3590);
        OrderRequest memory r = _request(false, 1e18);
        r.oppositeBound = 2010e18;
        (uint256 id, Order memory o) = _create(r, 0);
        SignedOrder memory signed = orderOf(alice, false, 1e18);
        signed.price = 2010e18;
        Announcement memory a = announce(signed, alice);
        second.push(2015e8, DEATH + 4);
        vm.warp(DEATH + 10);
        _expectNoCallerExecutes(id, o);
        _expectNoCallerExecutes(signed, a);

        bytes[] memory data = first(START_PRICE, a);
        _executeAsKeeper(id, o, data, true);
        _executeAsKeeper(signed, a, data, true);
        assertEq(sizeOf(alice), 2e18);
    }

    /// @dev T16: a round that is known before Pyth is dead would let the taker decide until then. It is not valid for the
    /// order. The order whose first round comes later executes as soon as the round exists.
    function test_T16_NoPriceIsValidThatWasKnownBefore() public {
        buy(alice, address(om), 10e18);
        skip(3590);
        (uint256 early, Order memory e) = _createReduceOnly(10e18);
        skip(2);
        (uint256 id, Order memory o) = _createReduceOnly(10e18);
        second.push(2100e8, e.executableAt);
        second.push(2050e8, DEATH + 1);
        second.push(2150e8, DEATH + 2);
        vm.warp(DEATH + 2);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.PrimaryAlive.selector, FEED, START, 1 hours));
        gateway.executeOrder(early, e, _none);
        vm.expectEmit(true, true, false, false, address(gateway));
        emit OrderGateway.OrderExecuted(id, alice, keeper, 0, 0, 0);
        vm.prank(keeper);
        assertTrue(gateway.executeOrder(id, o, _none), "within the window of Pyth's price");
        assertEq(marginOf(alice), 100_000e18 - 20_002e18 + 20_500e18, "the first round, less the spread");
    }

    /// @dev A round after Pyth's death made a liquidation possible at once, while the owner's order waited for the end of
    /// its window and for another round: the penalty was lost. The order that Bob created before the round executes no
    /// later.
    function test_Outage_AReduceOnlyOrderIsServedNoLaterThanALiquidation() public {
        vm.prank(bob);
        vault.transferMarginToFund(market, bob, 79_000 * USD);
        buy(bob, address(om), 100e18);
        vm.warp(DEATH + 600);
        OrderRequest memory r = _request(true, 100e18);
        r.isReduceOnly = true;
        Order memory o = orderTerms(bob, r, timestamp(), FEE);
        vm.deal(bob, 1 ether);
        vm.startPrank(bob);
        vault.setOperator(address(gateway), true);
        uint256 id = gateway.createOrder{value: FEE}(r);
        vm.stopPrank();
        // The round from before the death serves neither the order nor a liquidation.
        skip(4);
        LiquidationParams memory p = LiquidationParams(market, bob, alice, address(0), type(uint256).max, 0, 0);
        vm.expectRevert();
        vm.prank(alice);
        house.liquidate(p);
        // In the second in which a liquidation becomes possible, so does the order.
        second.push(1900e8, timestamp());
        uint256 state = vm.snapshotState();
        vm.prank(alice);
        house.liquidate(p);
        vm.revertToState(state);
        int256 valueAt1900 = marginOf(bob) + positionOf(bob).openNotional.unwrap() + 190_000e18;
        vm.prank(keeper);
        assertTrue(gateway.executeOrder(id, o, _none));
        assertEq(sizeOf(bob), 0);
        assertEq(marginOf(bob), valueAt1900, "no penalty");
    }

    function test_SecondSource_ClosesReduceOnlyOrders() public {
        buy(alice, address(om), 10e18);
        skip(3590);
        (uint256 id, Order memory o) = _createReduceOnly(4e18);
        SignedOrder memory signed = _signed(type(uint256).max);
        signed.isReduceOnly = true;
        Announcement memory a = announce(signed, alice);
        second.push(1990e8, DEATH + 4);
        vm.warp(DEATH + 10);
        _executeAsKeeper(id, o, _none, true);
        assertEq(sizeOf(alice), 6e18);
        _executeAsKeeper(signed, a, _none, true);
        assertEq(sizeOf(alice), 0);
        assertEq(keeper.balance, FEE);
        assertEq(vault.fundOf(keeper), RELAY_FEE);
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    /// @dev Bob is long by 100, which is liquidatable at 1,900. Pyth publishes nothing more.
    function _leaveALiquidatablePosition() private {
        vm.prank(bob);
        vault.transferMarginToFund(market, bob, 79_000 * USD);
        buy(bob, address(om), 100e18);
        skip(3590);
    }

    function _request(bool isBaseToQuote, uint256 amount) private view returns (OrderRequest memory) {
        return orderRequest(market, address(om), isBaseToQuote, amount);
    }

    function _signed(uint256 amount) private view returns (SignedOrder memory order) {
        order = orderOf(alice, true, amount);
        order.expiresAt = START + 2 hours;
    }

    function _create(OrderRequest memory r, uint256 previousId) private returns (uint256 id, Order memory o) {
        o = _terms(r, previousId);
        vm.prank(alice);
        id = gateway.createOrder{value: FEE}(r);
    }

    function _createAfter(OrderRequest memory r, uint256 previousId, Order memory previous)
        private
        returns (uint256 id, Order memory o)
    {
        o = _terms(r, previousId);
        o.lastPriceAt = previous.lastPriceAt;
        vm.prank(alice);
        id = gateway.createOrderAfter{value: FEE}(r, previousId, previous);
    }

    function _terms(OrderRequest memory r, uint256 previousId) private view returns (Order memory o) {
        o = orderTerms(alice, r, timestamp(), FEE);
        o.previousOrderId = previousId;
    }

    function _expectRefused() private {
        vm.expectRevert(abi.encodeWithSelector(KeeperGateway.NeedsPrimaryPrice.selector, market));
    }

    function _expectNoCallerExecutes(uint256 id, Order memory o) private {
        address[2] memory callers = [keeper, alice];
        for (uint256 i = 0; i < 2; ++i) {
            _expectRefused();
            vm.prank(callers[i]);
            gateway.executeOrder(id, o, _none);
        }
    }

    function _expectNoCallerExecutes(SignedOrder memory order, Announcement memory a) private {
        address[2] memory callers = [keeper, alice];
        for (uint256 i = 0; i < 2; ++i) {
            _expectRefused();
            vm.prank(callers[i]);
            signedGateway.executeAnnounced(order, a, _none);
        }
    }

    /// @dev `isFilled`: the order executes, or is purged.
    function _executeAsKeeper(uint256 id, Order memory o, bytes[] memory data, bool isFilled) private {
        vm.prank(keeper);
        assertEq(gateway.executeOrder(id, o, data), isFilled);
    }

    function _executeAsKeeper(SignedOrder memory order, Announcement memory a, bytes[] memory data, bool isFilled)
        private
    {
        vm.prank(keeper);
        assertEq(signedGateway.executeAnnounced(order, a, data), isFilled);
    }

    function _createReduceOnly(uint256 amount) private returns (uint256 id, Order memory o) {
        OrderRequest memory r = _request(true, amount);
        r.isReduceOnly = true;
        return _create(r, 0);
    }
}
