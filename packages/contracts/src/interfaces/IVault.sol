// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {MARKET_WORDS} from "../types/Market.sol";
import {Position} from "../types/Position.sol";
import {Base, Price, Quote} from "../types/Units.sol";
import {IVaultModule} from "./IVaultModule.sol";
import {IVaultState} from "./IVaultState.sol";

/// @dev One party of a fill, before and after it.
struct FillSide {
    Base sizeBefore;
    Base sizeAfter;
    /// @dev Account value at the oracle price of the trade, WAD quote, floor.
    Quote valueBefore;
    Quote valueAfter;
}

/// @dev The parts of a fill's change of a margin: + realizedPnl - funding - borrowing. WAD quote.
struct MarginChange {
    /// @dev Amount moved from open notional to margin.
    int256 realizedPnl;
    /// @dev Paid (> 0) or received (< 0) for the time since the account's last fill.
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

/// @dev The terms of a fill, as the ClearingHouse or the Backstop passes them to the Vault.
struct FillTerms {
    /// @dev WAD, received (> 0) or given (< 0) by the taker
    Base base;
    /// @dev WAD, received (> 0) or given (< 0) by the taker
    Quote quote;
    address taker;
    address maker;
    uint256 marketId;
    /// @dev The oracle price of the trade. Account values and later accrual use it.
    Price price;
    /// @dev Publish time of the price, seconds. The last fill of both accounts is at least as late afterwards (E1).
    uint256 publishTime;
    /// @dev Fee of the taker to the market's insurance, WAD quote.
    uint256 tradingFee;
    /// @dev Whether settlement closes the fill and releases the lock, as {IVault-releaseFill} does.
    bool isLast;
}

/// @dev Fees that two matched accounts pay to their relayer, fund to fund.
struct MatchFees {
    address receiver;
    /// @dev XCD
    uint256 takerXCD;
    /// @dev XCD
    uint256 makerXCD;
}

/// @dev An account and its market, for forced changes.
struct AccountState {
    Base size;
    Quote openNotional;
    /// @dev After pending fees.
    Quote margin;
    /// @dev Account value at the given price, WAD quote, floor.
    Quote value;
    bool isMaker;
    /// @dev Publish time of the price of the account's last fill, seconds.
    uint256 lastFillAt;
    /// @dev ppm of current notional
    uint256 initialMarginRatio;
    /// @dev ppm of current notional
    uint256 maintenanceMarginRatio;
    /// @dev WAD quote. A negative value is bad debt.
    int256 insurance;
}

/// @title The Vault: collateral, funds, positions and margin
interface IVault is IVaultState, IVaultModule {
    event Deposited(address indexed account, address indexed payer, uint256 amountXCD);
    event Withdrawn(address indexed account, address indexed to, uint256 amountXCD);
    event FundToMargin(uint256 indexed marketId, address indexed account, uint256 amountXCD);
    event MarginToFund(uint256 indexed marketId, address indexed account, uint256 amountXCD);
    /// @notice An account transferred tokens directly into its margin.
    event MarginReceived(uint256 indexed marketId, address indexed account, uint256 amountXCD);
    /// @notice Margin was paid out in tokens: a withdrawal, or a maker's payment for a hedge.
    event MarginPaidOut(uint256 indexed marketId, address indexed account, address to, uint256 amountXCD);
    /// @notice An account paid a relayer, fund to fund; or a relay fee entered or left the escrow of a gateway's announcement,
    /// which is in the gateway's fund.
    event RelayFeePaid(address indexed account, address indexed receiver, uint256 amountXCD);
    /// @notice An order bound more than the free part of an escrow: the account's fund paid the difference. A part that free
    /// margin supplies moves to the fund first ({MarginToFund}).
    event EscrowFilled(address indexed account, address indexed gateway, uint256 amountXCD);
    /// @notice The part of an escrow that no order binds left it: to the account's fund, or with {returnMargin} to the
    /// account's wallet.
    event EscrowWithdrawn(address indexed account, address indexed gateway, uint256 amountXCD);
    /// @notice An account made its order fail, and its bond was credited to the margin of the order's maker.
    event BondPaid(
        uint256 indexed marketId, address indexed account, address indexed maker, address gateway, uint256 amountXCD
    );
    event OperatorSet(address indexed account, address indexed operator, bool approved);
    /// @notice A maker's capacity on its long and its short side, WAD base.
    event CapacitySet(uint256 indexed marketId, address indexed maker, uint256 long, uint256 short);
    /// @notice The taker's margin paid the trading fee to insurance, WAD quote.
    event TradingFeePaid(uint256 indexed marketId, address indexed taker, uint256 amount);
    /// @notice A liquidation's transfers beside the fill: the margins change by the deltas, insurance by the negative
    /// of their sum. WAD quote.
    event PenaltySettled(
        uint256 indexed marketId,
        address indexed account,
        address indexed liquidator,
        int256 accountDelta,
        int256 liquidatorDelta
    );
    /// @notice Insurance paid the negative margin of a flat account and is `insurance` now. A negative insurance is bad
    /// debt. WAD quote.
    event ShortfallCovered(uint256 indexed marketId, address indexed account, uint256 amount, int256 insurance);
    event InsuranceDonated(uint256 indexed marketId, address indexed donor, uint256 amountXCD);
    /// @notice A fill. All amounts WAD; `base` and `quote` are the taker's, the maker's are their negatives.
    /// @param base received (> 0) or given (< 0) by the taker
    /// @param quote received (> 0) or given (< 0) by the taker
    /// @param price WAD quote per base, the oracle price of the trade
    /// @param takerMargin change of the taker's margin by the fill and by the fees settled with it
    /// @param makerMargin change of the maker's margin
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
    /// @notice `holder` holds the system lock, during another action.
    error Locked(address holder);
    /// @notice The caller has no open fill window in this market.
    error NoFillWindow(address caller, uint256 marketId);
    error UnknownMarket(uint256 marketId);
    /// @notice The booked collateral after the deposit exceeds the deposit cap, XCD.
    error DepositCapExceeded(uint256 totalXCD, uint256 capXCD);
    error SignatureExpired(uint256 timestamp, uint256 deadline);
    error InvalidSignature(address account);
    /// @notice Margin of an open position cannot be withdrawn while the market is paused.
    error MarketFrozen(uint256 marketId);
    /// @notice A registered maker cannot be matched with another account.
    error MakerCannotBeMatched(address maker);
    /// @notice The caller is not a registered maker of the market.
    error NotMaker(address caller, uint256 marketId);
    /// @notice The reward exceeds insurance, WAD quote.
    error InsufficientInsurance(uint256 requested, int256 available);
    /// @notice An account with a position cannot withdraw all margin. WAD base.
    error PositionOpen(address account, int256 size);
    /// @notice The account has a position, or its margin is not negative.
    error NoShortfall(address account, int256 size, int256 margin);
    /// @notice Amounts in XCD.
    error InsufficientFund(uint256 requested, uint256 available);
    /// @notice Amounts in XCD.
    error InsufficientMarketBalance(uint256 requested, uint256 available);
    /// @notice The margin after the withdrawal, unrealised profit not counted, is below the initial requirement.
    /// @param left the lower of margin and account value after the withdrawal, WAD quote
    /// @param required the initial requirement at the current price, WAD quote
    error InsufficientMargin(int256 left, uint256 required);
    /// @notice A maker that drew from its margin ends the fill with a negative margin, and the fill's realised profit
    /// does not cover the draw. WAD quote.
    error DrawnBelowZero(int256 margin);

    // ---- funds ----

    /// @notice Adds collateral to the fund of `account`.
    /// @param amountXCD sent by the caller
    /// @return receivedXCD received by the Vault and credited to the fund
    function deposit(address account, uint256 amountXCD) external returns (uint256 receivedXCD);

    /// @notice {deposit} with an ERC-2612 permit of the caller for the Vault.
    /// @dev Ignores a failed permit, because another account may have submitted it before. The transfer then needs the
    /// allowance only.
    function depositWithPermit(address account, uint256 amountXCD, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
        returns (uint256 receivedXCD);

    /// @notice Withdraws collateral from the caller's fund.
    function withdraw(uint256 amountXCD, address to) external;

    /// @notice Moves collateral from fund to margin. The account or its operator.
    function transferFundToMargin(uint256 marketId, address account, uint256 amountXCD) external;

    /// @notice Moves collateral from margin to fund. Reverts with `InsufficientMargin` unless the rest covers the
    /// initial requirement, unrealised profit not counted. With a position, it needs a fresh price that is not older than
    /// the account's last fill ({IPriceOracle-getWithdrawalPrice}), and reverts with `DepositCapExceeded` while the deposit cap is
    /// exceeded: {depositToMargin} may exceed it. {payOutMargin} always pays out. The account or its operator.
    function transferMarginToFund(uint256 marketId, address account, uint256 amountXCD) external;

    /// @notice Adds collateral directly to the margin of `account`. The account or its operator, which pays it.
    /// @dev No cap, status, breaker or price refuses it while the account has a position, up to a margin of its notional
    /// at the price of the market's last fill or accrual (E6). Beyond that, and without a position, the deposit cap
    /// binds it.
    /// @param amountXCD sent by the caller
    /// @return receivedXCD received by the Vault and credited to the margin
    function depositToMargin(uint256 marketId, address account, uint256 amountXCD)
        external
        returns (uint256 receivedXCD);

    /// @notice Pays all margin of an account without a position to the account, and the free part of its escrow at the
    /// caller. The account or its operator. Reverts with `PositionOpen`, and with `ZeroAmount` when there is neither.
    /// @return amountXCD of both, rounded down; a remainder below the collateral's unit stays in margin
    function returnMargin(uint256 marketId, address account) external returns (uint256 amountXCD);

    /// @notice Approves `operator` to trade for the caller and to move the caller's collateral between fund and margin.
    /// @dev Revoking consumes the nonce of {setOperatorBySig}: a signature that has not been submitted cannot approve
    /// the operator again (T46).
    ///
    /// An operator can pay collateral out of the Vault to the account only ({returnMargin}). An operator that is a
    /// registered gateway can also match the account with others and pay relayers from its fund, as the account's
    /// orders admit.
    function setOperator(address operator, bool approved) external;

    // ---- bonds of orders ----

    /// @notice Binds collateral of an account in its escrow at the caller, as the bond of an order. The free part of the
    /// escrow serves first, then the account's fund, then its free margin in the market. The caller must be an operator
    /// of the account (`NotAuthorized`). Reverts with `InsufficientMargin` when the account has less, as
    /// {transferMarginToFund} where margin of an open position serves, and with `AmountTooLarge` for a notional of 2^128 or
    /// more.
    /// @param base notional of the order in base, WAD. It counts at the price of the market's last fill or accrual, and before
    /// the first one at the last stored price at any age
    /// @param quote notional of the order in quote, WAD
    /// @param ratio bond, ppm of the notional
    /// @return bondXCD rounded up
    function bindBond(address account, uint256 marketId, uint256 base, uint256 quote, uint256 ratio)
        external
        returns (uint256 bondXCD);

    /// @notice Ends a bond of the account at the caller. The collateral stays in the escrow for the next order, and the
    /// account can withdraw it. Any account may call it: it changes only the account's escrow at the caller.
    function freeBond(address account, uint256 bondXCD) external;

    // ---- LP vaults and hedges ----

    /// @notice Acquires the system lock for the caller, calls {ILockHolder-onLock} of the caller, and releases the lock.
    /// During the call, functions that move value revert for all other accounts. The caller can receive collateral into
    /// its margin and withdraw free margin. Any account may call it: the lock ends with the call (T48).
    function withLockHeld(bytes calldata data) external;

    /// @notice Receives collateral into the caller's margin: calls {IMarginPayer-payMargin} of the caller, in which it has
    /// the collateral transferred to the Vault, and credits what arrived. No account can act during the call (T47).
    /// The deposit cap binds it as {depositToMargin}.
    /// @dev While the lock is held, only its holder can call it; in a fill, for the market of the fill.
    /// @return receivedXCD collateral received
    function receiveMargin(uint256 marketId, bytes calldata data) external returns (uint256 receivedXCD);

    /// @notice {receiveMargin} for a maker's hedge. The breaker does not meter it as an inflow, and the deposit cap does
    /// not bind it; the maker reports the cost of the swap. For an account that is no maker, the same as
    /// {receiveMargin}.
    function receiveForHedge(uint256 marketId, bytes calldata data) external returns (uint256 receivedXCD);

    /// @notice Pays collateral from the caller's margin to `to`, under the requirement of {transferMarginToFund}.
    function payOutMargin(uint256 marketId, uint256 amountXCD, address to) external;

    /// @notice {payOutMargin} for a maker's hedge outside fills, at any valid price: the maker bounds the age of the
    /// price of its swap. The breaker does not meter it as an outflow; the maker reports the cost of the swap. Reverts with
    /// `NotMaker` for other callers.
    function withdrawForHedge(uint256 marketId, uint256 amountXCD, address to) external;

    /// @notice Pays collateral from the caller's margin to `to` for a hedge. Only for the maker of the current fill,
    /// while its fill window is open. Settlement closes the window and checks the margin (`DrawnBelowZero`).
    function draw(uint256 amountXCD, address to) external;

    /// @notice Stores the capacity of the caller, a registered maker, on its long and its short side, WAD base. Stores
    /// the accrued fees first. Ignores changes below 1/64, and callers that are not makers.
    function reportCapacity(uint256 marketId, uint256 long, uint256 short) external;

    // ---- ClearingHouse only; from {settleFill} on, the Backstop too ----

    /// @notice Stores the accrued fees. Later time accrues at `price`.
    function accrue(uint256 marketId, Price price) external;

    /// @notice Checks that `caller` may act for `taker`, acquires the lock, opens the fill window of `maker` and stores
    /// the accrued fees.
    /// @return takerSize WAD base
    /// @return makerSize WAD base
    /// @return makerOpenNotional WAD quote
    /// @return makerMargin WAD quote, after pending fees
    function openFill(uint256 marketId, Price price, address taker, address maker, address caller)
        external
        returns (Base takerSize, Base makerSize, Quote makerOpenNotional, Quote makerMargin);

    /// @notice {openFill} for a fill that two accounts agreed on. `caller` must be an operator of both, and neither may
    /// be a registered maker. Pays the relayer from their funds.
    /// @return takerSize WAD base
    /// @return makerSize WAD base
    function openMatch(
        uint256 marketId,
        Price price,
        address taker,
        address maker,
        address caller,
        MatchFees calldata fees
    ) external returns (Base takerSize, Base makerSize);

    /// @notice Moves collateral from the fund of `account` to that of `receiver`. `caller` must be an operator of
    /// `account`. The ClearingHouse admits registered gateways as callers only.
    function payFromFund(address account, address receiver, uint256 amountXCD, address caller) external;

    /// @notice Pays a bond of the account at the gateway into the margin of a maker. The ClearingHouse admits approved
    /// gateways as callers and registered makers only.
    /// @return paidXCD the bond; less when the account has withdrawn a bound part ({withdrawEscrow})
    function payBond(uint256 marketId, address account, address gateway, address maker, uint256 bondXCD)
        external
        returns (uint256 paidXCD);

    /// @notice Settles both sides of a fill, fees first, and closes the maker's fill window.
    function settleFill(FillTerms calldata terms) external returns (Settlement memory);

    /// @notice Closes the fill and releases the lock.
    function releaseFill() external;

    /// @notice Acquires the lock for a forced change of the position of `account`, opens the fill window of `maker`
    /// unless it is zero, and stores the accrued fees.
    function openForced(uint256 marketId, address account, address maker, Price price)
        external
        returns (AccountState memory);

    /// @notice Acquires the lock for `maker` during its hook for a forced change, in which it can withdraw free margin
    /// and receive collateral. {releaseFill} releases the lock.
    function openHook(address maker) external;

    /// @notice Moves margin between a liquidated account, its liquidator and insurance.
    function settlePenalty(
        uint256 marketId,
        address account,
        address liquidator,
        Quote accountDelta,
        Quote liquidatorDelta
    ) external;

    /// @notice Pays the negative margin of a flat account from insurance. A negative insurance is bad debt.
    /// @return insurance after the payment, WAD quote
    function coverShortfall(uint256 marketId, address account) external returns (int256 insurance);

    /// @notice An account at the given price, after pending fees. Does not revert while the system is locked: the caller
    /// must not value shares by it. Any account can call it.
    function accountState(uint256 marketId, address account, Price price) external view returns (AccountState memory);

    // ---- views ----

    function isOperator(address account, address operator) external view returns (bool);

    /// @notice Collateral that an account holds in escrow at a gateway, and the part of it that its open orders bind, XCD.
    function escrowOf(address account, address gateway) external view returns (uint256 escrowXCD, uint256 boundXCD);

    function positionOf(uint256 marketId, address account) external view returns (Position memory);

    /// @notice The storage words of a market. {MarketLedgerLib-unpack} decodes them; {ExchangeLens-marketOf} returns
    /// them decoded.
    function marketWordsOf(uint256 marketId) external view returns (uint256[MARKET_WORDS] memory);

    /// @notice Whether a shortfall of the market is flagged ({IBackstop-withheldFrom}). Redemptions read it here, from a word
    /// that their valuation has read.
    function hasShortfall(uint256 marketId) external view returns (bool);

    /// @notice Insurance of a market, WAD quote. A negative value is bad debt.
    function insuranceOf(uint256 marketId) external view returns (int256);

    /// @notice The funding rate accrued up to now, WAD per second of the notional. Longs pay shorts when it is
    /// positive.
    function fundingRateOf(uint256 marketId) external view returns (int256);

    /// @notice Margin that the account can withdraw at the current price, XCD, down. With a position, reverts without a
    /// price and while the market is paused; the withdrawal itself needs a fresh price. Reverts with `Locked` while the
    /// system is locked.
    function withdrawableMarginOf(uint256 marketId, address account) external view returns (uint256 amountXCD);

    /// @notice The stored capacity of a maker, WAD base.
    function capacityOf(uint256 marketId, address maker) external view returns (uint256 long, uint256 short);

    /// @notice Position and account value at the current oracle price, for the valuation of shares. Reverts with
    /// `Locked` while the system is locked, so that no share is valued between a hedge and its settlement.
    /// @param isExit whether a withdrawal follows, which needs a fresh price ({IPriceOracle-getWithdrawalPrice})
    /// @return position the account's position
    /// @return price the oracle price used; zero for a flat position, which needs none
    /// @return accountValue WAD quote, after pending fees, floor
    /// @return hasShortfall whether the Backstop knows a shortfall of the market; false for a flat position
    function getAccountValue(uint256 marketId, bool isExit, address account)
        external
        view
        returns (Position memory position, Price price, Quote accountValue, bool hasShortfall);

    /// @notice The holder of the system lock, or zero. In a step of the Vault that moves collateral, the Vault itself.
    function lockHolder() external view returns (address);
}
