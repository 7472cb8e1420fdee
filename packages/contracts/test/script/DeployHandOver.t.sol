// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {DeployConfig, Deployment} from "../../script/Deploy.s.sol";
import {DeployTest} from "./DeployTest.sol";

/// @dev Transfer of ownership to the configured owner.
contract DeployHandOverTest is DeployTest {
    /// @dev Without a timelock the configured owner has to accept. The deployer owns the contracts until then.
    function test_HandOver_OwnerAccepts() public {
        Deployment memory e = _deploy(0, 0);
        assertEq(address(e.timelock), address(0));
        Ownable2Step[] memory owned = _owned(e);
        for (uint256 i = 0; i < owned.length; ++i) {
            assertEq(owned[i].owner(), address(script));
            assertEq(owned[i].pendingOwner(), owner());
            vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger));
            vm.prank(stranger);
            owned[i].acceptOwnership();
            vm.prank(owner());
            owned[i].acceptOwnership();
            assertEq(owned[i].owner(), owner());
            assertEq(owned[i].pendingOwner(), address(0));
        }
    }

    function test_HandOver_NoneWhenTheDeployerIsTheOwner() public {
        DeployConfig memory c = config();
        c.owner = address(script);
        Deployment memory e = script.deploy(c, address(script));
        Ownable2Step[] memory owned = _owned(e);
        for (uint256 i = 0; i < owned.length; ++i) {
            assertEq(owned[i].owner(), address(script));
            assertEq(owned[i].pendingOwner(), address(0));
        }
    }

    function test_HandOver_IncludesTheBreaker() public {
        Deployment memory e = _deploy(0, 1 hours);
        assertEq(_owned(e).length, 7);
        assertEq(e.breaker.pendingOwner(), owner());
        assertEq(address(e.vault.breaker()), address(e.breaker));
    }
}
