// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {MarketParams} from "../../src/interfaces/IMarketAdmin.sol";
import {IMarketSettings} from "../../src/interfaces/IMarketSettings.sol";
import {RATE_UNIT} from "../../src/types/Market.sol";
import {MarketSettingsTest} from "./MarketSettingsTest.sol";
import {VaultFeesTest} from "./VaultFeesTest.sol";

/// @dev setFunding settles what has accrued before it changes the rates.
contract VaultSetFundingTest is VaultFeesTest {
    function test_SetFunding_SettlesFirst() public {
        _assertSettlesFirst(abi.encodeCall(house.setFunding, (market, 0, 0, 0)), address(house), true, false);
    }

    /// @dev The rate starts from zero, in both directions. Accrued fees do not change.
    function test_SetFunding_RestartsTheRate() public {
        for (uint256 i = 0; i < 2; ++i) {
            if (i == 0) buy(alice, address(om), 200e18);
            else sell(alice, address(om), 400e18);
            _pass(1 days);
            assertEq(vault.fundingRateOf(market), i == 0 ? int64(CAP) : -int64(CAP));
            (int256 before,) = _pending(alice);
            assertGt(before, 0);
            vm.prank(owner());
            house.setFunding(market, CAP, CAP / 6 hours, SKEW_SCALE);
            assertEq(vault.fundingRateOf(market), 0);
            (int256 now_,) = _pending(alice);
            assertEq(now_, before);
        }
    }

    /// @dev T52: takers paid for the average at a tenth of the rate. At the whole rate they could collect more than they
    /// paid, premiums included.
    function test_T52_SetFunding_AChangePaysNothingOut() public {
        _setMaxRate(CAP / 10);
        int256 taker = valueOf(alice);
        int256 maker = valueOf(address(om));
        buy(alice, address(om), 100e18);
        _pass(6 hours);
        _setMaxRate(CAP);
        sell(alice, address(om), 200e18);
        _pass(10_500);
        close(alice, address(om));
        assertLt(valueOf(alice), taker, "the attacker gained");
        assertGt(valueOf(address(om)), maker, "the LPs paid");
    }

    function _setMaxRate(uint64 maxRate) private {
        maxRate -= maxRate % RATE_UNIT;
        vm.prank(owner());
        house.setFunding(market, maxRate, maxRate / 6 hours, SKEW_SCALE);
    }
}

/// @dev Ranges of the funding parameters, at their limits and one beyond.
contract VaultSetFundingRangesTest is MarketSettingsTest {
    /// @dev T2: the ranges exclude a rate that reaches its cap within an hour and a rate above 100% a day.
    function test_SetFunding_Ranges() public {
        MarketParams memory params = config().market;
        vm.startPrank(owner());
        // Without makers.
        market = house.createMarket(params);
        house.setFunding(market, MOST, FASTEST, 1e15);
        _refusedFunding(uint64(uint256(1e18) / 1 days) + 1, FASTEST, 100e18);
        _refusedFunding(MOST, FASTEST + 1, 100e18);
        _refusedFunding(MOST, 0, 100e18);
        _refusedFunding(0, FASTEST, 100e18);
        _refusedFunding(MOST, FASTEST, 1e15 - 1);
        _refusedFunding(1e5 - 1, 1, 100e18);
        uint128 most = uint128(type(uint56).max) * 1e15;
        house.setFunding(market, MOST, FASTEST, most);
        _refusedFunding(MOST, FASTEST, most + 1);
        assertEq(d.lens.marketOf(market).skewScale, most, "unchanged");
        house.setFunding(market, 0, 0, 0);
        vm.stopPrank();
        assertEq(d.lens.marketOf(market).maxFundingRate, 0);
    }

    /// @dev T2: the rate is rounded down first. Otherwise the time constant could be 3,599 seconds.
    function test_T2_SetFunding_RevertIf_TheRoundedRateIsWithinAnHour() public {
        MarketParams memory params = config().market;
        vm.startPrank(owner());
        market = house.createMarket(params);
        uint64 velocity = 1_000_001;
        uint64 maxRate = velocity * 3600;
        assertNotEq(maxRate % RATE_UNIT, 0);
        _refusedFunding(maxRate, velocity, 100e18);
        maxRate += RATE_UNIT - maxRate % RATE_UNIT;
        house.setFunding(market, maxRate, velocity, 100e18);
    }

    /// @dev T2: the capacity of makers on one side, 600, must not move the rate to its cap within an hour.
    function test_T2_SetFunding_RevertIf_TheCapIsWithinAnHourAtCapacity() public {
        vm.startPrank(owner());
        house.setFunding(market, MOST, FASTEST, 600e18);
        house.setFunding(market, MOST, FASTEST / 6, 100e18);
        uint256 max = uint256(MOST) * 599e18 / (uint256(FASTEST) * 1 hours);
        vm.expectRevert(abi.encodeWithSelector(IMarketSettings.FundingTooFast.selector, 600e18, max));
        house.setFunding(market, MOST, FASTEST, 599e18);
        vm.expectPartialRevert(IMarketSettings.FundingTooFast.selector);
        house.setFunding(market, MOST, FASTEST / 6 + 200, 100e18);
        vm.stopPrank();
    }

    /// @dev The whole capacity of long makers, at the highest velocity that it admits.
    function test_T2_RateIsBelowItsCapForAnHour_AtCapacity() public {
        vm.prank(owner());
        house.setFunding(market, MOST, FASTEST / 6, 100e18);
        addMargin(alice, 900_000 * USD);
        sell(alice, address(om), 500e18);
        sell(alice, address(shb), 50e18);
        skip(1 hours);
        assertGt(vault.fundingRateOf(market), -int64(MOST));
        skip(1 hours);
        assertEq(vault.fundingRateOf(market), -int64(MOST));
    }

    function _refusedFunding(uint64 maxRate, uint64 maxVelocity, uint128 skewScale) private {
        vm.expectRevert(
            abi.encodeWithSelector(IMarketSettings.InvalidFunding.selector, maxRate, maxVelocity, skewScale)
        );
        house.setFunding(market, maxRate, maxVelocity, skewScale);
    }
}
