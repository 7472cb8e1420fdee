// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {TradeParams} from "../../src/interfaces/IClearingHouse.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev H2: a fill that reversed the position was hedged without the bound of increases when its exact amount was
/// quote.
contract ExactQuoteFlipEscapesHedgeBoundTest is ExchangeTest {
    function test_H2_ReversalInExactQuote_IsBound() public {
        _longBelowThePool();
        TradeParams memory p = order(alice, address(shb), true, false, 2190e18);
        bool went;
        vm.prank(alice);
        try house.trade(p) {
            went = true;
        } catch {}
        assertTrue(!went || sizeOf(alice) >= 0, "reversed without the hedge bound");
    }

    function test_H2_ReversalInExactBase_IsBound() public {
        _longBelowThePool();
        vm.expectPartialRevert(ISpotHedgeVault.HedgeTooFar.selector);
        sell(alice, address(shb), 1.095e18);
    }

    /// @dev The worse of oracle price and pool price makes this a pure reduction, which has no bound, although the swap
    /// alone would reverse the position.
    function test_H2_ReductionInExactQuote_IsNotBound() public {
        addMargin(alice, 5_000 * USD);
        sell(alice, address(shb), 1e18);
        spot.moveTo(1900e18);
        TradeParams memory p = order(alice, address(shb), false, true, 1990e18);
        p.isReduceOnly = true;
        tradeAs(alice, p);
        assertLe(sizeOf(alice), 0);
    }

    /// @dev Alice is long 1, and the pool is 10% above the oracle price.
    function _longBelowThePool() private {
        addMargin(alice, 5_000 * USD);
        buy(alice, address(om), 1e18);
        spot.moveTo(2200e18);
    }
}
