// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title Calls that the code of a module answers
library Delegation {
    /// @dev Runs the module's function of the present call's selector, on the storage of the present contract and for
    /// its caller, and ends the call with its result.
    function run(address module) internal {
        assembly ("memory-safe") {
            let at := mload(0x40)
            calldatacopy(at, 0, calldatasize())
            let isDone := delegatecall(gas(), module, at, calldatasize(), 0, 0)
            returndatacopy(at, 0, returndatasize())
            if isDone { return(at, returndatasize()) }
            revert(at, returndatasize())
        }
    }
}
