// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title Reports of outages of the price
interface IOutages {
    /// @notice Starts a market's grace period after an outage of its price, which the first price after it proves: the
    /// one before was published earlier than `minPublishTime`, and this one at least five minutes after that. Once for
    /// each outage. A price that no account has stored is no outage. Reverts with `OutageOver` when the outage ended more
    /// than a grace period ago, and without a price.
    /// @dev The attached value pays the price source, and the rest is returned.
    /// @param pythId the feed of the base or of the collateral
    function reportOutage(uint256 marketId, bytes32 pythId, bytes[] calldata updateData, uint256 minPublishTime)
        external
        payable;
}
