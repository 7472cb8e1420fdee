// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse, TradeParams} from "../../src/interfaces/IClearingHouse.sol";
import {IForcedChanges} from "../../src/interfaces/IForcedChanges.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {ZeroAmount} from "../../src/types/Errors.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {TradeTest} from "./TradeTest.sol";

/// @dev Parameters, callers and market status.
contract ClearingHouseTradeAdmissionTest is TradeTest {
    function test_RevertIf_MarketIsUnknown() public {
        TradeParams memory params = order(alice, maker, true, true, 1e18);
        params.marketId = 7;
        vm.expectRevert(abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, 7, MarketStatus.None));
        tradeAs(alice, params);
    }

    function test_RevertIf_MarketIsPaused() public {
        buy(alice, maker, 1e18);
        setStatus(MarketStatus.Paused);
        vm.expectRevert(abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, market, MarketStatus.Paused));
        sell(alice, maker, 1e18);
    }

    function test_ReduceOnlyMarket_TakesReductionsOnly() public {
        buy(alice, maker, 2e18);
        setStatus(MarketStatus.ReduceOnly);
        sell(alice, maker, 1e18);
        vm.expectRevert(
            abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, market, MarketStatus.ReduceOnly)
        );
        buy(alice, maker, 1e18);
        // A reversal opens a position.
        vm.expectRevert(
            abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, market, MarketStatus.ReduceOnly)
        );
        sell(alice, maker, 2e18);
    }

    function test_RevertIf_DeadlinePassed() public {
        TradeParams memory params = order(alice, maker, true, true, 1e18);
        params.deadline = START - 1;
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.DeadlinePassed.selector, START, START - 1));
        tradeAs(alice, params);
    }

    function test_RevertIf_AmountIsZero() public {
        vm.expectRevert(abi.encodeWithSelector(ZeroAmount.selector));
        buy(alice, maker, 0);
        // An amount in quote may be zero in base.
        vm.expectRevert(abi.encodeWithSelector(ZeroAmount.selector));
        tradeAs(alice, order(alice, maker, false, true, 1));
    }

    function test_RevertIf_TakerIsMaker() public {
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.TakerIsMaker.selector, maker));
        buy(maker, maker, 1e18);
    }

    function test_RevertIf_MakerIsUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.UnknownMaker.selector, bob, market, 0));
        buy(alice, bob, 1e18);
    }

    function test_RevertIf_CallerIsNotTheTakersOperator() public {
        vm.expectRevert(abi.encodeWithSelector(IVault.NotAuthorized.selector, alice, bob));
        tradeAs(bob, order(alice, maker, true, true, 1e18));
        vm.prank(alice);
        vault.setOperator(bob, true);
        tradeAs(bob, order(alice, maker, true, true, 1e18));
        assertEq(sizeOf(alice), -1e18);
        assertEq(sizeOf(bob), 0);
    }

    // ------------------------------------------------------------------------------------------------ reduce-only ----

    /// @dev An amount of base beyond the position becomes its size, and the bound follows in proportion.
    function test_ReduceOnly_ClampsToThePosition() public {
        buy(alice, maker, 1e18);
        TradeParams memory params = order(alice, maker, true, true, 4e18);
        params.isReduceOnly = true;
        checkBound(params, 2000e18, 8000e18 + 1, 2000e18 + 1, 8000e18);
        assertEq(sizeOf(alice), 0);
        sell(alice, maker, 1e18);
        params = order(alice, maker, false, false, 4e18);
        params.isReduceOnly = true;
        checkBound(params, 2000e18, 8000e18 - 1, 2000e18 - 1, 8000e18);
        assertEq(sizeOf(alice), 0);
    }

    /// @dev An amount of quote states the cost and is not clamped.
    function test_ReduceOnly_RevertIf_ItWouldIncreaseOrTurn() public {
        buy(alice, maker, 2e18);
        TradeParams memory params = order(alice, maker, true, false, 4000e18 + 2000);
        params.isReduceOnly = true;
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.WouldIncrease.selector, 2e18, -(2e18 + 1)));
        tradeAs(alice, params);
        params = order(alice, maker, false, false, 1e18);
        params.isReduceOnly = true;
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NothingToReduce.selector, 2e18, false));
        tradeAs(alice, params);
    }

    function test_WholePosition_ClosesTheSizeAtExecution() public {
        buy(alice, maker, 2e18 + 7);
        close(alice, maker);
        assertEq(sizeOf(alice), 0);
        sell(alice, maker, 3e18 + 5);
        close(alice, maker);
        assertEq(sizeOf(alice), 0);
    }

    function test_WholePosition_RevertIf_ThereIsNoneOnThatSide() public {
        TradeParams memory params = order(alice, maker, true, true, type(uint256).max);
        params.isReduceOnly = true;
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NothingToReduce.selector, 0, true));
        tradeAs(alice, params);
        sell(alice, maker, 1e18);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NothingToReduce.selector, -1e18, true));
        tradeAs(alice, params);
    }
}
