// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {NotClearingHouse} from "../../src/types/Errors.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev Bonds in the Vault. Two contracts are approved gateways, and Alice has approved both.
contract EscrowTest is ExchangeTest {
    address private one = makeAddr("gateway one");
    address private two = makeAddr("gateway two");

    function setUp() public override {
        super.setUp();
        vm.startPrank(owner());
        house.setGateway(one, true);
        house.setGateway(two, true);
        vm.stopPrank();
        vm.startPrank(alice);
        vault.setOperator(one, true);
        vault.setOperator(two, true);
        vm.stopPrank();
    }

    function test_Bind_FundFillsTheEscrow() public {
        vm.expectEmit(address(vault));
        emit IVault.EscrowFilled(alice, one, 20 * USD);
        assertEq(_bind(one, 1e18, 0), 20 * USD, "1% of 2,000");
        _checkEscrow(one, 20 * USD, 20 * USD);
        assertEq(vault.fundOf(alice), 999_980 * USD);
    }

    function test_Bind_QuoteNeedsNoPrice() public {
        assertEq(_bind(one, 0, 500e18), 5 * USD);
    }

    function testFuzz_Bind_RoundsUp(uint96 quote, uint24 ratio) public {
        vm.prank(one);
        uint256 bond = vault.bindBond(alice, market, 0, uint256(quote) % 1e23, uint256(ratio) % 200_000);
        uint256 exact = uint256(quote) % 1e23 * (uint256(ratio) % 200_000);
        assertGe(bond * 1e18, exact);
        if (bond != 0) assertLt((bond - 1) * 1e18, exact);
    }

    function test_Bind_FreePartServesTheNextOrder() public {
        _bind(one, 1e18, 0);
        vm.prank(one);
        vault.freeBond(alice, 20 * USD);
        _checkEscrow(one, 20 * USD, 0);
        _bind(one, 2e18, 0);
        _checkEscrow(one, 40 * USD, 40 * USD);
        assertEq(vault.fundOf(alice), 999_960 * USD, "the difference only");
    }

    function test_Bind_FreeMarginFillsAnEmptyFund() public {
        addMargin(alice, 999_995 * USD);
        vm.expectEmit(address(vault));
        emit IVault.MarginToFund(market, alice, 15 * USD);
        _bind(one, 1e18, 0);
        assertEq(vault.fundOf(alice), 0);
        assertEq(marginOf(alice), 999_980e18);
    }

    /// @dev L6: the margin of a position is not free.
    function test_Bind_RevertIf_MarginIsNotFree() public {
        addMargin(alice, 201 * USD);
        buy(alice, address(om), 1e18);
        vm.startPrank(alice);
        vault.withdraw(vault.fundOf(alice), alice);
        vm.stopPrank();
        vm.expectPartialRevert(IVault.InsufficientMargin.selector);
        _bind(one, 1e18, 0);
    }

    function test_Bind_RevertIf_CallerIsNotAnOperator() public {
        vm.expectRevert(abi.encodeWithSelector(IVault.NotAuthorized.selector, bob, one));
        vm.prank(one);
        vault.bindBond(bob, market, 1e18, 0, 10_000);
    }

    /// @dev T19: a gateway reaches neither another gateway's escrow nor another account's.
    function test_T19_GatewaysAreIsolated() public {
        _bind(one, 1e18, 0);
        vm.startPrank(two);
        vault.freeBond(alice, 20 * USD);
        house.payBond(market, alice, address(om), 20 * USD);
        vm.stopPrank();
        _checkEscrow(one, 20 * USD, 20 * USD);
        assertEq(marginOf(address(om)), 1_000_000e18, "no payment");
        vm.expectRevert(abi.encodeWithSelector(NotClearingHouse.selector, one, address(house)));
        vm.prank(one);
        vault.payBond(market, alice, one, address(om), 1);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NotGateway.selector, stranger));
        vm.prank(stranger);
        house.payBond(market, alice, address(om), 1);
    }

    /// @dev L3: the payment moves collateral from the escrow to the market.
    function test_Pay_CreditsTheMaker() public {
        _bind(one, 1e18, 0);
        uint256 held = d.lens.marketOf(market).balance;
        vm.prank(one);
        house.payBond(market, alice, address(om), 20 * USD);
        _checkEscrow(one, 0, 0);
        assertEq(marginOf(address(om)), 1_000_020e18);
        assertEq(d.lens.marketOf(market).balance, held + 20 * USD);
    }

    function test_Pay_NoMoreThanIsBound() public {
        _bind(one, 1e18, 0);
        vm.prank(one);
        house.payBond(market, alice, address(om), 21 * USD);
        assertEq(marginOf(address(om)), 1_000_020e18);
        assertEq(vault.fundOf(alice), 999_980 * USD);
    }

    function test_Pay_RevertIf_ReceiverIsNoMaker() public {
        _bind(one, 1e18, 0);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.UnknownMaker.selector, bob, market, 0));
        vm.prank(one);
        house.payBond(market, alice, bob, 20 * USD);
    }

    function test_Withdraw_TheFreePart() public {
        _bind(one, 1e18, 0);
        _bind(one, 2e18, 0);
        vm.prank(one);
        vault.freeBond(alice, 20 * USD);
        vm.expectEmit(address(vault));
        emit IVault.EscrowWithdrawn(alice, one, 20 * USD);
        vm.prank(alice);
        assertEq(vault.withdrawEscrow(one), 20 * USD);
        _checkEscrow(one, 40 * USD, 40 * USD);
        assertEq(vault.fundOf(alice), 999_960 * USD);
    }

    /// @dev T44: a revocation leaves the bond bound, also when the approval is given again.
    function test_T44_Withdraw_RevocationFreesNoBond() public {
        _bind(one, 1e18, 0);
        vm.startPrank(alice);
        vault.setOperator(one, false);
        assertEq(vault.withdrawEscrow(one), 0);
        vault.setOperator(one, true);
        assertEq(vault.withdrawEscrow(one), 0);
        vm.stopPrank();
    }

    /// @dev A gateway that the owner of the exchange no longer approves keeps no collateral.
    function test_Withdraw_AllFromAnUnapprovedGateway() public {
        _bind(one, 1e18, 0);
        vm.prank(owner());
        house.setGateway(one, false);
        vm.prank(alice);
        assertEq(vault.withdrawEscrow(one), 20 * USD);
        // The gateway ends its order later.
        vm.prank(one);
        vault.freeBond(alice, 20 * USD);
        _checkEscrow(one, 0, 0);
    }

    function test_ReturnMargin_PaysTheFreeEscrowToo() public {
        addMargin(alice, 100 * USD);
        _bind(one, 1e18, 0);
        vm.startPrank(one);
        vault.freeBond(alice, 20 * USD);
        assertEq(vault.returnMargin(market, alice), 120 * USD);
        vm.stopPrank();
        assertEq(usd.balanceOf(alice), 120 * USD);
        _checkEscrow(one, 0, 0);
    }

    function _bind(address gateway_, uint256 base, uint256 quote) private returns (uint256) {
        vm.prank(gateway_);
        return vault.bindBond(alice, market, base, quote, 10_000);
    }

    function _checkEscrow(address gateway_, uint256 escrow, uint256 bound_) private view {
        (uint256 escrowXCD, uint256 boundXCD) = vault.escrowOf(alice, gateway_);
        assertEq(escrowXCD, escrow, "escrow");
        assertEq(boundXCD, bound_, "bound");
    }
}
