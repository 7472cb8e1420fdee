// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {LiquidationParams} from "../../src/interfaces/IClearingHouse.sol";
import {IBackstop} from "../../src/interfaces/IBackstop.sol";
import {PriceOlderThanFill} from "../../src/types/Errors.sol";
import {Order, OrderRequest} from "../../src/types/Order.sol";
import {OrderGatewayTest} from "../gateways/OrderGatewayTest.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {orderTerms} from "../utils/Orders.sol";
import {SecondSourceTest} from "../utils/SecondSourceTest.sol";

/// @dev T36: an order executed at a round of the second source, and then an account stored an older price of Pyth, which
/// was alive again by it. The account was liquidated, and its margin withdrawn, at that price.
contract PriceOlderThanFillTest is SecondSourceTest, OrderGatewayTest {
    uint256 private constant FILL_AT = DEATH + 4;
    uint256 private constant OLDER = DEATH + 1;
    uint256 private constant NOW = DEATH + 10;

    function config() internal override(ExchangeTest, SecondSourceTest) returns (DeployConfig memory) {
        return SecondSourceTest.config();
    }

    function setUp() public override(ExchangeTest, OrderGatewayTest) {
        super.setUp();
        // The fixture gives Alice 100,000.
        vm.startPrank(alice);
        vault.transferMarginToFund(market, alice, 79_000 * USD);
        vm.stopPrank();
        addMargin(bob, 100_000 * USD);
        buy(alice, address(om), 100e18);
    }

    /// @dev The keeper took over half of the position at 1,850 while the market was at 2,000: 45 x 150 and the penalty.
    function test_T36_FillAtTheSecondSource_OlderPrice_LiquidatesNothing() public {
        _reduceAtTheSecondSource();
        _store(1850e18, OLDER);
        int256[4] memory before = _values();
        LiquidationParams memory p = LiquidationParams(market, alice, bob, address(0), type(uint256).max, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(PriceOlderThanFill.selector, OLDER, FILL_AT));
        vm.prank(bob);
        house.liquidate(p);
        p.maker = address(om);
        vm.expectRevert(abi.encodeWithSelector(PriceOlderThanFill.selector, OLDER, FILL_AT));
        vm.prank(bob);
        house.liquidate(p);
        _assertUnchanged(before);
        assertFalse(d.lens.getAccount(market, alice).isLiquidatable);
        // A price of the same second as the fill is not older.
        _store(1850e18, FILL_AT);
        assertTrue(d.lens.getAccount(market, alice).isLiquidatable);
        p.maker = address(0);
        vm.prank(bob);
        house.liquidate(p);
        assertEq(sizeOf(alice), 45e18);
    }

    /// @dev Insurance pays nothing at the older price either: no shortfall is flagged or deleveraged.
    function test_T36_FillAtTheSecondSource_OlderPrice_LeavesInsuranceAlone() public {
        _reduceAtTheSecondSource();
        _store(1500e18, OLDER);
        int256[4] memory before = _values();
        vm.expectRevert(abi.encodeWithSelector(PriceOlderThanFill.selector, OLDER, FILL_AT));
        backstop.flagShortfall(market, alice);
        vm.expectRevert(abi.encodeWithSelector(PriceOlderThanFill.selector, OLDER, FILL_AT));
        backstop.deleverage(market, alice, new address[](0));
        _assertUnchanged(before);
        _store(1500e18, FILL_AT);
        backstop.flagShortfall(market, alice);
    }

    /// @dev At 2,200, stored although it is older, 30,000 of unrealised loss at 1,900 would have been free margin.
    function test_T36_FillAtTheSecondSource_OlderPrice_FreesNoMargin() public {
        _reduceAtTheSecondSource();
        _store(2200e18, OLDER);
        int256[4] memory before = _values();
        uint256 inFund = vault.fundOf(alice);
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(PriceOlderThanFill.selector, OLDER, FILL_AT));
        vault.transferMarginToFund(market, alice, 100 * USD);
        vm.expectRevert(abi.encodeWithSelector(PriceOlderThanFill.selector, OLDER, FILL_AT));
        vault.payOutMargin(market, 100 * USD, alice);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(PriceOlderThanFill.selector, OLDER, FILL_AT));
        vm.prank(lp);
        om.withdraw(1000e18);
        assertEq(vault.fundOf(alice), inFund);
        _assertUnchanged(before);
        _store(2000e18, FILL_AT);
        vm.prank(alice);
        vault.transferMarginToFund(market, alice, 100 * USD);
    }

    /// @dev The price that makes Alice bankrupt is newer than her last fill, and older than that of her counterparties: the
    /// account that named it would have closed Bob's profitable short at it.
    function test_T36_OlderPrice_DeleveragesNoNewerCounterparty() public {
        sell(bob, address(om), 50e18);
        _reduceAtTheSecondSource(bob, 10e18);
        assertEq(positionOf(alice).lastFillAt, START);
        _store(1500e18, OLDER);
        address[] memory takers = new address[](1);
        takers[0] = bob;
        int256[4] memory before = _values();
        vm.expectRevert(abi.encodeWithSelector(IBackstop.NothingToDeleverage.selector, alice));
        backstop.deleverage(market, alice, takers);
        _assertUnchanged(before);
        _store(1500e18, FILL_AT);
        assertGt(backstop.deleverage(market, alice, takers), 0);
    }

    /// @dev T33: an order that executes after a later one sets the time of the last fill not back.
    function test_T36_OlderOrder_DoesNotSetTheTimeBack() public {
        skip(1);
        (uint256 older, Order memory first) = create(request(address(om), false));
        skip(2);
        (uint256 newer, Order memory second_) = create(request(address(om), false));
        vm.warp(second_.executableAt);
        assertTrue(execute(newer, second_, update(2000e18, second_)));
        assertEq(positionOf(alice).lastFillAt, second_.executableAt);
        assertTrue(execute(older, first, update(2000e18, first)));
        assertEq(positionOf(alice).lastFillAt, second_.executableAt);
        assertEq(positionOf(address(om)).lastFillAt, second_.executableAt);
    }

    /// @dev Closes 10 of Alice's 100 at 2,000, the first round after the order's time. Pyth is dead.
    function _reduceAtTheSecondSource() private {
        _reduceAtTheSecondSource(alice, 10e18);
    }

    function _reduceAtTheSecondSource(address taker, uint256 amount) private {
        skip(3590);
        OrderRequest memory r = request(address(om), taker == alice);
        (r.amount, r.isReduceOnly) = (amount, true);
        Order memory o = orderTerms(taker, r, timestamp(), FEE);
        vm.deal(taker, 1 ether);
        vm.startPrank(taker);
        vault.setOperator(address(gateway), true);
        uint256 id = gateway.createOrder{value: FEE}(r);
        vm.stopPrank();
        second.push(2000e8, FILL_AT);
        vm.warp(NOW);
        assertTrue(execute(id, o, new bytes[](0)));
        assertEq(positionOf(taker).lastFillAt, FILL_AT);
        assertEq(positionOf(address(om)).lastFillAt, FILL_AT);
    }

    function _store(uint256 price, uint256 publishTime) private {
        bytes[] memory update = new bytes[](1);
        update[0] = priceUpdate(price, publishTime, publishTime - 1);
        pyth.updatePriceFeeds{value: 1}(update);
    }

    /// @dev Values of taker, liquidator, LPs and insurance at 2,000, funds included, WAD.
    function _values() private view returns (int256[4] memory values) {
        address[3] memory all = [alice, bob, address(om)];
        for (uint256 i = 0; i < 3; ++i) {
            values[i] = marginOf(all[i]) + positionOf(all[i]).openNotional.unwrap() + sizeOf(all[i]) * 2000
                + int256(vault.fundOf(all[i]) * 1e12);
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
