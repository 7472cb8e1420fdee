// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IForcedChanges} from "./IForcedChanges.sol";

/// @title What happens when liquidation and insurance are not enough, and when a market's feed is dead
interface IBackstop is IForcedChanges {
    /// @notice WAD; an account was closed against another one's profit at its bankruptcy price.
    event Deleveraged(
        uint256 indexed marketId,
        address indexed account,
        address indexed counterparty,
        uint256 base,
        uint256 bankruptcyPrice
    );
    /// @notice An account's shortfall exceeds insurance; from `debtAllowedAt` (seconds) on it may become bad debt.
    event ShortfallFlagged(uint256 indexed marketId, address indexed account, uint256 shortfall, uint256 debtAllowedAt);
    event SettlementAnnounced(uint256 indexed marketId, uint256 settleableAt);
    event MarketSettled(uint256 indexed marketId, uint256 price);
    event AccountSettled(uint256 indexed marketId, address indexed account, int256 size, uint256 price);

    /// @notice The account has no shortfall, or insurance can pay it. WAD quote.
    error NoShortfallBeyondInsurance(address account, int256 accountValue, int256 insurance);
    /// @notice None of the makers and named takers is on the other side and in profit at the bankruptcy price.
    error NothingToDeleverage(address account);
    /// @notice The feed has answered too recently. Seconds.
    error FeedAlive(uint256 publishTime, uint256 deadAt);
    error SettlementNotDue(uint256 timestamp, uint256 settleableAt);

    /// @notice Rung 3: closes an account whose shortfall exceeds insurance at its bankruptcy price: against makers in
    /// profit, in the order of their registration, then against the takers that the caller names. Profit is judged at
    /// the bankruptcy price: deleveraging takes profit, never principal.
    /// @return base WAD closed
    function deleverage(uint256 marketId, address account, address[] calldata takers) external returns (uint256 base);

    /// @notice Starts the window in which a shortfall beyond insurance can only be deleveraged; after it, liquidation
    /// may record bad debt. A flag lapses as long after it as the window is long, at least a day.
    function flagShortfall(uint256 marketId, address account) external;

    /// @notice Announces that a market without a price for its settlement delay will be settled a day from now.
    function announceSettlement(uint256 marketId) external;

    /// @notice Settles a market of which the announced settlement is due and that still has no price: its accounts
    /// close at the last price it had.
    function settleMarket(uint256 marketId) external;

    /// @notice Closes an account's position in a settled market. Anybody, for anybody.
    function settleAccount(uint256 marketId, address account) external;

    // ---- views ----

    /// @notice Seconds; when a flagged shortfall may become bad debt. The largest uint256 without a valid flag.
    function debtAllowedAt(uint256 marketId, address account) external view returns (uint256);

    /// @notice Seconds; when the announced settlement is due. Zero: none announced.
    function settleableAt(uint256 marketId) external view returns (uint256);

    /// @notice WAD; zero until the market is settled.
    function settlementPriceOf(uint256 marketId) external view returns (uint256);
}
