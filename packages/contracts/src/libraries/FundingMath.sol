// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Cast} from "../types/Cast.sol";
import {Exponential} from "./Exponential.sol";

/// @title The average skew, in proportion to which longs pay shorts (docs/fees.md)
/// @notice With s the skew, a the average, S the skew scale and tau the time constant:
///
///     a' = (s - a) / tau      while -S <= a <= S
///
/// Over any time, the sum of s x a is at least tau / 2 times the growth of a^2. From an average of zero, takers
/// together therefore pay at least zero for any sizes and times (T52). All roundings keep this exact: the average lags,
/// and time until the cap is rounded up.
library FundingMath {
    /// @dev Accrues `elapsed` seconds of a constant skew. Splitting the time in n parts changes the average by less
    /// than n wei plus 1e-21 of its distance from the skew.
    /// @param average WAD base, from -scale to scale
    /// @param skew WAD base, of less than 128 bits
    /// @param scale WAD base, positive and of less than 111 bits
    /// @param tau seconds, positive and of at most 44 bits
    /// @param elapsed seconds, of at most 40 bits
    /// @return averageAfter WAD base
    /// @return area of the average over the time, WAD base x seconds
    function accrue(int256 average, int256 skew, int256 scale, uint256 tau, uint256 elapsed)
        internal
        pure
        returns (int256 averageAfter, int256 area)
    {
        unchecked {
            if (skew >= 0) return _accrue(average, skew, scale, tau, elapsed);
            (averageAfter, area) = _accrue(-average, -skew, scale, tau, elapsed);
            return (-averageAfter, -area);
        }
    }

    /// @dev {accrue} for a skew that is not negative. Integrating a' gives the area without a further rounding:
    /// area = skew x elapsed - tau x (averageAfter - average).
    function _accrue(int256 average, int256 skew, int256 scale, uint256 tau, uint256 elapsed)
        private
        pure
        returns (int256 averageAfter, int256 area)
    {
        unchecked {
            averageAfter = skew + _decayAway(average - skew, Exponential.decayUp(elapsed, tau));
            if (averageAfter > scale) {
                averageAfter = scale;
                // The average at the cap: the skew beyond it has no effect.
                area = _areaBeforeCap(average, skew, scale, tau, elapsed);
                skew = scale;
            }
            area += skew * Cast.toInt(elapsed) - Cast.toInt(tau) * (averageAfter - average);
        }
    }

    /// @dev gap x decay, away from zero. `decay` is at most one, so that the result is at most the gap.
    function _decayAway(int256 gap, uint256 decay) private pure returns (int256 left) {
        unchecked {
            uint256 rest = Math.ceilDiv(Cast.magnitude(gap) * decay, Exponential.ONE);
            left = gap < 0 ? -Cast.toInt(rest) : Cast.toInt(rest);
        }
    }

    /// @dev (skew - scale) x the time until the average reaches the scale, which is tau x ln((skew - average) / (skew -
    /// scale)) and at most `elapsed`. Up.
    function _areaBeforeCap(int256 average, int256 skew, int256 scale, uint256 tau, uint256 elapsed)
        private
        pure
        returns (int256)
    {
        unchecked {
            if (average == scale) return 0;
            uint256 beyond = Cast.toUint(skew - scale);
            uint256 log = Exponential.lnUp(Cast.toUint(skew - average), beyond);
            // 64 binary digits of seconds: the product with a skew has less than 232 bits.
            uint256 time = Math.min(Math.ceilDiv(log * tau, 1 << 32), elapsed << 64);
            return Cast.toInt(Math.ceilDiv(beyond * time, 1 << 64));
        }
    }
}
