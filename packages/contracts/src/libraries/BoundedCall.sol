// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title Calls of contracts that may fail in any way
/// @notice {read} returns the requested words or failure. Missing code, reverts, short answers and excessive gas are
/// failures; long answers are cut. {tryCall} and {tryDelegate} return success and the beginning of the answer, at any
/// length of the answer (T25).
library BoundedCall {
    /// @dev Gas of one read. Price sources behind their proxies take 10,000 to 40,000.
    uint256 internal constant READ_GAS = 150_000;
    /// @dev Gas that must be left before a read, so that it receives all of READ_GAS (a call forwards at most 63/64).
    /// Otherwise a caller could make a working source fail by a low gas limit.
    uint256 internal constant MIN_GAS = READ_GAS + READ_GAS / 32 + 5000;

    /// @dev Bytes that {tryCall} and {tryDelegate} copy of an answer. Every error of the exchange fits.
    uint256 internal constant MAX_ANSWER = 512;

    /// @notice Too little gas is left for a read. With less, a failure could be a lack of gas.
    error NotEnoughGasForSource(uint256 gasLeft, uint256 minGas);

    /// @dev A static call with bounded gas. Copies at most `count` words of the answer.
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
            // A call of an account without code succeeds with an empty answer.
            ok := and(ok, iszero(lt(returndatasize(), size)))
        }
    }

    /// @dev A call without value. Returns the first {MAX_ANSWER} bytes of its answer.
    /// @param gasLimit most gas of the call; it receives 63/64 of the remaining gas if that is less
    function tryCall(address target, uint256 gasLimit, bytes memory request)
        internal
        returns (bool ok, bytes memory answer)
    {
        assembly ("memory-safe") {
            ok := call(gasLimit, target, 0, add(request, 0x20), mload(request), 0, 0)
        }
        answer = _answer();
    }

    /// @dev {tryCall} by delegatecall.
    function tryDelegate(address code, uint256 gasLimit, bytes memory request)
        internal
        returns (bool ok, bytes memory answer)
    {
        assembly ("memory-safe") {
            ok := delegatecall(gasLimit, code, add(request, 0x20), mload(request), 0, 0)
        }
        answer = _answer();
    }

    /// @dev Sends `value` wei with all remaining gas. Ignores the answer.
    function trySend(address to, uint256 value) internal returns (bool ok) {
        assembly ("memory-safe") {
            ok := call(gas(), to, value, 0, 0, 0, 0)
        }
    }

    /// @dev The first {MAX_ANSWER} bytes of the last call's answer.
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
