// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {CircuitBreaker} from "../../src/CircuitBreaker.sol";
import {CircuitBreakerTest} from "./CircuitBreakerTest.sol";

/// @dev Rights of owner and guardian.
contract CircuitBreakerOwnershipTest is CircuitBreakerTest {
    function test_Owner_RevertIf_GuardianOrStranger() public {
        address[2] memory callers = [guardian, stranger];
        address[] memory holders = new address[](0);
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.startPrank(callers[i]);
            expectNotOwner(callers[i]);
            breaker.setGuardian(callers[i]);
            expectNotOwner(callers[i]);
            breaker.setProtected(callers[i], true);
            expectNotOwner(callers[i]);
            breaker.setHolders(address(usd), holders);
            expectNotOwner(callers[i]);
            breaker.setLimit(address(usd), CircuitBreaker.Limit(DAY, 1, 0));
            expectNotOwner(callers[i]);
            breaker.removeLimit(address(usd));
            expectNotOwner(callers[i]);
            breaker.resetMeter(address(usd));
            expectNotOwner(callers[i]);
            breaker.renounceOwnership();
            expectNotOwner(callers[i]);
            breaker.transferOwnership(callers[i]);
            vm.stopPrank();
        }
    }

    function test_SetGuardian_ReplacesTheOldOneAtOnce() public {
        vm.expectEmit(address(breaker));
        emit CircuitBreaker.GuardianSet(stranger);
        vm.prank(owner);
        breaker.setGuardian(stranger);
        vm.expectRevert(abi.encodeWithSelector(CircuitBreaker.NotGuardian.selector, guardian, stranger));
        lowerLimit(0, 0);
    }

    function test_RenounceOwnership_RevertAlways() public {
        vm.expectRevert(abi.encodeWithSelector(CircuitBreaker.OwnerRequired.selector, owner));
        vm.prank(owner);
        breaker.renounceOwnership();
    }

    function test_TransferOwnership_InTwoSteps() public {
        vm.prank(owner);
        breaker.transferOwnership(stranger);
        assertEq(breaker.owner(), owner);
        vm.prank(stranger);
        breaker.acceptOwnership();
        assertEq(breaker.owner(), stranger);
    }
}
