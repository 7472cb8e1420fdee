// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {IMarketAdmin} from "../../src/interfaces/IMarketAdmin.sol";
import {IMarketSettings} from "../../src/interfaces/IMarketSettings.sol";
import {MakerRegistryTest} from "./MakerRegistryTest.sol";

/// @dev Removal of retired makers.
contract ClearingHouseRemoveMakerTest is MakerRegistryTest {
    function test_Remove_KeepsTheOrderOfRegistration() public {
        address second = address(_newMaker());
        address third = address(_newMaker());
        _retireAndRemove(address(stub));
        _checkMakers([address(om), address(shb), second, third]);
        assertEq(house.marketOfMaker(address(stub)), 0);
        assertFalse(house.isRetired(address(stub)));
        _retireAndRemove(third);
        vm.prank(owner());
        house.registerMaker(address(stub));
        _checkMakers([address(om), address(shb), second, address(stub)]);
        assertEq(house.marketOfMaker(address(stub)), market);
        assertFalse(house.isRetired(address(stub)), "removal ends retirement");
        assertTrue(vault.positionOf(market, address(stub)).isMaker);
    }

    function test_Remove_RevertIf_NotRetiredOrUnknown() public {
        vm.startPrank(owner());
        vm.expectRevert(abi.encodeWithSelector(IMarketAdmin.MakerNotRetired.selector, address(stub)));
        house.removeMaker(address(stub));
        vm.expectRevert(abi.encodeWithSelector(IMarketAdmin.MakerNotRetired.selector, stranger));
        house.removeMaker(stranger);
        vm.stopPrank();
    }

    function test_Remove_RevertIf_NotFlat() public {
        sell(alice, address(stub), 1e18);
        vm.startPrank(owner());
        house.retireMaker(address(stub));
        vm.expectRevert(abi.encodeWithSelector(IMarketSettings.MakerNotFlat.selector, address(stub), 1e18));
        house.removeMaker(address(stub));
        vm.stopPrank();
        assertEq(house.makersOf(market).length, 3);
        close(alice, address(stub));
        vm.expectEmit(address(house));
        emit IMarketAdmin.MakerRemoved(market, address(stub));
        vm.prank(owner());
        house.removeMaker(address(stub));
        assertFalse(vault.positionOf(market, address(stub)).isMaker);
        // Its margin stays its own.
        assertEq(marginOf(address(stub)), 1_000_000e18);
    }

    /// @dev A removed maker is no counterparty.
    function test_Removed_RevertIf_Traded() public {
        _retireAndRemove(address(stub));
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.UnknownMaker.selector, address(stub), market, 0));
        buy(alice, address(stub), 1e18);
    }

    function _checkMakers(address[4] memory expected) private view {
        address[] memory makers = house.makersOf(market);
        assertEq(makers.length, 4);
        for (uint256 i = 0; i < 4; ++i) {
            assertEq(makers[i], expected[i]);
        }
    }
}
