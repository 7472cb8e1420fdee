// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title Passing a caught failure on
library Reverts {
    /// @dev Reverts with an error as it was caught, its selector and values kept.
    function bubble(bytes memory reason) internal pure {
        assembly ("memory-safe") {
            revert(add(reason, 0x20), mload(reason))
        }
    }
}
