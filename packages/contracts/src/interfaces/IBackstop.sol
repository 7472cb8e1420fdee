// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IExitInKind} from "./IExitInKind.sol";
import {IForcedChanges} from "./IForcedChanges.sol";

/// @title The Backstop: deleveraging, settlement of markets whose price feed is dead, and exits in kind
interface IBackstop is IForcedChanges, IExitInKind {
    /// @notice An account was closed at its bankruptcy price against a counterparty in profit. WAD.
    event Deleveraged(
        uint256 indexed marketId,
        address indexed account,
        address indexed counterparty,
        uint256 base,
        uint256 bankruptcyPrice
    );
    /// @notice An account's shortfall exceeds insurance. From `debtAllowedAt` (seconds) on, it may become bad debt.
    event ShortfallFlagged(uint256 indexed marketId, address indexed account, uint256 shortfall, uint256 debtAllowedAt);
    /// @notice The market can settle from `settleableAt` (seconds) on, at `price` (WAD quote per base).
    event SettlementAnnounced(uint256 indexed marketId, uint256 settleableAt, uint256 price);
    event MarketSettled(uint256 indexed marketId, uint256 price);
    event AccountSettled(uint256 indexed marketId, address indexed account, int256 size, uint256 price);

    /// @notice The account has no shortfall, or insurance covers it. WAD quote.
    error NoShortfallBeyondInsurance(address account, int256 accountValue, int256 insurance);
    /// @notice No maker and no named taker has an opposite position in profit at the bankruptcy price.
    error NothingToDeleverage(address account);
    /// @notice The price feed has published within the settlement delay, or answers now. Seconds.
    error FeedAlive(uint256 publishTime, uint256 deadAt);
    error SettlementNotDue(uint256 timestamp, uint256 settleableAt);
    /// @notice Native coins come from the oracle only.
    error NotOracle(address caller);

    /// @notice Rung 3: closes an account whose shortfall exceeds insurance at its bankruptcy price. The counterparties
    /// are makers in profit, in order of registration, then the takers that the caller names. Profit is measured at the
    /// bankruptcy price, so that deleveraging takes profit and never principal.
    /// @return base size closed, WAD
    function deleverage(uint256 marketId, address account, address[] calldata takers) external returns (uint256 base);

    /// @notice Starts the window in which a shortfall beyond insurance can only be deleveraged. After the window,
    /// liquidation may record bad debt. The flag then stays valid for the length of another window, at least a day.
    function flagShortfall(uint256 marketId, address account) external;

    /// @notice Announces the settlement, a day from now, of a market without a price for its settlement delay, and fixes
    /// its price. A market whose price is published in the future waits for the settlement delay too.
    /// @dev The attached value pays the price source, and the rest is returned.
    /// @param updateData empty for a market without a collateral feed; else see {IPriceOracle-settlementPrice}
    function announceSettlement(uint256 marketId, bytes[] calldata updateData) external payable;

    /// @notice Settles a market whose announced settlement is due and that still has no price. Its accounts close at
    /// the announced price.
    function settleMarket(uint256 marketId) external;

    /// @notice Closes an account's position in a settled market. Any account may call it for any account.
    function settleAccount(uint256 marketId, address account) external;

    // ---- views ----

    /// @notice Returns the base that deleveraging has closed of an account, as the bankrupt one or as a counterparty, after a
    /// time, WAD; see {IClearingHouse-liquidatedSince}.
    /// @param time seconds
    function deleveragedSince(uint256 marketId, address account, uint256 time) external view returns (uint256 base);

    /// @notice When a flagged shortfall may become bad debt, seconds. The largest uint256 without a valid flag.
    function debtAllowedAt(uint256 marketId, address account) external view returns (uint256);

    /// @notice When the announced settlement is due, seconds. Zero without an announcement.
    function settleableAt(uint256 marketId) external view returns (uint256);

    /// @notice The price at which an announced settlement closes positions, WAD. Zero without an announcement.
    function announcedPriceOf(uint256 marketId) external view returns (uint256);

    /// @notice The price at which a settled market's positions close, WAD. Zero until the market is settled.
    function settlementPriceOf(uint256 marketId) external view returns (uint256);
}
