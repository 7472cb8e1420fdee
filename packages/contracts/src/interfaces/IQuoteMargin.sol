// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IQuoteVault} from "./IQuoteVault.sol";

/// @title The margin of a quote vault's short
/// @notice When the price rises, the short loses margin, while the base that the quote vault holds gains as much.
/// Keepers move collateral between the quote vault's balance and its margin ({rebalance}), and close a part of the
/// position when both together are too small ({announceDeleverage}, {deleverage}).
interface IQuoteMargin {
    /// @notice Sets margin, reserve, and the fees and times of keepers' actions. Owner only.
    function setQuoteRules(IQuoteVault.QuoteRules calldata rules) external;

    /// @notice Moves collateral between balance and margin to restore the margin's target, once the margin differs from
    /// it by more than the band. Any account can call it. Closes the hedge gap first if the spot market permits. Moves
    /// at most the balance. Reverts with `NotMaker` for a quote vault that was removed from its market: withdrawals
    /// release the margin that they pay out.
    /// @return movedXCD into the margin (> 0) or out of it (< 0), in the collateral's own decimals
    function rebalance() external returns (int256 movedXCD);

    /// @notice Announces a deleveraging. Any account can call it while the sum of account value and balance is below
    /// {IQuoteVault-QuoteRules-deleverageRatio}. Its delay counts from {IPriceOracle-commitmentTime} (T38). Reverts with
    /// `EnoughFunds`, `DeleverageAlive`, `SequencerDown`, and with `FeedChangesBefore` when the market's feed changes before
    /// its expiry (T39).
    function announceDeleverage() external;

    /// @notice Executes the announced deleveraging at the first price at or after its time: sells spot base and buys
    /// back the same perpetual size from `maker`, all or nothing, so that account value, balance and proceeds suffice
    /// for the remaining position. Any account can call it.
    /// @dev The announced price and both legs must be near the live price, which is no older than
    /// {ISpotHedgeVault-HedgeGapRules-maxPriceAge}: waiting until the market has moved away from the announced price
    /// gains nothing (T34). Cancels the announcement, so that another one is possible, when account value and balance
    /// are sufficient at the announced price, or when {IQuoteVault-QuoteRules-priceWindow} is over and the live price
    /// has moved too far from it. Reverts with `DeleverageNotDue`, `DeleverageExpired`, `DeleveragePriceTooFar`,
    /// `HedgePriceTooOld`, `HedgeTooFar`, and with the errors of the oracle and the ClearingHouse.
    /// @param updateData the first price update at or after `deleverageAt`; the oracle pays its fee out of its own balance
    /// @return base WAD, the closed size; zero when the announcement was cancelled
    function deleverage(address maker, bytes[] calldata updateData) external returns (uint256 base);

    /// @notice The state of the hedge and what keepers could do now. Reverts where a price is needed and there is none.
    function getHedge() external view returns (IQuoteVault.QuoteHedge memory hedge);
}
