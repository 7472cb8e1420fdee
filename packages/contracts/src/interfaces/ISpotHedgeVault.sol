// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ISpotAdapter} from "./ISpotAdapter.sol";

/// @title A hedged vault, a maker that hedges every fill on a spot market: its rules, events and errors
/// @dev Implemented by the storage contract that a hedged maker shares with its modules.
interface ISpotHedgeVault {
    /// @dev One storage word.
    struct Parameters {
        ISpotAdapter adapter;
        /// @dev Maximum distance of the hedge's price from the oracle price when the taker increases, ppm (H2).
        uint24 maxHedgeDeviation;
        /// @dev Minimum margin ratio after withdrawals and after fills that increase the maker's position, ppm.
        uint24 minMarginRatio;
        /// @dev Part of the swap's price that the maker keeps, ppm.
        uint24 spread;
        /// @dev Maximum funding rate at which a fill may increase the maker's position, ppm of its notional per day
        /// (T32). Zero means no limit.
        uint24 maxCarry;
    }

    /// @dev How a hedge gap is closed (T34).
    struct HedgeGapRules {
        /// @dev Maximum distance of the swap's price from the oracle price, ppm; at most half of
        /// {Parameters-maxHedgeDeviation}.
        uint24 maxDeviation;
        /// @dev Seconds between two closings.
        uint24 interval;
        /// @dev Seconds; maximum age of the oracle price that bounds hedges outside fills, deleveragings included.
        uint24 maxPriceAge;
    }

    /// @notice The hedge of a fill, or a hedge outside fills. `base` is WAD and the maker's own: sold < 0, bought > 0.
    /// `spotQuote` is the swap's quote and `takerQuote` the taker's, both WAD magnitudes. The maker earns the
    /// difference; outside fills there is none.
    event SpotHedged(address adapter, uint256 oraclePrice, int256 base, uint256 spotQuote, uint256 takerQuote);
    /// @notice Collateral that a flat base vault paid beside its asset in a withdrawal, in the collateral's decimals.
    event QuoteWithdrawn(address withdrawer, uint256 shares, uint256 quoteXCD);
    event ParametersSet(Parameters parameters);
    event HedgeGapRulesSet(HedgeGapRules rules);
    /// @notice Base that a hedge could not buy back, because fees or the price of a forced change had consumed its quote.
    /// WAD, at the oracle price.
    event HedgeShortage(uint256 base);
    /// @notice Base that the closing of a gap did not buy, because the available quote had to suffice at the bound of
    /// the swap. `quote` is the value of `base` at the oracle price less the extra cost of the swap. It stays in the
    /// margin. WAD.
    event HedgeUnderfunded(uint256 base, uint256 quote);
    /// @notice The hedge gap has changed: after forced changes, the maker has yet to buy (> 0) or sell (< 0) `gap`, in
    /// the base token's decimals.
    event HedgeGapChanged(int256 gap);
    /// @notice A gap worth less than one unit of the collateral was written off. In the base token's decimals.
    event HedgeGapWrittenOff(int256 gap);

    /// @notice The account of the flat hedged vault owes the market, WAD quote. Any account lets it pay:
    /// {ISpotHedger-closeHedgeGap} sells base, and {IQuoteMargin-rebalance} of a quote vault transfers collateral.
    error AccountInDebt(int256 accountValue);
    error AdapterMismatch(address baseToken, address quoteToken);
    error NotAdapter(address caller, address adapter);
    /// @notice A hedge outside fills could never be within its bound: the pools of the path charge more (T57). ppm.
    error BoundBelowPathFee(uint256 bound, uint256 pathFee);
    /// @notice WAD quote per base; the bound in ppm.
    error HedgeTooFar(uint256 hedgePrice, uint256 oraclePrice, uint256 maxHedgeDeviation);
    /// @notice The base token cannot represent the amount of an increasing order. WAD base.
    error FinerThanBaseToken(uint256 amount, uint256 unit);
    /// @notice The swap moved another amount than requested or reported. In the token's own decimals.
    error HedgeMismatch(uint256 moved, uint256 expected);
    /// @notice A fill would increase the maker's position while it pays more funding than its limit. WAD of its
    /// notional per second.
    error CarryTooHigh(int256 rate, uint256 maxRate);
    error NoHedgeGap();
    /// @notice Seconds.
    error IntervalTooLong(uint256 interval, uint256 maxInterval);
    /// @notice Seconds.
    error HedgeGapClosedRecently(uint256 timestamp, uint256 closableAt);
    /// @notice The oracle's stored price is too old for a hedge outside fills. Update the price first. Seconds.
    error HedgePriceTooOld(uint256 age, uint256 maxAge);
    /// @notice Seconds.
    error PriceAgeTooLong(uint256 age, uint256 maxAge);
    /// @notice In the base token's decimals.
    error HedgeGapPartTooSmall(uint256 amount, uint256 minAmount);
    /// @notice In the asset's own decimals.
    error InsufficientAssetBalance(uint256 requested, uint256 available);

    function parameters() external view returns (Parameters memory);

    function hedgeGapRules() external view returns (HedgeGapRules memory);
}

/// @title The settings of a hedged vault
interface ISpotHedgeSettings {
    /// @notice Sets the adapter of hedges and their bounds. Owner only. The bound of hedges must be tighter than the
    /// market's price band, and at least twice that of gaps. The bounds of hedges outside fills must exceed the fee of the
    /// adapter's path (T57). Reverts with `RatioOutOfRange` and `BoundBelowPathFee`.
    function setParameters(ISpotHedgeVault.Parameters calldata parameters_) external;

    /// @notice Sets how hedge gaps are closed. Owner only. `maxDeviation` exceeds the fee of the adapter's path (T57) and is at
    /// most half of the bound of hedges, `interval`
    /// at most a day, `maxPriceAge` at most a minute.
    function setHedgeGapRules(ISpotHedgeVault.HedgeGapRules calldata rules) external;
}
