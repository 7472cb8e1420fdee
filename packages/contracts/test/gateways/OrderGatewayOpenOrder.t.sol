// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {PythErrors} from "@pythnetwork/pyth-sdk-solidity/PythErrors.sol";
import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {IForcedChanges} from "../../src/interfaces/IForcedChanges.sol";
import {IMaker} from "../../src/interfaces/IMaker.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {Order, OrderRequest} from "../../src/types/Order.sol";
import {OrderGatewayTest} from "./OrderGatewayTest.sol";

/// @dev Failures that leave an order open and pay no keeper.
contract OrderGatewayOpenOrderTest is OrderGatewayTest {
    /// @dev The price is the pool's when the market opens again, so that the order is no option.
    function test_T28_RevertIf_TheMarketIsPaused() public {
        _checkStaysOpenIn(MarketStatus.Paused);
    }

    function test_T28_RevertIf_TheMarketIsReduceOnly() public {
        _checkStaysOpenIn(MarketStatus.ReduceOnly);
    }

    /// @dev T28: the keeper moved the pool.
    function test_T28_RevertIf_ThePoolIsOutOfBounds() public {
        (uint256 id, Order memory o) = create(request(address(shb), true));
        uint256 yield = moveToAndQuote(1900e18);
        _checkStaysOpen(
            id, o, abi.encodeWithSelector(ISpotHedgeVault.HedgeTooFar.selector, yield, START_PRICE, uint256(20_000))
        );
    }

    /// @dev T28: against a maker that swaps, a caller that moves the pool makes the order miss its bound.
    function test_T28_RevertIf_BoundIsMissedInThePool() public {
        (uint256 id, Order memory o) = createBounded(address(shb), true, 1990e18);
        uint256 yield = moveToAndQuote(1970e18);
        _checkStaysOpen(
            id, o, abi.encodeWithSelector(IClearingHouse.SlippageExceeded.selector, yield, uint256(1990e18))
        );
        // After the pool has returned, the order is filled.
        spot.moveTo(START_PRICE);
        assertTrue(execute(id, o, update(START_PRICE, o)));
    }

    /// @dev T28: a hedged maker's capacity may depend on the pool, so the order does not fill up to it.
    function test_T28_RevertIf_TheHedgedMakerLacksCapacity() public {
        addMargin(bob, 1000 * USD);
        sell(bob, address(shb), 1e18);
        OrderRequest memory r = request(address(shb), false);
        r.amount = 2e18;
        (uint256 id, Order memory o) = create(r);
        _checkStaysOpen(id, o, abi.encodeWithSelector(IMaker.MakerCapacityExceeded.selector, 2e18, 1e18));
    }

    /// @dev T28: too little gas makes any trade fail.
    function test_T28_RevertIf_GasIsTooLow() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        vm.warp(o.executableAt);
        bytes[] memory data = update(2000e18, o);
        for (uint256 gasLimit = 100_000; gasLimit < 1_150_000; gasLimit += 70_000) {
            vm.prank(keeper);
            (bool success,) = address(gateway).call{gas: gasLimit}(abi.encodeCall(gateway.executeOrder, (id, o, data)));
            // The call either reverts without effect or fills the order.
            if (success) {
                assertEq(sizeOf(alice), 1e18, "purged with too little gas");
                return;
            }
            assertEq(gateway.commitmentOf(id), gateway.hashOrder(o), "the order stays open");
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

    function _checkStaysOpen(uint256 id, Order memory o, bytes memory reason) private {
        vm.warp(o.executableAt);
        bytes[] memory data = update(START_PRICE, o);
        vm.expectRevert(reason);
        execute(id, o, data);
        assertEq(keeper.balance, 0);
        assertEq(gateway.commitmentOf(id), gateway.hashOrder(o));
    }

    /// @dev An order against the base vault in a market that is not active.
    function _checkStaysOpenIn(MarketStatus status) private {
        (uint256 id, Order memory o) = create(request(address(shb), true));
        vm.prank(owner());
        house.setMarketStatus(market, status);
        _checkStaysOpen(id, o, abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, market, status));
    }
}
