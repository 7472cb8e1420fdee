// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IBackstop} from "../interfaces/IBackstop.sol";
import {IClearingHouse, MarketParams, Rule, RuleParams} from "../interfaces/IClearingHouse.sol";
import {IMaker} from "../interfaces/IMaker.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IVault} from "../interfaces/IVault.sol";
import {DelayedApproval} from "../libraries/DelayedApproval.sol";
import {Cast} from "../types/Cast.sol";
import {ZeroAddress} from "../types/Errors.sol";
import {BackstopRules, GRACE_PERIOD, MarketRules, MarketStatus, MinValueRamp} from "../types/Market.sol";
import {PPM} from "../types/Units.sol";

/// @title Markets, their rules and status, and their makers
/// @notice The owner sets rules and status. The guardian can only make a status stricter. Neither can withdraw funds,
/// change a position or set a price.
abstract contract MarketRegistry is IClearingHouse, Ownable2Step {
    /// @dev One storage word.
    struct MakerRecord {
        uint64 marketId;
        bool isRetired;
    }

    /// @notice Limit on markets, because {setSystemStatus} loops over them.
    uint256 public constant MAX_MARKETS = 128;
    /// @notice Limit on makers of a market, because deleveraging loops over them.
    uint256 public constant MAX_MAKERS = 16;

    uint256 private constant MAX_TRADING_FEE = 10_000;
    /// @dev WAD quote.
    uint256 private constant MAX_MIN_POSITION_VALUE = 10_000e18;
    /// @dev A raised minimum takes this long to come into force, so that it closes no position at once.
    uint256 private constant MIN_VALUE_RAMP = 1 days;
    uint256 private constant MAX_DELEVERAGE_WINDOW = 7 days;
    uint256 private constant MIN_SETTLEMENT_DELAY = 1 days;
    uint256 private constant MAX_SETTLEMENT_DELAY = 30 days;

    /// @inheritdoc IClearingHouse
    IVault public immutable vault;
    /// @inheritdoc IClearingHouse
    IPriceOracle public immutable oracle;
    /// @inheritdoc IClearingHouse
    IBackstop public immutable backstop;

    /// @inheritdoc IClearingHouse
    uint256 public marketCount;
    /// @inheritdoc IClearingHouse
    address public guardian;
    /// @inheritdoc IClearingHouse
    MarketStatus public systemStatus = MarketStatus.Active;
    /// @dev Seconds; zero for a gateway that is not approved.
    mapping(address gateway => uint256 effectiveAt) private _gateways;
    mapping(uint256 marketId => MarketRules rules) internal _rules;
    mapping(uint256 marketId => BackstopRules rules) internal _backstopRules;
    mapping(uint256 marketId => MinValueRamp ramp) private _minValueRamps;
    mapping(address maker => MakerRecord record) internal _makerRecords;
    mapping(uint256 marketId => address[] makers) internal _makers;

    constructor(IVault vault_, IPriceOracle oracle_, IBackstop backstop_, address owner_) Ownable(owner_) {
        if (address(vault_) == address(0) || address(oracle_) == address(0)) revert ZeroAddress();
        bool isOurs = vault_.clearingHouse() == address(this) && vault_.backstop() == address(backstop_)
            && vault_.oracle() == oracle_;
        if (!isOurs) revert VaultMismatch(vault_.clearingHouse(), vault_.backstop(), address(vault_.oracle()));
        vault = vault_;
        oracle = oracle_;
        backstop = backstop_;
    }

    modifier onlyMarket(uint256 marketId) {
        _checkMarket(marketId);
        _;
    }

    // ------------------------------------------------------------------------------------------ markets and rules ----

    /// @inheritdoc IClearingHouse
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

    /// @inheritdoc IClearingHouse
    function setRules(uint256 marketId, RuleParams calldata params) external onlyOwner onlyMarket(marketId) {
        (uint256 initial, uint256 maintenance) = _leastMarginRatios(marketId);
        _setRules(marketId, params, initial, maintenance);
    }

    /// @inheritdoc IClearingHouse
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

    /// @inheritdoc IClearingHouse
    function setFunding(uint256 marketId, uint64 maxRate, uint64 maxVelocity, uint128 skewScale)
        external
        onlyOwner
        onlyMarket(marketId)
    {
        vault.setFunding(marketId, maxRate, maxVelocity, skewScale);
    }

    /// @inheritdoc IClearingHouse
    function setBorrowing(uint256 marketId, uint48 maxRate) external onlyOwner onlyMarket(marketId) {
        vault.setBorrowing(marketId, maxRate);
    }

    /// @inheritdoc IClearingHouse
    function setDepositCap(uint256 capXCD) external onlyOwner {
        vault.setDepositCap(capXCD);
    }

    // --------------------------------------------------------------------------------------------------- status ----

    /// @inheritdoc IClearingHouse
    function setMarketStatus(uint256 marketId, MarketStatus status) external onlyMarket(marketId) {
        MarketRules storage rules = _rules[marketId];
        _checkStatusChange(rules.status, status);
        if (status == MarketStatus.Active) _checkCanOpen(marketId);
        bool wasPaused = _isPaused(rules);
        rules.status = status;
        emit MarketStatusSet(marketId, status);
        _applyPause(marketId, rules, wasPaused);
    }

    /// @inheritdoc IClearingHouse
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

    /// @inheritdoc IClearingHouse
    function markSettled(uint256 marketId) external {
        if (msg.sender != address(backstop)) revert NotBackstop(msg.sender, address(backstop));
        _rules[marketId].status = MarketStatus.Settled;
        emit MarketStatusSet(marketId, MarketStatus.Settled);
        vault.setFrozen(marketId, true);
    }

    /// @inheritdoc IClearingHouse
    function startGrace(uint256 marketId, uint256 outageEnd) external {
        if (msg.sender != address(backstop)) revert NotBackstop(msg.sender, address(backstop));
        MarketRules storage rules = _rules[marketId];
        // Once for each outage: its end is earlier than the report.
        if (outageEnd <= rules.resumedAt || outageEnd + GRACE_PERIOD <= block.timestamp) {
            revert OutageOver(marketId, outageEnd);
        }
        _resume(marketId, rules, Math.max(block.timestamp, outageEnd), true);
    }

    /// @inheritdoc IClearingHouse
    function setGuardian(address newGuardian) external onlyOwner {
        _setGuardian(newGuardian);
    }

    /// @inheritdoc IClearingHouse
    /// @dev Only an owner ends a restriction, so that none may exist or be added afterwards (T51).
    function renounceOwnership() public override(IClearingHouse, Ownable) onlyOwner {
        // Id zero is the system.
        for (uint256 id = 0; id <= marketCount; ++id) {
            MarketStatus status = id == 0 ? systemStatus : _rules[id].status;
            if (status != MarketStatus.Active && status != MarketStatus.Settled) revert StillRestricted(id, status);
        }
        _setGuardian(address(0));
        super.renounceOwnership();
    }

    /// @inheritdoc IClearingHouse
    function setGateway(address gateway, bool approved) external {
        if (approved || msg.sender != guardian) _checkOwner();
        uint256 effectiveAt = DelayedApproval.effectiveAt(oracle, approved);
        _gateways[gateway] = effectiveAt;
        emit GatewaySet(gateway, approved, effectiveAt);
    }

    // --------------------------------------------------------------------------------------------------- makers ----

    /// @inheritdoc IClearingHouse
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

    /// @inheritdoc IClearingHouse
    function retireMaker(address maker) external {
        if (msg.sender != guardian) _checkOwner();
        MakerRecord storage record = _makerRecords[maker];
        if (record.marketId == 0) revert UnknownMaker(maker, 0, 0);
        record.isRetired = true;
        emit MakerRetired(record.marketId, maker);
    }

    /// @inheritdoc IClearingHouse
    function reinstateMaker(address maker) external onlyOwner {
        MakerRecord storage record = _makerRecords[maker];
        if (!record.isRetired) revert MakerNotRetired(maker);
        record.isRetired = false;
        emit MakerReinstated(record.marketId, maker);
    }

    /// @inheritdoc IClearingHouse
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

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @inheritdoc IClearingHouse
    function isGateway(address gateway) public view returns (bool) {
        return DelayedApproval.isInForce(_gateways[gateway]);
    }

    /// @inheritdoc IClearingHouse
    function rulesOf(uint256 marketId) external view returns (MarketRules memory) {
        return _rules[marketId];
    }

    /// @inheritdoc IClearingHouse
    function backstopRulesOf(uint256 marketId) external view returns (BackstopRules memory) {
        return _backstopRules[marketId];
    }

    /// @inheritdoc IClearingHouse
    function minPositionValueOf(uint256 marketId) external view returns (uint256) {
        return _rulesNow(marketId).minPositionValue;
    }

    /// @inheritdoc IClearingHouse
    function statusOf(uint256 marketId) external view returns (MarketStatus) {
        return _status(marketId, _rules[marketId], block.timestamp);
    }

    /// @inheritdoc IClearingHouse
    function marketOfMaker(address maker) external view returns (uint256 marketId) {
        return _makerRecords[maker].marketId;
    }

    /// @inheritdoc IClearingHouse
    function isRetired(address maker) external view returns (bool) {
        return _makerRecords[maker].isRetired;
    }

    /// @inheritdoc IClearingHouse
    function makersOf(uint256 marketId) external view returns (address[] memory) {
        return _makers[marketId];
    }

    // -------------------------------------------------------------------------------------------------- internal ----

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
        if (wasPaused && !isPaused) _resume(marketId, rules, block.timestamp, false);
        vault.setFrozen(marketId, isPaused);
    }

    function _resume(uint256 marketId, MarketRules storage rules, uint256 resumedAt, bool wasOutage) private {
        (rules.resumedAt, rules.wasOutage) = (Cast.lowUint40(resumedAt), wasOutage);
        emit GraceStarted(marketId, resumedAt + GRACE_PERIOD);
    }

    function _strictest(MarketRules memory rules) internal pure returns (MarketStatus) {
        if (rules.status == MarketStatus.None) return MarketStatus.None;
        return rules.status > rules.systemStatus ? rules.status : rules.systemStatus;
    }

    /// @dev An active market is reduce-only while it has bad debt, and at prices of a grace period.
    ///
    /// The publish time of a price decides, and not the block's: otherwise the caller of an execution could choose whether
    /// an order with a known price opens or fails, by waiting for the end of the period, or by reporting an outage. Prices
    /// from before a report open, because their orders were good until then.
    /// @param time publish time of the price, or now
    function _status(uint256 marketId, MarketRules memory rules, uint256 time)
        internal
        view
        returns (MarketStatus status)
    {
        status = _strictest(rules);
        if (status != MarketStatus.Active) return status;
        if (time < rules.resumedAt + GRACE_PERIOD && !(rules.wasOutage && time < rules.resumedAt)) {
            return MarketStatus.ReduceOnly;
        }
        if (!rules.hadDebt) return status;
        if (vault.insuranceOf(marketId) < 0) return MarketStatus.ReduceOnly;
    }

    function _isMaker(address account) internal view returns (bool) {
        return _makerRecords[account].marketId != 0;
    }

    function _checkGateway() internal view {
        if (!isGateway(msg.sender)) revert NotGateway(msg.sender);
    }

    function _checkMarket(uint256 marketId) internal view {
        if (marketId == 0 || marketId > marketCount) revert InvalidMarketId(marketId, marketCount + 1);
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
        _backstopRules[marketId] = BackstopRules({
            liquidationBounty: params.liquidationBounty,
            deleverageWindow: params.deleverageWindow,
            settlementDelay: params.settlementDelay
        });
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

    /// @dev A maker that quotes outside the band would have its trades rejected. Makers repeat this check when their
    /// parameters change.
    function _checkMakerFits(address maker, uint256 priceBand) private view {
        uint256 required = IMaker(maker).requiredBand();
        if (priceBand < required) revert BandTooNarrow(maker, priceBand, required);
    }

    function _checkRule(Rule rule, uint256 value, uint256 min, uint256 max) private pure {
        if (value < min || value > max) revert RuleOutOfRange(rule, value, min, max);
    }

    /// @dev The lower of the ratios in force and the targets of the ramp, ppm.
    function _leastMarginRatios(uint256 marketId) private view returns (uint256 initial, uint256 maintenance) {
        uint256 targetInitial;
        uint256 targetMaintenance;
        (initial, maintenance, targetInitial, targetMaintenance) = vault.marginRatiosOf(marketId);
        return (Math.min(initial, targetInitial), Math.min(maintenance, targetMaintenance));
    }
}
