// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IVault} from "../interfaces/IVault.sol";
import {SystemLock} from "../libraries/SystemLock.sol";
import {Position} from "../types/Position.sol";
import {VaultBase} from "./VaultBase.sol";

/// @title Transfers into and out of markets: between fund and margin, and in tokens for LP vaults and hedges
abstract contract Margin is VaultBase {
    using SafeERC20 for IERC20;

    /// @inheritdoc IVault
    function transferFundToMargin(uint256 marketId, address account, uint256 amountXCD) external locked {
        _checkAuthorized(account, msg.sender);
        _market(marketId);
        _debitFund(account, amountXCD);
        _creditMargin(marketId, account, amountXCD);
        emit FundToMargin(marketId, account, amountXCD);
    }

    /// @inheritdoc IVault
    function transferMarginToFund(uint256 marketId, address account, uint256 amountXCD) external locked {
        _checkAuthorized(account, msg.sender);
        _debitFreeMargin(marketId, account, amountXCD, true);
        fundOf[account] += amountXCD;
        emit MarginToFund(marketId, account, amountXCD);
    }

    /// @inheritdoc IVault
    function returnMargin(uint256 marketId, address account) external locked returns (uint256 amountXCD) {
        _checkAuthorized(account, msg.sender);
        Position memory position = _positions[marketId][account].load();
        if (!position.size.isZero()) revert PositionOpen(account, position.size.unwrap());
        amountXCD = position.margin.positivePart() / assetScale;
        _debitMargin(marketId, account, amountXCD);
        emit MarginPaidOut(marketId, account, account, amountXCD);
        _recordOutflow(account, amountXCD);
        asset.safeTransfer(account, amountXCD);
    }

    /// @inheritdoc IVault
    function lock() external {
        SystemLock.acquire(msg.sender);
    }

    /// @inheritdoc IVault
    function unlock() external {
        SystemLock.requireHolder(msg.sender);
        // {closeFill} releases the lock of a fill, {endReceive} that of a receipt.
        if (!SystemLock.isPlain() || _balanceMark != 0) revert Locked(msg.sender);
        SystemLock.release();
    }

    /// @inheritdoc IVault
    function beginReceive(uint256 marketId) external {
        if (_balanceMark != 0) revert Locked(SystemLock.holder());
        if (SystemLock.holder() == msg.sender) {
            if (!SystemLock.isPlain() && SystemLock.fillMarket() != marketId) {
                revert NoFillWindow(msg.sender, marketId);
            }
        } else {
            SystemLock.acquireForReceipt(msg.sender);
        }
        _market(marketId);
        _receiveMarket = marketId;
        // The breaker makes no calls, and the lock is held.
        _recordInflow(msg.sender, 0);
        _balanceMark = _balance() + 1;
    }

    /// @inheritdoc IVault
    function endReceive() external returns (uint256 receivedXCD) {
        SystemLock.requireHolder(msg.sender);
        uint256 mark = _balanceMark;
        if (mark == 0) revert NotLockHolder(msg.sender, address(0));
        _balanceMark = 0;
        uint256 marketId = _receiveMarket;
        uint256 balance = _balance();
        receivedXCD = balance - (mark - 1);
        _creditMargin(marketId, msg.sender, receivedXCD);
        emit MarginReceived(marketId, msg.sender, receivedXCD);
        // A maker receives hedge proceeds in a fill, or under a lock that it took itself. Such a swap is no inflow; the
        // maker reports its cost to the breaker. All other receipts are deposits.
        bool isHedge =
            SystemLock.fillMarket() != 0 || (!SystemLock.isForReceipt() && _positions[marketId][msg.sender].isMaker());
        if (isHedge) return receivedXCD;
        _recordInflow(msg.sender, receivedXCD);
        _checkDepositCap(balance);
        if (SystemLock.isForReceipt()) SystemLock.release();
    }

    /// @inheritdoc IVault
    function withdrawMargin(uint256 marketId, uint256 amountXCD, address to) external {
        _withdrawMargin(marketId, amountXCD, to, false);
    }

    /// @inheritdoc IVault
    function withdrawForHedge(uint256 marketId, uint256 amountXCD, address to) external {
        if (!_positions[marketId][msg.sender].isMaker()) revert NotMaker(msg.sender, marketId);
        _withdrawMargin(marketId, amountXCD, to, true);
    }

    function _withdrawMargin(uint256 marketId, uint256 amountXCD, address to, bool isHedge) private {
        // An LP vault that holds the lock pays out under it. Other callers take the lock for this call.
        bool nested = SystemLock.holder() == msg.sender && SystemLock.isPlain() && _balanceMark == 0;
        if (!nested) SystemLock.acquire(msg.sender);
        _debitFreeMargin(marketId, msg.sender, amountXCD, !isHedge);
        emit MarginPaidOut(marketId, msg.sender, to, amountXCD);
        if (!isHedge) _recordOutflow(msg.sender, amountXCD);
        asset.safeTransfer(to, amountXCD);
        if (!nested) SystemLock.release();
    }

    /// @inheritdoc IVault
    function draw(uint256 amountXCD, address to) external {
        if (SystemLock.holder() != msg.sender || !SystemLock.hasFillWindow()) {
            revert NoFillWindow(msg.sender, SystemLock.fillMarket());
        }
        // A payment during a receipt would reduce the balance that {endReceive} measures.
        if (_balanceMark != 0) revert Locked(msg.sender);
        uint256 marketId = SystemLock.fillMarket();
        _drawn += amountXCD * assetScale;
        _debitMargin(marketId, msg.sender, amountXCD);
        emit MarginPaidOut(marketId, msg.sender, to, amountXCD);
        asset.safeTransfer(to, amountXCD);
    }
}
