// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {HEVM} from "./Vm.sol";

/// @dev Cheat codes that the deployment script uses. medusa only calls `deploy`, which needs the two of {ScriptCheats}.
/// The cheat codes for files, broadcasts and JSON are for `run`, which is compiled but never called.
interface ScriptVm {
    enum CallerMode {
        None,
        Broadcast,
        RecurrentBroadcast,
        Prank,
        RecurrentPrank
    }

    function computeCreateAddress(address deployer, uint256 nonce) external pure returns (address);
    function getNonce(address account) external view returns (uint64);

    function readCallers() external view returns (CallerMode mode, address sender, address origin);
    function startBroadcast() external;
    function stopBroadcast() external;
    function envString(string calldata name) external view returns (string memory);
    function readFile(string calldata path) external view returns (string memory);
    function keyExistsJson(string calldata json, string calldata key) external view returns (bool);
    function parseJsonAddress(string calldata json, string calldata key) external pure returns (address);
    function parseJsonAddressArray(string calldata json, string calldata key) external pure returns (address[] memory);
    function parseJsonBool(string calldata json, string calldata key) external pure returns (bool);
    function parseJsonBytes32(string calldata json, string calldata key) external pure returns (bytes32);
    function parseJsonInt(string calldata json, string calldata key) external pure returns (int256);
    function parseJsonString(string calldata json, string calldata key) external pure returns (string memory);
    function parseJsonUint(string calldata json, string calldata key) external pure returns (uint256);
    function serializeAddress(string calldata object, string calldata key, address value)
        external
        returns (string memory);
    function serializeBytes32(string calldata object, string calldata key, bytes32 value)
        external
        returns (string memory);
    function serializeUint(string calldata object, string calldata key, uint256 value) external returns (string memory);
    function writeJson(string calldata json, string calldata path) external;
}

contract ScriptCheats {
    function getNonce(address account) external returns (uint64) {
        return HEVM.getNonce(account);
    }

    /// @dev Returns the last 20 bytes of keccak256(rlp(deployer, nonce)), for one-byte nonces only.
    function computeCreateAddress(address deployer, uint256 nonce) external pure returns (address) {
        require(nonce > 0 && nonce < 128, "nonce");
        bytes memory rlp = abi.encodePacked(bytes1(0xd6), bytes1(0x94), deployer, bytes1(uint8(nonce)));
        return address(uint160(uint256(keccak256(rlp))));
    }
}

abstract contract Script {
    ScriptVm internal immutable vm = ScriptVm(address(new ScriptCheats()));
}
