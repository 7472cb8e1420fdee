// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ILpActions, ILpModule} from "../../interfaces/ILpModule.sol";
import {ModuleCall} from "../../libraries/ModuleCall.sol";
import {LpModule} from "./LpModule.sol";
import {LpQuotes} from "./LpQuotes.sol";
import {LpQuotesProxy} from "./LpQuotesProxy.sol";

/// @title The LP functions of a maker whose {LpModule} is a contract of its own
/// @notice Maker and module are one LP vault: the module's code runs at the maker's address, on its storage and for its
/// caller. The code of a hedged maker and that of its LP module together would exceed the size limit. Fills pay nothing
/// for the division.
/// @dev Every function here has an empty body. Its modifier delegates the call to the module's function of the same
/// selector and returns the result. The module inherits the maker's storage contract, and neither adds storage
/// (tools/storage-layout.test.mjs). The module is set at deployment and never changes. Called directly, a module is an
/// LP vault that has no LPs and is registered in no market.
abstract contract LpModuleProxy is LpQuotesProxy, ILpModule {
    /// @notice The contract whose code LP and owner functions run.
    LpModule public immutable lpModule;

    constructor(LpModule lpModule_, LpQuotes lpQuotes_) LpQuotesProxy(lpQuotes_) {
        lpModule = lpModule_;
    }

    /// @dev For functions with an empty body: runs the module's function and ends the call with its result.
    modifier runsOn(address module_) {
        _;
        ModuleCall.run(module_);
    }

    // --------------------------------------------------------------------------------------- deposit and withdraw ----

    /// @inheritdoc ILpActions
    function deposit(uint256 amountXCD) external runsOn(address(lpModule)) returns (uint256 shares) {}

    /// @inheritdoc ILpActions
    function deposit(uint256 amountXCD, uint256 minShares, address receiver)
        external
        runsOn(address(lpModule))
        returns (uint256 shares)
    {}

    /// @inheritdoc ILpActions
    function withdraw(uint256 shares) external runsOn(address(lpModule)) returns (uint256 amountXCD) {}

    /// @inheritdoc ILpActions
    function withdraw(uint256 shares, uint256 minAmountXCD, address receiver)
        external
        runsOn(address(lpModule))
        returns (uint256 amountXCD)
    {}

    // -------------------------------------------------------------------------------------------------- requests ----

    /// @inheritdoc ILpActions
    function settleDeposit(uint256 amountXCD, uint256 minShares)
        external
        runsOn(address(lpModule))
        returns (uint256 takenXCD, uint256 shares)
    {}

    /// @inheritdoc ILpActions
    function settleRedeem(uint256 shares, uint256 minAmountXCD, bool isAssetOnly)
        external
        runsOn(address(lpModule))
        returns (uint256 burned, uint256 amountXCD, uint256 quoteXCD)
    {}
}
