// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Rule, RuleParams} from "../../src/interfaces/IMarketAdmin.sol";
import {LadderTest} from "../utils/LadderTest.sol";

/// @dev T63: near bankruptcy the liquidator's reward fell with the account value, and rose to the bounty below zero, so
/// that waiting paid. The reward is 1% of the notional here, and the trading fee too.
contract LiquidatorEarnsByWaitingTest is LadderTest {
    function setUp() public override {
        super.setUp();
        donate(100_000 * USD);
        RuleParams memory rules = currentRules();
        (rules.liquidatorShare, rules.tradingFee, rules.liquidationBounty) = (400_000, 10_000, 10_000e18);
        setRules(rules);
        // The fee of the opening is 2,000.
        long(alice, 22_000 * USD, 100e18);
    }

    /// @dev The account pays first, insurance the rest, also of the shortfall.
    function test_T63_Reward_IsTheSameAtEveryAccountValue() public {
        int256[5] memory values = [int256(4000e18), 1000e18, 1e18, 0, -1000e18];
        for (uint256 i = 0; i < values.length; ++i) {
            uint256 snapshot = vm.snapshotState();
            uint256 price = uint256(int256(1800e18) + values[i] / 100);
            jump(price);
            assertEq(valueOf(alice), values[i]);
            int256 liquidator = valueOf(keeper);
            int256 before = insurance();
            (uint256 base, uint256 reward) = takeOver(alice);
            assertEq(base, 100e18);
            assertEq(reward, price, "1% of 100 x price");
            assertEq(valueOf(keeper) - liquidator, int256(reward));
            int256 penalty = values[i] > 0 ? values[i] : int256(0);
            int256 shortfall = values[i] < 0 ? -values[i] : int256(0);
            assertEq(insurance() - before, penalty - shortfall - int256(reward), "insurance");
            assertFlatAndEmpty(alice);
            assertLaws();
            vm.revertToState(snapshot);
        }
    }

    /// @dev T30: a group that opens both sides and liquidates itself at the best moment gains less than its trading fees.
    function testFuzz_T30_T63_GroupThatLiquidatesItself_GainsNothing(uint256 price, bool waits) public {
        // All of the penalty, which is more than the fees of both sides.
        setRule(Rule.LiquidatorShare, 1_000_000);
        int256 before = valueOf(keeper) + valueOf(carol) + 22_000e18;
        short(carol, 100_000 * USD, 100e18);
        before += 100_000e18;
        price = waits ? boundPrice(price, 1800e18, 1810e18) : boundPrice(price, 1800e18, 1919e18);
        jump(price);
        (uint256 base,) = takeOver(alice);
        if (waits) assertEq(base, 100e18);
        assertLe(valueOf(alice) + valueOf(keeper) + valueOf(carol), before, "T30");
        assertLaws();
    }
}
