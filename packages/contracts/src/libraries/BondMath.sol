// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {PPM} from "../types/Units.sol";

/// @title The size of a bond: the value of the option to make one's own order fail (T44)
/// @notice A taker that can make its order fail holds an option from the time of the execution price until the order
/// expires. A price that moves at random with the annual volatility s changes by a standard deviation of s x sqrt(T)
/// in T years. At the expiry, the order's loss exceeds a bond of four standard deviations in 3 of 100,000 cases. The mean of
/// the excess over all cases is less than a hundred-thousandth of a standard deviation. 60 seconds at 100% require 0.55% of
/// the notional, at 300% 1.66%.
library BondMath {
    /// @dev Standard deviations that a bond covers.
    uint256 internal constant DEVIATIONS = 4;
    /// @dev Volatility for which markets are configured by default, ppm per year.
    uint256 internal constant DEFAULT_VOLATILITY = 3 * PPM;
    /// @dev Least volatility for which a market can be configured, ppm per year: that of a stable exchange rate.
    uint256 internal constant MIN_VOLATILITY = 50_000;

    /// @dev 4 x volatility x sqrt(validity / year), ppm of the notional, up.
    /// @param volatility ppm per year, at most 2^64
    /// @param validity seconds for which an order can be executed, at most 2^64
    function ratioCeil(uint256 volatility, uint256 validity) internal pure returns (uint256) {
        // The root has nine decimals.
        uint256 root = Math.sqrt(Math.ceilDiv(validity * 1e18, 365 days), Math.Rounding.Ceil);
        return Math.ceilDiv(DEVIATIONS * volatility * root, 1e9);
    }
}
