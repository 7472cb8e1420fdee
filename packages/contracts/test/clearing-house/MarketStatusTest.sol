// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {MarketParams} from "../../src/interfaces/IMarketAdmin.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {StubMaker} from "../utils/StubMaker.sol";

/// @dev An exchange with a guardian, and further markets on demand.
abstract contract MarketStatusTest is ExchangeTest {
    address internal guardian = makeAddr("guardian");

    function setUp() public virtual override {
        super.setUp();
        vm.prank(owner());
        house.setGuardian(guardian);
    }

    function _createMarket() internal returns (uint256) {
        MarketParams memory params = config().market;
        vm.stopPrank();
        vm.prank(owner());
        return house.createMarket(params);
    }

    function _openMarket() internal returns (uint256 id) {
        id = _createMarket();
        StubMaker stub = new StubMaker(vault, id, START_PRICE);
        vm.startPrank(owner());
        house.registerMaker(address(stub));
        house.setMarketStatus(id, MarketStatus.Active);
        vm.stopPrank();
    }

    function _check(uint256 id, MarketStatus status) internal view {
        assertEq(uint8(house.statusOf(id)), uint8(status));
    }
}
