// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Cast} from "../types/Cast.sol";
import {Base, PPM, Quote, WAD} from "../types/Units.sol";

/// @title The price at which an account becomes liquidatable, exact to one wei
/// @notice With `c` = margin + open notional - pending fees, size `s`, maintenance ratio `r` and price `P`, an account
/// is liquidatable when
///
///     c + floor(s x P)  <  ceil(ceil(|s| x P) x r)
///
/// Without rounding that is P < -c / (s (1 - r)) for a long and P > c / (|s| (1 + r)) for a short. Rounding shifts a
/// long's condition by one wei of quote where s x P is whole. The result is therefore the boundary of the condition as
/// rounded: a long is not liquidatable at or above its liquidation price and a short not at or below it; one wei
/// beyond, they are.
/// @dev Write n = ceil(|s| x P). For a short the condition is ceil(n (1 + r)) > c. For a long it is
/// floor(n (1 - r)) <= -c where s x P is not whole, and floor(n (1 - r)) < -c where it is.
library LiquidationPrice {
    /// @param equity WAD quote: margin + open notional - pending fees
    /// @param ratio maintenance, ppm, below 100%
    /// @return price WAD. Zero without a position, for a long that no price makes liquidatable, and for a short that
    /// every price makes liquidatable.
    function calculate(Base size, Quote equity, uint256 ratio) internal pure returns (uint256 price) {
        if (size.isZero()) return 0;
        return size.unwrap() > 0 ? _ofLong(size.abs(), equity, ratio) : _ofShort(size.abs(), equity, ratio);
    }

    /// @dev One wei above the largest price that makes the long liquidatable.
    function _ofLong(uint256 size, Quote equity, uint256 ratio) private pure returns (uint256) {
        // size x price is whole at every price.
        bool isWhole = size % WAD == 0;
        int256 deficit = -equity.unwrap() - (isWhole ? int256(1) : int256(0));
        if (deficit < 0) return 0;
        // The largest n with floor(n (1 - r)) <= deficit.
        uint256 notional = Math.ceilDiv((Cast.toUint(deficit) + 1) * PPM, PPM - ratio) - 1;
        uint256 last = Math.mulDiv(notional, WAD, size);
        // Where size x price is whole, the condition is stricter. One wei below, the product is not whole.
        if (!isWhole && last != 0 && !_endangersLong(size, last, equity, ratio)) --last;
        return last == 0 ? 0 : last + 1;
    }

    /// @dev The largest price with ceil(n (1 + r)) <= equity.
    function _ofShort(uint256 size, Quote equity, uint256 ratio) private pure returns (uint256) {
        return Math.mulDiv(equity.positivePart() * PPM / (PPM + ratio), WAD, size);
    }

    function _endangersLong(uint256 size, uint256 price, Quote equity, uint256 ratio) private pure returns (bool) {
        uint256 value = Math.mulDiv(size, price, WAD);
        uint256 notional = Math.mulDiv(size, price, WAD, Math.Rounding.Ceil);
        return equity.unwrap() + Cast.toInt(value) < Cast.toInt(Math.ceilDiv(notional * ratio, PPM));
    }
}
