// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Backstop} from "../../src/Backstop.sol";
import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {ZeroAddress} from "../../src/types/Errors.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev The Backstop needs all of its contracts.
contract BackstopConstructorTest is ExchangeTest {
    function test_Backstop_RevertIf_ZeroAddress() public {
        bytes memory zero = abi.encodeWithSelector(ZeroAddress.selector);
        vm.expectRevert(zero);
        new Backstop(IVault(address(0)), oracle, house);
        vm.expectRevert(zero);
        new Backstop(vault, IPriceOracle(address(0)), house);
        vm.expectRevert(zero);
        new Backstop(vault, oracle, IClearingHouse(address(0)));
    }
}
