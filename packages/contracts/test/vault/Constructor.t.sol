// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Vault} from "../../src/Vault.sol";
import {ICircuitBreaker} from "../../src/interfaces/ICircuitBreaker.sol";
import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {ZeroAddress} from "../../src/types/Errors.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

contract VaultConstructorTest is ExchangeTest {
    function test_Constructor_RevertIf_ZeroAddress() public {
        bytes memory zero = abi.encodeWithSelector(ZeroAddress.selector);
        vm.expectRevert(zero);
        new Vault(IERC20(address(0)), address(house), address(backstop), oracle, ICircuitBreaker(address(0)));
        vm.expectRevert(zero);
        new Vault(usd, address(0), address(backstop), oracle, ICircuitBreaker(address(0)));
        vm.expectRevert(zero);
        new Vault(usd, address(house), address(backstop), IPriceOracle(address(0)), ICircuitBreaker(address(0)));
    }
}
