// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Quote, ZERO_QUOTE} from "../../src/types/Units.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

contract BaseVaultFloorTest is ExchangeTest {
    /// @dev The vault's floor is half of its position's value. Views say what withdrawals do.
    function test_MaxRedeem_IsNothingBelowTheMarginFloor() public {
        addMargin(alice, 10_000 * USD);
        sell(alice, address(shb), 10e18);
        assertGt(shb.maxRedeem(lp), 0, "above it");
        vm.prank(address(house));
        vault.settlePenalty(market, address(shb), bob, Quote.wrap(-12_000e18), ZERO_QUOTE);
        assertLt(valueOf(address(shb)), 10_000e18);
        assertEq(shb.maxRedeem(lp), 0);
        (uint256 burned, uint256 amount,) = shb.quoteRedeem(1e18, true);
        assertEq(burned, 0);
        assertEq(amount, 0);
    }
}
