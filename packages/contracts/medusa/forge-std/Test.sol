// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Cheats, HEVM} from "./Vm.sol";
import {console} from "./console.sol";

/// @dev Replaces the part of forge-std's Test that the invariant suites use. A failed assertion is a Panic(1), which
/// medusa detects.
abstract contract Test {
    Cheats internal constant vm = Cheats.wrap(0);

    function makeAddr(string memory name) internal returns (address) {
        return HEVM.addr(uint256(keccak256(bytes(name))));
    }

    function deployCode(string memory path, bytes memory args) internal returns (address) {
        return _create(bytes.concat(codeOf(path), args));
    }

    function deployCode(string memory path) internal returns (address) {
        return _create(codeOf(path));
    }

    /// @dev Returns the creation code of a contract. medusa only has the code of target contracts, so a campaign that
    /// deploys other contracts must override this function.
    function codeOf(string memory path) internal view virtual returns (bytes memory) {
        revert(path);
    }

    function targetContract(address) internal pure {}

    function skip(uint256 time) internal {
        HEVM.warp(block.timestamp + time);
    }

    /// @dev Maps a value outside the range into it by the modulo of the range, like forge-std.
    function _bound(uint256 value, uint256 low, uint256 high) internal pure returns (uint256) {
        require(low <= high, "empty range");
        if (value >= low && value <= high) return value;
        uint256 size = high - low + 1;
        return size == 0 ? value : low + value % size;
    }

    function _bound(int256 value, int256 low, int256 high) internal pure returns (int256) {
        uint256 sign = 1 << 255;
        // Flipping the sign bit keeps the order: the lowest integer becomes 0.
        // forge-lint: disable-next-line(unsafe-typecast)
        return int256(_bound(uint256(value) ^ sign, uint256(low) ^ sign, uint256(high) ^ sign) ^ sign);
    }

    function bound(uint256 value, uint256 low, uint256 high) internal pure returns (uint256) {
        return _bound(value, low, high);
    }

    function fail() internal pure {
        assert(false);
    }

    function assertTrue(bool condition, string memory what) internal pure {
        _check(condition, what);
    }

    function assertEq(uint256 left, uint256 right) internal pure {
        _check(left == right, "");
    }

    function assertEq(uint256 left, uint256 right, string memory what) internal pure {
        _check(left == right, what);
    }

    function assertEq(int256 left, int256 right, string memory what) internal pure {
        _check(left == right, what);
    }

    function assertEq(address left, address right, string memory what) internal pure {
        _check(left == right, what);
    }

    function assertEq(bool left, bool right, string memory what) internal pure {
        _check(left == right, what);
    }

    function assertEq(bytes32 left, bytes32 right, string memory what) internal pure {
        _check(left == right, what);
    }

    function assertEq(bytes memory left, bytes memory right, string memory what) internal pure {
        _check(keccak256(left) == keccak256(right), what);
    }

    function assertGe(uint256 left, uint256 right, string memory what) internal pure {
        _check(left >= right, what);
    }

    function assertGe(int256 left, int256 right, string memory what) internal pure {
        _check(left >= right, what);
    }

    function assertLe(uint256 left, uint256 right, string memory what) internal pure {
        _check(left <= right, what);
    }

    function assertLe(int256 left, int256 right, string memory what) internal pure {
        _check(left <= right, what);
    }

    function assertLt(uint256 left, uint256 right, string memory what) internal pure {
        _check(left < right, what);
    }

    function assertLt(int256 left, int256 right, string memory what) internal pure {
        _check(left < right, what);
    }

    function assertApproxEqAbs(int256 left, int256 right, uint256 most, string memory what) internal pure {
        int256 difference = left > right ? left - right : right - left;
        _check(difference <= int256(most), what);
    }

    /// @dev Ignores the message, because medusa's trace shows the position of the assertion.
    function _check(bool condition, string memory) private pure {
        assert(condition);
    }

    function _create(bytes memory code) internal returns (address created) {
        assembly ("memory-safe") {
            created := create(0, add(code, 32), mload(code))
        }
        require(created != address(0), "creation failed");
    }
}
