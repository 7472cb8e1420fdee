// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ILockHolder, IMarginPayer} from "../../src/interfaces/ILockCallbacks.sol";
import {IVault} from "../../src/interfaces/IVault.sol";

/// @dev An account that takes the system lock or opens a receipt, and makes calls of the test's choice meanwhile.
contract LockUser is ILockHolder, IMarginPayer {
    struct Call {
        address target;
        bytes data;
    }

    IVault private immutable _vault;
    /// @dev Of the last call in a callback.
    bool public succeeded;
    bytes public answer;

    constructor(IVault vault_) {
        _vault = vault_;
        vault_.asset().approve(address(vault_), type(uint256).max);
    }

    /// @dev Makes the call as this account, without a lock. Reverts with its error.
    function act(address target, bytes calldata data) external {
        (bool success, bytes memory reason) = target.call(data);
        if (success) return;
        assembly {
            revert(add(reason, 0x20), mload(reason))
        }
    }

    /// @dev Makes the calls while this account holds the lock.
    function lockAnd(address target, bytes calldata data) public {
        Call[] memory calls = new Call[](1);
        calls[0] = Call(target, data);
        _vault.withLockHeld(abi.encode(calls));
    }

    function lockAnd(Call[] calldata calls) external {
        _vault.withLockHeld(abi.encode(calls));
    }

    /// @dev Transfers `amountXCD` of its tokens into its margin by a receipt, and makes the call inside the receipt.
    function receiveAnd(uint256 marketId, uint256 amountXCD, address target, bytes calldata data)
        public
        returns (uint256)
    {
        return _vault.receiveMargin(marketId, abi.encode(amountXCD, Call(target, data)));
    }

    function receiveMargin(uint256 marketId, uint256 amountXCD) external returns (uint256) {
        return _vault.receiveMargin(marketId, abi.encode(amountXCD, Call(address(0), "")));
    }

    function onVaultLock(bytes calldata data) external {
        require(msg.sender == address(_vault), "not the Vault");
        Call[] memory calls = abi.decode(data, (Call[]));
        for (uint256 i = 0; i < calls.length; ++i) {
            _make(calls[i]);
        }
    }

    function payMargin(bytes calldata data) external {
        require(msg.sender == address(_vault), "not the Vault");
        (uint256 amountXCD, Call memory call_) = abi.decode(data, (uint256, Call));
        if (call_.target != address(0)) _make(call_);
        _vault.asset().transfer(address(_vault), amountXCD);
    }

    function _make(Call memory call_) private {
        (succeeded, answer) = call_.target.call(call_.data);
    }
}
