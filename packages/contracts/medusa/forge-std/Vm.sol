// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @dev Cheat codes of medusa that the invariant suites use.
interface Vm {
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    function warp(uint256 timestamp) external;
    function deal(address account, uint256 balance) external;
    function prank(address sender) external;
    function startPrank(address sender) external;
    function stopPrank() external;
    function getNonce(address account) external returns (uint64);
    function addr(uint256 key) external returns (address);
    function toString(uint256 value) external pure returns (string memory);
    /// @dev Not supported by medusa. Declared for code that is compiled but never called there.
    function deployCode(string calldata path) external returns (address);
}

Vm constant HEVM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

/// @dev Type of the constant `vm`, in place of forge-std's interface. Forwards the cheat codes that medusa has in the
/// frame of the caller, as a prank requires. Implements the others here, or does nothing if no law depends on them.
type Cheats is uint8;

using CheatsLib for Cheats global;

library CheatsLib {
    function warp(Cheats, uint256 time) internal {
        HEVM.warp(time);
    }

    function deal(Cheats, address account, uint256 balance) internal {
        HEVM.deal(account, balance);
    }

    function prank(Cheats, address sender) internal {
        HEVM.prank(sender);
    }

    function startPrank(Cheats, address sender) internal {
        HEVM.startPrank(sender);
    }

    function stopPrank(Cheats) internal {
        HEVM.stopPrank();
    }

    function toString(Cheats, uint256 value) internal pure returns (string memory) {
        return HEVM.toString(value);
    }

    function getBlockTimestamp(Cheats) internal view returns (uint256) {
        return block.timestamp;
    }

    /// @dev Returns the fallback, because there is no environment.
    function envOr(Cheats, string memory, string memory fallbackValue) internal pure returns (string memory) {
        return fallbackValue;
    }

    function writeLine(Cheats, string memory, string memory) internal pure {}

    function recordLogs(Cheats) internal pure {}

    /// @dev Returns no logs, because contracts cannot read logs in medusa: {ExchangeLaws-seesShortages}.
    function getRecordedLogs(Cheats) internal pure returns (Vm.Log[] memory logs) {}
}
