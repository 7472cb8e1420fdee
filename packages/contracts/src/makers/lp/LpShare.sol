// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {ERC20, ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IERC7575, IERC7575Share} from "../../interfaces/IERC7575.sol";
import {ILpShare} from "../../interfaces/ILpVault.sol";

/// @title The share of an LP vault: an ERC-20 with permit that names its asset and its request vault
/// @notice The request vault is where everybody enters and leaves ({LpRequestVault}, ERC-7540); this token is what
/// ERC-7575 calls its external share.
abstract contract LpShare is ILpShare, ERC20Permit, Ownable2Step, IERC7575Share, IERC165 {
    error NotRequestVault(address caller, address requestVault);
    /// @notice The request vault is named once.
    error RequestVaultExists(address requestVault);
    /// @notice A request vault made for another share.
    error WrongShare(address share, address expected);

    /// @inheritdoc ILpShare
    IERC20 public immutable asset;
    /// @inheritdoc ILpShare
    uint256 public immutable assetScale;

    /// @notice The request vault, or zero as long as there is none.
    address public requestVault;

    constructor(string memory name_, string memory symbol_, address owner_, IERC20 asset_)
        ERC20(name_, symbol_)
        ERC20Permit(name_)
        Ownable(owner_)
    {
        asset = asset_;
        // Reverts by underflow for a token of more than 18 decimals.
        assetScale = 10 ** (18 - IERC20Metadata(address(asset_)).decimals());
    }

    modifier onlyRequestVault() {
        _checkRequestVault();
        _;
    }

    // ---------------------------------------------------------------------------------------------------- owner ----

    /// @notice Names the request vault, once and for good: it deposits and withdraws for those who asked for it there.
    function setRequestVault(address requestVault_) external onlyOwner {
        if (requestVault != address(0)) revert RequestVaultExists(requestVault);
        address shareOf = IERC7575(requestVault_).share();
        if (shareOf != address(this)) revert WrongShare(shareOf, address(this));
        requestVault = requestVault_;
        emit VaultUpdate(address(asset), requestVault_);
    }

    // ------------------------------------------------------------------------------------------------ request vault ----

    /// @inheritdoc ILpShare
    function takeShares(address holder, address spender, uint256 shares) external onlyRequestVault {
        if (spender != holder) _spendAllowance(holder, spender, shares);
        _transfer(holder, msg.sender, shares);
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @inheritdoc IERC7575Share
    function vault(address asset_) external view returns (address) {
        return asset_ == address(asset) ? requestVault : address(0);
    }

    /// @inheritdoc IERC5267
    /// @dev The same as OpenZeppelin's, without its second copy of the name.
    function eip712Domain()
        public
        view
        override
        returns (bytes1, string memory, string memory, uint256, address, bytes32, uint256[] memory)
    {
        return (hex"0f", name(), "1", block.chainid, address(this), 0, new uint256[](0));
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IERC165).interfaceId || interfaceId == type(IERC7575Share).interfaceId;
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    function _checkRequestVault() private view {
        if (msg.sender != requestVault) revert NotRequestVault(msg.sender, requestVault);
    }
}
