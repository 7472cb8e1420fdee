// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IVault} from "../../src/interfaces/IVault.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev The deposit cap applied to {deposit} only: collateral that was sent straight into margin was not counted.
contract DepositCapBypassedByReceiptsTest is ExchangeTest {
    uint256 private held;

    function setUp() public override {
        super.setUp();
        held = usd.balanceOf(address(vault));
        vm.prank(owner());
        house.setDepositCap(held + 10 * USD);
        usd.mint(stranger, 20 * USD);
    }

    function test_DepositCap_BindsReceipts() public {
        vm.startPrank(stranger);
        _checkReceiptIsRefused();
        vm.stopPrank();
    }

    function test_DepositCap_BindsReceiptsUnderTheCallersLock() public {
        vm.startPrank(stranger);
        vault.lock();
        _checkReceiptIsRefused();
        vm.stopPrank();
    }

    function test_DepositCap_AdmitsReceiptsUpToIt() public {
        vm.startPrank(stranger);
        vault.beginReceive(market);
        usd.transfer(address(vault), 10 * USD);
        assertEq(vault.endReceive(), 10 * USD);
        vm.stopPrank();
    }

    /// @dev Proceeds of a hedge outside a fill: the cap does not block a maker that hedges a forced change under its
    /// lock.
    function test_DepositCap_DoesNotBindAMakersHedge() public {
        vm.startPrank(address(shb));
        vault.lock();
        vault.beginReceive(market);
        usd.mint(address(vault), 11 * USD);
        assertEq(vault.endReceive(), 11 * USD);
        vault.unlock();
        vm.stopPrank();
    }

    function _exceeded() private view returns (bytes memory) {
        return abi.encodeWithSelector(IVault.DepositCapExceeded.selector, held + 10 * USD + 1, held + 10 * USD);
    }

    /// @dev A receipt of one unit beyond the cap.
    function _checkReceiptIsRefused() private {
        vault.beginReceive(market);
        usd.transfer(address(vault), 10 * USD + 1);
        vm.expectRevert(_exceeded());
        vault.endReceive();
    }
}
