// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {TradeParams} from "../../../src/interfaces/IClearingHouse.sol";
import {FlashAttacker} from "../../utils/FlashLoan.sol";
import {SpotHedgeQuoteMakerTest} from "../../utils/SpotHedgeQuoteMakerTest.sol";

/// @dev A known limit, which the documentation states: H2 does not bind a close, so that a close at a moved pool can
/// increase the position of a quote vault at any price. The test states the closer's cost, and that LPs lose nothing.
contract SpotHedgeQuoteMakerCloseAtMovedPoolTest is SpotHedgeQuoteMakerTest {
    FlashAttacker private attacker;

    function extraPoolDepth() internal pure override returns (uint256) {
        return 0;
    }

    function setUp() public override {
        super.setUp();
        attacker = createFlashAttacker(1_200_000 * USD, 1_200_000 * USD);
    }

    function test_T5_CloseAtMovedPool_LocksTheBalanceAndCostsLpsNothing() public {
        int256 owned = wealthOf(address(attacker), 2000);
        (uint256 free, uint256 total) = (shq.maxRedeem(lp), shq.totalAssets());
        attacker.trade(order(address(attacker), address(om), true, true, 40e18));
        TradeParams memory close = order(address(attacker), address(shq), false, false, type(uint256).max);
        close.isReduceOnly = true;
        attacker.attack(close, 20_000e18);
        assertEq(sizeOf(address(attacker)), 0);
        int256 cost = (owned - wealthOf(address(attacker), 2000)) / 1e18;
        assertGt(cost, 14_000);
        assertLt(cost, 15_500);
        assertLt(shq.maxRedeem(lp) * 7, free);
        assertApproxEqAbs(shq.assetBalance(), 140_000 * USD, 40_000 * USD);
        assertGe(shq.totalAssets(), total, "LPs lost");
        // A taker that sells to the maker realises the maker's profit.
        sell(alice, address(shq), 39e18);
        assertGt(shq.maxRedeem(lp) * 10, free * 9);
        assertGe(shq.totalAssets(), total);
    }
}
