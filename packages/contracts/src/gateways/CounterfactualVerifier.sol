// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @dev Last 32 bytes of a wrapped signature.
bytes32 constant ERC6492_MAGIC = 0x6492649264926492649264926492649264926492649264926492649264926492;

/// @title Signatures of wallets that are not deployed yet (ERC-6492)
/// @notice Such a signature contains a call that deploys its wallet, and any account can sign any call. This contract
/// makes the call, so the callee sees a caller without rights. No account should grant rights to this contract or send
/// assets to it (T31).
contract CounterfactualVerifier {
    /// @notice Returns whether an ERC-6492 signature is valid for the account. Makes the call of the signature if the
    /// account has no code, and also if a deployed wallet rejects the signature, because the call may update its key.
    /// @param signature ABI-encoded (factory, call data, signature of the wallet), followed by the magic word of
    /// ERC-6492
    /// @dev Reverts when the signature cannot be decoded.
    function isValidSignature(address account, bytes32 hash, bytes calldata signature) external returns (bool) {
        (address factory, bytes memory factoryData, bytes memory inner) =
            abi.decode(signature[:signature.length - 32], (address, bytes, bytes));
        if (_isValid(account, hash, inner)) return true;
        assembly ("memory-safe") {
            // Copies no return data and ignores success: only the wallet's answer below counts.
            pop(call(gas(), factory, 0, add(factoryData, 0x20), mload(factoryData), 0, 0))
        }
        return _isValid(account, hash, inner);
    }

    /// @dev Only a contract validates a wrapped signature, so an account without code has no valid one.
    function _isValid(address account, bytes32 hash, bytes memory signature) private view returns (bool) {
        return account.code.length != 0 && SignatureChecker.isValidERC1271SignatureNow(account, hash, signature);
    }
}
