// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IMaker} from "../../../src/interfaces/IMaker.sol";
import {ISpotHedgeVault} from "../../../src/interfaces/ISpotHedgeVault.sol";
import {SpotHedgeBaseMakerTest} from "../../utils/SpotHedgeBaseMakerTest.sol";

contract SpotHedgeBaseMakerFillOrderTest is SpotHedgeBaseMakerTest {
    // ------------------------------------------------------------------------------------------- price and margin ----

    function test_Sell_TakerTradesAtTheSwapsPrice() public {
        uint256 yield = poolYield(10e18);
        (int256 base, int256 quote) = sell(alice, maker, 10e18);
        assertEq(base, -10e18);
        assertEq(quote, int256(yield));
        assertEq(marginOf(maker), int256(yield), "the proceeds are margin");
        assertEq(shb.assetBalance(), 90e18);
    }

    function test_Sell_EmitsSpotHedged() public {
        uint256 yield = poolYield(1e18);
        vm.expectEmit(address(shb));
        emit ISpotHedgeVault.SpotHedged(address(d.spotHedgeBaseMakerAdapter), START_PRICE, -1e18, yield, yield);
        sell(alice, maker, 1e18);
    }

    function test_Buy_DrawsItsCostFromTheMargin() public {
        sell(alice, maker, 10e18);
        int256 margin = marginOf(maker);
        // Bob opens a long, so he trades at the swap's price as well.
        (, int256 quote) = buy(bob, maker, 4e18);
        assertEq(sizeOf(maker), 6e18);
        assertEq(shb.assetBalance(), 94e18);
        assertEq(marginOf(maker) + positionOf(maker).openNotional.unwrap(), 0, "all proceeds were spent");
        assertEq(marginOf(maker), margin * 6 / 10, "pro rata to the remaining position");
        assertLt(quote, -4 * 1990e18);
    }

    function test_BuyBack_PaysTheOraclePriceAfterItsOwnImpact() public {
        (, int256 got) = sell(alice, maker, 10e18);
        (, int256 paid) = buy(alice, maker, 10e18);
        assertLt(got, 20_000e18);
        assertEq(paid, -20_000e18);
        assertGt(marginOf(maker), 0, "the maker keeps the difference to the swap");
    }

    function test_Spread_StaysInTheVaultsMargin() public {
        setSpread(1000);
        uint256 yield = poolYield(10e18);
        (, int256 quote) = sell(alice, maker, 10e18);
        assertEq(quote, int256(yield * 999 / 1000), "of the taker");
        assertEq(marginOf(maker), int256(yield), "of the maker");
        int256 value = valueOf(maker) - 10e18 * 2000;
        assertEq(value, int256(yield) - quote, "earned");
    }

    function testFuzz_Spread_AllFourKinds_VaultEarnsAtLeastTheSpread(
        uint256 amount,
        bool isBaseToQuote,
        bool isExactInput
    ) public {
        setSpread(2000);
        sell(bob, maker, 30e18);
        // Alice is long against the OracleMaker when she buys: both directions increase her position.
        if (!isBaseToQuote) buy(alice, address(om), 1e18);
        int256 before = valueOf(maker) - sizeOf(maker) * 2000;
        amount = boundAmount(amount, 1e15, 20e18);
        uint256 given = isBaseToQuote == isExactInput ? amount : amount * 2000;
        (, int256 quote) = tradeAs(alice, order(alice, maker, isBaseToQuote, isExactInput, given));
        // Value of the margin account less the base at a constant price: it contains the pool's quote and the taker's.
        int256 earned = valueOf(maker) - sizeOf(maker) * 2000 - before;
        uint256 notional = uint256(quote < 0 ? -quote : quote);
        assertGe(earned + 1e12, int256(notional * 1995 / PPM));
        assertLe(earned, int256(notional * 2005 / PPM) + 1e12);
    }

    // --------------------------------------------------------------------------------------------- H2, increasing ----

    function test_H2_RevertIf_IncreasingHedgeIsTooFar() public {
        spot.moveTo(1959e18);
        uint256 yield = poolYield(1e18);
        assertLt(yield, 1960e18);
        vm.expectRevert(
            abi.encodeWithSelector(ISpotHedgeVault.HedgeTooFar.selector, yield, START_PRICE, uint256(20_000))
        );
        sell(alice, maker, 1e18);
    }

    /// @dev A price that is too good is refused like a bad one: an account may have moved the pool.
    function test_H2_RevertIf_IncreasingHedgeIsTooGood() public {
        spot.moveTo(2043e18);
        uint256 yield = poolYield(1e18);
        vm.expectRevert(
            abi.encodeWithSelector(ISpotHedgeVault.HedgeTooFar.selector, yield, START_PRICE, uint256(20_000))
        );
        sell(alice, maker, 1e18);
    }

    function test_H2_RevertIf_IncreasingBuyIsTooFar() public {
        sell(bob, maker, 10e18);
        spot.moveTo(2045e18);
        vm.expectPartialRevert(ISpotHedgeVault.HedgeTooFar.selector);
        buy(alice, maker, 1e18);
    }

    // ----------------------------------------------------------------------------------------------- H2, reducing ----

    function test_H2_Reducing_TakerPaysAWorseSwapPrice() public {
        sell(alice, maker, 10e18);
        int256 margin = marginOf(maker);
        spot.moveTo(2200e18);
        (, int256 quote) = buy(alice, maker, 5e18);
        assertLt(quote, -5 * 2200e18, "the swap's price, without a bound");
        assertEq(marginOf(maker), margin / 2, "the base vault gained and lost nothing");
    }

    function test_H2_Reducing_TakerPaysTheOraclePriceWhenTheSwapIsBetter() public {
        sell(alice, maker, 10e18);
        int256 before = vaultValue(START_PRICE);
        spot.moveTo(1800e18);
        (, int256 quote) = buy(alice, maker, 5e18);
        assertEq(quote, -5 * 2000e18);
        assertGt(vaultValue(START_PRICE) - before, 5 * 190e18, "the maker keeps the surplus");
    }

    function test_H2_Reducing_SellerGetsTheWorsePrice() public {
        buy(alice, address(om), 10e18);
        spot.moveTo(2200e18);
        (, int256 quote) = sell(alice, maker, 5e18);
        assertEq(quote, 5 * 2000e18, "the oracle price");
        spot.moveTo(1800e18);
        (, quote) = sell(alice, maker, 5e18);
        assertLt(quote, 5 * 1800e18, "the swap's price");
    }

    /// @dev Exact quote in: the oracle price determines the base, and the hedge follows.
    function test_H2_ReducingExactQuoteIn_GetsTheOraclesBaseWhenTheSwapIsBetter() public {
        sell(alice, maker, 10e18);
        (int256 before, int256 value) = (exposure(), vaultValue(START_PRICE));
        spot.moveTo(1800e18);
        (int256 base, int256 quote) = tradeAs(alice, order(alice, maker, false, true, 10_000e18));
        assertEq(base, 5e18);
        assertEq(quote, -10_000e18);
        assertEq(exposure(), before, "H1");
        assertGt(vaultValue(START_PRICE), value, "the maker keeps the surplus");
    }

    function test_H2_ReducingExactQuoteIn_GetsTheSwapsBaseWhenTheSwapIsWorse() public {
        sell(alice, maker, 10e18);
        (int256 before, int256 value) = (exposure(), vaultValue(START_PRICE));
        spot.moveTo(2200e18);
        (int256 base,) = tradeAs(alice, order(alice, maker, false, true, 11_000e18));
        assertLt(base, 5e18);
        assertGt(base, 4.9e18);
        assertEq(exposure(), before, "H1");
        assertApproxEqAbs(vaultValue(START_PRICE), value, 1e13, "the base vault neither gains nor loses");
    }

    /// @dev Exact quote out: the taker gives the base at the oracle price when the swap needed less.
    function test_H2_ReducingExactQuoteOut_GivesTheOraclesBaseWhenTheSwapIsBetter() public {
        buy(alice, address(om), 10e18);
        (int256 before, int256 value) = (exposure(), vaultValue(START_PRICE));
        spot.moveTo(2200e18);
        (int256 base, int256 quote) = tradeAs(alice, order(alice, maker, true, false, 10_000e18));
        assertEq(base, -5e18);
        assertEq(quote, 10_000e18);
        assertEq(exposure(), before, "H1");
        assertGt(vaultValue(START_PRICE), value, "the maker keeps the surplus");
    }

    /// @dev T9: the margin ratio of the maker prevents no close, since it never falls when the maker buys base back.
    function test_T9_ClosesAtAnyPrice() public {
        sell(alice, maker, 50e18);
        skip(1);
        setPrice(9000e18);
        spot.moveTo(9000e18);
        addMargin(alice, quoteXCD(600_000e18));
        close(alice, maker);
        assertEq(sizeOf(maker), 0);
        assertEq(exposure(), 100e18);
        skip(1);
        setPrice(200e18);
        spot.moveTo(200e18);
        sell(bob, maker, 50e18);
        close(bob, maker);
        assertEq(exposure(), 100e18);
    }

    // --------------------------------------------------------------------------------------------------- capacity ----

    function test_RevertIf_SellExceedsBaseHeld() public {
        _use95();
        vm.expectRevert(abi.encodeWithSelector(IMaker.MakerCapacityExceeded.selector, 6e18, 5e18));
        sell(alice, maker, 6e18);
        sell(alice, maker, 5e18);
        assertEq(shb.assetBalance(), 0);
    }

    function test_RevertIf_SellForQuoteExceedsBaseHeld() public {
        _use95();
        vm.expectPartialRevert(IMaker.MakerCapacityExceeded.selector);
        tradeAs(alice, order(alice, maker, true, false, 12_000e18));
    }

    function test_RevertIf_BuyExceedsTheVaultsLong() public {
        sell(bob, maker, 5e18);
        vm.expectRevert(abi.encodeWithSelector(IMaker.MakerCapacityExceeded.selector, 6e18, 5e18));
        buy(alice, maker, 6e18);
    }

    function test_RevertIf_BuyWithQuoteExceedsTheVaultsLong() public {
        sell(bob, maker, 5e18);
        vm.expectPartialRevert(IMaker.MakerCapacityExceeded.selector);
        tradeAs(alice, order(alice, maker, false, true, 10_100e18));
    }

    function test_RevertIf_VaultIsFlatAndTakerBuys() public {
        vm.expectRevert(abi.encodeWithSelector(IMaker.MakerCapacityExceeded.selector, 1e18, 0));
        buy(alice, maker, 1e18);
    }

    function test_UtilRatio_IsOnTheShortSide() public {
        sell(alice, maker, 25e18);
        (uint256 long, uint256 short) = shb.getUtilRatio();
        assertEq(long, 0);
        assertEq(short, 0.25e18);
        assertTrue(shb.isSpotHedged());
    }

    /// @dev Uses 95 of the 100 base in two parts, with the pool moved back between them.
    function _use95() private {
        sell(bob, maker, 50e18);
        spot.moveTo(START_PRICE);
        sell(bob, maker, 45e18);
        spot.moveTo(START_PRICE);
    }
}

/// @dev A base token of 8 decimals and collateral of 18.
contract SpotHedgeBaseMakerFillOrderCoarseTokenTest is SpotHedgeBaseMakerTest {
    uint256 private constant UNIT = 1e10;

    function baseDecimals() internal pure override returns (uint8) {
        return 8;
    }

    function collateralDecimals() internal pure override returns (uint8) {
        return 18;
    }

    function test_RevertIf_IncreasingOrderIsFinerThanTheToken() public {
        vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.FinerThanBaseToken.selector, 1e18 + 1, UNIT));
        sell(alice, maker, 1e18 + 1);
    }

    function testFuzz_H1_ReductionsFinerThanTheTokenNeverAddUp(uint256[8] memory parts) public {
        sell(alice, maker, 10e18);
        buy(bob, address(om), 10e18);
        int256 before = exposure();
        for (uint256 i = 0; i < parts.length; ++i) {
            if (i % 2 == 0) buy(alice, maker, boundSize(parts[i], 1, 1e18));
            else sell(bob, maker, boundSize(parts[i], 1, 1e18));
            int256 drift = exposure() - before;
            assertGe(drift, 0, "H1: less base than owed");
            assertLt(drift, int256(UNIT), "H1: more than the last decimal");
        }
        close(alice, maker);
        assertLt(exposure() - before, int256(UNIT));
        assertGe(exposure() - before, 0);
    }
}
