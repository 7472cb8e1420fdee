// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {DelayedApproval} from "../libraries/DelayedApproval.sol";
import {MarketNotConfigured} from "../types/Errors.sol";
import {SignedOrderRules} from "../types/SignedOrder.sol";
import {OrderBonds} from "./OrderBonds.sol";

/// @title The owner's settings of signed orders: rules of each market, and relayers
/// @dev {SignedOrderGateway} sets them, and {AnnouncementModule} reads them.
abstract contract SignedOrderSettings is Ownable2Step, OrderBonds {
    /// @dev Seconds; zero for a relayer that is not approved.
    mapping(address relayer => uint256 effectiveAt) internal _relayers;
    mapping(uint256 marketId => SignedOrderRules rules) internal _rules;

    /// @notice Whether an account may settle and match orders now.
    function isRelayer(address relayer) public view returns (bool) {
        return DelayedApproval.isInForce(_relayers[relayer]);
    }

    /// @notice Returns the rules of a market; all zero for a market without rules.
    function rulesOf(uint256 marketId) external view returns (SignedOrderRules memory) {
        return _rules[marketId];
    }

    function _rulesOf(uint256 marketId) internal view returns (SignedOrderRules memory rules) {
        rules = _rules[marketId];
        if (rules.delay == 0) revert MarketNotConfigured(marketId);
    }
}
