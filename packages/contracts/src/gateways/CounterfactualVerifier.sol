// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @dev What a wrapped signature ends with.
bytes32 constant ERC6492_MAGIC = 0x6492649264926492649264926492649264926492649264926492649264926492;

/// @title Signatures of wallets that are not deployed yet (ERC-6492)
/// @notice Such a signature carries a call that deploys its wallet, and anybody can sign any call. This contract makes it
/// in its own name: nobody has given it any right, nobody should, and it never holds anything (T31).
contract CounterfactualVerifier {
    /// @notice Whether a signature wrapped as ERC-6492 says is the account's. Deploys the account if it has no code, and
    /// makes the call once more if a wallet that has code refuses the signature (its key may be rotated by it).
    /// @param signature (factory, call data, the wallet's own signature), ABI-encoded, followed by ERC-6492's magic word
    /// @dev Reverts on a signature that does not decode.
    function isValidSignature(address account, bytes32 hash, bytes calldata signature) external returns (bool) {
        (address factory, bytes memory factoryData, bytes memory inner) =
            abi.decode(signature[:signature.length - 32], (address, bytes, bytes));
        if (_isValid(account, hash, inner)) return true;
        assembly ("memory-safe") {
            // What the call answers does not matter, and none of it is copied: the wallet decides.
            pop(call(gas(), factory, 0, add(factoryData, 0x20), mload(factoryData), 0, 0))
        }
        return _isValid(account, hash, inner);
    }

    /// @dev A wrapped signature is a contract's: without code there is nobody who could have meant it.
    function _isValid(address account, bytes32 hash, bytes memory signature) private view returns (bool) {
        return account.code.length != 0 && SignatureChecker.isValidERC1271SignatureNow(account, hash, signature);
    }
}
