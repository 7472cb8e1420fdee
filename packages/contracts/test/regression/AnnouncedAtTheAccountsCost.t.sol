// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SignedOrderState} from "../../src/gateways/SignedOrderState.sol";
import {ISignedOrders} from "../../src/interfaces/ISignedOrders.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {Announcement, Leg, SignedOrder} from "../../src/types/SignedOrder.sol";
import {SignedOrderTest} from "../gateways/signed/SignedOrderTest.sol";

/// @dev T44, T60: a keeper, which may be an LP of the maker, announces orders of offline accounts so that they fail, and
/// earns their fees and bonds. Or it submits a signature of an account for another purpose.
contract AnnouncedAtTheAccountsCostTest is SignedOrderTest {
    /// @dev The bond took the collateral that the order needs as margin, so each announcement made the order fail.
    function test_T44_BondUsesNoMarginOfTheOrder() public {
        SignedOrder memory order = orderOf(alice, false, 100e18);
        uint256 fund = vault.fundOf(alice);
        uint256 bondXCD = 200_000 * USD * BOND_RATIO / 1e6;
        order.marginXCD = fund - RELAY_FEE - bondXCD + 1;
        uint256 snapshot = vm.snapshotState();
        bytes memory reason =
            abi.encodeWithSelector(IVault.InsufficientFund.selector, order.marginXCD, order.marginXCD - 1);
        expectAnnounceRevert(order, Leg.Entry, current(START_PRICE), reason);
        // The account itself cannot either.
        vm.expectRevert(reason);
        vm.prank(alice);
        signedGateway.announce(order, Leg.Entry, "", address(om), new bytes[](0));
        assertEq(vault.fundOf(alice), fund);
        assertEq(vault.fundOf(keeper), 0);
        vm.revertToState(snapshot);

        --order.marginXCD;
        int256 lps = valueOf(address(om));
        Announcement memory a = announceAt(order, Leg.Entry, START_PRICE, keeper);
        vm.warp(a.executableAt);
        assertTrue(execute(order, a, START_PRICE));
        assertEq(sizeOf(alice), 100e18);
        assertLt(valueOf(address(om)), lps + 210e18, "LPs receive the premium and no bond");
    }

    /// @dev The account has too little margin for its order. It would fail at any price, or by a small move.
    function test_T44_KeeperAnnouncesNoOrderThatItsAccountCannotBear() public {
        SignedOrder memory order = orderOf(alice, false, 100e18);
        uint256 bondXCD = 200_000 * USD * BOND_RATIO / 1e6;
        uint256 requiredXCD = 20_000 * USD + bondXCD;
        vm.prank(alice);
        vault.transferMarginToFund(market, alice, 100_000 * USD);
        order.marginXCD = requiredXCD - 1;
        bytes memory reason = abi.encodeWithSelector(ISignedOrders.MarginTooLow.selector, requiredXCD - 1, requiredXCD);
        expectAnnounceRevert(order, Leg.Entry, current(START_PRICE), reason);
        // One unit more. The price moves against the order by four deviations, which the margin covers.
        order.marginXCD = requiredXCD;
        int256 lps = valueOf(address(om));
        Announcement memory a = announceAt(order, Leg.Entry, START_PRICE, keeper);
        vm.warp(a.executableAt);
        assertTrue(execute(order, a, START_PRICE));
        assertLt(valueOf(address(om)), lps + 210e18, "LPs receive the premium and no bond");
    }

    /// @dev A position counts with the margin that it requires, and the part that an order closes releases its own.
    function test_T44_KeeperAnnounces_TheMarginOfThePositionCounts() public {
        uint256 bondXCD = 200_000 * USD * BOND_RATIO / 1e6;
        buy(alice, address(om), 30e18);
        // Leaves the margin of the position only.
        uint256 free = vault.withdrawableMarginOf(market, alice);
        vm.prank(alice);
        vault.transferMarginToFund(market, alice, free);
        SignedOrder memory order = orderOf(alice, false, 100e18);
        order.marginXCD = 20_000 * USD + bondXCD - 1;
        bytes memory reason =
            abi.encodeWithSelector(ISignedOrders.MarginTooLow.selector, order.marginXCD, order.marginXCD + 1);
        expectAnnounceRevert(order, Leg.Entry, current(START_PRICE), reason);
        // A sale of 100 leaves a short of 70: 40 more than the position.
        order = orderOf(alice, true, 100e18);
        order.marginXCD = 8000 * USD + bondXCD - 1;
        reason = abi.encodeWithSelector(ISignedOrders.MarginTooLow.selector, order.marginXCD, order.marginXCD + 1);
        expectAnnounceRevert(order, Leg.Entry, current(START_PRICE), reason);
        ++order.marginXCD;
        Announcement memory a = announceAt(order, Leg.Entry, START_PRICE, keeper);
        vm.warp(a.executableAt);
        assertTrue(execute(order, a, START_PRICE));
        assertEq(sizeOf(alice), -70e18);
    }

    /// @dev The order fills between the announcement of its stop and the stop's execution. The exit fee of the larger bracket
    /// exceeded the escrow, and the overflow counted as a failure of the account.
    function test_T44_OrderFillsWhileItsStopIsAnnounced() public {
        SignedOrder memory order = _bracketed();
        settle(order, 2e18, START_PRICE);
        skip(1);
        setPrice(1800e18);
        Announcement memory stop = announceAt(order, Leg.Stop, 1800e18, keeper);
        Announcement memory rest = announceAt(order, Leg.Entry, 1800e18, keeper);
        vm.warp(stop.executableAt);
        assertTrue(execute(order, rest, 1800e18));
        uint256 fees = vault.fundOf(keeper);
        assertTrue(execute(order, stop, 1800e18));
        assertEq(sizeOf(alice), 0);
        assertEq(vault.fundOf(keeper) - fees, USD / 2, "the fee in escrow");
    }

    /// @dev A leg that its account makes fail was announced again each minute, and paid its fee each time.
    function test_T60_FeeOfALegIsPaidForOneFailure() public {
        SignedOrder memory order = _bracketed();
        settle(order, ALL, START_PRICE);
        uint256 fund = vault.fundOf(alice);
        skip(1);
        Announcement memory a = announceAt(order, Leg.Stop, 1700e18, keeper);
        vm.prank(alice);
        vault.setOperator(address(signedGateway), false);
        vm.warp(a.executableAt);
        bytes32 orderHash = signedGateway.hashOrder(order);
        vm.expectEmit(address(signedGateway));
        emit ISignedOrders.BracketCancelled(orderHash, alice);
        assertFalse(execute(order, a, 1700e18));
        skip(60);
        bytes memory reason = abi.encodeWithSelector(ISignedOrders.BracketNotActive.selector, orderHash, Leg.Stop);
        expectAnnounceRevert(order, Leg.Stop, current(1700e18), reason);
        assertEq(vault.fundOf(keeper), USD, "once");
        assertEq(vault.fundOf(alice), fund - USD);
    }

    /// @dev The exit of a bankrupt account fails without its doing.
    function test_T60_FeeOfALegIsPaidForOneFailure_OfABankruptAccount() public {
        addMargin(alice, 400_000 * USD);
        SignedOrder memory order = orderOf(alice, false, 400e18);
        (order.takeProfitPrice, order.stopPrice, order.exitFeeXCD) = (2200e18, 1800e18, USD);
        settle(order, ALL, START_PRICE);
        uint256 free = vault.withdrawableMarginOf(market, alice);
        vm.prank(alice);
        vault.transferMarginToFund(market, alice, free);
        skip(60);
        Announcement memory a = announceAt(order, Leg.Stop, 1700e18, keeper);
        vm.warp(a.executableAt);
        assertFalse(execute(order, a, 1700e18));
        skip(60);
        bytes32 orderHash = signedGateway.hashOrder(order);
        bytes memory reason = abi.encodeWithSelector(ISignedOrders.BracketNotActive.selector, orderHash, Leg.Stop);
        expectAnnounceRevert(order, Leg.Stop, current(1700e18), reason);
        assertEq(vault.fundOf(keeper), USD, "once");
    }

    /// @dev T23: an account cancels the rest of its order. Its signature ended the stop of the filled part too, so that the
    /// position lost its protection.
    function test_T23_CancellationOfTheRestKeepsTheStop() public {
        SignedOrder memory order = _bracketed();
        settle(order, 2e18, START_PRICE);
        bytes memory signature = signBy(keyOf[alice], cancelDigest(order));
        signedGateway.cancelOrderBySig(alice, order.id, signature);
        bytes32 digest = cancelBracketDigest(order);
        vm.expectRevert(abi.encodeWithSelector(SignedOrderState.InvalidSignature.selector, alice, digest));
        vm.prank(stranger);
        signedGateway.cancelBracket(order, signature);
        skip(1);
        setPrice(1800e18);
        Announcement memory stop = announceAt(order, Leg.Stop, 1800e18, keeper);
        vm.expectRevert(abi.encodeWithSelector(SignedOrderState.InvalidSignature.selector, alice, digest));
        vm.prank(stranger);
        signedGateway.cancelAnnouncement(order, stop, signature);
        vm.warp(stop.executableAt);
        assertTrue(execute(order, stop, 1800e18));
        int256 value = valueOf(alice);
        setPrice(1500e18);
        assertEq(valueOf(alice), value, "the stop has closed the position");
    }

    /// @dev Four, in parts, with a stop 10% below.
    function _bracketed() private view returns (SignedOrder memory order) {
        order = orderOf(alice, false, 4e18);
        (order.takeProfitPrice, order.stopPrice, order.exitFeeXCD, order.minFill) = (2200e18, 1800e18, USD, 0);
    }
}
