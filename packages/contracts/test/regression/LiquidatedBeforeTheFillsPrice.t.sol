// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {IClearingHouse, LiquidationParams} from "../../src/interfaces/IClearingHouse.sol";
import {Order, OrderRequest} from "../../src/types/Order.sol";
import {SignedOrder} from "../../src/types/SignedOrder.sol";
import {OrderGatewayTest} from "../gateways/OrderGatewayTest.sol";
import {SignedOrderTest} from "../gateways/signed/SignedOrderTest.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev T36: an order executed at a newer price than the stored one, and another account used the older price on the
/// position before it stored the newer one. Executions store their price. Alice has 100,000 of margin.
abstract contract OlderPriceTest is ExchangeTest {
    uint256 private constant SIZE = 450e18;

    /// @dev Alice's order against the oracle maker, at a price that is newer than the stored one.
    function fill(bool isBaseToQuote, uint256 amount, uint256 price) internal virtual;

    /// @dev The keeper (Bob) took half of the position over at 1,900 and then stored 2,000: 100 on 225 base and a penalty
    /// of 2.5%, together 33,187.
    function test_T36_Liquidation_AtAPriceOlderThanTheFill_CostsTheTakerNothing() public {
        addMargin(bob, 100_000 * USD);
        skip(1);
        setPrice(1900e18);
        _open();
        int256[4] memory values = _values();

        LiquidationParams memory p;
        (p.marketId, p.account, p.liquidator, p.amount) = (market, alice, bob, type(uint256).max);
        vm.prank(bob);
        try house.liquidate(p) {} catch {}
        skip(1);
        setPrice(2000e18);
        _assertUnchanged(values);
        vm.expectPartialRevert(IClearingHouse.NotLiquidatable.selector);
        vm.prank(bob);
        house.liquidate(p);
    }

    /// @dev The owner of a long position sold a part at 1,900, and withdrew what 2,000 left free: 6,300 that the position
    /// lacked.
    function test_T36_Withdrawal_AtAPriceOlderThanTheFill_FreesNothing() public {
        _open();
        skip(1);
        setPrice(START_PRICE);
        assertEq(vault.withdrawableMarginOf(market, alice), 6_300 * USD);
        fill(true, 0.1e18, 1900e18);

        (int256 margin, uint256 fund) = (marginOf(alice), vault.fundOf(alice));
        vm.prank(alice);
        try vault.transferMarginToFund(market, alice, 6_200 * USD) {} catch {}
        assertEq(vault.fundOf(alice), fund, "the owner withdrew margin that the position needs");
        assertEq(marginOf(alice), margin);
        assertEq(vault.withdrawableMarginOf(market, alice), 0);
    }

    /// @dev Opens at 2,000 with a margin of 10.7%.
    function _open() private {
        uint256 snapshot = vm.snapshotState();
        addMargin(alice, 50_000 * USD);
        fill(false, SIZE, 2000e18);
        // The spread is a loss at the price of the execution.
        int256 spread = -positionOf(alice).openNotional.unwrap() - int256(SIZE * 2000);
        vm.revertToState(snapshot);
        addMargin(alice, SIZE * 2000 * 107 / 1000 / 1e12 + uint256(spread) / 1e12 - 100_000 * USD);
        fill(false, SIZE, 2000e18);
    }

    /// @dev Values of taker, liquidator, LPs and insurance at 2,000, funds included, WAD.
    function _values() private view returns (int256[4] memory values) {
        address[3] memory accounts = [alice, bob, address(om)];
        for (uint256 i = 0; i < 3; ++i) {
            values[i] = marginOf(accounts[i]) + positionOf(accounts[i]).openNotional.unwrap() + sizeOf(accounts[i])
                * 2000 + int256(vault.fundOf(accounts[i]) * 1e12);
        }
        values[3] = vault.insuranceOf(market);
    }

    function _assertUnchanged(int256[4] memory before) private view {
        int256[4] memory values = _values();
        assertEq(values[0], before[0], "the taker paid");
        assertEq(values[1], before[1], "the liquidator gained");
        assertEq(values[2], before[2], "LPs");
        assertEq(values[3], before[3], "insurance");
    }
}

contract DelayedOrderAfterOlderPriceTest is OlderPriceTest, OrderGatewayTest {
    function setUp() public override(ExchangeTest, OrderGatewayTest) {
        super.setUp();
    }

    function fill(bool isBaseToQuote, uint256 amount, uint256 price) internal override {
        OrderRequest memory r = request(address(om), isBaseToQuote);
        (r.amount, r.isReduceOnly) = (amount, isBaseToQuote);
        (uint256 id, Order memory o) = create(r);
        // The first order of a market is bound at the stored price.
        (, uint256 bondXCD) = vault.escrowOf(alice, address(gateway));
        o.bondXCD = uint128(bondXCD);
        vm.warp(o.executableAt);
        assertTrue(execute(id, o, update(price, o)));
    }
}

contract SignedOrderAfterOlderPriceTest is OlderPriceTest, SignedOrderTest {
    uint256 private _orders;

    function config() internal override(ExchangeTest, SignedOrderTest) returns (DeployConfig memory) {
        return super.config();
    }

    function setUp() public override(ExchangeTest, SignedOrderTest) {
        super.setUp();
    }

    function fill(bool isBaseToQuote, uint256 amount, uint256 price) internal override {
        skip(3);
        SignedOrder memory order = orderOf(alice, isBaseToQuote, amount);
        (order.isReduceOnly, order.id) = (isBaseToQuote, ++_orders);
        settle(order, amount, price);
    }
}
