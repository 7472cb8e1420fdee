// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {CircuitBreaker} from "../../../src/CircuitBreaker.sol";
import {LpSettlement} from "../../../src/makers/lp/LpSettlement.sol";
import {LpSettlementTest} from "../../utils/LpSettlementTest.sol";
import {MakerKind} from "../../utils/MakerKind.sol";

/// @dev Redemptions beyond the outflow limit.
abstract contract LpCircuitBreakerSuite is LpSettlementTest {
    /// @dev A redemption beyond the outflow limit is met in part, at its own price. If it stayed pending, it would
    /// block smaller ones, and an account that can free the limit at will would hold an option on its price (T16).
    function test_T16_T28_RedemptionBeyondTheOutflowLimit_IsMetInPart() public {
        giveInventory();
        uint256 id = request(false);
        uint256 asked = stateOf(id).amount;
        (uint256 room,) = breaker.available(address(token));
        useUpOutflow(room - xcd(1e18));
        room = breaker.availableTo(address(token), address(maker));
        assertLt(maker.maxRedeem(carol), maker.balanceOf(carol), "maxRedeem applies the outflow limit");
        vm.expectEmit(true, true, false, false, address(requests));
        emit LpSettlement.RequestReturned(id, carol, 0, "");
        checkSettles(id, true);
        (uint256 met, uint256 returned) = (stateOf(id).amount, stateOf(id).returned);
        assertEq(met + returned, asked);
        uint256 paid = claimAssets(carol);
        assertLe(paid, room);
        assertApproxEqAbs(paid, room, 3, "apart from the value of a share");
        vm.prank(carol);
        requests.claimCancelRedeemRequest(id, carol, carol);

        // With nothing left the next redemption is returned, and a deposit settles.
        id = request(false);
        uint256 entry = request(true);
        bytes[][] memory updates = updatesFor(id);
        assertEq(settleWith(updates), 2);
        assertEq(requests.claimableCancelRedeemRequest(id, carol), stateOf(id).returned);
        assertLe(stateOf(id).amount, 3 * scale, "rounding only");
        assertGt(requests.claimableDepositRequest(entry, carol), 0);
    }

    /// @dev A single LP pays the fee of a partial redemption to itself: it receives as much as the limit allows, and
    /// its other shares are worth the rest. Formerly a part of everything left one share, and the fee was lost.
    function test_TheOnlyLp_MetInPart_LosesNothing() public {
        vm.prank(owner());
        breaker.setLimit(address(token), CircuitBreaker.Limit({window: 1 days, maxOutflow: 1_000_000, minimum: 0}));
        skip(1 days);
        publish(START_PRICE);
        uint256 all = maker.balanceOf(lp);
        vm.prank(lp);
        maker.withdraw(all);
        uint256 total = maker.totalAssets();
        uint256 room = total - total / 5000;
        vm.prank(owner());
        breaker.setLimit(address(token), CircuitBreaker.Limit({window: 1 days, maxOutflow: 0, minimum: uint96(room)}));
        skip(2 days);
        publish(START_PRICE);
        uint256 id = requestRedeem(carol, maker.balanceOf(carol));
        assertEq(settleWith(updatesFor(id)), 1);
        uint256 paid = claimAssets(carol);
        assertLe(paid, room);
        assertGe(paid + feeOf(room) + 1, room);
        vm.prank(carol);
        requests.claimCancelRedeemRequest(id, carol, carol);
        assertApproxEqAbs(requests.convertToAssets(maker.balanceOf(carol)), total - paid, 1 + total / 1e9);
    }

    /// @dev At any remaining outflow limit a redemption settles or is returned, and the payment stays within the limit.
    function testFuzz_T28_RedemptionsStayWithinTheOutflowLimit(uint256 shares, uint256 used, uint256 fee) public {
        giveInventory();
        setRequestFee(boundRequestFee(fee));
        uint256 id = requestRedeem(carol, boundPart(shares, maker.balanceOf(carol)));
        (uint256 room,) = breaker.available(address(token));
        useUpOutflow(boundAmountXCD(used, 10, room));
        room = breaker.availableTo(address(token), address(maker));
        assertEq(settleWith(updatesFor(id)), 1);
        assertTrue(stateOf(id).isClosed);
        assertLe(requests.maxWithdraw(carol), room);
    }
}

contract OracleMakerLpCircuitBreakerTest is LpSettlementTest(MakerKind.Oracle), LpCircuitBreakerSuite {}

contract SpotHedgeBaseMakerLpCircuitBreakerTest is LpSettlementTest(MakerKind.SpotHedgeBase), LpCircuitBreakerSuite {}

contract SpotHedgeQuoteMakerLpCircuitBreakerTest is LpSettlementTest(MakerKind.SpotHedgeQuote), LpCircuitBreakerSuite {}
