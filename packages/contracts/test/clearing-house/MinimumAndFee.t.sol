// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {IClearingHouse, TradeParams} from "../../src/interfaces/IClearingHouse.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {MarginMath} from "../../src/libraries/MarginMath.sol";
import {StubMaker} from "../utils/StubMaker.sol";
import {TradeTest} from "./Trade.t.sol";

/// @dev T21: positions that nobody would be paid to liquidate. The least is worth 1,000, half a unit of base.
contract MinimumPositionTest is TradeTest {
    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        c.market.rules.minPositionValue = 1000e18;
    }

    function test_T21_RevertIf_OpeningLessThanTheMinimum() public {
        bytes memory refusal = _below(1000e18 - 2000);
        vm.expectRevert(refusal);
        buy(alice, maker, 0.5e18 - 1);
        vm.expectRevert(refusal);
        sell(alice, maker, 0.5e18 - 1);
        buy(alice, maker, 0.5e18);
        sell(bob, maker, 0.5e18);
        // On top of it any amount will do.
        buy(alice, maker, 1);
        assertEq(sizeOf(alice), 0.5e18 + 1);
    }

    /// @dev What counts is the oracle's price of now.
    function test_T21_RevertIf_IncreasingWhatHasShrunkByTooLittle() public {
        buy(alice, maker, 0.5e18);
        _setPrice(1600e18);
        vm.expectRevert(_below(960e18));
        buy(alice, maker, 0.1e18);
        buy(alice, maker, 0.125e18);
    }

    /// @dev A turn ends in an opening.
    function test_T21_RevertIf_TurningIntoLess() public {
        buy(alice, maker, 1e18);
        vm.expectRevert(_below(600e18));
        sell(alice, maker, 1.3e18);
        sell(alice, maker, 1.5e18);
        assertEq(sizeOf(alice), -0.5e18);
    }

    function test_T21_Reduction_ClosesTheWholeWhenLessWouldBeLeft() public {
        buy(alice, maker, 1.5e18);
        sell(alice, maker, 1e18);
        assertEq(sizeOf(alice), 0.5e18, "exactly the minimum may stay");
        (int256 base, int256 quote) = sell(alice, maker, 1);
        assertEq(base, -0.5e18);
        assertEq(quote, 1000e18);
        assertEq(sizeOf(alice), 0);
        sell(alice, maker, 1e18);
        (base, quote) = buy(alice, maker, 0.5e18 + 1);
        assertEq(base, 1e18);
        assertEq(quote, -2000e18);
        assertEq(sizeOf(alice), 0);
    }

    /// @dev What has shrunk below the minimum closes whole too.
    function test_T21_Reduction_OfWhatHasShrunk() public {
        buy(alice, maker, 0.5e18);
        _setPrice(1600e18);
        sell(alice, maker, 1);
        assertEq(sizeOf(alice), 0);
    }

    /// @dev The bound is a price: 2,000 for each however much is closed, rounded for the taker.
    function test_T21_Reduction_BoundScales_ExactInput() public {
        buy(alice, maker, 1e18);
        TradeParams memory params = order(alice, maker, true, true, 0.6e18);
        params.oppositeBound = 1200e18 + 1;
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.SlippageExceeded.selector, 2000e18, 2000e18 + 2));
        tradeAs(alice, params);
        params.oppositeBound = 1200e18;
        tradeAs(alice, params);
        assertEq(sizeOf(alice), 0);
    }

    function test_T21_Reduction_BoundScales_ExactOutput() public {
        sell(alice, maker, 1e18);
        TradeParams memory params = order(alice, maker, false, false, 0.6e18);
        params.oppositeBound = 1200e18 - 1;
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.SlippageExceeded.selector, 2000e18, 2000e18 - 2));
        tradeAs(alice, params);
        params.oppositeBound = 1200e18;
        tradeAs(alice, params);
        assertEq(sizeOf(alice), 0);
    }

    function test_T21_Reduction_NoBoundStaysNone() public {
        sell(alice, maker, 1e18);
        buy(alice, maker, 0.6e18);
        assertEq(sizeOf(alice), 0);
    }

    /// @dev An amount in quote says what it costs, so it is not turned into a close.
    function test_T21_RevertIf_ReductionInQuoteLeavesLess() public {
        buy(alice, maker, 1e18);
        vm.expectRevert(_below(800e18));
        tradeAs(alice, order(alice, maker, true, false, 1200e18));
        tradeAs(alice, order(alice, maker, true, false, 1000e18));
        assertEq(sizeOf(alice), 0.5e18);
        tradeAs(alice, order(alice, maker, true, false, 1000e18));
        assertEq(sizeOf(alice), 0);
        sell(alice, maker, 1e18);
        vm.expectRevert(_below(800e18));
        tradeAs(alice, order(alice, maker, false, true, 1200e18));
    }

    function test_T21_Makers_AreExemptOnEitherSide() public {
        buy(alice, maker, 0.5e18);
        sell(bob, maker, 0.6e18);
        assertEq(sizeOf(maker), 0.1e18);
        StubMaker other = new StubMaker(vault, market, START_PRICE);
        vm.prank(owner());
        house.registerMaker(address(other));
        other.addMargin(1000 * USD);
        buy(address(other), maker, 0.3e18);
        sell(address(other), maker, 0.1e18);
        assertEq(sizeOf(address(other)), 0.2e18, "nor is its reduction rounded");
    }

    function _below(uint256 value) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IClearingHouse.PositionBelowMinimum.selector, value, 1000e18);
    }

    function _setPrice(uint256 price) private {
        skip(1);
        setPrice(price);
        stub.setPrice(price);
    }
}

/// @dev The taker pays a tenth of a percent of the quote to the market's insurance.
contract TradingFeeTest is TradeTest {
    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        c.market.rules.tradingFee = 1000;
    }

    function test_Fee_GoesFromTheTakersMarginToInsurance() public {
        uint256 balance = d.lens.marketOf(market).balance;
        vm.expectEmit(address(vault));
        emit IVault.TradingFeePaid(market, alice, 2e18);
        (int256 base, int256 quote) = buy(alice, maker, 1e18);
        assertEq(base, 1e18);
        assertEq(quote, -2000e18, "the fee is not in the trade");
        assertEq(marginOf(alice), 99_998e18);
        assertEq(marginOf(maker), 1_000_000e18);
        assertEq(d.lens.marketOf(market).insurance, 2e18);
        assertEq(d.lens.marketOf(market).balance, balance, "no tokens move");
        close(alice, maker);
        assertEq(marginOf(alice), 99_996e18);
        assertEq(d.lens.marketOf(market).insurance, 4e18);
    }

    /// @dev On what is traded, whichever side was exact.
    function test_Fee_IsOnTheQuoteOfEitherSide() public {
        tradeAs(alice, order(alice, maker, false, true, 3000e18));
        assertEq(d.lens.marketOf(market).insurance, 3e18);
        tradeAs(alice, order(alice, maker, true, false, 1000e18));
        assertEq(d.lens.marketOf(market).insurance, 4e18);
    }

    function testFuzz_Fee_RoundsUp(uint256 size, bool isShort) public {
        size = bound(size, 1, 400e18);
        stub.setPrice(2001e18);
        (, int256 quote) = isShort ? sell(alice, maker, size) : buy(alice, maker, size);
        uint256 paid = uint256(quote < 0 ? -quote : quote);
        int256 fee = d.lens.marketOf(market).insurance;
        assertEq(uint256(fee), (paid * 1000 + 999_999) / 1e6);
        assertEq(marginOf(alice), 100_000e18 - fee);
        // L2: what one pays the other gets.
        assertEq(valueOf(alice) + valueOf(maker) + fee, 1_100_000e18);
    }

    function test_Fee_RoundsUp_ToTheLastUnit() public {
        stub.setPrice(2001e18);
        buy(alice, maker, 1);
        assertEq(d.lens.marketOf(market).insurance, 3, "of 2.001");
    }

    function test_L6_Fee_CountsAgainstTheInitialRequirement() public {
        vm.prank(alice);
        vault.transferMarginToFund(market, alice, 89_900 * USD + 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                MarginMath.InsufficientInitialMargin.selector, alice, int256(10_000e18 - 1e12), uint256(10_000e18)
            )
        );
        buy(alice, maker, 50e18);
        addMargin(alice, 1);
        buy(alice, maker, 50e18);
        assertEq(valueOf(alice), 10_000e18);
    }

    /// @dev A close pays it out of what is left, and passes as long as that is enough.
    function test_L6_Fee_CountsAtTheClose() public {
        buy(alice, maker, 50e18);
        skip(1);
        // 99,900 - 50 x 1,998 is nothing.
        setPrice(2e18);
        stub.setPrice(2e18);
        assertEq(valueOf(alice), 0);
        TradeParams memory params = order(alice, maker, true, true, 50e18);
        vm.expectRevert(
            abi.encodeWithSelector(
                MarginMath.InsufficientMaintenanceMargin.selector, alice, -int256(0.1e18), uint256(0)
            )
        );
        tradeAs(alice, params);
        fund(alice, 100_000);
        addMargin(alice, 100_000);
        tradeAs(alice, params);
        assertEq(marginOf(alice), 0);
    }

    /// @dev The bound is about the trade.
    function test_Fee_IsNotInTheTakersBound() public {
        TradeParams memory params = order(alice, maker, false, false, 1e18);
        params.oppositeBound = 2000e18;
        tradeAs(alice, params);
    }
}
