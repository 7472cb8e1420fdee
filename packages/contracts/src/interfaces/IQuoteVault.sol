// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title A quote vault: its rules, events and errors
/// @dev Implemented by the storage contract that the maker shares with its modules.
interface IQuoteVault {
    /// @dev The margin and the reserve that the quote vault keeps for its position, and the fees and times of keepers'
    /// actions.
    struct QuoteRules {
        /// @dev Margin that fills and rebalancing leave, ppm of notional.
        uint24 targetMarginRatio;
        /// @dev Balance that must remain after withdrawals and after fills that increase the position, ppm of notional.
        uint24 reserveRatio;
        /// @dev Minimum distance of the margin from its target for {rebalance}, ppm of notional.
        uint24 rebalanceBand;
        /// @dev Sum of account value and balance below which a part of the position is closed, ppm of notional. A
        /// deleveraging restores this ratio plus the band.
        uint24 deleverageRatio;
        /// @dev Maximum distance of both legs of a deleveraging, and of the announced price, from the live price; ppm. Far
        /// below the bound of hedges.
        uint24 maxDeleverageDeviation;
        /// @dev The keeper's fee, ppm of the amount moved.
        uint24 keeperFeeRatio;
        /// @dev Maximum keeper fee, in the collateral's own decimals.
        uint96 maxKeeperFeeXCD;
        /// @dev Seconds between two paid actions of keepers.
        uint32 keeperInterval;
        /// @dev Seconds from {IPriceOracle-commitmentTime} of the announcement of a deleveraging to its price.
        uint16 delay;
        /// @dev Seconds after the delay within which that price must have been published.
        uint16 priceWindow;
        /// @dev Seconds after the delay within which a deleveraging can be executed.
        uint16 validity;
    }

    /// @dev State of the quote vault for keepers.
    struct QuoteHedge {
        /// @dev WAD quote per base, the price at which all values of this struct are computed. Zero when none of them
        /// needed a price.
        uint256 price;
        /// @dev WAD base, zero or negative.
        int256 size;
        /// @dev In the base token's own decimals.
        uint256 baseBalance;
        /// @dev In the collateral's own decimals.
        uint256 quoteBalance;
        /// @dev Balance that must remain after withdrawals and after fills that increase the position, in the
        /// collateral's own decimals, up. After withdrawals more must remain where a deleveraging would follow
        /// otherwise.
        uint256 reserveXCD;
        /// @dev The lesser of margin and account value, after pending fees; WAD quote.
        int256 margin;
        /// @dev WAD quote.
        uint256 targetMargin;
        /// @dev Amount that {rebalance} would move into the margin (> 0) or out of it (< 0) now, in the collateral's own
        /// decimals.
        int256 toMoveXCD;
        /// @dev Base that a deleveraging would close now, WAD. Zero while balance and margin are sufficient.
        uint256 toClose;
        /// @dev Seconds; first moment at which the announced deleveraging can be executed. Zero without one.
        uint256 deleverageAt;
        /// @dev Seconds; keepers receive no fee before.
        uint256 keeperPaidFrom;
    }

    event QuoteRulesSet(QuoteRules rules);
    /// @notice Collateral moved into the margin (> 0) or out of it (< 0) outside fills, own decimals; `feeXCD` went to the
    /// keeper.
    event Rebalanced(address indexed keeper, int256 movedXCD, uint256 feeXCD);
    /// @notice Seconds.
    event DeleverageAnnounced(address indexed keeper, uint256 executableAt, uint256 expiresAt);
    /// @notice The quote vault sold `base` for `spotQuote` and bought the same perpetual size for `perpQuote` from
    /// `maker`. WAD; the fee in the collateral's own decimals.
    event Deleveraged(
        address indexed keeper,
        address indexed maker,
        uint256 price,
        uint256 base,
        uint256 spotQuote,
        uint256 perpQuote,
        uint256 feeXCD
    );
    /// @notice The announcement was cancelled: at its price account value and balance are sufficient again, or the live
    /// price has moved too far from the announced price. WAD.
    event DeleverageCancelled(address indexed keeper, uint256 price);
    /// @notice Base that a flat quote vault paid in kind with a withdrawal, in the base token's decimals.
    event BaseWithdrawn(address withdrawer, address receiver, uint256 shares, uint256 base);

    /// @notice The margin is inside the band around its target, or there is nothing to move. WAD quote.
    error NothingToRebalance(int256 margin, uint256 targetMargin);
    /// @notice The sum of balance and account value is sufficient. WAD quote.
    error EnoughFunds(int256 funds, uint256 required);
    /// @notice Seconds; `executableAt` is zero without an announcement.
    error DeleverageNotDue(uint256 timestamp, uint256 executableAt);
    error DeleverageExpired(uint256 timestamp, uint256 expiresAt);
    /// @notice The announced price is too far from the live one. WAD quote per base; the bound in ppm.
    error DeleveragePriceTooFar(uint256 price, uint256 livePrice, uint256 maxDeviation);
    /// @notice An announced deleveraging has not expired. Seconds.
    error DeleverageAlive(uint256 timestamp, uint256 expiresAt);
    /// @notice A flat quote vault still has base to sell. Close the gap first, or withdraw immediately and receive the
    /// base in kind. Own decimals.
    error HedgeGapOpen(int256 gap);
    error InvalidTimes(uint256 delay, uint256 priceWindow, uint256 validity);

    function quoteRules() external view returns (QuoteRules memory);

    /// @notice The token that the quote vault hedges with.
    function baseToken() external view returns (IERC20);
}
