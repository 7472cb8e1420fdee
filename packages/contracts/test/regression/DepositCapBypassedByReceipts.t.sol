// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IVault} from "../../src/interfaces/IVault.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {LockUser} from "../utils/LockUser.sol";
import {StubMaker} from "../utils/StubMaker.sol";

/// @dev The deposit cap applied to {deposit} only: collateral that was sent straight into margin was not counted.
contract DepositCapBypassedByReceiptsTest is ExchangeTest {
    uint256 private held;
    LockUser private user;

    function setUp() public override {
        super.setUp();
        user = new LockUser(vault);
        held = usd.balanceOf(address(vault));
        vm.prank(owner());
        house.setDepositCap(held + 10 * USD);
        usd.mint(address(user), 20 * USD);
    }

    function test_DepositCap_BindsReceipts() public {
        vm.expectRevert(_exceeded());
        user.receiveMargin(market, 10 * USD + 1);
    }

    function test_DepositCap_BindsReceiptsUnderTheCallersLock() public {
        user.lockAnd(address(user), abi.encodeCall(user.receiveMargin, (market, 10 * USD + 1)));
        assertEq(user.answer(), _exceeded());
    }

    /// @dev An account that is no maker has no hedges.
    function test_DepositCap_BindsReceiptsForHedges_OfOtherAccounts() public {
        bytes memory data = abi.encode(10 * USD + 1, LockUser.Call(address(0), ""));
        vm.expectRevert(_exceeded());
        user.act(address(vault), abi.encodeCall(IVault.receiveForHedge, (market, data)));
    }

    function test_DepositCap_AdmitsReceiptsUpToIt() public {
        assertEq(user.receiveMargin(market, 10 * USD), 10 * USD);
        assertEq(marginOf(address(user)), 10e18);
    }

    /// @dev Proceeds of a hedge outside a fill: the cap does not block a maker that hedges a forced change.
    function test_DepositCap_DoesNotBindAMakersHedge() public {
        StubMaker stub = new StubMaker(vault, market, START_PRICE);
        vm.prank(owner());
        house.registerMaker(address(stub));
        vm.prank(address(stub));
        assertEq(vault.receiveForHedge(market, abi.encode(11 * USD)), 11 * USD);
        assertEq(marginOf(address(stub)), 11e18);
    }

    function _exceeded() private view returns (bytes memory) {
        return abi.encodeWithSelector(IVault.DepositCapExceeded.selector, held + 10 * USD + 1, held + 10 * USD);
    }
}
