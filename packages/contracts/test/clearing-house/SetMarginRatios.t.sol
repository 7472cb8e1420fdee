// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse, LiquidationParams} from "../../src/interfaces/IClearingHouse.sol";
import {IMarketAdmin, Rule, RuleParams} from "../../src/interfaces/IMarketAdmin.sol";
import {IMarketSettings} from "../../src/interfaces/IMarketSettings.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {notLiquidatable} from "../utils/Reverts.sol";

/// @dev Changes of margin ratios over time.
contract ClearingHouseSetMarginRatiosTest is ExchangeTest {
    function test_Ramp_IsBoundedAndEmitted() public {
        vm.startPrank(owner());
        vm.expectRevert(abi.encodeWithSelector(IMarketSettings.InvalidRamp.selector, 1 days - 1, 1 days, 30 days));
        house.setMarginRatios(market, 120_000, 62_500, 1 days - 1);
        vm.expectRevert(abi.encodeWithSelector(IMarketSettings.InvalidRamp.selector, 30 days + 1, 1 days, 30 days));
        house.setMarginRatios(market, 120_000, 62_500, 30 days + 1);
        vm.expectRevert(abi.encodeWithSelector(IMarketSettings.InvalidMarginRatios.selector, 62_500, 62_500));
        house.setMarginRatios(market, 62_500, 62_500, 1 days);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.InvalidMarketId.selector, 2, 2));
        house.setMarginRatios(2, 120_000, 62_500, 1 days);
        vm.expectEmit(address(vault));
        emit IMarketSettings.MarginRatiosSet(market, 120_000, 62_500, START + 1 days);
        house.setMarginRatios(market, 120_000, 62_500, 1 days);
        house.setMarginRatios(market, 120_000, 62_500, 30 days);
        vm.stopPrank();
    }

    /// @dev The ratios are on the straight line, rounded down, at every second of the ramp, and at its end value
    /// afterwards.
    function testFuzz_Ramp_IsLinear(uint256 initial, uint256 maintenance, uint256 duration, uint256 elapsed) public {
        initial = boundRatio(initial, 50_001, 1_000_000);
        maintenance = boundRatio(maintenance, 50_000, initial - 1);
        duration = boundTime(duration, 1 days, 30 days);
        _set(initial, maintenance, duration);
        _check(100_000, 62_500);
        elapsed = boundTime(elapsed, 0, duration - 1);
        skip(elapsed);
        _check(
            (100_000 * (duration - elapsed) + initial * elapsed) / duration,
            (62_500 * (duration - elapsed) + maintenance * elapsed) / duration
        );
        skip(duration - elapsed);
        _check(initial, maintenance);
        skip(365 days);
        _check(initial, maintenance);
    }

    /// @dev A change during a ramp starts from the ratios in force.
    function testFuzz_Ramp_ChangedMidwayDoesNotJump(uint256 elapsed, uint256 initial) public {
        _set(300_000, 150_000, 10 days);
        skip(boundTime(elapsed, 0, 11 days));
        (uint256 inForce, uint256 maintenance) = d.lens.marginRatiosOf(market);
        initial = boundRatio(initial, 62_501, 1_000_000);
        _set(initial, 62_500, 5 days);
        _check(inForce, maintenance);
        skip(5 days);
        _check(initial, 62_500);
    }

    /// @dev A tightening takes time, so that a healthy account can act before it is liquidatable.
    function test_Ramp_HealthyAccountIsNotLiquidatableAtOnce() public {
        addMargin(alice, 2002 * USD);
        addMargin(bob, 100_000 * USD);
        buy(alice, address(om), 10e18);
        _set(500_000, 400_000, 1 days);
        LiquidationParams memory params = LiquidationParams(market, alice, bob, address(0), type(uint256).max, 0, 0);
        bytes memory healthy = notLiquidatable(alice, 2000e18, 1250e18);
        vm.expectRevert(healthy);
        vm.prank(bob);
        house.liquidate(params);
        // 62,500 + 337,500 / 9 = 100,000 ppm, which is exactly the account's ratio.
        skip(9600);
        setPrice(START_PRICE);
        vm.expectRevert(notLiquidatable(alice, 2000e18, 2000e18));
        vm.prank(bob);
        house.liquidate(params);
        skip(1);
        // 100,003 ppm
        vm.prank(bob);
        house.liquidate(params);
    }

    // ------------------------------------------------------------------------------------------- cross-checks ----

    /// @dev The band must fit the lowest initial ratio of the ramp, which is the one at its end here.
    function test_Ramp_Down_RevertIf_BandOrPenaltyDoNotFitItsEnd() public {
        vm.startPrank(owner());
        vm.expectRevert(abi.encodeWithSelector(IMarketAdmin.RuleOutOfRange.selector, Rule.PriceBand, 50_000, 1, 49_999));
        house.setMarginRatios(market, 50_000, 49_999, 1 days);
        vm.expectRevert(
            abi.encodeWithSelector(IMarketAdmin.RuleOutOfRange.selector, Rule.LiquidationPenalty, 25_000, 0, 24_999)
        );
        house.setMarginRatios(market, 60_000, 49_999, 1 days);
        house.setMarginRatios(market, 50_001, 50_000, 1 days);
        RuleParams memory rules = config().market.rules;
        vm.startPrank(owner());
        rules.priceBand = 50_001;
        vm.expectRevert(abi.encodeWithSelector(IMarketAdmin.RuleOutOfRange.selector, Rule.PriceBand, 50_001, 1, 50_000));
        house.setRules(market, rules);
        vm.stopPrank();
    }

    /// @dev While the ratio rises, the band must fit the one in force.
    function test_Ramp_Up_BandFitsTheRatioInForce() public {
        RuleParams memory rules = config().market.rules;
        rules.priceBand = 120_000;
        _set(200_000, 62_500, 2 days);
        vm.startPrank(owner());
        vm.expectRevert(
            abi.encodeWithSelector(IMarketAdmin.RuleOutOfRange.selector, Rule.PriceBand, 120_000, 1, 99_999)
        );
        house.setRules(market, rules);
        skip(1 days);
        house.setRules(market, rules);
        // At the old ratio the band would be too wide.
        vm.expectRevert(
            abi.encodeWithSelector(IMarketAdmin.RuleOutOfRange.selector, Rule.PriceBand, 120_000, 1, 99_999)
        );
        house.setMarginRatios(market, 100_000, 62_500, 2 days);
        house.setMarginRatios(market, 120_001, 62_500, 2 days);
        vm.stopPrank();
    }

    /// @dev L6: withdrawals and trades use the ratios of the second in which they happen.
    function test_L6_Ramp_RatioInForceApplies() public {
        addMargin(alice, 10_002 * USD);
        buy(alice, address(om), 10e18);
        _set(300_000, 62_500, 2 days);
        skip(1 days);
        setPrice(START_PRICE);
        assertEq(vault.withdrawableMarginOf(market, alice), 6000 * USD);
        bytes memory tooMuch =
            abi.encodeWithSelector(IVault.InsufficientMargin.selector, int256(4000e18 - 1e12), uint256(4000e18));
        vm.expectRevert(tooMuch);
        vm.prank(alice);
        vault.transferMarginToFund(market, alice, 6000 * USD + 1);
        vm.prank(alice);
        vault.transferMarginToFund(market, alice, 6000 * USD);
    }

    function _set(uint256 initial, uint256 maintenance, uint256 duration) private {
        vm.prank(owner());
        house.setMarginRatios(market, uint24(initial), uint24(maintenance), duration);
    }

    function _check(uint256 initial, uint256 maintenance) private view {
        (uint256 i, uint256 m) = d.lens.marginRatiosOf(market);
        assertEq(i, initial);
        assertEq(m, maintenance);
    }
}
