// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IMarketAdmin} from "../../src/interfaces/IMarketAdmin.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {MarketStatusTest} from "./MarketStatusTest.sol";

/// @dev T51: the guardian paused and the owner had renounced, so that margin stayed frozen for ever.
contract ClearingHouseRenounceOwnershipTest is MarketStatusTest {
    function test_T51_RevertIf_TheSystemIsRestricted() public {
        vm.prank(guardian);
        house.setSystemStatus(MarketStatus.Paused);
        vm.expectRevert(abi.encodeWithSelector(IMarketAdmin.StillRestricted.selector, 0, MarketStatus.Paused));
        vm.prank(owner());
        house.renounceOwnership();
    }

    function test_T51_RevertIf_AMarketIsRestricted() public {
        uint256 id = _openMarket();
        vm.prank(guardian);
        house.setMarketStatus(id, MarketStatus.ReduceOnly);
        vm.expectRevert(abi.encodeWithSelector(IMarketAdmin.StillRestricted.selector, id, MarketStatus.ReduceOnly));
        vm.prank(owner());
        house.renounceOwnership();
    }

    /// @dev Without an owner there is no guardian: the former guardian cannot keep Alice from taking out her margin.
    function test_T51_Renounce_RemovesTheGuardian() public {
        uint256 settled = _openMarket();
        vm.prank(address(backstop));
        house.markSettled(settled);
        addMargin(alice, 10_000 * USD);
        buy(alice, address(om), 10e18);
        vm.prank(owner());
        house.renounceOwnership();
        assertEq(house.owner(), address(0));
        assertEq(house.guardian(), address(0));
        vm.startPrank(guardian);
        vm.expectPartialRevert(IMarketAdmin.InvalidStatusChange.selector);
        house.setSystemStatus(MarketStatus.Paused);
        vm.expectPartialRevert(IMarketAdmin.InvalidStatusChange.selector);
        house.setMarketStatus(market, MarketStatus.Paused);
        vm.expectPartialRevert(Ownable.OwnableUnauthorizedAccount.selector);
        house.retireMaker(address(om));
        vm.stopPrank();
        uint256 inFund = vault.fundOf(alice);
        vm.prank(alice);
        vault.transferMarginToFund(market, alice, 5_000 * USD);
        assertEq(vault.fundOf(alice), inFund + 5_000 * USD);
    }
}
