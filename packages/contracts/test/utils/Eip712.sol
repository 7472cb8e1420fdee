// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @dev EIP-712 domain, computed without the contract.
function domainSeparator(string memory name, address verifyingContract) view returns (bytes32) {
    return keccak256(
        abi.encode(
            keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
            keccak256(bytes(name)),
            keccak256("1"),
            block.chainid,
            verifyingContract
        )
    );
}

function typedDataHash(bytes32 domain, bytes32 structHash) pure returns (bytes32) {
    return keccak256(abi.encodePacked(hex"1901", domain, structHash));
}
