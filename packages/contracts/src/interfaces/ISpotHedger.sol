// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Price} from "../types/Units.sol";

/// @title A maker that trades on a spot market outside fills
interface ISpotHedger {
    /// @notice Trades the maker's hedge gap, or a part of it, within {HedgeGapRules-maxDeviation} of the current price.
    /// Any account can call it, once per interval: an account that moves the pool gains at most that bound on one part,
    /// and arbitrage restores the pool before the next part (T34).
    /// @dev A part closes the whole gap or leaves at least another part, so a gap takes at most sixteen closings. A gap
    /// worth less than one unit of the collateral is written off. Reverts with `NoHedgeGap`, `HedgeGapClosedRecently`,
    /// `HedgeGapPartTooSmall`, `HedgePriceTooOld`, `HedgeTooFar`, and with the errors of the swap.
    /// @param maxAmount in the base token's decimals. The call closes less where the rest would be smaller than a part, and
    /// the whole gap if `maxAmount` exceeds it.
    function closeHedgeGap(uint256 maxAmount) external;
}

/// @title The steps of a hedged vault under the system lock
/// @notice The maker's own code or a module asks the Vault for the lock and passes the call of one of these functions,
/// or of another that the maker calls on itself. {ILockHolder-onVaultLock} makes that call. Only the maker itself can call them.
interface ILockedSteps {
    /// @notice Transfers the asset from an LP to the maker.
    /// @param amountXCD in the asset's own decimals
    function takeDeposit(address lp, uint256 amountXCD) external;

    /// @notice Pays for redeemed shares whose amounts the maker has already deducted.
    /// @param amountXCD out of the maker's balance, in the asset's own decimals
    /// @param quoteXCD out of the margin, in the collateral's own decimals
    /// @param baseUnits out of the maker's base, in the base token's own decimals
    function payOut(uint256 amountXCD, uint256 quoteXCD, address receiver, uint256 baseUnits) external;
}

/// @title The hedges that the margin module of a quote vault requests from the maker, at whose address it runs
interface IQuoteHedger is ISpotHedger {
    /// @notice Sells base that the quote vault holds, at a swap price near `price`. Only the quote vault itself can
    /// call it: its margin module runs at its address.
    /// @param units in the base token's own decimals
    /// @param maxDeviation ppm
    /// @return quote WAD
    function sellHeld(uint256 units, Price price, uint24 maxDeviation) external returns (uint256 quote);
}
