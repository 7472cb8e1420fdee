// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {FeeMath} from "../libraries/FeeMath.sol";
import {Cast} from "../types/Cast.sol";
import {FeeRates, FeeState} from "../types/Fees.sol";
import {MarketLedger} from "../types/Market.sol";
import {Position} from "../types/Position.sol";
import {Base, Price, Quote, SIGNED_WAD, WAD} from "../types/Units.sol";
import {AccountLens} from "./AccountLens.sol";
import {FeesView, MarketView} from "./LensTypes.sol";

/// @title The lens's view of a market
abstract contract MarketLens is AccountLens {
    function _market(uint256 marketId) internal view returns (MarketView memory result) {
        MarketLedger memory ledger = _ledger(marketId);
        result.marketId = marketId;
        result.status = clearingHouse.statusOf(marketId);
        result.rules = clearingHouse.rulesOf(marketId);
        result.backstopRules = clearingHouse.backstopRulesOf(marketId);
        result.makers = clearingHouse.makersOf(marketId);
        (result.initialMarginRatio, result.maintenanceMarginRatio,,) = vault.marginRatiosOf(marketId);
        (result.targetInitialMarginRatio, result.targetMaintenanceMarginRatio, result.rampEnd) =
        (ledger.initialMarginRatio, ledger.maintenanceMarginRatio, ledger.rampEnd);
        result.insurance = Cast.positivePart(ledger.insurance);
        result.badDebt = Cast.positivePart(-int256(ledger.insurance));
        result.balanceXCD = ledger.balance;
        _addPrices(result);

        FeeRates memory rates = FeeMath.ratesOf(ledger);
        FeeState memory fees = FeeMath.stateNow(ledger, rates);
        (result.takerLong, result.takerShort, result.makerLong, result.makerShort) =
        (fees.takerLong, fees.takerShort, fees.makerLong, fees.makerShort());
        result.skew = fees.skew();
        _addUtilization(result, ledger);
        _addRates(result, fees, rates);
    }

    function _addPrices(MarketView memory result) private view {
        try oracle.getPrice(result.marketId) returns (Price price, uint256 confidence, uint256) {
            (result.price, result.confidence) = (price.unwrap(), confidence);
        } catch (bytes memory reason) {
            result.priceError = reason;
        }
        try oracle.getLastPrice(result.marketId) returns (Price price, uint256 publishTime) {
            (result.lastPrice, result.lastPublishTime) = (price.unwrap(), publishTime);
        } catch {}
    }

    function _addUtilization(MarketView memory result, MarketLedger memory ledger) private pure {
        (result.makerLongCapacity, result.makerShortCapacity) = (ledger.makerLongCapacity, ledger.makerShortCapacity);
        if (result.skew > 0) {
            result.longUtilRatio = _utilization(Cast.toUint(result.skew), result.makerShortCapacity);
        } else {
            result.shortUtilRatio = _utilization(Cast.toUint(-result.skew), result.makerLongCapacity);
        }
    }

    function _utilization(uint256 net, uint256 capacity) private pure returns (uint256) {
        if (net >= capacity) return net == 0 ? 0 : WAD;
        return net * WAD / capacity;
    }

    /// @param fees accrued to this second; this function advances them by an hour
    function _addRates(MarketView memory result, FeeState memory fees, FeeRates memory rates) private view {
        result.isFrozen = fees.isFrozen();
        result.fundingRate = FeeMath.fundingRate(fees, rates);
        if (result.isFrozen) return;

        result.fundingVelocity = FeeMath.fundingVelocity(fees, rates);
        uint256 rate = FeeMath.borrowingRate(fees, rates);
        // All takers of the exposed side share the fee on the net exposure.
        if (result.skew > 0) {
            result.longBorrowingRate = Math.mulDiv(rate, Cast.toUint(result.skew), fees.takerLong, Math.Rounding.Ceil);
        } else if (result.skew < 0) {
            result.shortBorrowingRate =
                Math.mulDiv(rate, Cast.toUint(-result.skew), fees.takerShort, Math.Rounding.Ceil);
        }
        Position[4] memory units = [
            _unit(fees, SIGNED_WAD, false),
            _unit(fees, -SIGNED_WAD, false),
            _unit(fees, SIGNED_WAD, true),
            _unit(fees, -SIGNED_WAD, true)
        ];
        FeeMath.advance(fees, rates, block.timestamp + 1 hours);
        result.nextHour.takerLong = _pending(units[0], fees, rates);
        result.nextHour.takerShort = _pending(units[1], fees, rates);
        result.nextHour.makerLong = _pending(units[2], fees, rates);
        result.nextHour.makerShort = _pending(units[3], fees, rates);
    }

    /// @dev A position of one unit of base without pending fees.
    function _unit(FeeState memory fees, int256 size, bool isMaker) private pure returns (Position memory position) {
        position.size = Base.wrap(size);
        position.isMaker = isMaker;
        position.fundingIndex = fees.fundingIndex;
        position.borrowingIndex = fees.borrowingIndex(isMaker, size);
    }

    function _pending(Position memory position, FeeState memory fees, FeeRates memory rates)
        private
        pure
        returns (FeesView memory)
    {
        (Quote funding, Quote borrowing) = FeeMath.pending(position, fees, rates.indexDecimals);
        return FeesView({funding: funding.unwrap(), borrowing: borrowing.unwrap()});
    }
}
