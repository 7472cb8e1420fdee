// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {FundingMath} from "../../src/libraries/FundingMath.sol";
import {Bounds} from "../utils/Bounds.sol";

/// @dev The average skew: tables of the differential equation's solution (mpmath, 70 digits), and the properties on which
/// T52 rests.
contract FundingMathTest is Bounds {
    int256 private constant SCALE = 100e18;
    uint256 private constant TAU = 6 hours;

    function test_Accrue_Table() public pure {
        _assertAccrues(0, 50e18, 1 hours, 7675913755469296298, 14200262881863199968511);
        // At the scale itself the average never reaches the cap.
        _assertAccrues(0, 100e18, 1 days, 98168436111126581971, 6519561779999665829434431);
        // Reaches it after 1.3 hours.
        _assertAccrues(0, 500e18, 1 days, 100e18, 8407960283354772289820790);
        // From cap to cap.
        _assertAccrues(100e18, -600e18, 6 hours, -100e18, -1473900155509099649449609);
        _assertAccrues(-100e18, 101e18, 200_000, 100e18, 15794551386014076036223011);
        // Decays without skew.
        _assertAccrues(40e18, 0, 6 hours, 14715177646857692864, 546152162827873834141467);
        // A skew that is one wei beyond the scale.
        _assertAccrues(99e18, 100e18 + 1, 1e6, 100e18, 99978400000000000000895245);
        // Stays at the cap.
        _assertAccrues(100e18, 300e18, 5, 100e18, 500e18);
    }

    function test_Accrue_AtTheSkew_Stays() public pure {
        (int256 average, int256 area) = FundingMath.accrue(-7e18, -7e18, SCALE, TAU, 1 days);
        assertEq(average, -7e18);
        assertEq(area, -7e18 * 1 days);
    }

    /// @dev Rounded away from the skew: an average that led by one wei would have been paid for by none.
    function test_Accrue_OneWei_Lags() public pure {
        (int256 average, int256 area) = FundingMath.accrue(0, 1, SCALE, TAU, 1);
        assertEq(average, 0);
        assertEq(area, 1);
        (average, area) = FundingMath.accrue(1, 0, SCALE, TAU, 1);
        assertEq(average, 1);
        assertEq(area, 0);
        (average,) = FundingMath.accrue(0, 1, SCALE, TAU, 100 days);
        assertEq(average, 0);
    }

    /// @dev T52: takers pay at least the growth of tau a^2 / 2 for the skew, exactly. Later receipts are therefore no more
    /// than earlier payments.
    function testFuzz_T52_PaidCoversTheGrowthOfTheAverage(
        int256 average,
        int256 skew,
        int256 scale,
        uint256 tau,
        uint256 elapsed
    ) public pure {
        scale = boundSize(scale, 1e9, 2 ** 100);
        average = boundSize(average, -scale, scale);
        skew = boundSize(skew, -20 * scale, 20 * scale);
        tau = boundTime(tau, 1 hours, 2 ** 44);
        elapsed = boundTime(elapsed, 0, 10 * tau < 2 ** 40 ? 10 * tau : 2 ** 40 - 1);
        (int256 end, int256 area) = FundingMath.accrue(average, skew, scale, tau, elapsed);
        assertGe(2 * skew * area, int256(tau) * (end * end - average * average), "T52");
        assertTrue(end >= -scale && end <= scale, "cap");
        assertTrue(average < skew ? end >= average : end <= average, "moves toward the skew");
    }

    function testFuzz_Accrue_IsTheSameInBothDirections(int256 average, int256 skew, uint256 elapsed) public pure {
        average = boundSize(average, -SCALE, SCALE);
        skew = boundSize(skew, -20 * SCALE, 20 * SCALE);
        elapsed = boundTime(elapsed, 90 days);
        (int256 end, int256 area) = FundingMath.accrue(average, skew, SCALE, TAU, elapsed);
        (int256 mirrored, int256 mirroredArea) = FundingMath.accrue(-average, -skew, SCALE, TAU, elapsed);
        // Without skew neither direction is the takers'.
        if (skew == 0) mirrored = -mirrored;
        assertEq(skew == 0 ? end : -end, mirrored);
        assertEq(-area, mirroredArea);
    }

    /// @dev Each of n touches adds less than a wei, plus the error of the decay, to the average. The area follows by the
    /// average's error times tau.
    function testFuzz_Accrue_DoesNotDependOnTouches(
        int256 average,
        int256 skew,
        uint256 elapsed,
        uint256 touches,
        uint256 seed
    ) public pure {
        average = boundSize(average, -SCALE, SCALE);
        skew = boundSize(skew, -20 * SCALE, 20 * SCALE);
        touches = boundCount(touches, 1, 40);
        elapsed = boundTime(elapsed, touches, 30 days);
        (int256 end, int256 area) = FundingMath.accrue(average, skew, SCALE, TAU, elapsed);
        int256 sum;
        uint256 past;
        for (uint256 i = 1; i <= touches; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 until = i == touches ? elapsed : past + seed % (elapsed - past + 1);
            int256 part;
            (average, part) = FundingMath.accrue(average, skew, SCALE, TAU, until - past);
            sum += part;
            past = until;
        }
        assertApproxEqAbs(average, end, 3 * touches, "average");
        assertApproxEqAbs(sum, area, 3 * touches * (TAU + elapsed), "area");
    }

    function _assertAccrues(int256 average, int256 skew, uint256 elapsed, int256 end, int256 area) private pure {
        (int256 result, int256 resultArea) = FundingMath.accrue(average, skew, SCALE, TAU, elapsed);
        assertApproxEqAbs(result, end, 2, "average");
        assertApproxEqAbs(resultArea, area, 2 * (TAU + elapsed), "area");
    }
}
