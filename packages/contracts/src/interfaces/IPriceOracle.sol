// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Price} from "../types/Units.sol";

interface IPriceOracle {
    /// @notice Too uncertain to increase at. WAD quote per base.
    error ConfidenceTooWide(uint256 confidence, uint256 maxConfidence);
    /// @notice The two sources of `pythId` disagree too much to increase at. WAD dollars; `maxDeviation` ppm of the lower.
    error SourcesDisagree(bytes32 pythId, uint256 primary, uint256 secondary, uint256 maxDeviation);

    /// @notice The price of a market that an action in this very moment uses: the execution price while a gateway
    /// carries one for this market, else the stored one if it is fresh.
    /// @param marketId the market
    /// @return price WAD quote per base, in [1, 2^128 - 1]
    /// @return confidence WAD quote per base, the half width of the source's confidence interval
    function getPrice(uint256 marketId) external view returns (Price price, uint256 confidence);

    /// @notice Reverts unless the price that {getPrice} gives is good enough to open, increase or enter and leave an LP
    /// vault at: confidence narrow enough, no disagreement with a second source, and not a second source's price itself.
    /// @dev Not part of {getPrice}, because wide confidence must never stop anybody from closing.
    function checkIncrease(uint256 marketId) external view;

    /// @notice The price that liquidations use: a stored one, never an execution price (T26), and of a shorter age than
    /// trading allows; the second source's latest one when the first is stale.
    /// @return price WAD quote per base
    function getLiquidationPrice(uint256 marketId) external view returns (Price price);

    /// @notice The first source's last stored price of a market, whatever its age: to settle a market whose feed is dead, and
    /// for who checks its age.
    /// @return price WAD quote per base
    /// @return publishTime seconds
    function getLastPrice(uint256 marketId) external view returns (Price price, uint256 publishTime);

    /// @notice Makes the first price published at or after `minPublishTime` the price of `marketId` until
    /// {endExecution}, in this transaction only.
    /// @dev Executors (gateways) only. Pays the source's fee out of the attached value, the rest of which goes back to
    /// the caller; or out of the oracle's own balance when none is attached. A caller that attaches more than
    /// {executionFee} has to be able to receive.
    /// @param updateData signed price updates of the source. None where there is a second source: its first round at or
    /// after `minPublishTime`, once `maxPublishTime` has passed and if the first source was dead by then. At such a price
    /// {checkIncrease} reverts.
    /// @param minPublishTime seconds
    /// @param maxPublishTime seconds
    /// @return price WAD quote per base
    function beginExecution(
        uint256 marketId,
        bytes[] calldata updateData,
        uint256 minPublishTime,
        uint256 maxPublishTime
    ) external payable returns (Price price);

    /// @notice Makes a current price the price of `marketId` until {endExecution}, in this transaction only: one that is
    /// neither older than `minPublishTime` nor than the stored one. Whoever brings it chooses among those.
    /// @dev Executors only, for callers whom their users trust with that choice. Fees as for {beginExecution}.
    /// @param updateData signed price updates of the source. None: the stored price serves, if it is recent enough, and
    /// nothing is carried.
    /// @param minPublishTime seconds
    /// @return price WAD quote per base
    function beginCurrent(uint256 marketId, bytes[] calldata updateData, uint256 minPublishTime)
        external
        payable
        returns (Price price);

    /// @notice Forgets the execution price.
    function endExecution() external;

    /// @notice Native fee, in wei, that {beginExecution} needs for `marketId` and `updateData`.
    function executionFee(uint256 marketId, bytes[] calldata updateData) external view returns (uint256);

    /// @notice Native fee, in wei, that the oracle's own source asks for `updateData`; see {executionFee} for a market's.
    function updateFee(bytes[] calldata updateData) external view returns (uint256);
}
