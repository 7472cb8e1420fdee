// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @dev What a market allows. Each level allows less than the one before it.
enum MarketStatus {
    /// @dev The market does not exist.
    None,
    Active,
    ReduceOnly,
    Paused
}

/// @dev What the ClearingHouse admits trades by; one storage word.
struct MarketRules {
    MarketStatus status;
    /// @dev Greatest distance of the trade price from the oracle price on increasing trades, ppm.
    uint24 priceBand;
}

/// @dev What the Vault keeps of a market besides the positions.
struct MarketLedger {
    // ---- first word: configuration, read by every settlement ----
    /// @dev Margin that an increasing trade or a withdrawal must leave, ppm of current notional.
    uint24 initialMarginRatio;
    /// @dev Margin below which an account can be liquidated, ppm of current notional.
    uint24 maintenanceMarginRatio;
    /// @dev Decimals of the funding and borrowing indices (quote per base), chosen when the market is created so that
    /// a price has about 17 digits: 72 bits then last for thousands of times the price.
    uint8 feeIndexDecimals;
    // ---- second word: money ----
    /// @dev Collateral that belongs to this market's accounts, XCD. Moves only when tokens or funds do.
    uint128 balance;
    /// @dev WAD quote that pays shortfalls of accounts whose size is zero.
    uint128 insurance;
}
