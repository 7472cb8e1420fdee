// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ILpVault} from "../interfaces/ILpVault.sol";
import {LpDesk} from "./LpDesk.sol";
import {LpVault} from "./LpVault.sol";

/// @title The LP functions of a maker whose {LpDesk} is a contract beside it
/// @notice Both halves are one vault: the desk's code runs on this contract's storage, address and caller. A maker that
/// swaps in its fills has no room for the desk's code, and fills pay nothing for its being elsewhere.
/// @dev The desk's storage layout must be this contract's: both inherit the same storage, and neither adds any. The desk
/// is created with the vault and never changes. Called by itself it is a vault without LPs, market or owner to act.
abstract contract RemoteDesk is LpVault {
    /// @notice Whose code LP functions run.
    LpDesk public immutable lpDesk;

    constructor(LpDesk lpDesk_) {
        lpDesk = lpDesk_;
    }

    // --------------------------------------------------------------------------------------- deposit and withdraw ----

    /// @inheritdoc LpVault
    function deposit(uint256 amountXCD) external override returns (uint256 shares) {
        (amountXCD, shares);
        _toDesk();
    }

    /// @inheritdoc LpVault
    function deposit(uint256 amountXCD, uint256 minShares, address receiver)
        external
        override
        returns (uint256 shares)
    {
        (amountXCD, minShares, receiver, shares);
        _toDesk();
    }

    /// @inheritdoc LpVault
    function withdraw(uint256 shares) external override returns (uint256 amountXCD) {
        (shares, amountXCD);
        _toDesk();
    }

    /// @inheritdoc LpVault
    function withdraw(uint256 shares, uint256 minAmountXCD, address receiver)
        external
        override
        returns (uint256 amountXCD)
    {
        (shares, minAmountXCD, receiver, amountXCD);
        _toDesk();
    }

    // -------------------------------------------------------------------------------------------------- requests ----

    /// @inheritdoc ILpVault
    function settleDeposit(uint256 amountXCD, uint256 minShares) external returns (uint256 takenXCD, uint256 shares) {
        (amountXCD, minShares, takenXCD, shares);
        _toDesk();
    }

    /// @inheritdoc ILpVault
    function settleRedeem(uint256 shares, uint256 minAmountXCD)
        external
        returns (uint256 burned, uint256 amountXCD, uint256 quoteXCD)
    {
        (shares, minAmountXCD, burned, amountXCD, quoteXCD);
        _toDesk();
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @inheritdoc ILpVault
    function totalAssets() external view returns (uint256 assets) {
        (assets);
        _askDesk();
    }

    /// @inheritdoc LpVault
    function sharePrice() external view override returns (uint256 price) {
        (price);
        _askDesk();
    }

    /// @inheritdoc ILpVault
    function valuation() external view returns (int256 total, uint256 totalShares) {
        (total, totalShares);
        _askDesk();
    }

    /// @inheritdoc ILpVault
    function quoteDeposit(uint256 amountXCD, bool isRequest) external view returns (uint256 takenXCD, uint256 shares) {
        (amountXCD, isRequest, takenXCD, shares);
        _askDesk();
    }

    /// @inheritdoc ILpVault
    function quoteRedeem(uint256 shares, bool isRequest)
        external
        view
        returns (uint256 burned, uint256 amountXCD, uint256 quoteXCD)
    {
        (shares, isRequest, burned, amountXCD, quoteXCD);
        _askDesk();
    }

    /// @inheritdoc LpVault
    function maxDeposit(address lp) external view override returns (uint256 amountXCD) {
        (lp, amountXCD);
        _askDesk();
    }

    /// @inheritdoc LpVault
    function maxRedeem(address lp) external view override returns (uint256 shares) {
        (lp, shares);
        _askDesk();
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    /// @dev Runs the desk's function of the same selector and ends the call with its answer.
    function _toDesk() internal {
        address desk = address(lpDesk);
        assembly ("memory-safe") {
            let at := mload(0x40)
            calldatacopy(at, 0, calldatasize())
            let isDone := delegatecall(gas(), desk, at, calldatasize(), 0, 0)
            returndatacopy(at, 0, returndatasize())
            // The desk's answer is the caller's: ending the call with it is what this function is for.
            // slither-disable-next-line incorrect-return
            if isDone { return(at, returndatasize()) }
            revert(at, returndatasize())
        }
    }

    /// @dev {_toDesk} for functions that are views there. Solidity knows no delegatecall in a view; what the type of this
    /// function promises, the desk's own keeps.
    function _askDesk() internal view {
        function() internal toDesk = _toDesk;
        function() internal view askDesk;
        assembly ("memory-safe") {
            askDesk := toDesk
        }
        askDesk();
    }
}
