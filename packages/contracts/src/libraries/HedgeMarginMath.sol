// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Cast} from "../types/Cast.sol";
import {PPM, Price, Quote, WAD} from "../types/Units.sol";
import {MarginMath} from "./MarginMath.sol";

/// @title The margin of a short that is hedged with spot, and the part of it to close when its margin is insufficient
library HedgeMarginMath {
    using Cast for *;

    /// @dev The amount that `counted` lacks of `ratio` (ppm) of the notional (> 0), or has beyond it (< 0). WAD quote.
    function lacking(Quote counted, uint256 notional, uint256 ratio) internal pure returns (int256) {
        return MarginMath.requirementCeil(notional, ratio).toInt() - counted.unwrap();
    }

    /// @dev The lacking amount in units of the collateral, up; zero when nothing is lacking.
    /// @param amount WAD quote, the result of {lacking}
    /// @param unitScale WAD per unit of the collateral
    function toAddUp(int256 amount, uint256 unitScale) internal pure returns (uint256) {
        return Math.ceilDiv(amount.positivePart(), unitScale);
    }

    /// @dev The base to sell on the spot market and to buy back in perpetuals, so that account value, balance and proceeds
    /// make up `ratio` (ppm) of the rest: x = (ratio x notional - funds) / (1 + ratio), at most the notional. In units of
    /// the base token, up.
    /// @param funds WAD quote, the sum of account value and balance
    /// @param unitScale WAD per unit of the base token
    function toCloseUp(Quote funds, uint256 notional, uint256 ratio, Price price, uint256 unitScale)
        internal
        pure
        returns (uint256)
    {
        int256 shortfall = lacking(funds, notional, ratio);
        if (shortfall <= 0) return 0;
        uint256 quote = Math.min(Math.mulDiv(shortfall.toUint(), PPM, PPM + ratio, Math.Rounding.Ceil), notional);
        return Math.mulDiv(quote, WAD, price.unwrap() * unitScale, Math.Rounding.Ceil);
    }

    /// @dev The part of an increasing fill of `base` that the quote vault could have filled. Swaps get more expensive
    /// with size, so that each unit of the part needs at most the average of the whole. WAD base, down.
    /// @param held balance before the fill, WAD quote
    /// @param neededBefore balance that the position needs without the fill, WAD quote
    /// @param neededAfter balance that it needs with the fill, the swap included, WAD quote
    function availableDown(uint256 base, uint256 held, uint256 neededBefore, uint256 neededAfter)
        internal
        pure
        returns (uint256)
    {
        if (held <= neededBefore || neededAfter <= neededBefore) return 0;
        return Math.mulDiv(base, held - neededBefore, neededAfter - neededBefore);
    }

    /// @dev Largest short that the deposits of LPs finance: each unit of base takes its price, its margin and its reserve.
    /// WAD base, down.
    /// @param liability WAD quote
    function capacityDown(uint256 liability, Price price, uint256 targetMarginRatio, uint256 reserveRatio)
        internal
        pure
        returns (uint256)
    {
        return Math.mulDiv(Math.mulDiv(liability, PPM, PPM + targetMarginRatio + reserveRatio), WAD, price.unwrap());
    }
}
