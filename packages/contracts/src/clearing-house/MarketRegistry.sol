// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IBackstop} from "../interfaces/IBackstop.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IMarketAdmin, MarketParams, RuleParams} from "../interfaces/IMarketAdmin.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IVault} from "../interfaces/IVault.sol";
import {DelayedApproval} from "../libraries/DelayedApproval.sol";
import {ModuleCall} from "../libraries/ModuleCall.sol";
import {ZeroAddress} from "../types/Errors.sol";
import {BackstopRules, GRACE_PERIOD, MarketRules, MarketStatus} from "../types/Market.sol";
import {ClearingHouseBase} from "./ClearingHouseBase.sol";
import {MarketAdmin} from "./MarketAdmin.sol";

/// @title Markets, their rules and status, and their makers
/// @notice Views, and the functions of the owner and the guardian, whose code is in {MarketAdmin}.
/// @dev Those functions have empty bodies: their modifier delegates the call to the module, on the storage of this contract
/// and for its caller, and returns the result. Both inherit {ClearingHouseBase}, and neither adds storage
/// (tools/storage-layout.test.mjs). The module is created at deployment and never changes.
abstract contract MarketRegistry is IClearingHouse, ClearingHouseBase {
    /// @notice The contract whose code the functions of the owner and the guardian run.
    MarketAdmin public immutable marketAdmin;

    constructor(IVault vault_, IPriceOracle oracle_, IBackstop backstop_, address owner_)
        ClearingHouseBase(vault_, oracle_, backstop_, owner_)
    {
        if (address(vault_) == address(0) || address(oracle_) == address(0)) revert ZeroAddress();
        bool isOurs = vault_.clearingHouse() == address(this) && vault_.backstop() == address(backstop_)
            && vault_.oracle() == oracle_;
        if (!isOurs) revert VaultMismatch(vault_.clearingHouse(), vault_.backstop(), address(vault_.oracle()));
        marketAdmin = new MarketAdmin(vault_, oracle_, backstop_);
    }

    /// @dev For functions with an empty body: runs the module's function and ends the call with its result.
    modifier runsOnModule() {
        _;
        ModuleCall.run(address(marketAdmin));
    }

    // ------------------------------------------------------------------------- markets and rules, in the module ----

    /// @inheritdoc IMarketAdmin
    function createMarket(MarketParams calldata params) external runsOnModule returns (uint256 marketId) {}

    /// @inheritdoc IMarketAdmin
    function setRules(uint256 marketId, RuleParams calldata params) external runsOnModule {}

    /// @inheritdoc IMarketAdmin
    function setMarginRatios(
        uint256 marketId,
        uint24 initialMarginRatio,
        uint24 maintenanceMarginRatio,
        uint256 rampDuration
    ) external runsOnModule {}

    /// @inheritdoc IMarketAdmin
    function setFunding(uint256 marketId, uint64 maxRate, uint64 maxVelocity, uint128 skewScale)
        external
        runsOnModule
    {}

    /// @inheritdoc IMarketAdmin
    function setBorrowing(uint256 marketId, uint48 maxRate) external runsOnModule {}

    /// @inheritdoc IMarketAdmin
    function setDepositCap(uint256 capXCD) external runsOnModule {}

    // ------------------------------------------------------------------------------------ status, in the module ----

    /// @inheritdoc IMarketAdmin
    function setMarketStatus(uint256 marketId, MarketStatus status) external runsOnModule {}

    /// @inheritdoc IMarketAdmin
    function setSystemStatus(MarketStatus status) external runsOnModule {}

    /// @inheritdoc IMarketAdmin
    function startGrace(uint256 marketId, uint256 outageStart, uint256 outageEnd) external runsOnModule {}

    /// @inheritdoc IMarketAdmin
    function setGuardian(address newGuardian) external runsOnModule {}

    /// @inheritdoc IMarketAdmin
    function renounceOwnership() public override(IMarketAdmin, Ownable) runsOnModule {}

    /// @inheritdoc IMarketAdmin
    function setGateway(address gateway, bool approved) external runsOnModule {}

    // ------------------------------------------------------------------------------------ makers, in the module ----

    /// @inheritdoc IMarketAdmin
    function registerMaker(address maker) external runsOnModule {}

    /// @inheritdoc IMarketAdmin
    function retireMaker(address maker) external runsOnModule {}

    /// @inheritdoc IMarketAdmin
    function reinstateMaker(address maker) external runsOnModule {}

    /// @inheritdoc IMarketAdmin
    function removeMaker(address maker) external runsOnModule {}

    // ------------------------------------------------------------------------------------------------- backstop ----

    /// @inheritdoc IClearingHouse
    function markSettled(uint256 marketId) external {
        if (msg.sender != address(backstop)) revert NotBackstop(msg.sender, address(backstop));
        _rules[marketId].status = MarketStatus.Settled;
        emit MarketStatusSet(marketId, MarketStatus.Settled);
        vault.setFrozen(marketId, true);
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
    function limitCountedFrom(uint256 marketId, uint256 since, uint256 limit) external view returns (uint256 from) {
        from = since;
        if (_backstopRules[marketId].stoppedAt <= since + limit) {
            from = Math.max(from, _rules[marketId].resumedAt + GRACE_PERIOD);
        }
        (uint256 changedAt, uint256 endsAt) = oracle.sequencerGrace(marketId);
        if (changedAt <= since + limit) from = Math.max(from, endsAt);
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

    function _checkGateway() internal view {
        if (!isGateway(msg.sender)) revert NotGateway(msg.sender);
    }
}
