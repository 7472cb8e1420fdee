// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {DeployConfig, Deployment} from "../../script/Deploy.s.sol";
import {IMarketAdmin} from "../../src/interfaces/IMarketAdmin.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {DeployTest} from "./DeployTest.sol";

/// @dev Deployments whose owner is a timelock.
contract DeployTimelockTest is DeployTest {
    function test_Timelock_OwnsEverything() public {
        Deployment memory e = _deploy(2 days, 1 hours);
        assertEq(e.timelock.getMinDelay(), 2 days);
        Ownable2Step[] memory owned = _owned(e);
        assertEq(owned.length, 7);
        for (uint256 i = 0; i < owned.length; ++i) {
            assertEq(owned[i].owner(), address(e.timelock));
            assertEq(owned[i].pendingOwner(), address(0));
        }
    }

    function test_Timelock_OnlyTheOwnerHasRoles() public {
        TimelockController timelock = _deploy(2 days, 0).timelock;
        bytes32[4] memory roles = [
            timelock.PROPOSER_ROLE(), timelock.EXECUTOR_ROLE(), timelock.CANCELLER_ROLE(), timelock.DEFAULT_ADMIN_ROLE()
        ];
        for (uint256 i = 0; i < roles.length; ++i) {
            assertFalse(timelock.hasRole(roles[i], address(script)), "the deployer");
            assertFalse(timelock.hasRole(roles[i], guardian), "the guardian");
            assertFalse(timelock.hasRole(roles[i], address(0)), "every account");
            // Only the timelock itself changes roles.
            assertEq(timelock.hasRole(roles[i], owner()), i < 3);
            assertEq(timelock.hasRole(roles[i], address(timelock)), i == 3);
        }
    }

    function test_Timelock_OwnerProposesAndExecutesAfterTheDelay() public {
        Deployment memory e = _deploy(2 days, 0);
        TimelockController timelock = e.timelock;
        bytes memory call_ = abi.encodeCall(IMarketAdmin.setGuardian, (stranger));
        address target = address(e.clearingHouse);
        vm.startPrank(owner());
        vm.expectRevert(
            abi.encodeWithSelector(TimelockController.TimelockInsufficientDelay.selector, 2 days - 1, 2 days)
        );
        timelock.schedule(target, 0, call_, 0, 0, 2 days - 1);
        timelock.schedule(target, 0, call_, 0, 0, 2 days);
        skip(2 days - 1);
        bytes memory notReady = abi.encodeWithSelector(
            TimelockController.TimelockUnexpectedOperationState.selector,
            timelock.hashOperation(target, 0, call_, 0, 0),
            bytes32(1 << uint8(TimelockController.OperationState.Ready))
        );
        vm.expectRevert(notReady);
        timelock.execute(target, 0, call_, 0, 0);
        skip(1);
        timelock.execute(target, 0, call_, 0, 0);
        vm.stopPrank();
        assertEq(e.clearingHouse.guardian(), stranger);
    }

    function test_Timelock_RevertIf_StrangerOrDeployerProposes() public {
        Deployment memory e = _deploy(2 days, 0);
        address[3] memory callers = [stranger, guardian, address(script)];
        bytes32 role = e.timelock.PROPOSER_ROLE();
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, callers[i], role)
            );
            vm.prank(callers[i]);
            e.timelock.schedule(address(e.clearingHouse), 0, "", 0, 0, 2 days);
        }
    }

    /// @dev The delay applies to the owner. The guardian tightens at once, and cannot loosen.
    function test_Timelock_GuardianTightensAtOnce() public {
        Deployment memory e = _deploy(2 days, 0);
        vm.startPrank(guardian);
        e.clearingHouse.setSystemStatus(MarketStatus.Paused);
        vm.expectRevert(
            abi.encodeWithSelector(
                IMarketAdmin.InvalidStatusChange.selector, guardian, MarketStatus.Paused, MarketStatus.Active
            )
        );
        e.clearingHouse.setSystemStatus(MarketStatus.Active);
        vm.stopPrank();
        assertEq(uint8(e.clearingHouse.statusOf(e.marketId)), uint8(MarketStatus.Paused));
    }

    /// @dev A deployer that is the owner keeps the owner's roles and no other.
    function test_Timelock_DeployerAsOwner() public {
        DeployConfig memory c = config();
        (c.owner, c.timelockDelay) = (address(script), 2 days);
        TimelockController timelock = script.deploy(c, address(script)).timelock;
        assertTrue(timelock.hasRole(timelock.PROPOSER_ROLE(), address(script)));
        assertTrue(timelock.hasRole(timelock.EXECUTOR_ROLE(), address(script)));
        assertFalse(timelock.hasRole(timelock.DEFAULT_ADMIN_ROLE(), address(script)));
        assertEq(timelock.getMinDelay(), 2 days);
    }
}
