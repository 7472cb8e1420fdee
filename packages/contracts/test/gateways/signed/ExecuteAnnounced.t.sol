// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ISignedOrders} from "../../../src/interfaces/ISignedOrders.sol";
import {PythErrors} from "@pythnetwork/pyth-sdk-solidity/PythErrors.sol";
import {NotSelf, NotYetExecutable} from "../../../src/types/Errors.sol";
import {Announcement, Leg, SignedOrder} from "../../../src/types/SignedOrder.sol";
import {SignedOrderTest} from "./SignedOrderTest.sol";

/// @dev Execution of announced orders at the first price after the announcement.
contract SignedOrderGatewayExecuteAnnouncedTest is SignedOrderTest {
    function test_Execute_AnnouncedByAnyCaller_AtTheFirstPrice() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        (order.marginXCD, order.maxRelayFeeXCD) = (10 * USD, 5 * USD);
        uint256 fund = vault.fundOf(alice);
        bytes32 orderHash = signedGateway.hashOrder(order);
        Announcement memory due = expected(stranger, Leg.Entry, 5 * USD, 1e18);
        vm.expectEmit(address(signedGateway));
        emit ISignedOrders.OrderAnnounced(orderHash, alice, order, due);
        Announcement memory a = announce(order, stranger);
        assertEq(
            signedGateway.announcementOf(signedGateway.hashOrder(order)),
            signedGateway.hashAnnouncement(signedGateway.hashOrder(order), a)
        );
        vm.warp(a.executableAt + 1);
        setPrice(START_PRICE);
        vm.expectEmit(address(signedGateway));
        emit ISignedOrders.OrderFilled(orderHash, alice, address(om), 1e18, -2100.021e18, 2100e18, 5 * USD);
        assertTrue(execute(order, a, 2100e18));
        assertEq(sizeOf(alice), 1e18);
        assertEq(vault.fundOf(alice), fund - 15 * USD - a.bondXCD, "margin, relay fee and bond");
        assertEq(vault.fundOf(keeper), 5 * USD / 2);
        assertEq(vault.fundOf(stranger), 5 * USD / 2);
        assertEq(vault.fundOf(address(signedGateway)), 0, "nothing in escrow");
        assertEq(signedGateway.announcementOf(orderHash), 0);
        assertTrue(isClosed(order));
        (, uint256 ask,) = om.getPrices();
        assertLt(ask, 2010e18, "T26: deleted");
    }

    /// @dev T15: neither a later price nor an earlier one is valid.
    function test_T15_RevertIf_PriceIsNotTheFirst() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        Announcement memory a = announce(order, alice);
        vm.warp(a.executableAt + 20);
        bytes[] memory data = new bytes[](1);
        bytes[3] memory wrong = [
            priceUpdate(1900e18, a.executableAt + 2, a.executableAt),
            priceUpdate(1900e18, a.executableAt - 1, a.executableAt - 2),
            priceUpdate(1900e18, a.executableAt + 11, a.executableAt - 1)
        ];
        for (uint256 i = 0; i < 3; ++i) {
            data[0] = wrong[i];
            vm.expectRevert(abi.encodeWithSelector(PythErrors.PriceFeedNotFoundWithinRange.selector));
            vm.prank(keeper);
            signedGateway.executeAnnounced(order, a, data);
        }
        assertTrue(execute(order, a, START_PRICE));
    }

    /// @dev T27: the price is one from after the announcement, for any signed time.
    function test_T27_BackdatedOrdersAllGetTheSamePrice() public {
        SignedOrder memory old = orderOf(alice, false, 1e18);
        skip(30);
        SignedOrder memory young = orderOf(alice, false, 1e18);
        young.id = 2;
        Announcement memory a = announce(old, alice);
        Announcement memory b = announce(young, alice);
        assertEq(a.executableAt, b.executableAt);
        assertEq(a.executableAt, timestamp() + 3);
        vm.warp(a.executableAt);
        bytes[] memory data = new bytes[](1);
        data[0] = priceUpdate(1900e18, START + 1, START);
        vm.expectRevert(abi.encodeWithSelector(PythErrors.PriceFeedNotFoundWithinRange.selector));
        vm.prank(keeper);
        signedGateway.executeAnnounced(old, a, data);
    }

    function test_Execute_RevertIf_TooEarlyOrTooLate() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        Announcement memory a = announce(order, alice);
        vm.warp(a.executableAt - 1);
        bytes[] memory data = first(START_PRICE, a);
        vm.expectRevert(abi.encodeWithSelector(NotYetExecutable.selector, timestamp(), timestamp() + 1));
        signedGateway.executeAnnounced(order, a, data);
        vm.warp(a.expiresAt + 1);
        vm.expectRevert(
            abi.encodeWithSelector(ISignedOrders.AnnouncementPastExpiry.selector, timestamp(), timestamp() - 1)
        );
        signedGateway.executeAnnounced(order, a, data);
    }

    function test_Execute_RevertIf_AnnouncementDiffersFromTheCommitted() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        Announcement memory a = announce(order, alice);
        vm.warp(a.executableAt);
        Announcement[7] memory forged;
        for (uint256 i = 0; i < 7; ++i) {
            forged[i] = abi.decode(abi.encode(a), (Announcement));
        }
        (forged[0].maker, forged[1].relayFeeXCD) = (address(shb), uint128(RELAY_FEE + 1));
        (forged[2].executableAt, forged[3].expiresAt) = (a.executableAt - 1, a.expiresAt + 1);
        (forged[4].announcer, forged[5].announcedAt) = (keeper, a.announcedAt - 1);
        forged[6].leg = Leg.Stop;
        bytes32 orderHash = signedGateway.hashOrder(order);
        bytes[] memory data = first(START_PRICE, a);
        for (uint256 i = 0; i < 7; ++i) {
            bytes32 legHash = signedGateway.hashLeg(orderHash, forged[i].leg);
            bytes32 given = signedGateway.hashAnnouncement(legHash, forged[i]);
            vm.expectRevert(abi.encodeWithSelector(ISignedOrders.UnknownAnnouncement.selector, legHash, given));
            signedGateway.executeAnnounced(order, forged[i], data);
        }
        order.amount = 2e18;
        bytes memory refusal = abi.encodeWithSelector(
            ISignedOrders.UnknownAnnouncement.selector,
            signedGateway.hashOrder(order),
            signedGateway.hashAnnouncement(signedGateway.hashOrder(order), a)
        );
        vm.expectRevert(refusal);
        signedGateway.executeAnnounced(order, a, data);
    }

    /// @dev T23: fills of alternatives that are announced beside each other sum to the largest of them at most.
    function testFuzz_T23_AnnouncedAlternatives_NoMoreThanTheLargest(uint256 order, bool isCancelled) public {
        buy(alice, address(om), 9e18);
        SignedOrder[3] memory orders;
        Announcement[3] memory a;
        for (uint256 i = 0; i < 3; ++i) {
            orders[i] = limitOf(alice, true, (i + 1) * 1e18, 1900e18);
            orders[i].isReduceOnly = true;
            a[i] = announce(orders[i], alice);
        }
        if (isCancelled) {
            vm.prank(alice);
            signedGateway.cancelOrder(1);
        }
        vm.warp(a[0].executableAt);
        uint256 next = order % 3;
        for (uint256 i = 0; i < 3; ++i) {
            assertEq(execute(orders[next], a[next], START_PRICE), i == 0, "the first fill closes the id");
            assertEq(sizeOf(alice), 9e18 - int256((order % 3 + 1) * 1e18));
            next = (next + (order < 2 ** 255 ? 1 : 2)) % 3;
        }
        assertEq(vault.fundOf(keeper), RELAY_FEE, "one fill");
        assertEq(vault.fundOf(address(signedGateway)), 0);
    }

    /// @dev The rest of an order may be less than its least fill, and is filled whole.
    function test_Execute_RestBelowTheLeastFill_IsFilledWhole() public {
        buy(alice, address(om), 4e18);
        SignedOrder memory order = orderOf(alice, true, 3e18);
        (order.isReduceOnly, order.minFill) = (true, 2e18);
        Announcement memory a = announce(order, alice);
        settle(order, 2e18, START_PRICE);
        vm.warp(a.executableAt);
        assertTrue(execute(order, a, START_PRICE));
        assertEq(sizeOf(alice), 1e18);
        assertTrue(isClosed(order));
    }

    function test_FillAnnounced_RevertIf_CallerIsNotTheGateway() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        vm.expectRevert(abi.encodeWithSelector(NotSelf.selector, relayer));
        vm.prank(relayer);
        signedGateway.fillAnnounced(order, 0, expected(alice, Leg.Entry, RELAY_FEE, 1e18), START_PRICE, relayer, ALL);
    }
}
