// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {GRACE_PERIOD, MarketStatus} from "../../src/types/Market.sol";
import {MarketStatusTest} from "./MarketStatusTest.sol";

/// @dev The system's status, which applies to every market.
contract ClearingHouseSetSystemStatusTest is MarketStatusTest {
    /// @dev A settled market does not become paused with the system, because its accounts must settle.
    function test_Settled_AppliesWhileTheSystemIsPaused() public {
        vm.prank(address(backstop));
        house.markSettled(market);
        vm.prank(guardian);
        house.setSystemStatus(MarketStatus.Paused);
        _check(market, MarketStatus.Settled);
    }

    /// @dev The stricter of the two statuses applies, for every pair and in every market.
    function test_System_StricterStatusApplies() public {
        uint256 second = _openMarket();
        vm.startPrank(owner());
        for (uint8 own = 1; own <= 3; ++own) {
            house.setMarketStatus(second, MarketStatus(own));
            for (uint8 system = 1; system <= 3; ++system) {
                house.setSystemStatus(MarketStatus(system));
                skip(GRACE_PERIOD);
                _check(second, MarketStatus(own > system ? own : system));
                _check(market, MarketStatus(system));
                assertEq(uint8(house.rulesOf(second).systemStatus), system);
                assertEq(uint8(house.rulesOf(market).systemStatus), system);
                assertEq(d.lens.feeStateOf(second).isFrozen(), own == 3 || system == 3);
                assertEq(d.lens.feeStateOf(market).isFrozen(), system == 3);
                // A later change of the market's status respects the system's.
                house.setMarketStatus(second, MarketStatus(own));
                _check(second, MarketStatus(own > system ? own : system));
                assertEq(d.lens.feeStateOf(second).isFrozen(), own == 3 || system == 3);
            }
        }
        vm.stopPrank();
    }
}
