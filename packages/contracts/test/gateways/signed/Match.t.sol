// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SignedOrderState} from "../../../src/gateways/SignedOrderState.sol";
import {SignedOrderGateway} from "../../../src/gateways/SignedOrderGateway.sol";
import {IClearingHouse, MatchParams} from "../../../src/interfaces/IClearingHouse.sol";
import {IForcedChanges} from "../../../src/interfaces/IForcedChanges.sol";
import {IVault, MarginChange, MatchFees} from "../../../src/interfaces/IVault.sol";
import {MarginMath} from "../../../src/libraries/MarginMath.sol";
import {MarketStatus} from "../../../src/types/Market.sol";
import {SignedOrder, Submission, Trigger} from "../../../src/types/SignedOrder.sol";
import {SignedOrderTest} from "./SignedOrderTest.sol";

/// @dev A relayer fills two signed orders with each other. Alice takes, Bob's order rests.
contract SignedMatchTest is SignedOrderTest {
    function test_Match_FillsBothAtTheMakersPrice() public {
        SignedOrder memory taker = limitOf(alice, false, 2e18, 2020e18);
        SignedOrder memory maker = limitOf(bob, true, 3e18, 2010e18);
        taker.marginXCD = 100 * USD;
        uint256 fund = vault.fundOf(bob);
        MarginChange memory nothing;
        vm.expectEmit(address(vault));
        emit IVault.PositionsChanged(market, alice, bob, 2e18, -4020e18, START_PRICE, nothing, nothing);
        vm.expectEmit(address(signedGateway));
        emit SignedOrderGateway.OrderFilled(
            signedGateway.hashOrder(taker), alice, bob, 2e18, -4020e18, START_PRICE, USD
        );
        vm.expectEmit(address(signedGateway));
        emit SignedOrderGateway.OrderFilled(
            signedGateway.hashOrder(maker), bob, alice, -2e18, 4020e18, START_PRICE, 2 * USD
        );
        matchOrders(submission(taker, USD), submission(maker, 2 * USD), ALL);
        assertEq(sizeOf(alice), 2e18);
        assertEq(sizeOf(bob), -2e18);
        assertEq(marginOf(alice), 100_100e18);
        assertEq(vault.fundOf(relayer), 3 * USD);
        assertEq(vault.fundOf(bob), fund - 2 * USD);
        assertTrue(isClosed(taker));
        assertFalse(isClosed(maker));
        assertEq(filledOf(maker), 2e18);
        assertEq(vault.lockHolder(), address(0));
    }

    /// @dev L1 and L2: what one gets the other gives, whichever side rests, and to the wei.
    function testFuzz_L1_L2_Match_IsZeroSum(uint256 amount, uint256 price, bool takerSells) public {
        amount = bound(amount, 1, 300e18);
        price = bound(price, 1901e18, 2099e18);
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
        // Account values round down, each for itself.
        assertApproxEqAbs(valueOf(alice) + valueOf(bob), before, 1);
        // The quote is rounded for the account whose order rests.
        int256 limit = int256(amount * price);
        int256 bobs = positionOf(bob).openNotional.unwrap() * 1e18;
        if (takerSells) assertTrue(-bobs <= limit && -bobs > limit - 1e18);
        else assertTrue(bobs >= limit && bobs < limit + 1e18);
    }

    function test_Match_AtEqualLimits() public {
        // No whole number of wei: the maker's side gets the better of it.
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
        bytes memory notMet = abi.encodeWithSelector(SignedOrderGateway.TriggerNotMet.selector, START_PRICE, 1950e18);
        expectMatchRevert(submission(taker), submission(maker), ALL, notMet);
        bytes[] memory data = current(1950e18);
        Submission memory takers = submission(taker);
        Submission memory makers = submission(maker);
        vm.prank(relayer);
        signedGateway.matchOrders(takers, makers, ALL, data);
        assertEq(sizeOf(alice), 0);
        (, uint256 ask,) = om.getPrices();
        assertGe(ask, 2000e18, "T26: forgotten");
    }

    // -------------------------------------------------------------------------------------------------- refused ----

    function test_Match_RevertIf_LimitsDoNotCross() public {
        _refuse(
            limitOf(alice, false, 1e18, 2000e18),
            limitOf(bob, true, 1e18, 2000e18 + 1),
            abi.encodeWithSelector(SignedOrderGateway.LimitExceeded.selector, 2000e18 + 1, 2000e18)
        );
        _refuse(
            limitOf(alice, true, 1e18, 2000e18),
            limitOf(bob, false, 1e18, 2000e18 - 1),
            abi.encodeWithSelector(SignedOrderGateway.LimitExceeded.selector, 2000e18 - 1, 2000e18)
        );
    }

    function test_Match_RevertIf_NotOpposite() public {
        SignedOrder memory taker = limitOf(alice, false, 1e18, 2000e18);
        SignedOrder memory maker = limitOf(bob, false, 1e18, 2000e18);
        bytes32 takerHash = signedGateway.hashOrder(taker);
        _refuse(
            taker,
            maker,
            abi.encodeWithSelector(SignedOrderGateway.NotOpposite.selector, takerHash, signedGateway.hashOrder(maker))
        );
        (maker.isBaseToQuote, maker.marketId) = (true, 2);
        _refuse(
            taker,
            maker,
            abi.encodeWithSelector(SignedOrderGateway.NotOpposite.selector, takerHash, signedGateway.hashOrder(maker))
        );
    }

    function test_Match_RevertIf_AnOrderNamesAMaker() public {
        SignedOrder memory taker = limitOf(alice, false, 1e18, 2000e18);
        SignedOrder memory maker = limitOf(bob, true, 1e18, 2000e18);
        taker.maker = address(om);
        _refuse(taker, maker, abi.encodeWithSelector(SignedOrderGateway.WrongMaker.selector, bob, address(om)));
        (taker.maker, maker.maker) = (address(0), address(om));
        _refuse(taker, maker, abi.encodeWithSelector(SignedOrderGateway.WrongMaker.selector, alice, address(om)));
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
        _refuse(taker, maker, abi.encodeWithSelector(SignedOrderGateway.FillOutOfRange.selector, 1e18, 2e18, 3e18));
    }

    /// @dev T35: the band holds also for two accounts that both reduce: either could close against a maker.
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
        bytes memory lacks =
            abi.encodeWithSelector(MarginMath.InsufficientInitialMargin.selector, bob, int256(100e18), 200e18);
        _refuse(limitOf(alice, false, 1e18, 2000e18), limitOf(bob, true, 1e18, 2000e18), lacks);
        _refuse(limitOf(bob, true, 1e18, 2000e18), limitOf(alice, false, 1e18, 2000e18), lacks);
    }

    function test_Match_RevertIf_ReduceOnlyIncreases() public {
        SignedOrder memory taker = limitOf(alice, false, 1e18, 2000e18);
        SignedOrder memory maker = limitOf(bob, true, 1e18, 2000e18);
        maker.isReduceOnly = true;
        _refuse(taker, maker, abi.encodeWithSelector(IClearingHouse.WouldIncrease.selector, 0, -1e18));
        (taker.isReduceOnly, maker.isReduceOnly) = (true, false);
        _refuse(taker, maker, abi.encodeWithSelector(IClearingHouse.WouldIncrease.selector, 0, 1e18));
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

    /// @dev A registered maker is never a party, also if it had made the gateway its operator.
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
        vm.expectRevert(abi.encodeWithSelector(IVault.MakerNotApproved.selector, address(om)));
        vm.prank(address(signedGateway));
        house.matchTrade(params);
        (params.taker, params.maker) = (address(om), alice);
        vm.expectRevert(abi.encodeWithSelector(IVault.MakerNotApproved.selector, address(om)));
        vm.prank(address(signedGateway));
        house.matchTrade(params);
    }

    /// @dev The right to match and to pay relayers needs both: the account's word, and a registered gateway.
    function test_Gateway_NeedsTheOwnersAndTheAccountsWord() public {
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

    function test_T16_Match_OneCancelledOrderStopsTheOther() public {
        SignedOrder memory taker = limitOf(alice, false, 1e18, 2000e18);
        SignedOrder memory maker = limitOf(bob, true, 1e18, 2000e18);
        vm.prank(bob);
        signedGateway.cancelOrder(maker.id);
        bytes memory closed = abi.encodeWithSelector(SignedOrderState.OrderClosed.selector, bob, 1);
        expectMatchRevert(submission(taker, USD), submission(maker), ALL, closed);
        assertEq(filledOf(taker), 0);
        assertEq(vault.fundOf(relayer), 0);
    }

    function _refuse(SignedOrder memory taker, SignedOrder memory maker, bytes memory reason) private {
        expectMatchRevert(submission(taker), submission(maker), ALL, reason);
    }
}
