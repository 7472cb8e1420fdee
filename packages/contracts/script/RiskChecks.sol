// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {PPM} from "../src/types/Units.sol";
import {DeployConfig} from "./Deploy.s.sol";

/// @title Relations of risk settings that no contract checks
/// @notice Every preset keeps them. A deployment that breaks one reverts, unless its JSON has `"acceptsRisk": true`.
/// @dev The contracts check the relations that are laws. They do not know the purpose of a market, and cannot see the settings
/// of others at the time of a setter.
library RiskChecks {
    /// @notice `value` is beyond `limit`, in the unit of the setting.
    error UnsafeSetting(string setting, uint256 value, uint256 limit);

    /// @dev Seconds: a price of a minute ago liquidates at another price than the market's.
    uint256 private constant MAX_LIQUIDATION_AGE = 30;

    function check(DeployConfig memory c) internal pure {
        _atLeast("market.tradingFee", c.market.rules.tradingFee, 1);
        _atLeast("oracleMaker.lpFee", c.oracleMaker.lpFee, 1);
        _atLeast("maxBorrowingRate", c.maxBorrowingRate, 1);
        _atLeast("funding.maxRate", c.funding.maxRate, 1);
        // The liquidator's reward does not depend on the account's value (T63).
        uint256 penalty = c.market.rules.liquidationPenalty;
        if (penalty != 0) {
            uint256 maxShare = uint256(c.market.rules.tradingFee) * PPM / penalty;
            _atMost("market.liquidatorShare", c.market.rules.liquidatorShare, maxShare);
        }
        // A premium for confidences at which positions open.
        _atLeast("feed.maxConfidence", c.feed.maxConfidence, uint256(c.oracleMaker.maxConfidencePremium) + 1);
        if (c.feed.aggregator != address(0)) {
            _atLeast("feed.maxDeviation", c.feed.maxDeviation, uint256(c.feed.maxConfidence) + 1);
        }
        _atMost("feed.maxLiquidationAge", c.feed.maxLiquidationAge, MAX_LIQUIDATION_AGE);
        _atMost("feed.collateral.maxLiquidationAge", c.feed.collateral.maxLiquidationAge, MAX_LIQUIDATION_AGE);
        // A limit that can bind (T32).
        uint256 maxCarry = (uint256(c.funding.maxRate) * 1 days * PPM - 1) / 1e18;
        _carry("spotHedgeBaseMaker.maxCarry", c.hedgeMaxCarry, maxCarry);
        if (c.spotHedgeQuoteMaker.rules.delay != 0) {
            _carry("spotHedgeQuoteMaker.maxCarry", c.spotHedgeQuoteMaker.maxCarry, maxCarry);
        }
        // Two hours to the cap at the OracleMaker's capacity, so that as much of hedged vaults leaves an hour (T2, T52).
        uint256 minScale = uint256(c.oracleMaker.maxAbsPosition) * 2 hours * c.funding.maxVelocity / c.funding.maxRate;
        _atLeast("funding.skewScale", c.funding.skewScale, minScale);
    }

    function _carry(string memory setting, uint256 value, uint256 limit) private pure {
        _atLeast(setting, value, 1);
        _atMost(setting, value, limit);
    }

    function _atLeast(string memory setting, uint256 value, uint256 limit) private pure {
        if (value < limit) revert UnsafeSetting(setting, value, limit);
    }

    function _atMost(string memory setting, uint256 value, uint256 limit) private pure {
        if (value > limit) revert UnsafeSetting(setting, value, limit);
    }
}
