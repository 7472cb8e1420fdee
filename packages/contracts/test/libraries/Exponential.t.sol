// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Exponential} from "../../src/libraries/Exponential.sol";
import {Bounds} from "../utils/Bounds.sol";

/// @dev Tables computed with 70 digits by mpmath, rounded down to 96 binary digits; and properties for all inputs.
contract ExponentialTest is Bounds {
    uint256 private constant ONE = 1 << 96;

    function test_Decay_Table() public pure {
        assertEq(Exponential.decayUp(0, 3600), ONE, "no time");
        _assertDecay(1, 3600, 79206157747702778159599719496);
        _assertDecay(60, 21600, 79008389666439298825160748994);
        _assertDecay(3600, 21600, 67065191664988367673822862218);
        _assertDecay(21600, 21600, 29146412150787779157341161346);
        // On either side of ln 2.
        _assertDecay(14971, 21600, 39615876952955842290539201044);
        _assertDecay(14972, 21600, 39614042927033021979666954545);
        _assertDecay(86400, 3600, 2990969731873575956);
        _assertDecay(1e6, 86400, 745286200837182882161482);
        _assertDecay(200_000, 3600, 59075);
        _assertDecay(1, 2 ** 44 - 1, 79228162514259833993916579711);
        _assertDecay(2 ** 40 - 1, 2 ** 44 - 1, 74427970808612838159313877688);
        // Beyond 64 time constants.
        _assertDecay(64 * 3600, 3600, 12);
        assertEq(Exponential.decayUp(type(uint40).max, 3600), Exponential.decayUp(64 * 3600, 3600));
    }

    function test_Ln_Table() public pure {
        _assertLn(1, 1, 0);
        _assertLn(2, 1, 54916777467707473351141471128);
        _assertLn(3, 2, 32124255479057406416523745725);
        _assertLn(11, 10, 7551250414800804795182260454);
        _assertLn(1e18 + 1, 1e18, 79228162514);
        _assertLn(4e20, 1e20, 109833554935414946702282942256);
        _assertLn(2 ** 128, 1, 7029347515866556588946108304385);
        _assertLn(2 ** 129 - 1, 3, 6997223260387499182529584558660);
        _assertLn(1e27, 7e20, 1122836216127072295312782185971);
    }

    /// @dev e^-(x + y) = e^-x e^-y, within the errors of the three values.
    function testFuzz_Decay_OfASumIsTheProduct(uint256 x, uint256 y, uint256 tau) public pure {
        tau = boundTime(tau, 1 hours, 2 ** 44);
        (x, y) = (boundTime(x, 0, 20 * tau), boundTime(y, 0, 20 * tau));
        uint256 product = (Exponential.decayUp(x, tau) * Exponential.decayUp(y, tau)) >> 96;
        assertApproxEqAbs(Exponential.decayUp(x + y, tau), product, 12 + product / 1e20);
    }

    /// @dev Takers gain nothing at any decay between (2 - x) / (2 + x) and one, see {FundingMath}.
    function testFuzz_Decay_IsWithinTheBoundsOfT52(uint256 elapsed, uint256 tau) public pure {
        tau = boundTime(tau, 1 hours, 2 ** 44);
        elapsed = boundTime(elapsed, 0, 2 ** 40 - 1);
        uint256 decay = Exponential.decayUp(elapsed, tau);
        assertLe(decay, ONE);
        if (elapsed < 2 * tau) assertGe(decay * (2 * tau + elapsed), ONE * (2 * tau - elapsed));
    }

    function testFuzz_Decay_Falls(uint256 elapsed, uint256 tau) public pure {
        tau = boundTime(tau, 1 hours, 400 days);
        elapsed = boundTime(elapsed, 0, 60 * tau);
        assertLe(Exponential.decayUp(elapsed + 1, tau), Exponential.decayUp(elapsed, tau));
    }

    /// @dev e^-(ln z) = 1 / z: the time that the logarithm gives is not too short, and too long by a trifle only.
    function testFuzz_Ln_InvertsTheDecay(uint256 n, uint256 d) public pure {
        d = boundSize(d, 1, 1e30);
        n = boundSize(n, d, d * 1e12);
        // Seconds of a time constant of 2^96, so that the logarithm is a time.
        uint256 decay = Exponential.decayUp(Exponential.lnUp(n, d), ONE);
        uint256 inverse = ONE * d / n;
        assertApproxEqAbs(decay, inverse, 10 + inverse / 1e18);
    }

    function _assertDecay(uint256 elapsed, uint256 tau, uint256 floored) private pure {
        uint256 decay = Exponential.decayUp(elapsed, tau);
        assertGt(decay, floored, "up");
        assertLe(decay, floored + 5 + floored / 1e21, "error");
    }

    function _assertLn(uint256 n, uint256 d, uint256 floored) private pure {
        uint256 log = Exponential.lnUp(n, d);
        assertGe(log, floored, "up");
        assertLe(log, floored + 100 + ONE / 1e20, "error");
    }
}
