// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse, LiquidationParams, RuleParams} from "../../src/interfaces/IClearingHouse.sol";
import {IForcedChanges} from "../../src/interfaces/IForcedChanges.sol";
import {IMaker} from "../../src/interfaces/IMaker.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {MarginMath} from "../../src/libraries/MarginMath.sol";
import {NotEnoughGas, ZeroAmount} from "../../src/types/Errors.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {LadderTest} from "../utils/LadderTest.sol";
import {StubMaker} from "../utils/StubMaker.sol";

/// @dev Who can be liquidated, by whom, when.
contract LiquidateAdmissionTest is LadderTest {
    function test_RevertIf_ExactlyAtMaintenance() public {
        long(alice, 100_000 * USD, 500e18);
        jump(1920e18);
        assertEq(valueOf(alice), 60_000e18);
        vm.expectRevert(
            abi.encodeWithSelector(
                IClearingHouse.NotLiquidatable.selector, alice, int256(60_000e18), uint256(60_000e18)
            )
        );
        takeOver(alice);
    }

    function test_OnePriceStepBelowMaintenance() public {
        long(alice, 100_000 * USD, 500e18);
        jump(1920e18 - 1e10);
        takeOver(alice);
        assertEq(sizeOf(alice), 250e18);
        assertLaws();
    }

    function test_RevertIf_FlatOrUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NotLiquidatable.selector, bob, int256(0), uint256(0)));
        takeOver(bob);
        LiquidationParams memory p = params(bob, address(0));
        p.marketId = 7;
        vm.expectRevert(abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, 7, MarketStatus.None));
        liquidateAs(keeper, p);
    }

    function test_RevertIf_AmountIsZero() public {
        long(alice, 20_000 * USD, 100e18);
        jump(1850e18);
        LiquidationParams memory p = params(alice, address(0));
        p.amount = 0;
        vm.expectRevert(abi.encodeWithSelector(ZeroAmount.selector));
        liquidateAs(keeper, p);
    }

    function test_RevertIf_LiquidatorIsAccount() public {
        long(alice, 20_000 * USD, 100e18);
        jump(1850e18);
        LiquidationParams memory p = params(alice, address(0));
        p.liquidator = alice;
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.LiquidatorIsAccount.selector, alice));
        liquidateAs(alice, p);
    }

    function test_RevertIf_CallerIsNotTheLiquidatorsOperator() public {
        long(alice, 20_000 * USD, 100e18);
        jump(1850e18);
        LiquidationParams memory p = params(alice, address(0));
        vm.expectRevert(abi.encodeWithSelector(IVault.NotAuthorized.selector, keeper, stranger));
        liquidateAs(stranger, p);
        vm.prank(keeper);
        vault.setOperator(stranger, true);
        liquidateAs(stranger, p);
        assertGt(sizeOf(keeper), 0);
        assertFlatAndEmpty(stranger);
    }

    function test_RevertIf_LiquidatorIsAMaker() public {
        long(alice, 20_000 * USD, 100e18);
        jump(1850e18);
        LiquidationParams memory p = params(alice, address(0));
        p.liquidator = maker;
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.TakerIsMaker.selector, maker));
        liquidateAs(maker, p);
    }

    function test_RevertIf_MakerIsTheAccount() public {
        addMargin(bob, 1_000_000 * USD);
        buy(bob, maker, 5000e18);
        jump(2150e18);
        LiquidationParams memory p = params(maker, maker);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.TakerIsMaker.selector, maker));
        liquidateAs(keeper, p);
    }

    function test_RevertIf_MakerIsUnknownOrOfAnotherMarket() public {
        long(alice, 20_000 * USD, 100e18);
        jump(1850e18);
        LiquidationParams memory p = params(alice, bob);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.UnknownMaker.selector, bob, market, 0));
        liquidateAs(keeper, p);
    }

    function test_RevertIf_Paused() public {
        long(alice, 20_000 * USD, 100e18);
        jump(1850e18);
        setStatus(MarketStatus.Paused);
        vm.expectRevert(abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, market, MarketStatus.Paused));
        takeOver(alice);
    }

    /// @dev Also where it opens a position for the liquidator: reduce-only is no reason to leave an account rotting.
    function test_ReduceOnly_IsLiquidated() public {
        long(alice, 20_000 * USD, 100e18);
        jump(1850e18);
        setStatus(MarketStatus.ReduceOnly);
        takeOver(alice);
        assertGt(sizeOf(keeper), 0);
    }

    function test_RevertIf_PriceIsStale() public {
        long(alice, 20_000 * USD, 100e18);
        jump(1850e18);
        skip(61);
        vm.expectRevert();
        takeOver(alice);
    }

    /// @dev T26: not even while a gateway carries a price at which the account would be below maintenance.
    function test_T26_ExecutionPriceIsNotUsed() public {
        long(alice, 20_000 * USD, 100e18);
        skip(5);
        setPrice(START_PRICE);
        bytes[] memory update = new bytes[](1);
        update[0] = priceUpdate(1850e18, timestamp() - 2, timestamp() - 3);
        vm.prank(owner());
        oracle.setExecutor(address(this), true);
        oracle.beginExecution(market, update, timestamp() - 2, timestamp());
        vm.expectRevert(
            abi.encodeWithSelector(
                IClearingHouse.NotLiquidatable.selector, alice, int256(20_000e18), uint256(12_500e18)
            )
        );
        takeOver(alice);
        oracle.endExecution();
    }

    /// @dev Fees that are pending count before anybody has settled them.
    function test_PendingFundingCounts() public {
        vm.prank(owner());
        house.setFunding(market, 1e13, 1e13 / uint64(1 hours), 1e18);
        feeDust = 10;
        long(alice, 20_000 * USD, 100e18);
        // 100 ETH pay 2 a second at the most, half as much on average in the hour that the rate takes to get there.
        skip(1800 + 3000);
        setPrice(START_PRICE);
        vm.expectPartialRevert(IClearingHouse.NotLiquidatable.selector);
        takeOver(alice);
        skip(1000);
        setPrice(START_PRICE);
        int256 value = valueOf(alice);
        assertApproxEqAbs(value, 12_000e18, 5e18);
        takeOver(alice);
        assertEq(valueOf(alice), value - 2500e18);
        assertLaws();
    }

    function test_RetiredMaker_OnlyReduces() public {
        long(alice, 20_000 * USD, 100e18);
        short(bob, 20_000 * USD, 50e18);
        // The stub is short 50.
        jump(1850e18);
        vm.prank(owner());
        house.retireMaker(maker);
        LiquidationParams memory p = params(alice, maker);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.MakerIsRetired.selector, maker));
        liquidateAs(keeper, p);
        p.amount = 50e18;
        liquidateAs(keeper, p);
        assertEq(sizeOf(maker), 0);
        assertLaws();
    }
}

/// @dev How much is closed, and what it costs. 100 ETH at 2,000; at 1,800 maintenance is 11,250.
contract LiquidateAmountsTest is LadderTest {
    /// @dev Exactly half of the requirement is not above it.
    function test_WholeAtHalfOfTheRequirement() public {
        long(alice, 25_625 * USD, 100e18);
        jump(1800e18);
        assertEq(valueOf(alice) * 2, 11_250e18);
        (uint256 base, uint256 reward) = takeOver(alice);
        assertEq(base, 100e18);
        assertEq(reward, 2250e18, "half of 2.5% of 180,000");
        assertEq(marginOf(alice), 1125e18);
        assertEq(insurance(), 2250e18);
        assertEq(sizeOf(keeper), 100e18);
        assertEq(valueOf(keeper), 1_002_250e18);
        assertLaws();
    }

    function test_HalfAboveHalfOfTheRequirement() public {
        long(alice, 25_625 * USD + 1, 100e18);
        jump(1800e18);
        (uint256 base, uint256 reward) = takeOver(alice);
        assertEq(base, 50e18);
        assertEq(reward, 1125e18);
        assertEq(valueOf(alice), 5625e18 + 1e12 - 2250e18);
        assertLaws();
    }

    function test_HalfRoundsUp() public {
        long(alice, 25_000 * USD, 100e18 + 1);
        jump(1830e18);
        (uint256 base,) = takeOver(alice);
        assertEq(base, 50e18 + 1);
        assertEq(sizeOf(alice), 50e18);
        assertLaws();
    }

    function test_LessThanAllowed() public {
        long(alice, 25_000 * USD, 100e18);
        jump(1830e18);
        LiquidationParams memory p = params(alice, address(0));
        p.amount = 7e18;
        (uint256 base, uint256 reward) = liquidateAs(keeper, p);
        assertEq(base, 7e18);
        assertEq(reward, 160.125e18);
        assertEq(sizeOf(alice), 93e18);
        assertLaws();
    }

    function test_Short_SettlesAtTheOraclePriceToo() public {
        short(alice, 20_000 * USD, 100e18);
        jump(2150e18);
        // 5,000 against 13,437.5: the whole
        (uint256 base, uint256 reward) = takeOver(alice);
        assertEq(base, 100e18);
        assertEq(reward, 2500e18, "2.5% of 215,000 would be 5,375: more than there is");
        assertEq(insurance(), 2500e18);
        assertFlatAndEmpty(alice);
        assertEq(sizeOf(keeper), -100e18);
        assertLaws();
    }

    // ----------------------------------------------------------------------------------------------- minimum value ----

    function _setMinimum(uint96 minimum) private {
        RuleParams memory rules = currentRules();
        rules.minPositionValue = minimum;
        setRules(rules);
    }

    function test_T21_WholeWhenHalfWouldBeDust() public {
        long(alice, 25_000 * USD, 100e18);
        jump(1830e18);
        _setMinimum(91_500e18 + 1);
        (uint256 base,) = takeOver(alice);
        assertEq(base, 100e18);
        assertEq(sizeOf(alice), 0);
        assertLaws();
    }

    /// @dev A liquidator's own position may end below the minimum, where the two nearly cancel. It is not stuck with it: it
    /// closes it like anybody, and as a taker it can open no such one.
    function test_T21_LiquidatorMayEndBelowTheMinimum() public {
        long(alice, 25_000 * USD, 100e18);
        short(keeper, 100_000 * USD, 50e18 - 0.1e18);
        jump(1830e18);
        _setMinimum(1000e18);
        (uint256 base,) = takeOver(alice);
        assertEq(base, 50e18);
        assertEq(sizeOf(keeper), 0.1e18, "183 of quote");
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.PositionBelowMinimum.selector, 201.3e18, 1000e18));
        buy(keeper, maker, 0.01e18);
        // A part of it is all of it.
        sell(keeper, maker, 0.04e18);
        assertEq(sizeOf(keeper), 0);
        assertLaws();
    }

    function test_T21_HalfWhenItIsExactlyTheMinimum() public {
        long(alice, 25_000 * USD, 100e18);
        jump(1830e18);
        _setMinimum(91_500e18);
        (uint256 base,) = takeOver(alice);
        assertEq(base, 50e18);
    }

    function test_T21_MakersAreExempt() public {
        // The stub is short 5,000 and has 1,000,000: liquidatable from 2,070.6 on.
        long(bob, 1_000_000 * USD, 5000e18);
        jump(2080e18);
        _setMinimum(type(uint96).max);
        (uint256 base,) = takeOver(maker);
        assertEq(base, 2500e18);
        assertEq(sizeOf(maker), -2500e18);
        assertEq(stub.forcedBase(), 2500e18);
        assertEq(stub.forcedQuote(), -2500 * 2080e18);
        assertLaws();
    }

    // ---------------------------------------------------------------------------------------------------- bounds ----

    function test_PriceBound_LiquidatorBuys() public {
        long(alice, 20_000 * USD, 100e18);
        jump(1850e18);
        LiquidationParams memory p = params(alice, address(0));
        p.priceBound = 1850e18 - 1;
        vm.expectRevert(
            abi.encodeWithSelector(IClearingHouse.PriceBoundExceeded.selector, uint256(1850e18), uint256(1850e18 - 1))
        );
        liquidateAs(keeper, p);
        p.priceBound = 1850e18;
        liquidateAs(keeper, p);
        assertGt(sizeOf(keeper), 0);
    }

    function test_PriceBound_LiquidatorSells() public {
        short(alice, 20_000 * USD, 100e18);
        jump(2150e18);
        LiquidationParams memory p = params(alice, address(0));
        p.priceBound = 2150e18 + 1;
        vm.expectRevert(
            abi.encodeWithSelector(IClearingHouse.PriceBoundExceeded.selector, uint256(2150e18), uint256(2150e18 + 1))
        );
        liquidateAs(keeper, p);
        p.priceBound = 2150e18;
        liquidateAs(keeper, p);
        assertLt(sizeOf(keeper), 0);
    }

    function test_MinReward() public {
        long(alice, 25_625 * USD, 100e18);
        jump(1800e18);
        LiquidationParams memory p = params(alice, address(0));
        p.minReward = 2250e18 + 1;
        vm.expectRevert(
            abi.encodeWithSelector(IClearingHouse.RewardTooLow.selector, int256(2250e18), uint256(2250e18 + 1))
        );
        liquidateAs(keeper, p);
        p.minReward = 2250e18;
        liquidateAs(keeper, p);
    }

    // ---------------------------------------------------------------------------------------------------- penalty ----

    function test_T30_PenaltyIsAtMostWhatIsLeft() public {
        long(alice, 20_000 * USD, 100e18);
        jump(1801e18);
        // 100 is left, and 2.5% would be 4,502.5.
        (, uint256 reward) = takeOver(alice);
        assertEq(reward, 50e18);
        assertEq(insurance(), 50e18);
        assertFlatAndEmpty(alice);
        assertLaws();
    }

    /// @dev The smallest account value there is.
    function test_T30_NothingLeft_NobodyPaysAnything() public {
        donate(100 * USD);
        long(alice, 20_000 * USD, 100e18);
        jump(1800e18);
        assertEq(valueOf(alice), 0);
        (, uint256 reward) = takeOver(alice);
        assertEq(reward, 0, "a bounty is for accounts below zero");
        assertEq(insurance(), 100e18);
        assertFlatAndEmpty(alice);
        assertLaws();
    }

    function test_LiquidatorShare() public {
        RuleParams memory rules = currentRules();
        rules.liquidatorShare = 333_333;
        setRules(rules);
        long(alice, 25_625 * USD, 100e18);
        jump(1800e18);
        (, uint256 reward) = takeOver(alice);
        assertEq(reward, uint256(4500e18) * 333_333 / 1e6);
        assertEq(insurance(), 4500e18 - int256(reward), "what is left of the penalty, its dust included");
        assertLaws();
    }

    /// @dev T30: whoever liquidates itself through another account loses what insurance gets.
    function testFuzz_T30_SelfLiquidationNeverPays(uint256 price, uint256 amount, bool isLong) public {
        fund(keeper, 1);
        if (isLong) long(alice, 20_000 * USD, 100e18);
        else short(alice, 20_000 * USD, 100e18);
        price = (isLong ? bound(price, 1800e18, 1919e18) : bound(price, 2071e18, 2200e18)) / 1e10 * 1e10;
        jump(price);
        int256 before = valueOf(alice) + valueOf(keeper);
        LiquidationParams memory p = params(alice, address(0));
        p.amount = bound(amount, 1, 100e18);
        try this.liquidateExternally(p) {} catch {}
        assertLe(valueOf(alice) + valueOf(keeper), before);
        assertGe(insurance(), 0);
    }

    function liquidateExternally(LiquidationParams calldata p) external {
        vm.prank(keeper);
        house.liquidate(p);
    }

    // --------------------------------------------------------------------------------------------------- below zero ----

    function test_BelowZero_InsurancePaysTheShortfallAndTheBounty() public {
        donate(110 * USD);
        long(alice, 20_000 * USD, 100e18);
        jump(1799e18);
        (, uint256 reward) = takeOver(alice);
        assertEq(reward, BOUNTY);
        assertEq(insurance(), 5e18);
        assertFlatAndEmpty(alice);
        assertLaws();
    }

    function test_BelowZero_BountyIsWhatTheShortfallLeaves() public {
        donate(103 * USD);
        long(alice, 20_000 * USD, 100e18);
        jump(1799e18);
        (, uint256 reward) = takeOver(alice);
        assertEq(reward, 3e18);
        assertEq(insurance(), 0);
        assertLaws();
    }

    function test_BelowZero_NoBountyWhenTheShortfallTakesAll() public {
        donate(100 * USD);
        long(alice, 20_000 * USD, 100e18);
        jump(1799e18);
        (, uint256 reward) = takeOver(alice);
        assertEq(reward, 0);
        assertEq(insurance(), 0);
        assertLaws();
    }

    function test_RevertIf_ShortfallExceedsInsurance() public {
        donate(99 * USD);
        long(alice, 20_000 * USD, 100e18);
        jump(1799e18);
        vm.expectRevert(
            abi.encodeWithSelector(IClearingHouse.DeleverageFirst.selector, alice, -int256(1e18), type(uint256).max)
        );
        takeOver(alice);
    }

    // ----------------------------------------------------------------------------------------------------- margin ----

    function test_L6_RevertIf_LiquidatorLacksInitialMargin() public {
        long(alice, 25_625 * USD, 100e18);
        addMargin(bob, 15_749 * USD);
        jump(1800e18);
        LiquidationParams memory p = params(alice, address(0));
        p.liquidator = bob;
        // 15,749 and the reward of 2,250 against 10% of 180,000
        vm.expectRevert(
            abi.encodeWithSelector(
                MarginMath.InsufficientInitialMargin.selector, bob, int256(17_999e18), uint256(18_000e18)
            )
        );
        liquidateAs(bob, p);
        addMargin(bob, 1 * USD);
        liquidateAs(bob, p);
        assertEq(sizeOf(bob), 100e18);
        assertLaws();
    }

    /// @dev Who is on the other side closes its own position by taking over.
    function test_LiquidatorReduces() public {
        long(alice, 25_625 * USD, 100e18);
        short(bob, 20_000 * USD, 100e18);
        jump(1800e18);
        LiquidationParams memory p = params(alice, address(0));
        p.liquidator = bob;
        liquidateAs(bob, p);
        assertEq(sizeOf(bob), 0);
        assertEq(marginOf(bob), 20_000e18 + 20_000e18 + 2250e18);
        assertLaws();
    }

    // ------------------------------------------------------------------------------------------------------- fuzz ----

    /// @dev The margin ratio never falls, the account never ends below zero, insurance never does, and nobody but the
    /// account pays.
    function testFuzz_Liquidation_HelpsTheAccount(uint256 price, uint256 amount, uint256 margin, bool isLong) public {
        margin = bound(margin, 20_001 * USD, 30_000 * USD);
        if (isLong) long(alice, margin, 100e18 + 7);
        else short(alice, margin, 100e18 + 7);
        jump((isLong ? bound(price, 1700e18, 1919e18) : bound(price, 2071e18, 2300e18)) / 1e10 * 1e10);
        price = stub.price();
        int256 value = valueOf(alice);
        int256 size = sizeOf(alice);
        int256 others = valueOf(keeper);
        if (value >= int256(positionOf(alice).size.abs() * price / 1e18 * 62_500 / 1e6)) return;
        if (value < 0) donate(uint256(-value) / 1e12 + 20 * USD);
        LiquidationParams memory p = params(alice, address(0));
        p.amount = bound(amount, 1, 110e18);
        (uint256 base, uint256 reward) = liquidateAs(keeper, p);

        assertEq(valueOf(keeper) - others, int256(reward), "the liquidator gets its reward and nothing else");
        int256 after_ = valueOf(alice);
        int256 sizeAfter = sizeOf(alice);
        assertEq(uint256(size > 0 ? size - sizeAfter : sizeAfter - size), base);
        if (value < 0) {
            assertEq(after_, sizeAfter == 0 ? int256(0) : after_);
            // Dust of the quote's floor.
            if (sizeAfter != 0) assertApproxEqAbs(after_, value, 1);
        } else {
            assertGe(after_ + 1, 0);
            // value / size has not fallen, but for a wei.
            int256 ratioBefore = value * (sizeAfter < 0 ? -sizeAfter : sizeAfter);
            assertGe((after_ + 2) * (size < 0 ? -size : size), ratioBefore);
        }
        assertGe(insurance(), 0);
        assertLaws();
    }

    function testFuzz_HalfLiquidation_RaisesTheMarginRatio(uint256 price) public {
        long(alice, 20_000 * USD, 100e18);
        jump(bound(price, 1860e18, 1919e18) / 1e10 * 1e10);
        int256 value = valueOf(alice);
        takeOver(alice);
        assertEq(sizeOf(alice), 50e18);
        assertGt(valueOf(alice) * 2, value);
    }
}

/// @dev Closing against makers: the account settles at the oracle price whatever the maker pays.
contract LiquidateAgainstMakersTest is LadderTest {
    function _valueAfter(int256 value, uint256 base, uint256 price) private pure returns (int256) {
        return value - int256(base * price / 1e18 * PENALTY / 1e6);
    }

    function test_Stub_LiquidatorBearsTheDifference() public {
        long(alice, 25_625 * USD, 100e18);
        jump(1800e18);
        stub.setPrice(1790e18);
        (uint256 base, uint256 reward) = closeAgainst(alice, maker);
        assertEq(base, 100e18);
        assertEq(reward, 1250e18);
        assertEq(marginOf(alice), 1125e18, "as with a take-over");
        assertEq(insurance(), 2250e18);
        assertEq(marginOf(keeper), 1_001_250e18);
        assertEq(sizeOf(keeper), 0);
        assertEq(stub.forcedBase(), 0, "who fills is not told a second time");
        assertLaws();
    }

    function test_Stub_LiquidatorKeepsABetterPrice() public {
        long(alice, 25_625 * USD, 100e18);
        jump(1800e18);
        stub.setPrice(1801e18);
        (, uint256 reward) = closeAgainst(alice, maker);
        assertEq(reward, 2350e18);
        assertEq(marginOf(alice), 1125e18);
        assertLaws();
    }

    function test_Stub_RevertIf_DifferenceExceedsTheReward() public {
        long(alice, 25_625 * USD, 100e18);
        jump(1800e18);
        stub.setPrice(1777.49e18);
        LiquidationParams memory p = params(alice, maker);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.RewardTooLow.selector, -int256(1e18), uint256(0)));
        liquidateAs(keeper, p);
        stub.setPrice(1777.5e18);
        liquidateAs(keeper, p);
        assertEq(marginOf(keeper), 1_000_000e18);
        assertLaws();
    }

    /// @dev Below zero the bounty is what pays for the maker's difference.
    function test_Stub_BelowZero_DifferenceComesOutOfTheBounty() public {
        donate(110 * USD);
        long(alice, 20_000 * USD, 100e18);
        jump(1799e18);
        stub.setPrice(1798.98e18);
        (, uint256 reward) = closeAgainst(alice, maker);
        assertEq(reward, 3e18);
        assertEq(insurance(), 5e18);
        assertFlatAndEmpty(alice);
        assertLaws();
    }

    function testFuzz_OracleMaker_AccountSettlesAtTheOraclePrice(uint256 amount, bool isLong) public {
        // It is long or short 200 already, so that closing moves it either way.
        addMargin(bob, 200_000 * USD);
        if (isLong) buy(bob, address(om), 200e18);
        else sell(bob, address(om), 200e18);
        if (isLong) long(alice, 20_000 * USD, 100e18);
        else short(alice, 20_000 * USD, 100e18);
        uint256 price = isLong ? 1900e18 : 2100e18;
        jump(price);
        int256 value = valueOf(alice);
        LiquidationParams memory p = params(alice, address(om));
        p.amount = bound(amount, 1, 50e18);
        (uint256 base, uint256 reward) = liquidateAs(keeper, p);
        assertApproxEqAbs(valueOf(alice), _valueAfter(value, base, price), 2);
        assertEq(marginOf(keeper), 1_000_000e18 + int256(reward));
        assertLaws();
    }

    function test_OracleMaker_PremiumComesOutOfTheReward() public {
        long(alice, 20_000 * USD, 100e18);
        jump(1900e18);
        uint256 pays = om.getQuote(true, true, 50e18);
        int256 value = valueOf(alice);
        (, uint256 reward) = closeAgainst(alice, address(om));
        assertEq(reward, 1187.5e18 - (95_000e18 - pays));
        assertEq(valueOf(alice), _valueAfter(value, 50e18, 1900e18));
        assertLaws();
    }

    function test_OracleMaker_RevertIf_RewardIsLessThanThePremium() public {
        RuleParams memory rules = currentRules();
        rules.liquidatorShare = 1000;
        setRules(rules);
        long(alice, 20_000 * USD, 100e18);
        jump(1900e18);
        vm.expectPartialRevert(IClearingHouse.RewardTooLow.selector);
        closeAgainst(alice, address(om));
    }

    function test_OracleMaker_RevertIf_BeyondItsCap() public {
        addMargin(bob, 200_000 * USD);
        sell(bob, address(om), 480e18);
        long(alice, 20_000 * USD, 100e18);
        jump(1900e18);
        vm.expectPartialRevert(IMaker.MakerCapacityExceeded.selector);
        closeAgainst(alice, address(om));
        LiquidationParams memory p = params(alice, address(om));
        p.amount = 20e18;
        liquidateAs(keeper, p);
        assertEq(sizeOf(address(om)), 500e18);
    }

    // ------------------------------------------------------------------------------------------- spot-hedge vault ----

    function test_SpotHedge_HedgesAndSettlesAtTheOraclePrice_Long() public {
        long(alice, 20_000 * USD, 100e18);
        jumpWithPool(1900e18);
        int256 value = valueOf(alice);
        (uint256 base, uint256 reward) = closeAgainst(alice, address(shb));
        assertEq(base, 50e18);
        assertEq(valueOf(alice), _valueAfter(value, base, 1900e18));
        assertEq(shb.assetBalance(), 50e18, "H1");
        assertEq(sizeOf(address(shb)), 50e18, "H1");
        // What the swap yielded less than the oracle price is out of the reward.
        assertEq(int256(reward), 1187.5e18 - (95_000e18 - marginOf(address(shb))));
        assertLt(reward, 1187.5e18);
        assertLaws();
    }

    function test_SpotHedge_HedgesAndSettlesAtTheOraclePrice_Short() public {
        addMargin(alice, 20_000 * USD);
        addMargin(bob, 20_000 * USD);
        sell(bob, address(shb), 30e18);
        spot.moveTo(2000e18);
        sell(alice, address(shb), 60e18);
        spot.moveTo(2000e18);
        uint256 free = vault.freeMarginOf(market, alice);
        vm.prank(alice);
        vault.transferMarginToFund(market, alice, free);
        jumpWithPool(2100e18);
        int256 value = valueOf(alice);
        (uint256 base, uint256 reward) = closeAgainst(alice, address(shb));
        assertApproxEqAbs(valueOf(alice), _valueAfter(value, base, 2100e18), 1);
        assertEq(int256(uint256(shb.assetBalance())) + sizeOf(address(shb)), 100e18, "H1");
        assertGt(reward, 0);
        assertLaws();
    }

    /// @dev Whoever moves the pool cannot have the vault hedge there, and the account stays as it was.
    function test_H2_RevertIf_ThePoolIsSkewed() public {
        long(alice, 20_000 * USD, 100e18);
        jumpWithPool(1900e18);
        spot.moveTo(1850e18);
        vm.expectPartialRevert(ISpotHedgeVault.HedgeTooFar.selector);
        closeAgainst(alice, address(shb));
        spot.moveTo(1960e18);
        vm.expectPartialRevert(ISpotHedgeVault.HedgeTooFar.selector);
        closeAgainst(alice, address(shb));
        assertEq(sizeOf(alice), 100e18);
        assertEq(sizeOf(address(shb)), 0);
        assertLaws();
    }

    function test_SpotHedge_RevertIf_BeyondItsCapacity() public {
        short(alice, 20_000 * USD, 100e18);
        jumpWithPool(2100e18);
        vm.expectRevert(abi.encodeWithSelector(IMaker.MakerCapacityExceeded.selector, 50e18, 0));
        closeAgainst(alice, address(shb));
    }

    /// @dev A maker answers for its margin when liquidations grow its exposure.
    function test_L6_RevertIf_MakerLacksInitialMargin() public {
        long(alice, 20_000 * USD, 100e18);
        jump(1900e18);
        StubMaker poor = new StubMaker(vault, market, 1900e18);
        vm.prank(owner());
        house.registerMaker(address(poor));
        vm.expectRevert(
            abi.encodeWithSelector(
                MarginMath.InsufficientInitialMargin.selector, address(poor), int256(0), uint256(9500e18)
            )
        );
        closeAgainst(alice, address(poor));
    }
}

/// @dev Makers are accounts like others (T9).
contract LiquidateMakersTest is LadderTest {
    /// @dev A jump leaves the maker with less than maintenance: its position is taken over by somebody who can carry it.
    function test_T9_OracleMakerIsTakenOver() public {
        addMargin(alice, 200_000 * USD);
        buy(alice, address(om), 500e18);
        fund(keeper, 10_000_000 * USD);
        jump(3800e18);
        int256 value = valueOf(address(om));
        assertGt(value, 59_375e18);
        (uint256 base,) = takeOver(address(om));
        assertEq(base, 250e18);
        assertEq(sizeOf(address(om)), -250e18);
        assertEq(valueOf(address(om)), value - 23_750e18);
        assertLaws();
        // The winner takes its profit as far as the maker still is the other side.
        sell(alice, address(om), 250e18);
        assertEq(sizeOf(address(om)), 0);
        assertLaws();
    }

    /// @dev The market's shortfall is the maker's as well.
    function test_T9_InsolventOracleMaker_IsCoveredByInsurance() public {
        addMargin(alice, 200_000 * USD);
        buy(alice, address(om), 500e18);
        jump(4010.5e18);
        assertLt(valueOf(address(om)), 0);
        donate(1000 * USD);
        takeOver(address(om));
        assertFlatAndEmpty(address(om));
        assertEq(sizeOf(keeper), -500e18);
        assertLaws();
    }

    /// @dev A maker that was closed by its takers at a loss that it cannot bear is flat, below zero, and not forgotten:
    /// there is nothing to deleverage, so that its debt is recorded at once.
    function test_FlatMakerBelowZero_IsBadDebt() public {
        long(alice, 1_000_000 * USD, 5000e18);
        jump(2300e18);
        close(alice, maker);
        assertEq(sizeOf(maker), 0);
        assertEq(marginOf(maker), -500_000e18);
        vm.expectEmit(address(house));
        emit IForcedChanges.BadDebtRecorded(market, maker, 500_000e18);
        takeOver(maker);
        assertFlatAndEmpty(maker);
        assertEq(insurance(), -500_000e18);
        assertEq(uint8(house.statusOf(market)), uint8(MarketStatus.ReduceOnly));
        assertLaws();
    }

    function test_HookThatReverts_ChangesNothing() public {
        long(bob, 1_000_000 * USD, 5000e18);
        jump(2080e18);
        stub.setRevertsInHook(true);
        vm.expectEmit(address(house));
        emit IForcedChanges.ForcedHookFailed(market, maker, 2500e18, -2500 * 2080e18);
        takeOver(maker);
        assertEq(sizeOf(maker), -2500e18);
        assertLaws();
    }

    function test_RevertIf_HookIsStarved() public {
        long(bob, 1_000_000 * USD, 5000e18);
        jump(2080e18);
        LiquidationParams memory p = params(maker, address(0));
        vm.prank(keeper);
        (bool done, bytes memory reason) = address(house).call{gas: 1_100_000}(abi.encodeCall(house.liquidate, (p)));
        assertFalse(done);
        assertEq(bytes4(reason), NotEnoughGas.selector);
    }
}

/// @dev A base vault whose margin funding has eaten.
contract LiquidateSpotHedgeVaultTest is LadderTest {
    /// @dev Takers are long 400 of the stub and short 50 of the vault, which pays them 60% of a day's most.
    function _bleed(uint256 time) private {
        vm.prank(owner());
        house.setFunding(market, 1e13, 1e13 / uint64(1 hours), 1e18);
        addMargin(bob, 20_000 * USD);
        sell(bob, address(shb), 50e18);
        spot.moveTo(2000e18);
        long(alice, 200_000 * USD, 400e18);
        // Half an hour of the most is lost while the rate gets there.
        skip(1800 + time);
        jumpWithPool(2000e18);
    }

    function test_SpotHedgeVault_IsTakenOver_AndBuysBackWhatIsLeft() public {
        // 95 to 96 thousand of the vault's 100 thousand
        _bleed(95_500);
        int256 value = valueOf(address(shb));
        assertGt(value, 0);
        assertLt(value, 6250e18);
        (uint256 base,) = takeOver(address(shb));
        assertGt(base, 0);
        assertLe(sizeOf(address(shb)), 25e18);
        // Nothing is left over for base while part of the position is open: what fees ate is lost, not owed.
        assertEq(shb.hedgeGap(), 0);
        assertLe(int256(uint256(shb.assetBalance())) + sizeOf(address(shb)), 100e18);
    }

    function test_SpotHedgeVault_PoolIsAway_RecordsTheGapAndClosesItLater() public {
        _bleed(97_100);
        // Not more than half of the requirement, and more than the penalty.
        assertLe(valueOf(address(shb)) * 2, 6250e18);
        assertGt(valueOf(address(shb)), 2600e18);
        spot.moveTo(2100e18);
        takeOver(address(shb));
        assertEq(sizeOf(address(shb)), 0);
        assertEq(shb.hedgeGap(), 50e18);
        // There is no quote for the pool's price.
        vm.expectPartialRevert(IVault.InsufficientMargin.selector);
        shb.closeHedgeGap(type(uint256).max);

        spot.moveTo(2000e18);
        uint256 worth = uint256(marginOf(address(shb))) / 2000;
        shb.closeHedgeGap(type(uint256).max);
        assertEq(shb.hedgeGap(), 0);
        assertApproxEqRel(shb.assetBalance() - 50e18, worth, 0.006e18, "all that was left of it");
        assertLt(marginOf(address(shb)), int256(worth * 2000 * 6 / 1000), "but what the swap might have cost");
        vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.NoHedgeGap.selector));
        shb.closeHedgeGap(type(uint256).max);
    }
}
