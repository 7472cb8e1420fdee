// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Price} from "../types/Units.sol";

interface IPriceOracle {
    /// @notice The price of a market that an action in this very moment uses: the execution price while a gateway
    /// carries one for this market, else the stored one if it is fresh.
    /// @param marketId the market
    /// @return price WAD quote per base, in [1, 2^128 - 1]
    /// @return confidence WAD quote per base, the half width of the source's confidence interval
    function getPrice(uint256 marketId) external view returns (Price price, uint256 confidence);

    /// @notice Makes the first price published at or after `minPublishTime` the price of `marketId` until
    /// {endExecution}, in this transaction only.
    /// @dev Executors (gateways) only. Pays the source's fee out of the attached value, or out of the oracle's own
    /// balance when none is attached.
    /// @param updateData signed price updates of the source
    /// @param minPublishTime seconds
    /// @param maxPublishTime seconds
    /// @return price WAD quote per base
    function beginExecution(
        uint256 marketId,
        bytes[] calldata updateData,
        uint256 minPublishTime,
        uint256 maxPublishTime
    ) external payable returns (Price price);

    /// @notice Forgets the execution price.
    function endExecution() external;

    /// @notice Native fee, in wei, that the source asks for `updateData`.
    function updateFee(bytes[] calldata updateData) external view returns (uint256);
}
