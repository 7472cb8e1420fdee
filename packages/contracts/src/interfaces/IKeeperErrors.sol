// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title What contracts that are worked by keepers refuse
interface IKeeperErrors {
    /// @notice The escrow offered is below the least that a keeper is promised. Wei.
    error KeeperFeeTooLow(uint256 fee, uint256 minFee);
    /// @notice The attached value does not pay the price source. Wei.
    error SourceFeeTooLow(uint256 value, uint256 sourceFee);
}
