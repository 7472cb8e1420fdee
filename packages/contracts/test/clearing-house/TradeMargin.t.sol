// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {TradeParams} from "../../src/interfaces/IClearingHouse.sol";
import {insufficientInitialMargin, insufficientMaintenanceMargin} from "../utils/Reverts.sol";
import {TradeTest} from "./TradeTest.sol";

/// @dev L6 for taker and maker. Initial margin 10%, maintenance margin 6.25%.
contract ClearingHouseTradeMarginTest is TradeTest {
    function test_L6_Increasing_ExactlyAtTheInitialRequirement() public {
        buy(alice, maker, 500e18);
        assertEq(valueOf(alice), 100_000e18);
    }

    function test_L6_RevertIf_TakerIncreasesBelowInitial() public {
        vm.expectRevert(insufficientInitialMargin(alice, 100_000e18, 100_000e18 + 200));
        buy(alice, maker, 500e18 + 1);
    }

    function test_L6_RevertIf_MakerIncreasesBelowInitial() public {
        fund(alice, 9_000_000 * USD);
        addMargin(alice, 9_000_000 * USD);
        vm.expectRevert(insufficientInitialMargin(maker, 1_000_000e18, 1_000_200e18));
        buy(alice, maker, 5001e18);
    }

    /// @dev The difference between execution price and oracle price counts at once.
    function test_L6_RevertIf_TheExecutionPriceLeavesTooLittle() public {
        stub.setPrice(2050e18);
        vm.expectRevert(insufficientInitialMargin(alice, 75_000e18, 100_000e18));
        buy(alice, maker, 500e18);
    }

    function test_L6_Reducing_BelowInitialButAboveMaintenance() public {
        _buyThenMove(1900e18, 1900e18);
        sell(alice, maker, 1e18);
        assertLt(valueOf(alice), 499 * 190e18);
    }

    function test_L6_Reducing_BelowMaintenanceWhenTheRatioDoesNotFall() public {
        _buyThenMove(1850e18, 1850e18);
        // 25,000 against a requirement of 57,812.5
        sell(alice, maker, 100e18);
        assertEq(valueOf(alice), 25_000e18);
    }

    function test_L6_RevertIf_ReducingBelowMaintenanceLowersTheRatio() public {
        // 25,000 / 925,000. Selling 100 at a loss of 4 each raises the ratio to 24,600 / 740,000.
        _buyThenMove(1850e18, 1846e18);
        sell(alice, maker, 100e18);
        // Selling 100 more at a loss of 90 each lowers it to 15,600 / 555,000.
        stub.setPrice(1760e18);
        vm.expectRevert(insufficientMaintenanceMargin(alice, 15_600e18, 34_687.5e18));
        sell(alice, maker, 100e18);
    }

    /// @dev An account above maintenance may not fall below it, however much it reduces.
    function test_L6_RevertIf_ReducingFallsBelowMaintenance() public {
        _buyThenMove(1950e18, 1500e18);
        // 75,000 - 100 x 450 = 30,000 against 6.25% of 400 x 1950
        vm.expectRevert(insufficientMaintenanceMargin(alice, 30_000e18, 48_750e18));
        sell(alice, maker, 100e18);
    }

    function test_L6_ClosingToZero_NeedsNoMoreThanZero() public {
        _buyThenMove(1800e18, 1800e18);
        close(alice, maker);
        assertEq(marginOf(alice), 0);
        assertEq(sizeOf(alice), 0);
    }

    function test_L6_RevertIf_ClosingToZeroBelowZero() public {
        _buyThenMove(1799e18, 1799e18);
        vm.expectRevert(insufficientMaintenanceMargin(alice, -500e18, 0));
        sell(alice, maker, 500e18);
    }

    /// @dev T9: the maker is below every requirement, and the taker realises its profit. L5: into margin, at once.
    function test_T9_L5_ReductionsPass_MakerIsBelowMaintenance() public {
        fund(alice, 1_000_000 * USD);
        addMargin(alice, 900_000 * USD);
        buy(alice, maker, 5000e18);
        jump(3000e18);
        assertLt(valueOf(maker), 0);
        close(alice, maker);
        assertEq(marginOf(alice), 6_000_000e18);
        assertEq(marginOf(maker), -4_000_000e18);
    }

    /// @dev T35: a trade between two accounts of one owner leaves both with initial margin for their positions.
    function testFuzz_T35_SelfTradeLeavesBothWithInitialMargin(uint256 price, uint256 size, bool isBaseToQuote) public {
        stub.setPrice(boundExactPrice(price, 1500e18, 2500e18));
        size = boundSize(size, 1e12, 6000e18);
        TradeParams memory params = order(alice, maker, isBaseToQuote, isBaseToQuote, size);
        vm.prank(alice);
        try house.trade(params) {
            int256 required = int256(size * 2000 / 10);
            assertGe(valueOf(alice), required);
            assertGe(valueOf(maker), required);
        } catch {}
    }

    /// @dev Alice buys 500 at 2,000 with the initial margin. Then oracle and stub have new prices.
    function _buyThenMove(uint256 oraclePrice, uint256 stubPrice) private {
        buy(alice, maker, 500e18);
        jump(oraclePrice);
        stub.setPrice(stubPrice);
    }
}
