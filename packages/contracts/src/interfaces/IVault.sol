// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {MARKET_WORDS} from "../types/Market.sol";
import {Position} from "../types/Position.sol";
import {Base, Price, Quote} from "../types/Units.sol";
import {ICircuitBreaker} from "./ICircuitBreaker.sol";
import {IPriceOracle} from "./IPriceOracle.sol";

/// @dev One party of a fill, before and after it.
struct FillSide {
    Base sizeBefore;
    Base sizeAfter;
    /// @dev Account value at the oracle price of the trade, WAD quote, floor.
    Quote valueBefore;
    Quote valueAfter;
}

/// @dev How a fill changes a margin, in parts: + realizedPnl - funding - borrowing. WAD quote.
struct MarginChange {
    /// @dev What goes from open notional to margin.
    int256 realizedPnl;
    /// @dev What the account pays (> 0) or receives (< 0) for the time since its last fill.
    int256 funding;
    int256 borrowing;
}

struct Settlement {
    FillSide taker;
    FillSide maker;
    /// @dev ppm of current notional
    uint256 initialMarginRatio;
    /// @dev ppm of current notional
    uint256 maintenanceMarginRatio;
}

/// @dev A fill, as the ClearingHouse has it settled.
struct FillTerms {
    uint256 marketId;
    address taker;
    address maker;
    /// @dev WAD, what the taker gets (> 0) or gives (< 0)
    Base base;
    /// @dev WAD, what the taker gets (> 0) or gives (< 0)
    Quote quote;
    /// @dev The oracle price of the trade: for the account values, and for what accrues from now on.
    Price price;
    /// @dev WAD quote that the taker pays to the market's insurance.
    uint256 tradingFee;
    /// @dev Nothing follows: the fill ends, and gives the lock back, as by {IVault-closeFill}.
    bool isLast;
}

/// @dev What two accounts that are matched pay their relayer, fund to fund.
struct MatchFees {
    address receiver;
    /// @dev XCD
    uint256 takerXCD;
    /// @dev XCD
    uint256 makerXCD;
}

/// @dev An account and its market, as a forced change of a position needs to know them.
struct AccountState {
    Base size;
    Quote openNotional;
    /// @dev Pending fees taken off.
    Quote margin;
    /// @dev Account value at the price asked for, WAD quote, floor.
    Quote value;
    bool isMaker;
    /// @dev ppm of current notional
    uint256 initialMarginRatio;
    /// @dev ppm of current notional
    uint256 maintenanceMarginRatio;
    /// @dev WAD quote; below zero: bad debt.
    int256 insurance;
}

/// @title The ledger: collateral, funds, positions and margin
interface IVault {
    event Deposited(address indexed account, address indexed payer, uint256 amountXCD);
    event Withdrawn(address indexed account, address indexed to, uint256 amountXCD);
    event FundToMargin(uint256 indexed marketId, address indexed account, uint256 amountXCD);
    event MarginToFund(uint256 indexed marketId, address indexed account, uint256 amountXCD);
    /// @notice Tokens that an account sent straight into its margin.
    event MarginReceived(uint256 indexed marketId, address indexed account, uint256 amountXCD);
    /// @notice Margin paid out in tokens: to leave, or inside a fill window to pay for a hedge.
    event MarginPaidOut(uint256 indexed marketId, address indexed account, address to, uint256 amountXCD);
    /// @notice What an account paid a relayer, fund to fund.
    event RelayFeePaid(address indexed account, address indexed receiver, uint256 amountXCD);
    event OperatorSet(address indexed account, address indexed operator, bool approved);
    event DepositCapSet(uint256 capXCD);
    /// @notice Margin ratios in ppm; they move in a straight line from those in force now, until `rampEnd` (seconds).
    event MarginRatiosSet(
        uint256 indexed marketId, uint24 initialMarginRatio, uint24 maintenanceMarginRatio, uint256 rampEnd
    );
    /// @notice WAD per second, WAD per second squared, WAD base.
    event FundingSet(uint256 indexed marketId, uint64 maxRate, uint64 maxVelocity, uint128 skewScale);
    /// @notice WAD per second.
    event BorrowingSet(uint256 indexed marketId, uint48 maxRate);
    /// @notice WAD base: how far a maker can go long and short.
    event CapacitySet(uint256 indexed marketId, address indexed maker, uint256 long, uint256 short);
    /// @notice Nothing accrues any more, or it does again.
    event AccrualFrozen(uint256 indexed marketId, bool frozen);
    /// @notice WAD quote, from the taker's margin to insurance.
    event TradingFeePaid(uint256 indexed marketId, address indexed taker, uint256 amount);
    /// @notice What a liquidation moved besides the fill: margins change by the deltas, insurance by the negative of
    /// their sum. WAD quote.
    event PenaltySettled(
        uint256 indexed marketId,
        address indexed account,
        address indexed liquidator,
        int256 accountDelta,
        int256 liquidatorDelta
    );
    /// @notice A flat account's negative margin was paid by insurance, which stands at `insurance` now; below zero it
    /// is bad debt. WAD quote.
    event ShortfallCovered(uint256 indexed marketId, address indexed account, uint256 amount, int256 insurance);
    event InsuranceDonated(uint256 indexed marketId, address indexed donor, uint256 amountXCD);
    /// @notice A fill. All amounts WAD; `base` and `quote` are the taker's, the maker's are their negatives.
    /// @param base what the taker got (> 0) or gave (< 0)
    /// @param quote what the taker got (> 0) or gave (< 0)
    /// @param price WAD quote per base, the oracle price of the trade
    /// @param takerMargin what the fill and the fees settled with it did to the taker's margin
    /// @param makerMargin what they did to the maker's
    event PositionsChanged(
        uint256 indexed marketId,
        address indexed taker,
        address indexed maker,
        int256 base,
        int256 quote,
        uint256 price,
        MarginChange takerMargin,
        MarginChange makerMargin
    );

    error NotAuthorized(address account, address caller);
    /// @notice The system is inside another action.
    error Locked(address holder);
    error NotLockHolder(address caller, address holder);
    /// @notice `draw` outside the caller's own fill window.
    error NoFillWindow(address caller, uint256 marketId);
    error UnknownMarket(uint256 marketId);
    error MarketExists(uint256 marketId);
    error InvalidMarginRatios(uint256 initialMarginRatio, uint256 maintenanceMarginRatio);
    error InvalidRamp(uint256 duration, uint256 minDuration, uint256 maxDuration);
    error InvalidFeeIndexDecimals(uint256 decimals, uint256 maxDecimals);
    error InvalidFunding(uint256 maxRate, uint256 maxVelocity, uint256 skewScale);
    error InvalidBorrowing(uint256 maxRate, uint256 limit);
    /// @notice Collateral held after the deposit, and the most there may be; XCD.
    error DepositCapExceeded(uint256 totalXCD, uint256 capXCD);
    error SignatureExpired(uint256 timestamp, uint256 deadline);
    error InvalidSignature(address account);
    /// @notice Margin of an open position does not leave while the market is paused.
    error MarketFrozen(uint256 marketId);
    /// @notice A registered maker is no party of a match.
    error MakerNotApproved(address maker);
    /// @notice Not a registered maker of the market.
    error NotMaker(address caller, uint256 marketId);
    /// @notice Only a flat account can become or stop being a maker.
    error MakerNotFlat(address maker, int256 size);
    /// @notice A reward that insurance does not have; WAD quote.
    error InsufficientInsurance(uint256 requested, int256 available);
    /// @notice All margin leaves without a position only. WAD base.
    error PositionOpen(address account, int256 size);
    error NoShortfall(address account, int256 size, int256 margin);
    /// @notice Amounts in XCD.
    error InsufficientFund(uint256 requested, uint256 available);
    /// @notice Amounts in XCD.
    error InsufficientMarketBalance(uint256 requested, uint256 available);
    /// @notice A withdrawal of margin must leave the requirement covered without counting unrealised profit.
    /// @param left WAD quote: the lesser of margin and account value after the withdrawal
    /// @param required WAD quote: the initial requirement at the current price
    error InsufficientMargin(int256 left, uint256 required);
    /// @notice A maker that drew from its margin must end the fill with margin >= 0, or no lower than it began.
    error DrawnBelowZero(int256 margin);

    // ---- funds ----

    /// @notice Adds collateral to the fund of `account`.
    /// @param amountXCD what the caller sends; the fund grows by what arrives
    /// @return receivedXCD what arrived
    function deposit(address account, uint256 amountXCD) external returns (uint256 receivedXCD);

    /// @notice {deposit} with an ERC-2612 permit of the caller's for this contract.
    /// @dev A permit that somebody else has used already does no harm: the allowance is what counts.
    function depositWithPermit(address account, uint256 amountXCD, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
        returns (uint256 receivedXCD);

    /// @notice Gives collateral of the caller's fund to a market's insurance, for good.
    function donate(uint256 marketId, uint256 amountXCD) external;

    /// @notice Takes collateral out of the caller's fund.
    function withdraw(uint256 amountXCD, address to) external;

    /// @notice Moves collateral from fund to margin. The account itself or an operator of it.
    function transferFundToMargin(uint256 marketId, address account, uint256 amountXCD) external;

    /// @notice Moves collateral from margin to fund, if what is left covers the initial requirement without counting
    /// unrealised profit. The account itself or an operator of it.
    function transferMarginToFund(uint256 marketId, address account, uint256 amountXCD) external;

    /// @notice Pays all margin of an account without a position out of the Vault, to the account itself. The account or
    /// an operator of it.
    /// @return amountXCD down; dust below the collateral's unit stays
    function returnMargin(uint256 marketId, address account) external returns (uint256 amountXCD);

    /// @notice Lets `operator` trade for the caller and move the caller's collateral between fund and margin.
    /// @dev An operator can send collateral out of the Vault to the account itself only ({returnMargin}). One
    /// that the owner has registered as a gateway can match the account with others and pay relayers out of its fund, as far
    /// as the account's orders say.
    function setOperator(address operator, bool approved) external;

    /// @notice {setOperator} by the account's EIP-712 signature over
    /// `SetOperator(address account,address operator,bool approved,uint256 nonce,uint256 deadline)` with its next nonce.
    /// @param signature of an EOA or an ERC-1271 wallet
    function setOperatorBySig(
        address account,
        address operator,
        bool approved,
        uint256 deadline,
        bytes calldata signature
    ) external;

    // ---- LP vaults and hedges ----

    /// @notice Takes the system's lock for the caller, until {unlock}. Everything that moves value reverts meanwhile.
    function lock() external;

    function unlock() external;

    /// @notice Starts to measure collateral that arrives for the margin of the caller. Takes the system's lock unless
    /// the caller holds it (inside its fill window it does).
    function beginReceive(uint256 marketId) external;

    /// @notice Credits what arrived since {beginReceive} to the caller's margin, and gives the lock back if
    /// {beginReceive} took it.
    /// @return receivedXCD what arrived
    function endReceive() external returns (uint256 receivedXCD);

    /// @notice Pays collateral out of the caller's margin to `to`, under the rule of {transferMarginToFund}.
    function withdrawMargin(uint256 marketId, uint256 amountXCD, address to) external;

    /// @notice {withdrawMargin} of a maker for a hedge outside fills: an exchange, no withdrawal to the breaker, which the
    /// maker tells what it cost. Reverts `NotMaker`.
    function withdrawForHedge(uint256 marketId, uint256 amountXCD, address to) external;

    /// @notice Pays collateral out of the caller's margin to `to` for a hedge. Only the maker that is being filled,
    /// only while its fill window is open: until settlement, which finds the margin at zero or above.
    function draw(uint256 amountXCD, address to) external;

    /// @notice Tells how far the caller, a registered maker, can go long and short; WAD base. What has accrued so far
    /// is settled first. Does nothing for callers that are no makers.
    function setCapacity(uint256 marketId, uint256 long, uint256 short) external;

    // ---- ClearingHouse only; from {settleFill} on, the Backstop too ----

    function createMarket(
        uint256 marketId,
        uint24 initialMarginRatio,
        uint24 maintenanceMarginRatio,
        uint8 feeIndexDecimals
    ) external;

    /// @param rampDuration seconds from now until the new ratios are in force
    function setMarginRatios(
        uint256 marketId,
        uint24 initialMarginRatio,
        uint24 maintenanceMarginRatio,
        uint256 rampDuration
    ) external;

    function setFunding(uint256 marketId, uint64 maxRate, uint64 maxVelocity, uint128 skewScale) external;

    function setBorrowing(uint256 marketId, uint48 maxRate) external;

    /// @param capXCD see {depositCap}
    function setDepositCap(uint256 capXCD) external;

    /// @notice Makes a flat account a maker of the market, or no longer.
    function setMaker(uint256 marketId, address account, bool isMaker, uint256 long, uint256 short) external;

    /// @notice Stops or restarts accrual.
    function setFrozen(uint256 marketId, bool frozen) external;

    /// @notice Settles what has accrued into the indices; later time accrues at `price`.
    function accrue(uint256 marketId, Price price) external;

    /// @notice Authorises `caller` for `taker`, takes the lock and opens the fill window of `maker`. What has accrued so
    /// far is settled into the indices.
    /// @return takerSize WAD base
    /// @return makerSize WAD base
    /// @return makerOpenNotional WAD quote
    /// @return makerMargin WAD quote, pending fees taken off
    function openFill(uint256 marketId, address taker, address maker, address caller, Price price)
        external
        returns (Base takerSize, Base makerSize, Quote makerOpenNotional, Quote makerMargin);

    /// @notice {openFill} for two accounts that have agreed on a fill, neither of them a registered maker: `caller` must be
    /// authorised by both. Pays the relayer out of their funds.
    /// @return takerSize WAD base
    /// @return makerSize WAD base
    function openMatch(
        uint256 marketId,
        address taker,
        address maker,
        address caller,
        Price price,
        MatchFees calldata fees
    ) external returns (Base takerSize, Base makerSize);

    /// @notice Moves collateral from one fund to another, if `caller` is authorised by the account it comes from. Which
    /// callers there are, the ClearingHouse decides: being an operator is not enough.
    function payFromFund(address account, address receiver, uint256 amountXCD, address caller) external;

    /// @notice Settles both sides of a fill, fees first, and ends the maker's right to draw.
    function settleFill(FillTerms calldata terms) external returns (Settlement memory);

    /// @notice Ends the fill and gives the lock back.
    function closeFill() external;

    /// @notice Takes the lock for a forced change of `account`'s position; with `maker`, opens its fill window. What has
    /// accrued so far is settled into the indices.
    function openForced(uint256 marketId, address account, address maker, Price price)
        external
        returns (AccountState memory);

    /// @notice Holds the lock for `maker` while it follows a forced change of its position. It can take out free margin
    /// and receive meanwhile. {closeFill} ends it.
    function openHook(address maker) external;

    /// @notice Moves margin between a liquidated account, its liquidator and insurance.
    function settlePenalty(
        uint256 marketId,
        address account,
        address liquidator,
        Quote accountDelta,
        Quote liquidatorDelta
    ) external;

    /// @notice Pays the negative margin of a flat account out of insurance, which becomes bad debt below zero.
    /// @return insurance what is left; WAD quote
    function coverShortfall(uint256 marketId, address account) external returns (int256 insurance);

    /// @notice An account at a price that the ClearingHouse has read, whatever is under way.
    function accountState(uint256 marketId, address account, Price price) external view returns (AccountState memory);

    // ---- views ----

    function asset() external view returns (IERC20);

    /// @notice WAD per one unit of the collateral token: 10^(18 - decimals).
    function assetScale() external view returns (uint256);

    function clearingHouse() external view returns (address);

    /// @notice Deleverages and settles markets.
    function backstop() external view returns (address);

    /// @notice Meters what leaves; zero where the exchange was deployed without one.
    function breaker() external view returns (ICircuitBreaker);

    function oracle() external view returns (IPriceOracle);

    function fundOf(address account) external view returns (uint256 amountXCD);

    function isOperator(address account, address operator) external view returns (bool);

    /// @notice The most collateral that deposits may bring the Vault to, those to makers and straight into margin
    /// included, XCD; zero: no limit. Proceeds of hedges and what a quote vault moves into its margin are none. What LPs
    /// bring to a vault that keeps it itself (base, or the balance of a quote vault) is bound by that vault's own cap.
    function depositCap() external view returns (uint256 capXCD);

    function positionOf(uint256 marketId, address account) external view returns (Position memory);

    /// @notice The storage words of a market. {MarketLedgerLib-unpack} decodes them; {ExchangeLens-marketOf} returns them
    /// decoded.
    function marketWordsOf(uint256 marketId) external view returns (uint256[MARKET_WORDS] memory);

    /// @notice Margin ratios, ppm of current notional. While a ramp runs, the ratios in force differ from its targets.
    /// @return initial in force now
    /// @return maintenance in force now
    /// @return targetInitial in force when the ramp ends
    /// @return targetMaintenance in force when the ramp ends
    function marginRatiosOf(uint256 marketId)
        external
        view
        returns (uint256 initial, uint256 maintenance, uint256 targetInitial, uint256 targetMaintenance);

    /// @notice Insurance of a market, WAD quote. A negative value is bad debt.
    function insuranceOf(uint256 marketId) external view returns (int256);

    /// @notice The funding rate accrued up to now, WAD per second of the notional. Longs pay shorts when it is positive.
    function fundingRateOf(uint256 marketId) external view returns (int256);

    /// @notice What an account owes (> 0) or gets (< 0) until now, WAD quote: owed up, received down.
    function pendingFeesOf(uint256 marketId, address account) external view returns (int256 funding, int256 borrowing);

    /// @notice What the account could take out of its margin now, XCD, down. Reverts where a price is needed and there is
    /// none, and while the market is paused.
    function freeMarginOf(uint256 marketId, address account) external view returns (uint256 amountXCD);

    /// @notice WAD base: what a maker has reported last.
    function capacityOf(uint256 marketId, address maker) external view returns (uint256 long, uint256 short);

    /// @notice Position and account value at the current oracle price, for whoever values shares. Reverts `Locked`
    /// while an action is under way, so that nobody values shares between a hedge and its settlement.
    /// @return position the account's position
    /// @return price the oracle price used; zero when the position is flat and none was needed
    /// @return accountValue WAD quote, pending fees taken off, floor
    function valuePosition(uint256 marketId, address account)
        external
        view
        returns (Position memory position, Price price, Quote accountValue);

    /// @notice Who holds the system's lock, or zero.
    function lockHolder() external view returns (address);
}
