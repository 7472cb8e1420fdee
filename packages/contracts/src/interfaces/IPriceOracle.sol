// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Price} from "../types/Units.sol";

/// @title Prices of markets for trades, liquidations and settlements
interface IPriceOracle {
    /// @notice The confidence interval is too wide to increase a position. WAD quote per base.
    error ConfidenceTooWide(uint256 confidence, uint256 maxConfidence);
    /// @notice The two sources of `pythId` differ too much to increase a position. WAD dollars; `maxDeviation` in ppm
    /// of the lower price.
    error SourcesDisagree(bytes32 pythId, uint256 primary, uint256 secondary, uint256 maxDeviation);

    /// @notice Returns the current price of a market: the execution price if one is set for this market, else the
    /// stored price. Reverts when the stored price is stale.
    /// @return price WAD quote per base, in [1, 2^128 - 1]
    /// @return confidence half width of the source's confidence interval, WAD quote per base
    function getPrice(uint256 marketId) external view returns (Price price, uint256 confidence);

    /// @notice Reverts unless the price of {getPrice} is precise enough to open or increase a position and to deposit
    /// into or withdraw from an LP vault: the confidence is narrow enough, the second source agrees, and the price is
    /// not one of the second source.
    /// @dev Separate from {getPrice}, because a wide confidence must never stop an account from closing.
    function checkIncrease(uint256 marketId) external view;

    /// @notice Returns the price for liquidations: the stored price, never an execution price (T26), with its own
    /// maximum age, which is at most that of trades. When the first source is dead, the latest price of the second
    /// source.
    /// @return price WAD quote per base
    function getLiquidationPrice(uint256 marketId) external view returns (Price price);

    /// @notice Returns the last stored price of the first source at any age, for callers that check the age, such as
    /// the settlement of a market whose feed is dead.
    /// @return price WAD quote per base
    /// @return publishTime seconds
    function getLastPrice(uint256 marketId) external view returns (Price price, uint256 publishTime);

    /// @notice Sets the execution price of `marketId` to the first price published at or after `minPublishTime`. It is
    /// valid until {endExecution}, and in this transaction only. The source stores the price if it is newer than the
    /// stored one, so that no account uses an older price on a position that this execution changes (T36).
    /// @dev Executors only. The attached value pays the price source, and the rest is returned to the caller. Without
    /// attached value the oracle pays the source from its balance. A caller that attaches more than {executionFee} must
    /// be able to receive native tokens.
    /// @param updateData signed price updates of the first source. Empty, for a market with a second source: the first
    /// round of the second source at or after `minPublishTime`, if `maxPublishTime` has passed and the first source was
    /// dead at that time. {checkIncrease} reverts at such a price.
    /// @param minPublishTime seconds
    /// @param maxPublishTime seconds
    /// @return price WAD quote per base
    function beginExecution(
        uint256 marketId,
        bytes[] calldata updateData,
        uint256 minPublishTime,
        uint256 maxPublishTime
    ) external payable returns (Price price);

    /// @notice Sets the execution price of `marketId` to a current price, which is older neither than `minPublishTime`
    /// nor than the stored price. It is valid until {endExecution}, and in this transaction only. The source stores it,
    /// as in {beginExecution}.
    /// @dev Executors only. The caller of the executor chooses among such prices, so its users must trust it with that
    /// choice. Fees as for {beginExecution}.
    /// @param updateData signed price updates of the first source. Empty: returns the stored price if it is recent
    /// enough, and sets no execution price.
    /// @param minPublishTime seconds
    /// @return price WAD quote per base
    function beginCurrent(uint256 marketId, bytes[] calldata updateData, uint256 minPublishTime)
        external
        payable
        returns (Price price);

    /// @notice Deletes the execution price. Executors only.
    function endExecution() external;

    /// @notice Returns the fee of the price source in {beginExecution} and {beginCurrent}, wei.
    function executionFee(uint256 marketId, bytes[] calldata updateData) external view returns (uint256);

    /// @notice Returns the fee of the oracle's default source for `updateData`, wei. {executionFee} returns that of a
    /// market.
    function updateFee(bytes[] calldata updateData) external view returns (uint256);
}
