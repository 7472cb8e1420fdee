// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IMaker} from "../../../src/interfaces/IMaker.sol";
import {ISpotHedgeVault} from "../../../src/interfaces/ISpotHedgeVault.sol";
import {SpotHedgeQuoteMakerTest} from "../../utils/SpotHedgeQuoteMakerTest.sol";

contract SpotHedgeQuoteMakerFillOrderTest is SpotHedgeQuoteMakerTest {
    // ------------------------------------------------------------------------------------------- price and margin ----

    function test_Buy_PaysFromTheBalanceAndMovesTheMargin() public {
        (int256 base, int256 quote) = buy(alice, maker, 10e18);
        assertEq(base, 10e18);
        assertLt(quote, -20_000e18, "the swap's price");
        assertEq(shq.baseBalance(), 10e18);
        assertEq(sizeOf(maker), -10e18);
        assertEq(positionOf(maker).openNotional.unwrap(), -quote);
        // Half of the notional at the oracle price. The swap's price above it is unrealised profit, which is no margin.
        assertEq(marginOf(maker), 10_000e18);
        assertEq(shq.assetBalance(), 1_000_000 * USD - uint256(-quote) / 1e12 - 10_000 * USD);
        assertApproxEqAbs(vaultValue(START_PRICE), 1_000_000e18, 1e12, "the taker paid for the swap");
    }

    function test_Sell_SellsTheBaseAndTakesMarginBack() public {
        buy(alice, maker, 10e18);
        uint256 before = shq.assetBalance();
        uint256 yield = poolYield(4e18);
        // Bob opens a short against the maker's base, at the swap's price.
        (int256 base, int256 quote) = sell(bob, maker, 4e18);
        assertEq(base, -4e18);
        assertEq(uint256(quote), yield);
        assertEq(shq.baseBalance(), 6e18);
        assertEq(marginOf(maker) / 1e12, 6_000e6, "half of what is left");
        assertGt(shq.assetBalance(), before + yield / 1e12 + 3_990 * USD);
    }

    function test_SellBack_GetsTheOraclePriceAfterItsOwnImpact() public {
        (, int256 paid) = buy(alice, maker, 10e18);
        spot.moveTo(2020e18);
        (, int256 got) = sell(alice, maker, 10e18);
        assertLt(paid, -20_000e18);
        assertEq(got, 20_000e18, "no better than the oracle");
        assertEq(sizeOf(maker), 0);
        assertEq(shq.baseBalance(), 0);
        assertLt(marginOf(maker), 1e12, "all margin is back");
        assertGt(shq.assetBalance(), 1_000_000 * USD, "the difference is the quote vault's");
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

    // --------------------------------------------------------------------------------------------------------- H2 ----

    function test_H2_RevertIf_IncreasingHedgeIsTooFar() public {
        spot.moveTo(2042e18);
        vm.expectPartialRevert(ISpotHedgeVault.HedgeTooFar.selector);
        buy(alice, maker, 1e18);
        spot.moveTo(1955e18);
        vm.expectPartialRevert(ISpotHedgeVault.HedgeTooFar.selector);
        buy(alice, maker, 1e18);
    }

    /// @dev T5: an attacker moves the pool up, lets the maker buy, and moves the pool back. Within the bound it earns
    /// less than moving the pool costs.
    function test_T5_SelfSandwich_LosesMoney() public {
        uint256 id = vm.snapshotState();
        for (uint256 push = 2005e18; push <= 2036e18; push += 5e18) {
            int256 value = vaultValue(START_PRICE);
            spot.moveTo(push);
            buy(alice, maker, 20e18);
            spot.moveTo(START_PRICE);
            // The taker pays the swap's price: the maker loses nothing.
            assertGe(vaultValue(START_PRICE) + 1e13, value);
            sell(alice, maker, 20e18);
            assertGe(vaultValue(START_PRICE) + 1e13, value, "nor by the close");
            vm.revertToState(id);
        }
    }

    // --------------------------------------------------------------------------------------------------- capacity ----

    function test_RevertIf_SellExceedsTheVaultsShort() public {
        vm.expectRevert(abi.encodeWithSelector(IMaker.MakerCapacityExceeded.selector, 1e18, 0));
        sell(alice, maker, 1e18);
        buy(bob, maker, 5e18);
        vm.expectRevert(abi.encodeWithSelector(IMaker.MakerCapacityExceeded.selector, 6e18, 5e18));
        sell(alice, maker, 6e18);
        vm.expectPartialRevert(IMaker.MakerCapacityExceeded.selector);
        tradeAs(alice, order(alice, maker, true, false, 10_100e18));
    }

    /// @dev The capacity that the error states is filled to the last decimal.
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
        // The swap alone costs more than the balance: the stated quote fits.
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

    // --------------------------------------------------------------------------------------------------------- T9 ----

    /// @dev T9: the margin ratio of the maker prevents no close, also without a rebalance.
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

    /// @dev The proceeds of a full close pay for missing margin.
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

/// @dev Collateral of 18 and base of 8 decimals.
contract SpotHedgeQuoteMakerFillOrderCoarseTokenTest is SpotHedgeQuoteMakerTest {
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
        // Closes finer than the token's unit are legal, and their remainders do not add up.
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
