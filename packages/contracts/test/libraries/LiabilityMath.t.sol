// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {LiabilityMath} from "../../src/libraries/LiabilityMath.sol";
import {Bounds} from "../utils/Bounds.sol";

contract LiabilityMathTest is Bounds {
    uint256 private constant WAD = 1e18;
    uint256 private constant MAX = type(uint128).max;

    function test_UtilRatio_Examples() public pure {
        assertEq(LiabilityMath.utilRatioUp(0, 0), 0, "no liability");
        assertEq(LiabilityMath.utilRatioUp(100, 0), 0, "no liability");
        assertEq(LiabilityMath.utilRatioUp(100e18, 100e18), 0, "unused");
        assertEq(LiabilityMath.utilRatioUp(120e18, 100e18), 0, "never below zero");
        assertEq(LiabilityMath.utilRatioUp(25e18, 100e18), 0.75e18);
        assertEq(LiabilityMath.utilRatioUp(0, 100e18), WAD, "all used");
        assertEq(LiabilityMath.utilRatioUp(2, 3), WAD - WAD * 2 / 3, "up");
    }

    function testFuzz_UtilRatio_IsUpAndWithinBounds(uint256 balance, uint256 liability) public pure {
        balance = boundQuote(balance, 0, MAX);
        liability = boundQuote(liability, 1, MAX);
        uint256 ratio = LiabilityMath.utilRatioUp(balance, liability);
        assertLe(ratio, WAD);
        if (balance >= liability) {
            assertEq(ratio, 0);
        } else {
            // ratio - 1 wei < 1 - balance / liability <= ratio, multiplied out
            assertGe(ratio * liability, (liability - balance) * WAD);
            assertLt((ratio - 1) * liability, (liability - balance) * WAD);
        }
    }

    function testFuzz_AfterWithdrawal_IsUp(uint256 liability, uint256 shares, uint256 totalShares) public pure {
        liability = boundQuote(liability, 0, MAX);
        totalShares = boundShares(totalShares, 1, MAX);
        shares = boundShares(shares, 0, totalShares);
        uint256 left = LiabilityMath.afterWithdrawalUp(liability, shares, totalShares);
        assertLe(left, liability);
        // left - 1 < liability (1 - shares / totalShares) <= left
        assertGe(left * totalShares, liability * (totalShares - shares));
        if (left > 0) assertLt((left - 1) * totalShares, liability * (totalShares - shares));
    }

    function testFuzz_AfterWithdrawal_OfAllShares_IsZero(uint256 liability, uint256 totalShares) public pure {
        totalShares = boundShares(totalShares, 1, MAX);
        assertEq(LiabilityMath.afterWithdrawalUp(boundQuote(liability, 0, MAX), totalShares, totalShares), 0);
    }

    /// @dev Any sequence of deposits and withdrawals: the liability never exceeds the deposits, never falls per share
    /// by a withdrawal, and is zero without shares. Utilization is a ratio.
    function testFuzz_AnySequence_KeepsTheLiabilityPerShare(uint256[16] memory amounts, uint256 kinds, uint256 balance)
        public
        pure
    {
        uint256 liability;
        uint256 shares;
        uint256 brought;
        for (uint256 i = 0; i < amounts.length; ++i) {
            if (kinds >> i & 1 == 0 || shares == 0) {
                uint256 deposit = boundAmount(amounts[i], 1, 1e36);
                (liability, shares, brought) = (liability + deposit, shares + deposit, brought + deposit);
            } else {
                uint256 burned = boundShares(amounts[i], 0, shares);
                uint256 left = LiabilityMath.afterWithdrawalUp(liability, burned, shares);
                assertLe(left, liability);
                assertGe(left * shares, liability * (shares - burned), "less per share than before");
                (liability, shares) = (left, shares - burned);
            }
            assertLe(liability, brought);
            if (shares == 0) assertEq(liability, 0);
            uint256 ratio = LiabilityMath.utilRatioUp(boundQuote(balance, 0, liability), liability);
            assertLe(ratio, WAD);
        }
        assertEq(LiabilityMath.afterWithdrawalUp(liability, shares, shares == 0 ? 1 : shares), 0);
    }
}
