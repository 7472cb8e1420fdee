// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Price} from "../types/Units.sol";
import {IExitInKind} from "./IExitInKind.sol";
import {IForcedChanges} from "./IForcedChanges.sol";
import {IOutages} from "./IOutages.sol";

/// @dev Why a counterparty was deleveraged.
enum DeleverageReason {
    /// @dev Its real profit paid its part of the shortfall, at the bankruptcy price.
    Profit,
    /// @dev It is a hedged vault and the window is over: it was closed at the oracle price.
    WindowOver
}

/// @title The Backstop: deleveraging, settlement of markets whose price feed is dead, and exits in kind
interface IBackstop is IExitInKind, IOutages, IForcedChanges {
    /// @notice A bankrupt account was closed against a counterparty, whose position shrinks by `base`. WAD.
    /// @param price quote per base of the close: the bankruptcy price, or the oracle price after the window
    /// @param rank the counterparty's real profit over its notional; zero for a hedged vault
    /// @param id of the counterparty's part of the shortfall, for {correctDeleveraging}; zero at the oracle price
    event Deleveraged(
        uint256 indexed marketId,
        address indexed account,
        address indexed counterparty,
        uint256 base,
        uint256 price,
        DeleverageReason reason,
        uint256 rank,
        uint256 id
    );
    /// @notice An account of a higher rank has paid the cost of `base` to the counterparty that had borne it. WAD.
    event DeleveragingCorrected(
        uint256 indexed marketId,
        uint256 indexed id,
        address indexed counterparty,
        address better,
        uint256 base,
        uint256 cost,
        uint256 rank
    );
    /// @notice An account's part of the market's flagged shortfall, and the sum of all. WAD quote.
    event FlaggedShortfallChanged(
        uint256 indexed marketId, address indexed account, uint256 shortfall, uint256 marketShortfall
    );
    /// @notice An account's shortfall exceeds insurance. From `debtAllowedAt` (seconds) on, it may become bad debt.
    event ShortfallFlagged(uint256 indexed marketId, address indexed account, uint256 shortfall, uint256 debtAllowedAt);
    /// @notice The market can settle from `settleableAt` (seconds) on, at `price` (WAD quote per base).
    event SettlementAnnounced(uint256 indexed marketId, uint256 settleableAt, uint256 price);
    event MarketSettled(uint256 indexed marketId, uint256 price);
    event AccountSettled(uint256 indexed marketId, address indexed account, int256 size, uint256 price);

    /// @notice The account has no shortfall, or insurance covers it. WAD quote.
    error NoShortfallBeyondInsurance(address account, int256 accountValue, int256 insurance);
    /// @notice The maker holds assets that pay its shortfall first ({IMaker-paysOwnDebt}). It can be liquidated at once.
    error PaysOwnDebt(address maker);
    /// @notice No named counterparty has an opposite position whose real profit pays its part of the shortfall.
    error NothingToDeleverage(address account);
    error TooManyCounterparties(uint256 count, uint256 maxCount);
    error UnknownDeleveraging(uint256 marketId, uint256 id);
    /// @notice A deleveraging can be corrected until `endsAt`, seconds.
    error WindowOver(uint256 timestamp, uint256 endsAt);
    /// @notice The account had no higher rank than the counterparty, or has traded since. WAD.
    error NotBetter(address account, uint256 rank, uint256 rankOfCounterparty);
    /// @notice The account has too little profit left for the cost, or would end below maintenance. WAD quote.
    error ProfitTooSmall(address account, uint256 profit, uint256 cost);
    /// @notice The price feed has published within the settlement delay, or answers now. Seconds.
    error FeedAlive(uint256 publishTime, uint256 deadAt);
    error SettlementNotDue(uint256 timestamp, uint256 settleableAt);
    /// @notice Native coins come from the oracle only.
    error NotOracle(address caller);

    /// @notice Rung 3: closes an account whose shortfall exceeds insurance. The caller names takers and makers, at most
    /// twelve. Those with real profit close at the bankruptcy price, in the order of {rankCandidates}, while their profit
    /// pays the loss. From {debtAllowedAt} on, hedged vaults among them close the rest at the oracle price, and the
    /// shortfall that is left is bad debt.
    ///
    /// The counterparties pay the caller out of their remaining profit: at most the bounty of the account, the trading
    /// fee and the penalty of the closed notional.
    /// @dev Reverts with {NothingToDeleverage}, {TooManyCounterparties}, {NoShortfallBeyondInsurance},
    /// `LiquidationPriceTooOld` for a hedged vault and `PriceOlderThanFill`.
    /// @return base size closed, WAD
    function deleverage(uint256 marketId, address account, address[] calldata counterparties)
        external
        returns (uint256 base);

    /// @notice Corrects a deleveraging that skipped an account of a higher rank, within the market's window: the skipped
    /// account pays the cost to the counterparty that has borne it, for the base that its position covers. No position
    /// changes. Any account.
    /// @dev Reverts with {NotBetter} unless `better` had the higher rank at that price and has not traded since, and with
    /// {ProfitTooSmall}.
    /// @param id of {Deleveraged}
    function correctDeleveraging(uint256 marketId, uint256 id, address better) external;

    /// @notice Starts the window in which a shortfall beyond insurance can only be deleveraged. After the window,
    /// liquidation may record bad debt. The flag then stays valid for the length of another window, at least a day.
    ///
    /// The shortfall is deducted from redemptions of makers until {resolveShortfall} or a whole deleveraging. A repeated
    /// call updates it. A maker in profit pays the caller of the first one at most half of the account's bounty.
    function flagShortfall(uint256 marketId, address account) external;

    /// @notice Reduces an account's flagged shortfall to the present one. Any account. A flat account needs no price.
    /// @return shortfall WAD quote
    function resolveShortfall(uint256 marketId, address account) external returns (uint256 shortfall);

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

    /// @notice The sum of the market's flagged shortfalls, WAD quote.
    function flaggedShortfallOf(uint256 marketId) external view returns (uint256);

    /// @notice The amount that redemptions of a maker leave behind: the lesser of its real profit at `price` and the flagged
    /// shortfall beyond insurance. WAD quote.
    function withheldFrom(uint256 marketId, address maker, Price price) external view returns (uint256);

    /// @notice Candidates for the deleveraging of an account in the order in which {deleverage} takes them, at the price
    /// for liquidations. The rank is real profit over notional, WAD; zero for an account without an opposite position or
    /// real profit, and for a hedged vault.
    function rankCandidates(uint256 marketId, address account, address[] calldata candidates)
        external
        view
        returns (address[] memory ranked, uint256[] memory ranks);

    /// @notice Number of parts of shortfalls that counterparties have paid. Their ids count from one.
    function deleveragingsOf(uint256 marketId) external view returns (uint256 count);

    /// @notice When the announced settlement is due, seconds. Zero without an announcement.
    function settleableAt(uint256 marketId) external view returns (uint256);

    /// @notice The price at which an announced settlement closes positions, WAD. Zero without an announcement.
    function announcedPriceOf(uint256 marketId) external view returns (uint256);

    /// @notice The price at which a settled market's positions close, WAD. Zero until the market is settled.
    function settlementPriceOf(uint256 marketId) external view returns (uint256);
}
