// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Vm} from "forge-std/Vm.sol";
import {IVault, MarginChange} from "../../src/interfaces/IVault.sol";
import {Position} from "../../src/types/Position.sol";
import {Price} from "../../src/types/Units.sol";
import {VaultFeesTest} from "./VaultFeesTest.sol";

/// @dev Pending fees count in account values, in withdrawals and at the next trade.
contract VaultPendingFeesTest is VaultFeesTest {
    function test_ValuePosition_NetsPendingFees() public {
        buy(alice, address(om), 30e18);
        _pass(5 days);
        (int256 funding, int256 borrowing) = _pending(alice);
        Position memory position = positionOf(alice);
        assertEq(valueOf(alice), position.value(Price.wrap(START_PRICE)).unwrap() - funding - borrowing);
        (funding, borrowing) = _pending(address(om));
        int256 gross = positionOf(address(om)).value(Price.wrap(START_PRICE)).unwrap();
        assertEq(
            int256(om.totalAssets()) * 1e12 / 1e12, (gross - funding - borrowing) / 1e12, "pending fees belong to LPs"
        );
    }

    /// @dev L6: pending fees cannot be withdrawn.
    function test_L6_Withdrawal_DeductsPendingFees() public {
        buy(alice, address(om), 30e18);
        uint256 freeBefore = vault.withdrawableMarginOf(market, alice);
        _pass(5 days);
        (int256 funding, int256 borrowing) = _pending(alice);
        uint256 free = vault.withdrawableMarginOf(market, alice);
        assertApproxEqAbs(freeBefore - free, uint256(funding + borrowing) / 1e12, 2, "pending fees are not free");
        vm.startPrank(alice);
        vm.expectPartialRevert(IVault.InsufficientMargin.selector);
        vault.transferMarginToFund(market, alice, free + 1);
        vault.transferMarginToFund(market, alice, free);
        vm.stopPrank();
    }

    /// @dev Fees to be received can be withdrawn.
    function test_Withdrawal_CountsFeesReceived() public {
        buy(alice, address(om), 30e18);
        sell(bob, address(om), 10e18);
        uint256 freeBefore = vault.withdrawableMarginOf(market, bob);
        _pass(1 days);
        (int256 funding, int256 borrowing) = _pending(bob);
        assertLt(funding + borrowing, 0);
        assertApproxEqAbs(
            vault.withdrawableMarginOf(market, bob) - freeBefore, uint256(-(funding + borrowing)) / 1e12, 2, "received"
        );
    }

    function test_Trade_SettlesPendingFeesIntoMargin() public {
        buy(alice, address(om), 30e18);
        _pass(1 days);
        (int256 funding, int256 borrowing) = _pending(alice);
        int256 marginBefore = marginOf(alice);
        vm.recordLogs();
        buy(alice, address(om), 1e18);
        MarginChange memory change = _takerMarginOfLastFill();
        assertEq(change.funding, funding);
        assertEq(change.borrowing, borrowing);
        assertEq(change.realizedPnl, 0);
        assertEq(marginOf(alice), marginBefore - funding - borrowing);
        (funding, borrowing) = _pending(alice);
        assertEq(funding + borrowing, 0);
    }

    /// @dev The taker's margin change of the recorded fill.
    function _takerMarginOfLastFill() private returns (MarginChange memory change) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] != IVault.PositionsChanged.selector) continue;
            (,,, change,) = abi.decode(logs[i].data, (int256, int256, uint256, MarginChange, MarginChange));
            return change;
        }
        revert("no fill");
    }
}
