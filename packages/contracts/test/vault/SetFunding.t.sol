// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IMarketSettings} from "../../src/interfaces/IMarketSettings.sol";
import {MarketSettingsTest} from "./MarketSettingsTest.sol";
import {VaultFeesTest} from "./VaultFeesTest.sol";

/// @dev setFunding settles what has accrued before it changes the rates.
contract VaultSetFundingTest is VaultFeesTest {
    function test_SetFunding_SettlesFirst() public {
        _assertSettlesFirst(abi.encodeCall(house.setFunding, (market, 0, 0, 0)), address(house), true, false);
    }

    /// @dev A lower cap applies to the rate at once, and to nothing that has accrued.
    function test_SetFunding_ClampsTheRate() public {
        buy(alice, address(om), 100e18);
        _pass(1 days);
        assertEq(d.lens.feeStateOf(market).fundingRate, int64(CAP));
        (int256 before,) = _pending(alice);
        vm.prank(owner());
        house.setFunding(market, CAP / 4, CAP / 4 / 6 hours, SKEW_SCALE);
        assertEq(d.lens.feeStateOf(market).fundingRate, int64(CAP / 4));
        (int256 now_,) = _pending(alice);
        assertEq(now_, before);
    }
}

/// @dev Ranges of the funding parameters, at their limits and one beyond.
contract VaultSetFundingRangesTest is MarketSettingsTest {
    /// @dev T2: the ranges exclude a rate that reaches its cap within an hour and a rate above 100% a day.
    function test_SetFunding_Ranges() public {
        vm.startPrank(owner());
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

    /// @dev A lower cap applies to a negative rate at once, and to nothing that has accrued.
    function test_SetFunding_ClampsANegativeRate() public {
        addMargin(alice, 100_000 * USD);
        sell(alice, address(om), 100e18);
        skip(2 hours);
        assertEq(d.lens.feeStateOf(market).fundingRate, -int64(MOST));
        (int256 before,) = d.lens.pendingFeesOf(market, alice);
        assertGt(before, 0, "shorts pay");
        vm.prank(owner());
        house.setFunding(market, MOST / 4, FASTEST / 4, 100e18);
        assertEq(d.lens.feeStateOf(market).fundingRate, -int64(MOST / 4));
        (int256 now_,) = d.lens.pendingFeesOf(market, alice);
        assertEq(now_, before);
    }

    function _refusedFunding(uint64 maxRate, uint64 maxVelocity, uint128 skewScale) private {
        vm.expectRevert(
            abi.encodeWithSelector(IMarketSettings.InvalidFunding.selector, maxRate, maxVelocity, skewScale)
        );
        house.setFunding(market, maxRate, maxVelocity, skewScale);
    }
}
