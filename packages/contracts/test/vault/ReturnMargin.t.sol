// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IVault} from "../../src/interfaces/IVault.sol";
import {ZeroAmount} from "../../src/types/Errors.sol";
import {VaultMarginTest} from "./VaultMarginTest.sol";

contract VaultReturnMarginTest is VaultMarginTest {
    function test_ReturnMargin_RevertIf_PositionIsOpen() public {
        buy(alice, address(om), 1e18);
        vm.expectRevert(abi.encodeWithSelector(IVault.PositionOpen.selector, alice, int256(1e18)));
        vm.prank(alice);
        vault.returnMargin(market, alice);
    }

    function test_ReturnMargin_RevertIf_ThereIsNone() public {
        vm.expectRevert(abi.encodeWithSelector(ZeroAmount.selector));
        vm.prank(bob);
        vault.returnMargin(market, bob);
    }
}
