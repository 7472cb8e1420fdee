// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IMarketAdmin, MarketParams, Rule} from "../../src/interfaces/IMarketAdmin.sol";
import {IMarketSettings} from "../../src/interfaces/IMarketSettings.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {MarketStatusTest} from "./MarketStatusTest.sol";

/// @dev Parameters and number of markets.
contract ClearingHouseCreateMarketTest is MarketStatusTest {
    function test_CreateMarket_CountsFromOne() public {
        MarketParams memory params = marketParams(200_000, 100_000, 50_000);
        vm.expectEmit(address(house));
        emit IMarketAdmin.MarketCreated(2, params);
        vm.prank(owner());
        assertEq(house.createMarket(params), 2);
        assertEq(house.marketCount(), 2);
        assertEq(uint8(house.statusOf(2)), uint8(MarketStatus.ReduceOnly));
        assertEq(house.rulesOf(2).priceBand, 50_000);
        assertEq(d.lens.marketOf(2).initialMarginRatio, 200_000);
        assertEq(d.lens.marketOf(2).maintenanceMarginRatio, 100_000);
    }

    /// @dev T5: a trade inside the band costs less than the margin that it has to leave.
    function test_T5_RevertIf_BandIsNotBelowTheInitialMargin() public {
        MarketParams memory params;
        vm.startPrank(owner());
        params = marketParams(100_000, 62_500, 100_000);
        vm.expectRevert(
            abi.encodeWithSelector(IMarketAdmin.RuleOutOfRange.selector, Rule.PriceBand, 100_000, 1, 99_999)
        );
        house.createMarket(params);
        params = marketParams(100_000, 62_500, 0);
        vm.expectRevert(abi.encodeWithSelector(IMarketAdmin.RuleOutOfRange.selector, Rule.PriceBand, 0, 1, 99_999));
        house.createMarket(params);
        vm.stopPrank();
    }

    function test_RevertIf_MarginRatiosAreInvalid() public {
        MarketParams memory params;
        vm.startPrank(owner());
        params = marketParams(100_000, 100_000, 50_000);
        vm.expectRevert(abi.encodeWithSelector(IMarketSettings.InvalidMarginRatios.selector, 100_000, 100_000));
        house.createMarket(params);
        params = marketParams(100_000, 0, 50_000);
        vm.expectRevert(abi.encodeWithSelector(IMarketSettings.InvalidMarginRatios.selector, 100_000, 0));
        house.createMarket(params);
        params = marketParams(1_000_001, 62_500, 50_000);
        vm.expectRevert(abi.encodeWithSelector(IMarketSettings.InvalidMarginRatios.selector, 1_000_001, 62_500));
        house.createMarket(params);
        vm.stopPrank();
    }

    function test_CreateMarket_RevertIf_TooMany() public {
        vm.startPrank(owner());
        house.setSystemStatus(MarketStatus.ReduceOnly);
        vm.stopPrank();
        while (house.marketCount() < 128) _createMarket();
        _check(128, MarketStatus.ReduceOnly);
        vm.prank(guardian);
        uint256 gas = gasleft();
        house.setSystemStatus(MarketStatus.Paused);
        assertLt(gas - gasleft(), 10_000_000, "the loop fits into a block");
        _check(128, MarketStatus.Paused);
        MarketParams memory params = config().market;
        vm.expectRevert(abi.encodeWithSelector(IMarketAdmin.TooManyMarkets.selector, 128));
        vm.prank(owner());
        house.createMarket(params);
    }

    function test_System_NewMarketsStartUnderIt() public {
        vm.startPrank(owner());
        house.setSystemStatus(MarketStatus.Paused);
        uint256 second = _createMarket();
        vm.startPrank(owner());
        _check(second, MarketStatus.Paused);
        assertTrue(d.lens.feeStateOf(second).isFrozen());
        house.setSystemStatus(MarketStatus.Active);
        vm.stopPrank();
        _check(second, MarketStatus.ReduceOnly);
        assertFalse(d.lens.feeStateOf(second).isFrozen());
    }
}
