// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {PythErrors} from "@pythnetwork/pyth-sdk-solidity/PythErrors.sol";
import {SignedOrderState} from "../../../src/gateways/SignedOrderState.sol";
import {IClearingHouse} from "../../../src/interfaces/IClearingHouse.sol";
import {IPriceOracle} from "../../../src/interfaces/IPriceOracle.sol";
import {ISignedOrders} from "../../../src/interfaces/ISignedOrders.sol";
import {Announcement, Leg, SignedOrder, Trigger} from "../../../src/types/SignedOrder.sol";
import {SignedOrderTest} from "./SignedOrderTest.sol";

/// @dev Keepers announce and execute the orders of offline accounts, for the relay fee of the order.
contract SignedOrderGatewayKeeperAnnounceTest is SignedOrderTest {
    address private _announcer = makeAddr("announcer");

    /// @dev An account without native coin signs a stop and goes offline.
    function test_Keeper_Stop_AnnouncedByOneKeeperExecutedByAnother() public {
        SignedOrder memory stop = _stop(1900e18);
        vm.deal(alice, 0);
        uint256 fund = vault.fundOf(alice);
        skip(20);
        Announcement memory a = announceAt(stop, Leg.Entry, 1890e18, _announcer);
        vm.warp(a.executableAt);
        assertTrue(execute(stop, a, 1880e18));
        assertEq(sizeOf(alice), 0);
        assertEq(vault.fundOf(alice), fund - 2 * USD);
        assertEq(vault.fundOf(_announcer), USD, "one half for announcing");
        assertEq(vault.fundOf(keeper), USD, "one half for executing");
        assertEq(keeper.balance, 0);
        assertTrue(isClosed(stop));
    }

    function test_Keeper_Limit_AnnouncedWhenInsideTheLimit() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        order.price = 1950e18;
        skip(5);
        bytes memory refusal = abi.encodeWithSelector(ISignedOrders.LimitExceeded.selector, 1951e18, 1950e18);
        expectAnnounceRevert(order, Leg.Entry, current(1951e18), refusal);
        Announcement memory a = announceAt(order, Leg.Entry, 1950e18, keeper);
        vm.warp(a.executableAt);
        assertTrue(execute(order, a, 1940e18));
        assertEq(sizeOf(alice), 1e18);
        assertEq(vault.fundOf(keeper), 2 * USD, "both halves");
    }

    function test_Keeper_AccountAnnounces_ExecutorReceivesTheWholeFee() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        Announcement memory a = announceAt(order, Leg.Entry, START_PRICE, alice);
        vm.warp(a.executableAt);
        assertTrue(execute(order, a, START_PRICE));
        assertEq(vault.fundOf(keeper), 2 * USD);
    }

    function test_Keeper_RevertIf_TriggerIsNotMet() public {
        SignedOrder memory stop = _stop(1900e18);
        skip(5);
        bytes memory refusal = abi.encodeWithSelector(ISignedOrders.TriggerNotMet.selector, 1901e18, 1900e18);
        expectAnnounceRevert(stop, Leg.Entry, current(1901e18), refusal);
    }

    /// @dev A price that was met 31 seconds ago proves nothing, nor does one from before the order.
    function test_Keeper_RevertIf_ThePriceIsStaleOrFromBeforeTheOrder() public {
        SignedOrder memory stop = _stop(1900e18);
        bytes[] memory before = current(1890e18);
        skip(5);
        stop.validFrom = timestamp();
        bytes memory refusal = abi.encodeWithSelector(PythErrors.PriceFeedNotFoundWithinRange.selector);
        expectAnnounceRevert(stop, Leg.Entry, before, refusal);
        bytes[] memory data = current(1890e18);
        skip(31);
        expectAnnounceRevert(stop, Leg.Entry, data, refusal);
        rewind(1);
        bytes memory signature = sign(stop);
        vm.prank(keeper);
        signedGateway.announce(stop, Leg.Entry, signature, address(om), data);
    }

    /// @dev Without data, the stored price has the same requirements.
    function test_Keeper_StoredPriceServes() public {
        SignedOrder memory stop = _stop(1900e18);
        bytes[] memory none = new bytes[](0);
        skip(2);
        stop.validFrom = timestamp();
        bytes memory stale =
            abi.encodeWithSelector(IPriceOracle.StalePrice.selector, FEED, timestamp() - 2, stop.validFrom);
        expectAnnounceRevert(stop, Leg.Entry, none, stale);
        setPrice(1890e18);
        skip(30);
        bytes memory signature = sign(stop);
        vm.prank(keeper);
        signedGateway.announce(stop, Leg.Entry, signature, address(om), none);
    }

    /// @dev A short move that is over meanwhile: prices stored since do not hide it.
    function test_Keeper_AProofMayBeOlderThanTheStoredPrice() public {
        SignedOrder memory stop = _stop(1900e18);
        skip(1);
        bytes[] memory data = current(1890e18);
        skip(5);
        setPrice(START_PRICE);
        bytes memory signature = sign(stop);
        vm.prank(keeper);
        signedGateway.announce(stop, Leg.Entry, signature, address(om), data);
    }

    function test_Keeper_RevertIf_BeforeTheStartTime() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        order.validFrom = timestamp() + 10;
        bytes memory refusal =
            abi.encodeWithSelector(SignedOrderState.OrderNotStarted.selector, timestamp(), order.validFrom);
        expectAnnounceRevert(order, Leg.Entry, current(START_PRICE), refusal);
        expectSettleRevert(submission(order), ALL, current(START_PRICE), refusal);
        skip(10);
        announceAt(order, Leg.Entry, START_PRICE, keeper);
    }

    /// @dev T16: an order that pays no keeper would be executed by its own account only, when the price is good.
    function test_T16_RevertIf_TheOrderPaysNoKeeper() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        order.maxRelayFeeXCD = USD / 10 - 1;
        bytes memory refusal = abi.encodeWithSelector(ISignedOrders.RelayFeeTooLow.selector, USD / 10 - 1, USD / 10);
        expectAnnounceRevert(order, Leg.Entry, current(START_PRICE), refusal);
        vm.expectRevert(refusal);
        vm.prank(alice);
        signedGateway.announce(order, Leg.Entry, "", address(om), new bytes[](0));
    }

    /// @dev The attached value pays the price source, and the rest is returned.
    function test_Keeper_SourceFee_PaidByTheAttachedValue() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        bytes memory signature = sign(order);
        bytes[] memory data = current(START_PRICE);
        uint256 float = address(oracle).balance;
        vm.deal(keeper, 1 ether);
        vm.prank(keeper);
        signedGateway.announce{value: 10}(order, Leg.Entry, signature, address(om), data);
        assertEq(keeper.balance, 1 ether - 1);
        assertEq(address(oracle).balance, float);
        assertEq(address(signedGateway).balance, 0);
    }

    function test_Keeper_RevertIf_TheOrderNamesNoMaker() public {
        SignedOrder memory order = limitOf(alice, false, 1e18, 2100e18);
        expectAnnounceRevert(
            order,
            Leg.Entry,
            current(START_PRICE),
            abi.encodeWithSelector(SignedOrderState.NotOrderAccount.selector, keeper, alice)
        );
        // A relayer chooses the maker, as in a settlement.
        bytes memory signature = sign(order);
        bytes[] memory data = current(START_PRICE);
        vm.prank(relayer);
        signedGateway.announce(order, Leg.Entry, signature, address(om), data);
    }

    // ----------------------------------------------------------------------------------------- waiting again ----

    /// @dev The condition no longer holds at the execution: nothing is charged, and the order waits for the cooldown.
    function test_Keeper_ConditionMissed_TheOrderWaitsAgain() public {
        SignedOrder memory stop = _stop(1900e18);
        bytes32 orderHash = signedGateway.hashOrder(stop);
        uint256 fund = vault.fundOf(alice);
        skip(5);
        uint256 announcedAt = timestamp();
        Announcement memory a = announceAt(stop, Leg.Entry, 1890e18, _announcer);
        vm.warp(a.executableAt);
        bytes memory reason = abi.encodeWithSelector(ISignedOrders.TriggerNotMet.selector, 1905e18, 1900e18);
        vm.expectEmit(address(signedGateway));
        emit ISignedOrders.AnnouncementPurged(orderHash, alice, keeper, reason);
        assertFalse(execute(stop, a, 1905e18));
        assertEq(vault.fundOf(alice), fund, "no fee without a fill");
        assertEq(sizeOf(alice), 1e18);
        assertEq(signedGateway.announcementOf(orderHash), 0);
        assertEq(signedGateway.announceableAt(orderHash), announcedAt + 60);

        vm.warp(announcedAt + 59);
        bytes memory tooSoon =
            abi.encodeWithSelector(ISignedOrders.AnnouncedTooSoon.selector, announcedAt + 59, announcedAt + 60);
        expectAnnounceRevert(stop, Leg.Entry, current(1890e18), tooSoon);
        vm.warp(announcedAt + 60);
        a = announceAt(stop, Leg.Entry, 1890e18, _announcer);
        vm.warp(a.executableAt);
        assertTrue(execute(stop, a, 1890e18));
        assertEq(sizeOf(alice), 0);
    }

    /// @dev An attacker announces and executes nothing. Any keeper executes; without one the attacker has delayed the
    /// order by the life of one announcement, has paid its gas, and the account pays nothing.
    function test_Keeper_AnnouncedAndAbandoned_CostsTheAccountNothing() public {
        SignedOrder memory stop = _stop(1900e18);
        uint256 fund = vault.fundOf(alice);
        skip(5);
        Announcement memory a = announceAt(stop, Leg.Entry, 1890e18, stranger);
        uint256 snapshot = vm.snapshotState();
        vm.warp(a.executableAt);
        assertTrue(execute(stop, a, 1890e18), "another keeper executes it");
        assertEq(vault.fundOf(keeper), USD);
        vm.revertToState(snapshot);

        vm.warp(a.expiresAt + 1);
        vm.prank(keeper);
        signedGateway.clearAnnouncement(stop, a);
        assertEq(vault.fundOf(alice), fund);
        a = announceAt(stop, Leg.Entry, 1890e18, keeper);
        vm.warp(a.executableAt);
        assertTrue(execute(stop, a, 1880e18));
        assertEq(vault.fundOf(alice), fund - 2 * USD, "once");
        assertEq(vault.fundOf(stranger), 0);
    }

    /// @dev A relayer fills a part of an announced order without a bond: both together pay the order's maximum at most.
    function testFuzz_Keeper_RelayerFillsBetween_TheFeeIsPaidOnce(uint256 amount, uint256 fee) public {
        amount = boundIndex(amount, 1e16, 4e18);
        fee = boundIndex(fee, 0, 2 * USD * amount / 4e18);
        buy(alice, address(om), 4e18);
        SignedOrder memory order = orderOf(alice, true, 4e18);
        (order.isReduceOnly, order.minFill) = (true, 0);
        uint256 fund = vault.fundOf(alice);
        Announcement memory a = announceAt(order, Leg.Entry, START_PRICE, _announcer);
        settle(submission(order, fee), amount, current(START_PRICE));
        vm.warp(a.executableAt);
        bool isRest = amount < 4e18;
        assertEq(execute(order, a, START_PRICE), isRest);
        assertEq(sizeOf(alice), 0);
        uint256 paid = isRest ? 2 * USD : fee;
        assertEq(vault.fundOf(alice), fund - paid);
        assertEq(vault.fundOf(relayer) + vault.fundOf(keeper) + vault.fundOf(_announcer), paid);
    }

    // ------------------------------------------------------------------------------------------------------ T27 ----

    /// @dev T27: an account signs an order for each of the last seconds and each price, and announces with the best of
    /// the recent prices. All get the first price after the delay, which no party knew.
    function test_T27_SignManyAnnounceTheBest_AllExecuteAtTheUnknownPrice() public {
        skip(100);
        uint256[4] memory past = [uint256(1900e18), 1950e18, 2000e18, 2050e18];
        uint256 from = timestamp() - 28;
        SignedOrder[4] memory orders;
        Announcement[4] memory a;
        for (uint256 i = 0; i < 4; ++i) {
            orders[i] = orderOf(alice, false, 1e18);
            (orders[i].id, orders[i].validFrom) = (i, from + i);
            bytes[] memory data = new bytes[](1);
            data[0] = priceUpdate(past[i], from + i, from + i - 1);
            a[i] = announceWith(orders[i], Leg.Entry, sign(orders[i]), address(om), data, stranger);
        }
        vm.warp(a[0].executableAt);
        int256 value = valueAt(2100e18);
        for (uint256 i = 0; i < 4; ++i) {
            bytes[] memory chosen = new bytes[](1);
            chosen[0] = priceUpdate(past[i], from + i, from + i - 1);
            vm.expectRevert(abi.encodeWithSelector(PythErrors.PriceFeedNotFoundWithinRange.selector));
            vm.prank(stranger);
            signedGateway.executeAnnounced(orders[i], a[i], chosen);
        }
        for (uint256 i = 0; i < 4; ++i) {
            assertTrue(execute(orders[i], a[i], 2100e18));
        }
        assertLt(valueAt(2100e18), value, "no gain at the price of the execution");
    }

    /// @dev T27: an order with a limit at a past price is announced and does not execute at today's price.
    function test_T27_PastPriceInsideTheLimit_DoesNotExecuteAtAWorsePrice() public {
        skip(100);
        SignedOrder memory order = orderOf(alice, false, 1e18);
        (order.price, order.validFrom) = (1950e18, timestamp() - 20);
        bytes[] memory data = new bytes[](1);
        data[0] = priceUpdate(1900e18, timestamp() - 20, timestamp() - 21);
        Announcement memory a = announceWith(order, Leg.Entry, sign(order), address(om), data, stranger);
        vm.warp(a.executableAt);
        assertFalse(execute(order, a, START_PRICE));
        assertEq(sizeOf(alice), 0);
        assertEq(vault.fundOf(stranger), 0);
    }

    // ---------------------------------------------------------------------------------------------- reduce-only ----

    /// @dev A stop for 90 after the position was halved closes the rest, and its id.
    function test_Keeper_Stop_ClosesAtMostThePosition() public {
        buy(alice, address(om), 89e18);
        SignedOrder memory stop = _stop(1900e18);
        assertEq(sizeOf(alice), 90e18);
        (stop.amount, stop.minFill) = (90e18, 90e18);
        sell(alice, address(om), 45e18);
        skip(5);
        Announcement memory a = announceAt(stop, Leg.Entry, 1890e18, keeper);
        vm.warp(a.executableAt);
        assertTrue(execute(stop, a, 1890e18));
        assertEq(sizeOf(alice), 0);
        assertTrue(isClosed(stop));
        assertEq(vault.fundOf(keeper), 2 * USD, "the whole fee");
    }

    function test_Keeper_Stop_OfAClosedPosition_IsPurged() public {
        SignedOrder memory stop = _stop(1900e18);
        skip(5);
        Announcement memory a = announceAt(stop, Leg.Entry, 1890e18, keeper);
        close(alice, address(om));
        vm.warp(a.executableAt);
        bytes memory reason = abi.encodeWithSelector(IClearingHouse.NothingToReduce.selector, 0, true);
        bytes32 orderHash = signedGateway.hashOrder(stop);
        vm.expectEmit(address(signedGateway));
        emit ISignedOrders.AnnouncementPurged(orderHash, alice, keeper, reason);
        assertFalse(execute(stop, a, 1890e18));
        assertEq(vault.fundOf(keeper), RELAY_FEE, "for ending it");
        assertTrue(isClosed(stop));
    }

    /// @dev A long position of one base and a stop for it.
    function _stop(uint256 triggerPrice) private returns (SignedOrder memory stop) {
        buy(alice, address(om), 1e18);
        stop = orderOf(alice, true, 1e18);
        (stop.isReduceOnly, stop.trigger, stop.triggerPrice) = (true, Trigger.Stop, triggerPrice);
    }

    /// @dev Value of alice's market account and fund at a price, WAD.
    function valueAt(uint256 price) private view returns (int256) {
        return positionOf(alice).margin.unwrap() + positionOf(alice).openNotional.unwrap() + sizeOf(alice)
            * int256(price) / 1e18 + int256((vault.fundOf(alice) + escrow()) * 1e12);
    }

    function escrow() private view returns (uint256 escrowXCD) {
        (escrowXCD,) = vault.escrowOf(alice, address(signedGateway));
    }
}
