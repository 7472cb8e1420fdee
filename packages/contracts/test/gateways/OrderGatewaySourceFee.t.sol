// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IKeeperErrors} from "../../src/interfaces/IKeeperErrors.sol";
import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {Order} from "../../src/types/Order.sol";
import {OrderGatewayTest} from "./OrderGatewayTest.sol";

/// @dev Fees of the price source: paid by the oracle's float or by the attached value.
contract OrderGatewaySourceFeeTest is OrderGatewayTest {
    function test_SourceFee_PaidByTheOraclesFloat() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        vm.warp(o.executableAt);
        uint256 float = address(oracle).balance;
        execute(id, o, update(2000e18, o));
        assertEq(address(oracle).balance, float - 1);
        assertEq(keeper.balance, FEE);
    }

    function test_SourceFee_PaidByTheAttachedValue_RefundsTheRest() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        vm.warp(o.executableAt);
        uint256 float = address(oracle).balance;
        vm.deal(keeper, 1 ether);
        bytes[] memory data = update(2000e18, o);
        vm.prank(keeper);
        gateway.executeOrder{value: 0.5 ether}(id, o, data);
        assertEq(address(oracle).balance, float);
        assertEq(keeper.balance, 1 ether - 1 + FEE);
        assertEq(address(gateway).balance, 0);
    }

    function test_SourceFee_RevertIf_NeitherFloatNorValueCoversIt() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        vm.warp(o.executableAt);
        vm.deal(address(oracle), 0);
        bytes[] memory data = update(2000e18, o);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.FeeNotCovered.selector, 1, 0));
        execute(id, o, data);
        vm.deal(keeper, 1);
        vm.prank(keeper);
        assertTrue(gateway.executeOrder{value: 1}(id, o, data));
    }

    /// @dev The escrow of other orders does not pay a keeper's source fees.
    function test_SourceFee_IsNotPaidByTheEscrowOfOtherOrders() public {
        (uint256 id, Order memory o) = create(request(address(om), false));
        create(request(address(om), true));
        vm.warp(o.executableAt);
        // 20 updates cost 20 wei, and the keeper attaches one.
        bytes[] memory data = new bytes[](20);
        for (uint256 i = 0; i < 20; ++i) {
            data[i] = priceUpdate(2000e18, o.executableAt, o.executableAt - 1);
        }
        vm.deal(keeper, 20);
        vm.expectRevert(abi.encodeWithSelector(IKeeperErrors.SourceFeeTooLow.selector, 1, 20));
        vm.prank(keeper);
        gateway.executeOrder{value: 1}(id, o, data);
        vm.prank(keeper);
        gateway.executeOrder{value: 20}(id, o, data);
        assertEq(keeper.balance, FEE);
        assertEq(address(gateway).balance, FEE, "the other order's");
    }
}
