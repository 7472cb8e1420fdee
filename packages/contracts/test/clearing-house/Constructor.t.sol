// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ClearingHouse} from "../../src/ClearingHouse.sol";
import {IBackstop} from "../../src/interfaces/IBackstop.sol";
import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {IVaultState} from "../../src/interfaces/IVaultState.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {ZeroAddress} from "../../src/types/Errors.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev Contracts that name each other in immutables are deployed consistently, or not at all.
contract ClearingHouseConstructorTest is ExchangeTest {
    function test_ClearingHouse_RevertIf_ZeroAddress() public {
        bytes memory zero = abi.encodeWithSelector(ZeroAddress.selector);
        vm.expectRevert(zero);
        new ClearingHouse(IVault(address(0)), oracle, backstop, owner());
        vm.expectRevert(zero);
        new ClearingHouse(vault, IPriceOracle(address(0)), backstop, owner());
    }

    /// @dev A Vault accepts one ClearingHouse, one oracle and one Backstop.
    function test_ClearingHouse_RevertIf_TheVaultNamesOtherContracts() public {
        bytes memory mismatch = abi.encodeWithSelector(IClearingHouse.VaultMismatch.selector, house, backstop, oracle);
        vm.expectRevert(mismatch);
        new ClearingHouse(vault, oracle, backstop, owner());
        address here = vm.computeCreateAddress(address(this), vm.getNonce(address(this)));
        vm.mockCall(address(vault), abi.encodeCall(IVaultState.clearingHouse, ()), abi.encode(here));
        bytes memory other = abi.encodeWithSelector(IClearingHouse.VaultMismatch.selector, here, backstop, oracle);
        vm.expectRevert(other);
        new ClearingHouse(vault, oracle, IBackstop(stranger), owner());
        here = vm.computeCreateAddress(address(this), vm.getNonce(address(this)));
        vm.mockCall(address(vault), abi.encodeCall(IVaultState.clearingHouse, ()), abi.encode(here));
        other = abi.encodeWithSelector(IClearingHouse.VaultMismatch.selector, here, backstop, oracle);
        vm.expectRevert(other);
        new ClearingHouse(vault, IPriceOracle(stranger), backstop, owner());
    }
}
