// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Cast} from "../types/Cast.sol";
import {FeeRates, FeeState} from "../types/Fees.sol";
import {MarketLedger} from "../types/Market.sol";
import {Position} from "../types/Position.sol";
import {Quote, WAD, floorDiv} from "../types/Units.sol";
import {FundingMath} from "./FundingMath.sol";

/// @title Funding and borrowing over time (docs/specification.md, section 10)
/// @notice Accrual is a function of the state at the last update and of the time since then. More frequent updates
/// change only the price at which later time accrues, and rounding: per update, one wei of the average skew with its
/// effect on later accrual, and two units of each index (docs/fees.md).
library FeeMath {
    /// @dev Price times rate has 36 decimals, of which an index keeps `feeIndexDecimals`.
    uint256 internal constant MAX_INDEX_DECIMALS = 30;

    /// @dev The settings by which a market accrues.
    function ratesOf(MarketLedger memory ledger) internal pure returns (FeeRates memory) {
        return FeeRates({
            indexDecimals: ledger.feeIndexDecimals,
            maxFundingRate: ledger.maxFundingRate,
            maxFundingVelocity: ledger.maxFundingVelocity,
            skewScale: ledger.skewScale,
            maxBorrowingRate: ledger.maxBorrowingRate,
            makerLongCapacity: ledger.makerLongCapacity,
            makerShortCapacity: ledger.makerShortCapacity
        });
    }

    /// @dev The fee state of a market, accrued to this second.
    function stateNow(MarketLedger memory ledger, FeeRates memory rates) internal view returns (FeeState memory state) {
        state = ledger.fees.unpack();
        advance(state, rates, block.timestamp);
    }

    /// @dev Accrues the state to `timestamp`. Does nothing in a frozen market and before the first fill.
    function advance(FeeState memory self, FeeRates memory rates, uint256 timestamp) internal pure {
        if (timestamp <= self.updatedAt) return;
        uint256 elapsed = timestamp - self.updatedAt;
        self.updatedAt = timestamp;
        if (self.price == 0) return;
        if (rates.maxFundingRate != 0) _accrueFunding(self, rates, elapsed);
        if (rates.maxBorrowingRate != 0) _accrueBorrowing(self, rates, elapsed);
    }

    /// @dev Fees that the account owes (> 0) or receives (< 0), WAD quote. Takers pay borrowing fees, makers receive
    /// them. Fees owed are rounded up and fees received down, so that payments cover receipts (L4).
    function pending(Position memory position, FeeState memory state, uint256 indexDecimals)
        internal
        pure
        returns (Quote funding, Quote borrowing)
    {
        int256 size = position.size.unwrap();
        if (size == 0) return (funding, borrowing);
        uint256 index = state.borrowingIndex(position.isMaker, size);
        // Sizes are below 2^127 and differences below 2^71, so that no product overflows. Indices wrap; cutting their
        // difference to their width gives the true difference.
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

    /// @dev Paid by longs to shorts, WAD per second of the notional: the highest rate times average skew over scale,
    /// rounded toward zero.
    function fundingRate(FeeState memory self, FeeRates memory rates) internal pure returns (int256) {
        if (rates.skewScale == 0) return 0;
        return Cast.toInt(rates.maxFundingRate) * self.averageSkew / Cast.toInt(rates.skewScale);
    }

    /// @dev Change of the funding rate, WAD per second squared, rounded toward zero. Zero at the cap.
    function fundingVelocity(FeeState memory self, FeeRates memory rates) internal pure returns (int256) {
        if (rates.skewScale == 0) return 0;
        int256 scale = Cast.toInt(rates.skewScale);
        int256 gap = self.skew() - self.averageSkew;
        if (gap > 0 ? self.averageSkew == scale : self.averageSkew == -scale) return 0;
        return Cast.toInt(rates.maxFundingVelocity) * gap / scale;
    }

    /// @dev Borrowing rate on the makers' net exposure, WAD per second: the highest rate times utilization, down.
    function borrowingRate(FeeState memory self, FeeRates memory rates) internal pure returns (uint256) {
        (uint256 net, uint256 capacity) = _exposure(self, rates);
        if (net >= capacity) return net == 0 ? 0 : rates.maxBorrowingRate;
        return Math.mulDiv(rates.maxBorrowingRate, net, capacity);
    }

    /// @dev The index grows by the area under the rate times the price. Rounded against the takers' net position, so
    /// that takers together never receive dust (T52).
    function _accrueFunding(FeeState memory self, FeeRates memory rates, uint256 elapsed) private pure {
        int256 skew = self.skew();
        if (skew == 0 && self.averageSkew == 0) return;
        int256 scale = Cast.toInt(rates.skewScale);
        int256 area;
        (self.averageSkew, area) =
            FundingMath.accrue(self.averageSkew, skew, scale, rates.maxFundingRate / rates.maxFundingVelocity, elapsed);
        // The area is below 2^151, rates below 2^48, scales above 2^29 and prices below 2^128. A rate times time is
        // below 2^89, since the average is at most the scale.
        unchecked {
            int256 paid = _againstTakers(area * Cast.toInt(rates.maxFundingRate), scale, skew);
            paid = _againstTakers(paid * Cast.toInt(self.price), Cast.toInt(10 ** (36 - rates.indexDecimals)), skew);
            // The index wraps at its 72 bits.
            self.fundingIndex = Cast.lowInt72(Cast.toWord(self.fundingIndex + paid));
        }
    }

    /// @dev n / d: up when takers are long together, else down. `d` is positive.
    function _againstTakers(int256 n, int256 d, int256 skew) private pure returns (int256) {
        return skew < 0 ? floorDiv(n, d) : -floorDiv(-n, d);
    }

    /// @dev maxRate x utilization x net exposure x price per second. The takers of the exposed side pay it and its
    /// makers receive it, each in proportion to size. Payments are rounded up, receipts down.
    function _accrueBorrowing(FeeState memory self, FeeRates memory rates, uint256 elapsed) private pure {
        (uint256 net, uint256 capacity) = _exposure(self, rates);
        if (net == 0) return;
        uint256 utilization = net >= capacity ? WAD : Math.mulDiv(net, WAD, capacity);
        unchecked {
            // Price below 2^128, rate below 2^48, elapsed time below 2^40. Indices wrap in {FeeStorage-store}.
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

    /// @dev The makers' net position and their total capacity on its side, WAD base.
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
}
