// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IMarketSettings} from "../../src/interfaces/IMarketSettings.sol";
import {MarketSettingsTest} from "./MarketSettingsTest.sol";
import {VaultFeesTest} from "./VaultFeesTest.sol";

/// @dev Range of the borrowing rate.
contract VaultSetBorrowingTest is MarketSettingsTest {
    function test_SetBorrowing_UpTo100PercentADay() public {
        vm.startPrank(owner());
        house.setBorrowing(market, uint48(MOST));
        vm.expectRevert(abi.encodeWithSelector(IMarketSettings.InvalidBorrowing.selector, MOST + 1, MOST));
        house.setBorrowing(market, uint48(MOST + 1));
        vm.stopPrank();
        assertEq(d.lens.marketOf(market).maxBorrowingRate, MOST);
    }
}

/// @dev setBorrowing settles what has accrued before it changes the rate.
contract VaultSetBorrowingFeesTest is VaultFeesTest {
    function test_SetBorrowing_SettlesFirst() public {
        _assertSettlesFirst(abi.encodeCall(house.setBorrowing, (market, 0)), address(house), false, true);
    }
}
