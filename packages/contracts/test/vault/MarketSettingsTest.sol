// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev A market with the highest funding rate and velocity. The makers' capacity is 600.
abstract contract MarketSettingsTest is ExchangeTest {
    /// @dev 100% a day, in whole units of stored rates.
    uint64 internal constant MOST = uint64(uint256(1e18) / 1 days / 1e5 * 1e5);
    uint64 internal constant FASTEST = uint64(MOST / 1 hours);

    function config() internal virtual override returns (DeployConfig memory c) {
        c = super.config();
        (c.funding.maxRate, c.funding.maxVelocity, c.funding.skewScale) = (MOST, FASTEST, 600e18);
    }
}
