// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Cast} from "../types/Cast.sol";
import {FeeRates, FeeState} from "../types/Fees.sol";
import {MarketLedger} from "../types/Market.sol";
import {Position} from "../types/Position.sol";
import {Quote, WAD, floorDiv} from "../types/Units.sol";

/// @title Funding and borrowing over time (docs/specification.md, section 10)
/// @notice Everything here is a function of the state at the last touch and of the time since then. Touching a market
/// more often changes nothing but the price at which later time accrues, and roundings: less than one unit of the rate
/// (1e-18 per second) and of each index per touch, what that of the rate comes to, and one second at the cap when the
/// rate meets it (docs/fees.md).
library FeeMath {
    /// @dev Funding has at most 36 decimals of price and rate; an index keeps `decimals` of them.
    uint256 internal constant MAX_INDEX_DECIMALS = 30;

    /// @dev Capacities and skew scales are kept in units of this much base (WAD), so that they share a word.
    uint256 internal constant SCALE = 1e9;

    /// @dev The settings by which a market accrues.
    function ratesOf(MarketLedger memory ledger) internal pure returns (FeeRates memory) {
        return FeeRates({
            indexDecimals: ledger.feeIndexDecimals,
            maxFundingRate: ledger.maxFundingRate,
            maxFundingVelocity: ledger.maxFundingVelocity,
            skewScale: ledger.skewScale * SCALE,
            maxBorrowingRate: ledger.maxBorrowingRate,
            makerLongCapacity: ledger.makerLongCapacity * SCALE,
            makerShortCapacity: ledger.makerShortCapacity * SCALE
        });
    }

    /// @dev What has accrued in a market up to now.
    function stateNow(MarketLedger memory ledger, FeeRates memory rates) internal view returns (FeeState memory state) {
        state = ledger.fees.unpack();
        advance(state, rates, block.timestamp);
    }

    /// @dev Brings the state to `timestamp`. Does nothing in a market that is frozen or has never traded.
    function advance(FeeState memory self, FeeRates memory rates, uint256 timestamp) internal pure {
        if (timestamp <= self.updatedAt) return;
        uint256 elapsed = timestamp - self.updatedAt;
        self.updatedAt = timestamp;
        if (self.price == 0) return;
        if (rates.maxFundingRate != 0) _accrueFunding(self, rates, elapsed);
        if (rates.maxBorrowingRate != 0) _accrueBorrowing(self, rates, elapsed);
    }

    /// @dev What the account owes (> 0) or gets (< 0), WAD quote: owed up, received down, so that what is paid covers
    /// what is received (L4). A maker receives borrowing fees, a taker pays them.
    function pending(Position memory position, FeeState memory state, uint256 indexDecimals)
        internal
        pure
        returns (Quote funding, Quote borrowing)
    {
        int256 size = position.size.unwrap();
        if (size == 0) return (funding, borrowing);
        uint256 index = state.borrowingIndex(position.isMaker, size);
        // Sizes are below 2^127 and differences below 2^71: nothing overflows. Indices wrap, and casting their
        // difference to their width is what undoes it.
        unchecked {
            int256 unit = Cast.toInt(10 ** indexDecimals);
            int256 fundingDelta = Cast.lowInt72(Cast.toWord(state.fundingIndex - position.fundingIndex));
            int256 borrowingDelta = Cast.toInt(Cast.lowUint64(index - position.borrowingIndex));
            int256 fee = (size < 0 ? -size : size) * borrowingDelta;
            // -floor(-x) rounds up.
            funding = Quote.wrap(-floorDiv(-size * fundingDelta, unit));
            borrowing = Quote.wrap(-floorDiv(position.isMaker ? fee : -fee, unit));
        }
    }

    /// @dev d(rate)/dt, WAD per second squared: in proportion to the skew, capped at full skew; toward zero.
    function fundingVelocity(FeeState memory self, FeeRates memory rates) internal pure returns (int256) {
        if (rates.skewScale == 0) return 0;
        return Cast.toInt(rates.maxFundingVelocity) * _cappedSkew(self, rates) / Cast.toInt(rates.skewScale);
    }

    /// @dev What takers on the side where makers are exposed pay per second, WAD of the makers' net exposure: the most
    /// times utilization, down.
    function borrowingRate(FeeState memory self, FeeRates memory rates) internal pure returns (uint256) {
        (uint256 net, uint256 capacity) = _exposure(self, rates);
        if (net >= capacity) return net == 0 ? 0 : rates.maxBorrowingRate;
        return Math.mulDiv(rates.maxBorrowingRate, net, capacity);
    }

    /// @dev The rate moves in a straight line until it meets its cap; the index gains the area under it times price.
    function _accrueFunding(FeeState memory self, FeeRates memory rates, uint256 elapsed) private pure {
        // Rates and velocities are below 2^48, skews below 2^128, elapsed below 2^40 and prices below 2^128: no product
        // here exceeds 2^220.
        unchecked {
            int256 time = Cast.toInt(elapsed);
            int256 cap = Cast.toInt(rates.maxFundingRate);
            int256 push = Cast.toInt(rates.maxFundingVelocity) * _cappedSkew(self, rates);
            int256 scale = Cast.toInt(rates.skewScale);
            int256 before = self.fundingRate;
            int256 rate = before + push * time / scale;
            int256 doubleArea;
            if (rate > cap || rate < -cap) {
                rate = rate > cap ? cap : -cap;
                // Whole seconds until the cap is met; the area is that of these.
                int256 moving = (rate - before) * scale / push;
                doubleArea = (before + rate) * moving + 2 * rate * (time - moving);
            } else {
                doubleArea = (before + rate) * time;
            }
            self.fundingRate = rate;
            int256 unit = 2 * Cast.toInt(10 ** (36 - rates.indexDecimals));
            // The index wraps at its 72 bits.
            self.fundingIndex =
                Cast.lowInt72(Cast.toWord(self.fundingIndex + floorDiv(doubleArea * Cast.toInt(self.price), unit)));
        }
    }

    /// @dev maxRate x U x N x price per second, shared by the takers and among the makers of the exposed side in
    /// proportion to size: takers' share up, makers' down.
    function _accrueBorrowing(FeeState memory self, FeeRates memory rates, uint256 elapsed) private pure {
        (uint256 net, uint256 capacity) = _exposure(self, rates);
        if (net == 0) return;
        uint256 utilization = net >= capacity ? WAD : Math.mulDiv(net, WAD, capacity);
        unchecked {
            // Price below 2^128, rate below 2^48, elapsed below 2^40. Indices wrap; {FeeStorage-store} cuts them.
            uint256 perNet = Math.mulDiv(
                self.price * rates.maxBorrowingRate * elapsed, utilization, 10 ** (54 - rates.indexDecimals)
            );
            if (self.takerLong > self.takerShort) {
                self.takerLongIndex += Math.mulDiv(perNet, net, self.takerLong, Math.Rounding.Ceil);
                self.makerShortIndex += Math.mulDiv(perNet, net, self.makerShort());
            } else {
                self.takerShortIndex += Math.mulDiv(perNet, net, self.takerShort, Math.Rounding.Ceil);
                self.makerLongIndex += Math.mulDiv(perNet, net, self.makerLong);
            }
        }
    }

    /// @dev The makers' net position and all their capacity on that side, WAD base.
    function _exposure(FeeState memory self, FeeRates memory rates)
        private
        pure
        returns (uint256 net, uint256 capacity)
    {
        unchecked {
            if (self.takerLong > self.takerShort) {
                return (self.takerLong - self.takerShort, rates.makerShortCapacity);
            }
            return (self.takerShort - self.takerLong, rates.makerLongCapacity);
        }
    }

    function _cappedSkew(FeeState memory self, FeeRates memory rates) private pure returns (int256 skew) {
        skew = self.skew();
        int256 scale = Cast.toInt(rates.skewScale);
        if (skew > scale) return scale;
        if (skew < -scale) return -scale;
    }
}
