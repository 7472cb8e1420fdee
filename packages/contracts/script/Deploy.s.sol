// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IPyth} from "@pythnetwork/pyth-sdk-solidity/IPyth.sol";
import {Backstop} from "../src/Backstop.sol";
import {CircuitBreaker} from "../src/CircuitBreaker.sol";
import {ClearingHouse} from "../src/ClearingHouse.sol";
import {Vault} from "../src/Vault.sol";
import {CounterfactualVerifier} from "../src/gateways/CounterfactualVerifier.sol";
import {OrderGateway} from "../src/gateways/OrderGateway.sol";
import {AnnouncementModule} from "../src/gateways/AnnouncementModule.sol";
import {SignedOrderGateway} from "../src/gateways/SignedOrderGateway.sol";
import {SignedOrderRules} from "../src/types/SignedOrder.sol";
import {IClearingHouse} from "../src/interfaces/IClearingHouse.sol";
import {IOracleMaker} from "../src/interfaces/IOracleMaker.sol";
import {IQuoteVault} from "../src/interfaces/IQuoteVault.sol";
import {IOrderTimes} from "../src/interfaces/IOrderTimes.sol";
import {ILpModule} from "../src/interfaces/ILpModule.sol";
import {MarketParams} from "../src/interfaces/IMarketAdmin.sol";
import {ISpotAdapter} from "../src/interfaces/ISpotAdapter.sol";
import {ISpotHedgeVault} from "../src/interfaces/ISpotHedgeVault.sol";
import {BondMath} from "../src/libraries/BondMath.sol";
import {LpQueue} from "../src/makers/lp/LpQueue.sol";
import {LpRequestVault} from "../src/makers/lp/LpRequestVault.sol";
import {OracleMaker} from "../src/makers/OracleMaker.sol";
import {SpotHedgeBaseMaker} from "../src/makers/SpotHedgeBaseMaker.sol";
import {SpotHedgeQuoteMaker} from "../src/makers/SpotHedgeQuoteMaker.sol";
import {BaseVaultModule} from "../src/makers/spot-hedge/BaseVaultModule.sol";
import {QuoteVaultModule} from "../src/makers/spot-hedge/QuoteVaultModule.sol";
import {QuoteVaultQuotes} from "../src/makers/spot-hedge/QuoteVaultQuotes.sol";
import {PythOracle} from "../src/oracle/PythOracle.sol";
import {ExchangeLens} from "../src/lens/ExchangeLens.sol";
import {MarketStatus} from "../src/types/Market.sol";
import {CollateralFeed, Feed} from "../src/types/Feed.sol";
import {PPM} from "../src/types/Units.sol";
import {Preset, Presets} from "./Presets.sol";
import {RiskChecks} from "./RiskChecks.sol";
import {SpotAdapterScript, SpotPathConfig} from "./SpotAdapter.s.sol";

/// @dev Configuration of a deployment.
struct DeployConfig {
    /// @dev Final owner of all contracts. It must accept ownership unless it is the deployer.
    address owner;
    address collateral;
    address base;
    string baseSymbol;
    address pyth;
    Feed feed;
    MarketParams market;
    OrderGateway.Rules rules;
    IOracleMaker.Parameters oracleMaker;
    /// @dev Spot pools in which the base vault hedges.
    SpotPathConfig spot;
    /// @dev ppm
    uint24 maxHedgeDeviation;
    /// @dev ppm
    uint24 hedgeMinMarginRatio;
    /// @dev ppm
    uint24 hedgeSpread;
    /// @dev ppm per day; zero: no limit
    uint24 hedgeMaxCarry;
    FundingConfig funding;
    /// @dev WAD per second
    uint48 maxBorrowingRate;
    /// @dev Can tighten statuses and limits at once; zero: no guardian
    address guardian;
    /// @dev Seconds. Not zero: a TimelockController with this delay owns all contracts, and `owner` proposes and
    /// executes its operations.
    uint256 timelockDelay;
    /// @dev Seconds; zero: no circuit breaker.
    uint24 breakerWindow;
    /// @dev Part of the Vault's collateral that may leave in a window, ppm; zero: no limit
    uint24 breakerMaxOutflow;
    /// @dev Part of the base vault's base that may leave in a window, ppm; zero: no limit
    uint24 breakerMaxBaseOutflow;
    /// @dev Approved LPs of all makers
    address[] whitelistLps;
    /// @dev Initial balance of the oracle for Pyth's fees, wei
    uint256 oracleFloat;
    /// @dev Whether approvals of executors after the deployment take effect after a delay only.
    bool sealOracle;
    /// @dev Rules of all request vaults; with a delay of zero, the times of the gateways' orders
    LpQueue.Rules lpRequestRules;
    /// @dev In the decimals of the collateral; zero: no cap
    uint128 oracleMakerDepositCap;
    /// @dev In the decimals of the base token; zero: no cap
    uint128 spotHedgeBaseMakerDepositCap;
    /// @dev No quote vault if the delay of its rules is zero.
    QuoteMakerConfig spotHedgeQuoteMaker;
    /// @dev Rules of signed orders; with a delay of zero, `rules` and {DEFAULT_RELAYER_MAX_AGE} apply
    SignedOrderRules signedRules;
    /// @dev Approved relayers of signed orders
    address[] relayers;
}

struct QuoteMakerConfig {
    IQuoteVault.QuoteRules rules;
    /// @dev Spot pools of its hedges. All zero: the pools of the base vault.
    SpotPathConfig spot;
    /// @dev ppm
    uint24 maxHedgeDeviation;
    /// @dev ppm
    uint24 minMarginRatio;
    /// @dev ppm
    uint24 spread;
    /// @dev ppm per day; zero: no limit
    uint24 maxCarry;
    /// @dev In the decimals of the collateral; zero: no cap
    uint128 depositCap;
}

/// @dev Maximum age of the price at which relayers settle, unless the configuration sets it. Seconds.
uint24 constant DEFAULT_RELAYER_MAX_AGE = 10;

/// @dev Maximum distance of the publish times of base and collateral, unless the configuration sets it. Seconds.
uint32 constant DEFAULT_MAX_SKEW = 10;

/// @dev Gas of the execution of an order against a spot-hedged maker, unless the configuration sets it.
uint24 constant DEFAULT_KEEPER_GAS = 350_000;
/// @dev Factor on the base fee in keeper fees, percent, unless the configuration sets it.
uint16 constant DEFAULT_BASE_FEE_FACTOR = 150;

/// @dev All zero: no funding.
struct FundingConfig {
    /// @dev WAD per second
    uint64 maxRate;
    /// @dev WAD per second squared
    uint64 maxVelocity;
    /// @dev WAD base
    uint128 skewScale;
}

struct Deployment {
    PythOracle oracle;
    Vault vault;
    ClearingHouse clearingHouse;
    Backstop backstop;
    OrderGateway orderGateway;
    OracleMaker oracleMaker;
    ISpotAdapter spotHedgeBaseMakerAdapter;
    SpotHedgeBaseMaker spotHedgeBaseMaker;
    uint256 marketId;
    /// @dev Zero without a circuit breaker.
    CircuitBreaker breaker;
    /// @dev Zero without a timelock.
    TimelockController timelock;
    ExchangeLens lens;
    LpRequestVault oracleMakerRequestVault;
    LpRequestVault spotHedgeBaseMakerRequestVault;
    SignedOrderGateway signedOrderGateway;
    /// @dev Verifies signatures of wallets that are not deployed yet; has no authority.
    CounterfactualVerifier verifier;
    /// @dev Zero without a quote vault.
    SpotHedgeQuoteMaker spotHedgeQuoteMaker;
    /// @dev Zero without a quote vault.
    LpRequestVault spotHedgeQuoteMakerRequestVault;
    /// @dev Zero without a quote vault. Can be the adapter of the base vault.
    ISpotAdapter spotHedgeQuoteMakerAdapter;
}

/// @title Deploys the whole exchange with one market and its makers
/// @notice Reads a {DeployConfig} from the JSON file `DEPLOYMENT_CONFIG` and writes the addresses, and the symbols and
/// decimals of the tokens, to the JSON file `DEPLOYMENT_OUT`.
contract Deploy is SpotAdapterScript {
    using SafeCast for uint256;

    function run() external returns (Deployment memory deployment) {
        string memory json = vm.readFile(vm.envString("DEPLOYMENT_CONFIG"));
        DeployConfig memory config = readConfig(json);
        if (!vm.keyExistsJson(json, ".acceptsRisk") || !vm.parseJsonBool(json, ".acceptsRisk")) checkRisk(config);
        vm.startBroadcast();
        (, address deployer,) = vm.readCallers();
        deployment = deploy(config, deployer);
        vm.stopBroadcast();
        _write(config, deployment, vm.envString("DEPLOYMENT_OUT"));
    }

    /// @notice Reverts with `UnsafeSetting` for settings that break a relation of {RiskChecks}.
    function checkRisk(DeployConfig memory config) public pure {
        RiskChecks.check(config);
    }

    /// @param deployer account that creates the contracts: the broadcaster, or this contract in tests
    function deploy(DeployConfig memory config, address deployer) public returns (Deployment memory d) {
        d.oracle = new PythOracle(IPyth(config.pyth), deployer);
        if (config.breakerWindow != 0) d.breaker = new CircuitBreaker(deployer, config.guardian);
        // Vault and ClearingHouse store each other's address as immutables, which saves a storage read on every call.
        address clearingHouse = vm.computeCreateAddress(deployer, vm.getNonce(deployer) + 2);
        address backstop = vm.computeCreateAddress(deployer, vm.getNonce(deployer) + 1);
        d.vault = new Vault(IERC20(config.collateral), clearingHouse, backstop, d.oracle, d.breaker);
        d.backstop = new Backstop(d.vault, d.oracle, IClearingHouse(clearingHouse));
        d.clearingHouse = new ClearingHouse(d.vault, d.oracle, d.backstop, deployer);
        require(address(d.clearingHouse) == clearingHouse, UnexpectedAddress(address(d.clearingHouse), clearingHouse));
        d.orderGateway = new OrderGateway(d.clearingHouse, deployer);
        d.lens = new ExchangeLens(d.clearingHouse);

        d.marketId = d.clearingHouse.createMarket(config.market);
        d.clearingHouse.setBorrowing(d.marketId, config.maxBorrowingRate);
        d.oracle.setFeed(d.marketId, config.feed);
        d.oracle.setExecutor(address(d.orderGateway), true);
        d.orderGateway.setRules(d.marketId, config.rules);
        // Pays bonds of orders to makers.
        d.clearingHouse.setGateway(address(d.orderGateway), true);
        if (config.oracleFloat != 0) payable(address(d.oracle)).transfer(config.oracleFloat);

        _deployMakers(config, d, deployer);
        // Checked against the capacity of the makers.
        d.clearingHouse
            .setFunding(d.marketId, config.funding.maxRate, config.funding.maxVelocity, config.funding.skewScale);
        _limitOutflow(config, d);
        _deploySignedOrders(config, d, deployer);
        d.oracleMakerRequestVault =
            _deployRequestVault(config, d, d.oracleMaker, config.oracleMakerDepositCap, deployer);
        d.spotHedgeBaseMakerRequestVault =
            _deployRequestVault(config, d, d.spotHedgeBaseMaker, config.spotHedgeBaseMakerDepositCap, deployer);
        if (config.spotHedgeQuoteMaker.rules.delay != 0) _deployQuoteMaker(config, d, deployer);
        if (config.sealOracle) d.oracle.seal();
        d.clearingHouse.setMarketStatus(d.marketId, MarketStatus.Active);
        if (config.guardian != address(0)) d.clearingHouse.setGuardian(config.guardian);
        if (config.timelockDelay != 0) _handOverToTimelock(d, config, deployer);
        else if (config.owner != deployer) _handOver(d, config.owner);
    }

    /// @dev Keys with a fallback value are optional, and so are `sealOracle`, `relayers`, `feed.collateral` and
    /// `spotHedgeQuoteMaker`. `preset` names the fallback values of risk settings, see {Presets}.
    function readConfig(string memory json) public view returns (DeployConfig memory config) {
        config.owner = vm.parseJsonAddress(json, ".owner");
        config.collateral = vm.parseJsonAddress(json, ".collateral");
        config.base = vm.parseJsonAddress(json, ".base");
        config.baseSymbol = vm.parseJsonString(json, ".baseSymbol");
        config.pyth = vm.parseJsonAddress(json, ".pyth");
        config.feed = readFeed(json, config.pyth);
        config.market.initialMarginRatio = vm.parseJsonUint(json, ".market.initialMarginRatio").toUint24();
        config.market.maintenanceMarginRatio = vm.parseJsonUint(json, ".market.maintenanceMarginRatio").toUint24();
        config.market.rules.priceBand = vm.parseJsonUint(json, ".market.priceBand").toUint24();
        Preset memory preset = _preset(json);
        config.market.rules.tradingFee = _uint(json, ".market.tradingFee", preset.tradingFee).toUint24();
        config.market.rules.liquidationPenalty =
            _uint(json, ".market.liquidationPenalty", preset.liquidationPenalty).toUint24();
        config.market.rules.liquidatorShare = _uint(json, ".market.liquidatorShare", preset.liquidatorShare).toUint24();
        config.market.rules.minPositionValue = _uint(json, ".market.minPositionValue", 10e18).toUint96();
        config.market.rules.liquidationBounty = _uint(json, ".market.liquidationBounty", 5e18).toUint128();
        config.market.rules.deleverageWindow = _uint(json, ".market.deleverageWindow", 1 hours).toUint32();
        config.market.rules.settlementDelay = _uint(json, ".market.settlementDelay", 3 days).toUint32();
        config.maxBorrowingRate = _uint(json, ".maxBorrowingRate", preset.maxBorrowingRate).toUint48();
        config.guardian = _address(json, ".guardian");
        config.timelockDelay = _uint(json, ".timelockDelay", 0);
        config.breakerWindow = _uint(json, ".breakerWindow", 0).toUint24();
        config.breakerMaxOutflow = _uint(json, ".breakerMaxOutflow", 0).toUint24();
        config.breakerMaxBaseOutflow = _uint(json, ".breakerMaxBaseOutflow", 0).toUint24();
        config.market.feeIndexDecimals = vm.parseJsonUint(json, ".market.feeIndexDecimals").toUint8();
        config.rules.delay = vm.parseJsonUint(json, ".rules.delay").toUint24();
        config.rules.priceWindow = vm.parseJsonUint(json, ".rules.priceWindow").toUint24();
        config.rules.validity = vm.parseJsonUint(json, ".rules.validity").toUint24();
        config.rules.minKeeperFee = vm.parseJsonUint(json, ".rules.minKeeperFee").toUint64();
        config.rules.bondRatio = BondMath.ratioCeil(
                _uint(json, ".rules.volatility", BondMath.DEFAULT_VOLATILITY), config.rules.validity
            ).toUint24();
        config.rules.checksClock =
            !vm.keyExistsJson(json, ".rules.checksClock") || vm.parseJsonBool(json, ".rules.checksClock");
        config.rules.keeperGas = _uint(json, ".rules.keeperGas", DEFAULT_KEEPER_GAS).toUint24();
        config.rules.baseFeeFactor = _uint(json, ".rules.baseFeeFactor", DEFAULT_BASE_FEE_FACTOR).toUint16();
        config.oracleMaker.maxSpread = vm.parseJsonUint(json, ".oracleMaker.maxSpread").toUint24();
        config.oracleMaker.minMarginRatio = vm.parseJsonUint(json, ".oracleMaker.minMarginRatio").toUint24();
        config.oracleMaker.maxAbsPosition = vm.parseJsonUint(json, ".oracleMaker.maxAbsPosition").toUint104();
        config.oracleMaker.lpFee = _uint(json, ".oracleMaker.lpFee", preset.lpFee).toUint24();
        config.oracleMaker.confidenceFactor =
            _uint(json, ".oracleMaker.confidenceFactor", preset.confidenceFactor).toUint24();
        config.oracleMaker.maxConfidencePremium =
            _uint(json, ".oracleMaker.maxConfidencePremium", preset.maxConfidencePremium).toUint24();
        config.funding = _readFunding(json, preset, config.oracleMaker.maxAbsPosition);
        config.spot = readPath(json, ".spotHedgeBaseMaker.spot", config.collateral);
        config.maxHedgeDeviation = vm.parseJsonUint(json, ".spotHedgeBaseMaker.maxHedgeDeviation").toUint24();
        config.hedgeMinMarginRatio = vm.parseJsonUint(json, ".spotHedgeBaseMaker.minMarginRatio").toUint24();
        config.hedgeSpread = vm.parseJsonUint(json, ".spotHedgeBaseMaker.spread").toUint24();
        config.hedgeMaxCarry = _uint(json, ".spotHedgeBaseMaker.maxCarry", preset.maxCarry).toUint24();
        config.whitelistLps = vm.parseJsonAddressArray(json, ".whitelistLps");
        config.oracleFloat = vm.parseJsonUint(json, ".oracleFloat");
        config.lpRequestRules.delay = _uint(json, ".lpRequestRules.delay", 0).toUint32();
        config.lpRequestRules.validity = _uint(json, ".lpRequestRules.validity", 0).toUint32();
        config.lpRequestRules.minKeeperFee = _uint(json, ".lpRequestRules.minKeeperFee", 0).toUint128();
        config.oracleMakerDepositCap = _uint(json, ".oracleMaker.depositCap", 0).toUint128();
        config.spotHedgeBaseMakerDepositCap = _uint(json, ".spotHedgeBaseMaker.depositCap", 0).toUint128();
        config.signedRules.delay = _uint(json, ".signedRules.delay", config.rules.delay).toUint24();
        config.signedRules.priceWindow = _uint(json, ".signedRules.priceWindow", config.rules.priceWindow).toUint24();
        config.signedRules.validity = _uint(json, ".signedRules.validity", config.rules.validity).toUint24();
        config.signedRules.relayerMaxAge = _uint(json, ".signedRules.relayerMaxAge", DEFAULT_RELAYER_MAX_AGE).toUint24();
        config.signedRules.bondRatio = _uint(json, ".signedRules.bondRatio", config.rules.bondRatio).toUint24();
        config.signedRules.minRelayFeeXCD = _uint(json, ".signedRules.minRelayFee", 0).toUint128();
        if (vm.keyExistsJson(json, ".relayers")) config.relayers = vm.parseJsonAddressArray(json, ".relayers");
        if (vm.keyExistsJson(json, ".spotHedgeQuoteMaker")) {
            config.spotHedgeQuoteMaker = _readQuoteMaker(json);
            if (vm.keyExistsJson(json, ".spotHedgeQuoteMaker.spot")) {
                config.spotHedgeQuoteMaker.spot = readPath(json, ".spotHedgeQuoteMaker.spot", config.collateral);
            }
        }
        config.sealOracle = !vm.keyExistsJson(json, ".sealOracle") || vm.parseJsonBool(json, ".sealOracle");
    }

    function _readQuoteMaker(string memory json) private view returns (QuoteMakerConfig memory config) {
        string memory key = ".spotHedgeQuoteMaker.";
        config.maxHedgeDeviation = vm.parseJsonUint(json, string.concat(key, "maxHedgeDeviation")).toUint24();
        config.minMarginRatio = vm.parseJsonUint(json, string.concat(key, "minMarginRatio")).toUint24();
        config.spread = vm.parseJsonUint(json, string.concat(key, "spread")).toUint24();
        config.maxCarry = _uint(json, string.concat(key, "maxCarry"), _preset(json).maxCarry).toUint24();
        config.depositCap = _uint(json, string.concat(key, "depositCap"), 0).toUint128();
        IQuoteVault.QuoteRules memory rules = config.rules;
        rules.targetMarginRatio = vm.parseJsonUint(json, string.concat(key, "targetMarginRatio")).toUint24();
        rules.reserveRatio = vm.parseJsonUint(json, string.concat(key, "reserveRatio")).toUint24();
        rules.rebalanceBand = vm.parseJsonUint(json, string.concat(key, "rebalanceBand")).toUint24();
        rules.deleverageRatio = vm.parseJsonUint(json, string.concat(key, "deleverageRatio")).toUint24();
        rules.maxDeleverageDeviation = vm.parseJsonUint(json, string.concat(key, "maxDeleverageDeviation")).toUint24();
        rules.keeperFeeRatio = vm.parseJsonUint(json, string.concat(key, "keeperFeeRatio")).toUint24();
        rules.maxKeeperFeeXCD = vm.parseJsonUint(json, string.concat(key, "maxKeeperFee")).toUint96();
        rules.keeperInterval = vm.parseJsonUint(json, string.concat(key, "keeperInterval")).toUint32();
        rules.delay = _uint(json, string.concat(key, "delay"), vm.parseJsonUint(json, ".rules.delay")).toUint16();
        rules.priceWindow =
            _uint(json, string.concat(key, "priceWindow"), vm.parseJsonUint(json, ".rules.priceWindow")).toUint16();
        rules.validity =
            _uint(json, string.concat(key, "validity"), vm.parseJsonUint(json, ".rules.validity")).toUint16();
    }

    /// @param pyth Pyth contract of the deployment. Its fee becomes `floatFee`, unless the feed sets another Pyth or a
    /// fee.
    function readFeed(string memory json, address pyth) public view returns (Feed memory feed) {
        feed.pythId = vm.parseJsonBytes32(json, ".feed.pythId");
        feed.maxAge = vm.parseJsonUint(json, ".feed.maxAge").toUint32();
        feed.maxExecutionAge = vm.parseJsonUint(json, ".feed.maxExecutionAge").toUint32();
        Preset memory preset = _preset(json);
        uint256 liquidationAge = preset.maxLiquidationAge;
        feed.maxLiquidationAge =
            _uint(json, ".feed.maxLiquidationAge", Math.min(liquidationAge, feed.maxAge)).toUint32();
        feed.freshAge = _uint(json, ".feed.freshAge", 0).toUint8();
        feed.maxConfidence = _uint(json, ".feed.maxConfidence", preset.maxConfidence).toUint24();
        feed.pyth = _address(json, ".feed.pyth");
        feed.aggregator = _address(json, ".feed.aggregator");
        feed.maxDeviation =
            _uint(json, ".feed.maxDeviation", feed.aggregator == address(0) ? 0 : preset.maxDeviation).toUint24();
        feed.heartbeat = _uint(json, ".feed.heartbeat", 0).toUint32();
        feed.minAnswer = _uint(json, ".feed.minAnswer", 0).toUint128();
        feed.maxAnswer = _uint(json, ".feed.maxAnswer", 0).toUint128();
        feed.sequencerFeed = _address(json, ".feed.sequencerFeed");
        feed.sequencerGracePeriod = _uint(json, ".feed.sequencerGracePeriod", 0).toUint32();
        if (vm.keyExistsJson(json, ".feed.collateral")) {
            uint256 maxAge = vm.parseJsonUint(json, ".feed.collateral.maxAge");
            feed.collateral = CollateralFeed({
                pythId: vm.parseJsonBytes32(json, ".feed.collateral.pythId"),
                maxAge: maxAge.toUint32(),
                maxExecutionAge: vm.parseJsonUint(json, ".feed.collateral.maxExecutionAge").toUint32(),
                maxLiquidationAge: _uint(json, ".feed.collateral.maxLiquidationAge", Math.min(liquidationAge, maxAge))
                    .toUint32(),
                maxSkew: _uint(json, ".feed.collateral.maxSkew", DEFAULT_MAX_SKEW).toUint32(),
                aggregator: _address(json, ".feed.collateral.aggregator"),
                heartbeat: _uint(json, ".feed.collateral.heartbeat", 0).toUint32(),
                minAnswer: _uint(json, ".feed.collateral.minAnswer", 0).toUint128(),
                maxAnswer: _uint(json, ".feed.collateral.maxAnswer", 0).toUint128()
            });
        }
        uint256 fallbackAge = Math.max(preset.fallbackAge, Math.max(feed.maxAge, feed.collateral.maxAge));
        if (feed.aggregator == address(0)) fallbackAge = 0;
        feed.fallbackAge = _uint(json, ".feed.fallbackAge", fallbackAge).toUint32();
        uint256 updates = feed.collateral.pythId == 0 ? 1 : 2;
        address source = feed.pyth == address(0) ? pyth : feed.pyth;
        feed.floatFee = vm.keyExistsJson(json, ".feed.floatFee")
            ? vm.parseJsonUint(json, ".feed.floatFee").toUint64()
            : _updateFee(source, updates).toUint64();
    }

    function _preset(string memory json) private view returns (Preset memory) {
        return Presets.named(vm.keyExistsJson(json, ".preset") ? vm.parseJsonString(json, ".preset") : "thin");
    }

    /// @dev A rate of zero is no funding.
    function _readFunding(string memory json, Preset memory preset, uint256 capacity)
        private
        view
        returns (FundingConfig memory funding)
    {
        uint256 rate = _uint(json, ".funding.maxRate", preset.maxFundingRate);
        funding.maxRate = rate.toUint64();
        funding.maxVelocity = _uint(json, ".funding.maxVelocity", rate / preset.fundingTime).toUint64();
        uint256 scale = rate == 0 ? 0 : capacity * preset.skewRatio / PPM;
        funding.skewScale = _uint(json, ".funding.skewScale", scale).toUint128();
    }

    /// @dev Reads an optional key.
    function _uint(string memory json, string memory key, uint256 fallbackValue) private view returns (uint256) {
        return vm.keyExistsJson(json, key) ? vm.parseJsonUint(json, key) : fallbackValue;
    }

    /// @dev Returns Pyth's fee for a number of updates. To compute it, Pyth reads only the number of updates in each
    /// header; its fee per transaction counts once.
    function _updateFee(address pyth, uint256 updates) private view returns (uint256) {
        bytes[] memory data = new bytes[](updates);
        // Magic "PNAU", version 1.0, no trailing header, Wormhole Merkle, proof of no bytes, one update.
        for (uint256 i = 0; i < updates; ++i) {
            data[i] = hex"504e415501000000000001";
        }
        try IPyth(pyth).getUpdateFee(data) returns (uint256 fee) {
            return fee;
        } catch {
            revert UpdateFeeUnknown(pyth);
        }
    }

    /// @dev This Pyth cannot compute the fee of updates without content. Set `feed.floatFee` in the configuration.
    error UpdateFeeUnknown(address pyth);
    error UnexpectedAddress(address deployed, address expected);
    /// @dev A limit of the circuit breaker needs `breakerWindow`. ppm.
    error LimitsWithoutWindow(uint256 maxOutflow, uint256 maxBaseOutflow);

    /// @dev Limits the outflow of the collateral from the Vault and of the base from the base vault. Both report their
    /// flows.
    function _limitOutflow(DeployConfig memory config, Deployment memory d) private {
        if (config.breakerWindow == 0) {
            require(
                config.breakerMaxOutflow == 0 && config.breakerMaxBaseOutflow == 0,
                LimitsWithoutWindow(config.breakerMaxOutflow, config.breakerMaxBaseOutflow)
            );
            return;
        }
        _limit(config, d.breaker, config.collateral, address(d.vault), config.breakerMaxOutflow);
        _limit(config, d.breaker, config.base, address(d.spotHedgeBaseMaker), config.breakerMaxBaseOutflow);
    }

    function _limit(
        DeployConfig memory config,
        CircuitBreaker breaker,
        address asset,
        address holder,
        uint24 maxOutflow
    ) private {
        address[] memory holders = new address[](1);
        holders[0] = holder;
        breaker.setProtected(holder, true);
        breaker.setHolders(asset, holders);
        if (maxOutflow == 0) return;
        breaker.setLimit(
            asset, CircuitBreaker.Limit({window: config.breakerWindow, maxOutflow: maxOutflow, minimum: 0})
        );
    }

    function _deployMakers(DeployConfig memory config, Deployment memory d, address deployer) private {
        d.oracleMaker = new OracleMaker(
            string.concat("Counterpoise OM ", config.baseSymbol),
            string.concat("cpOM-", config.baseSymbol),
            deployer,
            d.clearingHouse,
            d.marketId,
            config.oracleMaker
        );
        d.spotHedgeBaseMakerAdapter = deployAdapter(config.spot, config.base);
        d.spotHedgeBaseMaker = new SpotHedgeBaseMaker(
            string.concat("Counterpoise SHB ", config.baseSymbol),
            string.concat("cpSHB-", config.baseSymbol),
            deployer,
            d.clearingHouse,
            d.marketId,
            IERC20(config.base),
            ISpotHedgeVault.Parameters({
                adapter: d.spotHedgeBaseMakerAdapter,
                maxHedgeDeviation: config.maxHedgeDeviation,
                minMarginRatio: config.hedgeMinMarginRatio,
                spread: config.hedgeSpread,
                maxCarry: config.hedgeMaxCarry
            }),
            new BaseVaultModule(d.clearingHouse, d.marketId, IERC20(config.base))
        );
        d.clearingHouse.registerMaker(address(d.oracleMaker));
        d.clearingHouse.registerMaker(address(d.spotHedgeBaseMaker));
        d.oracleMaker.setValidSender(address(d.orderGateway), true);
        // Liquidations close positions against the OracleMaker.
        d.oracleMaker.setValidSender(address(d.clearingHouse), true);
        for (uint256 i = 0; i < config.whitelistLps.length; ++i) {
            d.oracleMaker.setWhitelistLp(config.whitelistLps[i], true);
            d.spotHedgeBaseMaker.setWhitelistLp(config.whitelistLps[i], true);
        }
    }

    function _deployQuoteModule(IClearingHouse clearingHouse, uint256 marketId, IERC20 base)
        private
        returns (QuoteVaultModule)
    {
        return new QuoteVaultModule(clearingHouse, marketId, base, new QuoteVaultQuotes(clearingHouse, marketId, base));
    }

    /// @dev Deploys the quote vault. It deleverages at execution prices against the OracleMaker, so it needs approval
    /// there and in the oracle.
    function _deployQuoteMaker(DeployConfig memory config, Deployment memory d, address deployer) private {
        QuoteMakerConfig memory terms = config.spotHedgeQuoteMaker;
        d.spotHedgeQuoteMakerAdapter =
            _isZero(terms.spot) ? d.spotHedgeBaseMakerAdapter : deployAdapter(terms.spot, config.base);
        SpotHedgeQuoteMaker maker = new SpotHedgeQuoteMaker(
            string.concat("Counterpoise SHQ ", config.baseSymbol),
            string.concat("cpSHQ-", config.baseSymbol),
            deployer,
            d.clearingHouse,
            d.marketId,
            IERC20(config.base),
            ISpotHedgeVault.Parameters({
                adapter: d.spotHedgeQuoteMakerAdapter,
                maxHedgeDeviation: terms.maxHedgeDeviation,
                minMarginRatio: terms.minMarginRatio,
                spread: terms.spread,
                maxCarry: terms.maxCarry
            }),
            terms.rules,
            _deployQuoteModule(d.clearingHouse, d.marketId, IERC20(config.base))
        );
        d.spotHedgeQuoteMaker = maker;
        d.clearingHouse.registerMaker(address(maker));
        d.oracle.setExecutor(address(maker), true);
        d.oracleMaker.setValidSender(address(maker), true);
        for (uint256 i = 0; i < config.whitelistLps.length; ++i) {
            maker.setWhitelistLp(config.whitelistLps[i], true);
        }
        d.spotHedgeQuoteMakerRequestVault = _deployRequestVault(config, d, maker, terms.depositCap, deployer);
        if (config.breakerWindow == 0) return;
        address[] memory holders = new address[](2);
        (holders[0], holders[1]) = (address(d.vault), address(maker));
        d.breaker.setProtected(address(maker), true);
        d.breaker.setHolders(config.collateral, holders);
        if (config.breakerMaxBaseOutflow == 0) return;
        holders[0] = address(d.spotHedgeBaseMaker);
        d.breaker.setHolders(config.base, holders);
    }

    function _isZero(SpotPathConfig memory path) private pure returns (bool) {
        return path.pools.length == 0 && path.uniswapV3Factory == address(0) && path.uniswapV4PoolManager == address(0);
    }

    function _deployRequestVault(
        DeployConfig memory config,
        Deployment memory d,
        ILpModule maker,
        uint128 depositCap,
        address deployer
    ) private returns (LpRequestVault requestVault) {
        requestVault = new LpRequestVault(maker, deployer);
        IOrderTimes[] memory gateways = new IOrderTimes[](2);
        (gateways[0], gateways[1]) = (d.orderGateway, d.signedOrderGateway);
        requestVault.setRules(
            config.lpRequestRules.delay != 0 ? config.lpRequestRules : _requestRules(config, d, gateways)
        );
        requestVault.setGateways(gateways);
        maker.setRequestVault(address(requestVault));
        if (depositCap != 0) maker.setLpRules(depositCap, maker.lpRules().requestFee);
        d.oracle.setExecutor(address(requestVault), true);
    }

    /// @dev The longest delay of the gateways, and the longest life of their orders.
    function _requestRules(DeployConfig memory config, Deployment memory d, IOrderTimes[] memory gateways)
        private
        view
        returns (LpQueue.Rules memory rules)
    {
        uint256 delay;
        uint256 lifetime;
        for (uint256 i = 0; i < gateways.length; ++i) {
            (uint256 orderDelay, uint256 orderValidity) = gateways[i].orderTimesOf(d.marketId);
            (delay, lifetime) = (Math.max(delay, orderDelay), Math.max(lifetime, orderDelay + orderValidity));
        }
        return LpQueue.Rules(delay.toUint32(), (lifetime - delay).toUint32(), config.rules.minKeeperFee);
    }

    function _deploySignedOrders(DeployConfig memory config, Deployment memory d, address deployer) private {
        d.verifier = new CounterfactualVerifier();
        AnnouncementModule module = new AnnouncementModule(d.clearingHouse, d.verifier);
        d.signedOrderGateway = new SignedOrderGateway(d.clearingHouse, d.verifier, module, deployer);
        SignedOrderRules memory rules = config.signedRules;
        if (rules.delay == 0) {
            rules = SignedOrderRules({
                delay: uint256(config.rules.delay).toUint24(),
                priceWindow: uint256(config.rules.priceWindow).toUint24(),
                validity: uint256(config.rules.validity).toUint24(),
                relayerMaxAge: DEFAULT_RELAYER_MAX_AGE,
                bondRatio: config.rules.bondRatio,
                minRelayFeeXCD: 0
            });
        }
        // A tenth of a unit of collateral, or the smallest amount of a collateral without decimals.
        if (rules.minRelayFeeXCD == 0) {
            uint256 unit = 10 ** IERC20Metadata(config.collateral).decimals();
            rules.minRelayFeeXCD = (unit < 10 ? 1 : unit / 10).toUint128();
        }
        d.signedOrderGateway.setRules(d.marketId, rules);
        for (uint256 i = 0; i < config.relayers.length; ++i) {
            d.signedOrderGateway.setRelayer(config.relayers[i], true);
        }
        d.clearingHouse.setGateway(address(d.signedOrderGateway), true);
        d.oracle.setExecutor(address(d.signedOrderGateway), true);
        d.oracleMaker.setValidSender(address(d.signedOrderGateway), true);
    }

    /// @dev Starts the transfer of ownership. The new owner must accept it.
    function _handOver(Deployment memory d, address owner) private {
        Ownable2Step[] memory owned = _owned(d);
        for (uint256 i = 0; i < owned.length; ++i) {
            owned[i].transferOwnership(owner);
        }
    }

    /// @dev Transfers ownership to a timelock. It starts without delay, so that it can accept at once. Its last
    /// operations set the delay and remove the deployer's roles.
    function _handOverToTimelock(Deployment memory d, DeployConfig memory config, address deployer) private {
        address[] memory proposers = new address[](2);
        (proposers[0], proposers[1]) = (config.owner, deployer);
        d.timelock = new TimelockController(0, proposers, proposers, deployer);
        Ownable2Step[] memory owned = _owned(d);
        for (uint256 i = 0; i < owned.length; ++i) {
            owned[i].transferOwnership(address(d.timelock));
            _runNow(d.timelock, address(owned[i]), abi.encodeCall(Ownable2Step.acceptOwnership, ()));
        }
        _runNow(d.timelock, address(d.timelock), abi.encodeCall(TimelockController.updateDelay, (config.timelockDelay)));
        if (deployer != config.owner) {
            d.timelock.renounceRole(d.timelock.PROPOSER_ROLE(), deployer);
            d.timelock.renounceRole(d.timelock.EXECUTOR_ROLE(), deployer);
            d.timelock.renounceRole(d.timelock.CANCELLER_ROLE(), deployer);
        }
        d.timelock.renounceRole(d.timelock.DEFAULT_ADMIN_ROLE(), deployer);
    }

    function _runNow(TimelockController timelock, address target, bytes memory data) private {
        timelock.schedule(target, 0, data, 0, 0, 0);
        timelock.execute(target, 0, data, 0, 0);
    }

    function _owned(Deployment memory d) private pure returns (Ownable2Step[] memory owned) {
        bool hasBreaker = address(d.breaker) != address(0);
        bool hasQuoteMaker = address(d.spotHedgeQuoteMaker) != address(0);
        uint256 count = 8;
        owned = new Ownable2Step[](count + (hasBreaker ? 1 : 0) + (hasQuoteMaker ? 2 : 0));
        owned[0] = d.oracle;
        owned[1] = d.clearingHouse;
        owned[2] = d.orderGateway;
        owned[3] = d.oracleMaker;
        owned[4] = d.spotHedgeBaseMaker;
        owned[5] = d.oracleMakerRequestVault;
        owned[6] = d.spotHedgeBaseMakerRequestVault;
        owned[7] = d.signedOrderGateway;
        if (hasBreaker) owned[count++] = d.breaker;
        if (!hasQuoteMaker) return owned;
        owned[count++] = d.spotHedgeQuoteMaker;
        owned[count] = d.spotHedgeQuoteMakerRequestVault;
    }

    function _write(DeployConfig memory config, Deployment memory d, string memory path) private {
        string memory key = "deployment";
        vm.serializeUint(key, "chainId", block.chainid);
        vm.serializeUint(key, "startBlock", block.number);
        vm.serializeUint(key, "marketId", d.marketId);
        _writeToken(key, "collateral", IERC20Metadata(config.collateral));
        _writeToken(key, "base", IERC20Metadata(config.base));
        vm.serializeAddress(key, "pyth", config.pyth);
        vm.serializeBytes32(key, "pythId", config.feed.pythId);
        vm.serializeAddress(key, "oracle", address(d.oracle));
        vm.serializeAddress(key, "vault", address(d.vault));
        vm.serializeAddress(key, "clearingHouse", address(d.clearingHouse));
        vm.serializeAddress(key, "backstop", address(d.backstop));
        vm.serializeAddress(key, "breaker", address(d.breaker));
        vm.serializeAddress(key, "timelock", address(d.timelock));
        vm.serializeAddress(key, "lens", address(d.lens));
        vm.serializeAddress(key, "orderGateway", address(d.orderGateway));
        vm.serializeAddress(key, "signedOrderGateway", address(d.signedOrderGateway));
        vm.serializeAddress(key, "counterfactualVerifier", address(d.verifier));
        vm.serializeAddress(key, "oracleMaker", address(d.oracleMaker));
        vm.serializeAddress(key, "spotHedgeBaseMakerAdapter", address(d.spotHedgeBaseMakerAdapter));
        vm.serializeAddress(key, "spotHedgeQuoteMakerAdapter", address(d.spotHedgeQuoteMakerAdapter));
        vm.serializeAddress(key, "spotHedgeBaseMaker", address(d.spotHedgeBaseMaker));
        vm.serializeAddress(key, "oracleMakerRequestVault", address(d.oracleMakerRequestVault));
        vm.serializeAddress(key, "spotHedgeBaseMakerRequestVault", address(d.spotHedgeBaseMakerRequestVault));
        vm.serializeAddress(key, "spotHedgeQuoteMaker", address(d.spotHedgeQuoteMaker));
        string memory json =
            vm.serializeAddress(key, "spotHedgeQuoteMakerRequestVault", address(d.spotHedgeQuoteMakerRequestVault));
        vm.writeJson(json, path);
    }

    /// @dev Adds address, symbol and decimals of a token under its name.
    function _writeToken(string memory key, string memory name, IERC20Metadata token) private {
        vm.serializeAddress(key, name, address(token));
        vm.serializeString(key, string.concat(name, "Symbol"), token.symbol());
        vm.serializeUint(key, string.concat(name, "Decimals"), token.decimals());
    }
}
