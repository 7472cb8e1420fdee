// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {TradeParams} from "../../src/interfaces/IClearingHouse.sol";
import {SpotHedgeStorage} from "../../src/makers/spot-hedge/SpotHedgeStorage.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev doc
contract ExactQuoteFlipEscapesHedgeBoundTest is ExchangeTest {
    /// @dev A fill that would turn the taker's position is hedged near the oracle, also when the exact side is quote.
    function test_H2_FlipInExactQuote_IsBound() public {
        addMargin(alice, 5_000 * USD);
        buy(alice, address(om), 1e18);
        spot.moveTo(2200e18);
        TradeParams memory p = order(alice, address(shb), true, false, 2190e18);
        bool went;
        vm.prank(alice);
        try house.trade(p) {
            went = true;
        } catch {}
        assertTrue(!went || sizeOf(alice) >= 0, "flipped short without the hedge bound");
    }

    function test_H2_FlipInExactBase_IsBound() public {
        addMargin(alice, 5_000 * USD);
        buy(alice, address(om), 1e18);
        spot.moveTo(2200e18);
        vm.expectPartialRevert(SpotHedgeStorage.HedgeTooFar.selector);
        sell(alice, address(shb), 1.095e18);
    }

    /// @dev What the worse of both prices makes a pure reduction has no bound, though the swap alone would turn it.
    function test_H2_ReductionInExactQuote_IsNotBound() public {
        addMargin(alice, 5_000 * USD);
        sell(alice, address(shb), 1e18);
        spot.moveTo(1900e18);
        TradeParams memory p = order(alice, address(shb), false, true, 1990e18);
        p.isReduceOnly = true;
        tradeAs(alice, p);
        assertLe(sizeOf(alice), 0);
    }
}
