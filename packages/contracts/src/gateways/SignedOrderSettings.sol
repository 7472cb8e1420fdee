// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {DelayedApproval} from "../libraries/DelayedApproval.sol";
import {MarketNotConfigured} from "../types/Errors.sol";
import {MAX_LIFETIME} from "../types/Feed.sol";
import {SignedOrderRules} from "../types/SignedOrder.sol";
import {OrderBonds} from "./OrderBonds.sol";

/// @title The owner's settings of signed orders: rules of each market, and relayers
abstract contract SignedOrderSettings is Ownable2Step, OrderBonds {
    event RulesSet(uint256 indexed marketId, SignedOrderRules rules);
    /// @notice `effectiveAt` in seconds; zero for a revocation.
    event RelayerSet(address indexed relayer, bool approved, uint256 effectiveAt);

    error NotRelayer(address caller);
    error InvalidRules(SignedOrderRules rules);

    /// @notice Upper bound of `relayerMaxAge`, seconds: it limits the prices from which relayers can choose.
    uint256 public constant MAX_RELAYER_AGE = 5 minutes;

    /// @dev Seconds; zero for a relayer that is not approved.
    mapping(address relayer => uint256 effectiveAt) private _relayers;
    mapping(uint256 marketId => SignedOrderRules rules) private _rules;

    modifier onlyRelayer() {
        if (!isRelayer(msg.sender)) revert NotRelayer(msg.sender);
        _;
    }

    /// @notice Sets the delay, the windows, the relayers' maximum price age, the bond and the minimum fees of a market.
    /// Existing announcements keep their times; the price window is the current one at their execution. Reverts with
    /// InvalidRules and BondRatioOutOfRange.
    function setRules(uint256 marketId, SignedOrderRules calldata rules) external onlyOwner {
        bool isValid = rules.delay != 0 && rules.priceWindow != 0 && rules.validity >= rules.priceWindow
            && uint256(rules.delay) + rules.validity <= MAX_LIFETIME && rules.relayerMaxAge != 0
            && rules.relayerMaxAge <= MAX_RELAYER_AGE && rules.minKeeperFee != 0 && rules.minRelayFeeXCD != 0;
        if (!isValid) revert InvalidRules(rules);
        _checkBondRatio(rules.bondRatio, rules.validity);
        _rules[marketId] = rules;
        emit RulesSet(marketId, rules);
    }

    /// @notice Approves a relayer or revokes its approval. An approval is subject to the delay of {DelayedApproval},
    /// because a relayer chooses the time of a price (T43).
    function setRelayer(address relayer, bool approved) external onlyOwner {
        uint256 effectiveAt = DelayedApproval.effectiveAt(oracle, approved);
        _relayers[relayer] = effectiveAt;
        emit RelayerSet(relayer, approved, effectiveAt);
    }

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
