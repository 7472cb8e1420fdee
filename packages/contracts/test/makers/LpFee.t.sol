// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ExchangeTest} from "../utils/ExchangeTest.sol";

contract LpFeeTest is ExchangeTest {
    /// @dev There would be nobody to have the fee.
    function test_QuoteRedeem_OfEverythingHasNoFee() public view {
        uint256 all = om.totalSupply();
        (uint256 burned, uint256 amount,) = om.quoteRedeem(all, true);
        assertEq(burned, all);
        assertEq(amount, 1_000_000 * USD);
        (, amount,) = om.quoteRedeem(all - 1e12, true);
        assertLt(amount, 999_600 * USD, "all but a crumb has");
    }

    /// @dev A fee is a whole unit at least: of one unit nothing is left.
    function test_QuoteDeposit_TheFeeIsRoundedUp() public view {
        (uint256 taken, uint256 shares) = om.quoteDeposit(1, true);
        assertEq(taken, 1);
        assertEq(shares, 0);
        (, shares) = om.quoteDeposit(2, true);
        assertEq(shares, 1e12);
    }
}
