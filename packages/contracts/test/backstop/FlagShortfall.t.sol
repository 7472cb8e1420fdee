// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IBackstop} from "../../src/interfaces/IBackstop.sol";
import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {Rule} from "../../src/interfaces/IMarketAdmin.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {MarginMath} from "../../src/libraries/MarginMath.sol";
import {LockUser} from "../utils/LockUser.sol";
import {BadDebtTest} from "./BadDebtTest.sol";

/// @dev The flag opens a window for deleveraging. Debt is recorded after it, and only while the flag is valid.
contract BackstopFlagShortfallTest is BadDebtTest {
    function test_RevertIf_NotFlagged() public {
        vm.expectRevert(
            abi.encodeWithSelector(
                IClearingHouse.DeleverageFirst.selector, alice, -int256(10_000e18), type(uint256).max
            )
        );
        takeOver(alice);
    }

    function test_RevertIf_WindowIsOpen() public {
        uint256 allowedAt = timestamp() + WINDOW;
        vm.expectEmit(address(backstop));
        emit IBackstop.ShortfallFlagged(market, alice, 10_000e18, allowedAt);
        backstop.flagShortfall(market, alice);
        assertEq(backstop.debtAllowedAt(market, alice), allowedAt);
        skip(WINDOW - 2);
        jump(1700e18);
        vm.expectRevert(
            abi.encodeWithSelector(IClearingHouse.DeleverageFirst.selector, alice, -int256(10_000e18), allowedAt)
        );
        takeOver(alice);
        jump(1700e18);
        takeOver(alice);
        assertEq(insurance(), -10_000e18);
    }

    function test_ValidFlag_IsNotRenewed() public {
        backstop.flagShortfall(market, alice);
        uint256 allowedAt = backstop.debtAllowedAt(market, alice);
        skip(30 minutes);
        jump(1700e18);
        backstop.flagShortfall(market, alice);
        assertEq(backstop.debtAllowedAt(market, alice), allowedAt);
    }

    function test_ExpiredFlag_IsRenewed() public {
        backstop.flagShortfall(market, alice);
        skip(WINDOW + 1 days);
        assertLt(backstop.debtAllowedAt(market, alice), timestamp());
        jump(1700e18);
        assertEq(backstop.debtAllowedAt(market, alice), type(uint256).max);
        vm.expectPartialRevert(IClearingHouse.DeleverageFirst.selector);
        takeOver(alice);
        backstop.flagShortfall(market, alice);
        assertEq(backstop.debtAllowedAt(market, alice), timestamp() + WINDOW);
    }

    /// @dev The flag of a window of more than a day is valid for as long again.
    function test_FlagOfALongWindow_IsValidAsLongAgain() public {
        setRule(Rule.DeleverageWindow, 3 days);
        backstop.flagShortfall(market, alice);
        uint256 allowedAt = timestamp() + 3 days;
        skip(6 days);
        assertEq(backstop.debtAllowedAt(market, alice), allowedAt);
        skip(1);
        assertEq(backstop.debtAllowedAt(market, alice), type(uint256).max);
    }

    function test_NoWindow_RecordsAtOnce() public {
        setRule(Rule.DeleverageWindow, 0);
        takeOver(alice);
        assertEq(insurance(), -10_000e18);
    }

    /// @dev Deleveraging ends the flag along with the shortfall.
    function test_Deleveraging_DeletesTheFlag() public {
        backstop.flagShortfall(market, alice);
        deleverage(alice);
        assertEq(backstop.debtAllowedAt(market, alice), type(uint256).max);
    }

    /// @dev L6: the owner of the account cannot trade at a price that leaves its loss to others.
    function test_L6_RevertIf_AccountReducesBelowZero() public {
        vm.expectPartialRevert(MarginMath.InsufficientMaintenanceMargin.selector);
        sell(alice, maker, 50e18);
        vm.expectPartialRevert(MarginMath.InsufficientMaintenanceMargin.selector);
        sell(alice, maker, 100e18);
    }

    /// @dev Deleveraging stays possible until the debt is recorded.
    function test_DeleveragingAfterTheWindow() public {
        _passWindow();
        deleverage(alice);
        assertFlatAndEmpty(alice);
        assertEq(insurance(), 0);
        assertLaws();
    }

    /// @dev Between a hedge and its settlement the value of a maker is temporarily lower, so that no account is flagged
    /// while the lock is held.
    function test_Flag_RevertIf_TheLockIsHeld() public {
        LockUser user = new LockUser(vault);
        user.lockAnd(address(backstop), abi.encodeCall(backstop.flagShortfall, (market, address(om))));
        assertEq(user.answer(), abi.encodeWithSelector(IVault.Locked.selector, user));
        assertFalse(user.succeeded());
    }
}
