// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IVault} from "../interfaces/IVault.sol";
import {Signatures} from "../libraries/Signatures.sol";
import {ZeroAddress} from "../types/Errors.sol";
import {MarketLedger} from "../types/Market.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {VaultBase} from "./VaultBase.sol";

/// @title Collateral outside markets: deposits, withdrawals and operators
abstract contract Funds is VaultBase, EIP712, Nonces {
    using SafeCast for *;
    using SafeERC20 for IERC20;

    bytes32 private constant SET_OPERATOR_TYPEHASH =
        keccak256("SetOperator(address account,address operator,bool approved,uint256 nonce,uint256 deadline)");

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
    function donate(uint256 marketId, uint256 amountXCD) external locked {
        MarketLedger storage ledger = _market(marketId);
        _debitFund(msg.sender, amountXCD);
        _countFunds(-amountXCD.toInt256());
        _addBalance(ledger, amountXCD);
        _addInsurance(ledger, (amountXCD * assetScale).toInt256());
        emit InsuranceDonated(marketId, msg.sender, amountXCD);
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

    /// @inheritdoc IVault
    function setOperatorBySig(
        address account,
        address operator,
        bool approved,
        uint256 deadline,
        bytes calldata signature
    ) external {
        bool isInForce = _operators[account][operator].isApproved == approved;
        if (block.timestamp > deadline) {
            if (isInForce) return;
            revert SignatureExpired(block.timestamp, deadline);
        }
        bytes32 digest = _hashTypedDataV4(
            keccak256(abi.encode(SET_OPERATOR_TYPEHASH, account, operator, approved, nonces(account), deadline))
        );
        if (!Signatures.isValid(account, digest, signature)) {
            if (isInForce) return;
            revert InvalidSignature(account);
        }
        _useNonce(account);
        _setOperator(account, operator, approved);
    }

    /// @inheritdoc IVault
    function setDepositCap(uint256 capXCD) external onlyClearingHouse {
        _setDepositCap(capXCD);
        emit DepositCapSet(capXCD);
    }

    function _deposit(address account, uint256 amountXCD) private returns (uint256 receivedXCD) {
        if (account == address(0)) revert ZeroAddress();
        receivedXCD = _pullCollateral(account, amountXCD);
        fundOf[account] += receivedXCD;
        _countFunds(receivedXCD.toInt256());
        _checkDepositCap();
        emit Deposited(account, msg.sender, receivedXCD);
    }

    function _setOperator(address account, address operator, bool approved) private {
        _operators[account][operator].isApproved = approved;
        emit OperatorSet(account, operator, approved);
    }
}
