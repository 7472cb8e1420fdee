// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Test} from "forge-std/Test.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @dev Maps fuzz inputs to legal values. Each helper is named after the quantity that it bounds, and both limits are
/// included. A value inside the range is returned unchanged. Helpers without limits return the whole range that the
/// contracts accept.
abstract contract Bounds is Test {
    /// @dev Pyth prices of the fixtures have 8 decimals: a price of finer resolution cannot be published.
    uint256 private constant PUBLISHED_PRICE_STEP = 1e10;
    /// @dev ppm, the highest request fee that an LP vault accepts.
    uint256 private constant MAX_REQUEST_FEE = 10_000;
    uint256 private constant MAX_DECIMALS = 18;
    /// @dev ppm
    uint256 private constant WHOLE_RATIO = 1e6;

    // --------------------------------------------------------------------------------------------------- prices ----

    /// @dev A price that the fixture can publish: WAD quote per base, rounded down to 8 decimals.
    function boundPrice(uint256 x, uint256 min, uint256 max) internal pure returns (uint256) {
        return _bound(x, min, max) / PUBLISHED_PRICE_STEP * PUBLISHED_PRICE_STEP;
    }

    /// @dev A price that is not published, such as a pool price or an argument of a library function: WAD quote per
    /// base, not rounded.
    function boundExactPrice(uint256 x, uint256 min, uint256 max) internal pure returns (uint256) {
        return _bound(x, min, max);
    }

    /// @dev An exponent of a Pyth price.
    function boundExponent(int256 x, int256 min, int256 max) internal pure returns (int256) {
        return _bound(x, min, max);
    }

    // -------------------------------------------------------------------------------------------------- amounts ----

    /// @dev A position or order size, WAD base.
    function boundSize(uint256 x, uint256 min, uint256 max) internal pure returns (uint256) {
        return _bound(x, min, max);
    }

    /// @dev A signed position size, WAD base.
    function boundSize(int256 x, int256 min, int256 max) internal pure returns (int256) {
        return _bound(x, min, max);
    }

    /// @dev A quote amount, WAD.
    function boundQuote(uint256 x, uint256 min, uint256 max) internal pure returns (uint256) {
        return _bound(x, min, max);
    }

    /// @dev A signed quote amount, such as margin, open notional, account value or a payment, WAD.
    function boundQuote(int256 x, int256 min, int256 max) internal pure returns (int256) {
        return _bound(x, min, max);
    }

    /// @dev A token amount in the decimals of the token, or an input amount whose unit depends on the order.
    function boundAmount(uint256 x, uint256 min, uint256 max) internal pure returns (uint256) {
        return _bound(x, min, max);
    }

    /// @dev A signed token amount, in the decimals of the token.
    function boundAmount(int256 x, int256 min, int256 max) internal pure returns (int256) {
        return _bound(x, min, max);
    }

    /// @dev Collateral in its own decimals.
    function boundAmountXCD(uint256 x, uint256 min, uint256 max) internal pure returns (uint256) {
        return _bound(x, min, max);
    }

    /// @dev Shares of an LP vault, WAD.
    function boundShares(uint256 x, uint256 min, uint256 max) internal pure returns (uint256) {
        return _bound(x, min, max);
    }

    /// @dev A part of a whole that is not empty: from 1 to `whole`, in the unit of `whole`.
    function boundPart(uint256 x, uint256 whole) internal pure returns (uint256) {
        return _bound(x, 1, whole);
    }

    // --------------------------------------------------------------------------------------------------- ratios ----

    /// @dev A ratio from 0 to 100%, ppm.
    function boundRatio(uint256 x) internal pure returns (uint24) {
        return boundRatio(x, 0, WHOLE_RATIO);
    }

    /// @dev A ratio in ppm; it fits the 24 bits in which contracts store ratios.
    function boundRatio(uint256 x, uint256 min, uint256 max) internal pure returns (uint24) {
        return SafeCast.toUint24(_bound(x, min, max));
    }

    /// @dev A fee on LP requests that an LP vault accepts, ppm.
    function boundRequestFee(uint256 x) internal pure returns (uint24) {
        return boundRatio(x, 0, MAX_REQUEST_FEE);
    }

    /// @dev A multiplier, such as new price over old price. The unit is that of the limits.
    function boundFactor(uint256 x, uint256 min, uint256 max) internal pure returns (uint256) {
        return _bound(x, min, max);
    }

    /// @dev A rate per second, of funding or borrowing, WAD.
    function boundRate(uint256 x, uint256 min, uint256 max) internal pure returns (uint256) {
        return _bound(x, min, max);
    }

    /// @dev A signed rate per second, WAD.
    function boundRate(int256 x, int256 min, int256 max) internal pure returns (int256) {
        return _bound(x, min, max);
    }

    // ---------------------------------------------------------------------------------------------- time, counts ----

    /// @dev A duration, an age or a point in time, in seconds.
    function boundTime(uint256 x, uint256 min, uint256 max) internal pure returns (uint256) {
        return _bound(x, min, max);
    }

    /// @dev A maximum age of a price, in seconds; it fits the 32 bits in which feeds store ages.
    function boundAge(uint256 x, uint256 min, uint256 max) internal pure returns (uint32) {
        return SafeCast.toUint32(_bound(x, min, max));
    }

    /// @dev A duration of at least one second.
    function boundTime(uint256 x, uint256 max) internal pure returns (uint256) {
        return _bound(x, 1, max);
    }

    /// @dev How often an action is repeated, or into how many parts an amount is split.
    function boundCount(uint256 x, uint256 min, uint256 max) internal pure returns (uint256) {
        return _bound(x, min, max);
    }

    /// @dev A choice from an enumeration or a list: an index or an id.
    function boundIndex(uint256 x, uint256 min, uint256 max) internal pure returns (uint256) {
        return _bound(x, min, max);
    }

    /// @dev A number of token decimals that the exchange accepts: 0 to 18.
    function boundDecimals(uint256 x) internal pure returns (uint256) {
        return _bound(x, 0, MAX_DECIMALS);
    }

    function boundDecimals(uint256 x, uint256 min, uint256 max) internal pure returns (uint256) {
        return _bound(x, min, max);
    }

    // -------------------------------------------------------------------------------------------- other numbers ----

    /// @dev A number without a unit, for properties that hold for every integer of the range.
    function boundNumber(uint256 x, uint256 min, uint256 max) internal pure returns (uint256) {
        return _bound(x, min, max);
    }

    function boundNumber(int256 x, int256 min, int256 max) internal pure returns (int256) {
        return _bound(x, min, max);
    }
}
