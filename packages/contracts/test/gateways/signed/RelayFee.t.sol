// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ISignedOrders} from "../../../src/interfaces/ISignedOrders.sol";
import {SignedOrder, Submission} from "../../../src/types/SignedOrder.sol";
import {SignedOrderTest} from "./SignedOrderTest.sol";

/// @dev The relay fee of an order that is filled in parts: each part may pay its share, and the parts together pay the
/// order's maximum at most.
contract SignedOrderGatewayRelayFeeTest is SignedOrderTest {
    function test_RelayFee_EveryPartPaysItsShare() public {
        SignedOrder memory order = limitOf(alice, false, 4e18, 2100e18);
        uint256 fund = vault.fundOf(alice);
        settle(submission(order, USD / 2), 1e18, current(START_PRICE));
        settle(submission(order, USD), 2e18, current(START_PRICE));
        settle(submission(order, USD / 2), ALL, current(START_PRICE));
        assertEq(vault.fundOf(alice), fund - 2 * USD);
        assertEq(vault.fundOf(relayer), 2 * USD);
        assertTrue(isClosed(order));
    }

    function test_RelayFee_UnusedShareIsAvailableLater() public {
        SignedOrder memory order = limitOf(alice, false, 4e18, 2100e18);
        settle(submission(order, 0), 3e18, current(START_PRICE));
        _refuse(order, 2 * USD + 1, 1e18, 2 * USD);
        settle(submission(order, 2 * USD), 1e18, current(START_PRICE));
        assertEq(vault.fundOf(relayer), 2 * USD);
    }

    function test_RelayFee_RevertIf_AboveTheShareOfTheFilledPart() public {
        SignedOrder memory order = limitOf(alice, false, 4e18, 2100e18);
        _refuse(order, USD / 2 + 1, 1e18, USD / 2);
        settle(submission(order, USD / 2), 1e18, current(START_PRICE));
        _refuse(order, USD / 2 + 1, 1e18, USD / 2);
        _refuse(order, 3 * USD / 2 + 1, 3e18, 3 * USD / 2);
    }

    /// @dev For any division of the order, and any fees that relayers request.
    function testFuzz_RelayFee_NeverAboveTheMaximum(uint256[6] calldata amounts, uint256[6] calldata fees) public {
        SignedOrder memory order = limitOf(alice, false, 8e18, 2100e18);
        uint256 fund = vault.fundOf(alice);
        for (uint256 i = 0; i < amounts.length; ++i) {
            uint256 amount = boundIndex(amounts[i], 1e15, 3e18);
            uint256 fee = boundIndex(fees[i], 0, 2 * USD);
            Submission memory s = submission(order, fee);
            vm.prank(relayer);
            try signedGateway.settle(s, address(om), amount, new bytes[](0)) {} catch {}
            uint256 vested = 2 * USD * uint256(sizeOf(alice)) / 8e18;
            assertLe(vault.fundOf(relayer), vested);
        }
        assertEq(vault.fundOf(alice) + vault.fundOf(relayer), fund);
    }

    /// @dev The size of a whole close is known at its fill only.
    function test_RelayFee_WholeClose() public {
        buy(alice, address(om), 4e18);
        SignedOrder memory order = limitOf(alice, true, ALL, 1900e18);
        order.isReduceOnly = true;
        _refuse(order, USD + 1, 2e18, USD);
        settle(submission(order, USD), 2e18, current(START_PRICE));
        settle(submission(order, USD), ALL, current(START_PRICE));
        assertEq(vault.fundOf(relayer), 2 * USD);
        assertEq(sizeOf(alice), 0);
    }

    function test_RelayFee_Match_BothOrdersPayTheirShares() public {
        SignedOrder memory taker = limitOf(alice, false, 2e18, 2010e18);
        SignedOrder memory maker = limitOf(bob, true, 4e18, 2000e18);
        for (uint256 i = 0; i < 2; ++i) {
            matchOrders(submission(taker, USD), submission(maker, USD / 2), 1e18);
        }
        assertEq(vault.fundOf(relayer), 3 * USD);
        assertTrue(isClosed(taker));
    }

    function _refuse(SignedOrder memory order, uint256 fee, uint256 amount, uint256 max) private {
        bytes memory refusal = abi.encodeWithSelector(ISignedOrders.RelayFeeTooHigh.selector, fee, max);
        expectSettleRevert(submission(order, fee), amount, current(START_PRICE), refusal);
    }
}
