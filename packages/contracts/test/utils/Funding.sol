// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";

/// @dev Funding of at most 10% per day, with a time constant of six hours.
function setDailyFunding(DeployConfig memory c, uint128 skewScale) pure {
    c.funding.maxRate = uint64(uint256(1e18) / 1 days / 10);
    c.funding.maxVelocity = c.funding.maxRate / 6 hours;
    c.funding.skewScale = skewScale;
    c.market.feeIndexDecimals = 12;
}
