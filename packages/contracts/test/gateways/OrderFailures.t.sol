// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {PythErrors} from "@pythnetwork/pyth-sdk-solidity/PythErrors.sol";
import {OrderGateway} from "../../src/gateways/OrderGateway.sol";
import {IClearingHouse, RuleParams} from "../../src/interfaces/IClearingHouse.sol";
import {IForcedChanges} from "../../src/interfaces/IForcedChanges.sol";
import {IKeeperErrors} from "../../src/interfaces/IKeeperErrors.sol";
import {IMaker} from "../../src/interfaces/IMaker.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {MarginMath} from "../../src/libraries/MarginMath.sol";
import {ZeroAmount} from "../../src/types/Errors.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {Order, OrderRequest} from "../../src/types/Order.sol";
import {OrderGatewayFixture} from "./OrderGatewayFixture.sol";

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

    /// @dev What rounds to no base at all is the taker's amount at any price.
    function test_Purge_BaseRoundsToZero() public {
        OrderRequest memory r = request(address(om), false);
        (r.isExactInput, r.amount, r.oppositeBound) = (true, 1, 0);
        (uint256 id, Order memory o) = create(r);
        _checkPurged(id, o, abi.encodeWithSelector(ZeroAmount.selector));
    }

    function test_Purge_ReduceOnlyWouldTurnThePosition() public {
        buy(alice, address(om), 0.5e18);
        OrderRequest memory r = request(address(om), true);
        r.isReduceOnly = true;
        (uint256 id, Order memory o) = create(r);
        _checkPurged(
            id, o, abi.encodeWithSelector(IClearingHouse.WouldIncrease.selector, int256(0.5e18), int256(-1e18)), 0.5e18
        );
    }

    /// @dev T16: its taker could make it executable again by another trade, at a price that it has seen.
    function test_Purge_T16_PositionBelowTheMinimum() public {
        _setMinimum(3000e18);
        (uint256 id, Order memory o) = create(request(address(om), false));
        _checkPurged(id, o, abi.encodeWithSelector(IClearingHouse.PositionBelowMinimum.selector, 2000e18, 3000e18));
    }

    /// @dev T16: a bound that overflows when it grows with the order. Its taker could mend that by another trade, and the
    /// order that waits for this one would be executed or not as it pleases.
    function test_Purge_T16_BoundBeyondAllMeasure() public {
        _setMinimum(1500e18);
        buy(alice, address(om), 1.5e18);
        OrderRequest memory r = request(address(om), true);
        r.oppositeBound = type(uint256).max;
        (uint256 id, Order memory o) = create(r);
        _checkPurged(id, o, abi.encodeWithSignature("Panic(uint256)", 0x11), 1.5e18);
    }

    function test_Purge_MakerIsRetired() public {
        vm.prank(owner());
        house.retireMaker(address(om));
        (uint256 id, Order memory o) = create(request(address(om), false));
        _checkPurged(id, o, abi.encodeWithSelector(IClearingHouse.MakerIsRetired.selector, address(om)));
    }

    /// @dev T16: nobody but registered makers is asked what they are. This one would have its order left.
    function test_T16_Purge_WhatAnUnknownMakerSaysDoesNotCount() public {
        (uint256 id, Order memory o) = create(request(address(this), false));
        vm.prank(owner());
        house.setMarketStatus(market, MarketStatus.Paused);
        _checkPurged(
            id, o, abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, market, MarketStatus.Paused)
        );
    }

    function isSpotHedged() external pure returns (bool) {
        return true;
    }

    // ------------------------------------------------------------------------------------------------- left alone ----

    /// @dev A price that is the pool's when the market is open again: nobody has an option on it.
    function test_T28_RevertIf_TheMarketIsPaused() public {
        (uint256 id, Order memory o) = create(request(address(shb), true));
        vm.prank(owner());
        house.setMarketStatus(market, MarketStatus.Paused);
        _checkLeft(id, o, abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, market, MarketStatus.Paused));
    }

    function test_T28_RevertIf_TheMarketIsReduceOnly() public {
        (uint256 id, Order memory o) = create(request(address(shb), true));
        vm.prank(owner());
        house.setMarketStatus(market, MarketStatus.ReduceOnly);
        _checkLeft(
            id, o, abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, market, MarketStatus.ReduceOnly)
        );
    }

    /// @dev T28: the keeper moved the pool.
    function test_T28_RevertIf_ThePoolIsTooFar() public {
        (uint256 id, Order memory o) = create(request(address(shb), true));
        spot.moveTo(1900e18);
        uint256 snapshot = vm.snapshotState();
        uint256 yield = spot.sellBase(1e18) * 1e12;
        vm.revertToState(snapshot);
        _checkLeft(
            id, o, abi.encodeWithSelector(ISpotHedgeVault.HedgeTooFar.selector, yield, START_PRICE, uint256(20_000))
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

    function _setMinimum(uint96 value) private {
        RuleParams memory rules = config().market.rules;
        rules.minPositionValue = value;
        vm.prank(owner());
        house.setRules(market, rules);
    }

    function _checkPurged(uint256 id, Order memory o, bytes memory reason) private {
        _checkPurged(id, o, reason, 0);
    }

    function _checkPurged(uint256 id, Order memory o, bytes memory reason, int256 size) private {
        vm.warp(o.executableAt);
        bytes[] memory data = update(START_PRICE, o);
        vm.expectEmit(address(gateway));
        emit OrderGateway.OrderPurged(id, alice, keeper, reason);
        assertFalse(execute(id, o, data));
        assertEq(sizeOf(alice), size);
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

/// @dev A base token of eight decimals.
contract OrderFinerThanTheTokenTest is OrderGatewayFixture {
    function baseDecimals() internal pure override returns (uint8) {
        return 8;
    }

    function test_Purge_AmountIsFinerThanTheToken() public {
        OrderRequest memory r = request(address(shb), true);
        r.amount = 1e18 + 1;
        (uint256 id, Order memory o) = create(r);
        vm.warp(o.executableAt);
        bytes[] memory data = update(START_PRICE, o);
        bytes memory reason = abi.encodeWithSelector(ISpotHedgeVault.FinerThanBaseToken.selector, 1e18 + 1, 1e10);
        vm.expectEmit(address(gateway));
        emit OrderGateway.OrderPurged(id, alice, keeper, reason);
        assertFalse(execute(id, o, data));
    }
}
