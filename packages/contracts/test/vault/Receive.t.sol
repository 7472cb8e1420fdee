// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IVault} from "../../src/interfaces/IVault.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {StubMaker} from "../utils/StubMaker.sol";

/// @dev Receipts: collateral that arrives between {beginReceive} and {endReceive} is credited to the caller. Any
/// account may open one, and it affects no other account.
contract VaultReceiveTest is ExchangeTest {
    function test_Receipt_CreditsWhatArrived() public {
        usd.mint(address(vault), 500 * USD);
        vm.startPrank(stranger);
        vault.beginReceive(market);
        assertEq(vault.lockHolder(), stranger);
        usd.mint(address(vault), 3 * USD);
        vm.expectEmit(address(vault));
        emit IVault.MarginReceived(market, stranger, 3 * USD);
        assertEq(vault.endReceive(), 3 * USD);
        vm.stopPrank();
        assertEq(marginOf(stranger), 3e18, "earlier donations are not counted");
        assertEq(vault.lockHolder(), address(0));
    }

    function test_Receipt_RevertIf_MarketIsUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(IVault.UnknownMarket.selector, 9));
        vault.beginReceive(9);
    }

    function test_Receipt_RevertIf_EndedByAnother() public {
        vm.prank(stranger);
        vault.beginReceive(market);
        vm.expectRevert(abi.encodeWithSelector(IVault.NotLockHolder.selector, alice, stranger));
        vm.prank(alice);
        vault.endReceive();
    }

    function test_Receipt_RevertIf_NoneIsOpen() public {
        vm.expectRevert(abi.encodeWithSelector(IVault.NotLockHolder.selector, alice, address(0)));
        vm.prank(alice);
        vault.endReceive();
        vm.startPrank(alice);
        vault.lock();
        vm.expectRevert(abi.encodeWithSelector(IVault.NotLockHolder.selector, alice, address(0)));
        vault.endReceive();
        vm.stopPrank();
    }

    /// @dev A deposit to a fund during a receipt would be credited twice.
    function test_Receipt_RevertIf_AnotherCallMovesCollateral() public {
        usd.mint(stranger, 10 * USD);
        vm.startPrank(stranger);
        usd.approve(address(vault), type(uint256).max);
        vault.beginReceive(market);
        bytes memory locked = abi.encodeWithSelector(IVault.Locked.selector, stranger);
        vm.expectRevert(locked);
        vault.deposit(stranger, 10 * USD);
        vm.expectRevert(locked);
        vault.withdraw(1, stranger);
        vm.expectRevert(locked);
        vault.withdrawMargin(market, 1, stranger);
        vm.expectRevert(locked);
        vault.beginReceive(market);
        vm.expectRevert(locked);
        vault.lock();
        vm.expectRevert(locked);
        vault.unlock();
        vm.stopPrank();
    }

    /// @dev L3: hedge proceeds of a fill belong to the market of the fill. In another market they would be credited
    /// without a deposit.
    function test_L3_Receipt_InAFill_RevertIf_ForAnotherMarket() public {
        StubMaker stub = new StubMaker(vault, market, START_PRICE);
        vm.startPrank(owner());
        uint256 second = house.createMarket(config().market);
        house.registerMaker(address(stub));
        vm.stopPrank();
        stub.addMargin(1_000_000 * USD);
        addMargin(alice, 1000 * USD);
        stub.setReceiptMarket(second);
        vm.expectRevert(abi.encodeWithSelector(IVault.NoFillWindow.selector, stub, second));
        buy(alice, address(stub), 1e18);
    }

    /// @dev A receipt under the caller's own lock needs an existing market too.
    function test_Receipt_UnderTheCallersLock_RevertIf_MarketIsUnknown() public {
        vm.startPrank(stranger);
        vault.lock();
        vm.expectRevert(abi.encodeWithSelector(IVault.UnknownMarket.selector, 9));
        vault.beginReceive(9);
        vm.stopPrank();
    }
}
