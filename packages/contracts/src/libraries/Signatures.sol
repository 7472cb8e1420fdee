// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @title Signatures of keys and wallets
library Signatures {
    /// @dev Whether the signature is of the account's own key, or one that the wallet at its address accepts (ERC-1271).
    /// The key comes first: it saves the code lookup, and the key of an account with delegated code (EIP-7702) stays
    /// valid, also where that code accepts no signature.
    function isValid(address account, bytes32 digest, bytes calldata signature) internal view returns (bool) {
        return isOfKey(account, digest, signature)
            || SignatureChecker.isValidERC1271SignatureNowCalldata(account, digest, signature);
    }

    function isOfKey(address account, bytes32 digest, bytes calldata signature) internal pure returns (bool) {
        (address signer, ECDSA.RecoverError failure,) = ECDSA.tryRecoverCalldata(digest, signature);
        return failure == ECDSA.RecoverError.NoError && signer == account;
    }
}
