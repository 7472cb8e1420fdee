// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IExitInKind} from "../interfaces/IExitInKind.sol";
import {BackstopRules, MarketRules, MarketStatus} from "../types/Market.sol";

/// @dev One account in one market.
struct AccountView {
    uint256 marketId;
    MarketStatus status;
    bool isMaker;
    /// @dev see {Position}, seconds
    uint256 lastFillAt;
    /// @dev see {Position}
    uint256 closes;
    /// @dev WAD base; long > 0
    int256 size;
    /// @dev WAD quote
    int256 openNotional;
    /// @dev WAD quote, as stored, before pending fees
    int256 margin;
    /// @dev WAD quote; owed > 0, up
    int256 pendingFunding;
    /// @dev WAD quote; owed > 0, up
    int256 pendingBorrowing;
    /// @dev WAD; the price of a trade now. Zero without a price, and without a position.
    uint256 price;
    /// @dev The oracle's revert data when there is no price. Empty when there is one, or when none is needed.
    bytes priceError;
    // ---- zero without a price ----
    /// @dev WAD quote, after pending fees, floor
    int256 accountValue;
    /// @dev WAD: account value over notional, floor; zero without a position
    int256 marginRatio;
    /// @dev WAD quote, up
    uint256 initialRequirement;
    /// @dev WAD quote, up
    uint256 maintenanceRequirement;
    /// @dev Margin that can be withdrawn at this price, XCD, down. The withdrawal needs a fresh one
    uint256 freeMarginXCD;
    // ---- liquidation ----
    /// @dev Whether a liquidation would be admitted now: the market is not paused, a liquidation price is available that
    /// is not older than the account's last fill, and the account is below maintenance at that price.
    bool isLiquidatable;
    /// @dev WAD; see {LiquidationPrice}. Uses the pending fees and the margin ratio of this second. Needs no price.
    uint256 liquidationPrice;
}

/// @dev A trader in every market where it has a position or margin.
struct TraderView {
    address account;
    uint256 fundXCD;
    /// @dev The system is locked, so that the values may be those between two steps of an action.
    bool isLocked;
    AccountView[] markets;
}

/// @dev WAD quote; owed > 0, up.
struct FeesView {
    int256 funding;
    int256 borrowing;
}

/// @dev Fees of one unit of base in the next hour if no transaction changes the market.
struct HourEstimate {
    FeesView takerLong;
    FeesView takerShort;
    FeesView makerLong;
    FeesView makerShort;
}

struct MarketView {
    uint256 marketId;
    /// @dev The stricter of the market's and the system's status
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
    /// @dev The oracle's revert data when there is no price
    bytes priceError;
    /// @dev WAD and seconds: the last stored price of any age. Zero if there never was one.
    uint256 lastPrice;
    uint256 lastPublishTime;
    /// @dev Whether accrual is stopped
    bool isFrozen;
    /// @dev WAD per second of the notional; longs pay shorts when > 0
    int256 fundingRate;
    /// @dev WAD per second squared. Zero when the rate is at its cap or accrual is stopped.
    int256 fundingVelocity;
    /// @dev WAD per second of a taker's notional, up, for each side
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
    /// @dev WAD base: the capacity of all makers together
    uint256 makerLongCapacity;
    uint256 makerShortCapacity;
    /// @dev WAD, down: the part of the capacity that the makers' net position uses. Long takers use makers' short
    /// capacity.
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
    /// @dev False while the system is locked, while there is a position and no price, and for makers that are not LP
    /// vaults. `totalAssets` and `sharePrice` are zero then.
    bool isValued;
    /// @dev The maker's revert data when it is not valued
    bytes valueError;
    /// @dev In the LP vault's asset, its own decimals, down
    uint256 totalAssets;
    /// @dev WAD, down
    uint256 sharePrice;
    /// @dev The LP vault's value is zero or negative, and it accepts no deposits
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

/// @dev An LP's ways out of a maker. Reasons are encoded errors, empty where there is a way.
struct LpExitView {
    // ---- by request ----
    /// @dev At least in part, at the stored price.
    bool settlesNow;
    bytes reason;
    /// @dev seconds; from the next second on the request returns. Of a request that is made now if none is given. Zero while
    /// none can be made, and for a closed one.
    uint256 latestAt;
    /// @dev WAD shares that would be paid for now.
    uint256 burned;
    /// @dev In the LP vault's asset, its own decimals, after the fee.
    uint256 amountXCD;
    /// @dev In collateral, from a flat base vault beside its asset.
    uint256 quoteXCD;
    // ---- in kind ----
    bool leavesInKind;
    bytes exitReason;
    /// @dev Seconds from the start of an exit until its execution; zero in a settled market.
    uint256 exitNotice;
    IExitInKind.Slice slice;
    /// @dev WAD quote, that the owner has to add in the execution.
    uint256 lackingMargin;
}
