// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title Calls of contracts that may fail in any way
/// @notice A read gives words or "no": a contract that is not there, reverts, answers too little or too much, or burns gas
/// is one that does not answer, and nothing of that reaches the caller. A call gives success or failure and the beginning
/// of the answer, however long the answer is (T25).
library BoundedCall {
    /// @dev Gas of one read. Price sources behind their proxies take 10,000 to 40,000.
    uint256 internal constant READ_GAS = 150_000;
    /// @dev What must be left at hand before a read, so that it gets all of READ_GAS (a call gets 63/64 at most):
    /// otherwise whoever brings just too little gas could make a healthy source look like a failed one.
    uint256 internal constant MIN_GAS = READ_GAS + READ_GAS / 32 + 5000;

    /// @dev Bytes that {tryCall} and {tryDelegate} copy of an answer: any error of the exchange, whole.
    uint256 internal constant MAX_ANSWER = 512;

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

    /// @dev A call without value, and the first {MAX_ANSWER} bytes of its answer.
    /// @param gasLimit the most that the call may spend; it gets what there is, less a 64th, if that is less
    function tryCall(address target, uint256 gasLimit, bytes memory request)
        internal
        returns (bool ok, bytes memory answer)
    {
        assembly ("memory-safe") {
            ok := call(gasLimit, target, 0, add(request, 0x20), mload(request), 0, 0)
        }
        answer = _answer();
    }

    /// @dev {tryCall} of code that runs as the contract that calls it, for whoever called that.
    function tryDelegate(address code, uint256 gasLimit, bytes memory request)
        internal
        returns (bool ok, bytes memory answer)
    {
        assembly ("memory-safe") {
            ok := delegatecall(gasLimit, code, add(request, 0x20), mload(request), 0, 0)
        }
        answer = _answer();
    }

    /// @dev Sends `value` wei with all the gas there is, and looks at nothing but success.
    function trySend(address to, uint256 value) internal returns (bool ok) {
        assembly ("memory-safe") {
            ok := call(gas(), to, value, 0, 0, 0, 0)
        }
    }

    /// @dev The beginning of what the last call answered.
    function _answer() private pure returns (bytes memory answer) {
        uint256 max = MAX_ANSWER;
        assembly ("memory-safe") {
            let size := returndatasize()
            if gt(size, max) { size := max }
            answer := mload(0x40)
            mstore(0x40, add(answer, and(add(size, 0x3f), not(0x1f))))
            mstore(answer, size)
            returndatacopy(add(answer, 0x20), 0, size)
        }
    }
}
