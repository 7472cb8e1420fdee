// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ISignedOrders} from "../../../src/interfaces/ISignedOrders.sol";
import {SignedOrderState} from "../../../src/gateways/SignedOrderState.sol";
import {Announcement, SignedOrder, Submission, Trigger} from "../../../src/types/SignedOrder.sol";
import {SignatureTest} from "./SignatureTest.sol";

/// @dev Orders with the same id are alternatives: a fill of one reduces the rest of the others.
contract SignedOrderGatewayOrderIdTest is SignatureTest {
    /// @dev A take-profit and a stop share an id: the fill of one closes the other.
    function test_Id_FillOfOneAlternative_ClosesTheOther() public {
        buy(alice, address(om), 1e18);
        SignedOrder memory profit = orderOf(alice, true, ALL);
        (profit.isReduceOnly, profit.trigger, profit.triggerPrice) = (true, Trigger.TakeProfit, 2100e18);
        SignedOrder memory stop = orderOf(alice, true, ALL);
        (stop.isReduceOnly, stop.trigger, stop.triggerPrice) = (true, Trigger.Stop, 1900e18);
        settle(profit, ALL, 2100e18);
        buy(alice, address(om), 1e18);
        expectSettleRevert(
            submission(stop),
            ALL,
            current(1900e18),
            abi.encodeWithSelector(SignedOrderState.OrderClosed.selector, alice, 1)
        );
    }

    /// @dev T23: a fill of one alternative reduces the rest of the others, divisible or not.
    function test_T23_Id_AlternativesShareTheRest() public {
        SignedOrder memory first = limitOf(alice, false, 10e18, 2010e18);
        SignedOrder memory second = limitOf(alice, false, 10e18, 2020e18);
        SignedOrder memory whole = orderOf(alice, false, 10e18);
        settle(first, 6e18, START_PRICE);
        assertEq(filledOf(second), 6e18, "under the id");
        bytes memory outOfRange = abi.encodeWithSelector(ISignedOrders.FillOutOfRange.selector, 10e18, 0, 4e18);
        expectSettleRevert(submission(second), 10e18, current(START_PRICE), outOfRange);
        settle(second, 1e18, START_PRICE);
        // The order without parts fills only the whole rest.
        outOfRange = abi.encodeWithSelector(ISignedOrders.FillOutOfRange.selector, 10e18, 3e18, 3e18);
        expectSettleRevert(submission(whole), 10e18, current(START_PRICE), outOfRange);
        settle(whole, ALL, START_PRICE);
        assertEq(sizeOf(alice), 10e18, "once");
        assertEq(filledOf(first), 0);
        bytes memory closed = abi.encodeWithSelector(SignedOrderState.OrderClosed.selector, alice, 1);
        _refuse(submission(first), closed);
        _refuse(submission(second), closed);
    }

    /// @dev T23: the fills of all alternatives sum to the largest of them at most, whichever parts a relayer fills.
    function testFuzz_T23_Id_NoMoreThanTheLargest(uint256[6] calldata amounts, uint256 picks) public {
        SignedOrder[3] memory orders;
        uint256[3] memory sizes = [uint256(3e18), 5e18, 8e18];
        for (uint256 i = 0; i < 3; ++i) {
            orders[i] = limitOf(alice, false, sizes[i], 2100e18);
        }
        orders[1].minFill = 5e18;
        for (uint256 i = 0; i < amounts.length; ++i) {
            Submission memory s = submission(orders[(picks >> (8 * i)) % 3]);
            uint256 amount = amounts[i] % 4 == 0 ? ALL : amounts[i] % 4e18;
            vm.prank(relayer);
            try signedGateway.settle(s, address(om), amount, new bytes[](0)) {} catch {}
        }
        assertLe(sizeOf(alice), 8e18);
        if (!isClosed(orders[0])) assertEq(filledOf(orders[0]), uint256(sizeOf(alice)));
    }

    /// @dev Alternatives move margin once, and pay together the largest of their relay fees at most.
    function test_Id_AlternativesChargeOnce() public {
        SignedOrder memory first = limitOf(alice, false, 2e18, 2010e18);
        first.marginXCD = 100 * USD;
        SignedOrder memory second = orderOf(alice, false, 2e18);
        second.marginXCD = 100 * USD;
        uint256 fund = vault.fundOf(alice);
        settle(submission(first, USD), 1e18, current(START_PRICE));
        bytes memory refusal = abi.encodeWithSelector(ISignedOrders.RelayFeeTooHigh.selector, USD + 1, USD);
        expectSettleRevert(submission(second, USD + 1), ALL, current(START_PRICE), refusal);
        settle(submission(second, USD), ALL, current(START_PRICE));
        assertEq(vault.fundOf(alice), fund - 102 * USD);
    }

    /// @dev A take-profit that is filled in part leaves the rest to the stop.
    function test_Id_StopOfAPartlyFilledTakeProfit_FillsTheRest() public {
        buy(alice, address(om), 3e18);
        SignedOrder memory profit = limitOf(alice, true, 3e18, 2100e18);
        profit.isReduceOnly = true;
        SignedOrder memory stop = orderOf(alice, true, 3e18);
        (stop.isReduceOnly, stop.trigger, stop.triggerPrice) = (true, Trigger.Stop, 1900e18);
        settle(profit, 1e18, 2100e18);
        settle(stop, ALL, 1900e18);
        assertEq(sizeOf(alice), 0);
        assertTrue(isClosed(profit));
    }

    /// @dev T16: an alternative ends an announced order only by a fill, at a time when every caller can execute either.
    function test_T16_AnAlternativeIsExecutableNoEarlier() public {
        buy(alice, address(om), 1e18);
        SignedOrder memory order = orderOf(alice, true, 1e18);
        order.isReduceOnly = true;
        Announcement memory a = announce(order, alice);
        skip(1);
        order.price = 1900e18;
        Announcement memory b = announce(order, alice);
        assertEq(b.executableAt, a.executableAt + 1);
        vm.warp(b.executableAt);
        order.price = 0;
        assertTrue(execute(order, a, START_PRICE));
        order.price = 1900e18;
        assertFalse(execute(order, b, START_PRICE));
        assertEq(sizeOf(alice), 0);
    }

    function testFuzz_Id_CancelClosesNoOtherId(uint256 id, uint256 other) public {
        vm.assume(id != other);
        vm.prank(alice);
        signedGateway.cancelOrder(id);
        assertTrue(signedGateway.isClosed(alice, id));
        assertFalse(signedGateway.isClosed(alice, other));
        assertFalse(signedGateway.isClosed(bob, id));
    }

    /// @dev 128 ids share a word. A fill under one id changes neither of its neighbours.
    function testFuzz_Id_NeighboursAreIndependent(uint256 id) public {
        id = boundIndex(id, 1, type(uint256).max - 1);
        SignedOrder memory order = limitOf(alice, false, 2e18, 2010e18);
        order.id = id;
        settle(order, 1e18, START_PRICE);
        assertEq(filledOf(order), 1e18);
        assertFalse(isClosed(order));
        for (uint256 i = 0; i < 2; ++i) {
            order.id = i == 0 ? id - 1 : id + 1;
            assertEq(filledOf(order), 0);
            settle(order, ALL, START_PRICE);
            assertTrue(isClosed(order));
            assertFalse(signedGateway.isClosed(alice, id));
        }
        order.id = id;
        settle(order, ALL, START_PRICE);
        assertEq(sizeOf(alice), 6e18);
    }
}
