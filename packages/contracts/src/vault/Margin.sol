// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ILockHolder, IMarginPayer} from "../interfaces/ILockCallbacks.sol";
import {IVault} from "../interfaces/IVault.sol";
import {SystemLock} from "../libraries/SystemLock.sol";
import {Cast} from "../types/Cast.sol";
import {PackedLedger} from "../types/Market.sol";
import {Position} from "../types/Position.sol";
import {VaultBase} from "./VaultBase.sol";

/// @title Transfers into and out of markets: between fund and margin, and in tokens for LP vaults and hedges
abstract contract Margin is IVault, VaultBase {
    using Cast for uint256;
    using SafeERC20 for IERC20;

    /// @inheritdoc IVault
    function transferFundToMargin(uint256 marketId, address account, uint256 amountXCD) external locked {
        _checkAuthorized(account, msg.sender);
        PackedLedger storage ledger = _market(marketId);
        _debitFund(account, amountXCD);
        if (ledger.terms.isCapped()) _countFunds(-amountXCD.toInt());
        _creditMargin(marketId, account, amountXCD);
        emit FundToMargin(marketId, account, amountXCD);
    }

    /// @inheritdoc IVault
    function transferMarginToFund(uint256 marketId, address account, uint256 amountXCD) external locked {
        _checkAuthorized(account, msg.sender);
        _debitFreeMargin(marketId, account, amountXCD, true);
        fundOf[account] += amountXCD;
        if (_markets[marketId].terms.isCapped()) {
            _countFunds(amountXCD.toInt());
            // Deposits into the margin of a position may exceed the cap, and must not become funds on this way (T50).
            if (!_positions[marketId][account].load().size.isZero()) _checkDepositCap();
        }
        emit MarginToFund(marketId, account, amountXCD);
    }

    /// @inheritdoc IVault
    function depositToMargin(uint256 marketId, address account, uint256 amountXCD)
        external
        locked
        returns (uint256 receivedXCD)
    {
        _checkAuthorized(account, msg.sender);
        _market(marketId);
        receivedXCD = _pullCollateral(account, amountXCD);
        _bookReceipt(marketId, account, receivedXCD);
        _checkMarginCap(marketId, account);
    }

    /// @inheritdoc IVault
    function returnMargin(uint256 marketId, address account) external locked returns (uint256 amountXCD) {
        _checkAuthorized(account, msg.sender);
        Position memory position = _positions[marketId][account].load();
        if (!position.size.isZero()) revert PositionOpen(account, position.size.unwrap());
        amountXCD = position.margin.positivePart() / assetScale;
        uint256 escrowXCD = _takeFreeEscrow(account, msg.sender);
        if (amountXCD != 0 || escrowXCD == 0) {
            _debitMargin(marketId, account, amountXCD);
            emit MarginPaidOut(marketId, account, account, amountXCD);
        }
        if (escrowXCD != 0) {
            amountXCD += escrowXCD;
            _countFunds(-escrowXCD.toInt());
            emit Withdrawn(account, account, escrowXCD);
        }
        _recordOutflow(account, amountXCD);
        asset.safeTransfer(account, amountXCD);
    }

    // ---------------------------------------------------------------------------------------------------- lock ----

    /// @inheritdoc IVault
    function withLockHeld(bytes calldata data) external {
        SystemLock.acquire(msg.sender);
        ILockHolder(msg.sender).onLock(data);
        SystemLock.release();
    }

    // --------------------------------------------------------------------------- LP vaults, hedges and receipts ----

    /// @inheritdoc IVault
    function receiveMargin(uint256 marketId, bytes calldata data) external returns (uint256 receivedXCD) {
        return _receiveMargin(marketId, data, false);
    }

    /// @inheritdoc IVault
    function receiveForHedge(uint256 marketId, bytes calldata data) external returns (uint256 receivedXCD) {
        return _receiveMargin(marketId, data, _positions[marketId][msg.sender].isMaker());
    }

    /// @inheritdoc IVault
    function payOutMargin(uint256 marketId, uint256 amountXCD, address to) external {
        _withdrawMargin(marketId, amountXCD, to, false);
    }

    /// @inheritdoc IVault
    function withdrawForHedge(uint256 marketId, uint256 amountXCD, address to) external {
        if (!_positions[marketId][msg.sender].isMaker()) revert NotMaker(msg.sender, marketId);
        _withdrawMargin(marketId, amountXCD, to, true);
    }

    /// @inheritdoc IVault
    function draw(uint256 amountXCD, address to) external {
        uint256 outer = SystemLock.beginDraw(msg.sender);
        uint256 marketId = SystemLock.fillMarket(outer);
        _drawn += amountXCD * assetScale;
        _debitMargin(marketId, msg.sender, amountXCD);
        emit MarginPaidOut(marketId, msg.sender, to, amountXCD);
        asset.safeTransfer(to, amountXCD);
        SystemLock.endStep(outer);
    }

    function _receiveMargin(uint256 marketId, bytes calldata data, bool isHedge) private returns (uint256 receivedXCD) {
        uint256 outer = SystemLock.beginStep(msg.sender);
        // The proceeds of a fill's hedge belong to the market of the fill (L3).
        if (!SystemLock.isOutsideFill(outer) && SystemLock.fillMarket(outer) != marketId) {
            revert NoFillWindow(msg.sender, marketId);
        }
        _market(marketId);
        _recordInflow(msg.sender, 0);
        uint256 balanceBefore = _balance();
        IMarginPayer(msg.sender).payMargin(data);
        receivedXCD = _balance() - balanceBefore;
        // The swap of a hedge is no inflow, and the cap does not bind it. The maker reports its cost to the breaker.
        if (!isHedge) _recordInflow(msg.sender, receivedXCD);
        _bookReceipt(marketId, msg.sender, receivedXCD);
        if (!isHedge) _checkMarginCap(marketId, msg.sender);
        SystemLock.endStep(outer);
    }

    function _bookReceipt(uint256 marketId, address account, uint256 receivedXCD) private {
        _creditMargin(marketId, account, receivedXCD);
        emit MarginReceived(marketId, account, receivedXCD);
    }

    function _withdrawMargin(uint256 marketId, uint256 amountXCD, address to, bool isHedge) private {
        uint256 outer = SystemLock.beginStep(msg.sender);
        // A maker draws in its fill. After settlement it takes nothing out.
        if (!SystemLock.isOutsideFill(outer)) revert Locked(msg.sender);
        _debitFreeMargin(marketId, msg.sender, amountXCD, !isHedge);
        emit MarginPaidOut(marketId, msg.sender, to, amountXCD);
        if (!isHedge) _recordOutflow(msg.sender, amountXCD);
        asset.safeTransfer(to, amountXCD);
        SystemLock.endStep(outer);
    }
}
