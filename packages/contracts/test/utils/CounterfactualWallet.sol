// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ILockHolder} from "../../src/interfaces/ILockCallbacks.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {TestWallet} from "./TestWallet.sol";

/// @dev A wallet that makes a gateway its operator in its constructor, so that its first order can trade.
contract CounterfactualWallet is TestWallet {
    constructor(address signer_, IVault vault, address operator) TestWallet(signer_) {
        vault.setOperator(operator, true);
    }
}

contract CounterfactualWalletFactory {
    function deploy(address signer, IVault vault, address operator) external returns (address) {
        return address(new CounterfactualWallet{salt: 0}(signer, vault, operator));
    }

    function addressOf(address signer, IVault vault, address operator) external view returns (address) {
        bytes32 codeHash =
            keccak256(bytes.concat(type(CounterfactualWallet).creationCode, abi.encode(signer, vault, operator)));
        return address(uint160(uint256(keccak256(abi.encodePacked(bytes1(0xff), address(this), bytes32(0), codeHash)))));
    }
}

/// @dev Consumes all gas or returns huge data when a signature is checked.
contract HostileWallet {
    bool private immutable _burnsGas;

    constructor(bool burnsGas) {
        _burnsGas = burnsGas;
    }

    function isValidSignature(bytes32, bytes calldata) external view returns (bytes4) {
        while (_burnsGas) {}
        assembly {
            revert(0, 400000)
        }
    }
}

/// @dev Takes the system's lock, and accepts any signature after it held the lock.
contract LockingWallet is ILockHolder {
    IVault private immutable _vault;
    bool private _wasHolder;

    constructor(IVault vault_) {
        _vault = vault_;
    }

    function lock() external {
        _vault.withLockHeld("");
    }

    function onVaultLock(bytes calldata) external {
        _wasHolder = _vault.lockHolder() == address(this);
    }

    function isValidSignature(bytes32, bytes calldata) external view returns (bytes4) {
        return _wasHolder ? bytes4(0x1626ba7e) : bytes4(0);
    }
}
