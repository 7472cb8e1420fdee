// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ILpQuotes} from "../../interfaces/ILpModule.sol";
import {ILpSliceQuotes} from "../../interfaces/ILpSlice.sol";
import {ModuleCall} from "../../libraries/ModuleCall.sol";
import {LpQuotes} from "./LpQuotes.sol";
import {LpVault} from "./LpVault.sol";

/// @title The views of an LP vault that {LpQuotes} answers
/// @dev As in {LpModuleProxy}: every function has an empty body, and its modifier delegates the call.
abstract contract LpQuotesProxy is LpVault, ILpQuotes, ILpSliceQuotes {
    /// @notice The contract whose code the views run.
    LpQuotes public immutable lpQuotes;

    constructor(LpQuotes lpQuotes_) {
        lpQuotes = lpQuotes_;
    }

    /// @dev For views with an empty body: reads the module's function and ends the call with its result.
    modifier readsFrom(address module_) {
        _;
        ModuleCall.read(module_);
    }

    /// @inheritdoc ILpQuotes
    function totalAssets() external view readsFrom(address(lpQuotes)) returns (uint256 assets) {}

    /// @inheritdoc ILpQuotes
    function sharePrice() external view readsFrom(address(lpQuotes)) returns (uint256 price) {}

    /// @inheritdoc ILpQuotes
    function valuation() external view readsFrom(address(lpQuotes)) returns (int256 total, uint256 totalShares) {}

    /// @inheritdoc ILpQuotes
    function quoteDeposit(uint256 amountXCD, bool isRequest)
        external
        view
        readsFrom(address(lpQuotes))
        returns (uint256 takenXCD, uint256 shares)
    {}

    /// @inheritdoc ILpQuotes
    function quoteRedeem(uint256 shares, bool isRequest)
        external
        view
        readsFrom(address(lpQuotes))
        returns (uint256 burned, uint256 amountXCD, uint256 quoteXCD)
    {}

    /// @inheritdoc ILpQuotes
    function quoteSettlement(bool isDeposit, uint256 amount, uint256 minOut, bool isAssetOnly)
        external
        view
        readsFrom(address(lpQuotes))
        returns (uint256 met, uint256 output, uint256 quoteXCD)
    {}

    /// @inheritdoc ILpQuotes
    function redeemsWithoutPrice() external view readsFrom(address(lpQuotes)) returns (bool) {}

    /// @inheritdoc ILpQuotes
    function lastValuation() external view readsFrom(address(lpQuotes)) returns (int256 total, uint256 totalShares) {}

    /// @inheritdoc ILpQuotes
    function valuationAge() external view readsFrom(address(lpQuotes)) returns (uint256 age) {}

    /// @inheritdoc ILpQuotes
    function maxDeposit(address lp) external view readsFrom(address(lpQuotes)) returns (uint256 amountXCD) {}

    /// @inheritdoc ILpQuotes
    function maxRedeem(address lp) external view readsFrom(address(lpQuotes)) returns (uint256 shares) {}

    /// @inheritdoc ILpSliceQuotes
    function sliceTerms()
        external
        view
        readsFrom(address(lpQuotes))
        returns (uint256 fillFee, uint256 requestFee, uint256 baseUnit)
    {}

    /// @inheritdoc ILpSliceQuotes
    function previewSlice(uint256 part, uint256 whole, uint256 requestFee)
        external
        view
        readsFrom(address(lpQuotes))
        returns (uint256 assetXCD, uint256 baseXCD)
    {}
}
