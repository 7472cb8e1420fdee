// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IVault} from "../../src/interfaces/IVault.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {LockUser} from "../utils/LockUser.sol";
import {StubMaker} from "../utils/StubMaker.sol";

/// @dev Receipts: the Vault calls the account back, and credits the collateral that arrives during that call. Any account
/// may open one, and it affects no other account.
contract VaultReceiveTest is ExchangeTest {
    LockUser private user;

    function setUp() public override {
        super.setUp();
        user = new LockUser(vault);
        usd.mint(address(user), 10 * USD);
    }

    function test_Receipt_CreditsWhatArrived() public {
        usd.mint(address(vault), 500 * USD);
        vm.expectEmit(address(vault));
        emit IVault.MarginReceived(market, address(user), 3 * USD);
        assertEq(user.receiveMargin(market, 3 * USD), 3 * USD);
        assertEq(marginOf(address(user)), 3e18, "earlier donations are not counted");
        assertEq(vault.lockHolder(), address(0));
    }

    function test_Receipt_RevertIf_MarketIsUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(IVault.UnknownMarket.selector, 9));
        user.receiveMargin(9, USD);
    }

    /// @dev An account without code has no callback.
    function test_Receipt_RevertIf_CallerHasNoCode() public {
        vm.expectRevert();
        vm.prank(stranger);
        vault.receiveMargin(market, "");
    }

    /// @dev T47: a deposit, a payment or a second receipt inside the receipt would change the balance that it measures.
    /// The Vault holds the lock, so that not even the receiving account acts.
    function test_T47_Receipt_RevertIf_AnotherCallMovesCollateral() public {
        addMargin(alice, 10 * USD);
        bytes memory locked = abi.encodeWithSelector(IVault.Locked.selector, vault);
        bytes[6] memory calls = [
            abi.encodeCall(IVault.deposit, (address(user), USD)),
            abi.encodeCall(IVault.withdraw, (1, address(user))),
            abi.encodeCall(IVault.depositToMargin, (market, address(user), USD)),
            abi.encodeCall(IVault.payOutMargin, (market, 1, address(user))),
            abi.encodeCall(IVault.receiveMargin, (market, "")),
            abi.encodeCall(IVault.withLockHeld, (""))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            assertEq(user.receiveAnd(market, USD, address(vault), calls[i]), USD);
            assertFalse(user.succeeded());
            assertEq(user.answer(), locked);
        }
        assertEq(marginOf(address(user)), 6e18);
        assertEq(usd.balanceOf(address(user)), 4 * USD);
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
        stub.setReceiptMarket(market);
        buy(alice, address(stub), 1e18);
        assertEq(marginOf(address(stub)), 1_000_000e18 + 1e12);
    }

    /// @dev A receipt under the caller's own lock needs an existing market too.
    function test_Receipt_UnderTheCallersLock_RevertIf_MarketIsUnknown() public {
        user.lockAnd(address(user), abi.encodeCall(user.receiveMargin, (9, USD)));
        assertEq(user.answer(), abi.encodeWithSelector(IVault.UnknownMarket.selector, 9));
    }
}
