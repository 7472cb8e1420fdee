// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {PythErrors} from "@pythnetwork/pyth-sdk-solidity/PythErrors.sol";
import {SignedOrderState} from "../../../src/gateways/SignedOrderState.sol";
import {LiquidationParams} from "../../../src/interfaces/IClearingHouse.sol";
import {ISignedOrders} from "../../../src/interfaces/ISignedOrders.sol";
import {Announcement, Bracket, Leg, SignedOrder} from "../../../src/types/SignedOrder.sol";
import {SignedOrderTest} from "./SignedOrderTest.sol";

/// @dev Take-profit and stop that an opening order carries.
contract SignedOrderGatewayBracketTest is SignedOrderTest {
    function test_Bracket_TakeProfitFills_AndEndsTheStop() public {
        SignedOrder memory order = _filled(4e18);
        uint256 fund = vault.fundOf(alice);
        Announcement memory a = announceAt(order, Leg.TakeProfit, 2210e18, keeper);
        vm.warp(a.executableAt);
        bytes32 legHash = signedGateway.hashLeg(signedGateway.hashOrder(order), Leg.TakeProfit);
        vm.expectEmit(true, true, true, false, address(signedGateway));
        emit ISignedOrders.OrderFilled(legHash, alice, address(om), 0, 0, 0, 0);
        assertTrue(execute(order, a, 2200e18));
        assertEq(sizeOf(alice), 0);
        assertEq(vault.fundOf(alice), fund - USD);
        assertEq(vault.fundOf(keeper), USD, "the exit fee");
        assertEq(signedGateway.bracketOf(order).size, 0);
        _refuse(order, Leg.Stop, 1700e18);
    }

    function test_Bracket_StopFills_AndEndsTheTakeProfit() public {
        SignedOrder memory order = _filled(4e18);
        Announcement memory a = announceAt(order, Leg.Stop, 1800e18, keeper);
        vm.warp(a.executableAt);
        assertTrue(execute(order, a, 1790e18));
        assertEq(sizeOf(alice), 0);
        _refuse(order, Leg.TakeProfit, 2300e18);
    }

    /// @dev The bracket of a sale closes by purchases.
    function test_Bracket_OfAShort() public {
        SignedOrder memory order = _bracketed(4e18);
        (order.isBaseToQuote, order.price) = (true, 0);
        (order.takeProfitPrice, order.stopPrice) = (1800e18, 2200e18);
        settle(order, ALL, START_PRICE);
        skip(1);
        bytes memory reason = abi.encodeWithSelector(ISignedOrders.TriggerNotMet.selector, 2199e18, 2200e18);
        expectAnnounceRevert(order, Leg.Stop, current(2199e18), reason);
        reason = abi.encodeWithSelector(ISignedOrders.TriggerNotMet.selector, 1801e18, 1800e18);
        expectAnnounceRevert(order, Leg.TakeProfit, current(1801e18), reason);
        Announcement memory a = announceAt(order, Leg.Stop, 2200e18, keeper);
        vm.warp(a.executableAt);
        assertTrue(execute(order, a, 2201e18));
        assertEq(sizeOf(alice), 0);
    }

    /// @dev Both legs are announced; the price meets one of them.
    function test_Bracket_BothAnnounced_OneFills() public {
        SignedOrder memory order = _filled(4e18);
        Announcement memory a = announceAt(order, Leg.Stop, 1800e18, keeper);
        Announcement memory b = announceAt(order, Leg.TakeProfit, 2200e18, keeper);
        vm.warp(a.executableAt);
        assertFalse(execute(order, b, 1790e18), "not met");
        assertTrue(execute(order, a, 1790e18));
        assertEq(sizeOf(alice), 0);
        vm.revertToState(_again(order, a, b));
    }

    /// @dev Before the order is filled there is nothing to close.
    function test_Bracket_RevertIf_NotActive() public {
        SignedOrder memory order = _bracketed(4e18);
        _refuse(order, Leg.Stop, 1700e18);
        settle(order, ALL, START_PRICE);
        skip(1);
        order.takeProfitPrice = 0;
        _refuse(order, Leg.TakeProfit, 2300e18);
    }

    function test_Bracket_WithAStopOnly() public {
        SignedOrder memory order = _bracketed(4e18);
        order.takeProfitPrice = 0;
        settle(order, ALL, START_PRICE);
        skip(1);
        _refuse(order, Leg.TakeProfit, 2300e18);
        Announcement memory a = announceAt(order, Leg.Stop, 1800e18, keeper);
        vm.warp(a.executableAt);
        assertTrue(execute(order, a, 1800e18));
    }

    /// @dev T27: a price from before the fill does not trigger the bracket.
    function test_T27_Bracket_RevertIf_ThePriceIsFromBeforeTheFill() public {
        skip(10);
        bytes[] memory before = current(1700e18);
        skip(1);
        SignedOrder memory order = _bracketed(4e18);
        settle(order, ALL, START_PRICE);
        skip(1);
        expectAnnounceRevert(
            order, Leg.Stop, before, abi.encodeWithSelector(PythErrors.PriceFeedNotFoundWithinRange.selector)
        );
    }

    // ------------------------------------------------------------------------------- it shrinks with the position ----

    function test_Bracket_ShrinksWithThePosition() public {
        SignedOrder memory order = _filled(4e18);
        sell(alice, address(om), 3e18);
        Announcement memory a = announceAt(order, Leg.Stop, 1800e18, keeper);
        vm.warp(a.executableAt);
        assertTrue(execute(order, a, 1800e18));
        assertEq(sizeOf(alice), 0);
    }

    /// @dev It closes what its order opened, and nothing that the account opened otherwise.
    function test_Bracket_LeavesTheRestOfThePosition() public {
        buy(alice, address(om), 3e18);
        SignedOrder memory order = _filled(4e18);
        Announcement memory a = announceAt(order, Leg.Stop, 1800e18, keeper);
        vm.warp(a.executableAt);
        assertTrue(execute(order, a, 1800e18));
        assertEq(sizeOf(alice), 3e18);
    }

    /// @dev A fill that crosses zero: the bracket covers what is open afterwards.
    function test_Bracket_OfAFlip_CoversTheNewPosition() public {
        sell(alice, address(om), 3e18);
        SignedOrder memory order = _filled(4e18);
        assertEq(signedGateway.bracketOf(order).size, 1e18);
        buy(alice, address(om), 5e18);
        Announcement memory a = announceAt(order, Leg.Stop, 1800e18, keeper);
        vm.warp(a.executableAt);
        assertTrue(execute(order, a, 1800e18));
        assertEq(sizeOf(alice), 5e18);
    }

    function test_Bracket_OfAnOrderThatOnlyReduced_IsNotActive() public {
        sell(alice, address(om), 5e18);
        SignedOrder memory order = _filled(4e18);
        assertEq(sizeOf(alice), -1e18);
        _refuse(order, Leg.Stop, 1800e18);
    }

    /// @dev A partly filled parent: the bracket covers the filled part and pays its share of the exit fee.
    function test_Bracket_PartlyFilledParent() public {
        SignedOrder memory order = _bracketed(4e18);
        order.minFill = 0;
        settle(order, 1e18, START_PRICE);
        skip(1);
        assertEq(signedGateway.bracketOf(order).size, 1e18);
        settle(order, 1e18, START_PRICE);
        assertEq(signedGateway.bracketOf(order).size, 2e18);
        skip(1);
        Announcement memory a = announceAt(order, Leg.Stop, 1800e18, keeper);
        vm.warp(a.executableAt);
        assertTrue(execute(order, a, 1800e18));
        assertEq(sizeOf(alice), 0);
        assertEq(vault.fundOf(keeper), USD / 2);
        // The rest of the parent gets a bracket of its own.
        setPrice(START_PRICE);
        settle(order, ALL, START_PRICE);
        assertEq(signedGateway.bracketOf(order).size, 2e18);
        skip(60);
        a = announceAt(order, Leg.Stop, 1800e18, keeper);
        vm.warp(a.executableAt);
        assertTrue(execute(order, a, 1800e18));
        assertEq(vault.fundOf(keeper), USD, "all exits of an order pay its exit fee at most");
    }

    /// @dev However the parent is filled: the exits close the fills and no more, and pay the exit fee at most.
    function testFuzz_Bracket_ExitsCloseTheFills(uint256[4] calldata amounts, uint256 exits) public {
        SignedOrder memory order = _bracketed(8e18);
        order.minFill = 0;
        buy(alice, address(om), 1e18);
        for (uint256 i = 0; i < 4 && !isClosed(order); ++i) {
            // A share of the exit fee below the minimum serves no keeper.
            settle(order, boundIndex(amounts[i], 0.8e18, 2e18), START_PRICE);
            if ((exits >> i) & 1 == 0) continue;
            skip(60);
            Announcement memory a = announceAt(order, Leg.Stop, 1800e18, keeper);
            vm.warp(a.executableAt);
            assertTrue(execute(order, a, 1800e18));
            assertEq(sizeOf(alice), 1e18, "the other position stays");
            setPrice(START_PRICE);
        }
        assertLe(vault.fundOf(keeper), USD);
    }

    // ------------------------------------------------------------------------------------ it ends with the position ----

    function test_Bracket_EndsWithThePosition_AlsoAfterReopening() public {
        SignedOrder memory order = _filled(4e18);
        uint256 fund = vault.fundOf(alice);
        Announcement memory a = announceAt(order, Leg.Stop, 1800e18, keeper);
        close(alice, address(om));
        buy(alice, address(om), 4e18);
        vm.warp(a.executableAt);
        bytes memory reason =
            abi.encodeWithSelector(ISignedOrders.BracketNotActive.selector, signedGateway.hashOrder(order), Leg.Stop);
        bytes32 legHash = signedGateway.hashLeg(signedGateway.hashOrder(order), Leg.Stop);
        vm.expectEmit(address(signedGateway));
        emit ISignedOrders.AnnouncementPurged(legHash, alice, keeper, reason);
        assertFalse(execute(order, a, 1790e18));
        assertEq(sizeOf(alice), 4e18, "the new position stays");
        assertEq(vault.fundOf(alice), fund);
        skip(60);
        _refuse(order, Leg.Stop, 1790e18);
        assertEq(signedGateway.bracketOf(order).size, 0);
    }

    /// @dev The gateway does not see a liquidation. The position's count of closes does.
    function test_Bracket_EndsWithALiquidation_AlsoAfterReopening() public {
        SignedOrder memory order = _bracketed(400e18);
        settle(order, ALL, START_PRICE);
        skip(60);
        setPrice(1780e18);
        addMarginOf(bob);
        vm.prank(bob);
        house.liquidate(LiquidationParams(market, alice, bob, address(0), ALL, 0, 0));
        assertEq(sizeOf(alice), 0);
        assertEq(signedGateway.bracketOf(order).size, 0);
        _refuse(order, Leg.Stop, 1780e18);
        addMargin(alice, 100_000 * USD);
        buy(alice, address(om), 4e18);
        _refuse(order, Leg.Stop, 1780e18);
        assertEq(sizeOf(alice), 4e18);
    }

    function addMarginOf(address account) private {
        addMargin(account, 500_000 * USD);
    }

    // --------------------------------------------------------------------------------------------------- cancelling ----

    function test_Bracket_Cancelled() public {
        SignedOrder memory order = _filled(4e18);
        bytes32 orderHash = signedGateway.hashOrder(order);
        bytes32 digest = cancelBracketDigest(order);
        vm.expectRevert(abi.encodeWithSelector(SignedOrderState.InvalidSignature.selector, alice, digest));
        vm.prank(stranger);
        signedGateway.cancelBracket(order, "");
        vm.expectEmit(address(signedGateway));
        emit ISignedOrders.BracketCancelled(orderHash, alice);
        vm.prank(alice);
        signedGateway.cancelBracket(order, "");
        _refuse(order, Leg.Stop, 1700e18);
    }

    function test_Bracket_CancelledBySignature() public {
        SignedOrder memory order = _filled(4e18);
        bytes memory signature = signBy(keyOf[alice], cancelBracketDigest(order));
        vm.prank(stranger);
        signedGateway.cancelBracket(order, signature);
        _refuse(order, Leg.TakeProfit, 2300e18);
    }

    /// @dev The announcement of a leg ends with the same signature, and its bracket stays active.
    function test_Bracket_AnnouncedLegCancelledBySignature() public {
        SignedOrder memory order = _filled(4e18);
        Announcement memory a = announceAt(order, Leg.Stop, 1800e18, keeper);
        bytes memory wrong = signBy(keyOf[alice], cancelDigest(order));
        bytes32 digest = cancelBracketDigest(order);
        vm.expectRevert(abi.encodeWithSelector(SignedOrderState.InvalidSignature.selector, alice, digest));
        vm.prank(stranger);
        signedGateway.cancelAnnouncement(order, a, wrong);
        bytes memory signature = signBy(keyOf[alice], digest);
        vm.prank(stranger);
        signedGateway.cancelAnnouncement(order, a, signature);
        assertEq(signedGateway.bracketOf(order).size, 4e18);
    }

    /// @dev Cancelling all orders cancels their brackets too.
    function test_Bracket_CancelAll() public {
        SignedOrder memory order = _filled(4e18);
        vm.prank(alice);
        signedGateway.cancelAll();
        expectAnnounceRevert(
            order, Leg.Stop, current(1700e18), abi.encodeWithSelector(SignedOrderState.WrongNonce.selector, alice, 0, 1)
        );
    }

    /// @dev T16: the account knows the price of an announced leg, and cannot cancel the bracket.
    function test_T16_Bracket_RevertIf_CancelledWhileALegIsAnnounced() public {
        SignedOrder memory order = _filled(4e18);
        for (uint256 i = 1; i <= 2; ++i) {
            uint256 snapshot = vm.snapshotState();
            skip(i);
            Announcement memory a = announceAt(order, Leg(i), i == 1 ? 2200e18 : 1800e18, keeper);
            bytes32 legHash = signedGateway.hashLeg(signedGateway.hashOrder(order), Leg(i));
            vm.warp(a.executableAt);
            vm.expectRevert(abi.encodeWithSelector(ISignedOrders.OrderIsAnnounced.selector, legHash));
            vm.prank(alice);
            signedGateway.cancelBracket(order, "");
            assertTrue(execute(order, a, i == 1 ? 2200e18 : 1800e18));
            vm.revertToState(snapshot);
        }
    }

    /// @dev The account ends the announcement while its price is unknown, and then the bracket, in one transaction.
    function test_Bracket_CancelledBeforeThePriceIsKnown() public {
        SignedOrder memory order = _filled(4e18);
        Announcement memory a = announceAt(order, Leg.Stop, 1800e18, keeper);
        skip(2);
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(signedGateway.cancelAnnouncement, (order, a, ""));
        calls[1] = abi.encodeCall(signedGateway.cancelBracket, (order, ""));
        vm.prank(alice);
        signedGateway.batch(calls, 500_000);
        _refuse(order, Leg.TakeProfit, 2300e18);
        assertEq(sizeOf(alice), 4e18);
    }

    // ------------------------------------------------------------------------------------------------------- other ----

    /// @dev Orders against each other activate brackets too. The account or a relayer chooses the maker of the exit.
    function test_Bracket_OfAMatch() public {
        SignedOrder memory taker = _bracketed(2e18);
        (taker.maker, taker.price) = (address(0), 2010e18);
        SignedOrder memory maker = limitOf(bob, true, 2e18, 2000e18);
        (maker.takeProfitPrice, maker.stopPrice) = (1800e18, 2200e18);
        matchOrders(submission(taker), submission(maker), 2e18);
        Bracket memory bracket = signedGateway.bracketOf(taker);
        assertEq(bracket.size, 2e18);
        assertEq(bracket.activeSince, timestamp());
        assertEq(signedGateway.bracketOf(maker).size, 2e18);
        skip(1);
        Announcement memory a = announceWith(taker, Leg.Stop, "", address(om), current(1800e18), relayer);
        vm.warp(a.executableAt);
        assertTrue(execute(taker, a, 1800e18));
        assertEq(sizeOf(alice), 0);
    }

    function test_Bracket_OfAnAnnouncedOrder() public {
        SignedOrder memory order = _bracketed(4e18);
        Announcement memory a = announceAt(order, Leg.Entry, START_PRICE, keeper);
        vm.warp(a.executableAt);
        assertTrue(execute(order, a, START_PRICE));
        skip(1);
        a = announceAt(order, Leg.Stop, 1800e18, keeper);
        vm.warp(a.executableAt);
        assertTrue(execute(order, a, 1800e18));
        assertEq(sizeOf(alice), 0);
    }

    /// @dev A reduce-only order opens nothing.
    function test_Bracket_OfAReduceOnlyOrder_IsNotActive() public {
        buy(alice, address(om), 9e18);
        SignedOrder memory order = _bracketed(4e18);
        (order.isBaseToQuote, order.isReduceOnly, order.price) = (true, true, 0);
        settle(order, ALL, START_PRICE);
        _refuse(order, Leg.Stop, 1800e18);
    }

    /// @dev The exit fee is in escrow from the announcement on: an account that empties its fund stops no exit.
    function test_Bracket_TheFeeIsInEscrow() public {
        SignedOrder memory order = _filled(4e18);
        Announcement memory a = announceAt(order, Leg.Stop, 1800e18, keeper);
        uint256 fund = vault.fundOf(alice);
        vm.prank(alice);
        vault.withdraw(fund, alice);
        vm.warp(a.executableAt);
        assertTrue(execute(order, a, 1800e18));
        assertEq(vault.fundOf(keeper), USD);
        assertEq(sizeOf(alice), 0);
    }

    /// @dev The account revokes the gateway once it knows the price. It pays the fee, and the bracket ends.
    function test_Bracket_RevokedGateway_PaysTheFee() public {
        SignedOrder memory order = _filled(4e18);
        Announcement memory a = announceAt(order, Leg.Stop, 1800e18, stranger);
        vm.warp(a.executableAt);
        vm.prank(alice);
        vault.setOperator(address(signedGateway), false);
        assertFalse(execute(order, a, 1800e18));
        assertEq(vault.fundOf(keeper), USD);
        assertEq(signedGateway.bracketOf(order).size, 0);
    }

    /// @dev A purchase without a limit against the oracle maker, with a bracket at 10% on both sides and an exit fee of one.
    function _bracketed(uint256 amount) private view returns (SignedOrder memory order) {
        order = orderOf(alice, false, amount);
        (order.takeProfitPrice, order.stopPrice, order.exitFeeXCD) = (2200e18, 1800e18, USD);
    }

    function _filled(uint256 amount) private returns (SignedOrder memory order) {
        order = _bracketed(amount);
        settle(order, ALL, START_PRICE);
        skip(1);
    }

    function _refuse(SignedOrder memory order, Leg leg, uint256 price) private {
        bytes32 orderHash = signedGateway.hashOrder(order);
        bytes memory reason = abi.encodeWithSelector(ISignedOrders.BracketNotActive.selector, orderHash, leg);
        expectAnnounceRevert(order, leg, current(price), reason);
    }

    /// @dev The leg that filled cannot fill twice.
    function _again(SignedOrder memory order, Announcement memory a, Announcement memory b)
        private
        returns (uint256 snapshot)
    {
        snapshot = vm.snapshotState();
        Announcement[2] memory both = [a, b];
        for (uint256 i = 0; i < 2; ++i) {
            bytes[] memory data = first(1790e18, both[i]);
            bytes32 legHash = signedGateway.hashLeg(signedGateway.hashOrder(order), both[i].leg);
            bytes32 given = signedGateway.hashAnnouncement(legHash, both[i]);
            vm.expectRevert(abi.encodeWithSelector(ISignedOrders.UnknownAnnouncement.selector, legHash, given));
            vm.prank(keeper);
            signedGateway.executeAnnounced(order, both[i], data);
        }
    }
}
