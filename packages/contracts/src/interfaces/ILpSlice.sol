// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title The part of a maker in an exit in kind (docs/specification.md, section 12)
/// @notice The Backstop moves position and margin. The maker burns the shares and removes the same fraction of all that it
/// holds outside the Vault.
interface ILpSliceActions {
    /// @notice Burns shares of the caller and removes the fraction `part` / `whole` of the balances. Exchange only.
    /// @param shares WAD
    /// @param requestFee ppm of the balances that stay
    /// @return assetXCD removed from the balance of the asset, down; the maker keeps the tokens until {ISliceClaims-paySliceClaim}
    /// @return baseXCD the same of base that a quote vault holds
    function redeemSlice(uint256 shares, uint256 part, uint256 whole, uint256 requestFee)
        external
        returns (uint256 assetXCD, uint256 baseXCD);
}

/// @title The terms and the balances of a slice
interface ILpSliceQuotes {
    /// @notice The maker's part of the fee of an exit in kind, what a redemption leaves in the maker, and the unit of slices.
    /// @return fillFee what a fill costs a taker at the oracle price, ppm: LP fee and confidence premium of an OracleMaker,
    /// spread and path fee of a hedged vault
    /// @return requestFee ppm of the assets and the margin that leave
    /// @return baseUnit WAD base; a slice of the position is a multiple of it
    function sliceTerms() external view returns (uint256 fillFee, uint256 requestFee, uint256 baseUnit);

    /// @notice The amounts that {ILpSliceActions-redeemSlice} would remove from the balances.
    function previewSlice(uint256 part, uint256 whole, uint256 requestFee)
        external
        view
        returns (uint256 assetXCD, uint256 baseXCD);
}

/// @title A maker from which LPs can leave in kind
interface ILpSlice is ILpSliceActions, ILpSliceQuotes {}

/// @title The claims of exits in kind at a hedged vault
interface ISliceClaims {
    /// @notice Pays tokens that {ILpSliceActions-redeemSlice} has removed from the balances, as far as the breaker admits.
    /// Exchange only.
    /// @return assetXCD paid, in the asset's own decimals
    /// @return baseXCD paid, in the base token's own decimals
    function paySliceClaim(address receiver, uint256 maxAssetXCD, uint256 maxBaseXCD)
        external
        returns (uint256 assetXCD, uint256 baseXCD);
}
