// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {BackstopRules, MarketRules, MarketStatus} from "../types/Market.sol";
import {IClearingHouseState} from "./IClearingHouseState.sol";
import {IForcedChanges} from "./IForcedChanges.sol";
import {IMarketAdmin} from "./IMarketAdmin.sol";
import {MatchFees} from "./IVault.sol";

/// @dev An order as the ClearingHouse executes it.
struct TradeParams {
    uint256 marketId;
    /// @dev WAD base or quote, according to the flags. With `isReduceOnly`, an amount of base beyond the position closes
    /// it at its size at execution. A reduction in base that would leave less than the market's minimum closes the
    /// position too. In both cases the bound is scaled in proportion, except for the largest uint256.
    uint256 amount;
    /// @dev WAD; least amount received for an exact input, most amount given for an exact output. Excludes the trading
    /// fee.
    uint256 oppositeBound;
    /// @dev seconds
    uint256 deadline;
    address taker;
    address maker;
    /// @dev true: the taker sells base
    bool isBaseToQuote;
    /// @dev true: `amount` is the amount that the taker gives, else the amount that it receives
    bool isExactInput;
    /// @dev true: reverts unless the trade reduces the taker's position: with NothingToReduce without an opposite position,
    /// with WouldIncrease for a larger amount of quote
    bool isReduceOnly;
}

/// @dev A fill that two accounts agreed on, each by its own order through a gateway.
struct MatchParams {
    uint256 marketId;
    address taker;
    /// @dev The other account of the match; never a registered maker.
    address maker;
    /// @dev WAD. A reduce-only fill beyond a position, and one that would leave less of a position than the market's
    /// minimum, trade the size of that position instead.
    uint256 base;
    /// @dev WAD, paid for `base`. Excludes the trading fee, which the taker pays.
    uint256 quote;
    /// @dev Fees of both accounts to their relayer, fund to fund.
    MatchFees fees;
    /// @dev true: the taker sells base
    bool isBaseToQuote;
    /// @dev true: reverts unless the fill reduces the taker's position
    bool isTakerReduceOnly;
    /// @dev true: reverts unless the fill reduces the maker's position
    bool isMakerReduceOnly;
}

/// @dev A liquidation of an account below maintenance.
struct LiquidationParams {
    uint256 marketId;
    /// @dev The account to close; may be a maker.
    address account;
    /// @dev Receives the reward, and without a maker the position. The caller, or an account whose operator the caller
    /// is.
    address liquidator;
    /// @dev The maker that takes the position. Zero: the liquidator takes it over.
    address maker;
    /// @dev WAD base; most size to close. When less than the market's minimum would be left of a taker's position, the
    /// whole position closes.
    uint256 amount;
    /// @dev WAD quote; least reward, after the maker's difference to the oracle price
    uint256 minReward;
    /// @dev WAD; worst oracle price at which the liquidator takes the position over. Zero: any price.
    uint256 priceBound;
}

/// @title The ClearingHouse: admits trades and liquidations and determines their prices
interface IClearingHouse is IForcedChanges, IMarketAdmin, IClearingHouseState {
    /// @notice `base` was closed; `reward` is the liquidator's, after the maker's difference to the oracle price. WAD.
    event Liquidated(
        uint256 indexed marketId,
        address indexed account,
        address indexed liquidator,
        address maker,
        uint256 base,
        uint256 reward
    );

    error DeadlinePassed(uint256 timestamp, uint256 deadline);
    error TakerIsMaker(address account);
    /// @notice The maker is not registered for this market.
    error UnknownMaker(address maker, uint256 marketId, uint256 makerMarketId);
    /// @notice The trade would increase the exposure of a retired maker.
    error MakerIsRetired(address maker);
    error InvalidMarketId(uint256 marketId, uint256 nextMarketId);
    /// @notice The opposite amount of the trade violates the taker's bound. WAD.
    error SlippageExceeded(uint256 oppositeAmount, uint256 bound);
    /// @notice The trade price is outside the price band around the oracle price. WAD; the band in ppm.
    error PriceBandExceeded(uint256 tradePrice, uint256 oraclePrice, uint256 priceBand);
    /// @notice The reduce-only order finds no opposite position. WAD base.
    error NothingToReduce(int256 size, bool isBaseToQuote);
    /// @notice The Vault was deployed with another ClearingHouse, Backstop or oracle.
    error VaultMismatch(address vaultClearingHouse, address vaultBackstop, address vaultOracle);
    /// @notice The reduce-only fill would increase or reverse the position: a trade in quote, or a match in which the
    /// other account closes a larger position. WAD base.
    error WouldIncrease(int256 size, int256 fill);
    /// @notice The remaining position is below the market's minimum. WAD quote.
    error PositionBelowMinimum(uint256 value, uint256 minValue);
    /// @notice The result of {quoteTrade}, from the taker's side. WAD.
    error TradeQuoted(int256 base, int256 quote);

    error NotGateway(address caller);
    error NotBackstop(address caller, address backstop);

    error LiquidatorIsAccount(address account);
    /// @notice The account is at or above its maintenance requirement. WAD quote.
    error NotLiquidatable(address account, int256 accountValue, uint256 required);
    /// @notice A liquidation against a maker that prices from the oracle needs a price of at most `freshAge`. Seconds.
    error LiquidationPriceTooOld(uint256 publishTime, uint256 oldestAllowed);
    /// @notice The reward is below the liquidator's minimum. WAD quote.
    error RewardTooLow(int256 reward, uint256 minReward);
    /// @notice The oracle price is worse than the liquidator's bound. WAD.
    error PriceBoundExceeded(uint256 price, uint256 bound);
    /// @notice The account's shortfall exceeds insurance, so that it must be deleveraged first. `insurance` is the
    /// value after payment of the shortfall, WAD quote. Bad debt is admitted from `debtAllowedAt` (seconds) on, which
    /// is the largest uint256 until the account is flagged ({IBackstop-flagShortfall}).
    error DeleverageFirst(address account, int256 insurance, uint256 debtAllowedAt);

    // ---- trades ----

    /// @notice Executes a trade against a maker at the current price. The taker or its operator.
    /// @return base received (> 0) or given (< 0) by the taker, WAD
    /// @return quote received (> 0) or given (< 0) by the taker before the trading fee, WAD
    function trade(TradeParams calldata params) external returns (int256 base, int256 quote);

    /// @notice Fills two accounts with each other at the quote they agreed on, inside the price band. Both are checked
    /// like takers: margin requirements (L6), the market's minimum and its status. Registered gateways only, for
    /// accounts whose operator the gateway is.
    /// @return oraclePrice WAD quote per base
    /// @return base traded, WAD; differs from that of the parameters when the fill closes a position
    /// @return quote paid for it, WAD: that of the parameters in proportion, rounded in favour of `maker`
    function matchTrade(MatchParams calldata params) external returns (uint256 oraclePrice, uint256 base, uint256 quote);

    /// @notice Pays a relayer from an account's fund. Registered gateways only, for accounts whose operator the gateway
    /// is. The gateway checks the amount against the account's order.
    /// @param amountXCD collateral
    function payRelayFee(address account, address receiver, uint256 amountXCD) external;

    /// @notice Pays the bond of an order into the margin of its maker, out of the account's escrow at the caller.
    /// Registered gateways only. The gateway checks that the account made its order fail.
    /// @param bondXCD as {IVault-bindBond} returned it
    function payBond(uint256 marketId, address account, address maker, uint256 bondXCD) external;

    /// @notice Runs {trade} with `sender` as the caller and always reverts: with {TradeQuoted} when the trade succeeds,
    /// else with the trade's error. For eth_call.
    function quoteTrade(TradeParams calldata params, address sender) external;

    /// @notice Accrues a market's funding and borrowing to this second. Later time accrues at the current price. Any
    /// account.
    function accrue(uint256 marketId) external;

    // ---- solvency ladder (docs/specification.md, section 12); its upper rungs are the Backstop's ----

    /// @notice Rung 1: closes a position below maintenance at the oracle price: at most half while the account value is
    /// above half of the requirement, else at most all. The liquidator takes the position over, or closes it against a
    /// maker and pays the maker's difference to the oracle price from its reward. Reverts with `PriceOlderThanFill` when
    /// the price was published before that of the account's last fill, and with {LiquidationPriceTooOld}.
    /// @return base size closed, WAD
    /// @return reward credited to the liquidator's margin, WAD quote
    function liquidate(LiquidationParams calldata params) external returns (uint256 base, uint256 reward);

    /// @notice Rungs 2 and 4: insurance pays the shortfall of a flat account, and what it lacks is bad debt. Backstop only,
    /// for an account that it has closed.
    function coverShortfall(uint256 marketId, address account) external;

    /// @notice Sets a market's status to settled, which is final. Backstop only.
    function markSettled(uint256 marketId) external;

    /// @notice Counts the liquidations of an account from now on, for {liquidatedSince}. Any account can call it. Gateways do when
    /// an account creates a bonded order to reduce: its first order pays for the storage, and liquidations of other accounts
    /// write nothing.
    function recordLiquidations(uint256 marketId, address account) external;

    // ---- views ----

    /// @notice Whether a contract may match orders, pay relayers and pay bonds now, see {setGateway}.
    function isGateway(address gateway) external view returns (bool);

    function rulesOf(uint256 marketId) external view returns (MarketRules memory);

    /// @notice Returns the base that liquidations have closed of an account after a time, WAD; zero for none, and for those
    /// before {recordLiquidations}. It includes those of the hour before the last one. An order that finds so much less to reduce did not fail by its taker (T44).
    /// @param time seconds
    function liquidatedSince(uint256 marketId, address account, uint256 time) external view returns (uint256 base);

    function backstopRulesOf(uint256 marketId) external view returns (BackstopRules memory);

    /// @notice From when a time limit counts, seconds. A limit that a pause or an outage of the price or of the L2's sequencer
    /// interrupted begins again after the grace period, in which no account can be deleveraged. One that was over is not
    /// reopened. The largest uint256 while the sequencer is down.
    /// @param since beginning of the limit, seconds
    /// @param limit seconds
    function limitCountedFrom(uint256 marketId, uint256 since, uint256 limit) external view returns (uint256 from);

    /// @notice The minimum position value in force now, WAD quote. While it rises, {rulesOf} returns the value at the end
    /// of its ramp.
    function minPositionValueOf(uint256 marketId) external view returns (uint256);

    /// @notice The stricter of the market's and the system's status. Reduce-only when that is active and the market has
    /// bad debt.
    function statusOf(uint256 marketId) external view returns (MarketStatus);

    /// @notice The market for which a maker is registered, or zero.
    function marketOfMaker(address maker) external view returns (uint256 marketId);

    function isRetired(address maker) external view returns (bool);

    /// @notice A market's makers in the order of their registration.
    function makersOf(uint256 marketId) external view returns (address[] memory);
}
