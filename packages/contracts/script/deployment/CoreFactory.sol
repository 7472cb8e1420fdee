// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title Creates the Vault, the Backstop and the ClearingHouse of one exchange
/// @notice The three contracts have each other's address as constructor arguments, so none of them can be created by CREATE2: its
/// address would be a part of its own hash. This contract creates them with its own nonces 1, 2 and 3, which no other account can
/// use. Its CREATE2 address commits to all arguments and to the hashes of the three creation codes. So any account may call
/// {deploy}, with the same result, and an interrupted deployment resumes.
/// @dev Belongs to the deployment, and has no authority afterwards.
contract CoreFactory {
    /// @notice The code of another contract than the next one, or a contract after the last.
    error UnexpectedCode(uint256 index, bytes32 hash, bytes32 expected);

    address public immutable vault;
    address public immutable backstop;
    address public immutable clearingHouse;

    /// @notice Created contracts.
    uint256 public count;

    /// @dev Hashes of the creation codes without arguments, in the order of creation.
    bytes32[3] private _codes;
    /// @dev Encoded constructor arguments, in the order of creation.
    bytes[3] private _arguments;

    /// @param breaker zero without a circuit breaker
    /// @param owner owner of the ClearingHouse
    /// @param codes hashes of the creation codes of Vault, Backstop and ClearingHouse
    constructor(address asset, address oracle, address breaker, address owner, bytes32[3] memory codes) {
        (vault, backstop, clearingHouse) = (_addressAt(1), _addressAt(2), _addressAt(3));
        _codes = codes;
        _arguments[0] = abi.encode(asset, clearingHouse, backstop, oracle, breaker);
        _arguments[1] = abi.encode(vault, oracle, clearingHouse);
        _arguments[2] = abi.encode(vault, oracle, backstop, owner);
    }

    /// @notice Creates the next contract. Reverts with UnexpectedCode, and with the error of the constructor.
    function deploy(bytes calldata creationCode) external returns (address created) {
        uint256 index = count;
        bytes32 expected = index < 3 ? _codes[index] : bytes32(0);
        bytes32 hash = keccak256(creationCode);
        if (hash != expected) revert UnexpectedCode(index, hash, expected);
        count = index + 1;
        bytes memory code = bytes.concat(creationCode, _arguments[index]);
        assembly ("memory-safe") {
            created := create(0, add(code, 0x20), mload(code))
            if iszero(created) {
                returndatacopy(mload(0x40), 0, returndatasize())
                revert(mload(0x40), returndatasize())
            }
        }
    }

    /// @dev Address of a contract that this one creates with a nonce from 1 to 127.
    function _addressAt(uint8 nonce) private view returns (address) {
        return address(uint160(uint256(keccak256(abi.encodePacked(hex"d694", address(this), nonce)))));
    }
}
