// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title Reverts with caught revert data
library Reverts {
    /// @dev Reverts with `reason` unchanged.
    function bubble(bytes memory reason) internal pure {
        assembly ("memory-safe") {
            revert(add(reason, 0x20), mload(reason))
        }
    }
}
