// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {MarketRules, MarketStatus} from "../types/Market.sol";
import {IPriceOracle} from "./IPriceOracle.sol";
import {IVault} from "./IVault.sol";

/// @dev An order as the ClearingHouse executes it.
struct TradeParams {
    uint256 marketId;
    address taker;
    address maker;
    /// @dev true: the taker sells base
    bool isBaseToQuote;
    /// @dev true: `amount` is what the taker gives, else what the taker gets
    bool isExactInput;
    /// @dev true: refuse to do anything but reduce the taker's position
    bool isReduceOnly;
    /// @dev WAD base or quote, as the flags say. With `isReduceOnly`, the largest uint256 in base closes the position
    /// whatever its size is by then.
    uint256 amount;
    /// @dev WAD; the least to get for an exact input, the most to give for an exact output.
    uint256 oppositeBound;
    /// @dev seconds
    uint256 deadline;
}

/// @dev What it takes to open a market.
struct MarketParams {
    /// @dev ppm of current notional
    uint24 initialMarginRatio;
    /// @dev ppm of current notional
    uint24 maintenanceMarginRatio;
    /// @dev ppm of the oracle price
    uint24 priceBand;
    /// @dev see {MarketLedger-feeIndexDecimals}
    uint8 feeIndexDecimals;
}

/// @title Admission of trades, in the order of steps of DESIGN section 5
interface IClearingHouse {
    event MarketCreated(uint256 indexed marketId, MarketParams params);
    event MarketStatusSet(uint256 indexed marketId, MarketStatus status);
    event MakerRegistered(uint256 indexed marketId, address indexed maker);

    error MarketNotActive(uint256 marketId, MarketStatus status);
    error DeadlinePassed(uint256 timestamp, uint256 deadline);
    error ZeroAmount();
    error ZeroAddress();
    error TakerIsMaker(address account);
    /// @notice The maker is not registered for this market.
    error UnknownMaker(address maker, uint256 marketId, uint256 makerMarketId);
    error MakerExists(address maker, uint256 marketId);
    /// @notice A maker must be flat when it is registered.
    error MakerNotFlat(address maker, int256 size);
    error InvalidMarketId(uint256 marketId, uint256 nextMarketId);
    error InvalidPriceBand(uint256 priceBand, uint256 limit);
    /// @notice WAD.
    error SlippageExceeded(uint256 oppositeAmount, uint256 bound);
    /// @notice WAD prices; the band in ppm.
    error PriceBandExceeded(uint256 tradePrice, uint256 oraclePrice, uint256 priceBand);
    /// @notice A reduce-only order found no position on the other side. WAD base.
    error NothingToReduce(int256 size, bool isBaseToQuote);
    /// @notice The Vault was deployed for another ClearingHouse or oracle.
    error VaultMismatch(address vaultClearingHouse, address vaultOracle);
    /// @notice A reduce-only order would increase or turn the position. WAD base.
    error WouldIncrease(int256 size, int256 fill);
    /// @notice Carries the result of {quoteTrade}; WAD, from the taker's side.
    error TradeQuoted(int256 base, int256 quote);

    /// @notice Executes a trade against a maker at the current price, for the taker or an operator of it.
    /// @return base WAD that the taker got (> 0) or gave (< 0)
    /// @return quote WAD that the taker got (> 0) or gave (< 0)
    function trade(TradeParams calldata params) external returns (int256 base, int256 quote);

    /// @notice Runs {trade} as if `sender` had called it, and always reverts: with {TradeQuoted} when it would succeed,
    /// else with the reason. For eth_call.
    function quoteTrade(TradeParams calldata params, address sender) external;

    /// @notice Opens the next market. Owner only. The oracle must know its feed before anybody can trade.
    function createMarket(MarketParams calldata params) external returns (uint256 marketId);

    /// @notice Registers a maker, flat, for the market it says it quotes. Owner only.
    function registerMaker(address maker) external;

    /// @notice Sets what a market allows. Owner only.
    function setMarketStatus(uint256 marketId, MarketStatus status) external;

    function vault() external view returns (IVault);

    function oracle() external view returns (IPriceOracle);

    function rulesOf(uint256 marketId) external view returns (MarketRules memory);

    /// @notice The market a maker is registered for, or zero.
    function marketOfMaker(address maker) external view returns (uint256 marketId);

    function marketCount() external view returns (uint256);
}
