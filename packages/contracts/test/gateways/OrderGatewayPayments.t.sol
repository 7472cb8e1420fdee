// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {OrderGateway} from "../../src/gateways/OrderGateway.sol";
import {PullPayments} from "../../src/gateways/PullPayments.sol";
import {Order} from "../../src/types/Order.sol";
import {OrderGatewayTest} from "./OrderGatewayTest.sol";

/// @dev A keeper that executes and cancels, and cannot receive native currency.
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

/// @dev Native payments are sent to the caller, or credited when the caller cannot receive them.
contract OrderGatewayPaymentsTest is OrderGatewayTest {
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

    function test_Pay_ACancellingKeeperThatCannotReceiveIsCredited() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        create(request(address(shb), true));
        vm.warp(uint256(o.expiresAt) + 1);
        refusing.clear(gateway, id, o);
        refusing.withdraw(gateway, payable(stranger));
        assertEq(stranger.balance, FEE / 2);
        assertEq(address(gateway).balance, FEE + FEE / 2, "the other order's, and the taker's half");
    }
}
