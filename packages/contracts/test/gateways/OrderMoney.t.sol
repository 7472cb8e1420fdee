// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {CircuitBreaker} from "../../src/CircuitBreaker.sol";
import {DeployConfig} from "../../script/Deploy.s.sol";
import {OrderGateway} from "../../src/gateways/OrderGateway.sol";
import {PullPayments} from "../../src/gateways/PullPayments.sol";
import {ICircuitBreaker} from "../../src/interfaces/ICircuitBreaker.sol";
import {IKeeperErrors} from "../../src/interfaces/IKeeperErrors.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {ZeroAmount} from "../../src/types/Errors.sol";
import {DepositTerms, Order, OrderRequest} from "../../src/types/Order.sol";
import {PermitToken} from "../utils/PermitToken.sol";
import {TestToken} from "../utils/TestToken.sol";
import {OrderGatewayFixture} from "./OrderGatewayFixture.sol";

/// @dev Executes and clears, and takes nothing.
contract RefusingKeeper {
    function execute(OrderGateway gateway, uint256 id, Order calldata o, bytes[] calldata data) external payable {
        gateway.executeOrder{value: msg.value}(id, o, data);
    }

    function clear(OrderGateway gateway, uint256 id, Order calldata o) external {
        gateway.cancelOrder(id, o);
    }

    function withdraw(OrderGateway gateway, address payable to) external returns (uint256) {
        return gateway.withdrawCredit(to);
    }
}

/// @dev Native payments: pushed to the caller, pulled where it cannot receive.
contract OrderPaymentsTest is OrderGatewayFixture {
    RefusingKeeper private refusing;

    function setUp() public override {
        super.setUp();
        refusing = new RefusingKeeper();
    }

    function test_Pay_AKeeperThatCannotReceiveIsCredited() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        vm.warp(o.executableAt);
        bytes[] memory data = update(START_PRICE, o);
        uint256 due = FEE + 0.5 ether - 1;
        vm.expectEmit(address(gateway));
        emit PullPayments.Credited(address(refusing), due);
        refusing.execute{value: 0.5 ether}(gateway, id, o, data);
        assertEq(sizeOf(alice), 1e18);
        assertEq(gateway.creditOf(address(refusing)), due);
        assertEq(address(gateway).balance, due);

        vm.expectEmit(address(gateway));
        emit PullPayments.CreditWithdrawn(address(refusing), stranger, due);
        assertEq(refusing.withdraw(gateway, payable(stranger)), due);
        assertEq(stranger.balance, due);
        assertEq(gateway.creditOf(address(refusing)), 0);
        vm.expectRevert(abi.encodeWithSelector(PullPayments.NothingCredited.selector, address(refusing)));
        refusing.withdraw(gateway, payable(stranger));
    }

    function test_Pay_ClearingToo() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        create(request(address(om), false));
        vm.warp(uint256(o.expiresAt) + 1);
        refusing.clear(gateway, id, o);
        refusing.withdraw(gateway, payable(stranger));
        assertEq(stranger.balance, FEE);
        assertEq(address(gateway).balance, FEE, "the other order's");
    }
}

/// @dev createOrderWithDeposit: a wallet with collateral and nothing else.
contract OrderDepositTest is OrderGatewayFixture {
    bytes32 private constant PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    bytes32 private constant SET_OPERATOR =
        keccak256("SetOperator(address account,address operator,bool approved,uint256 nonce,uint256 deadline)");

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
        (f.v, f.r, f.s) = vm.sign(key, digest(usd.DOMAIN_SEPARATOR(), hash));
        hash = keccak256(abi.encode(SET_OPERATOR, carol, address(gateway), true, uint256(0), START));
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Counterpoise Vault"),
                keccak256("1"),
                block.chainid,
                address(vault)
            )
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest(domain, hash));
        f.operatorSignature = abi.encodePacked(r, s, v);
    }

    function digest(bytes32 domain, bytes32 hash) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", domain, hash));
    }

    function createWithDeposit(DepositTerms memory f) private returns (uint256 id, Order memory o) {
        o = terms(carol, request(address(om), false));
        vm.prank(carol);
        id = gateway.createOrderWithDeposit{value: FEE}(o.request, f);
        assertEq(gateway.commitmentOf(id), gateway.hashOrder(o));
    }

    function test_Fund_PermitDepositMarginAuthorityAndOrderAtOnce() public {
        (uint256 id, Order memory o) = createWithDeposit(depositTerms(600 * USD));
        assertEq(marginOf(carol), 600e18);
        assertEq(usd.balanceOf(carol), 400 * USD);
        assertEq(vault.fundOf(carol), 0);
        assertTrue(vault.isOperator(carol, address(gateway)));
        assertEq(usd.balanceOf(address(gateway)), 0);
        assertEq(usd.allowance(address(gateway), address(vault)), 0);
        vm.warp(o.executableAt);
        assertTrue(execute(id, o, update(START_PRICE, o)));
        assertEq(sizeOf(carol), 1e18);
    }

    /// @dev Whoever brings the signatures ahead does this transaction's work.
    function test_Fund_FrontRun() public {
        DepositTerms memory f = depositTerms(600 * USD);
        PermitToken(address(usd)).permit(carol, address(gateway), 600 * USD, START, f.v, f.r, f.s);
        vault.setOperatorBySig(carol, address(gateway), true, START, f.operatorSignature);
        createWithDeposit(f);
        assertEq(marginOf(carol), 600e18);
    }

    function test_Fund_WithAnAllowanceAndAsOperator() public {
        DepositTerms memory f;
        f.amountXCD = 300 * USD;
        vm.startPrank(carol);
        usd.approve(address(gateway), 300 * USD);
        vault.setOperator(address(gateway), true);
        vm.stopPrank();
        createWithDeposit(f);
        assertEq(marginOf(carol), 300e18);
        // Nothing to bring is an order like any other.
        f.amountXCD = 0;
        createWithDeposit(f);
        assertEq(marginOf(carol), 300e18);
    }

    /// @dev T23: what alice signed, and what she has, serves nobody else.
    function test_T23_RevertIf_BroughtByAnother() public {
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

    function test_Fund_RevertIf_SignatureExpired() public {
        DepositTerms memory f = depositTerms(600 * USD);
        OrderRequest memory r = request(address(om), false);
        skip(1);
        vm.expectRevert(abi.encodeWithSelector(IVault.SignatureExpired.selector, START + 1, START));
        vm.prank(carol);
        gateway.createOrderWithDeposit{value: FEE}(r, f);
    }
}

/// @dev Closes that return the margin to the wallet.
contract OrderReturnsMarginTest is OrderGatewayFixture {
    CircuitBreaker private breaker;

    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        (c.breakerWindow, c.breakerMaxOutflow) = (1 days, 100_000);
    }

    function setUp() public override {
        super.setUp();
        skip(2 days);
        setPrice(START_PRICE);
        buy(alice, address(om), 1e18);
    }

    function createClose(uint256 amount) private returns (uint256 id, Order memory o) {
        OrderRequest memory r = request(address(om), true);
        (r.isReduceOnly, r.returnsMargin, r.amount) = (true, true, amount);
        (id, o) = create(r);
        vm.warp(o.executableAt);
    }

    function test_Return_AllMarginGoesToTheWallet() public {
        (uint256 id, Order memory o) = createClose(type(uint256).max);
        vm.expectEmit(address(vault));
        emit IVault.MarginPaidOut(market, alice, alice, 100_099_980_000);
        assertTrue(execute(id, o, update(2100e18, o)));
        assertEq(usd.balanceOf(alice), 100_099_980_000);
        assertEq(sizeOf(alice), 0);
        assertEq(marginOf(alice), 0);
        assertEq(keeper.balance, FEE);
    }

    function test_Return_APartialCloseKeepsIt() public {
        (uint256 id, Order memory o) = createClose(0.4e18);
        vm.expectEmit(address(gateway));
        emit OrderGateway.MarginReturnFailed(
            id, alice, abi.encodeWithSelector(IVault.PositionOpen.selector, alice, int256(0.6e18))
        );
        assertTrue(execute(id, o, update(2100e18, o)));
        assertEq(usd.balanceOf(alice), 0);
        assertEq(sizeOf(alice), 0.6e18);
    }

    /// @dev The close stands, whatever the breaker says to the withdrawal.
    function test_Return_TheBreakerDoesNotSpoilTheClose() public {
        vm.prank(bob);
        vault.withdraw(250_000 * USD, bob);
        (uint256 id, Order memory o) = createClose(type(uint256).max);
        vm.expectEmit(true, true, false, false, address(gateway));
        emit OrderGateway.MarginReturnFailed(id, alice, "");
        assertTrue(execute(id, o, update(2100e18, o)));
        assertEq(usd.balanceOf(alice), 0);
        assertEq(sizeOf(alice), 0);
        assertEq(marginOf(alice), 100_099.98e18, "nothing is lost");
        bytes memory refusal = abi.encodeWithSelector(ICircuitBreaker.OutflowLimitExceeded.selector);
        vm.expectPartialRevert(bytes4(refusal));
        vm.prank(alice);
        vault.returnMargin(market, alice);
        skip(1 days);
        vm.prank(alice);
        assertEq(vault.returnMargin(market, alice), 100_099_980_000);
    }

    function test_Return_ATokenThatRefusesDoesNotSpoilTheClose() public {
        (uint256 id, Order memory o) = createClose(type(uint256).max);
        vm.mockCallRevert(
            address(usd),
            abi.encodeWithSelector(usd.transfer.selector, alice),
            abi.encodeWithSelector(bytes4(0x12345678))
        );
        vm.expectEmit(address(gateway));
        emit OrderGateway.MarginReturnFailed(id, alice, abi.encodeWithSelector(bytes4(0x12345678)));
        assertTrue(execute(id, o, update(2100e18, o)));
        assertEq(sizeOf(alice), 0);
        assertEq(marginOf(alice), 100_099.98e18);
    }

    /// @dev T28: a keeper that starves the withdrawal starves itself.
    function test_T28_Return_GasIsStarved() public {
        (uint256 id, Order memory o) = createClose(type(uint256).max);
        bytes[] memory data = update(2100e18, o);
        bytes memory call_ = abi.encodeCall(gateway.executeOrder, (id, o, data));
        for (uint256 gasLimit = 100_000; gasLimit < 1_500_000; gasLimit += 60_000) {
            uint256 snapshot = vm.snapshotState();
            vm.prank(keeper);
            (bool success,) = address(gateway).call{gas: gasLimit}(call_);
            assertEq(usd.balanceOf(alice), success ? 100_099_980_000 : 0, "closed without its margin");
            vm.revertToState(snapshot);
        }
    }

    function test_ReturnMargin_RevertIf_PositionIsOpen() public {
        vm.expectRevert(abi.encodeWithSelector(IVault.PositionOpen.selector, alice, int256(1e18)));
        vm.prank(alice);
        vault.returnMargin(market, alice);
    }

    function test_ReturnMargin_RevertIf_ThereIsNone() public {
        vm.expectRevert(abi.encodeWithSelector(ZeroAmount.selector));
        vm.prank(bob);
        vault.returnMargin(market, bob);
    }
}
