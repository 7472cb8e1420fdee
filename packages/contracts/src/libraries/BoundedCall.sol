// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title Reads of contracts that may fail in any way
/// @notice A read gives words or "no": a contract that is not there, reverts, answers too little or too much, or burns gas
/// is one that does not answer, and nothing of that reaches the caller.
library BoundedCall {
    /// @dev Gas of one read. Price sources behind their proxies take 10,000 to 40,000.
    uint256 internal constant READ_GAS = 150_000;
    /// @dev What must be left at hand before a read, so that it gets all of READ_GAS (a call gets 63/64 at most):
    /// otherwise whoever brings just too little gas could make a healthy source look like a failed one.
    uint256 internal constant MIN_GAS = READ_GAS + READ_GAS / 32 + 5000;

    /// @notice The caller brought too little gas to tell a failed source from a starved one.
    error NotEnoughGasForSource(uint256 gasLeft, uint256 minGas);

    /// @dev A static call with bounded gas, of whose answer no more is copied than the `count` words that are wanted.
    /// @param count at most 5
    function read(address target, bytes memory request, uint256 count)
        internal
        view
        returns (bool ok, uint256[5] memory words)
    {
        if (gasleft() < MIN_GAS) revert NotEnoughGasForSource(gasleft(), MIN_GAS);
        uint256 gasLimit = READ_GAS;
        assembly ("memory-safe") {
            let size := mul(count, 0x20)
            ok := staticcall(gasLimit, target, add(request, 0x20), mload(request), words, size)
            // An account without code answers nothing, successfully.
            ok := and(ok, iszero(lt(returndatasize(), size)))
        }
    }
}
