// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {PythErrors} from "@pythnetwork/pyth-sdk-solidity/PythErrors.sol";
import {SignedOrderState} from "../../../src/gateways/SignedOrderState.sol";
import {SignedOrderGateway} from "../../../src/gateways/SignedOrderGateway.sol";
import {IClearingHouse} from "../../../src/interfaces/IClearingHouse.sol";
import {IForcedChanges} from "../../../src/interfaces/IForcedChanges.sol";
import {IKeeperErrors} from "../../../src/interfaces/IKeeperErrors.sol";
import {IMaker} from "../../../src/interfaces/IMaker.sol";
import {ISpotHedgeVault} from "../../../src/interfaces/ISpotHedgeVault.sol";
import {IVault} from "../../../src/interfaces/IVault.sol";
import {MarginMath} from "../../../src/libraries/MarginMath.sol";
import {NotSelf, NotYetExecutable, OrderPastExpiry} from "../../../src/types/Errors.sol";
import {MarketStatus} from "../../../src/types/Market.sol";
import {Announcement, SignedOrder, Trigger} from "../../../src/types/SignedOrder.sol";
import {PriceLib} from "../../../src/types/Units.sol";
import {SignedOrderTest} from "./SignedOrderTest.sol";

/// @dev Orders that are executed without a relayer.
contract SignedAnnounceTest is SignedOrderTest {
    function test_Announce_ByAnybody_ExecutesAtTheFirstPrice() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        (order.marginXCD, order.maxRelayFeeXCD) = (10 * USD, 5 * USD);
        uint256 fund = vault.fundOf(alice);
        bytes32 orderHash = signedGateway.hashOrder(order);
        Announcement memory expected = Announcement(address(om), uint64(START + 3), uint64(START + 63), uint128(FEE));
        vm.expectEmit(address(signedGateway));
        emit SignedOrderGateway.OrderAnnounced(orderHash, alice, order, expected);
        Announcement memory a = announce(order, stranger);
        assertEq(
            signedGateway.announcementOf(signedGateway.hashOrder(order)),
            signedGateway.hashAnnouncement(signedGateway.hashOrder(order), a)
        );
        vm.warp(a.executableAt + 1);
        setPrice(START_PRICE);
        vm.expectEmit(address(signedGateway));
        emit SignedOrderGateway.OrderFilled(orderHash, alice, address(om), 1e18, -2100.021e18, 2100e18, 0);
        assertTrue(execute(order, a, 2100e18));
        assertEq(sizeOf(alice), 1e18);
        assertEq(vault.fundOf(alice), fund - 10 * USD, "margin, and no relay fee");
        assertEq(keeper.balance, FEE);
        assertEq(address(signedGateway).balance, 0);
        assertEq(signedGateway.announcementOf(orderHash), 0);
        assertTrue(isClosed(order));
        (, uint256 ask,) = om.getPrices();
        assertLt(ask, 2010e18, "T26: forgotten");
    }

    function test_Announce_ByItsAccount_NeedsNoSignatureAndChoosesTheMaker() public {
        SignedOrder memory order = limitOf(alice, true, 1e18, 1990e18);
        vm.prank(alice);
        signedGateway.announce{value: FEE}(order, "", address(shb));
        Announcement memory a = Announcement(address(shb), uint64(START + 3), uint64(START + 63), uint128(FEE));
        vm.warp(a.executableAt);
        assertTrue(execute(order, a, START_PRICE));
        assertEq(sizeOf(address(shb)), 1e18);
    }

    function test_Announce_RevertIf_AStrangerWouldChooseTheMaker() public {
        SignedOrder memory order = limitOf(alice, true, 1e18, 1990e18);
        bytes memory signature = sign(order);
        vm.expectRevert(abi.encodeWithSelector(SignedOrderState.NotOrderAccount.selector, stranger, alice));
        vm.prank(stranger);
        signedGateway.announce{value: FEE}(order, signature, address(shb));
    }

    function test_Announce_RevertIf_NotGood() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        bytes memory signature = sign(order);
        vm.startPrank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IKeeperErrors.KeeperFeeTooLow.selector, FEE - 1, FEE));
        signedGateway.announce{value: FEE - 1}(order, signature, address(om));
        vm.expectRevert(abi.encodeWithSelector(SignedOrderGateway.WrongMaker.selector, address(shb), address(om)));
        signedGateway.announce{value: FEE}(order, signature, address(shb));
        bytes32 digest = signedGateway.hashOrder(order);
        vm.expectRevert(abi.encodeWithSelector(SignedOrderState.InvalidSignature.selector, alice, digest));
        signedGateway.announce{value: FEE}(order, "", address(om));
        vm.stopPrank();
        // It has to be good until its price is.
        vm.warp(order.expiresAt - 2);
        vm.expectRevert(abi.encodeWithSelector(OrderPastExpiry.selector, order.expiresAt + 1, order.expiresAt));
        vm.prank(stranger);
        signedGateway.announce{value: FEE}(order, signature, address(om));
    }

    function test_Announce_RevertIf_AnnouncedAlready() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        announce(order, stranger);
        bytes32 orderHash = signedGateway.hashOrder(order);
        vm.expectRevert(abi.encodeWithSelector(SignedOrderGateway.OrderIsAnnounced.selector, orderHash));
        vm.prank(alice);
        signedGateway.announce{value: FEE}(order, "", address(om));
    }

    // --------------------------------------------------------------------------------------------- the one price ----

    /// @dev T15: neither a later price nor an earlier one.
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

    /// @dev T27: whatever was signed for, the price is one from after the announcement.
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
            abi.encodeWithSelector(SignedOrderGateway.AnnouncementPastExpiry.selector, timestamp(), timestamp() - 1)
        );
        signedGateway.executeAnnounced(order, a, data);
    }

    function test_Execute_RevertIf_NotTheOneOnRecord() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        Announcement memory a = announce(order, alice);
        vm.warp(a.executableAt);
        Announcement[4] memory forged;
        for (uint256 i = 0; i < 4; ++i) {
            forged[i] = abi.decode(abi.encode(a), (Announcement));
        }
        (forged[0].maker, forged[1].keeperFee) = (address(shb), uint128(FEE + 1));
        (forged[2].executableAt, forged[3].expiresAt) = (a.executableAt - 1, a.expiresAt + 1);
        bytes32 orderHash = signedGateway.hashOrder(order);
        bytes[] memory data = first(START_PRICE, a);
        for (uint256 i = 0; i < 4; ++i) {
            bytes32 given = signedGateway.hashAnnouncement(orderHash, forged[i]);
            vm.expectRevert(abi.encodeWithSelector(SignedOrderGateway.UnknownAnnouncement.selector, orderHash, given));
            signedGateway.executeAnnounced(order, forged[i], data);
        }
        order.amount = 2e18;
        bytes memory refusal = abi.encodeWithSelector(
            SignedOrderGateway.UnknownAnnouncement.selector,
            signedGateway.hashOrder(order),
            signedGateway.hashAnnouncement(signedGateway.hashOrder(order), a)
        );
        vm.expectRevert(refusal);
        signedGateway.executeAnnounced(order, a, data);
    }

    // ------------------------------------------------------------------------------------------------ cancelling ----

    /// @dev T16: whoever could take it back once the price is known would have a free option.
    function test_T16_CancellingDoesNotReachWhatIsAnnounced() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        Announcement memory a = announce(order, alice);
        vm.startPrank(alice);
        signedGateway.cancelOrder(order.id);
        signedGateway.cancelAll();
        vm.stopPrank();
        assertTrue(isClosed(order));
        vm.warp(a.executableAt);
        assertTrue(execute(order, a, START_PRICE), "a new nonce does not reach it either");
        assertEq(sizeOf(alice), 1e18);
    }

    function test_Cancel_WhileAnnounced_RefusesAllButWhatIsAnnounced() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        Announcement memory a = announce(order, alice);
        SignedOrder memory other = limitOf(alice, false, 2e18, 2010e18);
        bytes memory closed = abi.encodeWithSelector(SignedOrderState.OrderClosed.selector, alice, order.id);
        vm.startPrank(alice);
        signedGateway.cancelOrder(order.id);
        vm.expectRevert(closed);
        signedGateway.announce{value: FEE}(other, "", address(om));
        vm.expectRevert(closed);
        signedGateway.cancelOrder(order.id);
        vm.stopPrank();
        expectSettleRevert(submission(order), ALL, current(START_PRICE), closed);
        expectSettleRevert(submission(other), 1e18, current(START_PRICE), closed);
        // What purges it ends it for good.
        vm.prank(alice);
        vault.setOperator(address(signedGateway), false);
        vm.warp(a.executableAt);
        assertFalse(execute(order, a, START_PRICE));
        bytes memory signature = sign(order);
        vm.expectRevert(closed);
        vm.prank(stranger);
        signedGateway.announce{value: FEE}(order, signature, address(om));
    }

    /// @dev T23: what was filled before counts, cancelled or not.
    function test_T23_Cancel_WhileAnnounced_TheRestIsFilled() public {
        SignedOrder memory order = limitOf(alice, false, 3e18, 2100e18);
        settle(order, 1e18, START_PRICE);
        Announcement memory a = announce(order, alice);
        vm.prank(alice);
        signedGateway.cancelOrder(order.id);
        assertEq(filledOf(order), 1e18);
        vm.warp(a.executableAt);
        assertTrue(execute(order, a, START_PRICE));
        assertEq(sizeOf(alice), 3e18);
        assertEq(filledOf(order), 0);
        assertTrue(isClosed(order));
    }

    /// @dev A stranger that has one signature announces, purges for the fee it attached, and announces again.
    function test_Announce_ByAStranger_HoldsNobodyUp() public {
        buy(alice, address(om), 10e18);
        SignedOrder memory profit = orderOf(alice, true, 10e18);
        (profit.isReduceOnly, profit.trigger, profit.triggerPrice) = (true, Trigger.TakeProfit, 2500e18);
        SignedOrder memory stop = orderOf(alice, true, 10e18);
        (stop.isReduceOnly, stop.trigger, stop.triggerPrice) = (true, Trigger.Stop, 1900e18);
        Announcement memory a = announce(profit, stranger);
        vm.warp(a.executableAt);
        bytes[] memory data = first(1950e18, a);
        vm.prank(stranger);
        assertFalse(signedGateway.executeAnnounced(profit, a, data));
        a = announce(profit, stranger);
        uint256 snapshot = vm.snapshotState();

        // The alternative has an announcement of its own.
        Announcement memory b = announce(stop, alice);
        vm.warp(b.executableAt);
        assertTrue(execute(stop, b, 1800e18));
        assertEq(sizeOf(alice), 0);
        assertFalse(execute(profit, a, 1800e18), "filled");
        vm.revertToState(snapshot);

        // And the number can be cancelled: this announcement is the last.
        vm.prank(alice);
        signedGateway.cancelOrder(profit.id);
        vm.warp(a.executableAt);
        assertFalse(execute(profit, a, 1950e18));
        bytes memory signature = sign(profit);
        vm.expectRevert(abi.encodeWithSelector(SignedOrderState.OrderClosed.selector, alice, profit.id));
        vm.prank(stranger);
        signedGateway.announce{value: FEE}(profit, signature, address(om));
        assertEq(sizeOf(alice), 10e18);
    }

    /// @dev T23: announced beside each other, alternatives come to the largest of them at most.
    function testFuzz_T23_AnnouncedAlternatives_NoMoreThanTheLargest(uint256 order, bool isCancelled) public {
        SignedOrder[3] memory orders;
        Announcement[3] memory a;
        for (uint256 i = 0; i < 3; ++i) {
            orders[i] = limitOf(alice, false, (i + 1) * 1e18, 2100e18);
            a[i] = announce(orders[i], alice);
        }
        if (isCancelled) {
            vm.prank(alice);
            signedGateway.cancelOrder(1);
        }
        vm.warp(a[0].executableAt);
        uint256 next = order % 3;
        for (uint256 i = 0; i < 3; ++i) {
            assertEq(execute(orders[next], a[next], START_PRICE), i == 0, "the first one closes the number");
            assertEq(sizeOf(alice), int256((order % 3 + 1) * 1e18));
            next = (next + (order < 2 ** 255 ? 1 : 2)) % 3;
        }
        assertEq(keeper.balance, 3 * FEE);
        assertEq(address(signedGateway).balance, 0);
    }

    function test_Clear_PaysWhoeverClearsAnExpiredAnnouncement() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        Announcement memory a = announce(order, stranger);
        bytes32 orderHash = signedGateway.hashOrder(order);
        vm.warp(a.expiresAt);
        vm.expectRevert(
            abi.encodeWithSelector(SignedOrderGateway.AnnouncementNotExpired.selector, timestamp(), timestamp())
        );
        signedGateway.clearAnnouncement(order, a);
        vm.warp(a.expiresAt + 1);
        vm.expectEmit(address(signedGateway));
        emit SignedOrderGateway.AnnouncementExpired(orderHash, keeper);
        vm.prank(keeper);
        signedGateway.clearAnnouncement(order, a);
        assertEq(keeper.balance, FEE);
        // The order is good as before.
        settle(order, ALL, START_PRICE);
    }

    // ------------------------------------------------------------------------------- purged, and the keeper is paid ----

    function test_Purge_TriggerNotMet_AndTheOrderIsGoodAsBefore() public {
        SignedOrder memory order = orderOf(alice, true, 1e18);
        (order.trigger, order.triggerPrice) = (Trigger.Stop, 1900e18);
        _checkPurged(order, abi.encodeWithSelector(SignedOrderGateway.TriggerNotMet.selector, START_PRICE, 1900e18));
        Announcement memory a = announce(order, alice);
        vm.warp(a.executableAt);
        assertTrue(execute(order, a, 1900e18));
    }

    function test_Purge_LimitMissed() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        order.price = 2000e18;
        _checkPurged(order, abi.encodeWithSelector(IClearingHouse.SlippageExceeded.selector, 2000.02e18, 2000e18));
    }

    function test_T16_Purge_TakerWithdrewItsMargin() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        vm.prank(alice);
        vault.transferMarginToFund(market, alice, 100_000 * USD);
        _checkPurged(
            order,
            abi.encodeWithSelector(MarginMath.InsufficientInitialMargin.selector, alice, int256(-0.02e18), 200e18)
        );
    }

    function test_T16_Purge_TakerEmptiedItsFund() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        order.marginXCD = 100 * USD;
        uint256 fund = vault.fundOf(alice);
        vm.prank(alice);
        vault.withdraw(fund, alice);
        _checkPurged(order, abi.encodeWithSelector(IVault.InsufficientFund.selector, 100 * USD, 0));
    }

    function test_T16_Purge_TakerRevokedTheGateway() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        vm.prank(alice);
        vault.setOperator(address(signedGateway), false);
        _checkPurged(order, abi.encodeWithSelector(IVault.NotAuthorized.selector, alice, address(signedGateway)));
    }

    /// @dev Were it left, its taker would hold an option on the price until it expires.
    function test_T16_Purge_AmountBeyondAllMeasure() public {
        SignedOrder memory order = orderOf(alice, false, 2 ** 255);
        order.price = PriceLib.MAX_PRICE;
        _checkPurged(order, abi.encodeWithSignature("Panic(uint256)", 0x11));
    }

    function test_Purge_OracleMakersCapacity() public {
        SignedOrder memory order = orderOf(alice, false, 501e18);
        _checkPurged(order, abi.encodeWithSelector(IMaker.MakerCapacityExceeded.selector, 501e18, 500e18));
    }

    function test_Purge_FilledByARelayerInTheMeantime() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        Announcement memory a = announce(order, alice);
        vm.warp(a.executableAt);
        settle(order, ALL, START_PRICE);
        bytes32 orderHash = signedGateway.hashOrder(order);
        vm.expectEmit(address(signedGateway));
        emit SignedOrderGateway.AnnouncementPurged(
            orderHash, alice, keeper, abi.encodeWithSelector(SignedOrderState.OrderClosed.selector, order.account, 1)
        );
        assertFalse(execute(order, a, START_PRICE));
        assertEq(sizeOf(alice), 1e18, "T23: once");
        assertEq(keeper.balance, FEE);
    }

    /// @dev The rest of an order in parts may be less than its least fill, and is filled whole.
    function test_Announce_WhatIsLeftIsFilledWhole() public {
        SignedOrder memory order = orderOf(alice, false, 3e18);
        order.minFill = 2e18;
        Announcement memory a = announce(order, alice);
        settle(order, 2e18, START_PRICE);
        vm.warp(a.executableAt);
        assertTrue(execute(order, a, START_PRICE));
        assertEq(sizeOf(alice), 3e18);
        assertTrue(isClosed(order));
    }

    /// @dev T16: an alternative that a relayer has filled meanwhile ends it.
    function test_T16_Purge_AlternativesHaveComeToAsMuch() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        SignedOrder memory alternative = limitOf(alice, false, 2e18, 2010e18);
        Announcement memory a = announce(order, alice);
        settle(alternative, 1e18, START_PRICE);
        vm.warp(a.executableAt);
        bytes32 orderHash = signedGateway.hashOrder(order);
        vm.expectEmit(address(signedGateway));
        emit SignedOrderGateway.AnnouncementPurged(
            orderHash, alice, keeper, abi.encodeWithSelector(SignedOrderState.OrderClosed.selector, alice, 1)
        );
        assertFalse(execute(order, a, START_PRICE));
        assertFalse(isClosed(order), "the alternative is open");
    }

    // ------------------------------------------------------------------------------------------------- left alone ----

    /// @dev A price that is the pool's when the market is open again: nobody has an option on it.
    function test_T28_RevertIf_TheMarketIsPaused() public {
        SignedOrder memory order = orderOf(alice, true, 1e18);
        order.maker = address(shb);
        Announcement memory a = announce(order, alice);
        vm.prank(owner());
        house.setMarketStatus(market, MarketStatus.Paused);
        _checkLeft(
            order, a, abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, market, MarketStatus.Paused)
        );
    }

    /// @dev T28: the keeper moved the pool.
    function test_T28_RevertIf_ThePoolIsTooFar() public {
        SignedOrder memory order = orderOf(alice, true, 1e18);
        order.maker = address(shb);
        Announcement memory a = announce(order, stranger);
        spot.moveTo(1900e18);
        uint256 snapshot = vm.snapshotState();
        uint256 yield = spot.sellBase(1e18) * 1e12;
        vm.revertToState(snapshot);
        _checkLeft(
            order, a, abi.encodeWithSelector(ISpotHedgeVault.HedgeTooFar.selector, yield, START_PRICE, uint256(20_000))
        );
    }

    function test_T28_RevertIf_GasIsStarved() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        Announcement memory a = announce(order, alice);
        vm.warp(a.executableAt);
        bytes memory call = abi.encodeCall(signedGateway.executeAnnounced, (order, a, first(START_PRICE, a)));
        for (uint256 gasLimit = 100_000; gasLimit < 1_200_000; gasLimit += 70_000) {
            vm.prank(keeper);
            (bool success,) = address(signedGateway).call{gas: gasLimit}(call);
            if (success) {
                assertEq(sizeOf(alice), 1e18, "purged for want of gas");
                return;
            }
            assertEq(keeper.balance, 0);
        }
        assertTrue(execute(order, a, START_PRICE));
    }

    /// @dev T28: nor by way of a batch, whose caller says what each call may use.
    function test_T28_RevertIf_GasIsStarvedInABatch() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        Announcement memory a = announce(order, alice);
        vm.warp(a.executableAt);
        bytes[] memory calls = new bytes[](1);
        calls[0] = abi.encodeCall(signedGateway.executeAnnounced, (order, a, first(START_PRICE, a)));
        for (uint256 gasPerCall = 100_000; gasPerCall < 1_400_000; gasPerCall += 50_000) {
            vm.prank(keeper);
            signedGateway.batch(calls, gasPerCall);
            if (signedGateway.announcementOf(signedGateway.hashOrder(order)) == 0) {
                assertGt(gasPerCall, signedGateway.MIN_TRADE_GAS());
                assertEq(sizeOf(alice), 1e18, "purged for want of gas");
                return;
            }
            assertEq(keeper.balance, 0);
        }
        fail();
    }

    function test_FillAnnounced_RevertIf_NotItself() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        vm.expectRevert(abi.encodeWithSelector(NotSelf.selector, relayer));
        vm.prank(relayer);
        signedGateway.fillAnnounced(order, 0, address(om), START_PRICE);
    }

    function _checkPurged(SignedOrder memory order, bytes memory reason) private {
        Announcement memory a = announce(order, alice);
        vm.warp(a.executableAt);
        bytes32 orderHash = signedGateway.hashOrder(order);
        vm.expectEmit(address(signedGateway));
        emit SignedOrderGateway.AnnouncementPurged(orderHash, alice, keeper, reason);
        assertFalse(execute(order, a, START_PRICE));
        assertEq(sizeOf(alice), 0);
        assertEq(keeper.balance, FEE, "the keeper did its work");
        assertEq(signedGateway.announcementOf(orderHash), 0);
        assertFalse(isClosed(order), "good as before");
        assertEq(vault.lockHolder(), address(0));
    }

    function _checkLeft(SignedOrder memory order, Announcement memory a, bytes memory reason) private {
        vm.warp(a.executableAt);
        bytes[] memory data = first(START_PRICE, a);
        vm.expectRevert(reason);
        vm.prank(keeper);
        signedGateway.executeAnnounced(order, a, data);
        assertEq(
            signedGateway.announcementOf(signedGateway.hashOrder(order)),
            signedGateway.hashAnnouncement(signedGateway.hashOrder(order), a)
        );
    }
}
