// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {PPM, Price, Quote, WAD} from "../types/Units.sol";
import {MarginMath} from "./MarginMath.sol";

/// @title How much margin a short hedged with spot wants, and how much of it to close when there is no more
library HedgeMarginMath {
    /// @dev What a margin lacks of `ratio` (ppm) of the notional (> 0), or has beyond it (< 0). WAD quote. `counted` is the
    /// lesser of margin and account value: unrealised loss counts, unrealised profit does not.
    function lacking(Quote counted, uint256 notional, uint256 ratio) internal pure returns (int256) {
        // forge-lint: disable-next-line(unsafe-typecast)
        return int256(MarginMath.requirementCeil(notional, ratio)) - counted.unwrap();
    }

    /// @dev The base to sell on the spot market and to buy back in perpetuals, so that account value, the balance and the
    /// proceeds make up `ratio` (ppm) of what is left: x = (ratio x notional - funds) / (1 + ratio), at most the notional.
    /// In units of the base token, up.
    /// @param funds WAD quote: account value and balance together
    /// @param unitScale WAD per unit of the base token
    function toCloseUp(int256 funds, uint256 notional, uint256 ratio, Price price, uint256 unitScale)
        internal
        pure
        returns (uint256)
    {
        // forge-lint: disable-next-line(unsafe-typecast)
        int256 short = int256(MarginMath.requirementCeil(notional, ratio)) - funds;
        if (short <= 0) return 0;
        // forge-lint: disable-next-line(unsafe-typecast)
        uint256 quote = Math.min(Math.mulDiv(uint256(short), PPM, PPM + ratio, Math.Rounding.Ceil), notional);
        return Math.mulDiv(quote, WAD, price.unwrap() * unitScale, Math.Rounding.Ceil);
    }

    /// @dev How much of a growing fill of `base` the vault could have taken: what every unit of it needs of the balance is
    /// at most what the whole needed on average, because swaps only get dearer. WAD base, down.
    /// @param held what the balance was before, WAD quote
    /// @param neededBefore of it without the fill, WAD quote
    /// @param neededAfter of it with the fill, WAD quote
    function availableDown(uint256 base, uint256 held, uint256 neededBefore, uint256 neededAfter)
        internal
        pure
        returns (uint256)
    {
        if (held <= neededBefore || neededAfter <= neededBefore) return 0;
        return Math.mulDiv(base, held - neededBefore, neededAfter - neededBefore);
    }

    /// @dev How far a vault can go short with what its LPs have put in: each unit of base takes its price, its margin and its
    /// reserve. WAD base, down.
    /// @param liability WAD quote
    function capacityDown(uint256 liability, Price price, uint256 targetMarginRatio, uint256 reserveRatio)
        internal
        pure
        returns (uint256)
    {
        return Math.mulDiv(Math.mulDiv(liability, PPM, PPM + targetMarginRatio + reserveRatio), WAD, price.unwrap());
    }
}
