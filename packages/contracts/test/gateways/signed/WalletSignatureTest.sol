// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SignatureTest} from "./SignatureTest.sol";

/// @dev Signatures of contract wallets.
abstract contract WalletSignatureTest is SignatureTest {
    function _wrap(address factory, bytes memory data, bytes memory inner) internal pure returns (bytes memory) {
        return bytes.concat(abi.encode(factory, data, inner), MAGIC);
    }
}
