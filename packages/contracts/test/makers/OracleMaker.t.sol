// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Vm} from "forge-std/Vm.sol";
import {LiquidationParams} from "../../src/interfaces/IClearingHouse.sol";
import {ILpVault} from "../../src/interfaces/ILpVault.sol";
import {IMaker} from "../../src/interfaces/IMaker.sol";
import {IOracleMaker} from "../../src/interfaces/IOracleMaker.sol";
import {LpRequestVault} from "../../src/makers/lp/LpRequestVault.sol";
import {ILpModule} from "../../src/interfaces/ILpModule.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {LpRequestVaultTest} from "../utils/LpRequestVaultTest.sol";
import {TestToken} from "../utils/TestToken.sol";

/// @dev m = 2,000, s = 1%, X = 500, a million of collateral.
contract OracleMakerTest is ExchangeTest {
    address private maker;

    function setUp() public override {
        super.setUp();
        maker = address(om);
        addMargin(alice, 900_000 * USD);
        addMargin(bob, 900_000 * USD);
    }

    // ----------------------------------------------------------------------------------------------------- fills ----

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

    /// @dev Names, order and types as they are published, and nothing indexed.
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

    function testFuzz_GetQuote_EqualsTheFill(uint256 amount, int256 inventory, bool isBaseToQuote, bool isExactInput)
        public
    {
        inventory = boundSize(inventory, -200e18, 200e18);
        if (inventory > 0) sell(bob, maker, uint256(inventory));
        else if (inventory < 0) buy(bob, maker, uint256(-inventory));
        bool isExactBase = isBaseToQuote == isExactInput;
        amount = isExactBase ? boundAmount(amount, 1e12, 200e18) : boundAmount(amount, 1e15, 400_000e18);
        uint256 opposite = om.getQuote(isBaseToQuote, isExactInput, amount);
        (int256 base, int256 quote) = tradeAs(alice, order(alice, maker, isBaseToQuote, isExactInput, amount));
        int256 other = isExactBase ? quote : base;
        assertEq(uint256(other < 0 ? -other : other), opposite);
    }

    function test_GetPrices_AreMarginal() public {
        sell(alice, maker, 250e18);
        (uint256 bid, uint256 ask, uint256 reservation) = om.getPrices();
        assertEq(reservation, 1990e18);
        assertEq(bid, 1990e18);
        assertEq(ask, 2000e18);
        buy(alice, maker, 250e18);
        buy(alice, maker, 100e18);
        (bid, ask, reservation) = om.getPrices();
        assertEq(reservation, 2004e18);
        assertEq(bid, 2000e18);
        assertEq(ask, 2004e18);
    }

    function test_UtilRatio_NamesTheSide() public {
        assertFalse(om.isSpotHedged());
        sell(alice, maker, 125e18);
        (uint256 long, uint256 short) = om.getUtilRatio();
        assertEq(long, 0);
        assertEq(short, 0.25e18, "shorts use a maker that is long");
        buy(alice, maker, 250e18);
        (long, short) = om.getUtilRatio();
        assertEq(long, 0.25e18, "longs use a maker that is short");
        assertEq(short, 0);
    }

    function test_UtilRatio_NeverExceedsOne() public {
        buy(alice, maker, 400e18);
        _setCap(100e18);
        (uint256 long,) = om.getUtilRatio();
        assertEq(long, 1e18);
    }

    function test_RemainingCapacity_IsWhatEachSideCanStillTake() public {
        _checkRemaining(500e18, 500e18);
        buy(alice, maker, 300e18);
        _checkRemaining(200e18, 800e18);
        sell(bob, maker, 400e18);
        _checkRemaining(600e18, 400e18);
        // All of it, and not a wei more.
        vm.expectRevert(abi.encodeWithSelector(IMaker.MakerCapacityExceeded.selector, 400e18 + 1, 400e18));
        sell(bob, maker, 400e18 + 1);
        sell(bob, maker, 400e18);
        _checkRemaining(1000e18, 0);
        _setCap(100e18);
        _checkRemaining(600e18, 0);
    }

    // ------------------------------------------------------------------------------------------------------- fee ----

    /// @dev Curve 200,200 and 0.1% of it: 200,400.2, of which 200.2 are the fee.
    function test_LpFee_OfABuy_IsInPriceFeeAndSpread() public {
        _setCharges(1000, 0, 0);
        vm.expectEmit(maker);
        emit IOracleMaker.OMOrderFilled(market, 2000e18, 100e18, -200_400.2e18);
        vm.expectEmit(maker);
        emit IOracleMaker.PythOracleOrderFilled(2000e18, 2004.002e18, 100e18, 200.2e18, 2001);
        (, int256 quote) = buy(alice, maker, 100e18);
        assertEq(quote, -200_400.2e18);
    }

    /// @dev Curve 199,800 less 0.1% of it: 199,600.2.
    function test_LpFee_OfASell_IsInPriceFeeAndSpread() public {
        _setCharges(1000, 0, 0);
        vm.expectEmit(maker);
        emit IOracleMaker.PythOracleOrderFilled(2000e18, 1996.002e18, 100e18, 199.8e18, 1999);
        (, int256 quote) = sell(alice, maker, 100e18);
        assertEq(quote, 199_600.2e18);
    }

    function test_LpFee_ExactQuote_EmitsTheSameAmounts() public {
        _setCharges(1000, 0, 0);
        vm.expectEmit(maker);
        emit IOracleMaker.PythOracleOrderFilled(2000e18, 2004.002e18, 100e18, 200.2e18, 2001);
        tradeAs(alice, order(alice, maker, false, true, 200_400.2e18));
        vm.expectEmit(maker);
        emit IOracleMaker.PythOracleOrderFilled(2000e18, 1998e18, 100e18, 200e18, 1000);
        tradeAs(alice, order(alice, maker, true, false, 199_800e18));
    }

    /// @dev Both legs' fees are the LPs', the premium of the first as well: nobody else gets any of it.
    function test_LpFee_StaysWithTheMaker() public {
        _setCharges(1000, 0, 0);
        buy(alice, maker, 100e18);
        sell(alice, maker, 100e18);
        assertEq(om.totalAssets(), 1_000_000 * USD + 400.2e6 + 200e6);
        assertEq(marginOf(alice), 900_000e18 - 600.2e18);
    }

    // ------------------------------------------------------------------------------------------------ confidence ----

    /// @dev Half of a confidence of 8: m is 2004 for buys and 1996 for sells.
    function test_ConfidencePremium_MovesEachSideByKTimesConfidence() public {
        _setCharges(0, 500_000, 10_000);
        _setPrice(2000e18, 8e18);
        (, int256 quote) = buy(alice, maker, 100e18);
        assertEq(quote, -200_600.4e18, "2004 (100 + 0.01 / 1000 x 100^2)");
        (, quote) = sell(alice, maker, 100e18);
        assertEq(quote, 199_600e18, "1996 x 100");
        vm.expectEmit(maker);
        emit IOracleMaker.PythOracleOrderFilled(2000e18, 1996e18 * 0.999, 100e18, 0, 2998);
        sell(alice, maker, 100e18);
    }

    /// @dev Whatever the source says in a crash, closing costs no more than the limit.
    function test_ConfidencePremium_IsLimited() public {
        _setCharges(0, 2e6, 10_000);
        buy(alice, maker, 100e18);
        skip(1);
        _setPrice(2000e18, 1500e18);
        (, int256 quote) = sell(alice, maker, 100e18);
        assertEq(quote, 198_000e18);
    }

    /// @dev Liquidations have a price of their own, which comes without a confidence.
    function test_ConfidencePremium_LeavesLiquidationsAlone() public {
        _setCharges(0, 1e6, 20_000);
        fund(stranger, 20_500 * USD);
        addMargin(stranger, 20_500 * USD);
        vm.prank(owner());
        om.setValidSender(stranger, true);
        buy(stranger, maker, 100e18);
        skip(1);
        _setPrice(1900e18, 1500e18);
        fund(keeper, 100_000 * USD);
        addMargin(keeper, 100_000 * USD);
        vm.expectEmit(maker);
        emit IOracleMaker.OMOrderFilled(market, 1900e18, -50e18, 95_000e18);
        vm.prank(keeper);
        house.liquidate(LiquidationParams(market, stranger, keeper, maker, 50e18, 0, 0));
    }

    // ------------------------------------------------------------------------------------------- fee and premium ----

    function test_GetPrices_IncludeFeeAndConfidencePremium() public {
        sell(alice, maker, 250e18);
        _setCharges(1000, 500_000, 10_000);
        _setPrice(2000e18, 8e18);
        (uint256 bid, uint256 ask, uint256 reservation) = om.getPrices();
        assertEq(reservation, 1990e18, "of the inventory alone");
        assertEq(bid, uint256(1996e18) * 995 / 1000 * 999 / 1000);
        assertEq(ask, uint256(2004e18) * 1001 / 1000);
    }

    /// @dev The view gives what the event says and what the taker gets: all four kinds, all inventories.
    function testFuzz_PreviewFill_EqualsTheFill(
        uint256 amount,
        int256 inventory,
        uint256 confidence,
        uint256 lpFee,
        uint8 kind
    ) public {
        _setCharges(boundRatio(lpFee, 0, 10_000), 1_500_000, 20_000);
        inventory = boundSize(inventory, -200e18, 200e18);
        if (inventory > 0) sell(bob, maker, uint256(inventory));
        else if (inventory < 0) buy(bob, maker, uint256(-inventory));
        _setPrice(2000e18, boundExactPrice(confidence, 0, 100e18));
        (bool isBaseToQuote, bool isExactInput) = (kind & 1 != 0, kind & 2 != 0);
        bool isExactBase = isBaseToQuote == isExactInput;
        amount = isExactBase ? boundAmount(amount, 1e12, 200e18) : boundAmount(amount, 1e15, 390_000e18);
        _checkPreview(isBaseToQuote, isExactInput, amount);
    }

    /// @dev (1 + 3%) (1 + 1%) (1 + 0.9324%) is the last that fits a band of 5%: with it, and the widest confidence, the
    /// whole way to the cap can be walked in steps of any size.
    function testFuzz_PriceBand_NeverCutsTheCurveBeforeTheCap(uint256[6] memory cuts, bool isBaseToQuote) public {
        vm.startPrank(owner());
        om.setParameters(IOracleMaker.Parameters(30_000, 100_000, 500e18, 9324, 1e6, 10_000));
        vm.expectRevert(abi.encodeWithSelector(IOracleMaker.PriceBandTooNarrow.selector, 50_001, 50_000));
        om.setParameters(IOracleMaker.Parameters(30_000, 100_000, 500e18, 9325, 1e6, 10_000));
        vm.stopPrank();
        _setPrice(2000e18, 500e18);
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

    // ---------------------------------------------------------------------------------------------------- attacks ----

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

    /// @dev T3: opening the reverse first, so that the order one wants reduces the inventory and pays no premium, costs
    /// the premium of the reverse.
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

    /// @dev T3: up to 20 trades of two accounts of one owner at a constant price, whatever fee and premium, that end flat.
    function testFuzz_T3_NoLoopThroughTheExchangeEarns(uint256 seed, uint256 trades, bool hasCharges) public {
        if (hasCharges) _setCharges(500, 1e6, 10_000);
        _setPrice(2000e18, 1e18);
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

    /// @dev T8: the premium hangs on maxAbsPosition, so that neither profit nor loss, deposits, withdrawals nor donations
    /// move a quote.
    function test_T8_ARichAndAPoorMakerQuoteTheSame() public {
        _setCharges(1000, 1e6, 10_000);
        buy(alice, maker, 200e18);
        _setPrice(2000e18, 4e18);
        bytes32 before = _quotes();
        skip(1);
        _setPrice(4000e18, 4e18);
        assertLt(valueOf(maker), 650_000e18, "400,000 lost");
        skip(1);
        _setPrice(2000e18, 4e18);
        assertEq(_quotes(), before);
        depositLp(lp, 5_000_000 * USD, 0);
        usd.mint(maker, 1_000_000 * USD);
        assertEq(_quotes(), before);
        vm.prank(lp);
        om.withdraw(5_800_000e18);
        assertEq(_quotes(), before);
    }

    // -------------------------------------------------------------------------------------------------- refusals ----

    /// @dev The oracle can be front-run, so strangers come through gateways.
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

    /// @dev Beyond the cap the maker takes what reduces it and refuses what does not.
    function test_Cap_IsOneSided() public {
        buy(alice, maker, 400e18);
        _setCap(100e18);
        vm.expectRevert(abi.encodeWithSelector(IMaker.MakerCapacityExceeded.selector, 1e18, 0));
        buy(bob, maker, 1e18);
        (, int256 quote) = sell(alice, maker, 50e18);
        assertEq(quote, 50 * 2000e18);
    }

    function test_RevertIf_MakerWouldFallBelowItsMinMarginRatio() public {
        _setMinMarginRatio(1e6);
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

    /// @dev T9: an insolvent maker still lets winners out.
    function test_T9_ReducesEvenWhenInsolvent() public {
        buy(alice, maker, 490e18);
        skip(1);
        setPrice(5000e18);
        assertLt(valueOf(maker), 0);
        (, int256 quote) = sell(alice, maker, 490e18);
        assertEq(quote, 490 * 5000e18);
        assertEq(sizeOf(maker), 0);
    }

    /// @dev Each refused by its own limit; the others stay as they are.
    function test_SetParameters_RevertIf_OutOfRange() public {
        IOracleMaker.Parameters memory p = om.parameters();
        p.maxSpread = 1e6 + 1;
        _expectRefusal(p, abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 1e6 + 1, 0, 1e6));
        p.maxSpread = 50_001;
        _expectRefusal(p, abi.encodeWithSelector(IOracleMaker.PriceBandTooNarrow.selector, 50_001, 50_000));
        p = om.parameters();
        p.minMarginRatio = 99_999;
        _expectRefusal(p, abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 99_999, 100_000, 1e6));
        p.minMarginRatio = 1e6 + 1;
        _expectRefusal(p, abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 1e6 + 1, 100_000, 1e6));
        p = om.parameters();
        p.maxAbsPosition = 0;
        _expectRefusal(p, abi.encodeWithSelector(IOracleMaker.InvalidMaxAbsPosition.selector, 0));
        p = om.parameters();
        (p.confidenceFactor, p.maxConfidencePremium) = (10e6 + 1, 1);
        _expectRefusal(p, abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 10e6 + 1, 0, 10e6));
        (p.confidenceFactor, p.maxConfidencePremium) = (1, 0);
        _expectRefusal(p, abi.encodeWithSelector(IOracleMaker.InvalidConfidencePremium.selector, 1, 0));
        (p.confidenceFactor, p.maxConfidencePremium) = (0, 1);
        _expectRefusal(p, abi.encodeWithSelector(IOracleMaker.InvalidConfidencePremium.selector, 0, 1));
    }

    function test_SetParameters_AreReadBack() public {
        IOracleMaker.Parameters memory p = IOracleMaker.Parameters(20_000, 150_000, 700e18, 300, 2e6, 5000);
        vm.expectEmit(maker);
        emit IOracleMaker.ParametersSet(p);
        vm.prank(owner());
        om.setParameters(p);
        assertEq(abi.encode(om.parameters()), abi.encode(p));
        assertEq(om.maxSpread(), 20_000);
        assertEq(om.minMarginRatio(), 150_000);
        assertEq(om.maxAbsPosition(), 700e18);
    }

    // -------------------------------------------------------------------------------------------------------- LPs ----

    /// @dev All that LPs bring is the maker's margin.
    function test_Deposit_BecomesMargin() public {
        assertEq(marginOf(maker), 1_000_000e18);
        assertEq(om.totalSupply(), 1_000_000e18);
        assertEq(om.totalAssets(), 1_000_000 * USD);
        assertEq(om.sharePrice(), 1e18);
    }

    function test_Deposit_SharesFollowAccountValue() public {
        buy(alice, maker, 100e18);
        skip(1);
        setPrice(1900e18);
        // 200,200 received, 190,000 owed
        assertEq(om.totalAssets(), 1_010_200 * USD);
        usd.mint(lp, 1000 * USD);
        vm.prank(lp);
        uint256 shares = om.deposit(1000 * USD);
        assertEq(shares, uint256(1000e18) * (1_000_000e18 + 1e6) / (1_010_200e18 + 1e6));
        assertEq(marginOf(maker), 1_001_000e18);
    }

    function test_Withdraw_PaysAccountValue() public {
        buy(alice, maker, 100e18);
        skip(1);
        setPrice(2100e18);
        assertEq(om.totalAssets(), 990_200 * USD);
        vm.prank(lp);
        assertEq(om.withdraw(100_000e18), 99_020 * USD);
        assertEq(usd.balanceOf(lp), 99_020 * USD);
    }

    function test_RevertIf_WithdrawalLeavesLessThanMinMarginRatio() public {
        _setMinMarginRatio(500_000);
        buy(alice, maker, 400e18);
        // Value 1,003,200; at least 400,000 must stay.
        uint256 shares = 700_000e18;
        uint256 paid = shares * (1_003_200e18 + 1e6) / (1_000_000e18 + 1e6) / 1e12 * 1e12;
        vm.expectRevert(
            abi.encodeWithSelector(
                IMaker.BelowMinMarginRatio.selector, int256(1_003_200e18 - paid), uint256(400_000e18)
            )
        );
        vm.prank(lp);
        om.withdraw(shares);
    }

    function test_RevertIf_VaultIsInsolvent() public {
        buy(alice, maker, 490e18);
        skip(1);
        setPrice(5000e18);
        int256 value = valueOf(maker);
        assertEq(om.totalAssets(), 0);
        assertEq(om.sharePrice(), 0);
        vm.startPrank(lp);
        vm.expectRevert(abi.encodeWithSelector(ILpVault.VaultInsolvent.selector, value));
        om.deposit(1000 * USD);
        vm.expectRevert(abi.encodeWithSelector(ILpVault.VaultInsolvent.selector, value));
        om.withdraw(1e18);
        vm.stopPrank();
    }

    function test_T11_DonationsChangeNothing() public {
        usd.mint(maker, 1_000_000 * USD);
        usd.mint(address(vault), 1_000_000 * USD);
        assertEq(om.totalAssets(), 1_000_000 * USD);
        assertEq(om.sharePrice(), 1e18);
        usd.mint(lp, 1000 * USD);
        vm.prank(lp);
        assertEq(om.deposit(1000 * USD), 1000e18);
    }

    /// @dev What a taker will pay for closing the inventory is no asset of the pool before it is paid.
    function test_TotalAssets_CountNoFeeThatNobodyHasPaid() public {
        buy(alice, maker, 100e18);
        _setPrice(2000e18, 10e18);
        assertEq(om.totalAssets(), 1_000_200 * USD);
        _setCharges(1000, 1e6, 10_000);
        assertEq(om.totalAssets(), 1_000_200 * USD);
        // 1990 x 0.999 instead of 2000, for each of 100.
        sell(alice, maker, 100e18);
        assertEq(om.totalAssets(), 1_000_200 * USD + 1199e6);
    }

    // ---------------------------------------------------------------------------------------------------- helpers ----

    function _closeAsMuchAsFits(address taker) private {
        int256 size = sizeOf(taker);
        (uint256 buys, uint256 sells) = om.getRemainingCapacity();
        if (size > 0 && sells != 0) sell(taker, maker, uint256(size) < sells ? uint256(size) : sells);
        else if (size < 0 && buys != 0) buy(taker, maker, uint256(-size) < buys ? uint256(-size) : buys);
    }

    function _checkPreview(bool isBaseToQuote, bool isExactInput, uint256 amount) private {
        IOracleMaker.Fill memory fill = om.previewFill(isBaseToQuote, isExactInput, amount);
        bool isExactBase = isBaseToQuote == isExactInput;
        assertEq(isExactBase ? fill.base : fill.quote, amount);
        assertEq(isExactBase ? fill.quote : fill.base, om.getQuote(isBaseToQuote, isExactInput, amount));
        vm.expectEmit(maker);
        emit IOracleMaker.PythOracleOrderFilled(2000e18, fill.tradePrice, fill.base, fill.fee, fill.spread);
        (int256 base, int256 quote) = tradeAs(alice, order(alice, maker, isBaseToQuote, isExactInput, amount));
        assertEq(base, isBaseToQuote ? -int256(fill.base) : int256(fill.base));
        assertEq(quote, isBaseToQuote ? int256(fill.quote) : -int256(fill.quote));
    }

    function _checkRemaining(uint256 expectedBuys, uint256 expectedSells) private view {
        (uint256 buys, uint256 sells) = om.getRemainingCapacity();
        assertEq(buys, expectedBuys);
        assertEq(sells, expectedSells);
    }

    /// @dev Every figure that a taker could trade by.
    function _quotes() private view returns (bytes32) {
        (uint256 bid, uint256 ask, uint256 reservation) = om.getPrices();
        (uint256 buys, uint256 sells) = om.getRemainingCapacity();
        return keccak256(
            abi.encode(
                bid,
                ask,
                reservation,
                buys,
                sells,
                om.previewFill(false, false, 10e18),
                om.previewFill(false, true, 10_000e18),
                om.previewFill(true, true, 10e18),
                om.previewFill(true, false, 10_000e18)
            )
        );
    }

    function _expectRefusal(IOracleMaker.Parameters memory p, bytes memory reason) private {
        vm.prank(owner());
        vm.expectRevert(reason);
        om.setParameters(p);
    }

    function _setPrice(uint256 price, uint256 confidence) private {
        (int64 pythPrice, uint64 conf) = (int64(uint64(price / 1e10)), uint64(confidence / 1e10));
        bytes[] memory update = new bytes[](1);
        skip(1);
        update[0] = pyth.createPriceFeedUpdateData(
            FEED, pythPrice, conf, -8, pythPrice, conf, uint64(timestamp()), uint64(timestamp() - 1)
        );
        pyth.updatePriceFeeds{value: 1}(update);
    }

    function _setCharges(uint24 lpFee, uint24 confidenceFactor, uint24 maxConfidencePremium) private {
        IOracleMaker.Parameters memory p = om.parameters();
        (p.lpFee, p.confidenceFactor, p.maxConfidencePremium) = (lpFee, confidenceFactor, maxConfidencePremium);
        vm.prank(owner());
        om.setParameters(p);
    }

    function _setCap(uint104 cap) private {
        IOracleMaker.Parameters memory p = om.parameters();
        p.maxAbsPosition = cap;
        vm.prank(owner());
        om.setParameters(p);
    }

    function _setMinMarginRatio(uint24 ratio) private {
        IOracleMaker.Parameters memory p = om.parameters();
        p.minMarginRatio = ratio;
        vm.prank(owner());
        om.setParameters(p);
    }
}

/// @dev Withdrawals when the inventory ties up margin.
contract OracleMakerWithdrawalTest is LpRequestVaultTest {
    function makerUnderTest() internal view override returns (ILpModule, LpRequestVault, TestToken) {
        return (om, omRequests, usd);
    }

    function setUp() public override {
        super.setUp();
        IOracleMaker.Parameters memory p = om.parameters();
        p.minMarginRatio = 500_000;
        vm.prank(owner());
        om.setParameters(p);
        addMargin(alice, 900_000 * USD);
        buy(alice, address(om), 400e18);
        setRequestFee(0);
        vm.deal(lp, 1 ether);
    }

    /// @dev 400 at 2000 tie up 400,000. Of the value, 1,003,200, the premium of 3,200 is not realised and not paid
    /// either; the rest of the shares comes back with the reason, and the maker stands at its ratio.
    function test_Redeem_PaysWhatIsFreeAndReturnsTheRest() public {
        uint256 shares = om.balanceOf(lp);
        requestRedeem(lp, shares);
        vm.recordLogs();
        settleAt(START_PRICE);
        uint256 met = requests.claimableRedeemRequest(1, lp);
        assertApproxEqAbs(met, shares * 603_200 / 1_003_200, 1e12);
        assertEq(_reasonOfReturn(), abi.encodeWithSelector(LpRequestVault.MetInPart.selector, shares, met));
        assertEq(requests.claimableCancelRedeemRequest(1, lp), shares - met);
        assertApproxEqAbs(claimAssets(lp), 603_200 * USD, 2);
        refreshPrice(START_PRICE);
        assertApproxEqAbs(valueOf(address(om)), 400_000e18, 2e12);
        assertGe(valueOf(address(om)), 400_000e18);
        // The taker closes, and what came back can be paid.
        close(alice, address(om));
        vm.startPrank(lp);
        requests.claimCancelRedeemRequest(1, lp, lp);
        vm.stopPrank();
        requestRedeem(lp, om.balanceOf(lp));
        settleAt(START_PRICE);
        assertApproxEqAbs(claimAssets(lp), 400_000 * USD, 2);
        assertEq(om.totalSupply(), 0);
    }

    /// @dev Nothing free: everything comes back, with the reason.
    function test_Redeem_ReturnsAllWhenNothingIsFree() public {
        uint256 shares = om.balanceOf(lp);
        requestRedeem(lp, shares);
        vm.recordLogs();
        // A loss of 620,000: 383,200 are left, and 400 x 3550 / 2 needed.
        settleAt(3550e18);
        assertEq(_reasonOfReturn(), abi.encodeWithSelector(ILpVault.NothingPayable.selector, shares));
        assertEq(requests.claimableCancelRedeemRequest(1, lp), shares);
    }

    /// @dev The reason of the one `RequestReturned`.
    function _reasonOfReturn() private returns (bytes memory reason) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] != LpRequestVault.RequestReturned.selector) continue;
            (, reason) = abi.decode(logs[i].data, (uint256, bytes));
            return reason;
        }
        fail();
    }
}
