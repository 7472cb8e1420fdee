// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {PythErrors} from "@pythnetwork/pyth-sdk-solidity/PythErrors.sol";
import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {IForcedChanges} from "../../src/interfaces/IForcedChanges.sol";
import {SpotHedgeStorage} from "../../src/makers/spot-hedge/SpotHedgeStorage.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {Order, OrderRequest} from "../../src/types/Order.sol";
import {OrderGatewayTest} from "./OrderGatewayTest.sol";

contract OrderGatewayOpenOrderTest is OrderGatewayTest {
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
            id, o, abi.encodeWithSelector(SpotHedgeStorage.HedgeTooFar.selector, yield, START_PRICE, uint256(20_000))
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

    function _checkLeft(uint256 id, Order memory o, bytes memory reason) private {
        vm.warp(o.executableAt);
        bytes[] memory data = update(START_PRICE, o);
        vm.expectRevert(reason);
        execute(id, o, data);
        assertEq(keeper.balance, 0);
        assertEq(gateway.commitmentOf(id), gateway.hashOrder(o));
    }
}
