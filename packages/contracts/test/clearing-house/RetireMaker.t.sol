// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {IMarketAdmin} from "../../src/interfaces/IMarketAdmin.sol";
import {MakerRegistryTest} from "./MakerRegistryTest.sol";

/// @dev Retired makers only reduce their exposure.
contract ClearingHouseRetireMakerTest is MakerRegistryTest {
    function test_Retire_OwnerOrGuardian() public {
        vm.prank(owner());
        house.setGuardian(keeper);
        vm.expectEmit(address(house));
        emit IMarketAdmin.MakerRetired(market, address(stub));
        vm.prank(keeper);
        house.retireMaker(address(stub));
        assertTrue(house.isRetired(address(stub)));
        vm.prank(owner());
        house.retireMaker(address(om));
        assertTrue(house.isRetired(address(om)));
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.UnknownMaker.selector, stranger, 0, 0));
        vm.prank(owner());
        house.retireMaker(stranger);
    }

    /// @dev The owner undoes a guardian's retirement.
    function test_Reinstate_TakesOrdersAgain() public {
        vm.prank(owner());
        house.setGuardian(keeper);
        vm.prank(keeper);
        house.retireMaker(address(stub));
        vm.expectPartialRevert(IClearingHouse.MakerIsRetired.selector);
        sell(alice, address(stub), 1e18);
        vm.expectEmit(address(house));
        emit IMarketAdmin.MakerReinstated(market, address(stub));
        vm.prank(owner());
        house.reinstateMaker(address(stub));
        assertFalse(house.isRetired(address(stub)));
        sell(alice, address(stub), 1e18);
        assertEq(sizeOf(alice), -1e18);
        vm.expectRevert(abi.encodeWithSelector(IMarketAdmin.MakerNotRetired.selector, address(stub)));
        vm.prank(owner());
        house.reinstateMaker(address(stub));
    }

    /// @dev The exposure can only shrink, on either side. A reversal is an increase.
    function test_Retired_TakesReductionsOfItsExposureOnly() public {
        addMargin(bob, 100_000 * USD);
        sell(alice, address(stub), 3e18);
        buy(bob, address(om), 1e18);
        _retire(address(stub));
        bytes memory refusal = abi.encodeWithSelector(IClearingHouse.MakerIsRetired.selector, address(stub));
        vm.expectRevert(refusal);
        sell(alice, address(stub), 1);
        // The taker's reduction does not matter.
        vm.expectRevert(refusal);
        sell(bob, address(stub), 1e18);
        vm.expectRevert(refusal);
        buy(alice, address(stub), 3e18 + 1);
        // A taker that increases may reduce the maker's exposure.
        buy(bob, address(stub), 1e18);
        close(alice, address(om));
        buy(alice, address(stub), 2e18);
        assertEq(sizeOf(address(stub)), 0);
        vm.expectRevert(refusal);
        buy(alice, address(stub), 1);
    }

    function test_Retired_ShortMaker() public {
        buy(alice, address(stub), 2e18);
        _retire(address(stub));
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.MakerIsRetired.selector, address(stub)));
        buy(alice, address(stub), 1);
        sell(alice, address(stub), 2e18);
        assertEq(sizeOf(address(stub)), 0);
    }
}
