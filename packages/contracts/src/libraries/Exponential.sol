// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Exponential decay and the logarithm that inverts it
/// @notice Both are rounded up: the error is positive, and below 1e-21 of the result plus 2^-93. Results have 96 binary
/// digits after the point.
library Exponential {
    /// @dev One, and the number of its binary digits.
    uint256 internal constant ONE = 2 ** DIGITS;
    uint256 internal constant DIGITS = 96;

    /// @dev ln 2, up.
    uint256 private constant LN_2 = 54916777467707473351141471129;
    /// @dev Decay beyond this many time constants is no longer distinguished: e^-64 is 1.6e-28.
    uint256 private constant MAX_TIMES = 64 * ONE;
    /// @dev The last power in the series of {lnUp}. It is odd, and at most 3^-41 = 2.7e-20.
    uint256 private constant LAST_POWER = 41;

    /// @dev e^(-elapsed / tau), up, at most one. `elapsed` is below 2^150, `tau` is positive.
    ///
    /// e^-x = 2^-n e^-f with x = n ln 2 + f and 0 <= f < ln 2. The Padé approximant (P - fQ) / (P + fQ) of order [8/8],
    /// with P and Q polynomials in f^2, exceeds e^-f by less than 5e-22: approximants of an even order are above the
    /// function. Both roundings of the reduction enlarge the result. Those of the polynomials are below 2^-98 of it.
    function decayUp(uint256 elapsed, uint256 tau) internal pure returns (uint256 decay) {
        unchecked {
            uint256 x = (elapsed << DIGITS) / tau;
            if (x > MAX_TIMES) x = MAX_TIMES;
            uint256 n = x / LN_2;
            uint256 f = x - n * LN_2;
            uint256 y = f * f >> DIGITS;
            uint256 p = y + 2520 * ONE;
            p = (p * y >> DIGITS) + 831600 * ONE;
            p = (p * y >> DIGITS) + 60540480 * ONE;
            p = (p * y >> DIGITS) + 518918400 * ONE;
            uint256 q = 72 * y + 55440 * ONE;
            q = (q * y >> DIGITS) + 8648640 * ONE;
            q = (q * y >> DIGITS) + 259459200 * ONE;
            q = q * f >> DIGITS;
            // One for the division and one for the polynomials; then one for the shift.
            decay = (((p - q) << DIGITS) / (p + q) + 2 >> n) + 1;
            if (decay > ONE) decay = ONE;
        }
    }

    /// @dev ln(n / d), up. `d` is positive and at most `n`, which is below 2^150.
    ///
    /// ln z = m ln 2 + 2 artanh w with z = 2^m y, 1 <= y <= 2 and w = (y - 1) / (y + 1) <= 1/3. The series of artanh
    /// ends with w^41 / 41; the rest is less than w^41 / 344.
    function lnUp(uint256 n, uint256 d) internal pure returns (uint256) {
        unchecked {
            uint256 z = Math.ceilDiv(n << DIGITS, d);
            uint256 m = Math.log2(z) - DIGITS;
            uint256 y = (z - 1 >> m) + 1;
            uint256 power = Math.ceilDiv((y - ONE) << DIGITS, y + ONE);
            uint256 square = (power * power >> DIGITS) + 1;
            uint256 sum = power;
            for (uint256 i = 3; i <= LAST_POWER; i += 2) {
                power = (power * square >> DIGITS) + 1;
                sum += power / i + 1;
            }
            return m * LN_2 + 2 * (sum + (power >> 8));
        }
    }
}
