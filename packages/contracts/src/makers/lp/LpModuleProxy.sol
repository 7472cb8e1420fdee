// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ILpModule} from "../../interfaces/ILpModule.sol";
import {LpModule} from "./LpModule.sol";
import {LpVault} from "./LpVault.sol";

/// @title The LP functions of a maker whose {LpModule} is a contract beside it
/// @notice Both halves are one vault: the LP module's code runs on this contract's storage, address and caller. A maker that
/// swaps in its fills has no room for the LP module's code, and fills pay nothing for its being elsewhere.
/// @dev The LP module's storage layout must be this contract's: both inherit the same storage, and neither adds any. The LP module
/// is created with the vault and never changes. Called by itself it is a vault without LPs, market or owner to act.
abstract contract LpModuleProxy is LpVault, ILpModule {
    /// @notice Whose code LP functions run.
    LpModule public immutable lpModule;

    constructor(LpModule lpModule_) {
        lpModule = lpModule_;
    }

    // --------------------------------------------------------------------------------------- deposit and withdraw ----

    /// @inheritdoc ILpModule
    function deposit(uint256 amountXCD) external returns (uint256 shares) {
        (amountXCD, shares);
        _delegateToModule();
    }

    /// @inheritdoc ILpModule
    function deposit(uint256 amountXCD, uint256 minShares, address receiver) external returns (uint256 shares) {
        (amountXCD, minShares, receiver, shares);
        _delegateToModule();
    }

    /// @inheritdoc ILpModule
    function withdraw(uint256 shares) external returns (uint256 amountXCD) {
        (shares, amountXCD);
        _delegateToModule();
    }

    /// @inheritdoc ILpModule
    function withdraw(uint256 shares, uint256 minAmountXCD, address receiver) external returns (uint256 amountXCD) {
        (shares, minAmountXCD, receiver, amountXCD);
        _delegateToModule();
    }

    // -------------------------------------------------------------------------------------------------- requests ----

    /// @inheritdoc ILpModule
    function settleDeposit(uint256 amountXCD, uint256 minShares) external returns (uint256 takenXCD, uint256 shares) {
        (amountXCD, minShares, takenXCD, shares);
        _delegateToModule();
    }

    /// @inheritdoc ILpModule
    function settleRedeem(uint256 shares, uint256 minAmountXCD)
        external
        returns (uint256 burned, uint256 amountXCD, uint256 quoteXCD)
    {
        (shares, minAmountXCD, burned, amountXCD, quoteXCD);
        _delegateToModule();
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @inheritdoc ILpModule
    function totalAssets() external view returns (uint256 assets) {
        (assets);
        _readModule();
    }

    /// @inheritdoc ILpModule
    function sharePrice() external view returns (uint256 price) {
        (price);
        _readModule();
    }

    /// @inheritdoc ILpModule
    function valuation() external view returns (int256 total, uint256 totalShares) {
        (total, totalShares);
        _readModule();
    }

    /// @inheritdoc ILpModule
    function quoteDeposit(uint256 amountXCD, bool isRequest) external view returns (uint256 takenXCD, uint256 shares) {
        (amountXCD, isRequest, takenXCD, shares);
        _readModule();
    }

    /// @inheritdoc ILpModule
    function quoteRedeem(uint256 shares, bool isRequest)
        external
        view
        returns (uint256 burned, uint256 amountXCD, uint256 quoteXCD)
    {
        (shares, isRequest, burned, amountXCD, quoteXCD);
        _readModule();
    }

    /// @inheritdoc ILpModule
    function maxDeposit(address lp) external view returns (uint256 amountXCD) {
        (lp, amountXCD);
        _readModule();
    }

    /// @inheritdoc ILpModule
    function maxRedeem(address lp) external view returns (uint256 shares) {
        (lp, shares);
        _readModule();
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    /// @dev Runs the LP module's function of the same selector and ends the call with its answer.
    function _delegateToModule() internal {
        address module_ = address(lpModule);
        assembly ("memory-safe") {
            let at := mload(0x40)
            calldatacopy(at, 0, calldatasize())
            let isDone := delegatecall(gas(), module_, at, calldatasize(), 0, 0)
            returndatacopy(at, 0, returndatasize())
            // The LP module's answer is the caller's: ending the call with it is what this function is for.
            // slither-disable-next-line incorrect-return
            if isDone { return(at, returndatasize()) }
            revert(at, returndatasize())
        }
    }

    /// @dev {_delegateToModule} for functions that are views there. Solidity knows no delegatecall in a view; what the type of this
    /// function promises, the LP module's own keeps.
    function _readModule() internal view {
        function() internal delegateToModule = _delegateToModule;
        function() internal view readModule;
        assembly ("memory-safe") {
            readModule := delegateToModule
        }
        readModule();
    }
}
