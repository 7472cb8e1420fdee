// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse, TradeParams} from "../../src/interfaces/IClearingHouse.sol";
import {IForcedChanges} from "../../src/interfaces/IForcedChanges.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {MarginMath} from "../../src/libraries/MarginMath.sol";
import {ZeroAmount} from "../../src/types/Errors.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {StubMaker} from "../utils/StubMaker.sol";

abstract contract TradeTest is ExchangeTest {
    StubMaker internal stub;
    address internal maker;

    function setUp() public virtual override {
        super.setUp();
        stub = new StubMaker(vault, market, START_PRICE);
        maker = address(stub);
        vm.prank(owner());
        house.registerMaker(maker);
        stub.addMargin(1_000_000 * USD);
        addMargin(alice, 100_000 * USD);
        addMargin(bob, 100_000 * USD);
    }

    function setStatus(MarketStatus status) internal {
        vm.prank(owner());
        house.setMarketStatus(market, status);
    }
}

contract TradeAdmissionTest is TradeTest {
    function test_RevertIf_MarketIsUnknown() public {
        TradeParams memory params = order(alice, maker, true, true, 1e18);
        params.marketId = 7;
        vm.expectRevert(abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, 7, MarketStatus.None));
        tradeAs(alice, params);
    }

    function test_RevertIf_MarketIsPaused() public {
        buy(alice, maker, 1e18);
        setStatus(MarketStatus.Paused);
        vm.expectRevert(abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, market, MarketStatus.Paused));
        sell(alice, maker, 1e18);
    }

    function test_ReduceOnlyMarket_TakesReductionsOnly() public {
        buy(alice, maker, 2e18);
        setStatus(MarketStatus.ReduceOnly);
        sell(alice, maker, 1e18);
        vm.expectRevert(
            abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, market, MarketStatus.ReduceOnly)
        );
        buy(alice, maker, 1e18);
        // Turning a position is opening one.
        vm.expectRevert(
            abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, market, MarketStatus.ReduceOnly)
        );
        sell(alice, maker, 2e18);
    }

    function test_RevertIf_DeadlinePassed() public {
        TradeParams memory params = order(alice, maker, true, true, 1e18);
        params.deadline = START - 1;
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.DeadlinePassed.selector, START, START - 1));
        tradeAs(alice, params);
    }

    function test_RevertIf_AmountIsZero() public {
        vm.expectRevert(abi.encodeWithSelector(ZeroAmount.selector));
        buy(alice, maker, 0);
        // Nor when it is zero in base.
        vm.expectRevert(abi.encodeWithSelector(ZeroAmount.selector));
        tradeAs(alice, order(alice, maker, false, true, 1));
    }

    function test_RevertIf_TakerIsMaker() public {
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.TakerIsMaker.selector, maker));
        buy(maker, maker, 1e18);
    }

    function test_RevertIf_MakerIsUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.UnknownMaker.selector, bob, market, 0));
        buy(alice, bob, 1e18);
    }

    function test_RevertIf_CallerIsNotTheTakersOperator() public {
        vm.expectRevert(abi.encodeWithSelector(IVault.NotAuthorized.selector, alice, bob));
        tradeAs(bob, order(alice, maker, true, true, 1e18));
        vm.prank(alice);
        vault.setOperator(bob, true);
        tradeAs(bob, order(alice, maker, true, true, 1e18));
        assertEq(sizeOf(alice), -1e18);
        assertEq(sizeOf(bob), 0);
    }

    // ------------------------------------------------------------------------------------------------ reduce-only ----

    function test_ReduceOnly_RevertIf_ItWouldIncreaseOrTurn() public {
        buy(alice, maker, 2e18);
        TradeParams memory params = order(alice, maker, true, true, 2e18 + 1);
        params.isReduceOnly = true;
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.WouldIncrease.selector, 2e18, -(2e18 + 1)));
        tradeAs(alice, params);
        params = order(alice, maker, false, false, 1e18);
        params.isReduceOnly = true;
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NothingToReduce.selector, 2e18, false));
        tradeAs(alice, params);
    }

    function test_WholePosition_ClosesWhateverThereIs() public {
        buy(alice, maker, 2e18 + 7);
        close(alice, maker);
        assertEq(sizeOf(alice), 0);
        sell(alice, maker, 3e18 + 5);
        close(alice, maker);
        assertEq(sizeOf(alice), 0);
    }

    function test_WholePosition_RevertIf_ThereIsNoneOnThatSide() public {
        TradeParams memory params = order(alice, maker, true, true, type(uint256).max);
        params.isReduceOnly = true;
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NothingToReduce.selector, 0, true));
        tradeAs(alice, params);
        sell(alice, maker, 1e18);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NothingToReduce.selector, -1e18, true));
        tradeAs(alice, params);
    }
}

contract TradeBoundsTest is TradeTest {
    function test_Slippage_ExactInput() public {
        TradeParams memory params = order(alice, maker, true, true, 1e18);
        params.oppositeBound = 2000e18 + 1;
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.SlippageExceeded.selector, 2000e18, 2000e18 + 1));
        tradeAs(alice, params);
        params.oppositeBound = 2000e18;
        tradeAs(alice, params);
    }

    function test_Slippage_ExactOutput() public {
        TradeParams memory params = order(alice, maker, false, false, 1e18);
        params.oppositeBound = 2000e18 - 1;
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.SlippageExceeded.selector, 2000e18, 2000e18 - 1));
        tradeAs(alice, params);
        params.oppositeBound = 2000e18;
        tradeAs(alice, params);
    }

    /// @dev A taker's bound binds its reductions too.
    function test_Slippage_BindsReductions() public {
        buy(alice, maker, 1e18);
        TradeParams memory params = order(alice, maker, true, true, 1e18);
        params.oppositeBound = 2001e18;
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.SlippageExceeded.selector, 2000e18, 2001e18));
        tradeAs(alice, params);
    }

    function test_Band_IncreasingTradesWithinIt() public {
        stub.setPrice(2100e18);
        buy(alice, maker, 1e18);
        sell(bob, maker, 1e18);
        stub.setPrice(1900e18);
        sell(bob, maker, 1e18);
        buy(alice, maker, 1e18);
    }

    function test_Band_RevertIf_IncreasingTradesBeyondIt() public {
        stub.setPrice(2100e18 + 1);
        bytes memory tooHigh =
            abi.encodeWithSelector(IClearingHouse.PriceBandExceeded.selector, 2100e18 + 1, 2000e18, 50_000);
        vm.expectRevert(tooHigh);
        buy(alice, maker, 1e18);
        vm.expectRevert(tooHigh);
        sell(alice, maker, 1e18);
        stub.setPrice(1900e18 - 1);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.PriceBandExceeded.selector, 1900e18 - 1, 2000e18, 50_000));
        buy(alice, maker, 1e18);
    }

    function test_Band_DoesNotBindReductions() public {
        buy(alice, maker, 2e18);
        stub.setPrice(2400e18);
        sell(alice, maker, 1e18);
        stub.setPrice(1600e18);
        sell(alice, maker, 1e18);
        assertEq(sizeOf(alice), 0);
    }

    /// @dev A turn is increasing.
    function test_Band_BindsTurns() public {
        buy(alice, maker, 1e18);
        stub.setPrice(1800e18);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.PriceBandExceeded.selector, 1800e18, 2000e18, 50_000));
        sell(alice, maker, 1e18 + 1e6);
    }
}

/// @dev L6 on both sides. Initial margin 10%, maintenance 6.25%.
contract TradeMarginTest is TradeTest {
    function test_L6_Increasing_ExactlyAtTheInitialRequirement() public {
        buy(alice, maker, 500e18);
        assertEq(valueOf(alice), 100_000e18);
    }

    function test_L6_RevertIf_TakerIncreasesBelowInitial() public {
        vm.expectRevert(
            abi.encodeWithSelector(
                MarginMath.InsufficientInitialMargin.selector, alice, int256(100_000e18), uint256(100_000e18 + 200)
            )
        );
        buy(alice, maker, 500e18 + 1);
    }

    function test_L6_RevertIf_MakerIncreasesBelowInitial() public {
        fund(alice, 9_000_000 * USD);
        addMargin(alice, 9_000_000 * USD);
        vm.expectRevert(
            abi.encodeWithSelector(
                MarginMath.InsufficientInitialMargin.selector, maker, int256(1_000_000e18), uint256(1_000_200e18)
            )
        );
        buy(alice, maker, 5001e18);
    }

    /// @dev The price at which it trades counts for it or against it at once.
    function test_L6_RevertIf_TheTradesPriceLeavesTooLittle() public {
        stub.setPrice(2050e18);
        vm.expectRevert(
            abi.encodeWithSelector(
                MarginMath.InsufficientInitialMargin.selector, alice, int256(75_000e18), uint256(100_000e18)
            )
        );
        buy(alice, maker, 500e18);
    }

    function test_L6_Reducing_BelowInitialButAboveMaintenance() public {
        buy(alice, maker, 500e18);
        _setPrice(1900e18);
        sell(alice, maker, 1e18);
        assertLt(valueOf(alice), 499 * 190e18);
    }

    function test_L6_Reducing_BelowMaintenanceWhenTheRatioDoesNotFall() public {
        buy(alice, maker, 500e18);
        _setPrice(1850e18);
        // 25,000 against a requirement of 57,812.5
        sell(alice, maker, 100e18);
        assertEq(valueOf(alice), 25_000e18);
    }

    function test_L6_RevertIf_ReducingBelowMaintenanceLowersTheRatio() public {
        buy(alice, maker, 500e18);
        skip(1);
        setPrice(1850e18);
        // 25,000 / 925,000; 4 lost of each of the 100 that are sold, for a ratio of 24,600 / 740,000: it rises
        stub.setPrice(1846e18);
        sell(alice, maker, 100e18);
        // 24,600 / 740,000 and then 90 lost of each of 100: 15,600 / 555,000
        stub.setPrice(1760e18);
        vm.expectRevert(
            abi.encodeWithSelector(
                MarginMath.InsufficientMaintenanceMargin.selector, alice, int256(15_600e18), uint256(34_687.5e18)
            )
        );
        sell(alice, maker, 100e18);
    }

    /// @dev It was above maintenance and may not sink below it, however much it reduces.
    function test_L6_RevertIf_ReducingSinksBelowMaintenance() public {
        buy(alice, maker, 500e18);
        skip(1);
        setPrice(1950e18);
        stub.setPrice(1500e18);
        // 75,000 - 100 x 450 = 30,000 against 6.25% of 400 x 1950
        vm.expectRevert(
            abi.encodeWithSelector(
                MarginMath.InsufficientMaintenanceMargin.selector, alice, int256(30_000e18), uint256(48_750e18)
            )
        );
        sell(alice, maker, 100e18);
    }

    function test_L6_ClosingToZero_NeedsNoMoreThanZero() public {
        buy(alice, maker, 500e18);
        _setPrice(1800e18);
        close(alice, maker);
        assertEq(marginOf(alice), 0);
        assertEq(sizeOf(alice), 0);
    }

    function test_L6_RevertIf_ClosingToZeroBelowZero() public {
        buy(alice, maker, 500e18);
        _setPrice(1799e18);
        vm.expectRevert(
            abi.encodeWithSelector(
                MarginMath.InsufficientMaintenanceMargin.selector, alice, -int256(500e18), uint256(0)
            )
        );
        sell(alice, maker, 500e18);
    }

    /// @dev T9: the maker is far below every requirement, and the taker takes its profit (L5: at once, into margin).
    function test_T9_L5_ReductionsPassWhateverTheMakersHealth() public {
        fund(alice, 1_000_000 * USD);
        addMargin(alice, 900_000 * USD);
        buy(alice, maker, 5000e18);
        _setPrice(3000e18);
        assertLt(valueOf(maker), 0);
        close(alice, maker);
        assertEq(marginOf(alice), 6_000_000e18);
        assertEq(marginOf(maker), -4_000_000e18);
    }

    /// @dev T35: between two accounts of one owner no trade can leave the loser without margin for its position.
    function testFuzz_T35_SelfTradeLeavesBothWithInitialMargin(uint256 price, uint256 size, bool isBaseToQuote) public {
        stub.setPrice(bound(price, 1500e18, 2500e18));
        size = bound(size, 1e12, 6000e18);
        TradeParams memory params = order(alice, maker, isBaseToQuote, isBaseToQuote, size);
        vm.prank(alice);
        try house.trade(params) {
            int256 required = int256(size * 2000 / 10);
            assertGe(valueOf(alice), required);
            assertGe(valueOf(maker), required);
        } catch {}
    }

    function _setPrice(uint256 price) private {
        skip(1);
        setPrice(price);
        stub.setPrice(price);
    }
}

/// @dev Draws inside the fill window, by a maker that does as it likes.
contract TradeDrawTest is TradeTest {
    function test_Draw_PaysOutOfTheMarketAndTheMargin() public {
        stub.setDraw(1000 * USD, bob);
        sell(alice, maker, 1e18);
        assertEq(usd.balanceOf(bob), 1000 * USD);
        assertEq(marginOf(maker), 999_000e18);
        assertEq(d.lens.marketOf(market).balance, 2_199_000 * USD, "with the oracle maker's million");
    }

    function test_RevertIf_DrawLeavesMarginBelowZero() public {
        stub.setDraw(1_000_001 * USD, bob);
        vm.expectRevert(abi.encodeWithSelector(IVault.DrawnBelowZero.selector, -int256(1e18)));
        sell(alice, maker, 1e18);
    }

    function test_RevertIf_DrawExceedsTheMarketsBalance() public {
        stub.setDraw(2_200_001 * USD, bob);
        vm.expectRevert(
            abi.encodeWithSelector(IVault.InsufficientMarketBalance.selector, 2_200_001 * USD, 2_200_000 * USD)
        );
        sell(alice, maker, 1e18);
    }

    /// @dev What settlement has shown to be covered can no longer be drawn.
    function test_RevertIf_DrawAfterSettlement() public {
        stub.setDraw(1000 * USD, bob);
        stub.setDrawsInCallback();
        vm.expectRevert(abi.encodeWithSelector(IVault.NoFillWindow.selector, maker, market));
        sell(alice, maker, 1e18);
    }

    /// @dev It would be credited with whatever arrives for somebody else later in the transaction.
    function test_RevertIf_ReceiptIsLeftOpen() public {
        stub.setLeavesReceiptOpen();
        vm.expectRevert(abi.encodeWithSelector(IVault.Locked.selector, maker));
        sell(alice, maker, 1e18);
    }

    /// @dev What leaves during a receipt would be counted against what arrives.
    function test_RevertIf_DrawDuringAReceipt() public {
        stub.setLeavesReceiptOpen();
        stub.setDraw(1000 * USD, bob);
        vm.expectRevert(abi.encodeWithSelector(IVault.Locked.selector, maker));
        sell(alice, maker, 1e18);
    }

    function test_RevertIf_DrawOutsideAFill() public {
        vm.expectRevert(abi.encodeWithSelector(IVault.NoFillWindow.selector, maker, 0));
        stub.drawNow(1, bob);
        // Not even under a lock of one's own.
        vm.startPrank(maker);
        vault.lock();
        vm.expectRevert(abi.encodeWithSelector(IVault.NoFillWindow.selector, maker, 0));
        vault.draw(1, bob);
        vm.stopPrank();
    }
}
