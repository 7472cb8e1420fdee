// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ICircuitBreaker} from "./interfaces/ICircuitBreaker.sol";
import {IMarketSettings} from "./interfaces/IMarketSettings.sol";
import {IPriceOracle} from "./interfaces/IPriceOracle.sol";
import {IVault} from "./interfaces/IVault.sol";
import {IVaultModule} from "./interfaces/IVaultModule.sol";
import {FeeMath} from "./libraries/FeeMath.sol";
import {ModuleCall} from "./libraries/ModuleCall.sol";
import {SystemLock} from "./libraries/SystemLock.sol";
import {MARKET_WORDS, PackedLedger} from "./types/Market.sol";
import {OperatorRecord} from "./types/OperatorRecord.sol";
import {Position} from "./types/Position.sol";
import {Price, Quote, ZERO_QUOTE} from "./types/Units.sol";
import {Capacities} from "./vault/Capacities.sol";
import {Fills} from "./vault/Fills.sol";
import {Funds} from "./vault/Funds.sol";
import {Margin} from "./vault/Margin.sol";
import {MarketSettings} from "./vault/MarketSettings.sol";
import {SIGNING_DOMAIN, SIGNING_VERSION, VaultBase} from "./vault/VaultBase.sol";

/// @title The Vault: collateral, funds, positions and margin
/// @notice Keeps three laws in every market: sizes sum to zero (L1); account values and insurance sum to the market's
/// balance (L2); the Vault's tokens cover all funds, escrows and market balances (L3).
/// @dev Funds, escrows and market balances are XCD. They change only with a token transfer or with each other. Positions and
/// margin are WAD. They change by fills, whose two sides cancel exactly, and by fees, where the amount paid covers the
/// amount received. The ClearingHouse and the Backstop decide which fills and forced changes happen, and at which
/// price.
///
/// {Funds} keeps collateral outside markets, bonds of orders included. {Margin} moves it into and out of markets. {Fills}
/// settles fills and forced changes. {Capacities} keeps those of makers. This contract adds the views, and the functions
/// whose code is in {MarketSettings}: settings, and functions that no fill calls. They have empty bodies here.
///
/// The collateral must be a plain ERC-20 of at most 18 decimals. For fee-on-transfer tokens, the Vault credits the
/// amount received. Tokens that rebase are not supported.
contract Vault is Funds, Margin, Fills, Capacities, Multicall {
    /// @notice The contract whose code the functions of {IVaultModule} run. Part of the Vault: it has no state that counts.
    MarketSettings public immutable settings;

    constructor(
        IERC20 asset_,
        address clearingHouse_,
        address backstop_,
        IPriceOracle oracle_,
        ICircuitBreaker breaker_
    ) VaultBase(asset_, clearingHouse_, backstop_, oracle_, breaker_) EIP712(SIGNING_DOMAIN, SIGNING_VERSION) {
        settings = new MarketSettings(asset_, clearingHouse_, backstop_, oracle_, breaker_);
    }

    /// @dev For functions with an empty body: runs the module's function and ends the call with its result.
    modifier runsOnSettings() {
        _;
        ModuleCall.run(address(settings));
    }

    /// @dev {runsOnSettings} for views.
    modifier readsFromSettings() {
        _;
        ModuleCall.read(address(settings));
    }

    // ------------------------------------------------------------------------------------------------- settings ----

    /// @inheritdoc IMarketSettings
    function createMarket(
        uint256 marketId,
        uint24 initialMarginRatio,
        uint24 maintenanceMarginRatio,
        uint8 feeIndexDecimals
    ) external runsOnSettings {}

    /// @inheritdoc IMarketSettings
    function setMarginRatios(
        uint256 marketId,
        uint24 initialMarginRatio,
        uint24 maintenanceMarginRatio,
        uint256 rampDuration
    ) external runsOnSettings {}

    /// @inheritdoc IMarketSettings
    function setFunding(uint256 marketId, uint64 maxRate, uint64 maxVelocity, uint128 skewScale)
        external
        runsOnSettings
    {}

    /// @inheritdoc IMarketSettings
    function setBorrowing(uint256 marketId, uint48 maxRate) external runsOnSettings {}

    /// @inheritdoc IMarketSettings
    function setDepositCap(uint256 capXCD) external runsOnSettings {}

    /// @inheritdoc IMarketSettings
    function setMaker(uint256 marketId, address account, bool isMaker, uint256 long, uint256 short)
        external
        runsOnSettings
    {}

    /// @inheritdoc IMarketSettings
    function setFrozen(uint256 marketId, bool frozen) external runsOnSettings {}

    // ------------------------------------------------------------------------------- functions that no fill calls ----

    /// @inheritdoc IVaultModule
    function donate(uint256 marketId, uint256 amountXCD) external runsOnSettings {}

    /// @inheritdoc IVaultModule
    function setOperatorBySig(
        address account,
        address operator,
        bool approved,
        uint256 deadline,
        bytes calldata signature
    ) external runsOnSettings {}

    /// @inheritdoc IVaultModule
    function withdrawEscrow(address gateway) external runsOnSettings returns (uint256 amountXCD) {}

    /// @inheritdoc IVaultModule
    function setShortfall(uint256 marketId, bool exists) external runsOnSettings {}

    /// @inheritdoc IVaultModule
    function marginRatiosOf(uint256 marketId)
        external
        view
        readsFromSettings
        returns (uint256 initial, uint256 maintenance, uint256 targetInitial, uint256 targetMaintenance)
    {}

    /// @inheritdoc EIP712
    function eip712Domain()
        public
        view
        override
        readsFromSettings
        returns (
            bytes1 fields,
            string memory name,
            string memory version,
            uint256 chainId,
            address verifyingContract,
            bytes32 salt,
            uint256[] memory extensions
        )
    {}

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @inheritdoc IVault
    function isOperator(address account, address operator) external view returns (bool) {
        return _operators[account][operator].isApproved;
    }

    /// @inheritdoc IVault
    function escrowOf(address account, address gateway) external view returns (uint256 escrowXCD, uint256 boundXCD) {
        OperatorRecord storage record = _operators[account][gateway];
        return (record.escrowXCD, record.boundXCD);
    }

    /// @inheritdoc IVault
    function positionOf(uint256 marketId, address account) external view returns (Position memory) {
        return _positions[marketId][account].load();
    }

    /// @inheritdoc IVault
    function marketWordsOf(uint256 marketId) external view returns (uint256[MARKET_WORDS] memory words) {
        return _markets[marketId].words();
    }

    /// @inheritdoc IVault
    function insuranceOf(uint256 marketId) external view returns (int256) {
        return _markets[marketId].insurance;
    }

    /// @inheritdoc IVault
    function hasShortfall(uint256 marketId) external view returns (bool) {
        return _markets[marketId].terms.hasShortfall();
    }

    /// @inheritdoc IVault
    function fundingRateOf(uint256 marketId) external view returns (int256) {
        PackedLedger storage ledger = _market(marketId);
        return FeeMath.fundingRate(_feesNow(ledger), _rates(ledger));
    }

    /// @inheritdoc IVault
    function withdrawableMarginOf(uint256 marketId, address account) external view returns (uint256 amountXCD) {
        SystemLock.requireUnlocked();
        (Quote left, uint256 required) = _freeMargin(marketId, _positions[marketId][account].load(), false);
        if (left < ZERO_QUOTE || left.positivePart() <= required) return 0;
        amountXCD = (left.positivePart() - required) / assetScale;
        uint256 balance = _markets[marketId].balance;
        if (amountXCD > balance) amountXCD = balance;
    }

    /// @inheritdoc IVault
    function getAccountValue(uint256 marketId, bool isExit, address account)
        external
        view
        returns (Position memory position, Price price, Quote accountValue, bool hasShortfall_)
    {
        SystemLock.requireUnlocked();
        position = _positions[marketId][account].load();
        if (position.size.isZero()) return (position, price, position.margin, false);
        PackedLedger storage ledger = _markets[marketId];
        price = _priceFor(marketId, position, isExit);
        accountValue = position.value(price) - _pending(ledger, position, _feesNow(ledger));
        hasShortfall_ = ledger.terms.hasShortfall();
    }

    /// @inheritdoc IVault
    function lockHolder() external view returns (address) {
        return SystemLock.holder();
    }
}
