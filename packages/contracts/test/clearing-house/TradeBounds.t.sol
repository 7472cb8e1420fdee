// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse, TradeParams} from "../../src/interfaces/IClearingHouse.sol";
import {TradeTest} from "./TradeTest.sol";

/// @dev The taker's bound and the price band.
contract ClearingHouseTradeBoundsTest is TradeTest {
    function test_Slippage_ExactInput() public {
        checkBound(order(alice, maker, true, true, 1e18), 2000e18, 2000e18 + 1, 2000e18 + 1, 2000e18);
    }

    function test_Slippage_ExactOutput() public {
        checkBound(order(alice, maker, false, false, 1e18), 2000e18, 2000e18 - 1, 2000e18 - 1, 2000e18);
    }

    /// @dev A taker's bound applies to reductions too.
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

    /// @dev A reversal is an increase.
    function test_Band_BindsReversals() public {
        buy(alice, maker, 1e18);
        stub.setPrice(1800e18);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.PriceBandExceeded.selector, 1800e18, 2000e18, 50_000));
        sell(alice, maker, 1e18 + 1e6);
    }
}
