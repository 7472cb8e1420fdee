// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IVault} from "../../src/interfaces/IVault.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {StubMaker} from "../utils/StubMaker.sol";

/// @dev Collateral that arrives between {beginReceive} and {endReceive}, and the system's lock. Anybody may use them
/// and harms nobody but itself.
contract ReceiptsTest is ExchangeTest {
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
        assertEq(marginOf(stranger), 3e18, "donations of before are not counted");
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

    function test_Receipt_RevertIf_NoneIsUnderWay() public {
        vm.expectRevert(abi.encodeWithSelector(IVault.NotLockHolder.selector, alice, address(0)));
        vm.prank(alice);
        vault.endReceive();
        vm.startPrank(alice);
        vault.lock();
        vm.expectRevert(abi.encodeWithSelector(IVault.NotLockHolder.selector, alice, address(0)));
        vault.endReceive();
        vm.stopPrank();
    }

    /// @dev A deposit to a fund in the middle of a receipt would be credited twice.
    function test_Receipt_NothingElseMovesMeanwhile() public {
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

    function test_Lock_StopsEverybodyAndValuations() public {
        addMargin(alice, 1000 * USD);
        vm.prank(stranger);
        vault.lock();
        bytes memory locked = abi.encodeWithSelector(IVault.Locked.selector, stranger);
        vm.startPrank(alice);
        vm.expectRevert(locked);
        vault.deposit(alice, 1);
        vm.expectRevert(locked);
        vault.withdraw(1, alice);
        vm.expectRevert(locked);
        vault.transferFundToMargin(market, alice, 1);
        vm.expectRevert(locked);
        vault.transferMarginToFund(market, alice, 1);
        vm.expectRevert(locked);
        vault.withdrawMargin(market, 1, alice);
        vm.expectRevert(locked);
        vault.beginReceive(market);
        vm.expectRevert(locked);
        vault.valuePosition(market, alice);
        vm.expectRevert(locked);
        om.totalAssets();
        vm.expectRevert(locked);
        shb.sharePrice();
        vm.stopPrank();
        vm.expectRevert(locked);
        buy(alice, address(om), 1e18);
        vm.expectRevert(abi.encodeWithSelector(IVault.NotLockHolder.selector, alice, stranger));
        vm.prank(alice);
        vault.unlock();
        vm.prank(stranger);
        vault.unlock();
        assertEq(vault.lockHolder(), address(0));
    }

    function test_Lock_HolderMayPayOutItsOwnMargin() public {
        addMargin(alice, 1000 * USD);
        vm.startPrank(alice);
        vault.lock();
        vault.withdrawMargin(market, 400 * USD, alice);
        assertEq(vault.lockHolder(), alice, "still locked");
        vault.unlock();
        vm.stopPrank();
        assertEq(marginOf(alice), 600e18);
    }

    /// @dev A receipt under one's own lock must name a market like any other.
    /// @dev L3: what a fill's hedge brings belongs to the fill's market. For another one it would be credited without being
    /// a deposit there.
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

    function test_Receipt_UnderOnesOwnLock_RevertIf_MarketIsUnknown() public {
        vm.startPrank(stranger);
        vault.lock();
        vm.expectRevert(abi.encodeWithSelector(IVault.UnknownMarket.selector, 9));
        vault.beginReceive(9);
        vm.stopPrank();
    }
}
