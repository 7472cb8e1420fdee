// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {NotEnoughGas} from "../../src/types/Errors.sol";
import {Order} from "../../src/types/Order.sol";
import {OrderGatewayFixture} from "./OrderGatewayFixture.sol";

contract GasFloorTest is OrderGatewayFixture {
    /// @dev T28: even where a trade would do with less, so that none fails in its middle and is taken for the order's fault.
    function test_T28_RevertIf_GasIsBelowTheFloor() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        vm.warp(o.executableAt);
        bytes[] memory data = update(2000e18, o);
        uint256 floor = gateway.MIN_TRADE_GAS();
        vm.expectPartialRevert(NotEnoughGas.selector);
        vm.prank(keeper);
        gateway.executeOrder{gas: floor}(id, o, data);
        assertEq(gateway.commitmentOf(id), gateway.hashOrder(o), "left as it was");
    }
}
