// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Position} from "../types/Position.sol";
import {MarketLedger} from "../types/Market.sol";
import {Base, Price, Quote} from "../types/Units.sol";
import {IPriceOracle} from "./IPriceOracle.sol";

/// @dev One party of a fill, before and after it.
struct FillSide {
    Base sizeBefore;
    Base sizeAfter;
    /// @dev Account value at the oracle price of the trade, WAD quote, floor.
    Quote valueBefore;
    Quote valueAfter;
}

struct Settlement {
    FillSide taker;
    FillSide maker;
    /// @dev ppm of current notional
    uint256 initialMarginRatio;
    /// @dev ppm of current notional
    uint256 maintenanceMarginRatio;
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
    event OperatorSet(address indexed account, address indexed operator, bool approved);
    event MarketCreated(uint256 indexed marketId, uint24 initialMarginRatio, uint24 maintenanceMarginRatio);
    /// @notice A fill. All amounts WAD; `base` and `quote` are the taker's, the maker's are their negatives.
    /// @param base what the taker got (> 0) or gave (< 0)
    /// @param quote what the taker got (> 0) or gave (< 0)
    /// @param takerRealizedPnl what went from open notional to the taker's margin
    /// @param makerRealizedPnl what went from open notional to the maker's margin
    /// @param price the oracle price of the trade
    event PositionsChanged(
        uint256 indexed marketId,
        address indexed taker,
        address indexed maker,
        int256 base,
        int256 quote,
        int256 takerRealizedPnl,
        int256 makerRealizedPnl,
        uint256 price
    );

    error ZeroAmount();
    error ZeroAddress();
    error NotClearingHouse(address caller, address clearingHouse);
    error NotAuthorized(address account, address caller);
    /// @notice The system is inside another action.
    error Locked(address holder);
    error NotLockHolder(address caller, address holder);
    /// @notice `draw` outside the caller's own fill window.
    error NoFillWindow(address caller, uint256 marketId);
    error UnknownMarket(uint256 marketId);
    error MarketExists(uint256 marketId);
    error InvalidMarginRatios(uint256 initialMarginRatio, uint256 maintenanceMarginRatio);
    /// @notice Amounts in XCD.
    error InsufficientFund(uint256 requested, uint256 available);
    /// @notice Amounts in XCD.
    error InsufficientMarketBalance(uint256 requested, uint256 available);
    /// @notice A withdrawal of margin must leave the requirement covered without counting unrealised profit.
    /// @param left WAD quote: the lesser of margin and account value after the withdrawal
    /// @param required WAD quote: the initial requirement at the current price
    error InsufficientMargin(int256 left, uint256 required);
    /// @notice A maker that drew from its margin must end the fill with margin >= 0.
    error DrawnBelowZero(int256 margin);

    // ---- funds ----

    /// @notice Adds collateral to the fund of `account`.
    /// @param amountXCD what the caller sends; the fund grows by what arrives
    /// @return receivedXCD what arrived
    function deposit(address account, uint256 amountXCD) external returns (uint256 receivedXCD);

    /// @notice Takes collateral out of the caller's fund.
    function withdraw(uint256 amountXCD, address to) external;

    /// @notice Moves collateral from fund to margin. The account itself or an operator of it.
    function transferFundToMargin(uint256 marketId, address account, uint256 amountXCD) external;

    /// @notice Moves collateral from margin to fund, if what is left covers the initial requirement without counting
    /// unrealised profit. The account itself or an operator of it.
    function transferMarginToFund(uint256 marketId, address account, uint256 amountXCD) external;

    /// @notice Lets `operator` trade for the caller and move the caller's collateral between fund and margin.
    /// @dev An operator can never take collateral out of the Vault.
    function setOperator(address operator, bool approved) external;

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

    /// @notice Pays collateral out of the caller's margin to `to` for a hedge. Only the maker that is being filled,
    /// only while its fill window is open: until settlement, which finds the margin at zero or above.
    function draw(uint256 amountXCD, address to) external;

    // ---- ClearingHouse only ----

    function createMarket(
        uint256 marketId,
        uint24 initialMarginRatio,
        uint24 maintenanceMarginRatio,
        uint8 feeIndexDecimals
    ) external;

    /// @notice Authorises `caller` for `taker`, takes the lock and opens the fill window of `maker`.
    function openFill(uint256 marketId, address taker, address maker, address caller)
        external
        returns (Base takerSize, Base makerSize, Quote makerOpenNotional, Quote makerMargin);

    /// @notice Settles both sides of a fill and ends the maker's right to draw.
    /// @param base WAD, what the taker gets (> 0) or gives (< 0)
    /// @param quote WAD, what the taker gets (> 0) or gives (< 0)
    /// @param price the oracle price of the trade, for the account values returned
    function settleFill(uint256 marketId, address taker, address maker, Base base, Quote quote, Price price)
        external
        returns (Settlement memory);

    /// @notice Ends the fill and gives the lock back.
    function closeFill() external;

    // ---- views ----

    function asset() external view returns (IERC20);

    /// @notice WAD per one unit of the collateral token: 10^(18 - decimals).
    function assetScale() external view returns (uint256);

    function clearingHouse() external view returns (address);

    function oracle() external view returns (IPriceOracle);

    function fundOf(address account) external view returns (uint256 amountXCD);

    function isOperator(address account, address operator) external view returns (bool);

    function positionOf(uint256 marketId, address account) external view returns (Position memory);

    function marketOf(uint256 marketId) external view returns (MarketLedger memory);

    /// @notice Position and account value at the current oracle price, for whoever values shares. Reverts `Locked`
    /// while an action is under way, so that nobody values shares between a hedge and its settlement.
    /// @return position the account's position
    /// @return price the oracle price used; zero when the position is flat and none was needed
    /// @return accountValue WAD quote, floor
    function valuePosition(uint256 marketId, address account)
        external
        view
        returns (Position memory position, Price price, Quote accountValue);

    /// @notice Who holds the system's lock, or zero.
    function lockHolder() external view returns (address);
}
