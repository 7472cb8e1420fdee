// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {BackstopRules, MarketRules, MarketStatus} from "../types/Market.sol";
import {IBackstop} from "./IBackstop.sol";
import {IForcedChanges} from "./IForcedChanges.sol";
import {IPriceOracle} from "./IPriceOracle.sol";
import {IVault, MatchFees} from "./IVault.sol";

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
    /// whatever its size is by then. A reduction in base that would leave less than the market's minimum closes the
    /// whole.
    uint256 amount;
    /// @dev WAD; the least to get for an exact input, the most to give for an exact output. Excludes the trading fee.
    uint256 oppositeBound;
    /// @dev seconds
    uint256 deadline;
}

/// @dev A fill that two accounts have agreed on through a gateway, each by an order of its own.
struct MatchParams {
    uint256 marketId;
    address taker;
    /// @dev The counterparty of record: an account, never a registered maker.
    address maker;
    /// @dev true: the taker sells base
    bool isBaseToQuote;
    /// @dev true: refuse to do anything but reduce the taker's position
    bool isTakerReduceOnly;
    /// @dev true: refuse to do anything but reduce the maker's position
    bool isMakerReduceOnly;
    /// @dev WAD
    uint256 base;
    /// @dev WAD, what the base costs; excludes the trading fee, which is the taker's
    uint256 quote;
    /// @dev What both pay their relayer, fund to fund.
    MatchFees fees;
}

/// @dev What a market's trades and liquidations go by; see {MarketRules} and {BackstopRules} for the units.
struct RuleParams {
    uint24 priceBand;
    uint24 tradingFee;
    uint24 liquidationPenalty;
    uint24 liquidatorShare;
    uint96 minPositionValue;
    uint128 liquidationBounty;
    uint32 deleverageWindow;
    uint32 settlementDelay;
}

/// @dev What it takes to open a market.
struct MarketParams {
    /// @dev ppm of current notional
    uint24 initialMarginRatio;
    /// @dev ppm of current notional
    uint24 maintenanceMarginRatio;
    /// @dev see {MarketLedger-feeIndexDecimals}
    uint8 feeIndexDecimals;
    RuleParams rules;
}

/// @dev How an account below maintenance is closed.
struct LiquidationParams {
    uint256 marketId;
    /// @dev Whose position is closed; a failed maker's too.
    address account;
    /// @dev Who gets the reward, and without a maker the position: the caller, or an account that made it an operator.
    address liquidator;
    /// @dev The maker that the position is closed against, or zero: the liquidator takes it over.
    address maker;
    /// @dev WAD base; the most to close, but for what would be left of a taker's position below the market's minimum,
    /// which is closed too
    uint256 amount;
    /// @dev WAD quote; the least reward, after the maker's difference to the oracle price
    uint256 minReward;
    /// @dev WAD; a take-over goes no worse than this oracle price. Zero: at any.
    uint256 priceBound;
}

/// @dev Which rule is out of range.
enum Rule {
    PriceBand,
    TradingFee,
    LiquidationPenalty,
    LiquidatorShare,
    DeleverageWindow,
    SettlementDelay
}

/// @title Which trades and forced changes happen, and at what price
interface IClearingHouse is IForcedChanges {
    event MarketCreated(uint256 indexed marketId, MarketParams params);
    event MarketStatusSet(uint256 indexed marketId, MarketStatus status);
    event SystemStatusSet(MarketStatus status);
    event RulesSet(uint256 indexed marketId, RuleParams rules);
    event GatewaySet(address indexed gateway, bool approved);
    event GuardianSet(address indexed guardian);
    event MakerRegistered(uint256 indexed marketId, address indexed maker);
    event MakerRetired(uint256 indexed marketId, address indexed maker);
    event MakerRemoved(uint256 indexed marketId, address indexed maker);
    /// @notice WAD; `base` closed, and what the liquidator got for it after the maker's difference.
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
    error MakerExists(address maker, uint256 marketId);
    /// @notice A retired maker's exposure can only shrink.
    error MakerIsRetired(address maker);
    error MakerNotRetired(address maker);
    error TooManyMakers(uint256 marketId, uint256 limit);
    error TooManyMarkets(uint256 limit);
    error InvalidMarketId(uint256 marketId, uint256 nextMarketId);
    error RuleOutOfRange(Rule rule, uint256 value, uint256 min, uint256 max);
    /// @notice The guardian only tightens; the owner does not set this status.
    error InvalidStatusChange(address caller, MarketStatus current, MarketStatus requested);
    /// @notice A market opens for trading with a maker that quotes both sides.
    error NoMakerForBothSides(uint256 marketId);
    /// @notice The maker's own prices may be farther from the oracle's than the market's band allows; ppm.
    error BandTooNarrow(address maker, uint256 priceBand, uint256 required);
    /// @notice WAD.
    error SlippageExceeded(uint256 oppositeAmount, uint256 bound);
    /// @notice WAD prices; the band in ppm.
    error PriceBandExceeded(uint256 tradePrice, uint256 oraclePrice, uint256 priceBand);
    /// @notice A reduce-only order found no position on the other side. WAD base.
    error NothingToReduce(int256 size, bool isBaseToQuote);
    /// @notice The Vault was deployed for another ClearingHouse, backstop or oracle.
    error VaultMismatch(address vaultClearingHouse, address vaultBackstop, address vaultOracle);
    /// @notice A reduce-only order would increase or turn the position. WAD base.
    error WouldIncrease(int256 size, int256 fill);
    /// @notice What the trade leaves is not worth a liquidator's while. WAD quote.
    error PositionBelowMinimum(uint256 value, uint256 minValue);
    /// @notice Carries the result of {quoteTrade}; WAD, from the taker's side.
    error TradeQuoted(int256 base, int256 quote);

    error NotGateway(address caller);
    error NotBackstop(address caller, address backstop);

    error LiquidatorIsAccount(address account);
    /// @notice The account is at or above its maintenance requirement. WAD quote.
    error NotLiquidatable(address account, int256 accountValue, uint256 required);
    /// @notice WAD quote.
    error RewardTooLow(int256 reward, uint256 minReward);
    /// @notice WAD prices.
    error PriceBoundExceeded(uint256 price, uint256 bound);
    /// @notice What the account lacks is more than insurance has: it must be deleveraged first. Bad debt is allowed
    /// from `debtAllowedAt` on, which is the largest uint256 until somebody flags the account. `insurance` is what it
    /// would be left with. WAD quote, seconds.
    error DeleverageFirst(address account, int256 insurance, uint256 debtAllowedAt);

    // ---- trades ----

    /// @notice Executes a trade against a maker at the current price, for the taker or an operator of it.
    /// @return base WAD that the taker got (> 0) or gave (< 0)
    /// @return quote WAD that the taker got (> 0) or gave (< 0), before the trading fee
    function trade(TradeParams calldata params) external returns (int256 base, int256 quote);

    /// @notice Fills two accounts with each other at the quote they agreed on, inside the price band. Both meet what takers
    /// meet: requirements (L6), the market's minimum and its status. Registered gateways only, and only for accounts that
    /// have made the gateway their operator.
    /// @return price WAD quote per base, the oracle's
    function matchTrade(MatchParams calldata params) external returns (uint256 price);

    /// @notice Pays a relayer out of an account's fund. Registered gateways only, and only for accounts that have made the
    /// gateway their operator; how much, the account's order says.
    /// @param amountXCD collateral
    function payRelayFee(address account, address receiver, uint256 amountXCD) external;

    /// @notice Runs {trade} as if `sender` had called it, and always reverts: with {TradeQuoted} when it would succeed,
    /// else with the reason. For eth_call.
    function quoteTrade(TradeParams calldata params, address sender) external;

    /// @notice Brings a market's funding and borrowing up to now; later time accrues at the current price. Anybody.
    function accrue(uint256 marketId) external;

    // ---- solvency ladder (docs/specification.md, section 12); its upper rungs are the Backstop's ----

    /// @notice Rung 1: closes a position below maintenance at the oracle price: half while the account has more than
    /// half of the requirement, else all. The liquidator takes it over or closes it against a maker, whose difference to
    /// the oracle price comes out of its reward.
    /// @return base WAD closed
    /// @return reward WAD quote, into the liquidator's margin
    function liquidate(LiquidationParams calldata params) external returns (uint256 base, uint256 reward);

    /// @notice Marks a market as settled for good. Backstop only.
    function markSettled(uint256 marketId) external;

    // ---- owner and guardian ----

    /// @notice Opens the next market, reduce-only until it has a maker and the owner sets it active. Owner only.
    function createMarket(MarketParams calldata params) external returns (uint256 marketId);

    /// @notice Sets what trades and liquidations go by. Owner only. Reverts {RuleOutOfRange}, and {BandTooNarrow} while a
    /// registered maker needs a wider price band.
    function setRules(uint256 marketId, RuleParams calldata params) external;

    /// @notice See {IVault-setMarginRatios}.
    function setMarginRatios(
        uint256 marketId,
        uint24 initialMarginRatio,
        uint24 maintenanceMarginRatio,
        uint256 rampDuration
    ) external;

    /// @notice See {IVault-setFunding}.
    function setFunding(uint256 marketId, uint64 maxRate, uint64 maxVelocity, uint128 skewScale) external;

    /// @notice See {IVault-setBorrowing}.
    function setBorrowing(uint256 marketId, uint48 maxRate) external;

    /// @notice The most collateral that deposits may bring the Vault to, XCD; zero: no limit.
    function setDepositCap(uint256 capXCD) external;

    /// @notice Lets a gateway match its users' orders with each other and pay relayers out of their funds. It can touch
    /// nobody who has not made it an operator. The owner; the guardian can only take the right away.
    function setGateway(address gateway, bool approved) external;

    /// @notice Registers a maker, flat, for the market it says it quotes. Owner only. Reverts {BandTooNarrow} when the
    /// market's band has become too narrow for it.
    function registerMaker(address maker) external;

    /// @notice From now on the maker's exposure can only shrink. Owner or guardian.
    function retireMaker(address maker) external;

    /// @notice Removes a retired maker that is flat. Owner only.
    function removeMaker(address maker) external;

    /// @notice Sets what a market allows. The owner in any direction, the guardian only to something stricter. An active
    /// market with bad debt is reduce-only until the debt is covered, by whatever comes into its insurance.
    function setMarketStatus(uint256 marketId, MarketStatus status) external;

    /// @notice Sets what the system allows; for each market the stricter of this and its own status binds.
    function setSystemStatus(MarketStatus status) external;

    function setGuardian(address newGuardian) external;

    // ---- views ----

    function vault() external view returns (IVault);

    function oracle() external view returns (IPriceOracle);

    /// @notice Deleveraging and market settlement; it alone may settle a market.
    function backstop() external view returns (IBackstop);

    function guardian() external view returns (address);

    /// @notice Whether a contract may match and pay relayers, see {setGateway}.
    function isGateway(address gateway) external view returns (bool);

    function rulesOf(uint256 marketId) external view returns (MarketRules memory);

    function backstopRulesOf(uint256 marketId) external view returns (BackstopRules memory);

    /// @notice The stricter of the market's and the system's status; reduce-only where that is active and bad debt is
    /// left.
    function statusOf(uint256 marketId) external view returns (MarketStatus);

    function systemStatus() external view returns (MarketStatus);

    /// @notice The market a maker is registered for, or zero.
    function marketOfMaker(address maker) external view returns (uint256 marketId);

    function isRetired(address maker) external view returns (bool);

    /// @notice A market's makers in the order of their registration.
    function makersOf(uint256 marketId) external view returns (address[] memory);

    function marketCount() external view returns (uint256);
}
