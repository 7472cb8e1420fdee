// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ISignedOrders} from "../../../src/interfaces/ISignedOrders.sol";
import {DeployConfig} from "../../../script/Deploy.s.sol";
import {SignedOrderState} from "../../../src/gateways/SignedOrderState.sol";
import {IClearingHouse, MatchParams} from "../../../src/interfaces/IClearingHouse.sol";
import {IForcedChanges} from "../../../src/interfaces/IForcedChanges.sol";
import {IVault, MatchFees} from "../../../src/interfaces/IVault.sol";
import {MarketStatus} from "../../../src/types/Market.sol";
import {SignedOrder, Trigger} from "../../../src/types/SignedOrder.sol";
import {insufficientInitialMargin} from "../../utils/Reverts.sol";
import {SignedOrderTest} from "./SignedOrderTest.sol";

/// @dev Matches that revert. Alice's order takes, Bob's rests.
contract SignedOrderGatewayMatchOrdersRevertsTest is SignedOrderTest {
    function test_Match_RevertIf_LimitsDoNotCross() public {
        _refuse(
            limitOf(alice, false, 1e18, 2000e18),
            limitOf(bob, true, 1e18, 2000e18 + 1),
            abi.encodeWithSelector(ISignedOrders.LimitExceeded.selector, 2000e18 + 1, 2000e18)
        );
        _refuse(
            limitOf(alice, true, 1e18, 2000e18),
            limitOf(bob, false, 1e18, 2000e18 - 1),
            abi.encodeWithSelector(ISignedOrders.LimitExceeded.selector, 2000e18 - 1, 2000e18)
        );
    }

    function test_Match_RevertIf_NotOpposite() public {
        SignedOrder memory taker = limitOf(alice, false, 1e18, 2000e18);
        SignedOrder memory maker = limitOf(bob, false, 1e18, 2000e18);
        bytes32 takerHash = signedGateway.hashOrder(taker);
        _refuse(
            taker,
            maker,
            abi.encodeWithSelector(ISignedOrders.NotOpposite.selector, takerHash, signedGateway.hashOrder(maker))
        );
        (maker.isBaseToQuote, maker.marketId) = (true, 2);
        _refuse(
            taker,
            maker,
            abi.encodeWithSelector(ISignedOrders.NotOpposite.selector, takerHash, signedGateway.hashOrder(maker))
        );
    }

    function test_Match_RevertIf_AnOrderNamesAMaker() public {
        SignedOrder memory taker = limitOf(alice, false, 1e18, 2000e18);
        SignedOrder memory maker = limitOf(bob, true, 1e18, 2000e18);
        taker.maker = address(om);
        _refuse(taker, maker, abi.encodeWithSelector(ISignedOrders.WrongMaker.selector, bob, address(om)));
        (taker.maker, maker.maker) = (address(0), address(om));
        _refuse(taker, maker, abi.encodeWithSelector(ISignedOrders.WrongMaker.selector, alice, address(om)));
    }

    function test_Match_RevertIf_TheSameAccount() public {
        _refuse(
            limitOf(alice, false, 1e18, 2000e18),
            limitOf(alice, true, 1e18, 2000e18),
            abi.encodeWithSelector(IClearingHouse.TakerIsMaker.selector, alice)
        );
    }

    function test_Match_RevertIf_FillIsBelowEithersMinimum() public {
        SignedOrder memory taker = limitOf(alice, false, 1e18, 2000e18);
        SignedOrder memory maker = limitOf(bob, true, 3e18, 2000e18);
        maker.minFill = 2e18;
        _refuse(taker, maker, abi.encodeWithSelector(ISignedOrders.FillOutOfRange.selector, 1e18, 2e18, 3e18));
    }

    /// @dev T35: the band applies also to two accounts that both reduce, since either could close against a maker.
    function test_T35_RevertIf_OutsideTheBand() public {
        uint256 price = 2100e18 + 1e10;
        bytes memory outside =
            abi.encodeWithSelector(IClearingHouse.PriceBandExceeded.selector, price, START_PRICE, 50_000);
        _refuse(limitOf(alice, false, 1e18, ALL), limitOf(bob, true, 1e18, price), outside);
        sell(alice, address(om), 1e18);
        buy(bob, address(om), 1e18);
        _refuse(limitOf(alice, false, 1e18, ALL), limitOf(bob, true, 1e18, price), outside);
        // A resting order without a limit names no price inside the band.
        _refuse(
            limitOf(alice, false, 1e18, ALL),
            limitOf(bob, true, 1e18, 0),
            abi.encodeWithSelector(IClearingHouse.PriceBandExceeded.selector, 0, START_PRICE, 50_000)
        );
        matchOrders(submission(limitOf(alice, false, 1e18, ALL)), submission(limitOf(bob, true, 1e18, 2100e18)), ALL);
    }

    function test_L6_RevertIf_EitherLacksMargin() public {
        vm.prank(bob);
        vault.transferMarginToFund(market, bob, 99_900 * USD);
        bytes memory lacks = insufficientInitialMargin(bob, 100e18, 200e18);
        _refuse(limitOf(alice, false, 1e18, 2000e18), limitOf(bob, true, 1e18, 2000e18), lacks);
        _refuse(limitOf(bob, true, 1e18, 2000e18), limitOf(alice, false, 1e18, 2000e18), lacks);
    }

    function test_Match_RevertIf_ReduceOnlyIncreases() public {
        SignedOrder memory taker = limitOf(alice, false, 1e18, 2000e18);
        SignedOrder memory maker = limitOf(bob, true, 1e18, 2000e18);
        maker.isReduceOnly = true;
        _refuse(taker, maker, abi.encodeWithSelector(IClearingHouse.NothingToReduce.selector, 0, true));
        (taker.isReduceOnly, maker.isReduceOnly) = (true, false);
        _refuse(taker, maker, abi.encodeWithSelector(IClearingHouse.NothingToReduce.selector, 0, false));
    }

    /// @dev A reduce-only order is clamped to its account's position, whichever of the two it is, at the same price. The
    /// other order's minimum applies to the clamped amount.
    function test_Match_ReduceOnly_ClampsToThePosition() public {
        sell(bob, address(om), 1e18);
        SignedOrder memory taker = limitOf(alice, true, 3e18, 1990e18);
        SignedOrder memory maker = limitOf(bob, false, 3e18, 1990e18);
        maker.isReduceOnly = true;
        taker.minFill = 2e18;
        _refuse(taker, maker, abi.encodeWithSelector(ISignedOrders.FillOutOfRange.selector, 1e18, 2e18, 3e18));
        taker.minFill = 0;
        matchOrders(submission(taker), submission(maker), ALL);
        assertEq(sizeOf(bob), 0);
        assertEq(sizeOf(alice), -1e18);
        assertEq(positionOf(alice).openNotional.unwrap(), 1990e18);
        assertEq(filledOf(taker), 1e18);
    }

    function test_Match_RevertIf_MarketOnlyReduces() public {
        sell(alice, address(om), 1e18);
        vm.prank(owner());
        house.setMarketStatus(market, MarketStatus.ReduceOnly);
        bytes memory refusal =
            abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, market, MarketStatus.ReduceOnly);
        SignedOrder memory taker = limitOf(alice, false, 1e18, 2000e18);
        SignedOrder memory maker = limitOf(bob, true, 1e18, 2000e18);
        _refuse(taker, maker, refusal);
        vm.startPrank(owner());
        house.setMarketStatus(market, MarketStatus.Paused);
        vm.stopPrank();
        _refuse(
            taker, maker, abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, market, MarketStatus.Paused)
        );
    }

    /// @dev A registered maker is never a party, even if the gateway were its operator.
    function test_Match_RevertIf_RegisteredMakerIsAParty() public {
        MatchParams memory params = MatchParams({
            marketId: market,
            taker: alice,
            maker: address(om),
            isBaseToQuote: false,
            isTakerReduceOnly: false,
            isMakerReduceOnly: false,
            base: 1e18,
            quote: 2000e18,
            fees: MatchFees(relayer, 0, 0)
        });
        vm.expectRevert(abi.encodeWithSelector(IVault.NotAuthorized.selector, address(om), address(signedGateway)));
        vm.prank(address(signedGateway));
        house.matchTrade(params);
        authorize(address(om));
        vm.expectRevert(abi.encodeWithSelector(IVault.MakerCannotBeMatched.selector, address(om)));
        vm.prank(address(signedGateway));
        house.matchTrade(params);
        (params.taker, params.maker) = (address(om), alice);
        vm.expectRevert(abi.encodeWithSelector(IVault.MakerCannotBeMatched.selector, address(om)));
        vm.prank(address(signedGateway));
        house.matchTrade(params);
    }

    /// @dev Matching and relay fees need the approval of the account and a registered gateway.
    function test_Gateway_NeedsApprovalOfOwnerAndAccount() public {
        vm.prank(alice);
        vault.setOperator(stranger, true);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NotGateway.selector, stranger));
        vm.prank(stranger);
        house.payRelayFee(alice, stranger, 1);
        vm.prank(alice);
        vault.setOperator(address(signedGateway), false);
        vm.expectRevert(abi.encodeWithSelector(IVault.NotAuthorized.selector, alice, address(signedGateway)));
        vm.prank(address(signedGateway));
        house.payRelayFee(alice, stranger, 1);
        vm.prank(owner());
        house.setGateway(address(signedGateway), false);
        _refuse(
            limitOf(alice, false, 1e18, 2000e18),
            limitOf(bob, true, 1e18, 2000e18),
            abi.encodeWithSelector(IClearingHouse.NotGateway.selector, address(signedGateway))
        );
    }

    function test_T16_Match_RevertIf_OneOrderIsCancelled() public {
        SignedOrder memory taker = limitOf(alice, false, 1e18, 2000e18);
        SignedOrder memory maker = limitOf(bob, true, 1e18, 2000e18);
        vm.prank(bob);
        signedGateway.cancelOrder(maker.id);
        bytes memory closed = abi.encodeWithSelector(SignedOrderState.OrderClosed.selector, bob, 1);
        expectMatchRevert(submission(taker, USD), submission(maker), ALL, closed);
        assertEq(filledOf(taker), 0);
        assertEq(vault.fundOf(relayer), 0);
    }

    /// @dev The trigger of the resting order is checked like that of the taking order.
    function test_Match_RevertIf_TheMakersTriggerIsNotMet() public {
        SignedOrder memory taker = limitOf(alice, false, 1e18, 2020e18);
        SignedOrder memory maker = limitOf(bob, true, 1e18, 2010e18);
        (maker.trigger, maker.triggerPrice) = (Trigger.Stop, 1950e18);
        expectMatchRevert(
            submission(taker),
            submission(maker),
            ALL,
            abi.encodeWithSelector(ISignedOrders.TriggerNotMet.selector, START_PRICE, 1950e18)
        );
        maker.triggerPrice = START_PRICE;
        matchOrders(submission(taker), submission(maker), ALL);
        assertEq(sizeOf(bob), -1e18);
    }

    function _refuse(SignedOrder memory taker, SignedOrder memory maker, bytes memory reason) private {
        expectMatchRevert(submission(taker), submission(maker), ALL, reason);
    }
}

/// @dev T21: a match in a market with a least position value.
contract SignedOrderGatewayMatchOrdersMinimumTest is SignedOrderTest {
    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        c.market.rules.minPositionValue = 100e18;
    }

    /// @dev T21: when a match would leave less than the minimum of either position, it closes that position. Both fills
    /// exceed their orders by less than the minimum, at the price of the resting order.
    function test_T21_Match_ClosesTheWholeWhenLessWouldBeLeft() public {
        buy(alice, address(om), 5e18);
        sell(bob, address(om), 1e18);
        SignedOrder memory taker = limitOf(alice, true, 0.99e18, 2000e18 + 1);
        SignedOrder memory maker = limitOf(bob, false, 0.99e18, 2000e18 + 1);
        _checkRoundedUp(taker, maker, bob);
        assertEq(sizeOf(alice), 4e18);
        sell(bob, address(om), 9e18);
        (taker.amount, maker.amount, taker.id, maker.id) = (3.96e18, 3.96e18, 2, 2);
        _checkRoundedUp(taker, maker, alice);
        assertEq(sizeOf(bob), -5e18);
    }

    /// @dev T21: a match that cannot close both positions must not leave less than the minimum of one of them.
    function test_T21_Match_RevertIf_TheMakerIsLeftWithLessThanTheMinimum() public {
        buy(alice, address(om), 1e18);
        sell(bob, address(om), 1.02e18);
        SignedOrder memory taker = limitOf(alice, true, 0.99e18, START_PRICE);
        SignedOrder memory maker = limitOf(bob, false, 0.99e18, START_PRICE);
        taker.isReduceOnly = true;
        expectMatchRevert(
            submission(taker),
            submission(maker),
            ALL,
            abi.encodeWithSelector(IClearingHouse.WouldIncrease.selector, 1e18, -1.02e18)
        );
        taker.isReduceOnly = false;
        expectMatchRevert(
            submission(taker),
            submission(maker),
            ALL,
            abi.encodeWithSelector(IClearingHouse.PositionBelowMinimum.selector, 40e18, 100e18)
        );
    }

    /// @dev `closer` ends flat, and the quote has the price of the resting order.
    function _checkRoundedUp(SignedOrder memory taker, SignedOrder memory maker, address closer) private {
        uint256 held = positionOf(closer).size.abs();
        int256 before = positionOf(alice).openNotional.unwrap() + marginOf(alice);
        matchOrders(submission(taker), submission(maker), ALL);
        assertEq(sizeOf(closer), 0);
        int256 quote = positionOf(alice).openNotional.unwrap() + marginOf(alice) - before;
        // Scaled down from the rounded quote of the smaller amount.
        assertApproxEqAbs(uint256(quote), held * maker.price / 1e18, 2, "the price of the resting order");
        assertTrue(isClosed(taker));
        assertTrue(isClosed(maker));
    }
}
