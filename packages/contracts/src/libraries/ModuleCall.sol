// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title Functions whose code is in a module, a contract of its own
/// @notice The module's function of the same selector runs at the address of the calling contract, on its storage and for
/// its caller. Both must inherit one storage contract and add no storage to it (tools/storage-layout.test.mjs).
library ModuleCall {
    /// @dev Delegates the whole call to the module and ends it with the module's result or error.
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

    /// @dev {run} for views. Solidity has no delegatecall in a view, so this function casts {run} to one. The module's
    /// function of the same selector must be a view, so that it writes nothing.
    function read(address module) internal view {
        function(address) internal run_ = run;
        function(address) internal view read_;
        assembly ("memory-safe") {
            read_ := run_
        }
        read_(module);
    }
}
