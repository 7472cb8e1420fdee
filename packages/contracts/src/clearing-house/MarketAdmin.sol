// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IBackstop} from "../interfaces/IBackstop.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IMaker} from "../interfaces/IMaker.sol";
import {IMarketAdmin, MarketParams, Rule, RuleParams} from "../interfaces/IMarketAdmin.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IVault} from "../interfaces/IVault.sol";
import {DelayedApproval} from "../libraries/DelayedApproval.sol";
import {Cast} from "../types/Cast.sol";
import {MAX_LEAD} from "../types/Feed.sol";
import {GRACE_PERIOD, BackstopRules, MarketRules, MarketStatus, MinValueRamp, OutageGrace} from "../types/Market.sol";
import {PPM} from "../types/Units.sol";
import {ClearingHouseBase} from "./ClearingHouseBase.sol";

/// @title Settings of markets, their rules and status, and their makers
/// @notice The owner sets rules and status. The guardian can only make a status stricter. Neither can withdraw funds,
/// change a position or set a price.
/// @dev A module: its code runs at the address of the ClearingHouse that deployed it, on its storage and for its caller,
/// because the code of both together exceeds the size limit. No trade or liquidation calls it. Called directly, it has no
/// markets, and no account can call as its owner.
contract MarketAdmin is IMarketAdmin, ClearingHouseBase {
    using SafeCast for uint256;

    uint256 private constant MAX_TRADING_FEE = 10_000;
    /// @dev WAD quote.
    uint256 private constant MAX_MIN_POSITION_VALUE = 10_000e18;
    /// @dev A raised minimum takes this long to come into force, so that it closes no position at once.
    uint256 private constant MIN_VALUE_RAMP = 1 days;
    uint256 private constant MAX_DELEVERAGE_WINDOW = 7 days;
    uint256 private constant MIN_SETTLEMENT_DELAY = 1 days;
    uint256 private constant MAX_SETTLEMENT_DELAY = 30 days;

    constructor(IVault vault_, IPriceOracle oracle_, IBackstop backstop_)
        ClearingHouseBase(vault_, oracle_, backstop_, address(this))
    {}

    // ------------------------------------------------------------------------------------------ markets and rules ----

    /// @inheritdoc IMarketAdmin
    function createMarket(MarketParams calldata params) external onlyOwner returns (uint256 marketId) {
        if (marketCount >= MAX_MARKETS) revert TooManyMarkets(MAX_MARKETS);
        marketId = ++marketCount;
        vault.createMarket(marketId, params.initialMarginRatio, params.maintenanceMarginRatio, params.feeIndexDecimals);
        MarketRules storage rules = _rules[marketId];
        rules.status = MarketStatus.ReduceOnly;
        rules.systemStatus = systemStatus;
        emit MarketCreated(marketId, params);
        // No position exists, so that the minimum needs no ramp.
        rules.minPositionValue = _toMinValue(params.rules.minPositionValue);
        _setRules(marketId, params.rules, params.initialMarginRatio, params.maintenanceMarginRatio);
        if (systemStatus >= MarketStatus.Paused) vault.setFrozen(marketId, true);
    }

    /// @inheritdoc IMarketAdmin
    function setRules(uint256 marketId, RuleParams calldata params) external onlyOwner onlyMarket(marketId) {
        (uint256 initial, uint256 maintenance) = _leastMarginRatios(marketId);
        _setRules(marketId, params, initial, maintenance);
    }

    /// @inheritdoc IMarketAdmin
    function setMarginRatios(
        uint256 marketId,
        uint24 initialMarginRatio,
        uint24 maintenanceMarginRatio,
        uint256 rampDuration
    ) external onlyOwner onlyMarket(marketId) {
        vault.setMarginRatios(marketId, initialMarginRatio, maintenanceMarginRatio, rampDuration);
        MarketRules memory rules = _rules[marketId];
        (uint256 initial, uint256 maintenance) = _leastMarginRatios(marketId);
        _checkAgainstRatios(rules.priceBand, rules.tradingFee, rules.liquidationPenalty, initial, maintenance);
    }

    /// @inheritdoc IMarketAdmin
    function setFunding(uint256 marketId, uint64 maxRate, uint64 maxVelocity, uint128 skewScale)
        external
        onlyOwner
        onlyMarket(marketId)
    {
        vault.setFunding(marketId, maxRate, maxVelocity, skewScale);
    }

    /// @inheritdoc IMarketAdmin
    function setBorrowing(uint256 marketId, uint48 maxRate) external onlyOwner onlyMarket(marketId) {
        vault.setBorrowing(marketId, maxRate);
    }

    /// @inheritdoc IMarketAdmin
    function setDepositCap(uint256 capXCD) external onlyOwner {
        vault.setDepositCap(capXCD);
    }

    // --------------------------------------------------------------------------------------------------- status ----

    /// @inheritdoc IMarketAdmin
    function setMarketStatus(uint256 marketId, MarketStatus status) external onlyMarket(marketId) {
        MarketRules storage rules = _rules[marketId];
        _checkStatusChange(rules.status, status);
        if (status == MarketStatus.Active) _checkCanOpen(marketId);
        bool wasPaused = _isPaused(rules);
        rules.status = status;
        emit MarketStatusSet(marketId, status);
        _applyPause(marketId, rules, wasPaused);
    }

    /// @inheritdoc IMarketAdmin
    function setSystemStatus(MarketStatus status) external {
        _checkStatusChange(systemStatus, status);
        systemStatus = status;
        emit SystemStatusSet(status);
        for (uint256 id = 1; id <= marketCount; ++id) {
            MarketRules storage rules = _rules[id];
            bool wasPaused = _isPaused(rules);
            rules.systemStatus = status;
            _applyPause(id, rules, wasPaused);
        }
    }

    /// @inheritdoc IMarketAdmin
    function startGrace(uint256 marketId, uint256 outageStart, uint256 outageEnd) external {
        if (msg.sender != address(backstop)) revert IClearingHouse.NotBackstop(msg.sender, address(backstop));
        MarketRules storage rules = _rules[marketId];
        BackstopRules storage backstopRules = _backstopRules[marketId];
        // The outage was reported from a later moment: windows that it has interrupted would end.
        if (outageEnd == rules.resumedAt && outageStart < backstopRules.stoppedAt) {
            backstopRules.stoppedAt = outageStart.toUint40();
            return;
        }
        // Once for each outage.
        if (outageEnd <= rules.resumedAt || outageEnd + GRACE_PERIOD <= block.timestamp) {
            revert OutageOver(marketId, outageEnd);
        }
        _stop(marketId, rules, outageStart);
        // A price may be known when it is published this far ahead of the block.
        uint256 unknownFrom = block.timestamp + MAX_LEAD + 1;
        _gracePeriods[marketId].outages
            .push(OutageGrace(unknownFrom.toUint128(), (outageEnd + GRACE_PERIOD).toUint128()));
        _resume(marketId, rules, outageEnd);
    }

    /// @inheritdoc IMarketAdmin
    function setGuardian(address newGuardian) external onlyOwner {
        _setGuardian(newGuardian);
    }

    /// @inheritdoc IMarketAdmin
    /// @dev Only an owner ends a restriction, so that none may exist or be added afterwards (T51).
    function renounceOwnership() public override(IMarketAdmin, Ownable) onlyOwner {
        // Id zero is the system.
        for (uint256 id = 0; id <= marketCount; ++id) {
            MarketStatus status = id == 0 ? systemStatus : _rules[id].status;
            if (status != MarketStatus.Active && status != MarketStatus.Settled) revert StillRestricted(id, status);
        }
        _setGuardian(address(0));
        super.renounceOwnership();
    }

    /// @inheritdoc IMarketAdmin
    function setGateway(address gateway, bool approved) external {
        if (approved || msg.sender != guardian) _checkOwner();
        uint256 effectiveAt = DelayedApproval.effectiveAt(oracle, approved);
        _gateways[gateway] = effectiveAt;
        emit GatewaySet(gateway, approved, effectiveAt);
    }

    // --------------------------------------------------------------------------------------------------- makers ----

    /// @inheritdoc IMarketAdmin
    function registerMaker(address maker) external onlyOwner {
        uint256 marketId = IMaker(maker).marketId();
        _checkMarket(marketId);
        if (_makerRecords[maker].marketId != 0) revert MakerExists(maker, _makerRecords[maker].marketId);
        if (_makers[marketId].length >= MAX_MAKERS) revert TooManyMakers(marketId, MAX_MAKERS);
        _checkMakerFits(maker, _rules[marketId].priceBand);
        // Market ids are at most MAX_MARKETS.
        _makerRecords[maker] = MakerRecord({marketId: Cast.lowUint64(marketId), isRetired: false});
        _makers[marketId].push(maker);
        emit MakerRegistered(marketId, maker);
        (uint256 long, uint256 short) = IMaker(maker).getCapacity();
        vault.setMaker(marketId, maker, true, long, short);
    }

    /// @inheritdoc IMarketAdmin
    function retireMaker(address maker) external {
        if (msg.sender != guardian) _checkOwner();
        MakerRecord storage record = _makerRecords[maker];
        if (record.marketId == 0) revert IClearingHouse.UnknownMaker(maker, 0, 0);
        record.isRetired = true;
        emit MakerRetired(record.marketId, maker);
    }

    /// @inheritdoc IMarketAdmin
    function reinstateMaker(address maker) external onlyOwner {
        MakerRecord storage record = _makerRecords[maker];
        if (!record.isRetired) revert MakerNotRetired(maker);
        record.isRetired = false;
        emit MakerReinstated(record.marketId, maker);
    }

    /// @inheritdoc IMarketAdmin
    function removeMaker(address maker) external onlyOwner {
        MakerRecord memory record = _makerRecords[maker];
        if (!record.isRetired) revert MakerNotRetired(maker);
        delete _makerRecords[maker];
        address[] storage makers = _makers[record.marketId];
        uint256 i = 0;
        while (makers[i] != maker) ++i;
        // Keeps the order of registration, which deleveraging follows.
        for (; i + 1 < makers.length; ++i) {
            makers[i] = makers[i + 1];
        }
        makers.pop();
        emit MakerRemoved(record.marketId, maker);
        // Reverts with `MakerNotFlat` unless the maker is flat.
        vault.setMaker(record.marketId, maker, false, 0, 0);
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    function _setRules(uint256 marketId, RuleParams calldata params, uint256 initial, uint256 maintenance) private {
        _checkAgainstRatios(params.priceBand, params.tradingFee, params.liquidationPenalty, initial, maintenance);
        _checkRule(Rule.TradingFee, params.tradingFee, 0, MAX_TRADING_FEE);
        _checkRule(Rule.LiquidatorShare, params.liquidatorShare, 0, PPM);
        _checkRule(Rule.DeleverageWindow, params.deleverageWindow, 0, MAX_DELEVERAGE_WINDOW);
        _checkRule(Rule.SettlementDelay, params.settlementDelay, MIN_SETTLEMENT_DELAY, MAX_SETTLEMENT_DELAY);
        _setMinPositionValue(marketId, _toMinValue(params.minPositionValue));
        address[] memory makers = _makers[marketId];
        for (uint256 i = 0; i < makers.length; ++i) {
            _checkMakerFits(makers[i], params.priceBand);
        }
        MarketRules storage rules = _rules[marketId];
        rules.priceBand = params.priceBand;
        rules.tradingFee = params.tradingFee;
        rules.liquidationPenalty = params.liquidationPenalty;
        rules.liquidatorShare = params.liquidatorShare;
        BackstopRules storage backstopRules = _backstopRules[marketId];
        backstopRules.liquidationBounty = params.liquidationBounty;
        backstopRules.deleverageWindow = params.deleverageWindow;
        backstopRules.settlementDelay = params.settlementDelay;
        emit RulesSet(marketId, params);
    }

    /// @dev A lower minimum is in force at once, a higher one after a ramp.
    function _setMinPositionValue(uint256 marketId, uint80 minValue) private {
        uint80 inForce = _rulesNow(marketId).minPositionValue;
        MarketRules storage rules = _rules[marketId];
        rules.isMinValueRamping = minValue > inForce;
        rules.minPositionValue = minValue;
        if (minValue <= inForce) return;
        _minValueRamps[marketId] = MinValueRamp({
            from: inForce, start: Cast.lowUint40(block.timestamp), end: Cast.lowUint40(block.timestamp + MIN_VALUE_RAMP)
        });
    }

    function _setGuardian(address newGuardian) private {
        guardian = newGuardian;
        emit GuardianSet(newGuardian);
    }

    function _isPaused(MarketRules storage rules) private view returns (bool) {
        return _strictest(rules) >= MarketStatus.Paused;
    }

    /// @dev After a change of a status. The Vault makes no external call here.
    function _applyPause(uint256 marketId, MarketRules storage rules, bool wasPaused) private {
        bool isPaused = _isPaused(rules);
        if (isPaused && !wasPaused) _stop(marketId, rules, block.timestamp);
        if (wasPaused && !isPaused) {
            _gracePeriods[marketId].pausedUntil = block.timestamp;
            // An outage may end a few seconds ahead of the block.
            _resume(marketId, rules, Math.max(rules.resumedAt, block.timestamp));
        }
        vault.setFrozen(marketId, isPaused);
    }

    /// @dev A stop that begins within a window of deleveraging after the last one continues it.
    function _stop(uint256 marketId, MarketRules storage rules, uint256 time) private {
        BackstopRules storage backstopRules = _backstopRules[marketId];
        if (time <= rules.resumedAt + GRACE_PERIOD + backstopRules.deleverageWindow) return;
        backstopRules.stoppedAt = time.toUint40();
    }

    function _resume(uint256 marketId, MarketRules storage rules, uint256 resumedAt) private {
        rules.resumedAt = resumedAt.toUint40();
        emit GraceStarted(marketId, resumedAt + GRACE_PERIOD);
    }

    /// @dev Only the status active, reduce-only or paused can be set. A settled market stays settled.
    function _checkStatusChange(MarketStatus current, MarketStatus requested) private view {
        bool isSettable = requested != MarketStatus.None && requested != MarketStatus.Settled;
        bool isAllowed = msg.sender == owner() || (msg.sender == guardian && requested > current);
        if (!isSettable || !isAllowed || current == MarketStatus.Settled) {
            revert InvalidStatusChange(msg.sender, current, requested);
        }
    }

    function _checkCanOpen(uint256 marketId) private view {
        address[] memory makers = _makers[marketId];
        for (uint256 i = 0; i < makers.length; ++i) {
            (uint256 long, uint256 short) = vault.capacityOf(marketId, makers[i]);
            if (long != 0 && short != 0 && !_makerRecords[makers[i]].isRetired) return;
        }
        revert NoMakerForBothSides(marketId);
    }

    /// @dev A maker that quotes outside the band would have its trades rejected. Makers repeat this check when their
    /// parameters change.
    function _checkMakerFits(address maker, uint256 priceBand) private view {
        uint256 required = IMaker(maker).requiredBand();
        if (priceBand < required) revert BandTooNarrow(maker, priceBand, required);
    }

    /// @dev The lower of the ratios in force and the targets of the ramp, ppm.
    function _leastMarginRatios(uint256 marketId) private view returns (uint256 initial, uint256 maintenance) {
        uint256 targetInitial;
        uint256 targetMaintenance;
        (initial, maintenance, targetInitial, targetMaintenance) = vault.marginRatiosOf(marketId);
        return (Math.min(initial, targetInitial), Math.min(maintenance, targetMaintenance));
    }

    function _toMinValue(uint256 minValue) private pure returns (uint80) {
        _checkRule(Rule.MinPositionValue, minValue, 0, MAX_MIN_POSITION_VALUE);
        return Cast.lowUint80(minValue);
    }

    /// @dev Price band and fee together must be below the initial ratio, so that a trade inside the band costs less
    /// than the margin it must leave (T5, T35). The penalty must be at most half of the maintenance ratio, so that
    /// closing half of a position improves the margin ratio.
    function _checkAgainstRatios(
        uint256 priceBand,
        uint256 tradingFee,
        uint256 penalty,
        uint256 initial,
        uint256 maintenance
    ) private pure {
        _checkRule(Rule.PriceBand, priceBand, 1, tradingFee < initial - 1 ? initial - 1 - tradingFee : 0);
        _checkRule(Rule.LiquidationPenalty, penalty, 0, maintenance / 2);
    }

    function _checkRule(Rule rule, uint256 value, uint256 min, uint256 max) private pure {
        if (value < min || value > max) revert RuleOutOfRange(rule, value, min, max);
    }
}
