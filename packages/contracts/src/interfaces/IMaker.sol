// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Base, Price, Quote} from "../types/Units.sol";

/// @dev Input of a fill, which the ClearingHouse passes ABI-encoded in `data`. It saves the maker calls of the oracle and
/// the Vault.
struct FillInput {
    /// @dev The oracle price of this trade.
    Price price;
    /// @dev WAD quote per base: half width of the oracle's confidence interval.
    uint256 confidence;
    /// @dev The maker's own position before the fill.
    Base makerSize;
    Quote makerOpenNotional;
    Quote makerMargin;
    /// @dev The account that trades against the maker.
    address taker;
    /// @dev The taker's size before the fill.
    Base takerSize;
    /// @dev The caller of the ClearingHouse: the taker, its operator, or a gateway.
    address sender;
}

/// @title A contract bound to one market
interface IMarketBound {
    /// @notice The market.
    function marketId() external view returns (uint256);
}

/// @title An LP vault that is the counterparty of takers' orders
interface IMaker is IMarketBound {
    /// @notice The order exceeds the maker's remaining capacity.
    /// @param requested WAD base
    /// @param available WAD base
    error MakerCapacityExceeded(uint256 requested, uint256 available);
    /// @notice The order in quote exceeds the maker's remaining capacity.
    /// @param requested WAD quote
    /// @param available WAD quote that the remaining capacity would cost or yield
    error MakerQuoteCapacityExceeded(uint256 requested, uint256 available);
    /// @notice A fill that increases the maker's exposure, or a withdrawal, would leave the maker below its margin ratio.
    /// @param accountValue WAD quote after the action
    /// @param required WAD quote
    error BelowMinMarginRatio(int256 accountValue, uint256 required);
    /// @notice The caller of a forced change holds the lock of a pool in which the maker has to hedge (T65).
    error SpotMarketLocked(address maker);
    /// @notice The maker fills orders of approved senders only.
    error SenderNotApproved(address sender);

    /// @notice Quotes an order, and makes the swaps and transfers of the maker's side. The ClearingHouse settles the
    /// result. ClearingHouse only.
    /// @param isBaseToQuote true: the taker sells base
    /// @param isExactInput true: `amount` is what the taker pays, otherwise what the taker receives
    /// @param amount WAD, base or quote according to the two flags
    /// @param data an ABI-encoded {FillInput}
    /// @return oppositeAmount WAD, the other side of the trade
    /// @return callbackData empty when the maker requests no callback
    function fillOrder(bool isBaseToQuote, bool isExactInput, uint256 amount, bytes calldata data)
        external
        returns (uint256 oppositeAmount, bytes memory callbackData);

    /// @notice Called after settlement when {fillOrder} returned callback data. ClearingHouse only.
    /// @param data two words and the maker's own bytes: account value after the fill (int256, WAD quote), notional after the
    /// fill (uint256, WAD quote), then `callbackData`
    function fillOrderCallback(bytes calldata data) external;

    /// @notice Called after a forced change of the maker's position: it or a counterparty was liquidated or
    /// deleveraged, or the market settled. ClearingHouse and Backstop only. The maker holds the system's lock during
    /// the call: it can withdraw free margin and receive collateral, to adjust its hedge. A revert of this function
    /// does not revert the forced change, except {SpotMarketLocked}.
    /// @param base WAD, received (> 0) or given (< 0) by the maker
    /// @param quote WAD, received (> 0) or given (< 0) by the maker
    /// @param price WAD quote per base, the oracle price of the change
    function onPositionForced(int256 base, int256 quote, uint256 price) external;

    /// @notice The narrowest price band of its market that admits all of the maker's prices, ppm of the oracle price.
    function requiredBand() external view returns (uint256);

    /// @notice The maker's maximum position sizes, long and short, WAD base.
    function getCapacity() external view returns (uint256 long, uint256 short);

    /// @notice The part of the maker's capacity that its position uses, WAD, for its long and its short side.
    function getUtilRatio() external view returns (uint256 longUtilRatio, uint256 shortUtilRatio);

    /// @notice Whether the maker holds assets outside the Vault, with which it pays debts of its account. While it does,
    /// insurance does not pay for the account and no other account is deleveraged for it (T64).
    function paysOwnDebt() external view returns (bool);

    /// @notice True when fills swap on a spot market. They can then fail for reasons that neither the taker nor the oracle
    /// causes.
    function isSpotHedged() external view returns (bool);
}
