// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Vm} from "forge-std/Vm.sol";
import {LiquidationParams} from "../../src/interfaces/IClearingHouse.sol";
import {IMaker} from "../../src/interfaces/IMaker.sol";
import {IOracleMaker} from "../../src/interfaces/IOracleMaker.sol";
import {OracleMakerTest} from "../utils/OracleMakerTest.sol";

contract OracleMakerFillOrderTest is OracleMakerTest {
    // ----------------------------------------------------------------------------------------------------- events ----

    /// @dev A buy of 100 from flat: 2000 (100 + 0.01 / 1000 x 100^2) = 200,200; 0.1% above the oracle price.
    function test_Buy_EmitsBothEvents() public {
        vm.expectEmit(maker);
        emit IOracleMaker.OMOrderFilled(market, 2000e18, 100e18, -200_200e18);
        vm.expectEmit(maker);
        emit IOracleMaker.PythOracleOrderFilled(2000e18, 2002e18, 100e18, 0, 1000);
        (int256 base, int256 quote) = buy(alice, maker, 100e18);
        assertEq(base, 100e18);
        assertEq(quote, -200_200e18);
    }

    /// @dev Names, order and types are the published ones, and no parameter is indexed.
    function test_Events_AreAsPublished() public {
        vm.recordLogs();
        buy(alice, maker, 100e18);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        uint256 found;
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter != maker) continue;
            assertEq(logs[i].topics.length, 1);
            if (found++ == 0) {
                assertEq(logs[i].topics[0], keccak256("OMOrderFilled(uint256,uint256,int256,int256)"));
                assertEq(logs[i].data, abi.encode(market, 2000e18, int256(100e18), int256(-200_200e18)));
            } else {
                assertEq(logs[i].topics[0], keccak256("PythOracleOrderFilled(uint256,uint256,uint256,uint256,uint256)"));
                assertEq(logs[i].data, abi.encode(2000e18, 2002e18, 100e18, 0, 1000));
            }
        }
        assertEq(found, 2);
    }

    function test_Sell_EmitsBothEvents() public {
        vm.expectEmit(maker);
        emit IOracleMaker.OMOrderFilled(market, 2000e18, -100e18, 199_800e18);
        vm.expectEmit(maker);
        emit IOracleMaker.PythOracleOrderFilled(2000e18, 1998e18, 100e18, 0, 1000);
        sell(alice, maker, 100e18);
    }

    function test_ExactQuote_EmitsTheSameAmounts() public {
        vm.expectEmit(maker);
        emit IOracleMaker.OMOrderFilled(market, 2000e18, 100e18, -200_200e18);
        tradeAs(alice, order(alice, maker, false, true, 200_200e18));
        vm.expectEmit(maker);
        emit IOracleMaker.OMOrderFilled(market, 2000e18, -100e18, 200_000e18);
        tradeAs(alice, order(alice, maker, true, false, 200_000e18));
    }

    function test_Reduction_PaysNoPremium() public {
        buy(alice, maker, 200e18);
        sell(bob, maker, 50e18);
        (, int256 quote) = sell(alice, maker, 150e18);
        assertEq(quote, 150 * 2000e18, "the maker's inventory ends at zero");
        assertEq(sizeOf(maker), 0);
    }

    // -------------------------------------------------------------------------------------------------------- fee ----

    /// @dev Curve 200,200 and 0.1% of it: 200,400.2, of which 200.2 are the fee.
    function test_LpFee_OfABuy_IsInPriceFeeAndSpread() public {
        setCharges(1000, 0, 0);
        vm.expectEmit(maker);
        emit IOracleMaker.OMOrderFilled(market, 2000e18, 100e18, -200_400.2e18);
        vm.expectEmit(maker);
        emit IOracleMaker.PythOracleOrderFilled(2000e18, 2004.002e18, 100e18, 200.2e18, 2001);
        (, int256 quote) = buy(alice, maker, 100e18);
        assertEq(quote, -200_400.2e18);
    }

    /// @dev Curve 199,800 less 0.1% of it: 199,600.2.
    function test_LpFee_OfASell_IsInPriceFeeAndSpread() public {
        setCharges(1000, 0, 0);
        vm.expectEmit(maker);
        emit IOracleMaker.PythOracleOrderFilled(2000e18, 1996.002e18, 100e18, 199.8e18, 1999);
        (, int256 quote) = sell(alice, maker, 100e18);
        assertEq(quote, 199_600.2e18);
    }

    function test_LpFee_ExactQuote_EmitsTheSameAmounts() public {
        setCharges(1000, 0, 0);
        vm.expectEmit(maker);
        emit IOracleMaker.PythOracleOrderFilled(2000e18, 2004.002e18, 100e18, 200.2e18, 2001);
        tradeAs(alice, order(alice, maker, false, true, 200_400.2e18));
        vm.expectEmit(maker);
        emit IOracleMaker.PythOracleOrderFilled(2000e18, 1998e18, 100e18, 200e18, 1000);
        tradeAs(alice, order(alice, maker, true, false, 199_800e18));
    }

    /// @dev The LPs receive the fees of both legs and the premium of the first; no other account receives any of it.
    function test_LpFee_StaysWithTheMaker() public {
        setCharges(1000, 0, 0);
        buy(alice, maker, 100e18);
        sell(alice, maker, 100e18);
        assertEq(om.totalAssets(), 1_000_000 * USD + 400.2e6 + 200e6);
        assertEq(marginOf(alice), 900_000e18 - 600.2e18);
    }

    // ------------------------------------------------------------------------------------------------- confidence ----

    /// @dev Half of a confidence of 8: m is 2004 for buys and 1996 for sells.
    function test_ConfidencePremium_MovesEachSideByKTimesConfidence() public {
        setCharges(0, 500_000, 10_000);
        setPriceWithConfidence(2000e18, 8e18);
        (, int256 quote) = buy(alice, maker, 100e18);
        assertEq(quote, -200_600.4e18, "2004 (100 + 0.01 / 1000 x 100^2)");
        (, quote) = sell(alice, maker, 100e18);
        assertEq(quote, 199_600e18, "1996 x 100");
        vm.expectEmit(maker);
        emit IOracleMaker.PythOracleOrderFilled(2000e18, 1996e18 * 0.999, 100e18, 0, 2998);
        sell(alice, maker, 100e18);
    }

    /// @dev The limit applies at any confidence: closing in a crash costs no more than the limit.
    function test_ConfidencePremium_IsLimited() public {
        setCharges(0, 2e6, 10_000);
        buy(alice, maker, 100e18);
        skip(1);
        setPriceWithConfidence(2000e18, 1500e18);
        (, int256 quote) = sell(alice, maker, 100e18);
        assertEq(quote, 198_000e18);
    }

    /// @dev Liquidations have a price of their own, which comes without a confidence.
    function test_ConfidencePremium_LeavesLiquidationsAlone() public {
        setCharges(0, 1e6, 20_000);
        fund(stranger, 20_500 * USD);
        addMargin(stranger, 20_500 * USD);
        vm.prank(owner());
        om.setValidSender(stranger, true);
        buy(stranger, maker, 100e18);
        skip(1);
        setPriceWithConfidence(1900e18, 1500e18);
        fund(keeper, 100_000 * USD);
        addMargin(keeper, 100_000 * USD);
        vm.expectEmit(maker);
        emit IOracleMaker.OMOrderFilled(market, 1900e18, -50e18, 95_000e18);
        vm.prank(keeper);
        house.liquidate(LiquidationParams(market, stranger, keeper, maker, 50e18, 0, 0));
    }

    // -------------------------------------------------------------------------------------------- order splitting ----

    /// @dev (1 + 3%) (1 + 1%) (1 + 0.9324%) is the last that fits a band of 5%: with it, and the widest confidence, the
    /// whole way to the cap can be walked in steps of any size.
    function testFuzz_PriceBand_NeverCutsTheCurveBeforeTheCap(uint256[6] memory cuts, bool isBaseToQuote) public {
        vm.startPrank(owner());
        om.setParameters(IOracleMaker.Parameters(30_000, 100_000, 500e18, 9324, 1e6, 10_000));
        vm.expectRevert(abi.encodeWithSelector(IOracleMaker.PriceBandTooNarrow.selector, 50_001, 50_000));
        om.setParameters(IOracleMaker.Parameters(30_000, 100_000, 500e18, 9325, 1e6, 10_000));
        vm.stopPrank();
        setPriceWithConfidence(2000e18, 500e18);
        for (uint256 i = 0; i < cuts.length; ++i) {
            (uint256 buys, uint256 sells) = om.getRemainingCapacity();
            uint256 left = isBaseToQuote ? sells : buys;
            if (left == 0) break;
            // From a fifth of a cent up, the wei that a fill is rounded by is nothing.
            uint256 size = i == cuts.length - 1 || left < 2e12 ? left : boundSize(cuts[i], 1e12, left - 1e12);
            if (isBaseToQuote) sell(alice, maker, size);
            else buy(alice, maker, size);
        }
        assertEq(sizeOf(maker), isBaseToQuote ? int256(500e18) : -500e18);
    }

    /// @dev T3: one huge order costs what its parts cost one after the other, the dearest last.
    function testFuzz_T3_OneHugeOrderPaysForItsSize(uint256 parts, uint256 seed) public {
        parts = boundCount(parts, 2, 20);
        uint256 whole = om.getQuote(false, false, 500e18);
        assertEq(whole, 500 * 2010e18, "2000 (500 + 0.01 / 1000 x 500^2)");
        uint256 paid;
        uint256 left = 500e18;
        for (uint256 i = 1; i <= parts; ++i) {
            uint256 size = i == parts ? left : boundSize(uint256(keccak256(abi.encode(seed, i))), 1e12, left - 1e15);
            (, int256 quote) = buy(alice, maker, size);
            paid += uint256(-quote);
            left -= size;
            if (left <= 2e15) break;
        }
        if (left != 0) {
            (, int256 quote) = buy(alice, maker, left);
            paid += uint256(-quote);
        }
        assertGe(paid, whole, "splitting helped");
        assertLe(paid, whole + 20, "a wei for each part");
    }

    /// @dev T3: a taker opens the reverse first, so that its order reduces the inventory and pays no premium. The
    /// premium of the reverse costs as much.
    function test_T3_OpeningTheReverseFirstSavesNothing() public {
        uint256 snapshot = vm.snapshotState();
        buy(alice, maker, 200e18);
        close(alice, maker);
        int256 direct = marginOf(alice) + marginOf(bob);
        vm.revertToState(snapshot);

        sell(bob, maker, 200e18);
        (, int256 quote) = buy(alice, maker, 200e18);
        assertEq(quote, -200 * 2000e18, "no premium on this leg");
        close(bob, maker);
        close(alice, maker);
        assertLt(marginOf(alice) + marginOf(bob), direct, "two accounts did better than one");
    }

    /// @dev T3: up to 20 trades of two accounts of one owner at a constant price, with and without fee and premium.
    /// They end flat and earn nothing.
    function testFuzz_T3_NoLoopThroughTheExchangeEarns(uint256 seed, uint256 trades, bool hasCharges) public {
        if (hasCharges) setCharges(500, 1e6, 10_000);
        setPriceWithConfidence(2000e18, 1e18);
        trades = boundCount(trades, 1, 14);
        for (uint256 i = 0; i < trades; ++i) {
            uint256 move = uint256(keccak256(abi.encode(seed, i)));
            (uint256 buys, uint256 sells) = om.getRemainingCapacity();
            bool sellsBase = move & 1 != 0;
            uint256 size = boundSize(move >> 8, 0, sellsBase ? sells : buys);
            if (size < 1e15) continue;
            address taker = move & 2 != 0 ? alice : bob;
            if (sellsBase) sell(taker, maker, size);
            else buy(taker, maker, size);
        }
        for (uint256 i = 0; i < 3; ++i) {
            _closeAsMuchAsFits(alice);
            _closeAsMuchAsFits(bob);
        }
        assertEq(sizeOf(alice), 0);
        assertEq(sizeOf(bob), 0);
        assertLe(marginOf(alice) + marginOf(bob), 1_800_000e18, "the loop earned");
    }

    // ---------------------------------------------------------------------------------------------------- reverts ----

    /// @dev The oracle price can be known in advance, so callers that are not approved trade through gateways.
    function test_RevertIf_SenderIsNotApproved() public {
        fund(stranger, 10_000 * USD);
        addMargin(stranger, 10_000 * USD);
        vm.expectRevert(abi.encodeWithSelector(IMaker.SenderNotApproved.selector, stranger));
        buy(stranger, maker, 1e18);
    }

    function test_RevertIf_BaseExceedsCapacity() public {
        buy(alice, maker, 300e18);
        vm.expectRevert(abi.encodeWithSelector(IMaker.MakerCapacityExceeded.selector, 201e18, 200e18));
        buy(bob, maker, 201e18);
    }

    function test_RevertIf_QuoteExceedsCapacity() public {
        // 2000 (500 + 0.01 / 1000 x 500^2) = 1,005,000
        vm.expectRevert(abi.encodeWithSelector(IMaker.MakerQuoteCapacityExceeded.selector, 1_005_001e18, 1_005_000e18));
        tradeAs(alice, order(alice, maker, false, true, 1_005_001e18));
    }

    /// @dev Beyond the cap the maker fills orders that reduce its position and refuses the others.
    function test_Cap_RefusesIncreasesOnly() public {
        buy(alice, maker, 400e18);
        setCap(100e18);
        vm.expectRevert(abi.encodeWithSelector(IMaker.MakerCapacityExceeded.selector, 1e18, 0));
        buy(bob, maker, 1e18);
        (, int256 quote) = sell(alice, maker, 50e18);
        assertEq(quote, 50 * 2000e18);
    }

    function test_RevertIf_MakerWouldFallBelowItsMinMarginRatio() public {
        setMinMarginRatio(1e6);
        buy(alice, maker, 490e18);
        skip(1);
        setPrice(2050e18);
        // The maker: a million and 490 x (2000 x 1.0049 - 2050) of loss, and 10 base to sell at about the ask.
        int256 value = valueOf(maker);
        uint256 quote = om.getQuote(false, false, 1e18);
        int256 valueAfter = value + int256(quote) - 2050e18;
        vm.expectRevert(abi.encodeWithSelector(IMaker.BelowMinMarginRatio.selector, valueAfter, uint256(491 * 2050e18)));
        buy(bob, maker, 1e18);
    }

    /// @dev T9: an insolvent maker still fills orders that reduce its position.
    function test_T9_ReducesEvenWhenInsolvent() public {
        buy(alice, maker, 490e18);
        skip(1);
        setPrice(5000e18);
        assertLt(valueOf(maker), 0);
        (, int256 quote) = sell(alice, maker, 490e18);
        assertEq(quote, 490 * 5000e18);
        assertEq(sizeOf(maker), 0);
    }

    // ---------------------------------------------------------------------------------------------------- helpers ----

    function _closeAsMuchAsFits(address taker) private {
        int256 size = sizeOf(taker);
        (uint256 buys, uint256 sells) = om.getRemainingCapacity();
        if (size > 0 && sells != 0) sell(taker, maker, uint256(size) < sells ? uint256(size) : sells);
        else if (size < 0 && buys != 0) buy(taker, maker, uint256(-size) < buys ? uint256(-size) : buys);
    }
}
