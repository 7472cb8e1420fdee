// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {PythOracle} from "../../src/oracle/PythOracle.sol";
import {SourceRegistry} from "../../src/oracle/SourceRegistry.sol";
import {SourcesTest} from "./SourcesTest.sol";

/// @dev Executors, before and after sealing.
contract PythOracleSetExecutorTest is SourcesTest {
    /// @dev An executor chooses the second whose price is used, so that adding one is delayed like a change of a feed.
    function test_SetExecutor_Sealed_AppliesAfterTheDelay() public {
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

    function test_SetExecutor_RemovesAtOnce() public {
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
