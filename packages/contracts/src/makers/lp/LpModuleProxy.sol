// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ILpModule} from "../../interfaces/ILpModule.sol";
import {ModuleCall} from "../../libraries/ModuleCall.sol";
import {LpModule} from "./LpModule.sol";
import {LpVault} from "./LpVault.sol";

/// @title The LP functions of a maker whose {LpModule} is a contract of its own
/// @notice Maker and module are one LP vault: the module's code runs at the maker's address, on its storage and for its
/// caller. The code of a hedged maker and that of its LP module together would exceed the size limit. Fills pay nothing
/// for the division.
/// @dev Every function here has an empty body. Its modifier delegates the call to the module's function of the same
/// selector and returns the result. The module inherits the maker's storage contract, and neither adds storage
/// (tools/storage-layout.test.mjs). The module is set at deployment and never changes. Called directly, a module is an
/// LP vault that has no LPs and is registered in no market.
abstract contract LpModuleProxy is LpVault, ILpModule {
    /// @notice The contract whose code LP and owner functions run.
    LpModule public immutable lpModule;

    constructor(LpModule lpModule_) {
        lpModule = lpModule_;
    }

    /// @dev For functions with an empty body: runs the module's function and ends the call with its result.
    modifier runsOn(address module_) {
        _;
        ModuleCall.run(module_);
    }

    /// @dev {runsOn} for views.
    modifier readsFrom(address module_) {
        _;
        ModuleCall.read(module_);
    }

    // --------------------------------------------------------------------------------------- deposit and withdraw ----

    /// @inheritdoc ILpModule
    function deposit(uint256 amountXCD) external runsOn(address(lpModule)) returns (uint256 shares) {}

    /// @inheritdoc ILpModule
    function deposit(uint256 amountXCD, uint256 minShares, address receiver)
        external
        runsOn(address(lpModule))
        returns (uint256 shares)
    {}

    /// @inheritdoc ILpModule
    function withdraw(uint256 shares) external runsOn(address(lpModule)) returns (uint256 amountXCD) {}

    /// @inheritdoc ILpModule
    function withdraw(uint256 shares, uint256 minAmountXCD, address receiver)
        external
        runsOn(address(lpModule))
        returns (uint256 amountXCD)
    {}

    // -------------------------------------------------------------------------------------------------- requests ----

    /// @inheritdoc ILpModule
    function settleDeposit(uint256 amountXCD, uint256 minShares)
        external
        runsOn(address(lpModule))
        returns (uint256 takenXCD, uint256 shares)
    {}

    /// @inheritdoc ILpModule
    function settleRedeem(uint256 shares, uint256 minAmountXCD, bool isAssetOnly)
        external
        runsOn(address(lpModule))
        returns (uint256 burned, uint256 amountXCD, uint256 quoteXCD)
    {}

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @inheritdoc ILpModule
    function totalAssets() external view readsFrom(address(lpModule)) returns (uint256 assets) {}

    /// @inheritdoc ILpModule
    function sharePrice() external view readsFrom(address(lpModule)) returns (uint256 price) {}

    /// @inheritdoc ILpModule
    function valuation() external view readsFrom(address(lpModule)) returns (int256 total, uint256 totalShares) {}

    /// @inheritdoc ILpModule
    function quoteDeposit(uint256 amountXCD, bool isRequest)
        external
        view
        readsFrom(address(lpModule))
        returns (uint256 takenXCD, uint256 shares)
    {}

    /// @inheritdoc ILpModule
    function quoteRedeem(uint256 shares, bool isRequest)
        external
        view
        readsFrom(address(lpModule))
        returns (uint256 burned, uint256 amountXCD, uint256 quoteXCD)
    {}

    /// @inheritdoc ILpModule
    function quoteSettlement(bool isDeposit, uint256 amount, uint256 minOut, bool isAssetOnly)
        external
        view
        readsFrom(address(lpModule))
        returns (uint256 met, uint256 output, uint256 quoteXCD)
    {}

    /// @inheritdoc ILpModule
    function redeemsWithoutPrice() external view readsFrom(address(lpModule)) returns (bool) {}

    /// @inheritdoc ILpModule
    function lastValuation() external view readsFrom(address(lpModule)) returns (int256 total, uint256 totalShares) {}

    /// @inheritdoc ILpModule
    function valuationAge() external view readsFrom(address(lpModule)) returns (uint256 age) {}

    /// @inheritdoc ILpModule
    function maxDeposit(address lp) external view readsFrom(address(lpModule)) returns (uint256 amountXCD) {}

    /// @inheritdoc ILpModule
    function maxRedeem(address lp) external view readsFrom(address(lpModule)) returns (uint256 shares) {}
}
