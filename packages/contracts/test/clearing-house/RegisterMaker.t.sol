// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {IMarketAdmin} from "../../src/interfaces/IMarketAdmin.sol";
import {IMarketSettings} from "../../src/interfaces/IMarketSettings.sol";
import {StubMaker} from "../utils/StubMaker.sol";
import {MakerRegistryTest} from "./MakerRegistryTest.sol";

/// @dev Registration of makers, and their requirements of the market.
contract ClearingHouseRegisterMakerTest is MakerRegistryTest {
    function test_RegisterMaker_RevertIf_TooMany() public {
        while (house.makersOf(market).length < 16) _newMaker();
        StubMaker last = new StubMaker(vault, market, START_PRICE);
        vm.expectRevert(abi.encodeWithSelector(IMarketAdmin.TooManyMakers.selector, market, 16));
        vm.prank(owner());
        house.registerMaker(address(last));
        // A removal allows another registration.
        _retireAndRemove(address(stub));
        vm.prank(owner());
        house.registerMaker(address(last));
        assertEq(house.makersOf(market)[15], address(last));
    }

    function test_RegisterMaker_OnceForItsMarket() public {
        assertEq(house.marketOfMaker(address(om)), market);
        vm.expectRevert(abi.encodeWithSelector(IMarketAdmin.MakerExists.selector, address(om), market));
        vm.prank(owner());
        house.registerMaker(address(om));
    }

    function test_RegisterMaker_RevertIf_MarketIsUnknown() public {
        StubMaker other = new StubMaker(vault, 2, START_PRICE);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.InvalidMarketId.selector, 2, 2));
        vm.prank(owner());
        house.registerMaker(address(other));
    }

    /// @dev A taker with a position that is to be registered as a maker.
    function test_RegisterMaker_RevertIf_NotFlat() public {
        StubMaker other = new StubMaker(vault, market, START_PRICE);
        other.addMargin(10_000 * USD);
        vm.prank(owner());
        om.setValidSender(address(other), true);
        buy(address(other), address(om), 1e18);
        vm.expectRevert(abi.encodeWithSelector(IMarketSettings.MakerNotFlat.selector, address(other), 1e18));
        vm.prank(owner());
        house.registerMaker(address(other));
    }

    /// @dev A maker that needs a wider band than the market's is not registered.
    function test_RegisterMaker_RevertIf_TheBandIsTooNarrowForIt() public {
        StubMaker other = new StubMaker(vault, market, START_PRICE);
        other.setRequiredBand(50_001);
        vm.startPrank(owner());
        vm.expectRevert(abi.encodeWithSelector(IMarketAdmin.BandTooNarrow.selector, address(other), 50_000, 50_001));
        house.registerMaker(address(other));
        other.setRequiredBand(50_000);
        house.registerMaker(address(other));
        vm.stopPrank();
    }
}
