// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {NotClearingHouse, ZeroAmount} from "../../src/types/Errors.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {PermitToken} from "../utils/PermitToken.sol";
import {TestToken} from "../utils/TestToken.sol";

/// @dev Deposits with a permit, under a cap, in one call with others; donations.
contract DepositsTest is ExchangeTest {
    bytes32 private constant PERMIT_TYPEHASH =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

    address private payer;
    uint256 private key;

    function createCollateral() internal override returns (TestToken) {
        return TestToken(address(new PermitToken("USD", "USD")));
    }

    function setUp() public override {
        super.setUp();
        (payer, key) = makeAddrAndKey("payer");
        usd.mint(payer, 100 * USD);
    }

    // --------------------------------------------------------------------------------------------------- permit ----

    function test_Permit_DepositsWithoutAnAllowance() public {
        (uint8 v, bytes32 r, bytes32 s) = _permit(40 * USD, START);
        vm.expectEmit(address(vault));
        emit IVault.Deposited(bob, payer, 40 * USD);
        vm.prank(payer);
        assertEq(vault.depositWithPermit(bob, 40 * USD, START, v, r, s), 40 * USD);
        assertEq(vault.fundOf(bob), 1_000_040 * USD);
        assertEq(usd.allowance(payer, address(vault)), 0);
    }

    /// @dev Somebody who sends the permit ahead does not stop the deposit.
    function test_Permit_FrontRun() public {
        (uint8 v, bytes32 r, bytes32 s) = _permit(40 * USD, START);
        vm.prank(stranger);
        PermitToken(address(usd)).permit(payer, address(vault), 40 * USD, START, v, r, s);
        vm.prank(payer);
        vault.depositWithPermit(payer, 40 * USD, START, v, r, s);
        assertEq(vault.fundOf(payer), 40 * USD);
    }

    /// @dev A permit is used for whoever signed it and by nobody else.
    function test_Permit_RevertIf_BroughtByAnother() public {
        (uint8 v, bytes32 r, bytes32 s) = _permit(40 * USD, START);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(vault), 0, 40 * USD)
        );
        vm.prank(stranger);
        vault.depositWithPermit(stranger, 40 * USD, START, v, r, s);
    }

    function test_Permit_RevertIf_InvalidAndNoAllowance() public {
        (uint8 v, bytes32 r, bytes32 s) = _permit(40 * USD, START - 1);
        bytes memory refusal =
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(vault), 0, 40 * USD);
        vm.expectRevert(refusal);
        vm.prank(payer);
        vault.depositWithPermit(payer, 40 * USD, START - 1, v, r, s);
    }

    /// @dev The allowance is what counts, also for a token without permits.
    function test_Permit_NotNeededWithAnAllowance() public {
        vm.startPrank(payer);
        usd.approve(address(vault), 40 * USD);
        vault.depositWithPermit(payer, 40 * USD, 0, 0, 0, 0);
        vm.stopPrank();
        assertEq(vault.fundOf(payer), 40 * USD);
    }

    // ------------------------------------------------------------------------------------------------------ cap ----

    function test_Cap_ExactBoundary() public {
        uint256 held = usd.balanceOf(address(vault));
        _setCap(held + 10 * USD);
        usd.mint(alice, 20 * USD);
        vm.startPrank(alice);
        vm.expectRevert(
            abi.encodeWithSelector(IVault.DepositCapExceeded.selector, held + 10 * USD + 1, held + 10 * USD)
        );
        vault.deposit(alice, 10 * USD + 1);
        vault.deposit(alice, 10 * USD);
        vm.expectRevert(
            abi.encodeWithSelector(IVault.DepositCapExceeded.selector, held + 10 * USD + 1, held + 10 * USD)
        );
        vault.deposit(alice, 1);
        // What leaves makes room.
        vault.withdraw(3, alice);
        vault.deposit(alice, 3);
        vm.stopPrank();
    }

    function test_Cap_ZeroIsNone() public {
        _setCap(1);
        _setCap(0);
        fund(alice, 1_000_000_000 * USD);
        assertEq(vault.depositCap(), 0);
    }

    function test_Cap_BindsLpVaults() public {
        uint256 held = usd.balanceOf(address(vault));
        _setCap(held + 10 * USD);
        usd.mint(lp, 20 * USD);
        vm.startPrank(lp);
        vm.expectRevert(
            abi.encodeWithSelector(IVault.DepositCapExceeded.selector, held + 10 * USD + 1, held + 10 * USD)
        );
        om.deposit(10 * USD + 1);
        om.deposit(10 * USD);
        vm.stopPrank();
    }

    /// @dev What a hedge brings in is no deposit.
    function test_Cap_StopsNoTradeAndNoMargin() public {
        addMargin(alice, 10_000 * USD);
        _setCap(1);
        sell(alice, address(shb), 1e18);
        addMargin(alice, 10_000 * USD);
        close(alice, address(shb));
        vm.prank(alice);
        vault.withdraw(1, alice);
    }

    // ------------------------------------------------------------------------------------------------- multicall ----

    function test_Multicall_DepositsAndAddsMargin() public {
        (uint8 v, bytes32 r, bytes32 s) = _permit(40 * USD, START);
        bytes[] memory calls = new bytes[](3);
        calls[0] = abi.encodeCall(IVault.depositWithPermit, (payer, 40 * USD, START, v, r, s));
        calls[1] = abi.encodeCall(IVault.transferFundToMargin, (market, payer, 30 * USD));
        calls[2] = abi.encodeCall(IVault.setOperator, (address(gateway), true));
        vm.prank(payer);
        bytes[] memory answers = vault.multicall(calls);
        assertEq(abi.decode(answers[0], (uint256)), 40 * USD);
        assertEq(vault.fundOf(payer), 10 * USD);
        assertEq(marginOf(payer), 30e18);
        assertTrue(vault.isOperator(payer, address(gateway)));
    }

    /// @dev All or nothing, with the reason.
    function test_Multicall_RevertIf_OnePartFails() public {
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(IVault.withdraw, (1 * USD, alice));
        calls[1] = abi.encodeCall(IVault.withdraw, (1_000_000 * USD, alice));
        vm.expectRevert(abi.encodeWithSelector(IVault.InsufficientFund.selector, 1_000_000 * USD, 999_999 * USD));
        vm.prank(alice);
        vault.multicall(calls);
        assertEq(vault.fundOf(alice), 1_000_000 * USD);
    }

    /// @dev The caller is the caller in every part, also nested.
    function test_T19_Multicall_IsNobodyElse() public {
        bytes[] memory inner = new bytes[](1);
        inner[0] = abi.encodeCall(IVault.transferFundToMargin, (market, alice, 1));
        bytes[] memory calls = new bytes[](1);
        calls[0] = abi.encodeCall(vault.multicall, (inner));
        vm.expectRevert(abi.encodeWithSelector(IVault.NotAuthorized.selector, alice, stranger));
        vm.prank(stranger);
        vault.multicall(calls);
        inner[0] = abi.encodeCall(IVault.setFrozen, (market, true));
        calls[0] = abi.encodeCall(vault.multicall, (inner));
        vm.expectRevert(abi.encodeWithSelector(NotClearingHouse.selector, stranger, house));
        vm.prank(stranger);
        vault.multicall(calls);
    }

    /// @dev T13: a lock taken in one part holds in the next, and a receipt is not credited twice.
    function test_T13_Multicall_DoesNotPassTheLockBy() public {
        usd.mint(stranger, 10 * USD);
        vm.startPrank(stranger);
        usd.approve(address(vault), type(uint256).max);
        bytes[] memory calls = new bytes[](3);
        calls[0] = abi.encodeCall(IVault.beginReceive, (market));
        calls[1] = abi.encodeCall(IVault.deposit, (stranger, 10 * USD));
        calls[2] = abi.encodeCall(IVault.endReceive, ());
        vm.expectRevert(abi.encodeWithSelector(IVault.Locked.selector, stranger));
        vault.multicall(calls);
        calls[0] = abi.encodeCall(IVault.lock, ());
        vm.expectRevert(abi.encodeWithSelector(IVault.Locked.selector, stranger));
        vault.multicall(calls);
        vm.stopPrank();
    }

    // ------------------------------------------------------------------------------------------------- donations ----

    function test_Donate_GoesToInsurance() public {
        uint256 balance = d.lens.marketOf(market).balance;
        vm.expectEmit(address(vault));
        emit IVault.InsuranceDonated(market, alice, 7 * USD);
        vm.startPrank(alice);
        vault.donate(market, 7 * USD);
        vm.expectRevert(abi.encodeWithSelector(IVault.UnknownMarket.selector, 2));
        vault.donate(2, 1);
        vm.expectRevert(abi.encodeWithSelector(ZeroAmount.selector));
        vault.donate(market, 0);
        vm.expectRevert(abi.encodeWithSelector(IVault.InsufficientFund.selector, 999_994 * USD, 999_993 * USD));
        vault.donate(market, 999_994 * USD);
        vm.stopPrank();
        assertEq(d.lens.marketOf(market).insurance, 7e18);
        assertEq(d.lens.marketOf(market).balance, balance + 7 * USD);
        assertEq(vault.fundOf(alice), 999_993 * USD);
    }

    // -------------------------------------------------------------------------------------------------- helpers ----

    function _setCap(uint256 capXCD) private {
        vm.expectEmit(address(vault));
        emit IVault.DepositCapSet(capXCD);
        vm.prank(owner());
        IClearingHouse(house).setDepositCap(capXCD);
    }

    function _permit(uint256 value, uint256 deadline) private view returns (uint8, bytes32, bytes32) {
        bytes32 message =
            keccak256(abi.encode(PERMIT_TYPEHASH, payer, address(vault), value, usd_().nonces(payer), deadline));
        return vm.sign(key, keccak256(abi.encodePacked(hex"1901", usd_().DOMAIN_SEPARATOR(), message)));
    }

    function usd_() private view returns (PermitToken) {
        return PermitToken(address(usd));
    }
}
