// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Cast} from "../types/Cast.sol";
import {Base, BaseLib, PPM, Price, Quote, QuoteLib, WAD} from "../types/Units.sol";

/// @title The arithmetic of a hedge: its units, the maker's spread, the distance from the oracle price, and the worse
/// price for the taker
library HedgeMath {
    using Cast for uint256;

    /// @dev Units that a hedge trades when the size of its position changes between two magnitudes (WAD): the difference of
    /// both in whole units of the base token, so that remainders finer than its unit do not add up.
    /// @param unitScale WAD per unit of the base token
    function unitsBetween(uint256 smaller, uint256 larger, uint256 unitScale) internal pure returns (uint256) {
        return larger / unitScale - smaller / unitScale;
    }

    /// @dev Units that a hedge has to buy (> 0) or sell (< 0) after a change of its position from one size to another: the
    /// difference of both in whole units, each rounded toward zero, as {unitsBetween}.
    /// @param unitScale WAD per unit of the base token
    function unitsToFollow(Base sizeBefore, Base sizeAfter, uint256 unitScale) internal pure returns (int256) {
        int256 scale = unitScale.toInt();
        return sizeBefore.unwrap() / scale - sizeAfter.unwrap() / scale;
    }

    /// @dev Gain (> 0) or loss of a swap against the price, WAD quote, floor. `base` bought > 0, sold < 0; `quote` paid or
    /// received.
    function gainFloor(Base base, uint256 quote, Price price) internal pure returns (Quote) {
        Quote moved = QuoteLib.toQuote(quote);
        return base.valueFloor(price) + (base.unwrap() < 0 ? moved : -moved);
    }

    /// @dev The part of the swap's `quote` that a selling taker receives, down.
    function lessSpreadDown(uint256 quote, uint256 spread) internal pure returns (uint256) {
        return Math.mulDiv(quote, PPM - spread, PPM);
    }

    /// @dev The amount that a buying taker pays for the swap's `quote`, up.
    function plusSpreadUp(uint256 quote, uint256 spread) internal pure returns (uint256) {
        return Math.mulDiv(quote, PPM + spread, PPM, Math.Rounding.Ceil);
    }

    /// @dev The amount that the swap must yield so that the taker receives `quote` after the maker's spread, up.
    function grossUp(uint256 quote, uint256 spread) internal pure returns (uint256) {
        return Math.mulDiv(quote, PPM, PPM - spread, Math.Rounding.Ceil);
    }

    /// @dev The part of the taker's payment `quote` that the swap spends, after the maker's spread, down.
    function netDown(uint256 quote, uint256 spread) internal pure returns (uint256) {
        return Math.mulDiv(quote, PPM, PPM + spread);
    }

    /// @dev Whether the price of the swap, `quote` / `base`, deviates from `price` by at most `maxDeviation` (ppm).
    /// WAD.
    function isNear(uint256 base, uint256 quote, Price price, uint256 maxDeviation) internal pure returns (bool) {
        return isNear(base, quote, price, maxDeviation, 0, 0);
    }

    /// @dev The same with one unit of either token (WAD) admitted in addition, by which a swap rounds.
    function isNear(uint256 base, uint256 quote, Price price, uint256 maxDeviation, uint256 baseUnit, uint256 quoteUnit)
        internal
        pure
        returns (bool)
    {
        uint256 fair = base * price.unwrap();
        uint256 paid = quote * WAD;
        uint256 distance = paid > fair ? paid - fair : fair - paid;
        return distance <= Math.mulDiv(fair, maxDeviation, PPM) + baseUnit * price.unwrap() + quoteUnit * WAD;
    }

    /// @dev For exact base: the quote that is worse for the taker, at the swap price or at the oracle price.
    function worseQuote(bool isBaseToQuote, uint256 base, uint256 quote, Price price) internal pure returns (uint256) {
        Base size = BaseLib.toBase(base);
        return isBaseToQuote ? Math.min(quote, size.notionalFloor(price)) : Math.max(quote, size.notionalCeil(price));
    }

    /// @dev For exact quote: the base that is worse for the taker, in whole units of the base token.
    /// @param baseScale WAD per unit of the base token
    function worseBase(bool isBaseToQuote, uint256 base, uint256 quote, Price price, uint256 baseScale)
        internal
        pure
        returns (uint256)
    {
        uint256 unitPrice = price.unwrap() * baseScale;
        return isBaseToQuote
            ? Math.max(base, Math.mulDiv(quote, WAD, unitPrice, Math.Rounding.Ceil) * baseScale)
            : Math.min(base, Math.mulDiv(quote, WAD, unitPrice) * baseScale);
    }
}
