// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Base, Price, Quote} from "../types/Units.sol";

/// @dev What the ClearingHouse tells a maker with a fill, so that the maker asks neither oracle nor vault. It travels
/// ABI-encoded in `data`.
struct FillInput {
    /// @dev The oracle price of this trade.
    Price price;
    /// @dev WAD quote per base: half width of the oracle's confidence interval.
    uint256 confidence;
    /// @dev The maker's own position before the fill.
    Base makerSize;
    Quote makerOpenNotional;
    Quote makerMargin;
    /// @dev Whose side the maker takes the other one of.
    address taker;
    /// @dev The taker's size before the fill.
    Base takerSize;
    /// @dev Who called the ClearingHouse: the taker, its operator, or a gateway.
    address sender;
}

/// @title Whoever belongs to one market
interface IMarketBound {
    /// @notice The one market.
    function marketId() external view returns (uint256);
}

/// @title An LP vault that is the counterparty of takers' orders
interface IMaker is IMarketBound {
    /// @notice The order is larger than what the maker can still take.
    /// @param requested WAD base
    /// @param available WAD base
    error MakerCapacityExceeded(uint256 requested, uint256 available);
    /// @notice The order in quote is worth more than what the maker can still take.
    /// @param requested WAD quote
    /// @param available WAD quote: what the remaining capacity would cost or yield
    error MakerQuoteCapacityExceeded(uint256 requested, uint256 available);
    /// @notice A fill that increases the maker's exposure, or a withdrawal, would leave the maker too little margin.
    /// @param accountValue WAD quote after the action
    /// @param required WAD quote
    error BelowMinMarginRatio(int256 accountValue, uint256 required);
    /// @notice The maker takes orders from its allow-listed senders only.
    error SenderNotApproved(address sender);

    /// @notice Quotes and commits the maker's side of a trade. ClearingHouse only.
    /// @param isBaseToQuote true: the taker sells base
    /// @param isExactInput true: `amount` is what the taker gives, else what the taker gets
    /// @param amount WAD, base or quote as the two flags say
    /// @param data an ABI-encoded {FillInput}
    /// @return oppositeAmount WAD, the other side of the trade
    /// @return callbackData empty when the maker wants no callback
    function fillOrder(bool isBaseToQuote, bool isExactInput, uint256 amount, bytes calldata data)
        external
        returns (uint256 oppositeAmount, bytes memory callbackData);

    /// @notice Called after settlement, when {fillOrder} returned callback data. ClearingHouse only.
    /// @param data two words and the maker's own bytes: account value after the fill (int256, WAD quote), notional
    /// after the fill (uint256, WAD quote), then `callbackData`
    function fillOrderCallback(bytes calldata data) external;

    /// @notice The maker's position was changed without its doing: it or a counterparty was liquidated or deleveraged, or
    /// the market settled. ClearingHouse and Backstop only. The maker holds the system's lock meanwhile: it can take out free margin
    /// and receive, to follow with its hedge. A revert changes nothing.
    /// @param base WAD, what the maker got (> 0) or gave (< 0)
    /// @param quote WAD, what the maker got (> 0) or gave (< 0)
    /// @param price WAD quote per base, the oracle price of the change
    function onPositionForced(int256 base, int256 quote, uint256 price) external;

    /// @notice The narrowest price band of its market that the maker's own prices fit in, ppm of the oracle price.
    function requiredBand() external view returns (uint256);

    /// @notice The position sizes at which the maker is used to the full, long and short, WAD base.
    function getCapacity() external view returns (uint256 long, uint256 short);

    /// @notice How much of the maker's capacity its position uses, WAD, for its long and its short side.
    function getUtilRatio() external view returns (uint256 longUtilRatio, uint256 shortUtilRatio);

    /// @notice True when fills swap on a spot market, so that they can fail for reasons that neither the taker nor the
    /// oracle causes.
    function isSpotHedged() external view returns (bool);
}
