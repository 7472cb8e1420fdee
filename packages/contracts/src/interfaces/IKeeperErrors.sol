// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title Errors shared by keeper-executed contracts
interface IKeeperErrors {
    /// @notice The attached keeper fee is below the minimum. Wei.
    error KeeperFeeTooLow(uint256 fee, uint256 minFee);
    /// @notice The attached value does not cover the fee of the price source. Wei.
    error SourceFeeTooLow(uint256 value, uint256 sourceFee);
}
