// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SignedOrderState} from "../../../src/gateways/SignedOrderState.sol";
import {IMaker} from "../../../src/interfaces/IMaker.sol";
import {ISignedOrders} from "../../../src/interfaces/ISignedOrders.sol";
import {IVault} from "../../../src/interfaces/IVault.sol";
import {Announcement, Leg, SignedOrder} from "../../../src/types/SignedOrder.sol";
import {SignedOrderTest} from "./SignedOrderTest.sol";

/// @dev T44: an announced order that opens a position binds a bond. An account that sees the price and makes the order
/// fail pays the bond to the maker.
contract SignedOrderGatewayAnnouncedBondTest is SignedOrderTest {
    /// @dev A group with an order on each side lets the losing one fail. The move is four deviations of 60 seconds at an
    /// annual volatility of 300%.
    function test_T44_Announced_LosingOrderFails_TheBondExceedsTheGain() public {
        authorize(bob);
        SignedOrder memory long = orderOf(alice, false, 100e18);
        SignedOrder memory short = orderOf(bob, true, 100e18);
        int256 before = _total();
        uint256 maker = uint256(valueOf(address(om)));
        Announcement memory a = announceAt(long, Leg.Entry, START_PRICE, stranger);
        Announcement memory b = announceAt(short, Leg.Entry, START_PRICE, stranger);
        vm.warp(a.expiresAt);
        // The execution price is 2,000, and the market has moved since.
        uint256 moved = START_PRICE + START_PRICE * BOND_RATIO / 1e6 / 1e10 * 1e10;
        setPrice(moved);
        vm.prank(bob);
        vault.setOperator(address(signedGateway), false);
        bytes32 legHash = signedGateway.hashOrder(short);
        vm.expectEmit(address(signedGateway));
        emit ISignedOrders.AnnouncementBondPaid(legHash, bob, address(om), b.bondXCD);
        assertFalse(execute(short, b, START_PRICE));
        assertTrue(execute(long, a, START_PRICE));
        assertGt(sizeOf(alice), 0);
        assertLe(_total(), before, "no gain for the group");
        assertGe(uint256(valueOf(address(om))) + 3e12, maker, "no loss of the LPs");
    }

    function test_T44_Announced_EmptiedFund_CostsTheBond() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        order.marginXCD = 10 * USD;
        Announcement memory a = announceAt(order, Leg.Entry, START_PRICE, keeper);
        vm.warp(a.executableAt);
        uint256 fund = vault.fundOf(alice);
        vm.prank(alice);
        vault.withdraw(fund, alice);
        int256 margin = marginOf(address(om));
        assertFalse(execute(order, a, 1900e18));
        assertEq(marginOf(address(om)), margin + int256(uint256(a.bondXCD) * 1e12));
        (uint256 held, uint256 bound) = vault.escrowOf(alice, address(signedGateway));
        assertEq(held + bound, 0);
        assertEq(vault.fundOf(keeper), RELAY_FEE, "for ending it");
        assertTrue(isClosed(order), "one bond for an order");
    }

    /// @dev The price decides, not the account.
    function test_T44_Announced_MissedLimit_FreesTheBond() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        order.price = 2000e18;
        Announcement memory a = announceAt(order, Leg.Entry, START_PRICE, keeper);
        vm.warp(a.executableAt);
        assertFalse(execute(order, a, 2010e18));
        (uint256 held, uint256 bound) = vault.escrowOf(alice, address(signedGateway));
        assertEq(held, a.bondXCD);
        assertEq(bound, 0);
        // The escrow serves the next announcement.
        uint256 fund = vault.fundOf(alice);
        skip(60);
        a = announceAt(order, Leg.Entry, 1990e18, keeper);
        assertEq(vault.fundOf(alice), fund - RELAY_FEE, "no other bond");
        vm.warp(a.expiresAt + 1);
        signedGateway.clearAnnouncement(order, a);
        (, bound) = vault.escrowOf(alice, address(signedGateway));
        assertEq(bound, 0, "expired");
        skip(60);
        a = announceAt(order, Leg.Entry, 1990e18, keeper);
        vm.warp(a.executableAt);
        assertTrue(execute(order, a, 1990e18));
        (, bound) = vault.escrowOf(alice, address(signedGateway));
        assertEq(bound, 0, "executed");
    }

    function test_T44_Announced_ReduceOnlyAndPoolPricedOrders_BindNoBond() public {
        SignedOrder memory order = orderOf(alice, true, 1e18);
        order.maker = address(shb);
        assertEq(announceAt(order, Leg.Entry, START_PRICE, keeper).bondXCD, 0);
        buy(alice, address(om), 1e18);
        order = orderOf(alice, true, 1e18);
        (order.isReduceOnly, order.id) = (true, 2);
        assertEq(announceAt(order, Leg.Entry, START_PRICE, keeper).bondXCD, 0);
    }

    function test_T44_RevertIf_TheAccountHasNoBond() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        vm.startPrank(alice);
        vault.transferMarginToFund(market, alice, 100_000 * USD);
        vault.withdraw(vault.fundOf(alice), alice);
        vm.stopPrank();
        bytes memory signature = sign(order);
        bytes[] memory data = current(START_PRICE);
        vm.expectRevert();
        vm.prank(keeper);
        signedGateway.announce(order, Leg.Entry, signature, address(om), data);
    }

    /// @dev Alternatives share an id, and the fill of one closes the others: with a tiny alternative, the account would
    /// end its losing order and keep the bond.
    function test_T44_Announced_NoAlternativeEndsABondedOrder() public {
        SignedOrder memory order = orderOf(alice, false, 100e18);
        SignedOrder memory tiny = orderOf(alice, false, 1e16);
        buy(alice, address(om), 1e18);
        SignedOrder memory reducing = orderOf(alice, true, 1e16);
        reducing.isReduceOnly = true;
        bytes memory taken = abi.encodeWithSelector(SignedOrderState.IdIsAnnounced.selector, alice, 1);
        uint256 snapshot = vm.snapshotState();

        Announcement memory a = announceAt(order, Leg.Entry, START_PRICE, keeper);
        expectAnnounceRevert(tiny, Leg.Entry, current(START_PRICE), taken);
        expectAnnounceRevert(reducing, Leg.Entry, current(START_PRICE), taken);
        vm.warp(a.executableAt);
        assertTrue(execute(order, a, 2100e18), "the losing order executes");
        vm.revertToState(snapshot);

        // In the other sequence too.
        announceAt(reducing, Leg.Entry, START_PRICE, keeper);
        expectAnnounceRevert(order, Leg.Entry, current(START_PRICE), taken);
        vm.revertToState(snapshot);

        // The end of the announcement frees the id.
        a = announceAt(order, Leg.Entry, START_PRICE, keeper);
        vm.warp(a.expiresAt + 1);
        signedGateway.clearAnnouncement(order, a);
        announceAt(tiny, Leg.Entry, START_PRICE, keeper);
    }

    /// @dev The maker has no capacity left. The relay fee returns to the account.
    function test_T44_Announced_NoCapacity_ReturnsTheFee() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        addMargin(alice, 500_000 * USD);
        buy(alice, address(om), 500e18);
        uint256 fund = vault.fundOf(alice);
        Announcement memory a = announce(order, alice);
        vm.warp(a.executableAt);
        bytes memory reason = abi.encodeWithSelector(IMaker.MakerCapacityExceeded.selector, 1e18, 0);
        bytes32 orderHash = signedGateway.hashOrder(order);
        vm.expectEmit(address(signedGateway));
        emit ISignedOrders.AnnouncementPurged(orderHash, alice, keeper, reason);
        assertFalse(execute(order, a, START_PRICE));
        assertEq(vault.fundOf(keeper), 0);
        assertEq(vault.fundOf(alice), fund - a.bondXCD);
        assertFalse(isClosed(order));
        (, uint256 bound) = vault.escrowOf(alice, address(signedGateway));
        assertEq(bound, 0);
    }

    /// @dev Value of both accounts, funds and escrows, at the stored price. WAD.
    function _total() private view returns (int256 total) {
        address[2] memory group = [alice, bob];
        for (uint256 i = 0; i < 2; ++i) {
            (uint256 held,) = vault.escrowOf(group[i], address(signedGateway));
            total += valueOf(group[i]) + int256((vault.fundOf(group[i]) + held) * 1e12);
        }
    }
}
