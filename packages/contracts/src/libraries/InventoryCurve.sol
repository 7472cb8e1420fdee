// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IMaker} from "../interfaces/IMaker.sol";
import {Base, PPM, Price, WAD} from "../types/Units.sol";

/// @title The price curve of an inventory-priced maker (docs/specification.md, section 7)
/// @notice With inventory x, cap X, spread s and oracle price m the marginal prices are
///
///     reservation = m (1 - s x / X),   bid = min(m, reservation),   ask = max(m, reservation)
///
/// and a fill costs the integral of the ask (bid) from the inventory before to the inventory after:
///
///     taker buys q:   cost     = m (q + s/(2X) (n1^2 - n0^2)),  n0 = max(0, -x),  n1 = max(0, q - x)
///     taker sells q:  proceeds = m (q - s/(2X) (l1^2 - l0^2)),  l0 = max(0,  x),  l1 = max(0, x + q)
///
/// A simplified Avellaneda-Stoikov quote: the premium is linear in inventory, and the integral along the curve is
/// path-independent, so that splitting an order or trading in a circle at a constant price earns nothing.
///
/// In trades, m is {flatPrice}: the oracle price moved against the taker by the confidence premium and the LP fee. The
/// formulas are otherwise the same. docs/oracle-maker.md derives them.
///
/// Selling against inventory x mirrors buying against -x, so that every function works on the traded side: `held` is
/// the inventory that the trade reduces first, `built` the inventory that the trade adds to. One of the two is zero.
/// @dev With X < 2^104, sizes up to 2^128 and flat prices below 2^170 every intermediate product stays below 2^256:
/// (n1^2 - n0^2) s < 2^(208 + 20), 2 X q 10^6 < 2^(1 + 104 + 128 + 20), and 2 X 10^6 10^18 10^12 < 2^(125 + 60 + 40).
library InventoryCurve {
    /// @dev Largest cap, WAD base: 2e13 units.
    uint256 internal constant MAX_ABS_POSITION = type(uint104).max;

    /// @dev The curve's parameters for one fill. Sizes and amounts are WAD magnitudes.
    struct Curve {
        /// @dev {flatPrice}: quote per base in units of 1 / priceUnit wei, not zero
        uint256 price;
        uint256 priceUnit;
        /// @dev ppm, 0 to 1e6
        uint256 maxSpread;
        /// @dev WAD base, 1 to MAX_ABS_POSITION
        uint256 maxAbsPosition;
        /// @dev inventory that the fill reduces first, WAD base
        uint256 held;
        /// @dev inventory that the fill adds to, WAD base
        uint256 built;
        /// @dev true when the maker sells: `held` is a long position, and prices rise with size
        bool makerSells;
    }

    /// @dev (m + min(k confidence, limit m)) (1 + fee) for buys, with - instead of + for sells. Exact: two ratios in
    /// ppm give units of 1e-12 wei. Without premium and fee, the unit stays 1.
    /// @param confidence WAD quote per base, any
    /// @param confidenceFactor k, ppm: 1e6 = once
    /// @param maxConfidencePremium limit, ppm of the oracle price, below 1e6
    /// @param lpFee ppm, below 1e6
    /// @return flat quote per base in units of 1 / unit wei
    /// @return unit 1 or 1e12
    function flatPrice(
        Price price,
        uint256 confidence,
        bool takerBuys,
        uint256 confidenceFactor,
        uint256 maxConfidencePremium,
        uint256 lpFee
    ) internal pure returns (uint256 flat, uint256 unit) {
        flat = price.unwrap();
        if (confidenceFactor | lpFee == 0) return (flat, 1);
        uint256 premium = Math.min(Math.saturatingMul(confidence, confidenceFactor), flat * maxConfidencePremium);
        flat = takerBuys ? (flat * PPM + premium) * (PPM + lpFee) : (flat * PPM - premium) * (PPM - lpFee);
        unit = PPM * PPM;
    }

    /// @dev The curve of the traded side.
    /// @param price {flatPrice} of that side, in units of 1 / priceUnit wei
    /// @param inventory the maker's size, WAD
    /// @param takerBuys the maker sells
    function from(
        uint256 price,
        uint256 priceUnit,
        Base inventory,
        bool takerBuys,
        uint256 maxSpread,
        uint256 maxAbsPosition
    ) internal pure returns (Curve memory curve) {
        curve.price = price;
        curve.priceUnit = priceUnit;
        curve.maxSpread = maxSpread;
        curve.maxAbsPosition = maxAbsPosition;
        curve.makerSells = takerBuys;
        if ((inventory.unwrap() > 0) == takerBuys) curve.held = inventory.abs();
        else curve.built = inventory.abs();
    }

    /// @dev Largest size that the maker takes on this side, WAD base. A maker beyond its cap takes only reductions.
    function capacity(Curve memory self) internal pure returns (uint256) {
        uint256 room = self.maxAbsPosition > self.built ? self.maxAbsPosition - self.built : 0;
        return self.held + room;
    }

    /// @dev Quote for an exact size: paid by the taker, up, or received, down.
    /// @param size WAD base
    /// @return WAD quote
    function quoteForBase(Curve memory self, uint256 size) internal pure returns (uint256) {
        uint256 available = capacity(self);
        if (size > available) revert IMaker.MakerCapacityExceeded(size, available);
        return _quoteUnchecked(self, size);
    }

    /// @dev Size for an exact quote amount: received by the taker, down, or given, up. Solves the quadratic of the
    /// building part in its stable form q = 2C / (B + sqrt(B^2 +/- 4AC)), then steps to the exact integer: the best
    /// size for the taker that {quoteForBase} admits.
    /// @param quote WAD quote
    /// @return size WAD base
    function baseForQuote(Curve memory self, uint256 quote) internal pure returns (uint256 size) {
        uint256 available = capacity(self);
        uint256 most = _quoteUnchecked(self, available);
        if (quote > most) revert IMaker.MakerQuoteCapacityExceeded(quote, most);

        uint256 flat = _quoteUnchecked(self, self.held);
        if (quote <= flat || self.held == available) {
            size = Math.mulDiv(quote, WAD * self.priceUnit, self.price);
        } else {
            size = self.held + _solve(self, quote - flat);
        }
        if (size > available) size = available;
        return
            self.makerSells ? _largestWithin(self, quote, size, available) : _smallestFor(self, quote, size, available);
    }

    /// @dev Price of an infinitesimal trade at the curve's inventory: m (1 +/- s n / X), n = built. The maker's ask,
    /// up, when it sells; its bid, down and not below zero, when it buys.
    /// @return WAD quote per base
    function marginalPrice(Curve memory self) internal pure returns (uint256) {
        uint256 scaledCap = self.maxAbsPosition * PPM;
        uint256 premium = self.maxSpread * self.built;
        if (self.makerSells) {
            return Math.mulDiv(self.price, scaledCap + premium, scaledCap * self.priceUnit, Math.Rounding.Ceil);
        }
        // Beyond the cap, where the maker does not buy, the price may be negative.
        return premium < scaledCap ? Math.mulDiv(self.price, scaledCap - premium, scaledCap * self.priceUnit) : 0;
    }

    /// @dev m (1 - s x / X) at the oracle price, not below zero: the price of an infinitesimal trade on either side,
    /// without the limit of bid and ask at m. The premium is rounded up, in favour of the LP vault.
    /// @return WAD quote per base
    function reservationPrice(Price price, Base inventory, uint256 maxSpread, uint256 maxAbsPosition)
        internal
        pure
        returns (uint256)
    {
        uint256 premium =
            Math.mulDiv(price.unwrap() * maxSpread, inventory.abs(), maxAbsPosition * PPM, Math.Rounding.Ceil);
        if (inventory.unwrap() < 0) return price.unwrap() + premium;
        return premium < price.unwrap() ? price.unwrap() - premium : 0;
    }

    /// @dev m (q +/- s/(2X) (n1^2 - n0^2)), with n the inventory built on this side before and after.
    function _quoteUnchecked(Curve memory self, uint256 size) private pure returns (uint256) {
        uint256 doubleCap = 2 * self.maxAbsPosition * PPM;
        uint256 premium;
        if (size > self.held) {
            uint256 after_ = self.built + (size - self.held);
            premium = (after_ * after_ - self.built * self.built) * self.maxSpread;
        }
        // In units of 2 X 10^6. For s <= 1 the discount does not exceed the amount.
        uint256 scaled = self.makerSells ? size * doubleCap + premium : size * doubleCap - premium;
        Math.Rounding rounding = self.makerSells ? Math.Rounding.Ceil : Math.Rounding.Floor;
        return Math.mulDiv(scaled, self.price, doubleCap * WAD * self.priceUnit, rounding);
    }

    /// @dev The size q that builds inventory and is worth `quote`: with n = built and C = quote X / m,
    /// (s/2) q^2 + (X + s n) q - C = 0 when the maker sells, (s/2) q^2 - (X - s n) q + C = 0 when it buys.
    function _solve(Curve memory self, uint256 quote) private pure returns (uint256) {
        uint256 scaledCap = self.maxAbsPosition * PPM;
        uint256 slope = self.maxSpread * self.built;
        // quote <= m (cap) and cap <= 2^104, so c <= 2^104 * 2^105 * 10^6.
        uint256 c = Math.mulDiv(quote, WAD * self.priceUnit * scaledCap, self.price);
        if (self.makerSells) {
            uint256 b = scaledCap + slope;
            uint256 root = Math.sqrt(b * b + 2 * self.maxSpread * c);
            return 2 * c / (b + root);
        }
        uint256 bBuy = scaledCap - slope;
        uint256 square = bBuy * bBuy;
        uint256 deduct = 2 * self.maxSpread * c;
        // Negative by rounding only, because the amount is within capacity.
        uint256 rootBuy = deduct < square ? Math.sqrt(square - deduct) : 0;
        uint256 divisor = bBuy + rootBuy;
        return divisor == 0 ? self.maxAbsPosition - self.built : 2 * c / divisor;
    }

    /// @dev The largest size that costs at most `quote`, searched from a guess: doubling steps find an interval,
    /// bisection the size. In common ranges the guess is at most a few wei off, and one or two evaluations suffice.
    function _largestWithin(Curve memory self, uint256 quote, uint256 guess, uint256 available)
        private
        pure
        returns (uint256)
    {
        uint256 low = guess;
        uint256 high = guess;
        uint256 step = 1;
        while (low > 0 && _quoteUnchecked(self, low) > quote) {
            high = low;
            low = low > step ? low - step : 0;
            step *= 2;
        }
        if (low == high) {
            // The guess costs at most `quote`. Search upward.
            while (high < available && _quoteUnchecked(self, Math.min(high + step, available)) <= quote) {
                high = Math.min(high + step, available);
                step *= 2;
            }
            low = high;
            high = Math.min(high + step, available + 1);
        }
        while (high - low > 1) {
            uint256 middle = (low + high) / 2;
            if (_quoteUnchecked(self, middle) <= quote) low = middle;
            else high = middle;
        }
        return low;
    }

    /// @dev The smallest size that yields at least `quote`, searched like {_largestWithin}.
    function _smallestFor(Curve memory self, uint256 quote, uint256 guess, uint256 available)
        private
        pure
        returns (uint256)
    {
        uint256 high = guess;
        uint256 step = 1;
        while (high < available && _quoteUnchecked(self, high) < quote) {
            high = Math.min(high + step, available);
            step *= 2;
        }
        // `high` yields enough. Search downward for a size that does not.
        step = 1;
        uint256 low = high;
        while (low > 0 && _quoteUnchecked(self, low) >= quote) {
            high = low;
            low = low > step ? low - step : 0;
            step *= 2;
        }
        while (high - low > 1) {
            uint256 middle = (low + high) / 2;
            if (_quoteUnchecked(self, middle) >= quote) high = middle;
            else low = middle;
        }
        return high;
    }
}
