// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {CircuitBreaker} from "../../src/CircuitBreaker.sol";
import {OrderGateway} from "../../src/gateways/OrderGateway.sol";
import {ICircuitBreaker} from "../../src/interfaces/ICircuitBreaker.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {Order, OrderRequest} from "../../src/types/Order.sol";
import {OrderGatewayTest} from "./OrderGatewayTest.sol";

/// @dev Closes that return the margin to the wallet.
contract OrderGatewayReturnsMarginTest is OrderGatewayTest {
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
        vm.prank(alice);
        id = gateway.createOrder{value: FEE}(r);
        // A whole close is for the position of one base.
        if (amount == type(uint256).max) r.amount = 1e18;
        o = terms(alice, r);
        vm.warp(o.executableAt);
    }

    function test_Return_AllMarginGoesToTheWallet() public {
        (uint256 id, Order memory o) = createClose(type(uint256).max);
        vm.expectEmit(address(vault));
        emit IVault.MarginPaidOut(market, alice, alice, 100_099_980_000);
        assertTrue(execute(id, o, update(2100e18, o)));
        assertEq(
            usd.balanceOf(alice), 100_099_980_000 + o.bondXCD, "the margin, and the bond that came out of the fund"
        );
        assertEq(sizeOf(alice), 0);
        assertEq(marginOf(alice), 0);
        assertEq(keeper.balance, FEE);
    }

    function test_Return_PartialClose_KeepsTheMargin() public {
        (uint256 id, Order memory o) = createClose(0.4e18);
        vm.expectEmit(address(gateway));
        emit OrderGateway.MarginReturnFailed(
            id, alice, abi.encodeWithSelector(IVault.PositionOpen.selector, alice, int256(0.6e18))
        );
        assertTrue(execute(id, o, update(2100e18, o)));
        assertEq(usd.balanceOf(alice), 0);
        assertEq(sizeOf(alice), 0.6e18);
    }

    /// @dev The close succeeds although the circuit breaker reverts the withdrawal.
    function test_Return_CircuitBreakerDoesNotPreventTheClose() public {
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

    function test_Return_RevertingTokenDoesNotPreventTheClose() public {
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

    /// @dev T28: a keeper cannot make the withdrawal alone run out of gas.
    function test_T28_Return_TooLittleGas_RevertsTheClose() public {
        (uint256 id, Order memory o) = createClose(type(uint256).max);
        bytes[] memory data = update(2100e18, o);
        bytes memory call_ = abi.encodeCall(gateway.executeOrder, (id, o, data));
        for (uint256 gasLimit = 100_000; gasLimit < 1_500_000; gasLimit += 60_000) {
            uint256 snapshot = vm.snapshotState();
            vm.prank(keeper);
            (bool success,) = address(gateway).call{gas: gasLimit}(call_);
            assertEq(usd.balanceOf(alice), success ? 100_099_980_000 + o.bondXCD : 0, "closed without its margin");
            vm.revertToState(snapshot);
        }
    }
}
