// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {MarketNotConfigured} from "../types/Errors.sol";
import {MAX_LIFETIME} from "../types/Feed.sol";
import {SignedOrderRules} from "../types/SignedOrder.sol";

/// @title The owner's settings of signed orders: rules of each market, and relayers
abstract contract SignedOrderSettings is Ownable2Step {
    event RulesSet(uint256 indexed marketId, SignedOrderRules rules);
    event RelayerSet(address indexed relayer, bool approved);

    error NotRelayer(address caller);
    error InvalidRules(SignedOrderRules rules);

    /// @notice Upper bound of `relayerMaxAge`, seconds: it limits the prices from which relayers can choose.
    uint256 public constant MAX_RELAYER_AGE = 5 minutes;

    mapping(address relayer => bool approved) public isRelayer;
    mapping(uint256 marketId => SignedOrderRules rules) private _rules;

    modifier onlyRelayer() {
        if (!isRelayer[msg.sender]) revert NotRelayer(msg.sender);
        _;
    }

    /// @notice Sets the delay, the windows, the relayers' maximum price age and the minimum fees of a market. Existing
    /// announcements keep their times; the price window is the current one at their execution.
    function setRules(uint256 marketId, SignedOrderRules calldata rules) external onlyOwner {
        bool isValid = rules.delay != 0 && rules.priceWindow != 0 && rules.validity >= rules.priceWindow
            && uint256(rules.delay) + rules.validity <= MAX_LIFETIME && rules.relayerMaxAge != 0
            && rules.relayerMaxAge <= MAX_RELAYER_AGE && rules.minKeeperFee != 0 && rules.minRelayFeeXCD != 0;
        if (!isValid) revert InvalidRules(rules);
        _rules[marketId] = rules;
        emit RulesSet(marketId, rules);
    }

    /// @notice Approves a relayer or revokes its approval.
    function setRelayer(address relayer, bool approved) external onlyOwner {
        isRelayer[relayer] = approved;
        emit RelayerSet(relayer, approved);
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
