// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ICircuitBreaker} from "../interfaces/ICircuitBreaker.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IMarketSettings} from "../interfaces/IMarketSettings.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IVault} from "../interfaces/IVault.sol";
import {IVaultModule} from "../interfaces/IVaultModule.sol";
import {FeeMath} from "../libraries/FeeMath.sol";
import {Signatures} from "../libraries/Signatures.sol";
import {Cast} from "../types/Cast.sol";
import {FROZEN, FeeState} from "../types/Fees.sol";
import {MarketScales, MarketScalesLib, MarketTermsLib, PackedLedger, RATE_UNIT, SCALE_UNIT} from "../types/Market.sol";
import {PackedPosition, Position} from "../types/Position.sol";
import {PPM} from "../types/Units.sol";
import {SIGNING_DOMAIN, SIGNING_VERSION, VaultBase} from "./VaultBase.sol";

/// @title The Vault's module: settings of the Vault and of its markets, and functions that no fill calls
/// @notice Stores the accrued fees before it changes a setting on which the accrual depends.
/// @dev A module: its code runs at the Vault's address, on the Vault's storage and for the Vault's caller, because the
/// code of both together would exceed the size limit. Fills and transfers do not call it. Called directly, it has no
/// markets and no collateral.
contract MarketSettings is IVaultModule, VaultBase, EIP712, Nonces {
    using SafeCast for uint256;

    bytes32 private constant SET_OPERATOR_TYPEHASH =
        keccak256("SetOperator(address account,address operator,bool approved,uint256 nonce,uint256 deadline)");

    /// @dev A change of margin ratios takes at least a day, so that it does not make a healthy account liquidatable at
    /// once.
    uint256 private constant MIN_RAMP = 1 days;
    uint256 private constant MAX_RAMP = 30 days;
    /// @dev WAD per second: 100% per day. A higher rate is assumed to be an input error, and reverts.
    uint256 private constant MAX_RATE = uint256(1e18) / 1 days;
    /// @dev Least seconds from a zero funding rate to its cap while takers use all of the makers' capacity, so that one
    /// trade cannot move the rate at once (T2).
    uint256 private constant MIN_TIME_TO_CAP = 1 hours;

    constructor(
        IERC20 asset_,
        address clearingHouse_,
        address backstop_,
        IPriceOracle oracle_,
        ICircuitBreaker breaker_
    ) VaultBase(asset_, clearingHouse_, backstop_, oracle_, breaker_) EIP712(SIGNING_DOMAIN, SIGNING_VERSION) {}

    /// @inheritdoc IMarketSettings
    function createMarket(
        uint256 marketId,
        uint24 initialMarginRatio,
        uint24 maintenanceMarginRatio,
        uint8 feeIndexDecimals
    ) external onlyClearingHouse {
        PackedLedger storage ledger = _markets[marketId];
        if (ledger.terms.exists()) revert MarketExists(marketId);
        _checkMarginRatios(initialMarginRatio, maintenanceMarginRatio);
        if (feeIndexDecimals > FeeMath.MAX_INDEX_DECIMALS) {
            revert InvalidFeeIndexDecimals(feeIndexDecimals, FeeMath.MAX_INDEX_DECIMALS);
        }
        ledger.terms = MarketTermsLib.create(initialMarginRatio, maintenanceMarginRatio, feeIndexDecimals)
            .withCap(_depositCap != 0);
        FeeState memory fees;
        fees.updatedAt = block.timestamp;
        ledger.fees.store(fees);
        _marketIds.push(marketId);
        emit MarginRatiosSet(marketId, initialMarginRatio, maintenanceMarginRatio, block.timestamp);
    }

    /// @inheritdoc IMarketSettings
    function setMarginRatios(
        uint256 marketId,
        uint24 initialMarginRatio,
        uint24 maintenanceMarginRatio,
        uint256 rampDuration
    ) external onlyClearingHouse {
        PackedLedger storage ledger = _market(marketId);
        _checkMarginRatios(initialMarginRatio, maintenanceMarginRatio);
        if (rampDuration < MIN_RAMP || rampDuration > MAX_RAMP) revert InvalidRamp(rampDuration, MIN_RAMP, MAX_RAMP);
        (uint256 initial, uint256 maintenance) = ledger.marginRatios();
        // The ratios in force lie between two uint24 values.
        (ledger.initialMarginRatioBefore, ledger.maintenanceMarginRatioBefore) =
        (Cast.lowUint24(initial), Cast.lowUint24(maintenance));
        ledger.terms = ledger.terms.withRatios(initialMarginRatio, maintenanceMarginRatio);
        ledger.rampStart = block.timestamp.toUint40();
        ledger.rampEnd = (block.timestamp + rampDuration).toUint40();
        emit MarginRatiosSet(marketId, initialMarginRatio, maintenanceMarginRatio, ledger.rampEnd);
    }

    /// @inheritdoc IMarketSettings
    function setFunding(uint256 marketId, uint64 maxRate, uint64 maxVelocity, uint128 skewScale)
        external
        onlyClearingHouse
    {
        bool isOff = maxRate == 0 && maxVelocity == 0 && skewScale == 0;
        // The rate that is stored.
        uint64 rate = maxRate - maxRate % RATE_UNIT;
        bool isValid = rate != 0 && maxRate <= MAX_RATE && maxVelocity != 0 && maxVelocity <= rate / MIN_TIME_TO_CAP
            && skewScale >= SCALE_UNIT && skewScale <= MarketScalesLib.MAX_SCALE;
        if (!isOff && !isValid) revert InvalidFunding(maxRate, maxVelocity, skewScale);
        (maxRate, skewScale) = (rate, skewScale - skewScale % SCALE_UNIT);
        PackedLedger storage ledger = _market(marketId);
        FeeState memory fees = _feesNow(ledger);
        // With other parameters, the average that takers have paid for would pay out another amount (T52).
        fees.averageSkew = 0;
        ledger.fees.store(fees);
        ledger.scales = ledger.scales.withFunding(maxRate, maxVelocity, skewScale);
        if (!isOff) _checkTimeToCap(ledger);
        emit FundingSet(marketId, maxRate, maxVelocity, skewScale);
    }

    /// @inheritdoc IMarketSettings
    function setBorrowing(uint256 marketId, uint48 maxRate) external onlyClearingHouse {
        if (maxRate > MAX_RATE) revert InvalidBorrowing(maxRate, MAX_RATE);
        if (maxRate != 0 && maxRate < RATE_UNIT) revert InvalidBorrowing(maxRate, RATE_UNIT);
        maxRate -= maxRate % RATE_UNIT;
        PackedLedger storage ledger = _market(marketId);
        _accrue(ledger);
        ledger.scales = ledger.scales.withBorrowing(maxRate);
        emit BorrowingSet(marketId, maxRate);
    }

    /// @inheritdoc IMarketSettings
    /// @dev The first cap starts the count of funds: with all tokens that no market owns. Tokens that are transferred to
    /// the Vault later without a deposit do not count (T50).
    function setDepositCap(uint256 capXCD) external onlyClearingHouse {
        if (_depositCap == 0) _fundsXCD = Math.saturatingSub(_balance(), _bookedInMarkets()).toUint128();
        _depositCap = capXCD.toUint128();
        uint256 count = _marketIds.length;
        for (uint256 i = 0; i < count; ++i) {
            PackedLedger storage ledger = _markets[_marketIds[i]];
            ledger.terms = ledger.terms.withCap(capXCD != 0);
        }
        emit DepositCapSet(capXCD);
    }

    /// @inheritdoc IMarketSettings
    function setMaker(uint256 marketId, address account, bool isMaker, uint256 long, uint256 short)
        external
        onlyClearingHouse
    {
        _market(marketId);
        PackedPosition storage stored = _positions[marketId][account];
        Position memory position = stored.load();
        if (!position.size.isZero()) revert MakerNotFlat(account, position.size.unwrap());
        position.isMaker = isMaker;
        stored.store(position);
        _setCapacity(marketId, account, long, short);
    }

    /// @inheritdoc IMarketSettings
    function setFrozen(uint256 marketId, bool frozen) external onlyClearingHouse {
        PackedLedger storage ledger = _market(marketId);
        FeeState memory fees = _feesNow(ledger);
        if (fees.isFrozen() == frozen) return;
        fees.updatedAt = frozen ? FROZEN : block.timestamp;
        ledger.fees.store(fees);
        emit AccrualFrozen(marketId, frozen);
    }

    // -------------------------------------------------------------------------------- functions that no fill calls ----

    /// @inheritdoc IVaultModule
    function donate(uint256 marketId, uint256 amountXCD) external locked {
        PackedLedger storage ledger = _market(marketId);
        _debitFund(msg.sender, amountXCD);
        _countFunds(-amountXCD.toInt256());
        _addBalance(ledger, amountXCD);
        _addInsurance(ledger, (amountXCD * assetScale).toInt256());
        emit IVault.InsuranceDonated(marketId, msg.sender, amountXCD);
    }

    /// @inheritdoc IVaultModule
    function setOperatorBySig(
        address account,
        address operator,
        bool approved,
        uint256 deadline,
        bytes calldata signature
    ) external {
        bool isInForce = _operators[account][operator].isApproved == approved;
        if (block.timestamp > deadline) {
            if (isInForce) return;
            revert IVault.SignatureExpired(block.timestamp, deadline);
        }
        bytes32 digest = _hashTypedDataV4(
            keccak256(abi.encode(SET_OPERATOR_TYPEHASH, account, operator, approved, nonces(account), deadline))
        );
        if (!Signatures.isValid(account, digest, signature)) {
            if (isInForce) return;
            revert IVault.InvalidSignature(account);
        }
        _useNonce(account);
        _setOperator(account, operator, approved);
    }

    /// @inheritdoc IVaultModule
    function withdrawEscrow(address gateway) external locked returns (uint256 amountXCD) {
        // The owner of the exchange has withdrawn its approval of the gateway, which can no longer pay bonds to makers. An
        // escrow at an account that never was a gateway is no way from margin to funds beyond the cap (T50).
        if (!IClearingHouse(clearingHouse).isGateway(gateway)) {
            _operators[msg.sender][gateway].boundXCD = 0;
            _checkDepositCap();
        }
        amountXCD = _takeFreeEscrow(msg.sender, gateway);
        fundOf[msg.sender] += amountXCD;
    }

    /// @inheritdoc IVaultModule
    function setShortfall(uint256 marketId, bool exists) external onlyExchange {
        PackedLedger storage ledger = _market(marketId);
        ledger.terms = ledger.terms.withShortfall(exists);
    }

    /// @inheritdoc IVaultModule
    function marginRatiosOf(uint256 marketId)
        external
        view
        returns (uint256 initial, uint256 maintenance, uint256 targetInitial, uint256 targetMaintenance)
    {
        PackedLedger storage ledger = _market(marketId);
        (initial, maintenance) = ledger.marginRatios();
        (targetInitial, targetMaintenance) = (ledger.terms.initialRatio(), ledger.terms.maintenanceRatio());
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    /// @dev The rate moves at most maxVelocity x skew / skewScale per second. Takers' longs use makers' shorts.
    function _checkTimeToCap(PackedLedger storage ledger) private view {
        MarketScales scales = ledger.scales;
        uint256 capacity = Math.max(scales.makerLongCapacity(), scales.makerShortCapacity());
        uint256 maxCapacity =
            scales.maxFundingRate() * scales.skewScale() / (scales.maxFundingVelocity() * MIN_TIME_TO_CAP);
        if (capacity > maxCapacity) revert FundingTooFast(capacity, maxCapacity);
    }

    function _checkMarginRatios(uint24 initialMarginRatio, uint24 maintenanceMarginRatio) private pure {
        if (maintenanceMarginRatio == 0 || maintenanceMarginRatio >= initialMarginRatio || initialMarginRatio > PPM) {
            revert InvalidMarginRatios(initialMarginRatio, maintenanceMarginRatio);
        }
    }
}
