// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IMarketSettings} from "../../src/interfaces/IMarketSettings.sol";
import {MarketSettingsTest} from "./MarketSettingsTest.sol";
import {VaultFeesTest} from "./VaultFeesTest.sol";

/// @dev Range of the borrowing rate.
contract VaultSetBorrowingTest is MarketSettingsTest {
    uint256 private constant LIMIT = uint256(1e18) / 1 days;

    function test_SetBorrowing_UpTo100PercentADay() public {
        vm.startPrank(owner());
        house.setBorrowing(market, uint48(LIMIT));
        vm.expectRevert(abi.encodeWithSelector(IMarketSettings.InvalidBorrowing.selector, LIMIT + 1, LIMIT));
        house.setBorrowing(market, uint48(LIMIT + 1));
        vm.expectRevert(abi.encodeWithSelector(IMarketSettings.InvalidBorrowing.selector, 1e5 - 1, 1e5));
        house.setBorrowing(market, 1e5 - 1);
        vm.stopPrank();
        assertEq(d.lens.marketOf(market).maxBorrowingRate, MOST, "rounded down to a unit");
    }
}

/// @dev setBorrowing settles what has accrued before it changes the rate.
contract VaultSetBorrowingFeesTest is VaultFeesTest {
    function test_SetBorrowing_SettlesFirst() public {
        _assertSettlesFirst(abi.encodeCall(house.setBorrowing, (market, 0)), address(house), false, true);
    }
}
