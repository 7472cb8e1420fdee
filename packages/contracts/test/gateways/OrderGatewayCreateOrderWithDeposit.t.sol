// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IVault} from "../../src/interfaces/IVault.sol";
import {DepositTerms, Order, OrderRequest} from "../../src/types/Order.sol";
import {domainSeparator, typedDataHash} from "../utils/Eip712.sol";
import {PermitToken} from "../utils/PermitToken.sol";
import {TestToken} from "../utils/TestToken.sol";
import {OrderGatewayTest} from "./OrderGatewayTest.sol";

/// @dev createOrderWithDeposit: a wallet that has collateral and nothing else.
contract OrderGatewayCreateOrderWithDepositTest is OrderGatewayTest {
    bytes32 private constant PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    bytes32 private constant SET_OPERATOR =
        keccak256("SetOperator(address account,address operator,bool approved,uint256 nonce,uint256 deadline)");
    /// @dev WAD; of one base at 2,000.
    int256 private constant BOND = 33.106e18;
    address private carol;
    uint256 private key;

    function createCollateral() internal override returns (TestToken) {
        return TestToken(address(new PermitToken("USD", "USD")));
    }

    function setUp() public override {
        super.setUp();
        (carol, key) = makeAddrAndKey("carol");
        usd.mint(carol, 1_000 * USD);
        vm.deal(carol, 1 ether);
    }

    function depositTerms(uint256 amountXCD) private view returns (DepositTerms memory f) {
        (f.amountXCD, f.permitDeadline, f.operatorDeadline) = (amountXCD, START, START);
        bytes32 hash = keccak256(abi.encode(PERMIT, carol, address(gateway), amountXCD, uint256(0), START));
        (f.v, f.r, f.s) = vm.sign(key, typedDataHash(usd.DOMAIN_SEPARATOR(), hash));
        hash = keccak256(abi.encode(SET_OPERATOR, carol, address(gateway), true, uint256(0), START));
        bytes32 domain = domainSeparator("Counterpoise Vault", address(vault));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, typedDataHash(domain, hash));
        f.operatorSignature = abi.encodePacked(r, s, v);
    }

    function createWithDeposit(DepositTerms memory f) private returns (uint256 id, Order memory o) {
        o = terms(carol, request(address(om), false));
        vm.prank(carol);
        id = gateway.createOrderWithDeposit{value: FEE}(o.request, f);
        assertEq(gateway.commitmentOf(id), gateway.hashOrder(o));
    }

    function test_Deposit_PermitMarginApprovalAndOrderInOneCall() public {
        (uint256 id, Order memory o) = createWithDeposit(depositTerms(600 * USD));
        assertEq(marginOf(carol), 600e18 - BOND, "the bond comes out of the deposit");
        assertEq(usd.balanceOf(carol), 400 * USD);
        assertEq(vault.fundOf(carol), 0);
        assertTrue(vault.isOperator(carol, address(gateway)));
        assertEq(usd.balanceOf(address(gateway)), 0);
        assertEq(usd.allowance(address(gateway), address(vault)), 0);
        vm.warp(o.executableAt);
        assertTrue(execute(id, o, update(START_PRICE, o)));
        assertEq(sizeOf(carol), 1e18);
    }

    /// @dev An account that submits the signatures first does part of the work of this transaction.
    function test_Deposit_SignaturesUsedAheadOfTheCall() public {
        DepositTerms memory f = depositTerms(600 * USD);
        PermitToken(address(usd)).permit(carol, address(gateway), 600 * USD, START, f.v, f.r, f.s);
        vault.setOperatorBySig(carol, address(gateway), true, START, f.operatorSignature);
        createWithDeposit(f);
        assertEq(marginOf(carol), 600e18 - BOND, "the bond comes out of the deposit");
    }

    function test_Deposit_WithAnAllowanceAndAnApprovedGateway() public {
        DepositTerms memory f;
        f.amountXCD = 300 * USD;
        vm.startPrank(carol);
        usd.approve(address(gateway), 300 * USD);
        vault.setOperator(address(gateway), true);
        vm.stopPrank();
        createWithDeposit(f);
        assertEq(marginOf(carol), 300e18 - BOND);
        // Without an amount the call creates an ordinary order, whose bond comes out of the free margin.
        f.amountXCD = 0;
        skip(1);
        createWithDeposit(f);
        assertEq(marginOf(carol), 300e18 - 2 * BOND);
    }

    /// @dev The signature of the account's key counts after the account delegated its code (EIP-7702), also when the code
    /// accepts none: here that of a token.
    function test_Deposit_KeyOfAnAccountWithDelegatedCode() public {
        DepositTerms memory f = depositTerms(600 * USD);
        vm.etch(carol, abi.encodePacked(hex"ef0100", address(weth)));
        createWithDeposit(f);
        assertEq(marginOf(carol), 600e18 - BOND, "the bond comes out of the deposit");
        assertTrue(vault.isOperator(carol, address(gateway)));
    }

    /// @dev T50: an order with a deposit tops up an open position past a full cap.
    function test_T50_Deposit_IntoAnOpenPosition_PastTheCap() public {
        (uint256 id, Order memory o) = createWithDeposit(depositTerms(600 * USD));
        vm.warp(o.executableAt);
        assertTrue(execute(id, o, update(START_PRICE, o)));
        vm.prank(owner());
        house.setDepositCap(1);
        DepositTerms memory f;
        f.amountXCD = 300 * USD;
        vm.prank(carol);
        usd.approve(address(gateway), 300 * USD);
        int256 margin = marginOf(carol);
        createWithDeposit(f);
        assertEq(marginOf(carol), margin + 300e18);
    }

    /// @dev T23: signatures and collateral of one account serve no other caller.
    function test_T23_RevertIf_CallerIsNotTheSigner() public {
        DepositTerms memory f = depositTerms(600 * USD);
        OrderRequest memory r = request(address(om), false);
        vm.deal(stranger, 1 ether);
        vm.expectRevert(abi.encodeWithSelector(IVault.InvalidSignature.selector, stranger));
        vm.prank(stranger);
        gateway.createOrderWithDeposit{value: FEE}(r, f);
        vm.startPrank(stranger);
        vault.setOperator(address(gateway), true);
        vm.expectPartialRevert(bytes4(keccak256("ERC20InsufficientAllowance(address,uint256,uint256)")));
        gateway.createOrderWithDeposit{value: FEE}(r, f);
        vm.stopPrank();
    }

    function test_Deposit_RevertIf_SignatureExpired() public {
        DepositTerms memory f = depositTerms(600 * USD);
        OrderRequest memory r = request(address(om), false);
        skip(1);
        vm.expectRevert(abi.encodeWithSelector(IVault.SignatureExpired.selector, START + 1, START));
        vm.prank(carol);
        gateway.createOrderWithDeposit{value: FEE}(r, f);
    }
}
