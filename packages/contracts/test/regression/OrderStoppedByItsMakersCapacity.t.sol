// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {OrderGateway} from "../../src/gateways/OrderGateway.sol";
import {RuleParams} from "../../src/interfaces/IMarketAdmin.sol";
import {IMaker} from "../../src/interfaces/IMaker.sol";
import {Order, OrderRequest} from "../../src/types/Order.sol";
import {Announcement, SignedOrder} from "../../src/types/SignedOrder.sol";
import {orderRequest, orderTerms} from "../utils/Orders.sol";
import {SignedOrderTest} from "../gateways/signed/SignedOrderTest.sol";

/// @dev T44: the capacity of the OracleMaker is 500, and an order of 500 fails when any account has used some of it. A taker
/// that knows the price lets its order fail with a tiny order of another account of its own, and bears the move of the
/// tiny one only. So an order fills up to the capacity, and its rest ends.
contract OrderStoppedByItsMakersCapacityTest is SignedOrderTest {
    uint256 private constant DOWN = 1968e18;

    function setUp() public override {
        super.setUp();
        address[2] memory takers = [alice, bob];
        for (uint256 i = 0; i < 2; ++i) {
            vm.deal(takers[i], 1 ether);
            vm.prank(takers[i]);
            vault.setOperator(address(gateway), true);
            addMargin(takers[i], 400_000 * USD);
        }
    }

    function test_T44_TinyOrderUsesTheCapacity_DelayedOrder() public {
        (uint256 tinyId, Order memory tiny) = _create(bob, orderRequest(market, address(om), false, 5e16));
        (uint256 id, Order memory big) = _create(alice, orderRequest(market, address(om), false, 500e18));
        vm.warp(big.executableAt + 1);
        setPrice(DOWN);
        bytes[] memory data = _update(START_PRICE, big.executableAt);
        uint256 snapshot = vm.snapshotState();
        vm.prank(keeper);
        assertTrue(gateway.executeOrder(id, big, data));
        int256 committed = _total();
        vm.revertToState(snapshot);
        vm.startPrank(bob);
        assertTrue(gateway.executeOrder(tinyId, tiny, data));
        vm.expectEmit(true, true, true, false, address(gateway));
        emit OrderGateway.OrderExecuted(id, alice, bob, 0, 0, 0);
        assertTrue(gateway.executeOrder(id, big, data));
        vm.stopPrank();
        assertEq(sizeOf(alice), 499.95e18, "the rest of the capacity");
        assertEq(gateway.commitmentOf(id), 0, "the rest of the order has ended");
        assertEq(bob.balance, 1 ether + FEE, "the fee of an execution");
        (, uint256 bound) = vault.escrowOf(alice, address(gateway));
        assertEq(bound, 0);
        assertApproxEqAbs(_total(), committed, 1e18, "nothing gained");
    }

    /// @dev An announced order is all or nothing for relayers. The capacity is the end of it, as the last part is.
    function test_T44_TinyOrderUsesTheCapacity_AnnouncedOrder() public {
        SignedOrder memory order = orderOf(alice, false, 500e18);
        (order.takeProfitPrice, order.stopPrice, order.exitFeeXCD) = (2200e18, 1800e18, USD);
        Announcement memory a = announce(order, alice);
        vm.warp(a.executableAt + 1);
        setPrice(START_PRICE);
        uint256 snapshot = vm.snapshotState();
        assertTrue(execute(order, a, START_PRICE));
        setPrice(DOWN);
        int256 committed = _total();
        vm.revertToState(snapshot);
        buy(bob, address(om), 5e16);
        assertTrue(execute(order, a, START_PRICE));
        setPrice(DOWN);
        assertEq(sizeOf(alice), 499.95e18);
        assertTrue(isClosed(order), "the rest of the order has ended");
        assertEq(signedGateway.bracketOf(order).size, 499.95e18);
        assertEq(vault.fundOf(keeper), RELAY_FEE, "the fee of a fill");
        (, uint256 bound) = vault.escrowOf(alice, address(signedGateway));
        assertEq(bound, 0);
        assertApproxEqAbs(_total(), committed, 1e18, "nothing gained");
    }

    /// @dev T60: an LP uses the last of the capacity. If the order failed at its account's cost, the LP would collect its
    /// bond.
    function test_T60_LpThatUsesTheCapacityEarnsNoBond() public {
        SignedOrder memory order = orderOf(alice, false, 500e18);
        Announcement memory a = announce(order, alice);
        vm.warp(a.executableAt);
        setPrice(START_PRICE);
        buy(bob, address(om), 5e16);
        int256 account = valueOf(alice);
        (uint256 held,) = vault.escrowOf(alice, address(signedGateway));
        assertTrue(execute(order, a, START_PRICE));
        (uint256 heldAfter, uint256 bound) = vault.escrowOf(alice, address(signedGateway));
        assertEq(heldAfter, held, "no bond is paid");
        assertEq(bound, 0);
        // The premium of the whole capacity is 0.5%.
        assertGt(valueOf(alice), account - 5000e18);
    }

    /// @dev The bounds follow the amount: exact base and exact quote, purchases and sales.
    function test_T44_BoundFollowsTheCapacity() public {
        for (uint256 i = 0; i < 4; ++i) {
            uint256 snapshot = vm.snapshotState();
            _checkBound(i & 1 != 0, i & 2 != 0);
            vm.revertToState(snapshot);
        }
    }

    /// @dev The order for 1,000 at most 1% from the oracle price; the maker takes 500 at 0.5%.
    function _checkBound(bool sells, bool isExactBase) private {
        OrderRequest memory r = orderRequest(market, address(om), sells, isExactBase ? 1000e18 : 2_000_000e18);
        r.isExactInput = sells == isExactBase;
        // Per unit of the exact amount: 2,000 of quote, or 1 / 2,000 of base.
        uint256 fair = isExactBase ? 2_000_000e18 : 1000e18;
        uint256 snapshot = vm.snapshotState();
        // The taker pays at most 0.6% more, or receives at least 0.6% less.
        r.oppositeBound = r.isExactInput ? fair * 994 / 1000 : fair * 1006 / 1000;
        (uint256 id, Order memory order) = _create(alice, r);
        assertTrue(_execute(id, order), "inside");
        assertEq(sizeOf(alice), sells ? -int256(500e18) : int256(500e18));
        vm.revertToState(snapshot);

        // 0.4%: the fill up to the capacity misses the bound.
        r.oppositeBound = r.isExactInput ? fair * 996 / 1000 : fair * 1004 / 1000;
        (id, order) = _create(alice, r);
        assertFalse(_execute(id, order), "missed");
        assertEq(sizeOf(alice), 0);
        (, uint256 bound) = vault.escrowOf(alice, address(gateway));
        assertEq(bound, 0, "a missed bound costs no bond");
        assertEq(keeper.balance, FEE);
    }

    /// @dev The order beyond the capacity does not wait for it: it executes in part at once.
    function test_T16_CapacityFreedWhenThePriceIsGood() public {
        (uint256 id, Order memory big) = _create(alice, orderRequest(market, address(om), false, 500.1e18));
        assertTrue(_execute(id, big));
        assertEq(keeper.balance, FEE);
        assertEq(sizeOf(alice), 500e18);
    }

    /// @dev Without any capacity the order ends, and its keeper is paid: the taker cannot free the capacity later and
    /// execute at the old price.
    function test_T16_OrderWithoutCapacityEndsForItsFee() public {
        buy(bob, address(om), 500e18);
        (uint256 id, Order memory big) = _create(alice, orderRequest(market, address(om), false, 400e18));
        int256 before = _total();
        assertFalse(_execute(id, big));
        assertEq(keeper.balance, FEE, "paid for ending it");
        assertEq(gateway.creditOf(alice), 0);
        assertEq(gateway.commitmentOf(id), 0);
        assertEq(_total(), before, "no bond");
    }

    /// @dev The taker's margin does not cover the part that the maker takes: its own failure, at any capacity.
    function test_T44_CapacityHidesNoFailureOfTheTaker() public {
        (uint256 id, Order memory big) = _create(alice, orderRequest(market, address(om), false, 501e18));
        vm.startPrank(alice);
        vault.transferMarginToFund(market, alice, 480_000 * USD);
        vm.stopPrank();
        int256 lps = valueOf(address(om));
        assertFalse(_execute(id, big));
        assertEq(valueOf(address(om)), lps + int256(uint256(big.bondXCD)) * 1e12, "LPs receive the bond");
    }

    /// @dev A part below the market's minimum position is not the taker's failure.
    function test_T44_RestBelowTheMinimumCostsNoBond() public {
        RuleParams memory rules = config().market.rules;
        rules.minPositionValue = 10e18;
        vm.prank(owner());
        house.setRules(market, rules);
        // The end of its ramp.
        skip(1 days);
        setPrice(START_PRICE);
        buy(bob, address(om), 500e18 - 1e9);
        (uint256 id, Order memory big) = _create(alice, orderRequest(market, address(om), false, 1e18));
        vm.expectEmit(address(gateway));
        emit OrderGateway.OrderPurged(
            id, alice, keeper, abi.encodeWithSelector(IMaker.MakerCapacityExceeded.selector, 1e18, 1e9)
        );
        assertFalse(_execute(id, big));
        (, uint256 bound) = vault.escrowOf(alice, address(gateway));
        assertEq(bound, 0);
    }

    function _create(address taker, OrderRequest memory r) private returns (uint256 id, Order memory order) {
        order = orderTerms(taker, r, timestamp(), FEE);
        (, uint256 before) = vault.escrowOf(taker, address(gateway));
        vm.prank(taker);
        id = gateway.createOrder{value: FEE}(r);
        (, uint256 bound) = vault.escrowOf(taker, address(gateway));
        order.bondXCD = uint128(bound - before);
    }

    /// @dev At the price of the creation, by the keeper.
    function _execute(uint256 id, Order memory order) private returns (bool) {
        vm.warp(order.executableAt);
        bytes[] memory data = _update(START_PRICE, order.executableAt);
        vm.prank(keeper);
        return gateway.executeOrder(id, order, data);
    }

    function _update(uint256 price, uint256 time) private view returns (bytes[] memory data) {
        data = new bytes[](1);
        data[0] = priceUpdate(price, time, time - 1);
    }

    /// @dev Everything that the taker owns in the exchange, WAD.
    function _total() private view returns (int256 total) {
        address[2] memory group = [alice, bob];
        for (uint256 i = 0; i < 2; ++i) {
            (uint256 held,) = vault.escrowOf(group[i], address(signedGateway));
            (uint256 delayed,) = vault.escrowOf(group[i], address(gateway));
            total += valueOf(group[i]) + int256((vault.fundOf(group[i]) + held + delayed) * 1e12);
        }
    }
}
