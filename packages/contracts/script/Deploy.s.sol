// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Script} from "forge-std/Script.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IPyth} from "@pythnetwork/pyth-sdk-solidity/IPyth.sol";
import {ClearingHouse} from "../src/ClearingHouse.sol";
import {Vault} from "../src/Vault.sol";
import {OrderGateway} from "../src/gateways/OrderGateway.sol";
import {MarketParams} from "../src/interfaces/IClearingHouse.sol";
import {LpRequests} from "../src/makers/LpRequests.sol";
import {LpVault} from "../src/makers/LpVault.sol";
import {OracleMaker} from "../src/makers/OracleMaker.sol";
import {SpotHedgeBaseMaker} from "../src/makers/SpotHedgeBaseMaker.sol";
import {PythOracle} from "../src/oracle/PythOracle.sol";
import {IUniswapV3FactoryLike, UniswapV3Adapter} from "../src/spot/UniswapV3Adapter.sol";

/// @dev Everything a deployment is free to choose.
struct DeployConfig {
    /// @dev Owner of all contracts in the end; accepts ownership itself when it is not the deployer.
    address owner;
    address collateral;
    address base;
    string baseSymbol;
    address pyth;
    PythOracle.Feed feed;
    MarketParams market;
    OrderGateway.Rules rules;
    OracleMaker.Parameters oracleMaker;
    address uniswapV3Factory;
    uint24 uniswapV3Fee;
    /// @dev ppm
    uint24 maxHedgeDeviation;
    /// @dev ppm
    uint24 hedgeMinMarginRatio;
    /// @dev ppm
    uint24 hedgeSpread;
    /// @dev LPs of both makers
    address[] whitelistLps;
    /// @dev wei that the oracle starts with, for Pyth's fees
    uint256 oracleFloat;
    /// @dev of both makers' request vaults; without a delay, those of orders
    LpRequests.Rules lpRequests;
    /// @dev in the collateral's own decimals; zero for none
    uint128 oracleMakerDepositCap;
    /// @dev in the base token's own decimals; zero for none
    uint128 spotHedgeBaseMakerDepositCap;
}

struct Deployment {
    PythOracle oracle;
    Vault vault;
    ClearingHouse clearingHouse;
    OrderGateway orderGateway;
    OracleMaker oracleMaker;
    UniswapV3Adapter uniswapV3Adapter;
    SpotHedgeBaseMaker spotHedgeBaseMaker;
    uint256 marketId;
    LpRequests oracleMakerRequests;
    LpRequests spotHedgeBaseMakerRequests;
}

/// @title Deploys the whole exchange with one market and both makers
/// @notice `DEPLOYMENT_CONFIG` names the JSON file of a {DeployConfig}, `DEPLOYMENT_OUT` the one that addresses go to.
contract Deploy is Script {
    using SafeCast for uint256;

    function run() external returns (Deployment memory deployment) {
        DeployConfig memory config = readConfig(vm.readFile(vm.envString("DEPLOYMENT_CONFIG")));
        vm.startBroadcast();
        (, address deployer,) = vm.readCallers();
        deployment = deploy(config, deployer);
        vm.stopBroadcast();
        _write(config, deployment, vm.envString("DEPLOYMENT_OUT"));
    }

    /// @param deployer whose nonce the contracts are created with: the broadcaster, or this contract in tests
    function deploy(DeployConfig memory config, address deployer) public returns (Deployment memory d) {
        d.oracle = new PythOracle(IPyth(config.pyth), deployer);
        // Vault and ClearingHouse know each other as immutables, which saves a storage read on every call.
        address clearingHouse = vm.computeCreateAddress(deployer, vm.getNonce(deployer) + 1);
        d.vault = new Vault(IERC20(config.collateral), clearingHouse, d.oracle);
        d.clearingHouse = new ClearingHouse(d.vault, d.oracle, deployer);
        require(address(d.clearingHouse) == clearingHouse, UnexpectedAddress(address(d.clearingHouse), clearingHouse));
        d.orderGateway = new OrderGateway(d.clearingHouse, deployer);

        d.marketId = d.clearingHouse.createMarket(config.market);
        d.oracle.setFeed(d.marketId, config.feed);
        d.oracle.setExecutor(address(d.orderGateway), true);
        d.orderGateway.setRules(d.marketId, config.rules);
        if (config.oracleFloat != 0) payable(address(d.oracle)).transfer(config.oracleFloat);

        _deployMakers(config, d, deployer);
        d.oracleMakerRequests = _deployRequests(config, d, d.oracleMaker, config.oracleMakerDepositCap, deployer);
        d.spotHedgeBaseMakerRequests =
            _deployRequests(config, d, d.spotHedgeBaseMaker, config.spotHedgeBaseMakerDepositCap, deployer);
        if (config.owner != deployer) _handOver(d, config.owner);
    }

    function readConfig(string memory json) public view returns (DeployConfig memory config) {
        config.owner = vm.parseJsonAddress(json, ".owner");
        config.collateral = vm.parseJsonAddress(json, ".collateral");
        config.base = vm.parseJsonAddress(json, ".base");
        config.baseSymbol = vm.parseJsonString(json, ".baseSymbol");
        config.pyth = vm.parseJsonAddress(json, ".pyth");
        config.feed.pythId = vm.parseJsonBytes32(json, ".feed.pythId");
        config.feed.maxAge = vm.parseJsonUint(json, ".feed.maxAge").toUint32();
        config.feed.maxExecutionAge = vm.parseJsonUint(json, ".feed.maxExecutionAge").toUint32();
        config.market.initialMarginRatio = vm.parseJsonUint(json, ".market.initialMarginRatio").toUint24();
        config.market.maintenanceMarginRatio = vm.parseJsonUint(json, ".market.maintenanceMarginRatio").toUint24();
        config.market.priceBand = vm.parseJsonUint(json, ".market.priceBand").toUint24();
        config.market.feeIndexDecimals = vm.parseJsonUint(json, ".market.feeIndexDecimals").toUint8();
        config.rules.delay = vm.parseJsonUint(json, ".rules.delay").toUint32();
        config.rules.priceWindow = vm.parseJsonUint(json, ".rules.priceWindow").toUint32();
        config.rules.validity = vm.parseJsonUint(json, ".rules.validity").toUint32();
        config.rules.minKeeperFee = vm.parseJsonUint(json, ".rules.minKeeperFee").toUint128();
        config.oracleMaker.maxSpread = vm.parseJsonUint(json, ".oracleMaker.maxSpread").toUint24();
        config.oracleMaker.minMarginRatio = vm.parseJsonUint(json, ".oracleMaker.minMarginRatio").toUint24();
        config.oracleMaker.maxAbsPosition = vm.parseJsonUint(json, ".oracleMaker.maxAbsPosition").toUint104();
        config.uniswapV3Factory = vm.parseJsonAddress(json, ".spotHedgeBaseMaker.uniswapV3Factory");
        config.uniswapV3Fee = vm.parseJsonUint(json, ".spotHedgeBaseMaker.uniswapV3Fee").toUint24();
        config.maxHedgeDeviation = vm.parseJsonUint(json, ".spotHedgeBaseMaker.maxHedgeDeviation").toUint24();
        config.hedgeMinMarginRatio = vm.parseJsonUint(json, ".spotHedgeBaseMaker.minMarginRatio").toUint24();
        config.hedgeSpread = vm.parseJsonUint(json, ".spotHedgeBaseMaker.spread").toUint24();
        config.whitelistLps = vm.parseJsonAddressArray(json, ".whitelistLps");
        config.oracleFloat = vm.parseJsonUint(json, ".oracleFloat");
        config.lpRequests.delay = _optionalUint(json, ".lpRequests.delay").toUint32();
        config.lpRequests.validity = _optionalUint(json, ".lpRequests.validity").toUint32();
        config.lpRequests.minKeeperFee = _optionalUint(json, ".lpRequests.minKeeperFee").toUint128();
        config.oracleMakerDepositCap = _optionalUint(json, ".oracleMaker.depositCap").toUint128();
        config.spotHedgeBaseMakerDepositCap = _optionalUint(json, ".spotHedgeBaseMaker.depositCap").toUint128();
    }

    function _optionalUint(string memory json, string memory key) private view returns (uint256) {
        return vm.keyExistsJson(json, key) ? vm.parseJsonUint(json, key) : 0;
    }

    error UnexpectedAddress(address deployed, address expected);

    function _deployMakers(DeployConfig memory config, Deployment memory d, address deployer) private {
        d.oracleMaker = new OracleMaker(
            string.concat("Counterpoise OM ", config.baseSymbol),
            string.concat("cpOM-", config.baseSymbol),
            deployer,
            d.clearingHouse,
            d.marketId,
            config.oracleMaker
        );
        d.uniswapV3Adapter = new UniswapV3Adapter(
            IUniswapV3FactoryLike(config.uniswapV3Factory), config.base, config.collateral, config.uniswapV3Fee
        );
        d.spotHedgeBaseMaker = new SpotHedgeBaseMaker(
            string.concat("Counterpoise SHB ", config.baseSymbol),
            string.concat("cpSHB-", config.baseSymbol),
            deployer,
            d.clearingHouse,
            d.marketId,
            IERC20(config.base),
            SpotHedgeBaseMaker.Parameters({
                adapter: d.uniswapV3Adapter,
                maxHedgeDeviation: config.maxHedgeDeviation,
                minMarginRatio: config.hedgeMinMarginRatio,
                spread: config.hedgeSpread
            })
        );
        d.clearingHouse.registerMaker(address(d.oracleMaker));
        d.clearingHouse.registerMaker(address(d.spotHedgeBaseMaker));
        d.oracleMaker.setValidSender(address(d.orderGateway), true);
        for (uint256 i = 0; i < config.whitelistLps.length; ++i) {
            d.oracleMaker.setWhitelistLp(config.whitelistLps[i], true);
            d.spotHedgeBaseMaker.setWhitelistLp(config.whitelistLps[i], true);
        }
    }

    function _deployRequests(
        DeployConfig memory config,
        Deployment memory d,
        LpVault maker,
        uint128 depositCap,
        address deployer
    ) private returns (LpRequests requests) {
        requests = new LpRequests(maker, deployer);
        requests.setRules(
            config.lpRequests.delay != 0
                ? config.lpRequests
                : LpRequests.Rules(config.rules.delay, config.rules.validity, config.rules.minKeeperFee)
        );
        maker.setRequests(address(requests));
        if (depositCap != 0) maker.setLpRules(depositCap, maker.lpRules().requestFee);
        d.oracle.setExecutor(address(requests), true);
    }

    function _handOver(Deployment memory d, address owner) private {
        d.oracle.transferOwnership(owner);
        d.clearingHouse.transferOwnership(owner);
        d.orderGateway.transferOwnership(owner);
        d.oracleMaker.transferOwnership(owner);
        d.spotHedgeBaseMaker.transferOwnership(owner);
        d.oracleMakerRequests.transferOwnership(owner);
        d.spotHedgeBaseMakerRequests.transferOwnership(owner);
    }

    function _write(DeployConfig memory config, Deployment memory d, string memory path) private {
        string memory key = "deployment";
        vm.serializeUint(key, "chainId", block.chainid);
        vm.serializeUint(key, "marketId", d.marketId);
        vm.serializeAddress(key, "collateral", config.collateral);
        vm.serializeAddress(key, "base", config.base);
        vm.serializeAddress(key, "pyth", config.pyth);
        vm.serializeBytes32(key, "pythId", config.feed.pythId);
        vm.serializeAddress(key, "oracle", address(d.oracle));
        vm.serializeAddress(key, "vault", address(d.vault));
        vm.serializeAddress(key, "clearingHouse", address(d.clearingHouse));
        vm.serializeAddress(key, "orderGateway", address(d.orderGateway));
        vm.serializeAddress(key, "oracleMaker", address(d.oracleMaker));
        vm.serializeAddress(key, "uniswapV3Adapter", address(d.uniswapV3Adapter));
        vm.serializeAddress(key, "spotHedgeBaseMaker", address(d.spotHedgeBaseMaker));
        vm.serializeAddress(key, "oracleMakerRequests", address(d.oracleMakerRequests));
        string memory json =
            vm.serializeAddress(key, "spotHedgeBaseMakerRequests", address(d.spotHedgeBaseMakerRequests));
        vm.writeJson(json, path);
    }
}
