// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {console} from "forge-std/Test.sol";
import {ICircuitBreaker} from "../../src/interfaces/ICircuitBreaker.sol";
import {CircuitBreakerTest} from "./CircuitBreakerTest.sol";

/// @dev A protected contract that returns the gas cost of a report, including that of a first call to the breaker.
contract MeasuredReporter {
    ICircuitBreaker private immutable breaker;

    constructor(ICircuitBreaker breaker_) {
        breaker = breaker_;
    }

    function inflow(address asset, address account, uint256 amount) external returns (uint256) {
        uint256 gas = gasleft();
        breaker.recordInflow(asset, account, amount);
        return gas - gasleft();
    }

    function outflow(address asset, address account, uint256 amount) external returns (uint256) {
        uint256 gas = gasleft();
        breaker.recordOutflow(asset, account, amount);
        return gas - gasleft();
    }

    function hedge(address asset, int256 change) external returns (uint256) {
        uint256 gas = gasleft();
        breaker.recordHedge(asset, msg.sender, change, true);
        return gas - gasleft();
    }
}

/// @dev Prints what each path costs: `forge test --isolate -vv --match-contract CircuitBreakerGas`. Without `--isolate`
/// all is warm and the figures mean little, so nothing is asserted about them.
contract CircuitBreakerGas is CircuitBreakerTest {
    function test_PrintGasOfReports() public {
        MeasuredReporter reporter = new MeasuredReporter(breaker);
        protect(address(reporter));
        address asset = address(usd);
        console.log("no limit              ", reporter.outflow(stranger, alice, 5));
        console.log("first of a window     ", reporter.outflow(asset, bob, 5));
        console.log("outflow, no credit    ", reporter.outflow(asset, alice, 5));
        console.log("inflow, first         ", reporter.inflow(asset, alice, 10));
        console.log("inflow, later         ", reporter.inflow(asset, alice, 10));
        console.log("outflow, within credit", reporter.outflow(asset, alice, 10));
        console.log("outflow, credit + rest", reporter.outflow(asset, alice, 15));
        console.log("hedge                 ", reporter.hedge(asset, -5));
        skip(DAY);
        console.log("inflow, new window    ", reporter.inflow(asset, alice, 10));
        console.log("outflow, old credit   ", reporter.outflow(asset, bob, 5));
    }
}
