// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Vm} from "forge-std/Vm.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {IClearingHouse, TradeParams} from "../../src/interfaces/IClearingHouse.sol";
import {ILpVault} from "../../src/interfaces/ILpVault.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {Order, OrderRequest} from "../../src/types/Order.sol";

/// @dev Faults found once, each with the test that would have shown it.
contract FoundOnceTest is ExchangeTest {
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

    /// @dev A keeper that moves the pool makes a reduce-only order of an exact quote amount fail, and is not paid for it.
    function test_T28_MovedPool_LeavesAReduceOnlySell() public {
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
        assertTrue(gateway.executeOrder(id, o, update), "executes with the pool left alone");
        vm.revertToState(snap);

        spot.moveTo(1965e18);
        vm.prank(keeper);
        try gateway.executeOrder(id, o, update) returns (bool done) {
            assertTrue(done, "purged by the keeper's pool move");
        } catch {}
        assertTrue(gateway.commitmentOf(id) != 0, "order must be left alive");
    }

    function test_T28_MovedPool_LeavesAReduceOnlyBuy() public {
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
        assertTrue(gateway.executeOrder(id, o, update), "executes with the pool left alone");
        vm.revertToState(snap);

        spot.moveTo(1965e18);
        vm.prank(keeper);
        try gateway.executeOrder(id, o, update) returns (bool done) {
            assertTrue(done, "purged by the keeper's pool move");
        } catch {
            assertTrue(gateway.commitmentOf(id) != 0, "order must be left alive");
        }
    }

    /// @dev A fill that would turn the taker's position is hedged near the oracle, also when the exact side is quote.
    function test_H2_FlipInExactQuote_IsBound() public {
        addMargin(alice, 5_000 * USD);
        buy(alice, address(om), 1e18);
        spot.moveTo(2200e18);
        TradeParams memory p = order(alice, address(shb), true, false, 2190e18);
        bool went;
        vm.prank(alice);
        try house.trade(p) {
            went = true;
        } catch {}
        assertTrue(!went || sizeOf(alice) >= 0, "flipped short without the hedge bound");
    }

    function test_H2_FlipInExactBase_IsBound() public {
        addMargin(alice, 5_000 * USD);
        buy(alice, address(om), 1e18);
        spot.moveTo(2200e18);
        vm.expectPartialRevert(ISpotHedgeVault.HedgeTooFar.selector);
        sell(alice, address(shb), 1.095e18);
    }

    /// @dev What the worse of both prices makes a pure reduction has no bound, though the swap alone would turn it.
    function test_H2_ReductionInExactQuote_IsNotBound() public {
        addMargin(alice, 5_000 * USD);
        sell(alice, address(shb), 1e18);
        spot.moveTo(1900e18);
        TradeParams memory p = order(alice, address(shb), false, true, 1990e18);
        p.isReduceOnly = true;
        tradeAs(alice, p);
        assertLe(sizeOf(alice), 0);
    }

    /// @dev Buying a dust more than the position does not escape the worse of both prices.
    function test_H2_DustFlip_PaysTheWorsePriceToo() public {
        addMargin(alice, 5_000 * USD);
        addMargin(bob, 5_000 * USD);
        sell(bob, address(shb), 1e18);
        sell(alice, address(shb), 10e18);
        spot.moveTo(1962e18);
        uint256 snap = vm.snapshotState();
        (, int256 closeQuote) = buy(alice, address(shb), 10e18);
        vm.revertToState(snap);
        (, int256 flipQuote) = buy(alice, address(shb), 10e18 + 1e9);
        assertGe(-flipQuote, -closeQuote, "buying more costs less");
    }

    /// @dev The event counts the second swap of a trimmed hedge.
    function test_SpotHedged_CountsBothSwaps() public {
        addMargin(alice, 5_000 * USD);
        buy(alice, address(om), 5e18);
        spot.moveTo(2200e18);
        int256 marginBefore = marginOf(address(shb));
        vm.recordLogs();
        tradeAs(alice, order(alice, address(shb), true, false, 4000e18));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] == ISpotHedgeVault.SpotHedged.selector) {
                (,,, uint256 sq,) = abi.decode(logs[i].data, (address, uint256, int256, uint256, uint256));
                assertEq(int256(sq), marginOf(address(shb)) - marginBefore, "spotQuote is what the swap paid");
            }
        }
    }

    /// @dev Deviation and spread multiply: together they must fit the band.
    function test_SetParameters_RevertIf_DeviationAndSpreadCompoundPastTheBand() public {
        ISpotHedgeVault.Parameters memory p = shb.parameters();
        p.maxHedgeDeviation = 25_000;
        p.spread = 24_999;
        vm.prank(owner());
        // (1.05 / 1.025 - 1) in parts per million
        vm.expectRevert(abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 24_999, 0, 24_390));
        shb.setParameters(p);
    }

    /// @dev A flat vault pays out in kind, however stale the feed is.
    function test_FlatVault_PaysOutWithoutAPrice() public {
        ISpotHedgeVault.Parameters memory p = shb.parameters();
        p.spread = 1000;
        vm.prank(owner());
        shb.setParameters(p);
        addMargin(alice, 5_000 * USD);
        sell(alice, address(shb), 1e18);
        close(alice, address(shb));
        assertEq(sizeOf(address(shb)), 0);
        vm.warp(timestamp() + 1 days);
        uint256 s = shb.balanceOf(lp);
        vm.prank(lp);
        shb.withdraw(s);
    }
}
