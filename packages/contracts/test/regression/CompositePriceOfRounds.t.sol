// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {LiquidationParams} from "../../src/interfaces/IClearingHouse.sol";
import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {PriceOlderThanFill} from "../../src/types/Errors.sol";
import {Feed} from "../../src/types/Feed.sol";
import {Order, OrderRequest} from "../../src/types/Order.sol";
import {Price} from "../../src/types/Units.sol";
import {CollateralFeedFixture} from "../oracle/CollateralFeedFixture.sol";
import {AggregatorDouble} from "../utils/AggregatorDouble.sol";
import {orderRequest, orderTerms} from "../utils/Orders.sol";

/// @dev T16, T36: prices of base and collateral of which at least one is a round of the second source. Collateral rounds
/// come once a day, so the older of two rounds says nothing about the age of the price. Alice is long 100 at 2,000 with
/// 21,000, and her fill is one second newer than the collateral's round.
contract CompositePriceOfRoundsTest is CollateralFeedFixture {
    uint256 private constant FEE = 0.0001 ether;
    AggregatorDouble private baseSecond;
    AggregatorDouble private collateralSecond;

    function marketFeed() internal override returns (Feed memory feed) {
        if (address(baseSecond) == address(0)) {
            baseSecond = new AggregatorDouble(8);
            collateralSecond = new AggregatorDouble(8);
            baseSecond.push(2000e8, START);
            collateralSecond.push(1e8, START);
        }
        feed = plainWithCollateral();
        feed.maxDeviation = 10_000;
        feed.fallbackAge = 1 hours;
        feed.aggregator = address(baseSecond);
        feed.heartbeat = 1 hours;
        (feed.minAnswer, feed.maxAnswer) = (1e18, 1_000_000e18);
        feed.collateral.aggregator = address(collateralSecond);
        feed.collateral.heartbeat = 1 days;
        (feed.collateral.minAnswer, feed.collateral.maxAnswer) = (0.01e18, 100e18);
    }

    function setUp() public override {
        super.setUp();
        addMargin(alice, 21_000 * USD);
        vm.deal(alice, 1 ether);
        vm.prank(alice);
        vault.setOperator(address(gateway), true);
        addMargin(bob, 500_000 * USD);
        buy(alice, address(om), 100e18);
        assertEq(positionOf(alice).lastFillAt, START + 1);
    }

    /// @dev Pyth died. With the time of the collateral's round, no account could liquidate until the next one, a day later: at
    /// 1,500 the account had a value of -29,200, for insurance and LPs.
    function test_T36_Liquidation_DoesNotWaitForARoundOfTheCollateral() public {
        baseSecond.push(1840e8, START + 3610);
        vm.warp(START + 3612);
        (Price price, uint256 publishTime) = oracle.getLiquidationPrice(market);
        assertEq(price.unwrap(), 1840e18);
        assertEq(publishTime, START + 3610, "of the round that changed the price");
        _liquidate();
        assertEq(sizeOf(alice), 0);
        assertGe(marginOf(alice), 0, "no shortfall");
        assertGe(vault.insuranceOf(market), 0);
    }

    /// @dev A reduction at a round of 2,000, then a take-over at Pyth's price of 1,850, which was published three seconds
    /// before that round: the liquidator gained 7,790.
    function test_T36_Liquidation_AtAPriceOlderThanTheRoundOfTheFill() public {
        vm.warp(START + 3590);
        (uint256 id, Order memory o) = _createReduction(10e18);
        baseSecond.push(2000e8, START + 3605);
        vm.warp(START + 3611);
        vm.prank(keeper);
        assertTrue(gateway.executeOrder(id, o, new bytes[](0)));
        assertEq(sizeOf(alice), 90e18);
        assertEq(positionOf(alice).lastFillAt, START + 3605);

        pyth.updatePriceFeeds{value: 2}(both(1850e8, 1e8, START + 3602));
        (int256 taker, int256 liquidator) = (_valueAt(alice, 2000e18), _valueAt(bob, 2000e18));
        vm.expectRevert(abi.encodeWithSelector(PriceOlderThanFill.selector, START + 3602, START + 3605));
        _liquidate();
        assertEq(_valueAt(alice, 2000e18), taker, "taker");
        assertEq(_valueAt(bob, 2000e18), liquidator, "liquidator");
    }

    /// @dev Only the collateral is silent, and Pyth's base is at 1,990. The order closed at the base's round of eleven
    /// minutes ago as soon as the collateral's daily round came: 1,000 from LPs.
    function test_T16_Reduction_DoesNotCloseAtARoundOfTheBaseThatWasKnown() public {
        baseSecond.push(2000e8, START + 3000);
        vm.warp(START + 3650);
        setPrice(1990e18);
        (uint256 id, Order memory o) = _createReduction(100e18);
        vm.warp(START + 3653);
        setPrice(1990e18);
        collateralSecond.push(1e8, START + 3654);
        vm.warp(START + 3655);
        (int256 taker, int256 lps) = (_valueAt(alice, 1990e18), _valueAt(address(om), 1990e18));
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.NoFirstRound.selector, address(baseSecond), START + 3653));
        vm.prank(keeper);
        gateway.executeOrder(id, o, new bytes[](0));

        // The base's next round executes it.
        baseSecond.push(1990e8, START + 3656);
        vm.warp(START + 3657);
        vm.prank(keeper);
        assertTrue(gateway.executeOrder(id, o, new bytes[](0)));
        assertLe(_valueAt(alice, 1990e18), taker, "taker");
        assertGe(_valueAt(address(om), 1990e18), lps, "LPs");
    }

    /// @dev One part at Pyth, the other a round: the time is that of Pyth's part, whichever it is.
    function test_T36_LiquidationPrice_OfOnePartAtPyth() public {
        skip(3601);
        setPrice(2400e18);
        (, uint256 publishTime) = oracle.getLiquidationPrice(market);
        assertEq(publishTime, timestamp(), "the collateral's round is in force");
    }

    function _createReduction(uint256 amount) private returns (uint256 id, Order memory o) {
        OrderRequest memory r = orderRequest(market, address(om), true, amount);
        r.isReduceOnly = true;
        o = orderTerms(alice, r, timestamp(), FEE);
        vm.prank(alice);
        id = gateway.createOrder{value: FEE}(r);
    }

    function _liquidate() private {
        vm.prank(bob);
        house.liquidate(LiquidationParams(market, alice, bob, address(0), type(uint256).max, 0, 0));
    }

    function _valueAt(address account, uint256 price) private view returns (int256) {
        return vault.accountState(market, account, Price.wrap(price)).value.unwrap();
    }
}
