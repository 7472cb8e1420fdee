// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {BackstopBase} from "./backstop/BackstopBase.sol";
import {BackstopModule} from "./backstop/BackstopModule.sol";
import {MarketSettlement} from "./backstop/MarketSettlement.sol";
import {IClearingHouse} from "./interfaces/IClearingHouse.sol";
import {IExitInKind} from "./interfaces/IExitInKind.sol";
import {IMarginPayer} from "./interfaces/ILockCallbacks.sol";
import {IOutages} from "./interfaces/IOutages.sol";
import {IPriceOracle} from "./interfaces/IPriceOracle.sol";
import {IVault} from "./interfaces/IVault.sol";
import {ModuleCall} from "./libraries/ModuleCall.sol";

/// @title The Backstop: deleveraging, settlement of markets, and exits in kind
/// @notice {Shortfalls} keeps known shortfalls. {Deleveraging} closes bankrupt accounts against accounts in profit.
/// {MarketSettlement} closes a market whose price feed is dead. {BackstopModule} has exits in kind and the grace period
/// after an outage. The contract has no owner, and any account may call it.
/// @dev The functions of the module have empty bodies: their modifier delegates the call to it, on the storage of this contract
/// and for its caller, and returns the result. Both inherit {BackstopBase}. The module is created at deployment and never
/// changes.
contract Backstop is MarketSettlement, IMarginPayer {
    /// @notice The contract whose code exits in kind and reports of outages run.
    BackstopModule public immutable backstopModule;

    constructor(IVault vault_, IPriceOracle oracle_, IClearingHouse clearingHouse_)
        BackstopBase(vault_, oracle_, clearingHouse_)
    {
        backstopModule = new BackstopModule(vault_, oracle_, clearingHouse_);
    }

    /// @dev For functions with an empty body: runs the module's function and ends the call with its result.
    modifier runsOnModule() {
        _;
        ModuleCall.run(address(backstopModule));
    }

    /// @dev {runsOnModule} for views.
    modifier readsFromModule() {
        _;
        ModuleCall.read(address(backstopModule));
    }

    /// @inheritdoc IExitInKind
    function startExit(address maker, uint256 shares) external payable runsOnModule returns (uint256 exitId) {}

    /// @inheritdoc IExitInKind
    function executeExit(uint256 exitId, uint256 marginXCD) external runsOnModule returns (Slice memory slice) {}

    /// @inheritdoc IExitInKind
    function returnExit(uint256 exitId) external runsOnModule {}

    /// @inheritdoc IExitInKind
    function claimSlice(address maker, address owner)
        external
        runsOnModule
        returns (uint256 assetXCD, uint256 baseXCD)
    {}

    /// @inheritdoc IMarginPayer
    function payMargin(bytes calldata data) external runsOnModule {}

    /// @inheritdoc IOutages
    function reportOutage(uint256 marketId, bytes32 pythId, bytes[] calldata updateData, uint256 minPublishTime)
        external
        payable
        runsOnModule
    {}

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @inheritdoc IExitInKind
    function exitOf(uint256 exitId) external view readsFromModule returns (Exit memory) {}

    /// @inheritdoc IExitInKind
    function sliceClaimOf(address maker, address owner) external view readsFromModule returns (SliceClaim memory) {}

    /// @inheritdoc IExitInKind
    function previewExit(address maker, address owner, uint256 shares)
        external
        view
        readsFromModule
        returns (Slice memory slice, uint256 lackingMargin)
    {}
}
