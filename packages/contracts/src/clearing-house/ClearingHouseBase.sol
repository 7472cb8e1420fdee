// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IBackstop} from "../interfaces/IBackstop.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IClearingHouseState} from "../interfaces/IClearingHouseState.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IVault} from "../interfaces/IVault.sol";
import {Cast} from "../types/Cast.sol";
import {
    BackstopRules,
    GRACE_PERIOD,
    GracePeriods,
    MarketRules,
    MarketStatus,
    MinValueRamp,
    OutageGrace
} from "../types/Market.sol";

/// @title Storage of the ClearingHouse, and the reads that its parts share: rules and status of markets, and their makers
/// @dev {MarketAdmin} changes settings on it. {Trading} and {Liquidation} read them.
abstract contract ClearingHouseBase is IClearingHouseState, Ownable2Step {
    /// @dev One storage word.
    struct MakerRecord {
        uint64 marketId;
        bool isRetired;
    }

    /// @notice Limit on markets, because {MarketAdmin-setSystemStatus} loops over them.
    uint256 public constant MAX_MARKETS = 128;
    /// @notice Limit on makers of a market, because deleveraging loops over them.
    uint256 public constant MAX_MAKERS = 16;

    /// @inheritdoc IClearingHouseState
    IVault public immutable vault;
    /// @inheritdoc IClearingHouseState
    IPriceOracle public immutable oracle;
    /// @inheritdoc IClearingHouseState
    IBackstop public immutable backstop;

    /// @inheritdoc IClearingHouseState
    uint256 public marketCount;
    /// @inheritdoc IClearingHouseState
    address public guardian;
    /// @inheritdoc IClearingHouseState
    MarketStatus public systemStatus = MarketStatus.Active;
    /// @dev Seconds; zero for a gateway that is not approved.
    mapping(address gateway => uint256 effectiveAt) internal _gateways;
    mapping(uint256 marketId => MarketRules rules) internal _rules;
    mapping(uint256 marketId => BackstopRules rules) internal _backstopRules;
    mapping(uint256 marketId => MinValueRamp ramp) internal _minValueRamps;
    mapping(uint256 marketId => GracePeriods periods) internal _gracePeriods;
    mapping(address maker => MakerRecord record) internal _makerRecords;
    mapping(uint256 marketId => address[] makers) internal _makers;

    constructor(IVault vault_, IPriceOracle oracle_, IBackstop backstop_, address owner_) Ownable(owner_) {
        vault = vault_;
        oracle = oracle_;
        backstop = backstop_;
    }

    modifier onlyMarket(uint256 marketId) {
        _checkMarket(marketId);
        _;
    }

    /// @dev A market's rules with the minimum position value in force now.
    function _rulesNow(uint256 marketId) internal view returns (MarketRules memory rules) {
        rules = _rules[marketId];
        if (!rules.isMinValueRamping) return rules;
        MinValueRamp memory ramp = _minValueRamps[marketId];
        if (block.timestamp >= ramp.end) return rules;
        uint256 rise = uint256(rules.minPositionValue - ramp.from) * (block.timestamp - ramp.start);
        // Between two uint80 values.
        rules.minPositionValue = Cast.lowUint80(ramp.from + rise / (ramp.end - ramp.start));
    }

    function _strictest(MarketRules memory rules) internal pure returns (MarketStatus) {
        if (rules.status == MarketStatus.None) return MarketStatus.None;
        return rules.status > rules.systemStatus ? rules.status : rules.systemStatus;
    }

    /// @dev An active market is reduce-only while it has bad debt, and at prices of a grace period.
    ///
    /// The publish time of a price decides, and not the block's: otherwise the caller of an execution could choose
    /// whether an order with a known price opens or fails, by waiting for the end of the period, or by reporting an
    /// outage. Prices that may be known at a report do as they did before it (E2).
    /// @param time publish time of the price, or now
    function _status(uint256 marketId, MarketRules memory rules, uint256 time)
        internal
        view
        returns (MarketStatus status)
    {
        status = _strictest(rules);
        if (status != MarketStatus.Active) return status;
        // Later prices are in no period, so that most trades read one word.
        if (time < rules.resumedAt + GRACE_PERIOD && _isOfGracePeriod(marketId, time)) return MarketStatus.ReduceOnly;
        if (!rules.hadDebt) return status;
        if (vault.insuranceOf(marketId) < 0) return MarketStatus.ReduceOnly;
    }

    /// @dev Looks up the last report whose period begins at `time` or before.
    /// @param time seconds
    function _isOfGracePeriod(uint256 marketId, uint256 time) private view returns (bool) {
        GracePeriods storage periods = _gracePeriods[marketId];
        if (time < periods.pausedUntil + GRACE_PERIOD) return true;
        OutageGrace[] storage outages = periods.outages;
        (uint256 low, uint256 high) = (0, outages.length);
        while (low < high) {
            uint256 middle = (low + high) / 2;
            if (outages[middle].from > time) high = middle;
            else low = middle + 1;
        }
        return low != 0 && time < outages[low - 1].end;
    }

    function _isMaker(address account) internal view returns (bool) {
        return _makerRecords[account].marketId != 0;
    }

    function _checkMarket(uint256 marketId) internal view {
        if (marketId == 0 || marketId > marketCount) revert IClearingHouse.InvalidMarketId(marketId, marketCount + 1);
    }
}
