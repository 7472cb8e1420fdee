// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IVault} from "../interfaces/IVault.sol";
import {FeeMath} from "../libraries/FeeMath.sol";
import {Cast} from "../types/Cast.sol";
import {FROZEN, FeeState} from "../types/Fees.sol";
import {MarketLedger} from "../types/Market.sol";
import {PackedPosition, Position} from "../types/Position.sol";
import {PPM, Price} from "../types/Units.sol";
import {VaultBase} from "./VaultBase.sol";

/// @title Settings of markets in the Vault
/// @notice Stores the accrued fees before it changes a setting on which the accrual depends.
abstract contract MarketSettings is VaultBase {
    using SafeCast for uint256;

    /// @dev A change of margin ratios takes at least a day, so that it does not make a healthy account liquidatable at
    /// once.
    uint256 private constant MIN_RAMP = 1 days;
    uint256 private constant MAX_RAMP = 30 days;
    /// @dev WAD per second: 100% per day. A higher rate is assumed to be an input error, and reverts.
    uint256 private constant MAX_RATE = uint256(1e18) / 1 days;
    /// @dev Least seconds from a zero funding rate to its cap, so that one trade cannot move the rate at once (T2).
    uint256 private constant MIN_TIME_TO_CAP = 1 hours;

    uint256 private constant SMALL_CHANGE = 64;

    /// @dev A maker's part in the capacity sums of its market, in units of {FeeMath-SCALE} base.
    struct Capacity {
        uint88 long;
        uint88 short;
    }

    mapping(uint256 marketId => mapping(address maker => Capacity capacity)) private _capacities;

    /// @inheritdoc IVault
    function createMarket(
        uint256 marketId,
        uint24 initialMarginRatio,
        uint24 maintenanceMarginRatio,
        uint8 feeIndexDecimals
    ) external onlyClearingHouse {
        MarketLedger storage ledger = _markets[marketId];
        if (ledger.initialMarginRatio != 0) revert MarketExists(marketId);
        _checkMarginRatios(initialMarginRatio, maintenanceMarginRatio);
        if (feeIndexDecimals > FeeMath.MAX_INDEX_DECIMALS) {
            revert InvalidFeeIndexDecimals(feeIndexDecimals, FeeMath.MAX_INDEX_DECIMALS);
        }
        ledger.initialMarginRatio = initialMarginRatio;
        ledger.maintenanceMarginRatio = maintenanceMarginRatio;
        ledger.feeIndexDecimals = feeIndexDecimals;
        FeeState memory fees;
        fees.updatedAt = block.timestamp;
        ledger.fees.store(fees);
        _marketIds.push(marketId);
        emit MarginRatiosSet(marketId, initialMarginRatio, maintenanceMarginRatio, block.timestamp);
    }

    /// @inheritdoc IVault
    function setMarginRatios(
        uint256 marketId,
        uint24 initialMarginRatio,
        uint24 maintenanceMarginRatio,
        uint256 rampDuration
    ) external onlyClearingHouse {
        MarketLedger storage ledger = _market(marketId);
        _checkMarginRatios(initialMarginRatio, maintenanceMarginRatio);
        if (rampDuration < MIN_RAMP || rampDuration > MAX_RAMP) revert InvalidRamp(rampDuration, MIN_RAMP, MAX_RAMP);
        (uint256 initial, uint256 maintenance) = ledger.marginRatios();
        // The ratios in force lie between two uint24 values.
        (ledger.initialMarginRatioBefore, ledger.maintenanceMarginRatioBefore) =
        (Cast.lowUint24(initial), Cast.lowUint24(maintenance));
        (ledger.initialMarginRatio, ledger.maintenanceMarginRatio) = (initialMarginRatio, maintenanceMarginRatio);
        ledger.rampStart = block.timestamp.toUint40();
        ledger.rampEnd = (block.timestamp + rampDuration).toUint40();
        emit MarginRatiosSet(marketId, initialMarginRatio, maintenanceMarginRatio, ledger.rampEnd);
    }

    /// @inheritdoc IVault
    function setFunding(uint256 marketId, uint64 maxRate, uint64 maxVelocity, uint128 skewScale)
        external
        onlyClearingHouse
    {
        bool isOff = maxRate == 0 && maxVelocity == 0 && skewScale == 0;
        bool isValid = maxRate != 0 && maxRate <= MAX_RATE && maxVelocity != 0
            && maxVelocity <= maxRate / MIN_TIME_TO_CAP && skewScale >= FeeMath.SCALE
            && skewScale / FeeMath.SCALE <= type(uint80).max;
        if (!isOff && !isValid) revert InvalidFunding(maxRate, maxVelocity, skewScale);
        MarketLedger storage ledger = _market(marketId);
        FeeState memory fees = _feesNow(ledger);
        int256 cap = Cast.toInt(maxRate);
        if (fees.fundingRate > cap) fees.fundingRate = cap;
        if (fees.fundingRate < -cap) fees.fundingRate = -cap;
        ledger.fees.store(fees);
        // At most MAX_RATE, which has 44 bits.
        (ledger.maxFundingRate, ledger.maxFundingVelocity) = (Cast.lowUint48(maxRate), Cast.lowUint48(maxVelocity));
        ledger.skewScale = (skewScale / FeeMath.SCALE).toUint80();
        emit FundingSet(marketId, maxRate, maxVelocity, skewScale);
    }

    /// @inheritdoc IVault
    function setBorrowing(uint256 marketId, uint48 maxRate) external onlyClearingHouse {
        if (maxRate > MAX_RATE) revert InvalidBorrowing(maxRate, MAX_RATE);
        MarketLedger storage ledger = _market(marketId);
        _accrue(ledger);
        ledger.maxBorrowingRate = maxRate;
        emit BorrowingSet(marketId, maxRate);
    }

    /// @inheritdoc IVault
    function setMaker(uint256 marketId, address account, bool isMaker, uint256 long, uint256 short)
        external
        onlyClearingHouse
    {
        _market(marketId);
        PackedPosition storage stored = _positions[marketId][account];
        Position memory position = stored.load();
        if (!position.size.isZero()) revert MakerNotFlat(account, position.size.unwrap());
        position.isMaker = isMaker;
        stored.store(position);
        _setCapacity(marketId, account, long, short);
    }

    /// @inheritdoc IVault
    function setCapacity(uint256 marketId, uint256 long, uint256 short) external {
        if (!_positions[marketId][msg.sender].isMaker()) return;
        Capacity storage counted = _capacities[marketId][msg.sender];
        bool isSmall =
            _isSmallChange(counted.long * FeeMath.SCALE, long) && _isSmallChange(counted.short * FeeMath.SCALE, short);
        if (!isSmall) _setCapacity(marketId, msg.sender, long, short);
    }

    /// @inheritdoc IVault
    function setFrozen(uint256 marketId, bool frozen) external onlyClearingHouse {
        MarketLedger storage ledger = _market(marketId);
        FeeState memory fees = _feesNow(ledger);
        if (fees.isFrozen() == frozen) return;
        fees.updatedAt = frozen ? FROZEN : block.timestamp;
        ledger.fees.store(fees);
        emit AccrualFrozen(marketId, frozen);
    }

    /// @inheritdoc IVault
    function accrue(uint256 marketId, Price price) external onlyClearingHouse {
        _accrueAt(_market(marketId), price);
    }

    /// @inheritdoc IVault
    function capacityOf(uint256 marketId, address maker) external view returns (uint256 long, uint256 short) {
        Capacity memory capacity = _capacities[marketId][maker];
        return (capacity.long * FeeMath.SCALE, capacity.short * FeeMath.SCALE);
    }

    function _setCapacity(uint256 marketId, address maker, uint256 long, uint256 short) private {
        MarketLedger storage ledger = _markets[marketId];
        // Capacity enters the borrowing fee only.
        if (ledger.maxBorrowingRate != 0) _accrue(ledger);
        Capacity memory before = _capacities[marketId][maker];
        Capacity memory after_ =
            Capacity({long: (long / FeeMath.SCALE).toUint88(), short: (short / FeeMath.SCALE).toUint88()});
        ledger.makerLongCapacity = ledger.makerLongCapacity - before.long + after_.long;
        ledger.makerShortCapacity = ledger.makerShortCapacity - before.short + after_.short;
        _capacities[marketId][maker] = after_;
        emit CapacitySet(marketId, maker, long, short);
    }

    /// @dev Whether the change is below 1/64 of the stored capacity. Storing it would cost more gas than the second
    /// digit of the borrowing rate justifies. The change is stored once it has grown large enough.
    function _isSmallChange(uint256 counted, uint256 reported) private pure returns (bool) {
        uint256 change = reported > counted ? reported - counted : counted - reported;
        return change * SMALL_CHANGE < counted || change == 0;
    }

    function _checkMarginRatios(uint24 initialMarginRatio, uint24 maintenanceMarginRatio) private pure {
        if (maintenanceMarginRatio == 0 || maintenanceMarginRatio >= initialMarginRatio || initialMarginRatio > PPM) {
            revert InvalidMarginRatios(initialMarginRatio, maintenanceMarginRatio);
        }
    }
}
