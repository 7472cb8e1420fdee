// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Cast} from "./Cast.sol";
import {AmountTooLarge} from "./Errors.sol";

/// @dev Prices, base amounts and quote amounts are distinct types, so that adding a price to a size does not compile.
/// All values here are WAD (18 decimals). Amounts in a token's own decimals are plain integers with the suffix `XCD` in
/// their names.

/// @dev Quote per one base, WAD. {PriceLib-toPrice} rejects zero.
type Price is uint256;

/// @dev An amount of base or a position size, WAD, signed: positive is long or received.
type Base is int256;

/// @dev An amount of quote, WAD, signed: positive is received.
type Quote is int256;

using {addBase as +, subBase as -, negBase as -, eqBase as ==, neBase as !=, ltBase as <, gtBase as >} for Base global;
using {addQuote as +, subQuote as -, negQuote as -, eqQuote as ==, ltQuote as <, gtQuote as >} for Quote global;
using {ltPrice as <, gtPrice as >, eqPrice as ==} for Price global;
using BaseLib for Base global;
using QuoteLib for Quote global;
using PriceLib for Price global;

Base constant ZERO_BASE = Base.wrap(0);
Quote constant ZERO_QUOTE = Quote.wrap(0);

uint256 constant WAD = 1e18;
int256 constant SIGNED_WAD = 1e18;

/// @dev Ratios in packed configuration are parts per million: 1e6 = 100%. Computed ratios are WAD.
uint256 constant PPM = 1e6;

/// @dev The price is not in [1, 2^128 - 1]. In that range, products with an amount of base (int128) do not overflow 256 bits.
error PriceOutOfRange(uint256 price, uint256 maxPrice);

library PriceLib {
    uint256 internal constant MAX_PRICE = type(uint128).max;

    function toPrice(uint256 wad) internal pure returns (Price) {
        if (wad == 0 || wad > MAX_PRICE) revert PriceOutOfRange(wad, MAX_PRICE);
        return Price.wrap(wad);
    }

    function unwrap(Price price) internal pure returns (uint256) {
        return Price.unwrap(price);
    }
}

library BaseLib {
    /// @dev Largest amount of a fill (int128). The Vault stores sizes of at most 2^111 - 1.
    uint256 internal constant MAX_BASE = uint256(uint128(type(int128).max));

    function toBase(uint256 wad) internal pure returns (Base) {
        if (wad > MAX_BASE) revert AmountTooLarge(wad, MAX_BASE);
        return Base.wrap(Cast.toInt(wad));
    }

    function unwrap(Base size) internal pure returns (int256) {
        return Base.unwrap(size);
    }

    function abs(Base size) internal pure returns (uint256) {
        return Cast.magnitude(Base.unwrap(size));
    }

    function isZero(Base size) internal pure returns (bool) {
        return Base.unwrap(size) == 0;
    }

    /// @dev size x price, floor: never overstates the value of a position.
    function valueFloor(Base size, Price price) internal pure returns (Quote) {
        return Quote.wrap(floorDiv(Base.unwrap(size) * signed(price), SIGNED_WAD));
    }

    /// @dev |size| x price, up: never understates a requirement or a cost.
    function notionalCeil(Base size, Price price) internal pure returns (uint256) {
        return (abs(size) * Price.unwrap(price) + (WAD - 1)) / WAD;
    }

    /// @dev |size| x price, down: never overstates an amount received.
    function notionalFloor(Base size, Price price) internal pure returns (uint256) {
        return abs(size) * Price.unwrap(price) / WAD;
    }

    /// @dev True when `fill` moves `size` toward zero without crossing it. All other fills increase.
    function isReducedBy(Base size, Base fill) internal pure returns (bool) {
        int256 held = Base.unwrap(size);
        int256 delta = Base.unwrap(fill);
        return held > 0 ? delta < 0 && held + delta >= 0 : delta > 0 && held + delta <= 0;
    }
}

library QuoteLib {
    uint256 internal constant MAX_QUOTE = uint256(uint128(type(int128).max));

    function toQuote(uint256 wad) internal pure returns (Quote) {
        if (wad > MAX_QUOTE) revert AmountTooLarge(wad, MAX_QUOTE);
        return Quote.wrap(Cast.toInt(wad));
    }

    function unwrap(Quote amount) internal pure returns (int256) {
        return Quote.unwrap(amount);
    }

    function min(Quote a, Quote b) internal pure returns (Quote) {
        return a < b ? a : b;
    }

    function abs(Quote amount) internal pure returns (uint256) {
        return Cast.magnitude(Quote.unwrap(amount));
    }

    /// @dev amount x part / whole, floor. `part` and `whole` are sizes, at most 2^127.
    function shareFloor(Quote amount, uint256 part, uint256 whole) internal pure returns (Quote) {
        return Quote.wrap(floorDiv(Quote.unwrap(amount) * Cast.toInt(part), Cast.toInt(whole)));
    }

    function isNegative(Quote amount) internal pure returns (bool) {
        return Quote.unwrap(amount) < 0;
    }

    /// @dev The amount if it is positive, else zero.
    function positivePart(Quote amount) internal pure returns (uint256) {
        return Cast.positivePart(Quote.unwrap(amount));
    }
}

/// @dev Integer division, floor. Solidity's division truncates toward zero, which would understate losses. `d` must be
/// positive.
function floorDiv(int256 n, int256 d) pure returns (int256 q) {
    q = n / d;
    unchecked {
        // The remainder has the sign of n, and a rounded quotient is not the least int256.
        if (n - q * d < 0) --q;
    }
}

function signed(Price price) pure returns (int256) {
    // A Price is at most 2^128 - 1 (toPrice).
    return Cast.toInt(Price.unwrap(price));
}

function addBase(Base a, Base b) pure returns (Base) {
    return Base.wrap(Base.unwrap(a) + Base.unwrap(b));
}

function subBase(Base a, Base b) pure returns (Base) {
    return Base.wrap(Base.unwrap(a) - Base.unwrap(b));
}

function negBase(Base a) pure returns (Base) {
    return Base.wrap(-Base.unwrap(a));
}

function eqBase(Base a, Base b) pure returns (bool) {
    return Base.unwrap(a) == Base.unwrap(b);
}

function neBase(Base a, Base b) pure returns (bool) {
    return Base.unwrap(a) != Base.unwrap(b);
}

function ltBase(Base a, Base b) pure returns (bool) {
    return Base.unwrap(a) < Base.unwrap(b);
}

function gtBase(Base a, Base b) pure returns (bool) {
    return Base.unwrap(a) > Base.unwrap(b);
}

function addQuote(Quote a, Quote b) pure returns (Quote) {
    return Quote.wrap(Quote.unwrap(a) + Quote.unwrap(b));
}

function subQuote(Quote a, Quote b) pure returns (Quote) {
    return Quote.wrap(Quote.unwrap(a) - Quote.unwrap(b));
}

function negQuote(Quote a) pure returns (Quote) {
    return Quote.wrap(-Quote.unwrap(a));
}

function eqQuote(Quote a, Quote b) pure returns (bool) {
    return Quote.unwrap(a) == Quote.unwrap(b);
}

function ltQuote(Quote a, Quote b) pure returns (bool) {
    return Quote.unwrap(a) < Quote.unwrap(b);
}

function gtQuote(Quote a, Quote b) pure returns (bool) {
    return Quote.unwrap(a) > Quote.unwrap(b);
}

function ltPrice(Price a, Price b) pure returns (bool) {
    return Price.unwrap(a) < Price.unwrap(b);
}

function gtPrice(Price a, Price b) pure returns (bool) {
    return Price.unwrap(a) > Price.unwrap(b);
}

function eqPrice(Price a, Price b) pure returns (bool) {
    return Price.unwrap(a) == Price.unwrap(b);
}
