// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title The maker that quotes around the oracle price
/// @notice Its parameters, and the events and errors of its fills.
interface IOracleMaker {
    /// @dev One storage word.
    struct Parameters {
        /// @dev Premium at the cap, ppm of the oracle price, 0 to 1e6.
        uint24 maxSpread;
        /// @dev Minimum margin ratio after withdrawals and after fills that increase the maker's exposure, ppm.
        uint24 minMarginRatio;
        /// @dev Cap of the inventory on either side, WAD base.
        uint104 maxAbsPosition;
        /// @dev Fee that stays with the LPs, ppm of the quote that the taker would pay or receive without it.
        uint24 lpFee;
        /// @dev Multiple of the oracle's confidence by which the price of buys rises and that of sells falls, ppm: 1e6
        /// = once.
        uint24 confidenceFactor;
        /// @dev Maximum confidence premium, ppm of the oracle price. Zero if and only if `confidenceFactor` is zero.
        uint24 maxConfidencePremium;
    }

    /// @dev One fill, as the events report it.
    struct Fill {
        /// @dev WAD
        uint256 base;
        /// @dev WAD, `fee` included
        uint256 quote;
        /// @dev quote / base, WAD, down; zero for no base
        uint256 tradePrice;
        /// @dev The LP fee in `quote`, WAD, down.
        uint256 fee;
        /// @dev |tradePrice / oracle price - 1|, ppm, down
        uint256 spread;
    }

    /// @notice WAD, from the taker's side.
    event OMOrderFilled(uint256 marketId, uint256 oraclePrice, int256 baseAmount, int256 quoteAmount);
    /// @notice Prices WAD quote per base, `size` WAD base, `fee` WAD quote, `spread` |tradePrice / orcalePrice - 1| with
    /// 1e6 = 100%, down. The fee stays with the maker and is part of `tradePrice`.
    /// @dev `orcalePrice` is the published spelling of the oracle price. It must not change: indexers decode this event by
    /// its parameter names.
    event PythOracleOrderFilled(uint256 orcalePrice, uint256 tradePrice, uint256 size, uint256 fee, uint256 spread);
    event ParametersSet(Parameters parameters);
    /// @notice `effectiveAt` in seconds; zero for a revocation.
    event ValidSenderSet(address indexed sender, bool approved, uint256 effectiveAt);

    error InvalidMaxAbsPosition(uint256 maxAbsPosition);
    /// @notice A confidence premium without a limit, or a limit without a premium. ppm.
    error InvalidConfidencePremium(uint256 confidenceFactor, uint256 maxConfidencePremium);
    /// @notice Spread, fee and confidence premium together admit a fill this far from the oracle price, which is beyond the
    /// market's price band. ppm.
    error PriceBandTooNarrow(uint256 greatestDistance, uint256 priceBand);

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @notice Marginal prices at the stored oracle price and the current inventory, WAD quote per base: of an infinitesimal
    /// buy (`ask`, up) and sell (`bid`, down), confidence premium and fee included; and the reservation price of the
    /// inventory, m (1 - s x / X), without them.
    function getPrices() external view returns (uint256 bid, uint256 ask, uint256 reservationPrice);

    /// @notice The opposite amount of an order at the stored price.
    /// @return oppositeAmount WAD
    function getQuote(bool isBaseToQuote, bool isExactInput, uint256 amount)
        external
        view
        returns (uint256 oppositeAmount);

    /// @notice The fill of an order on the maker's curve at the stored price, as its events would report it. It does not
    /// check whether the exchange admits the trade (margin, band, the maker's margin ratio): see
    /// {IClearingHouse-quoteTrade}. Reverts with `MakerCapacityExceeded`, `MakerQuoteCapacityExceeded`.
    function previewFill(bool isBaseToQuote, bool isExactInput, uint256 amount) external view returns (Fill memory);

    /// @notice Maximum amounts that takers can buy and sell until the inventory is at its cap, WAD base. The margin ratio may
    /// admit less.
    function getRemainingCapacity() external view returns (uint256 buys, uint256 sells);
}
