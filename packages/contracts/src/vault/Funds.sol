// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IVault} from "../interfaces/IVault.sol";
import {AmountTooLarge, ZeroAddress} from "../types/Errors.sol";
import {OperatorRecord} from "../types/OperatorRecord.sol";
import {PPM, WAD} from "../types/Units.sol";
import {VaultBase} from "./VaultBase.sol";

/// @title Collateral outside markets: deposits, withdrawals, operators, and bonds of orders
/// @dev A bond makes it unprofitable to let an own order fail once its price is known (T44). An order binds a part of its
/// account's escrow at the gateway. When the order ends, the bond is free again and serves the next order, or the maker of
/// the order receives it.
abstract contract Funds is IVault, VaultBase, EIP712, Nonces {
    using SafeCast for *;
    using SafeERC20 for IERC20;

    /// @inheritdoc IVault
    function deposit(address account, uint256 amountXCD) external locked returns (uint256 receivedXCD) {
        return _deposit(account, amountXCD);
    }

    /// @inheritdoc IVault
    function depositWithPermit(address account, uint256 amountXCD, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
        locked
        returns (uint256 receivedXCD)
    {
        // Any account can submit the permit first. The allowance then exists, and this call needs no permit.
        try IERC20Permit(address(asset)).permit(msg.sender, address(this), amountXCD, deadline, v, r, s) {} catch {}
        return _deposit(account, amountXCD);
    }

    /// @inheritdoc IVault
    function withdraw(uint256 amountXCD, address to) external locked {
        if (to == address(0)) revert ZeroAddress();
        _debitFund(msg.sender, amountXCD);
        _countFunds(-amountXCD.toInt256());
        emit Withdrawn(msg.sender, to, amountXCD);
        _recordOutflow(msg.sender, amountXCD);
        asset.safeTransfer(to, amountXCD);
    }

    /// @inheritdoc IVault
    function payFromFund(address account, address receiver, uint256 amountXCD, address caller)
        external
        onlyClearingHouse
        locked
    {
        _checkAuthorized(account, caller);
        _payFromFund(account, receiver, amountXCD);
    }

    /// @inheritdoc IVault
    function setOperator(address operator, bool approved) external {
        // T46: a signature that has not been submitted must not approve the operator again.
        if (!approved) _useNonce(msg.sender);
        _setOperator(msg.sender, operator, approved);
    }

    // ------------------------------------------------------------------------------------------- bonds of orders ----

    /// @inheritdoc IVault
    function bindBond(address account, uint256 marketId, uint256 base, uint256 quote, uint256 ratio)
        external
        locked
        returns (uint256 bondXCD)
    {
        OperatorRecord storage record = _operators[account][msg.sender];
        if (!record.isApproved) revert NotAuthorized(account, msg.sender);
        bondXCD = _bond(marketId, base, quote, ratio);
        uint256 lacksXCD = record.bind(bondXCD);
        if (lacksXCD != 0) _fillEscrow(marketId, account, lacksXCD);
    }

    /// @inheritdoc IVault
    function freeBond(address account, uint256 bondXCD) external {
        _operators[account][msg.sender].free(bondXCD);
    }

    /// @inheritdoc IVault
    function payBond(uint256 marketId, address account, address gateway, address maker, uint256 bondXCD)
        external
        onlyClearingHouse
        locked
        returns (uint256 paidXCD)
    {
        paidXCD = _operators[account][gateway].take(bondXCD);
        _countFunds(-paidXCD.toInt256());
        _creditMargin(marketId, maker, paidXCD);
        emit BondPaid(marketId, account, maker, gateway, paidXCD);
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    /// @dev Collateral of the account's fund, or of its free margin when the fund is smaller.
    function _fillEscrow(uint256 marketId, address account, uint256 amountXCD) private {
        uint256 fund = fundOf[account];
        if (fund < amountXCD) {
            _debitFreeMargin(marketId, account, amountXCD - fund, true);
            _countFunds((amountXCD - fund).toInt256());
            emit MarginToFund(marketId, account, amountXCD - fund);
            fund = amountXCD;
        }
        unchecked {
            fundOf[account] = fund - amountXCD;
        }
        emit EscrowFilled(account, msg.sender, amountXCD);
    }

    /// @dev Uses the price at which the market accrues, which the last fill set: that costs one storage read, and the
    /// four standard deviations of a bond leave room for a difference ({BondMath}). Before the first fill it uses the last
    /// stored price at any age, so that no price that an account stores can keep orders out (T38).
    /// @return bondXCD up
    function _bond(uint256 marketId, uint256 base, uint256 quote, uint256 ratio)
        private
        view
        returns (uint256 bondXCD)
    {
        if (base > type(uint128).max) revert AmountTooLarge(base, type(uint128).max);
        if (quote > type(uint128).max) revert AmountTooLarge(quote, type(uint128).max);
        if (base != 0) {
            uint256 price = _markets[marketId].fees.price();
            if (price == 0) price = _lastPrice(marketId).unwrap();
            quote += Math.mulDiv(base, price, WAD, Math.Rounding.Ceil);
        }
        return Math.mulDiv(quote, ratio, PPM * assetScale, Math.Rounding.Ceil);
    }

    function _deposit(address account, uint256 amountXCD) private returns (uint256 receivedXCD) {
        if (account == address(0)) revert ZeroAddress();
        receivedXCD = _pullCollateral(account, amountXCD);
        fundOf[account] += receivedXCD;
        _countFunds(receivedXCD.toInt256());
        _checkDepositCap();
        emit Deposited(account, msg.sender, receivedXCD);
    }
}
