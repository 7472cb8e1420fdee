// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ExchangeTest} from "../utils/ExchangeTest.sol";

contract LastLpTest is ExchangeTest {
    /// @dev There would be nobody to have the fee.
    function test_QuoteRedeem_OfEverythingHasNoFee() public view {
        uint256 all = om.totalSupply();
        (uint256 burned, uint256 amount,) = om.quoteRedeem(all, true);
        assertEq(burned, all);
        assertEq(amount, 1_000_000 * USD);
        (, amount,) = om.quoteRedeem(all - 1e12, true);
        assertLt(amount, 999_600 * USD, "all but a crumb has");
    }
}
