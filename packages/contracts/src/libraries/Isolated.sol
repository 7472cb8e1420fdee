// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title Calls that may fail in any way without harm to the caller
/// @notice A failure hands back its error, and of that no more than {MAX_REASON} bytes (T25).
library Isolated {
    /// @dev No error of the exchange is longer.
    uint256 internal constant MAX_REASON = 1024;

    /// @dev A call of the contract's own, as itself. `reason` is empty unless it fails.
    function callSelf(bytes memory data) internal returns (bool ok, bytes memory reason) {
        assembly ("memory-safe") {
            ok := call(gas(), address(), 0, add(data, 0x20), mload(data), 0, 0)
        }
        if (!ok) reason = _reason();
    }

    /// @dev A call of the contract's own, as whoever called it. With less than `gasLimit` at hand it gets less.
    function delegateSelf(bytes calldata data, uint256 gasLimit) internal returns (bool ok, bytes memory reason) {
        assembly ("memory-safe") {
            let input := mload(0x40)
            calldatacopy(input, data.offset, data.length)
            ok := delegatecall(gasLimit, address(), input, data.length, 0, 0)
        }
        if (!ok) reason = _reason();
    }

    function _reason() private pure returns (bytes memory reason) {
        assembly ("memory-safe") {
            let size := returndatasize()
            if gt(size, MAX_REASON) { size := MAX_REASON }
            reason := mload(0x40)
            mstore(reason, size)
            returndatacopy(add(reason, 0x20), 0, size)
            mstore(0x40, and(add(add(reason, size), 0x3f), not(0x1f)))
        }
    }
}
