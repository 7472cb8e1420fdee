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
    /// @dev true: `amount` is the amount that the taker gives, else the amount that it receives
    bool isExactInput;
    /// @dev true: reverts unless the trade reduces the taker's position
    bool isReduceOnly;
    /// @dev WAD base or quote, according to the flags. With `isReduceOnly`, an amount of base beyond the position closes
    /// it at its size at execution. A reduction in base that would leave less than the market's minimum closes the
    /// position too. In both cases the bound is scaled in proportion, except for the largest uint256.
    uint256 amount;
    /// @dev WAD; least amount received for an exact input, most amount given for an exact output. Excludes the trading
    /// fee.
    uint256 oppositeBound;
    /// @dev seconds
    uint256 deadline;
}

/// @dev A fill that two accounts agreed on, each by its own order through a gateway.
struct MatchParams {
    uint256 marketId;
    address taker;
    /// @dev The other account of the match; never a registered maker.
    address maker;
    /// @dev true: the taker sells base
    bool isBaseToQuote;
    /// @dev true: reverts unless the fill reduces the taker's position
    bool isTakerReduceOnly;
    /// @dev true: reverts unless the fill reduces the maker's position
    bool isMakerReduceOnly;
    /// @dev WAD. A reduce-only fill beyond a position, and one that would leave less of a position than the market's
    /// minimum, trade the size of that position instead.
    uint256 base;
    /// @dev WAD, paid for `base`. Excludes the trading fee, which the taker pays.
    uint256 quote;
    /// @dev Fees of both accounts to their relayer, fund to fund.
    MatchFees fees;
}

/// @dev Rules of a market's trades and liquidations. {MarketRules} and {BackstopRules} state the units.
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

/// @dev Settings of a new market.
struct MarketParams {
    /// @dev ppm of current notional
    uint24 initialMarginRatio;
    /// @dev ppm of current notional
    uint24 maintenanceMarginRatio;
    /// @dev see {MarketLedger-feeIndexDecimals}
    uint8 feeIndexDecimals;
    RuleParams rules;
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

/// @dev The rule that is out of range.
enum Rule {
    PriceBand,
    TradingFee,
    LiquidationPenalty,
    LiquidatorShare,
    DeleverageWindow,
    SettlementDelay,
    MinPositionValue
}

/// @title The ClearingHouse: admits trades and liquidations and determines their prices
interface IClearingHouse is IForcedChanges {
    event MarketCreated(uint256 indexed marketId, MarketParams params);
    event MarketStatusSet(uint256 indexed marketId, MarketStatus status);
    event SystemStatusSet(MarketStatus status);
    event RulesSet(uint256 indexed marketId, RuleParams rules);
    /// @notice `effectiveAt` in seconds; zero for a revocation.
    event GatewaySet(address indexed gateway, bool approved, uint256 effectiveAt);
    event GuardianSet(address indexed guardian);
    event MakerRegistered(uint256 indexed marketId, address indexed maker);
    event MakerRetired(uint256 indexed marketId, address indexed maker);
    /// @notice The owner ended the retirement of a maker.
    event MakerReinstated(uint256 indexed marketId, address indexed maker);
    event MakerRemoved(uint256 indexed marketId, address indexed maker);
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
    error MakerExists(address maker, uint256 marketId);
    /// @notice The trade would increase the exposure of a retired maker.
    error MakerIsRetired(address maker);
    error MakerNotRetired(address maker);
    /// @notice The owner cannot renounce while the system (market id 0) or a market is restricted, because no other
    /// account could end the restriction.
    error StillRestricted(uint256 marketId, MarketStatus status);
    error TooManyMakers(uint256 marketId, uint256 limit);
    error TooManyMarkets(uint256 limit);
    error InvalidMarketId(uint256 marketId, uint256 nextMarketId);
    error RuleOutOfRange(Rule rule, uint256 value, uint256 min, uint256 max);
    /// @notice The caller cannot make this change. The owner can set active, reduce-only and paused, the guardian only
    /// a stricter one of them. A settled market stays settled.
    error InvalidStatusChange(address caller, MarketStatus current, MarketStatus requested);
    /// @notice No registered maker has capacity on both sides, which an active market requires.
    error NoMakerForBothSides(uint256 marketId);
    /// @notice The maker may quote prices outside the market's price band. Ppm.
    error BandTooNarrow(address maker, uint256 priceBand, uint256 required);
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

    // ---- owner and guardian ----

    /// @notice Creates the next market. It is reduce-only until the owner sets it active, which requires a maker. Owner
    /// only.
    function createMarket(MarketParams calldata params) external returns (uint256 marketId);

    /// @notice Sets the rules of trades and liquidations. Owner only. Reverts with {RuleOutOfRange}, and with
    /// {BandTooNarrow} when a registered maker needs a wider price band. A higher minimum position value comes into force
    /// linearly within a day.
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

    /// @notice Sets the Vault's deposit cap, see {IVault-depositCap}. Owner only.
    function setDepositCap(uint256 capXCD) external;

    /// @notice Sets whether a gateway may match its users' orders with each other, pay relayers from their funds and pay
    /// bonds of their orders to makers. It can act only for accounts whose operator it is. The owner; the guardian can
    /// only revoke. An approval is subject to the delay of {DelayedApproval} (T43).
    function setGateway(address gateway, bool approved) external;

    /// @notice Registers a flat maker for its market ({IMarketBound-marketId}). Owner only. Reverts with
    /// {BandTooNarrow} when the market's price band is too narrow for the maker.
    function registerMaker(address maker) external;

    /// @notice Retires a maker: trades can only reduce its exposure from now on. Owner or guardian.
    function retireMaker(address maker) external;

    /// @notice Ends the retirement of a maker. Owner only. Reverts with {MakerNotRetired}.
    function reinstateMaker(address maker) external;

    /// @notice Removes a retired and flat maker. Owner only.
    function removeMaker(address maker) external;

    /// @notice Sets a market's status. The owner sets active, reduce-only or paused, the guardian only a stricter one
    /// of them. An active market with bad debt is reduce-only until insurance covers the debt.
    function setMarketStatus(uint256 marketId, MarketStatus status) external;

    /// @notice Sets the system's status. In each market, the stricter of the system's status and the market's own
    /// applies.
    function setSystemStatus(MarketStatus status) external;

    function setGuardian(address newGuardian) external;

    /// @notice Gives the ownership up for ever, and removes the guardian. Owner only. Reverts with {StillRestricted} unless
    /// the system and each market is active or settled.
    function renounceOwnership() external;

    // ---- views ----

    function vault() external view returns (IVault);

    function oracle() external view returns (IPriceOracle);

    /// @notice The contract that deleverages accounts and settles markets.
    function backstop() external view returns (IBackstop);

    function guardian() external view returns (address);

    /// @notice Whether a contract may match orders, pay relayers and pay bonds now, see {setGateway}.
    function isGateway(address gateway) external view returns (bool);

    function rulesOf(uint256 marketId) external view returns (MarketRules memory);

    function backstopRulesOf(uint256 marketId) external view returns (BackstopRules memory);

    /// @notice The minimum position value in force now, WAD quote. While it rises, {rulesOf} returns the value at the end
    /// of its ramp.
    function minPositionValueOf(uint256 marketId) external view returns (uint256);

    /// @notice The stricter of the market's and the system's status. Reduce-only when that is active and the market has
    /// bad debt.
    function statusOf(uint256 marketId) external view returns (MarketStatus);

    function systemStatus() external view returns (MarketStatus);

    /// @notice The market for which a maker is registered, or zero.
    function marketOfMaker(address maker) external view returns (uint256 marketId);

    function isRetired(address maker) external view returns (bool);

    /// @notice A market's makers in the order of their registration.
    function makersOf(uint256 marketId) external view returns (address[] memory);

    function marketCount() external view returns (uint256);
}
