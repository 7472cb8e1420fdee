// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {PythErrors} from "@pythnetwork/pyth-sdk-solidity/PythErrors.sol";
import {SignedOrderGateway} from "../../../src/gateways/SignedOrderGateway.sol";
import {SignedOrderState} from "../../../src/gateways/SignedOrderState.sol";
import {IClearingHouse} from "../../../src/interfaces/IClearingHouse.sol";
import {IKeeperErrors} from "../../../src/interfaces/IKeeperErrors.sol";
import {IVault} from "../../../src/interfaces/IVault.sol";
import {PythOracle} from "../../../src/oracle/PythOracle.sol";
import {OrderPastExpiry} from "../../../src/types/Errors.sol";
import {SignedOrder, Submission, Trigger} from "../../../src/types/SignedOrder.sol";
import {insufficientInitialMargin} from "../../utils/Reverts.sol";
import {SignedOrderTest} from "./SignedOrderTest.sol";

/// @dev A relayer fills a signed order against an LP vault.
contract SignedOrderGatewaySettleTest is SignedOrderTest {
    function test_Settle_TradesAtTheSubmittedPrice() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        (order.marginXCD, order.price) = (5_000 * USD, 2110e18);
        uint256 fund = vault.fundOf(alice);
        bytes32 orderHash = signedGateway.hashOrder(order);
        Submission memory s = submission(order, USD);
        vm.expectEmit(address(vault));
        emit IVault.FundToMargin(market, alice, 5_000 * USD);
        vm.expectEmit(address(vault));
        emit IVault.RelayFeePaid(alice, relayer, USD);
        vm.expectEmit(address(signedGateway));
        emit SignedOrderGateway.OrderFilled(orderHash, alice, address(om), 1e18, -2100.021e18, 2100e18, USD);
        (int256 base, int256 quote) = settle(s, ALL, current(2100e18));
        assertEq(base, 1e18);
        assertEq(quote, -2100.021e18);
        assertEq(sizeOf(alice), 1e18);
        assertEq(marginOf(alice), 105_000e18);
        assertEq(vault.fundOf(alice), fund - 5_001 * USD);
        assertEq(vault.fundOf(relayer), USD);
        assertEq(filledOf(order), 0, "only its id is stored");
        assertTrue(isClosed(order));
        assertEq(vault.lockHolder(), address(0));
        // As old as the stored price, so that Pyth keeps that.
        (, uint256 ask,) = om.getPrices();
        assertLt(ask, 2010e18, "T26: the submitted price is deleted");
    }

    function test_Settle_AgainstASpotHedgedMaker() public {
        SignedOrder memory order = orderOf(alice, true, 1e18);
        (order.maker, order.price) = (address(shb), 1990e18);
        settle(submission(order), ALL, new bytes[](0));
        assertEq(sizeOf(alice), -1e18);
        assertEq(sizeOf(address(shb)), 1e18);
    }

    // ------------------------------------------------------------------------------------------------- how much ----

    function test_Settle_InParts_MarginAndFeeOnce() public {
        SignedOrder memory order = orderOf(alice, false, 3e18);
        (order.minFill, order.marginXCD) = (1e18, 1_000 * USD);
        uint256 fund = vault.fundOf(alice);
        settle(submission(order, USD), 1e18, current(START_PRICE));
        assertEq(vault.fundOf(alice), fund - 1_001 * USD);
        assertFalse(isClosed(order));
        bytes memory tooHigh = abi.encodeWithSelector(SignedOrderGateway.RelayFeeTooHigh.selector, USD, 0);
        expectSettleRevert(submission(order, USD), 1e18, current(START_PRICE), tooHigh);
        settle(order, 1.5e18, START_PRICE);
        assertEq(vault.fundOf(alice), fund - 1_001 * USD, "once");
        assertEq(filledOf(order), 2.5e18);
        // The rest is below the minimum, and is filled whole.
        settle(order, 0.5e18, START_PRICE);
        assertTrue(isClosed(order));
        assertEq(sizeOf(alice), 3e18);
    }

    function test_Settle_RevertIf_FillIsOutOfRange() public {
        SignedOrder memory order = orderOf(alice, false, 3e18);
        _refuse(order, 3e18 - 1, _outOfRange(3e18 - 1, 3e18, 3e18));
        order.minFill = 1e18;
        _refuse(order, 1e18 - 1, _outOfRange(1e18 - 1, 1e18, 3e18));
        _refuse(order, 3e18 + 1, _outOfRange(3e18 + 1, 1e18, 3e18));
        settle(order, 2.2e18, START_PRICE);
        _refuse(order, 0.8e18 - 1, _outOfRange(0.8e18 - 1, 0.8e18, 0.8e18));
    }

    function test_Settle_ReduceOnly_ClosesTheSizeAtExecution() public {
        buy(alice, address(om), 2.345e18);
        SignedOrder memory order = orderOf(alice, true, ALL);
        order.isReduceOnly = true;
        settle(order, ALL, START_PRICE);
        assertEq(sizeOf(alice), 0);
        assertTrue(isClosed(order));
        buy(alice, address(om), 1e18);
        _refuse(order, ALL, abi.encodeWithSelector(SignedOrderState.OrderClosed.selector, order.account, 1));
    }

    function test_Settle_RevertIf_ReduceOnlyWouldIncrease() public {
        SignedOrder memory order = orderOf(alice, true, ALL);
        order.isReduceOnly = true;
        _refuse(order, ALL, abi.encodeWithSelector(IClearingHouse.NothingToReduce.selector, 0, true));
        buy(alice, address(om), 1e18);
        order.amount = 2e18;
        _refuse(order, ALL, abi.encodeWithSelector(IClearingHouse.WouldIncrease.selector, 1e18, -2e18));
    }

    // ----------------------------------------------------------------------------------------- limits and triggers ----

    function test_Settle_RevertIf_LimitIsMissed() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        order.price = 2000e18;
        _refuse(order, ALL, abi.encodeWithSelector(IClearingHouse.SlippageExceeded.selector, 2000.02e18, 2000e18));
        order = orderOf(alice, true, 1e18);
        order.price = 2000e18;
        _refuse(order, ALL, abi.encodeWithSelector(IClearingHouse.SlippageExceeded.selector, 1999.98e18, 2000e18));
        // No price reaches the highest limit.
        order.price = ALL;
        _refuse(order, ALL, abi.encodeWithSelector(IClearingHouse.SlippageExceeded.selector, 1999.98e18, ALL));
        order.price = 1999.98e18;
        settle(order, ALL, START_PRICE);
    }

    /// @dev The oracle price of the execution decides, to the wei.
    function test_Settle_Triggers() public {
        // Take-profits sell at or above their price, stops at or below it. Buys are the reverse.
        _checkTrigger(true, Trigger.TakeProfit, 2100e18, 2100e18 - 1e10);
        _checkTrigger(true, Trigger.Stop, 1900e18, 1900e18 + 1e10);
        _checkTrigger(false, Trigger.TakeProfit, 1900e18, 1900e18 + 1e10);
        _checkTrigger(false, Trigger.Stop, 2100e18, 2100e18 - 1e10);
    }

    function _checkTrigger(bool isBaseToQuote, Trigger trigger, uint256 price, uint256 missed) private {
        SignedOrder memory order = orderOf(alice, isBaseToQuote, 1e18);
        (order.trigger, order.triggerPrice) = (trigger, price);
        order.id = uint256(trigger) + (isBaseToQuote ? 10 : 20);
        bytes memory notMet = abi.encodeWithSelector(SignedOrderGateway.TriggerNotMet.selector, missed, price);
        expectSettleRevert(submission(order), ALL, current(missed), notMet);
        settle(order, ALL, price);
    }

    // --------------------------------------------------------------------------------------------------- prices ----

    /// @dev T27: a relayer cannot choose a price older than the stored one.
    function test_T27_RevertIf_PriceIsOlderThanTheStoredOne() public {
        skip(5);
        bytes[] memory older = current(1900e18);
        skip(1);
        setPrice(START_PRICE);
        bytes memory refusal =
            abi.encodeWithSelector(PythOracle.OlderThanStored.selector, FEED, timestamp() - 1, timestamp());
        expectSettleRevert(submission(orderOf(alice, false, 1e18)), ALL, older, refusal);
    }

    function test_T27_RevertIf_PriceIsOlderThanTheRelayersLimit() public {
        skip(5);
        bytes[] memory data = current(1900e18);
        skip(11);
        SignedOrder memory order = orderOf(alice, false, 1e18);
        expectSettleRevert(
            submission(order), ALL, data, abi.encodeWithSelector(PythErrors.PriceFeedNotFoundWithinRange.selector)
        );
        rewind(1);
        settle(submission(order), ALL, data);
    }

    function test_Settle_WithoutData_AtTheStoredPrice() public {
        skip(11);
        SignedOrder memory order = orderOf(alice, false, 1e18);
        bytes memory stale = abi.encodeWithSelector(PythOracle.StalePrice.selector, FEED, START, timestamp() - 10);
        expectSettleRevert(submission(order), ALL, new bytes[](0), stale);
        rewind(1);
        settle(submission(order), ALL, new bytes[](0));
        assertEq(sizeOf(alice), 1e18);
    }

    function test_Settle_SourceFee_PaidByTheAttachedValue() public {
        uint256 float = address(oracle).balance;
        skip(1);
        Submission memory s = submission(orderOf(alice, false, 1e18));
        bytes[] memory data = current(START_PRICE);
        vm.deal(relayer, 1 ether);
        vm.prank(relayer);
        signedGateway.settle{value: 10}(s, address(om), ALL, data);
        assertEq(address(oracle).balance, float);
        assertEq(relayer.balance, 1 ether - 1);
        assertEq(address(signedGateway).balance, 0);
        vm.deal(address(oracle), 0);
        s.order.id = 2;
        s.signature = sign(s.order);
        expectSettleRevert(s, ALL, data, abi.encodeWithSelector(PythOracle.FeeNotCovered.selector, 1, 0));
    }

    /// @dev The escrow of announcements does not pay a relayer's source fees.
    function test_Settle_RevertIf_ValueDoesNotPayTheSource() public {
        announce(orderOf(bob, false, 1e18), stranger);
        Submission memory s = submission(orderOf(alice, false, 1e18));
        bytes[] memory data = new bytes[](2);
        (data[0], data[1]) = (current(START_PRICE)[0], current(START_PRICE)[0]);
        vm.deal(relayer, 1);
        vm.expectRevert(abi.encodeWithSelector(IKeeperErrors.SourceFeeTooLow.selector, 1, 2));
        vm.prank(relayer);
        signedGateway.settle{value: 1}(s, address(om), ALL, data);
    }

    // ------------------------------------------------------------------------------------------------- authority ----

    function test_Settle_RevertIf_NotARelayer() public {
        Submission memory s = submission(orderOf(alice, false, 1e18));
        vm.expectRevert(abi.encodeWithSelector(SignedOrderGateway.NotRelayer.selector, alice));
        vm.prank(alice);
        signedGateway.settle(s, address(om), ALL, new bytes[](0));
        vm.prank(owner());
        signedGateway.setRelayer(relayer, false);
        bytes memory refusal = abi.encodeWithSelector(SignedOrderGateway.NotRelayer.selector, relayer);
        expectSettleRevert(s, ALL, new bytes[](0), refusal);
    }

    function test_Settle_RevertIf_FeeIsAboveTheOrders() public {
        bytes memory refusal = abi.encodeWithSelector(SignedOrderGateway.RelayFeeTooHigh.selector, 2 * USD + 1, 2 * USD);
        Submission memory s = submission(orderOf(alice, false, 1e18), 2 * USD + 1);
        expectSettleRevert(s, ALL, new bytes[](0), refusal);
    }

    function test_Settle_RevertIf_MakerIsNotTheOrders() public {
        Submission memory s = submission(orderOf(alice, true, 1e18));
        vm.expectRevert(abi.encodeWithSelector(SignedOrderGateway.WrongMaker.selector, address(shb), address(om)));
        vm.prank(relayer);
        signedGateway.settle(s, address(shb), ALL, new bytes[](0));
    }

    function test_Settle_RevertIf_Expired() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        vm.warp(order.expiresAt + 1);
        _refuse(order, ALL, abi.encodeWithSelector(OrderPastExpiry.selector, order.expiresAt + 1, order.expiresAt));
        vm.warp(order.expiresAt);
        settle(order, ALL, START_PRICE);
    }

    /// @dev T16: an account that withdraws its margin or its approval loses the fill only. Neither margin nor fee has
    /// moved.
    function test_T16_FailuresChargeNothing() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        order.marginXCD = 100 * USD;
        vm.prank(alice);
        vault.transferMarginToFund(market, alice, 100_000 * USD);
        uint256 fund = vault.fundOf(alice);
        bytes memory tooLittle = insufficientInitialMargin(alice, 100e18 - 0.02e18, 200e18);
        expectSettleRevert(submission(order, USD), ALL, new bytes[](0), tooLittle);
        assertEq(vault.fundOf(alice), fund);
        assertEq(vault.fundOf(relayer), 0);
        vm.prank(alice);
        vault.setOperator(address(signedGateway), false);
        bytes memory refusal = abi.encodeWithSelector(IVault.NotAuthorized.selector, alice, address(signedGateway));
        expectSettleRevert(submission(order, USD), ALL, new bytes[](0), refusal);
        assertEq(filledOf(order), 0);
    }

    function _hash(SignedOrder memory order) private view returns (bytes32) {
        return signedGateway.hashOrder(order);
    }

    function _refuse(SignedOrder memory order, uint256 amount, bytes memory reason) private {
        expectSettleRevert(submission(order), amount, current(START_PRICE), reason);
    }

    function _outOfRange(uint256 amount, uint256 least, uint256 left) private pure returns (bytes memory) {
        return abi.encodeWithSelector(SignedOrderGateway.FillOutOfRange.selector, amount, least, left);
    }
}
