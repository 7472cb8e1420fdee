// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {IBackstop} from "../../src/interfaces/IBackstop.sol";
import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {LadderTest} from "../utils/LadderTest.sol";
import {liquidationPriceOf} from "../utils/OraclePrices.sol";
import {SecondSourceTest} from "../utils/SecondSourceTest.sol";

/// @dev T49: a price with a publish time one day ahead was fresh for a day. It blocked the second source and the
/// settlement, and liquidated at a frozen price.
contract PricePublishedInTheFutureTest is LadderTest {
    /// @dev The keeper took half of Alice's 100 over at 1,900 for a day, whatever the market did.
    function test_T49_Liquidation_AtAPriceOfTomorrow_CostsTheTakerNothing() public {
        long(alice, 21_000 * USD, 100e18);
        int256 keeperBefore = marginOf(keeper);
        skip(1);
        _storeAt(1900e18, timestamp() + 1 days);
        bytes memory refusal =
            abi.encodeWithSelector(IPriceOracle.FuturePrice.selector, FEED, timestamp() + 1 days, timestamp() + 10);
        vm.expectRevert(refusal);
        takeOver(alice);
        vm.expectRevert(refusal);
        oracle.getPrice(market);
        (, uint256 publishTime) = oracle.getLastPrice(market);
        assertEq(publishTime, 0, "no age check accepts it");
        assertEq(oracle.latestPublishTime(market), 0);
        assertEq(oracle.commitmentTime(market), timestamp(), "an order of now waits for no price of tomorrow");
        assertEq(marginOf(alice), 21_000e18, "victim");
        assertEq(marginOf(keeper), keeperBefore, "attacker");
        assertLaws();
    }

    /// @dev A chain's clock may lag by a few seconds.
    function test_T49_LeadOfTenSecondsIsValid() public {
        skip(1);
        _storeAt(1990e18, timestamp() + 10);
        assertEq(liquidationPriceOf(oracle, market), 1990e18);
        assertEq(oracle.commitmentTime(market), timestamp() + 10);
        _storeAt(1980e18, timestamp() + 11);
        vm.expectPartialRevert(IPriceOracle.FuturePrice.selector);
        oracle.getLiquidationPrice(market);
        assertEq(oracle.commitmentTime(market), timestamp() + 11);
    }

    function test_T49_Execution_RevertIf_PublishedInTheFuture() public {
        vm.prank(owner());
        oracle.setExecutor(address(this), true);
        bytes[] memory data = new bytes[](1);
        data[0] = priceUpdate(1900e18, START + 11, START - 1);
        bytes memory refusal = abi.encodeWithSelector(IPriceOracle.FuturePrice.selector, FEED, START + 11, START + 10);
        vm.expectRevert(refusal);
        oracle.beginExecution(market, data, START, START + 60);
        vm.expectRevert(refusal);
        oracle.beginCurrent(market, data, START);
    }

    /// @dev The margin of the market was frozen until the publish time and the settlement delay had passed.
    function test_T49_Settlement_IsPossibleBeforeThePublishTime() public {
        long(alice, 50_000 * USD, 100e18);
        _storeAt(2100e18, START + 365 days);
        backstop.announceSettlement(market, new bytes[](0));
        // Since when the feed is dead is unknown, so the settlement delay comes before the notice.
        assertEq(backstop.settleableAt(market), START + 4 days);
        skip(4 days - 1);
        vm.expectPartialRevert(IBackstop.SettlementNotDue.selector);
        backstop.settleMarket(market);
        skip(1);
        backstop.settleMarket(market);
        backstop.settleAccount(market, alice);
        assertEq(marginOf(alice), 60_000e18);
        assertLaws();
    }

    function _storeAt(uint256 price, uint256 publishTime) private {
        bytes[] memory data = new bytes[](1);
        data[0] = priceUpdate(price, publishTime, START);
        pyth.updatePriceFeeds{value: 1}(data);
    }
}

/// @dev T49: with a second source, the price of tomorrow counts as missing.
contract FuturePriceIsMissingTest is LadderTest, SecondSourceTest {
    function setUp() public override(ExchangeTest, LadderTest) {
        super.setUp();
    }

    function config() internal override(ExchangeTest, SecondSourceTest) returns (DeployConfig memory) {
        return super.config();
    }

    /// @dev The frozen 2,000 kept Alice's 100 open for a day while the market fell, and insurance paid for it.
    function test_T49_SecondSourceServesLiquidations() public {
        long(alice, 21_000 * USD, 100e18);
        skip(1);
        bytes[] memory data = new bytes[](1);
        data[0] = priceUpdate(2000e18, timestamp() + 1 days, START);
        pyth.updatePriceFeeds{value: 1}(data);
        second.push(1830e8, timestamp());
        assertEq(liquidationPriceOf(oracle, market), 1830e18);
        takeOver(alice);
        assertEq(sizeOf(alice), 0);
        assertGt(insurance(), 0, "a part of the penalty, and no loss");
        assertLaws();
    }

    /// @dev A price that a lagging clock explains is not valid yet, and the source is alive.
    function test_T49_APriceOfTheNextHourIsNotMissing() public {
        skip(1);
        bytes[] memory data = new bytes[](1);
        data[0] = priceUpdate(2000e18, timestamp() + 1 hours, START);
        pyth.updatePriceFeeds{value: 1}(data);
        second.push(1830e8, timestamp());
        vm.expectPartialRevert(IPriceOracle.FuturePrice.selector);
        oracle.getLiquidationPrice(market);
    }
}
