// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Rule, RuleParams} from "../../src/interfaces/IMarketAdmin.sol";

/// @dev Changes one rule and keeps the others. Reverts when the value does not fit the type of the rule.
function changeRule(RuleParams memory rules, Rule rule, uint256 value) pure {
    if (rule == Rule.PriceBand) rules.priceBand = SafeCast.toUint24(value);
    else if (rule == Rule.TradingFee) rules.tradingFee = SafeCast.toUint24(value);
    else if (rule == Rule.LiquidationPenalty) rules.liquidationPenalty = SafeCast.toUint24(value);
    else if (rule == Rule.LiquidatorShare) rules.liquidatorShare = SafeCast.toUint24(value);
    else if (rule == Rule.DeleverageWindow) rules.deleverageWindow = SafeCast.toUint32(value);
    else if (rule == Rule.SettlementDelay) rules.settlementDelay = SafeCast.toUint32(value);
    else rules.minPositionValue = SafeCast.toUint96(value);
}
