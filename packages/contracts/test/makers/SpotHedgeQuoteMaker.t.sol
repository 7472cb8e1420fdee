// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ILpVault} from "../../src/interfaces/ILpVault.sol";
import {IMaker} from "../../src/interfaces/IMaker.sol";
import {IQuoteVault} from "../../src/interfaces/IQuoteVault.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {NotSelf} from "../../src/types/Errors.sol";
import {QuoteVaultTest} from "../utils/QuoteVaultTest.sol";

contract SpotHedgeQuoteMakerFillTest is QuoteVaultTest {
    // ------------------------------------------------------------------------------------------------------- H1 ----

    function testFuzz_H1_AllFourKinds_BaseHeldMirrorsSize(uint256 amount, bool isBaseToQuote, bool isExactInput)
        public
    {
        buy(bob, maker, 30e18);
        uint256 held = shq.baseBalance();
        amount = boundAmount(amount, 1e12, 20e18);
        bool isExactBase = isBaseToQuote == isExactInput;
        uint256 given = isExactBase ? amount : amount * START_PRICE / WAD;
        (int256 base, int256 quote) = tradeAs(alice, order(alice, maker, isBaseToQuote, isExactInput, given));
        assertEq(int256(uint256(shq.baseBalance())) - int256(held), base, "base held changes as the taker's size");
        assertEq(exposure(), 0);
        assertEq(isExactBase ? (base < 0 ? -base : base) : (quote < 0 ? -quote : quote), int256(given), "exact side");
        assertEq(weth.balanceOf(maker), shq.baseBalance(), "base tokens");
        assertEq(usd.balanceOf(maker), shq.assetBalance(), "quote tokens");
    }

    function test_Buy_PaysFromTheBalanceAndMovesTheMargin() public {
        (int256 base, int256 quote) = buy(alice, maker, 10e18);
        assertEq(base, 10e18);
        assertLt(quote, -20_000e18, "the swap's price");
        assertEq(shq.baseBalance(), 10e18);
        assertEq(sizeOf(maker), -10e18);
        assertEq(positionOf(maker).openNotional.unwrap(), -quote);
        // Half of the notional at the oracle price; what the swap's price is above it is unrealised profit, no margin.
        assertEq(marginOf(maker), 10_000e18);
        assertEq(shq.assetBalance(), 1_000_000 * USD - uint256(-quote) / 1e12 - 10_000 * USD);
        assertApproxEqAbs(vaultValue(START_PRICE), 1_000_000e18, 1e12, "the taker paid for the swap");
    }

    function test_Sell_SellsTheBaseAndTakesMarginBack() public {
        buy(alice, maker, 10e18);
        uint256 before = shq.assetBalance();
        uint256 yield = poolYield(4e18);
        // Bob sells the vault's base back: he opens a short at the swap's price.
        (int256 base, int256 quote) = sell(bob, maker, 4e18);
        assertEq(base, -4e18);
        assertEq(uint256(quote), yield);
        assertEq(shq.baseBalance(), 6e18);
        assertEq(marginOf(maker) / 1e12, 6_000e6, "half of what is left");
        assertGt(shq.assetBalance(), before + yield / 1e12 + 3_990 * USD);
    }

    function test_Sell_BackGetsTheOraclePriceAfterOnesOwnImpact() public {
        (, int256 paid) = buy(alice, maker, 10e18);
        spot.moveTo(2020e18);
        (, int256 got) = sell(alice, maker, 10e18);
        assertLt(paid, -20_000e18);
        assertEq(got, 20_000e18, "no better than the oracle");
        assertEq(sizeOf(maker), 0);
        assertEq(shq.baseBalance(), 0);
        assertLt(marginOf(maker), 1e12, "all margin is back");
        assertGt(shq.assetBalance(), 1_000_000 * USD, "the difference is the vault's");
    }

    function test_Spread_StaysWithTheVault() public {
        setSpread(1000);
        (, int256 quote) = buy(alice, maker, 10e18);
        int256 earned = vaultValue(START_PRICE) - 1_000_000e18;
        assertApproxEqRel(uint256(earned), uint256(-quote) / 1001, 1e12);
    }

    function test_EmitsSpotHedged() public {
        vm.expectEmit(true, false, false, false, address(shq));
        emit ISpotHedgeVault.SpotHedged(address(d.spotHedgeBaseMakerAdapter), START_PRICE, 1e18, 0, 0);
        buy(alice, maker, 1e18);
    }

    // ------------------------------------------------------------------------------------------------------- H2 ----

    function test_H2_RevertIf_IncreasingHedgeIsTooFar() public {
        spot.moveTo(2042e18);
        vm.expectPartialRevert(ISpotHedgeVault.HedgeTooFar.selector);
        buy(alice, maker, 1e18);
        spot.moveTo(1955e18);
        vm.expectPartialRevert(ISpotHedgeVault.HedgeTooFar.selector);
        buy(alice, maker, 1e18);
    }

    /// @dev T5: push the pool up, sell to the vault what it must buy dear, push it back. What the bound leaves is less than
    /// what moving a pool of 5,000 ETH costs.
    function test_T5_SelfSandwich_LosesMoney() public {
        uint256 id = vm.snapshotState();
        for (uint256 push = 2005e18; push <= 2036e18; push += 5e18) {
            int256 value = vaultValue(START_PRICE);
            spot.moveTo(push);
            buy(alice, maker, 20e18);
            spot.moveTo(START_PRICE);
            // The taker pays the swap's price: the vault does not lose to it.
            assertGe(vaultValue(START_PRICE) + 1e13, value);
            sell(alice, maker, 20e18);
            assertGe(vaultValue(START_PRICE) + 1e13, value, "nor on the way back");
            vm.revertToState(id);
        }
    }

    function testFuzz_H2_Reducing_TakerNeverDoesBetterThanTheOracle(
        uint256 amount,
        uint256 poolPrice,
        bool isBaseToQuote,
        bool isExactInput
    ) public {
        buy(bob, maker, 30e18);
        if (isBaseToQuote) buy(alice, maker, 20e18);
        else sell(alice, address(om), 20e18);
        spot.moveTo(boundExactPrice(poolPrice, 1500e18, 2500e18));
        bool isExactBase = isBaseToQuote == isExactInput;
        amount = boundAmount(amount, isExactBase ? 1 : 1e10, 11e18);
        uint256 given = isExactBase ? amount : amount * 2000;
        int256 value = vaultValue(START_PRICE);
        (int256 base, int256 quote) = tradeAs(alice, order(alice, maker, isBaseToQuote, isExactInput, given));
        assertLe(base * 2000 + quote, 0, "taker against the oracle");
        assertEq(exposure(), 0, "H1");
        assertGe(vaultValue(START_PRICE) + 3e12, value, "the vault lost");
    }

    // --------------------------------------------------------------------------------------------- one-sidedness ----

    function test_RevertIf_SellExceedsTheVaultsShort() public {
        vm.expectRevert(abi.encodeWithSelector(IMaker.MakerCapacityExceeded.selector, 1e18, 0));
        sell(alice, maker, 1e18);
        buy(bob, maker, 5e18);
        vm.expectRevert(abi.encodeWithSelector(IMaker.MakerCapacityExceeded.selector, 6e18, 5e18));
        sell(alice, maker, 6e18);
        vm.expectPartialRevert(IMaker.MakerCapacityExceeded.selector);
        tradeAs(alice, order(alice, maker, true, false, 10_100e18));
    }

    // -------------------------------------------------------------------------------------------------- capacity ----

    /// @dev What is left, to the last decimal that the error states, is taken.
    function testFuzz_RevertIf_BuyExceedsCapacity_WhatIsLeftFits(uint256 first, uint256 more) public {
        depositLp(lp, quoteXCD(5_000_000e18), 0);
        first = boundSize(first, 1e18, 200e18);
        buy(bob, maker, first);
        spot.moveTo(START_PRICE);
        uint256 amount = boundSize(more, 0, 150e18) + 251e18 - first;
        (uint256 left, bool isWithinBalance) = _leftOf(amount);
        if (!isWithinBalance) return;
        assertLt(left, amount);
        assertApproxEqRel(left + first, 250e18, 0.03e18, "half of the collateral, swaps aside");
        buy(alice, maker, left);
        assertEq(exposure(), 0);
        (, uint256 capacity) = shq.getCapacity();
        assertEq(capacity, 250e18);
    }

    function _leftOf(uint256 amount) private returns (uint256 left, bool isWithinBalance) {
        vm.prank(alice);
        (bool success, bytes memory answer) =
            address(house).call(abi.encodeCall(house.trade, (order(alice, maker, false, false, amount))));
        assertFalse(success);
        isWithinBalance = bytes4(answer) == IMaker.MakerCapacityExceeded.selector;
        if (!isWithinBalance) assertEq(bytes4(answer), IMaker.MakerQuoteCapacityExceeded.selector);
        uint256 requested;
        assembly {
            requested := mload(add(answer, 0x24))
            left := mload(add(answer, 0x44))
        }
        if (isWithinBalance) {
            assertEq(requested, amount);
            return (left, true);
        }
        // The swap alone costs more than the balance: what it could cost fits.
        assertGt(requested, left);
        tradeAs(alice, order(alice, maker, false, true, left));
        assertEq(exposure(), 0);
    }

    function test_RevertIf_TheSwapAloneExceedsTheBalance() public {
        vm.expectPartialRevert(IMaker.MakerQuoteCapacityExceeded.selector);
        buy(alice, maker, 600e18);
    }

    function test_UtilRatio_IsOnTheLongSide() public {
        buy(alice, maker, 50e18);
        (uint256 long, uint256 short) = shq.getUtilRatio();
        assertEq(long, WAD - uint256(shq.assetBalance()) * WAD / (1_000_000 * USD));
        assertApproxEqRel(long, 0.15e18, 0.01e18);
        assertEq(short, 0);
        assertTrue(shq.isSpotHedged());
    }

    // ------------------------------------------------------------------------------------------------------- T9 ----

    /// @dev T9: the vault's own health stops no closing, though nobody has looked after its margin.
    function test_T9_ClosesAtAnyPrice() public {
        buy(alice, maker, 100e18);
        movePrice(3500e18);
        assertLt(valueOf(maker), 0, "the account alone is insolvent");
        sell(alice, maker, 40e18);
        assertEq(exposure(), 0);
        assertEq(marginOf(maker) + positionOf(maker).openNotional.unwrap() - 60 * 3500e18, 60 * 1750e18, "topped up");
        close(alice, maker);
        assertEq(sizeOf(maker), 0);
        assertEq(shq.baseBalance(), 0);
        assertGe(marginOf(maker), 0);
        movePrice(300e18);
        buy(bob, maker, 50e18);
        movePrice(100e18);
        close(bob, maker);
        assertEq(exposure(), 0);
        assertGt(vaultValue(100e18), 990_000e18);
    }

    /// @dev A close in one go takes what the margin lacks from its own proceeds.
    function test_T9_WholeCloseOfAnUnfundedShort() public {
        buy(alice, maker, 240e18);
        movePrice(4000e18);
        assertLt(valueOf(maker), 0);
        close(alice, maker);
        assertEq(sizeOf(maker), 0);
        assertGe(marginOf(maker), 0, "no bad debt");
        assertGe(d.lens.marketOf(market).insurance, 0);
    }
}

contract SpotHedgeQuoteMakerRebalanceTest is QuoteVaultTest {
    function test_Rebalance_MovesTheBalanceIntoTheMargin() public {
        buy(alice, maker, 50e18);
        movePrice(2200e18);
        uint256 balance = shq.assetBalance();
        int256 value = vaultValue(2200e18);
        IQuoteVault.QuoteHedge memory hedge = shq.getHedge();
        assertEq(hedge.targetMargin, 55_000e18);
        vm.prank(keeper);
        int256 moved = shq.rebalance();
        assertEq(moved, hedge.toMoveXCD);
        uint256 fee = usd.balanceOf(keeper);
        assertEq(fee, uint256(moved) / 10_000, "one basis point");
        assertEq(shq.assetBalance(), balance - uint256(moved) - fee);
        assertApproxEqAbs(valueOf(maker), 55_000e18, 1e12);
        assertEq(vaultValue(2200e18), value - int256(fee) * 1e12, "only the fee left the vault");
        assertEq(usd.balanceOf(maker), shq.assetBalance());
    }

    function test_Rebalance_TakesBackWhenThePriceFalls() public {
        buy(alice, maker, 50e18);
        movePrice(1500e18);
        uint256 balance = shq.assetBalance();
        vm.prank(keeper);
        int256 moved = shq.rebalance();
        // Unrealised profit does not count: of 50,000, half of the notional stays.
        assertEq(moved, -(50_000e6 - 37_500e6));
        assertEq(shq.assetBalance(), balance + 12_500e6 - usd.balanceOf(keeper));
        assertEq(marginOf(maker), 37_500e18);
    }

    function test_Rebalance_OfAFlatVaultTakesAllBack() public {
        buy(alice, maker, 50e18);
        close(alice, maker);
        assertLt(marginOf(maker), 1e12);
        vm.expectPartialRevert(IQuoteVault.NothingToRebalance.selector);
        shq.rebalance();
    }

    function test_T34_RevertIf_InsideTheBand() public {
        buy(alice, maker, 50e18);
        vm.expectPartialRevert(IQuoteVault.NothingToRebalance.selector);
        shq.rebalance();
        movePrice(2060e18);
        vm.expectPartialRevert(IQuoteVault.NothingToRebalance.selector);
        shq.rebalance();
        movePrice(2100e18);
        shq.rebalance();
        vm.expectPartialRevert(IQuoteVault.NothingToRebalance.selector);
        shq.rebalance();
    }

    /// @dev T34: no swap to sandwich, a fee with a cap, and one fee in an interval.
    function test_T34_TheFeeIsCappedAndPaidOncePerInterval() public {
        buy(alice, maker, 200e18);
        movePrice(2600e18);
        vm.startPrank(keeper);
        uint256 moved = uint256(shq.rebalance());
        assertGt(moved / 10_000, 5 * USD);
        assertEq(usd.balanceOf(keeper), 5 * USD, "the cap");
        vm.stopPrank();
        movePrice(2000e18);
        vm.prank(keeper);
        shq.rebalance();
        assertEq(usd.balanceOf(keeper), 5 * USD, "not again so soon");
        skip(30);
        movePrice(2500e18);
        vm.prank(keeper);
        shq.rebalance();
        assertEq(usd.balanceOf(keeper), 10 * USD);
    }

    function test_Rebalance_MovesWhatThereIs() public {
        buy(alice, maker, 240e18);
        movePrice(4100e18);
        uint256 balance = shq.assetBalance();
        vm.prank(keeper);
        uint256 moved = uint256(shq.rebalance());
        assertEq(moved + usd.balanceOf(keeper), balance, "all of it, less the fee");
        assertEq(shq.assetBalance(), 0);
        vm.expectPartialRevert(IQuoteVault.NothingToRebalance.selector);
        shq.rebalance();
    }

    // ------------------------------------------------------------------------------------------------ deleverage ----

    /// @dev Half margin and half reserve carry the price to almost twice of what it was.
    function test_Deleverage_ClosesAPartAgainstTheOracleMaker() public {
        depositLp(lp, quoteXCD(5_000_000e18), 0);
        buy(alice, maker, 240e18);
        addMargin(alice, quoteXCD(500_000e18));
        movePrice(3550e18);
        vm.expectPartialRevert(IQuoteVault.EnoughFunds.selector);
        shq.announceDeleverage();
        movePrice(3750e18);
        int256 value = vaultValue(3750e18);
        uint256 toClose = shq.getHedge().toClose;
        assertGt(toClose, 0);
        uint256 base = deleverage(3750e18);
        assertEq(base, toClose);
        assertEq(exposure(), 0, "H1");
        assertEq(sizeOf(maker), -240e18 + int256(base));
        assertEq(sizeOf(address(om)), -int256(base), "the OracleMaker has it");
        skip(1);
        setPrice(3750e18);
        IQuoteVault.QuoteHedge memory hedge = shq.getHedge();
        // Deleveraged to 20%, costs aside.
        assertGt(hedge.margin, int256(hedge.targetMargin * 39 / 100));
        assertEq(hedge.toClose, 0);
        // Both legs are inside their bound.
        assertGt(vaultValue(3750e18), value - int256(base * 3750 / 100));
        vm.expectPartialRevert(IQuoteVault.EnoughFunds.selector);
        shq.announceDeleverage();
    }

    function test_Deleverage_OneAnnouncementAtATime() public {
        _needDeleverage();
        vm.prank(stranger);
        shq.announceDeleverage();
        uint256 due = shq.deleverageAt();
        assertEq(due, timestamp() + 3);
        vm.expectRevert(abi.encodeWithSelector(IQuoteVault.DeleverageAlive.selector, timestamp(), due + 60));
        shq.announceDeleverage();
        bytes[] memory update = executionUpdate(3750e18, due);
        vm.expectRevert(abi.encodeWithSelector(IQuoteVault.DeleverageNotDue.selector, timestamp(), due));
        shq.deleverage(address(om), update);
        skip(64);
        setPrice(3750e18);
        vm.expectRevert(abi.encodeWithSelector(IQuoteVault.DeleverageExpired.selector, timestamp(), due + 60));
        shq.deleverage(address(om), update);
        shq.announceDeleverage();
        assertEq(shq.deleverageAt(), timestamp() + 3);
    }

    /// @dev T34: a pool that was moved, or a maker that asks for more, fails the whole.
    function test_T34_Deleverage_RevertIf_ThePoolWasMoved() public {
        _needDeleverage();
        shq.announceDeleverage();
        skip(3);
        bytes[] memory update = executionUpdate(3750e18, timestamp());
        spot.moveTo(3700e18);
        vm.expectPartialRevert(ISpotHedgeVault.HedgeTooFar.selector);
        shq.deleverage(address(om), update);
        spot.moveTo(3750e18);
        shq.deleverage(address(om), update);
        assertEq(exposure(), 0);
        vm.expectRevert(abi.encodeWithSelector(IQuoteVault.DeleverageNotDue.selector, timestamp(), 0));
        shq.deleverage(address(om), update);
    }

    function _needDeleverage() private {
        depositLp(lp, quoteXCD(5_000_000e18), 0);
        buy(alice, maker, 240e18);
        movePrice(3750e18);
    }

    function test_RevertIf_SellHeldByAnybody() public {
        vm.expectRevert(abi.encodeWithSelector(NotSelf.selector, address(this)));
        (bool success,) = maker.call(abi.encodeWithSignature("sellHeld(uint256,uint256,uint24)", 1, 1, 1));
        success;
    }

    // ----------------------------------------------------------------------------------------------------- rules ----

    function test_SetQuoteRules_RevertIf_OutOfRange() public {
        IQuoteVault.QuoteRules memory rules = shq.quoteRules();
        vm.startPrank(owner());
        rules.targetMarginRatio = 199_999;
        vm.expectRevert(abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 199_999, 200_000, PPM));
        shq.setQuoteRules(rules);
        rules.targetMarginRatio = 500_000;
        rules.rebalanceBand = 400_001;
        vm.expectRevert(abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 400_001, 1, 400_000));
        shq.setQuoteRules(rules);
        rules.rebalanceBand = 10_000;
        rules.deleverageRatio = 490_001;
        vm.expectRevert(abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 490_001, 100_000, 490_000));
        shq.setQuoteRules(rules);
        rules.deleverageRatio = 100_000;
        rules.maxDeleverageDeviation = 5_001;
        vm.expectRevert(abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 5_001, 1, 5_000));
        shq.setQuoteRules(rules);
        rules.maxDeleverageDeviation = 4_000;
        rules.keeperFeeRatio = 1_001;
        vm.expectRevert(abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 1_001, 0, 1_000));
        shq.setQuoteRules(rules);
        rules.keeperFeeRatio = 1_000;
        rules.validity = 9;
        vm.expectRevert(abi.encodeWithSelector(IQuoteVault.InvalidTimes.selector, 3, 10, 9));
        shq.setQuoteRules(rules);
        rules.validity = 10;
        vm.expectEmit(address(shq));
        emit IQuoteVault.QuoteRulesSet(rules);
        shq.setQuoteRules(rules);
        assertEq(abi.encode(shq.quoteRules()), abi.encode(rules));
        vm.stopPrank();
    }
}

/// @dev Collateral of 18 and base of 8 decimals.
contract SpotHedgeQuoteMaker18And8Test is QuoteVaultTest {
    function baseDecimals() internal pure override returns (uint8) {
        return 8;
    }

    function collateralDecimals() internal pure override returns (uint8) {
        return 18;
    }

    function testFuzz_H1_ToTheTokensLastDecimal(uint256 first, uint256 second, bool isExactInput) public {
        first = boundSize(first, 1e18, 20e18) / 1e10 * 1e10;
        buy(alice, maker, first);
        assertEq(exposure(), 0);
        // Closes finer than the token's unit are allowed, and never add up.
        second = boundSize(second, 1e11, first);
        tradeAs(alice, order(alice, maker, true, isExactInput, isExactInput ? second : second * 1900));
        assertEq(exposure(), 0);
        if (sizeOf(alice) != 0) close(alice, maker);
        assertEq(sizeOf(maker), 0);
        assertEq(shq.baseBalance(), 0);
    }

    function test_RevertIf_IncreaseIsFinerThanTheBaseToken() public {
        vm.expectPartialRevert(ISpotHedgeVault.FinerThanBaseToken.selector);
        buy(alice, maker, 1e18 + 1);
    }
}
