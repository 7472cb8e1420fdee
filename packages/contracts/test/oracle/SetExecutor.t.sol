// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {PythOracle} from "../../src/oracle/PythOracle.sol";
import {SourceRegistry} from "../../src/oracle/SourceRegistry.sol";
import {SourcesTest} from "./SourcesTest.sol";

contract PythOracleSetExecutorTest is SourcesTest {
    /// @dev An executor chooses the moment whose price is carried, so it is a source of prices like any other.
    function test_SetExecutor_WaitsOnceSealed() public {
        vm.startPrank(owner());
        oracle.setExecutor(alice, true);
        assertTrue(oracle.isExecutor(alice));
        vm.expectEmit(address(oracle));
        emit SourceRegistry.Sealed();
        oracle.seal();
        assertTrue(oracle.isSealed());
        vm.expectEmit(address(oracle));
        emit SourceRegistry.ExecutorSet(bob, true, START + DELAY);
        oracle.setExecutor(bob, true);
        assertEq(oracle.executorSince(bob), START + DELAY);
        vm.warp(START + DELAY - 1);
        assertFalse(oracle.isExecutor(bob));
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(PythOracle.NotExecutor.selector, bob));
        vm.prank(bob);
        oracle.endExecution();
        skip(1);
        assertTrue(oracle.isExecutor(bob));
        assertTrue(oracle.isExecutor(alice), "granted before");
    }

    function test_SetExecutor_TakesAwayAtOnce() public {
        vm.startPrank(owner());
        oracle.seal();
        oracle.setExecutor(address(gateway), false);
        assertFalse(oracle.isExecutor(address(gateway)));
        oracle.setExecutor(bob, true);
        oracle.setExecutor(bob, false);
        skip(DELAY);
        assertFalse(oracle.isExecutor(bob));
    }
}
