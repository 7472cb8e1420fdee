// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title Settings of the Vault and of its markets. Only the ClearingHouse can call them
interface IMarketSettings {
    event DepositCapSet(uint256 capXCD);
    /// @notice New margin ratios, ppm. The ratios change linearly from those in force until `rampEnd` (seconds).
    event MarginRatiosSet(
        uint256 indexed marketId, uint24 initialMarginRatio, uint24 maintenanceMarginRatio, uint256 rampEnd
    );
    /// @notice New funding settings: WAD per second, WAD per second squared, WAD base.
    event FundingSet(uint256 indexed marketId, uint64 maxRate, uint64 maxVelocity, uint128 skewScale);
    /// @notice New borrowing setting, WAD per second.
    event BorrowingSet(uint256 indexed marketId, uint48 maxRate);
    /// @notice Accrual of funding and borrowing stopped or started again.
    event AccrualFrozen(uint256 indexed marketId, bool frozen);

    error MarketExists(uint256 marketId);
    error InvalidMarginRatios(uint256 initialMarginRatio, uint256 maintenanceMarginRatio);
    error InvalidRamp(uint256 duration, uint256 minDuration, uint256 maxDuration);
    error InvalidFeeIndexDecimals(uint256 decimals, uint256 maxDecimals);
    error InvalidFunding(uint256 maxRate, uint256 maxVelocity, uint256 skewScale);
    /// @notice Takers that use the makers' capacity, WAD base, could move the funding rate to its cap within an hour.
    error FundingTooFast(uint256 capacity, uint256 maxCapacity);
    error InvalidBorrowing(uint256 maxRate, uint256 limit);
    /// @notice An account with a position can neither become a maker nor stop being one.
    error MakerNotFlat(address maker, int256 size);

    function createMarket(
        uint256 marketId,
        uint24 initialMarginRatio,
        uint24 maintenanceMarginRatio,
        uint8 feeIndexDecimals
    ) external;

    /// @param rampDuration seconds until the new ratios are in force
    function setMarginRatios(
        uint256 marketId,
        uint24 initialMarginRatio,
        uint24 maintenanceMarginRatio,
        uint256 rampDuration
    ) external;

    /// @notice Sets the funding of a market, or ends it with three zeros. With r the rate and s the takers' net
    /// position: r' = maxVelocity x s / skewScale - r / (maxRate / maxVelocity), and |r| <= maxRate. The rate starts
    /// again from zero. Reverts with InvalidFunding outside the ranges, and with `FundingTooFast` if the makers' present
    /// capacity could move the rate to its cap within an hour.
    /// @param maxRate WAD per second of the notional, rounded down to {RATE_UNIT}
    /// @param maxVelocity WAD per second squared, at most maxRate in an hour
    /// @param skewScale WAD base, rounded down to {SCALE_UNIT}
    function setFunding(uint256 marketId, uint64 maxRate, uint64 maxVelocity, uint128 skewScale) external;

    /// @notice Sets the borrowing rate, rounded down to {RATE_UNIT}; zero turns it off. Reverts with InvalidBorrowing outside the
    /// range.
    function setBorrowing(uint256 marketId, uint48 maxRate) external;

    /// @param capXCD see {depositCap}
    function setDepositCap(uint256 capXCD) external;

    /// @notice Sets whether a flat account is a maker of the market.
    function setMaker(uint256 marketId, address account, bool isMaker, uint256 long, uint256 short) external;

    /// @notice Stops or restarts the accrual of funding and borrowing.
    function setFrozen(uint256 marketId, bool frozen) external;
}
