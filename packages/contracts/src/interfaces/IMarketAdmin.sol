// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {MarketStatus} from "../types/Market.sol";

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

/// @title Functions of the ClearingHouse's owner and guardian
interface IMarketAdmin {
    event MarketCreated(uint256 indexed marketId, MarketParams params);
    event MarketStatusSet(uint256 indexed marketId, MarketStatus status);
    event SystemStatusSet(MarketStatus status);
    /// @notice A pause has ended, or an outage of the price was reported. No account is liquidated before `endsAt`
    /// (seconds), and no position opens at a price published before it.
    event GraceStarted(uint256 indexed marketId, uint256 endsAt);
    event RulesSet(uint256 indexed marketId, RuleParams rules);
    /// @notice `effectiveAt` in seconds; zero for a revocation.
    event GatewaySet(address indexed gateway, bool approved, uint256 effectiveAt);
    event GuardianSet(address indexed guardian);
    event MakerRegistered(uint256 indexed marketId, address indexed maker);
    event MakerRetired(uint256 indexed marketId, address indexed maker);
    /// @notice The owner ended the retirement of a maker.
    event MakerReinstated(uint256 indexed marketId, address indexed maker);
    event MakerRemoved(uint256 indexed marketId, address indexed maker);

    /// @notice The outage ended before the last pause, or longer than the grace period ago, or was reported. Seconds.
    error OutageOver(uint256 marketId, uint256 outageEnd);
    error MakerExists(address maker, uint256 marketId);
    error MakerNotRetired(address maker);
    error TooManyMakers(uint256 marketId, uint256 limit);
    error TooManyMarkets(uint256 limit);
    error RuleOutOfRange(Rule rule, uint256 value, uint256 min, uint256 max);
    /// @notice The maker may quote prices outside the market's price band. Ppm.
    error BandTooNarrow(address maker, uint256 priceBand, uint256 required);
    /// @notice The caller cannot make this change. The owner can set active, reduce-only and paused, the guardian only
    /// a stricter one of them. A settled market stays settled.
    error InvalidStatusChange(address caller, MarketStatus current, MarketStatus requested);
    /// @notice No registered maker has capacity on both sides, which an active market requires.
    error NoMakerForBothSides(uint256 marketId);
    /// @notice The owner cannot renounce while the system (market id 0) or a market is restricted, because no other
    /// account could end the restriction.
    error StillRestricted(uint256 marketId, MarketStatus status);

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

    /// @notice Starts the grace period after an outage of the price. Backstop only, see {IBackstop-reportOutage}.
    /// @param outageStart a time from which no price was published until the end, seconds
    /// @param outageEnd publish time of the first price after the outage, seconds. The period begins
    function startGrace(uint256 marketId, uint256 outageStart, uint256 outageEnd) external;

    function setGuardian(address newGuardian) external;

    /// @notice Gives the ownership up for ever, and removes the guardian. Owner only. Reverts with {StillRestricted} unless
    /// the system and each market is active or settled.
    function renounceOwnership() external;
}
