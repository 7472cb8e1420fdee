// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ISignedOrders} from "../../../src/interfaces/ISignedOrders.sol";
import {IVault, MarginChange} from "../../../src/interfaces/IVault.sol";
import {SignedOrder, Submission, Trigger} from "../../../src/types/SignedOrder.sol";
import {SignedOrderTest} from "./SignedOrderTest.sol";

/// @dev A relayer fills two signed orders with each other. Alice's order takes, Bob's rests.
contract SignedOrderGatewayMatchOrdersTest is SignedOrderTest {
    function test_Match_FillsBothAtTheMakersPrice() public {
        SignedOrder memory taker = limitOf(alice, false, 2e18, 2020e18);
        SignedOrder memory maker = limitOf(bob, true, 3e18, 2010e18);
        taker.marginXCD = 100 * USD;
        uint256 fund = vault.fundOf(bob);
        MarginChange memory nothing;
        vm.expectEmit(address(vault));
        emit IVault.PositionsChanged(market, alice, bob, 2e18, -4020e18, START_PRICE, nothing, nothing);
        vm.expectEmit(address(signedGateway));
        emit ISignedOrders.OrderFilled(signedGateway.hashOrder(taker), alice, bob, 2e18, -4020e18, START_PRICE, USD);
        vm.expectEmit(address(signedGateway));
        emit ISignedOrders.OrderFilled(signedGateway.hashOrder(maker), bob, alice, -2e18, 4020e18, START_PRICE, USD);
        matchOrders(submission(taker, USD), submission(maker, USD), ALL);
        assertEq(sizeOf(alice), 2e18);
        assertEq(sizeOf(bob), -2e18);
        assertEq(marginOf(alice), 100_100e18);
        assertEq(vault.fundOf(relayer), 2 * USD);
        assertEq(vault.fundOf(bob), fund - USD);
        assertTrue(isClosed(taker));
        assertFalse(isClosed(maker));
        assertEq(filledOf(maker), 2e18);
        assertEq(vault.lockHolder(), address(0));
    }

    /// @dev L1 and L2: one account gains what the other pays, to the wei, whichever order rests.
    function testFuzz_L1_L2_Match_IsZeroSum(uint256 amount, uint256 price, bool takerSells) public {
        amount = boundPart(amount, 300e18);
        price = boundExactPrice(price, 1901e18, 2099e18);
        int256 before = valueOf(alice) + valueOf(bob);
        matchOrders(
            submission(limitOf(alice, takerSells, amount, takerSells ? 0 : ALL)),
            submission(limitOf(bob, !takerSells, amount, price)),
            ALL
        );
        assertEq(sizeOf(alice) + sizeOf(bob), 0);
        assertEq(
            positionOf(alice).openNotional.unwrap() + positionOf(bob).openNotional.unwrap() + marginOf(alice)
                + marginOf(bob),
            200_000e18
        );
        // Each account value is rounded down.
        assertApproxEqAbs(valueOf(alice) + valueOf(bob), before, 1);
        // The quote is rounded for the account whose order rests.
        int256 limit = int256(amount * price);
        int256 bobs = positionOf(bob).openNotional.unwrap() * 1e18;
        if (takerSells) assertTrue(-bobs <= limit && -bobs > limit - 1e18);
        else assertTrue(bobs >= limit && bobs < limit + 1e18);
    }

    function test_Match_AtEqualLimits() public {
        // The quote is no whole number of wei, and is rounded for the maker's side.
        SignedOrder memory taker = limitOf(alice, false, 1e18 + 1, 2000e18 + 1);
        SignedOrder memory maker = limitOf(bob, true, 1e18 + 1, 2000e18 + 1);
        matchOrders(submission(taker), submission(maker), ALL);
        assertEq(positionOf(bob).openNotional.unwrap(), 2000e18 + 1 + 2000 + 1);
    }

    function test_Match_ClosesForBoth() public {
        buy(alice, address(om), 1.5e18);
        sell(bob, address(om), 2e18);
        SignedOrder memory taker = limitOf(alice, true, ALL, 0);
        SignedOrder memory maker = limitOf(bob, false, ALL, 2000e18);
        (taker.isReduceOnly, maker.isReduceOnly) = (true, true);
        matchOrders(submission(taker), submission(maker), ALL);
        assertEq(sizeOf(alice), 0);
        assertEq(sizeOf(bob), -0.5e18);
        assertTrue(isClosed(taker));
        assertFalse(isClosed(maker));
    }

    function test_Match_WithAPriceBroughtAlong_ForTriggers() public {
        buy(alice, address(om), 1e18);
        SignedOrder memory taker = limitOf(alice, true, 1e18, 0);
        (taker.trigger, taker.triggerPrice) = (Trigger.Stop, 1950e18);
        SignedOrder memory maker = limitOf(bob, false, 1e18, 1940e18);
        bytes memory notMet = abi.encodeWithSelector(ISignedOrders.TriggerNotMet.selector, START_PRICE, 1950e18);
        expectMatchRevert(submission(taker), submission(maker), ALL, notMet);
        bytes[] memory data = current(1950e18);
        Submission memory takers = submission(taker);
        Submission memory makers = submission(maker);
        vm.prank(relayer);
        signedGateway.matchOrders(takers, makers, ALL, data);
        assertEq(sizeOf(alice), 0);
        (, uint256 ask,) = om.getPrices();
        assertGe(ask, 2000e18, "T26: deleted");
    }
}
