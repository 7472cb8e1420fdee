// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {BackstopRules, MarketRules, MarketStatus} from "../types/Market.sol";

/// @dev One account in one market.
struct AccountView {
    uint256 marketId;
    MarketStatus status;
    bool isMaker;
    /// @dev WAD base; long > 0
    int256 size;
    /// @dev WAD quote
    int256 openNotional;
    /// @dev WAD quote, as stored: pending fees are not taken off
    int256 margin;
    /// @dev WAD quote; owed > 0, up
    int256 pendingFunding;
    /// @dev WAD quote; owed > 0, up
    int256 pendingBorrowing;
    /// @dev WAD; the price that a trade would use. Zero without one, and without a position.
    uint256 price;
    /// @dev Why there is no price, as the oracle reverted; empty when there is one or none is needed.
    bytes priceError;
    // ---- what needs a price; zero without it ----
    /// @dev WAD quote, pending fees taken off, floor
    int256 accountValue;
    /// @dev WAD: account value over notional, floor; zero without a position
    int256 marginRatio;
    /// @dev WAD quote, up
    uint256 initialRequirement;
    /// @dev WAD quote, up
    uint256 maintenanceRequirement;
    /// @dev What could be taken out now, XCD, down
    uint256 freeMarginXCD;
    // ---- liquidation ----
    /// @dev Whether a liquidation would be admitted now: the market is not paused, there is a price that liquidations
    /// take, and at it the account is below maintenance.
    bool isLiquidatable;
    /// @dev WAD; see {LiquidationPrice}. Fees as pending now, margin ratio as in force now. Needs no price.
    uint256 liquidationPrice;
}

/// @dev A trader in every market where it has a position or margin.
struct TraderView {
    address account;
    uint256 fundXCD;
    /// @dev An action is under way, and figures may be half of it.
    bool isLocked;
    AccountView[] markets;
}

/// @dev WAD quote; owed > 0, up.
struct FeesView {
    int256 funding;
    int256 borrowing;
}

/// @dev What one unit of base pays or gets in an hour if nothing touches the market.
struct HourEstimate {
    FeesView takerLong;
    FeesView takerShort;
    FeesView makerLong;
    FeesView makerShort;
}

struct MarketView {
    uint256 marketId;
    /// @dev The stricter of the market's and the system's
    MarketStatus status;
    MarketRules rules;
    BackstopRules backstopRules;
    /// @dev In force now, ppm
    uint256 initialMarginRatio;
    uint256 maintenanceMarginRatio;
    /// @dev In force from `rampEnd` (seconds) on, ppm
    uint256 targetInitialMarginRatio;
    uint256 targetMaintenanceMarginRatio;
    uint256 rampEnd;
    /// @dev WAD; zero without a fresh price
    uint256 price;
    uint256 confidence;
    /// @dev Why there is no price, as the oracle reverted
    bytes priceError;
    /// @dev WAD and seconds: the last stored price whatever its age; zero if there never was one
    uint256 lastPrice;
    uint256 lastPublishTime;
    /// @dev Nothing accrues
    bool isFrozen;
    /// @dev WAD per second of the notional; longs pay shorts when > 0
    int256 fundingRate;
    /// @dev WAD per second squared; zero when the rate is at its cap or nothing accrues
    int256 fundingVelocity;
    /// @dev WAD per second of a taker's own notional, up, on either side
    uint256 longBorrowingRate;
    uint256 shortBorrowingRate;
    HourEstimate nextHour;
    /// @dev WAD base
    uint256 takerLong;
    uint256 takerShort;
    uint256 makerLong;
    uint256 makerShort;
    /// @dev WAD base: net position of all takers
    int256 skew;
    /// @dev WAD base: what all makers together can take
    uint256 makerLongCapacity;
    uint256 makerShortCapacity;
    /// @dev WAD, down: how much of it the makers' net position uses; longs use makers that are short
    uint256 longUtilRatio;
    uint256 shortUtilRatio;
    /// @dev WAD quote
    uint256 insurance;
    /// @dev WAD quote
    uint256 badDebt;
    uint256 balanceXCD;
    address[] makers;
}

struct MakerView {
    address maker;
    bool isRetired;
    bool isSpotHedged;
    /// @dev False while an action is under way, while there is a position and no price, and for makers that are no LP
    /// vaults: the two figures below are zero then.
    bool isValued;
    /// @dev Why, as the vault reverted
    bytes valueError;
    /// @dev In the vault's asset, own decimals, down
    uint256 totalAssets;
    /// @dev WAD, down
    uint256 sharePrice;
    /// @dev The vault owes as much as it has, or more: nobody can deposit
    bool isInsolvent;
    /// @dev WAD
    uint256 totalSupply;
    address asset;
    /// @dev WAD
    uint256 longUtilRatio;
    uint256 shortUtilRatio;
    /// @dev WAD base, as reported to the Vault
    uint256 longCapacity;
    uint256 shortCapacity;
    AccountView account;
}
