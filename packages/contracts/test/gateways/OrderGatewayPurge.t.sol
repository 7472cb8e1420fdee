// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {OrderGateway} from "../../src/gateways/OrderGateway.sol";
import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {IForcedChanges} from "../../src/interfaces/IForcedChanges.sol";
import {IMaker} from "../../src/interfaces/IMaker.sol";
import {RuleParams} from "../../src/interfaces/IMarketAdmin.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {ZeroAmount} from "../../src/types/Errors.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {Order, OrderRequest} from "../../src/types/Order.sol";
import {insufficientInitialMargin} from "../utils/Reverts.sol";
import {OrderGatewayTest} from "./OrderGatewayTest.sol";

/// @dev Failures that purge an order and pay the keeper.
contract OrderGatewayPurgeTest is OrderGatewayTest {
    function test_Purge_T16_TakerRevokedTheGateway() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        vm.prank(alice);
        vault.setOperator(address(gateway), false);
        _checkPurged(id, o, abi.encodeWithSelector(IVault.NotAuthorized.selector, alice, address(gateway)));
    }

    /// @dev T16: a taker that withdraws its margin once the price is known still pays the keeper.
    function test_Purge_T16_TakerWithdrewItsMargin() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        vm.prank(alice);
        vault.transferMarginToFund(market, alice, 100_000 * USD);
        int256 value = 2000e18 - 2000.02e18;
        _checkPurged(id, o, insufficientInitialMargin(alice, value, 200e18));
    }

    function test_Purge_BoundNotMet() public {
        (uint256 id, Order memory o) = createBounded(address(om), false, 2000e18);
        _checkPurged(
            id, o, abi.encodeWithSelector(IClearingHouse.SlippageExceeded.selector, 2000.02e18, uint256(2000e18))
        );
    }

    function test_Purge_OracleMakersCapacity() public {
        OrderRequest memory r = request(address(om), false);
        r.amount = 1e18;
        (uint256 id, Order memory o) = create(r);
        addMargin(bob, 500_000 * USD);
        buy(bob, address(om), 500e18);
        _checkPurged(id, o, abi.encodeWithSelector(IMaker.MakerCapacityExceeded.selector, 1e18, 0));
        assertEq(gateway.creditOf(alice), 0, "LPs do not change the capacity");
    }

    function test_Purge_ReduceOnlyWithNothingToReduce() public {
        OrderRequest memory r = request(address(shb), true);
        r.isReduceOnly = true;
        (uint256 id, Order memory o) = create(r);
        _checkPurged(id, o, abi.encodeWithSelector(IClearingHouse.NothingToReduce.selector, 0, true));
    }

    /// @dev A pool-priced order binds no bond, so it cannot execute at a price that exists before.
    function test_T44_Purge_PoolPricedOrderAgainstAnOracleMaker() public {
        OrderRequest memory r = request(address(om), false);
        r.isPoolPriced = true;
        (uint256 id, Order memory o) = create(r);
        assertEq(o.bondXCD, 0);
        _checkPurged(id, o, abi.encodeWithSelector(OrderGateway.BondMissing.selector, address(om)));
    }

    function test_Purge_UnknownMaker() public {
        (uint256 id, Order memory o) = create(request(bob, true));
        _checkPurged(id, o, abi.encodeWithSelector(IClearingHouse.UnknownMaker.selector, bob, market, 0));
    }

    /// @dev An amount that rounds to zero base fails at any price.
    function test_Purge_BaseRoundsToZero() public {
        OrderRequest memory r = request(address(om), false);
        (r.isExactInput, r.amount, r.oppositeBound) = (true, 1, 0);
        (uint256 id, Order memory o) = create(r);
        _checkPurged(id, o, abi.encodeWithSelector(ZeroAmount.selector));
    }

    /// @dev An amount of quote is not clamped to the position.
    function test_Purge_ReduceOnlyWouldReverseThePosition() public {
        buy(alice, address(om), 0.5e18);
        OrderRequest memory r = request(address(om), true);
        (r.isReduceOnly, r.isExactInput, r.amount, r.oppositeBound) = (true, false, 1100e18, type(uint256).max);
        (uint256 id, Order memory o) = create(r);
        // 1,100 at 2,000, with a premium on the 0.05 that open a long of the maker's: 1% / (2 x 500) x 0.05^2.
        bytes memory reason =
            abi.encodeWithSelector(IClearingHouse.WouldIncrease.selector, int256(0.5e18), -int256(550000025000025001));
        _checkPurged(id, o, reason, 0.5e18);
    }

    /// @dev T16: the taker could make the order executable by another trade, after it knows the price.
    function test_Purge_T16_PositionBelowTheMinimum() public {
        _setMinimum(3000e18);
        (uint256 id, Order memory o) = create(request(address(om), false));
        _checkPurged(id, o, abi.encodeWithSelector(IClearingHouse.PositionBelowMinimum.selector, 2000e18, 3000e18));
    }

    /// @dev T16: the bound overflows when it is scaled with the order. The taker could prevent that by another trade,
    /// and so decide whether an order that waits for this one is executed.
    function test_Purge_T16_BoundOverflows() public {
        _setMinimum(1500e18);
        buy(alice, address(om), 1.5e18);
        (uint256 id, Order memory o) = createBounded(address(om), true, type(uint256).max);
        _checkPurged(id, o, abi.encodeWithSignature("Panic(uint256)", 0x11), 1.5e18);
    }

    function test_Purge_MakerIsRetired() public {
        vm.prank(owner());
        house.retireMaker(address(om));
        (uint256 id, Order memory o) = create(request(address(om), false));
        _checkPurged(id, o, abi.encodeWithSelector(IClearingHouse.MakerIsRetired.selector, address(om)));
    }

    /// @dev T16: only registered makers are asked whether they hedge. This one answers true, so that its orders would
    /// stay open.
    function test_T16_Purge_UnregisteredMakerCannotClaimToBeHedged() public {
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

    function _setMinimum(uint96 value) private {
        RuleParams memory rules = config().market.rules;
        rules.minPositionValue = value;
        vm.prank(owner());
        house.setRules(market, rules);
        // The end of its ramp.
        skip(1 days);
        setPrice(START_PRICE);
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
        assertEq(keeper.balance, FEE, "the keeper is paid");
        assertEq(gateway.commitmentOf(id), 0);
        assertEq(vault.lockHolder(), address(0));
    }
}

/// @dev A base token of eight decimals.
contract OrderGatewayPurgeAmountTest is OrderGatewayTest {
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
