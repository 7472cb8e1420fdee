// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {Script} from "forge-std/Script.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {CircuitBreaker} from "../../src/CircuitBreaker.sol";
import {OrderGateway} from "../../src/gateways/OrderGateway.sol";
import {SignedOrderGateway} from "../../src/gateways/SignedOrderGateway.sol";
import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {ILpVault} from "../../src/interfaces/ILpVault.sol";
import {IMarketAdmin} from "../../src/interfaces/IMarketAdmin.sol";
import {IOrderTimes} from "../../src/interfaces/IOrderTimes.sol";
import {ISpotAdapter} from "../../src/interfaces/ISpotAdapter.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {IVaultModule} from "../../src/interfaces/IVaultModule.sol";
import {LpRequestVault} from "../../src/makers/lp/LpRequestVault.sol";
import {OracleMaker} from "../../src/makers/OracleMaker.sol";
import {SpotHedgeQuoteMaker} from "../../src/makers/SpotHedgeQuoteMaker.sol";
import {BaseVaultModule} from "../../src/makers/spot-hedge/BaseVaultModule.sol";
import {PythOracle} from "../../src/oracle/PythOracle.sol";
import {Feed} from "../../src/types/Feed.sol";
import {BackstopRules, MarketRules, MarketScales, MarketScalesLib, MarketStatus} from "../../src/types/Market.sol";
import {SpotAdapterScript, SpotPathConfig} from "../SpotAdapter.s.sol";
import {ConfigReader, MakerConfig, MakerKind, MarketConfig} from "./ConfigReader.sol";
import {CoreFactory} from "./CoreFactory.sol";
import {Expectation} from "./Expectation.sol";
import {Comparison, Probe, Step} from "./StepList.sol";

/// @title The ordered list of a deployment: the exchange, its markets, the circuit breaker, the hand-over
/// @notice Writes one line of ABI-encoded {Step} for each transaction. Sends none.
/// @dev Every contract is created with its final owner: the timelock, or the owner without one. So no ownership is transferred. The
/// timelock begins without a delay and with the deployer as only proposer and executor; its last operation gives these roles to the
/// owner, takes them from the deployer and sets the delay, at once.
contract DeploymentList is ConfigReader {
    using SafeCast for uint256;

    /// @dev Ramp of margin ratios that change in a market with positions.
    uint256 private constant RATIO_RAMP = 7 days;

    address private _authority;
    PythOracle private _oracle;
    CircuitBreaker private _breaker;
    IClearingHouse private _clearingHouse;
    address private _vault;
    OrderGateway private _orderGateway;
    SignedOrderGateway private _signedGateway;
    TimelockController private _timelock;
    Expectation private _expectation;
    /// @dev Contracts that hold an asset, for the circuit breaker.
    mapping(address asset => address[] holders) private _holders;
    address[] private _assets;

    /// @notice Writes the list to the file `out`. Reverts with the error of the first setting or step that is invalid.
    function list(string calldata json, string calldata out) external {
        (_json, _out) = (json, out);
        _name = vm.parseJsonString(json, ".name");
        for (uint256 i = 0; _has(_item(".existing", i)); ++i) {
            string memory id = vm.parseJsonString(json, _at(_item(".existing", i), "id"));
            _existing[keccak256(bytes(id))] = _address(_at(_item(".existing", i), "address"));
        }
        _exchange();
        for (uint256 i = 0; _has(_item(".markets", i)); ++i) {
            MarketConfig memory market = _readMarket(i);
            if (!_bool(".acceptsRisk", false)) _checkRisk(market);
            _market(market);
        }
        if (address(_breaker) != address(0)) _limits();
        _handOver();
    }

    // ------------------------------------------------------------------------------------------------- exchange ----

    function _exchange() private {
        _section = "exchange";
        address owner = _address(".owner");
        _authority = owner;
        if (_uint(".timelockDelay") != 0) {
            address[] memory deployers = new address[](1);
            deployers[0] = _address(".deployer");
            _authority = _create("timelock", "TimelockController", abi.encode(0, deployers, deployers, address(0)));
            _timelock = TimelockController(payable(_authority));
        }
        _oracle = PythOracle(payable(_create("oracle", "PythOracle", abi.encode(_address(".pyth"), _authority))));
        if (_has(".breaker")) {
            bytes memory arguments = abi.encode(_authority, _address(".guardian"));
            _breaker = CircuitBreaker(_create("breaker", "CircuitBreaker", arguments));
        }
        _core();
        _orderGateway =
            OrderGateway(payable(_create("orderGateway", "OrderGateway", abi.encode(_clearingHouse, _authority))));
        _create("lens", "ExchangeLens", abi.encode(_clearingHouse));
        address verifier = _create("verifier", "CounterfactualVerifier", "");
        address module = _create("announcementModule", "AnnouncementModule", abi.encode(_clearingHouse, verifier));
        _signedGateway = SignedOrderGateway(
            _create(
                "signedOrderGateway", "SignedOrderGateway", abi.encode(_clearingHouse, verifier, module, _authority)
            )
        );
        _expectation = Expectation(_create("expectation", "Expectation", ""));

        _gateway("exchange.orderGateway", address(_orderGateway));
        _gateway("exchange.signedOrderGateway", address(_signedGateway));
        _executor("exchange.orderGateway.executor", address(_orderGateway));
        _executor("exchange.signedOrderGateway.executor", address(_signedGateway));
        address[] memory relayers = vm.parseJsonAddressArray(_json, ".relayers");
        for (uint256 i = 0; i < relayers.length; ++i) {
            bytes memory read = abi.encodeCall(_signedGateway.isRelayer, (relayers[i]));
            _call(
                string.concat("exchange.relayers.", vm.toString(relayers[i])),
                _authority,
                address(_signedGateway),
                abi.encodeCall(_signedGateway.setRelayer, (relayers[i], true)),
                _list(_notZero("relayer", address(_signedGateway), read)),
                SignedOrderGateway.RelayerSet.selector
            );
        }
        address guardian = _address(".guardian");
        Probe memory probe =
            _equal("guardian", address(_clearingHouse), abi.encodeWithSignature("guardian()"), abi.encode(guardian));
        bytes memory data = abi.encodeCall(IMarketAdmin.setGuardian, (guardian));
        _call("exchange.guardian", _authority, address(_clearingHouse), data, probe);
        _float();
    }

    /// @dev The three contracts that know each other, through {CoreFactory}.
    function _core() private {
        bytes memory vault = _code("Vault");
        bytes memory backstop = _code("Backstop");
        bytes memory clearingHouse = _code("ClearingHouse");
        bytes32[3] memory codes = [keccak256(vault), keccak256(backstop), keccak256(clearingHouse)];
        address collateral = _address(".collateral");
        CoreFactory factory = CoreFactory(
            _create("coreFactory", "CoreFactory", abi.encode(collateral, _oracle, _breaker, _authority, codes))
        );
        _vault = factory.vault();
        _clearingHouse = IClearingHouse(factory.clearingHouse());
        address back = factory.backstop();
        bytes memory arguments = abi.encode(collateral, _clearingHouse, back, _oracle, _breaker);
        _createCore(factory, "vault", "Vault", _vault, vault, arguments);
        arguments = abi.encode(_vault, _oracle, _clearingHouse);
        _createCore(factory, "backstop", "Backstop", back, backstop, arguments);
        arguments = abi.encode(_vault, _oracle, back, _authority);
        _createCore(factory, "clearingHouse", "ClearingHouse", address(_clearingHouse), clearingHouse, arguments);
    }

    function _createCore(
        CoreFactory factory,
        string memory id,
        string memory artifact,
        address created,
        bytes memory code,
        bytes memory arguments
    ) private {
        Step memory step;
        (step.id, step.section, step.artifact, step.creates, step.arguments) =
        (id, _section, artifact, created, arguments);
        (step.to, step.data) = (address(factory), abi.encodeCall(CoreFactory.deploy, (code)));
        _append(step);
    }

    function _gateway(string memory id, address gateway) private {
        bytes memory read = abi.encodeCall(IClearingHouse.isGateway, (gateway));
        _call(
            id,
            _authority,
            address(_clearingHouse),
            abi.encodeCall(IMarketAdmin.setGateway, (gateway, true)),
            _list(_notZero("gateway", address(_clearingHouse), read)),
            IMarketAdmin.GatewaySet.selector
        );
    }

    function _executor(string memory id, address executor) private {
        bytes memory read = abi.encodeCall(_oracle.executorSince, (executor));
        Probe memory probe = _notZero("executor", address(_oracle), read);
        bytes memory data = abi.encodeCall(_oracle.setExecutor, (executor, true));
        _call(id, _authority, address(_oracle), data, probe);
    }

    /// @dev Fills the balance of the oracle for Pyth's fees when less than half of the configured amount is left.
    function _float() private {
        Step memory step;
        (step.id, step.section, step.to, step.value) =
        ("exchange.oracleFloat", _section, address(_oracle), _uint(".oracleFloat"));
        if (step.value == 0) return;
        bytes memory amount = abi.encode(step.value / 2);
        step.probes = _list(Probe("oracleFloat", step.to, "", amount, "", Comparison.Balance));
        _append(step);
    }

    // -------------------------------------------------------------------------------------------------- markets ----

    function _market(MarketConfig memory m) private {
        string memory key = string.concat("markets.", m.symbol);
        _section = key;
        address house = address(_clearingHouse);
        Probe memory exists = _atLeast("marketCount", house, abi.encodeWithSignature("marketCount()"), m.id);
        if (_authority.code.length != 0) {
            bytes memory state = abi.encode(m.id - 1);
            bytes memory call_ =
                abi.encodeCall(Expectation.requireResult, (house, abi.encodeWithSignature("marketCount()"), state));
            _call(string.concat(key, ".isNext"), _authority, address(_expectation), call_, exists);
        }
        bytes memory data = abi.encodeCall(IMarketAdmin.createMarket, (m.params));
        _call(string.concat(key, ".create"), _authority, house, data, exists);
        _marketRules(key, m);
        _marketFeed(key, m);
        Probe memory probe = _equal(
            "orders", address(_orderGateway), abi.encodeCall(_orderGateway.rulesOf, (m.id)), abi.encode(m.rules)
        );
        // The last word is the time of a change of the feed.
        _compareWords(probe, type(uint256).max - (1 << 8));
        data = abi.encodeCall(_orderGateway.setRules, (m.id, m.rules));
        _call(string.concat(key, ".orders"), _authority, address(_orderGateway), data, probe);
        data = abi.encodeCall(_signedGateway.rulesOf, (m.id));
        probe = _equal("signedOrders", address(_signedGateway), data, abi.encode(m.signedRules));
        data = abi.encodeCall(_signedGateway.setRules, (m.id, m.signedRules));
        _call(string.concat(key, ".signedOrders"), _authority, address(_signedGateway), data, probe);

        // Constructors of makers read the market, so their contracts follow its creation, in a batch of their own.
        _section = string.concat(key, ".makers");
        _holder(_address(".collateral"), _vault);
        for (uint256 i = 0; i < m.makers.length; ++i) {
            _maker(string.concat(key, ".", m.makers[i].name), m, m.makers[i]);
        }
        _approveQuoteMakers(key, m);
        _marketRates(key, m);
        uint256 status = uint256(m.isActive ? MarketStatus.Active : MarketStatus.ReduceOnly);
        data = abi.encodeCall(IMarketAdmin.setMarketStatus, (m.id, MarketStatus(status)));
        MarketRules memory rules;
        rules.status = MarketStatus(status);
        probe = _equal("status", house, abi.encodeCall(IClearingHouse.rulesOf, (m.id)), abi.encode(rules));
        _compareWords(probe, 1);
        _call(string.concat(key, ".status"), _authority, house, data, probe);
    }

    function _marketRules(string memory key, MarketConfig memory m) private {
        address house = address(_clearingHouse);
        MarketRules memory rules;
        rules.priceBand = m.params.rules.priceBand;
        rules.tradingFee = m.params.rules.tradingFee;
        rules.liquidationPenalty = m.params.rules.liquidationPenalty;
        rules.liquidatorShare = m.params.rules.liquidatorShare;
        rules.minPositionValue = uint80(m.params.rules.minPositionValue);
        Probe memory trading = _equal("rules", house, abi.encodeCall(IClearingHouse.rulesOf, (m.id)), abi.encode(rules));
        // Status, debt, ramp and outage change in operation.
        _compareWords(trading, 0x7c);
        BackstopRules memory backstopRules;
        backstopRules.liquidationBounty = m.params.rules.liquidationBounty;
        backstopRules.deleverageWindow = m.params.rules.deleverageWindow;
        backstopRules.settlementDelay = m.params.rules.settlementDelay;
        Probe memory backstop = _equal(
            "backstopRules", house, abi.encodeCall(IClearingHouse.backstopRulesOf, (m.id)), abi.encode(backstopRules)
        );
        // The time of the last stop changes in operation.
        _compareWords(backstop, 0x7);
        bytes memory data = abi.encodeCall(IMarketAdmin.setRules, (m.id, m.params.rules));
        _call(string.concat(key, ".rules"), _authority, house, data, _list(trading, backstop), 0);

        (uint24 initial, uint24 maintenance) = (m.params.initialMarginRatio, m.params.maintenanceMarginRatio);
        Probe memory ratios = _equal(
            "marginRatios",
            _vault,
            abi.encodeCall(IVaultModule.marginRatiosOf, (m.id)),
            abi.encode(0, 0, initial, maintenance)
        );
        _compareWords(ratios, 0xc);
        data = abi.encodeCall(IMarketAdmin.setMarginRatios, (m.id, initial, maintenance, RATIO_RAMP));
        _call(string.concat(key, ".marginRatios"), _authority, house, data, ratios);
    }

    /// @dev The first feed applies at once. Another one is announced, and applies after a delay. Without a configured fee, the fee
    /// at the time of the first feed stays.
    function _marketFeed(string memory key, MarketConfig memory m) private {
        Feed memory current = _oracle.feedOf(m.id);
        if (current.pythId != 0 && !_has(string.concat(".markets[", vm.toString(m.id - 1), "].feed.updateFee"))) {
            m.feed.floatFee = current.floatFee;
        }
        bytes memory feed = abi.encode(m.feed);
        Probe memory probe = _equal("feed", address(_oracle), abi.encodeCall(_oracle.feedOf, (m.id)), feed);
        bytes memory data = abi.encodeCall(_oracle.setFeed, (m.id, m.feed));
        string memory id = string.concat(key, ".feed");
        if (current.pythId != 0 && keccak256(abi.encode(current)) != keccak256(feed)) {
            id = string.concat(key, ".nextFeed");
            bytes memory read = abi.encodeCall(_oracle.pendingFeedOf, (m.id));
            probe = _equal("pendingFeed", address(_oracle), read, abi.encode(m.feed, 0));
            // The last word is the time from which it applies.
            _compareWords(probe, type(uint256).max >> (257 - probe.expected.length / 32));
            data = abi.encodeCall(_oracle.proposeFeed, (m.id, m.feed));
        }
        _call(id, _authority, address(_oracle), data, probe);
    }

    function _marketRates(string memory key, MarketConfig memory m) private {
        uint256 full = type(uint256).max;
        MarketScales scales = MarketScalesLib.withBorrowing(MarketScales.wrap(0), m.maxBorrowingRate);
        bytes memory mask = _scalesMask(~MarketScales.unwrap(MarketScalesLib.withBorrowing(MarketScales.wrap(full), 0)));
        bytes memory data = abi.encodeCall(IMarketAdmin.setBorrowing, (m.id, m.maxBorrowingRate));
        _call(
            string.concat(key, ".borrowing"),
            _authority,
            address(_clearingHouse),
            data,
            _rates("borrowing", m.id, scales, mask)
        );

        (uint64 rate, uint64 velocity, uint128 scale) = (m.funding.maxRate, m.funding.maxVelocity, m.funding.skewScale);
        scales = MarketScalesLib.withFunding(MarketScales.wrap(0), rate, velocity, scale);
        mask = _scalesMask(~MarketScales.unwrap(MarketScalesLib.withFunding(MarketScales.wrap(full), 0, 0, 0)));
        data = abi.encodeCall(IMarketAdmin.setFunding, (m.id, rate, velocity, scale));
        // Checked against the capacity of the makers.
        _call(
            string.concat(key, ".funding"),
            _authority,
            address(_clearingHouse),
            data,
            _rates("funding", m.id, scales, mask)
        );
    }

    /// @dev The scales are the second word of the market.
    function _rates(string memory name, uint256 id, MarketScales scales, bytes memory mask)
        private
        view
        returns (Probe memory)
    {
        bytes memory read = abi.encodeCall(IVault.marketWordsOf, (id));
        uint256[7] memory words;
        words[1] = MarketScales.unwrap(scales);
        return _masked(name, _vault, read, abi.encode(words), mask);
    }

    function _scalesMask(uint256 bits) private pure returns (bytes memory) {
        uint256[7] memory words;
        words[1] = bits;
        return abi.encode(words);
    }

    /// @dev Restricts a comparison to the words whose bits are set, from the lowest one on.
    function _compareWords(Probe memory probe, uint256 bitmap) private pure {
        bytes memory mask;
        for (uint256 i = 0; i < probe.expected.length / 32; ++i) {
            mask = bytes.concat(mask, bytes32(bitmap >> i & 1 == 1 ? type(uint256).max : 0));
        }
        probe.mask = mask;
    }

    // --------------------------------------------------------------------------------------------------- makers ----

    function _maker(string memory key, MarketConfig memory m, MakerConfig memory c) private {
        address maker = c.kind == MakerKind.Oracle ? _oracleMaker(key, m, c) : _hedgedMaker(key, m, c);
        address house = address(_clearingHouse);
        Probe memory probe = _notZero("registration", house, abi.encodeCall(IClearingHouse.marketOfMaker, (maker)));
        bytes memory data = abi.encodeCall(IMarketAdmin.registerMaker, (maker));
        _call(string.concat(key, ".register"), _authority, house, data, probe);
        if (c.kind == MakerKind.Oracle) {
            _sender(string.concat(key, ".senders.orderGateway"), maker, address(_orderGateway));
            _sender(string.concat(key, ".senders.signedOrderGateway"), maker, address(_signedGateway));
            // Liquidations close positions against the OracleMaker.
            _sender(string.concat(key, ".senders.clearingHouse"), maker, house);
        }
        for (uint256 i = 0; i < m.lps.length; ++i) {
            bytes memory read = abi.encodeCall(ILpVault.isWhitelistLp, (m.lps[i]));
            _call(
                string.concat(key, ".lps.", vm.toString(m.lps[i])),
                _authority,
                maker,
                abi.encodeCall(ILpVault.setWhitelistLp, (m.lps[i], true)),
                _list(_notZero("lp", maker, read)),
                ILpVault.WhitelistLpSet.selector
            );
        }
        _requestVault(key, maker, c);
    }

    function _requestVault(string memory key, address maker, MakerConfig memory c) private {
        address vault = _create(string.concat(key, ".requestVault"), "LpRequestVault", abi.encode(maker, _authority));
        LpRequestVault requests = LpRequestVault(vault);
        Probe memory probe =
            _equal("requestRules", vault, abi.encodeCall(requests.rules, ()), abi.encode(c.requestRules));
        bytes memory data = abi.encodeCall(requests.setRules, (c.requestRules));
        _call(string.concat(key, ".requestRules"), _authority, vault, data, probe);
        IOrderTimes[] memory gateways = new IOrderTimes[](2);
        (gateways[0], gateways[1]) = (_orderGateway, _signedGateway);
        probe = _equal("requestGateways", vault, abi.encodeCall(requests.gateways, ()), abi.encode(gateways));
        data = abi.encodeCall(requests.setGateways, (gateways));
        _call(string.concat(key, ".requestGateways"), _authority, vault, data, probe);
        probe = _equal("requestVault", maker, abi.encodeWithSignature("requestVault()"), abi.encode(vault));
        data = abi.encodeCall(ILpVault.setRequestVault, (vault));
        _call(string.concat(key, ".setRequestVault"), _authority, maker, data, probe);
        ILpVault.LpRules memory rules = ILpVault(maker).lpRules();
        rules.depositCap = c.depositCap == 0 ? type(uint128).max : c.depositCap;
        probe = _equal("lpRules", maker, abi.encodeCall(ILpVault.lpRules, ()), abi.encode(rules));
        _compareWords(probe, 3);
        data = abi.encodeCall(ILpVault.setLpRules, (rules.depositCap, rules.requestFee));
        _call(string.concat(key, ".depositCap"), _authority, maker, data, probe);
        if (c.isWhitelistEnded) {
            rules.isWhitelistEnded = true;
            probe = _equal("whitelist", maker, abi.encodeCall(ILpVault.lpRules, ()), abi.encode(rules));
            _compareWords(probe, 4);
            data = abi.encodeCall(ILpVault.endWhitelist, ());
            _call(string.concat(key, ".endWhitelist"), _authority, maker, data, probe);
        }
        _executor(string.concat(key, ".requestVault.executor"), vault);
    }

    function _oracleMaker(string memory key, MarketConfig memory m, MakerConfig memory c) private returns (address) {
        bytes memory arguments = abi.encode(c.shareName, c.shareSymbol, _authority, _clearingHouse, m.id, c.oracle);
        OracleMaker maker = OracleMaker(_create(key, "OracleMaker", arguments));
        bytes memory read = abi.encodeCall(maker.parameters, ());
        Probe memory probe = _equal("parameters", address(maker), read, abi.encode(c.oracle));
        bytes memory data = abi.encodeCall(maker.setParameters, (c.oracle));
        _call(string.concat(key, ".parameters"), _authority, address(maker), data, probe);
        return address(maker);
    }

    function _hedgedMaker(string memory key, MarketConfig memory m, MakerConfig memory c)
        private
        returns (address maker)
    {
        ISpotHedgeVault.Parameters memory parameters = ISpotHedgeVault.Parameters({
            adapter: ISpotAdapter(_adapter(key, c.spot, m.base)),
            maxHedgeDeviation: c.maxHedgeDeviation,
            minMarginRatio: c.minMarginRatio,
            spread: c.spread,
            maxCarry: c.maxCarry
        });
        bytes memory market = abi.encode(_clearingHouse, m.id, m.base);
        if (c.kind == MakerKind.SpotHedgeBase) {
            address module = _create(string.concat(key, ".module"), "BaseVaultModule", market);
            bytes memory arguments =
                abi.encode(c.shareName, c.shareSymbol, _authority, _clearingHouse, m.id, m.base, parameters, module);
            maker = _create(key, "SpotHedgeBaseMaker", arguments);
            _holder(m.base, maker);
        } else {
            maker = _quoteMaker(key, m, c, parameters);
            // It holds collateral, and base between purchase and sale.
            _holder(_address(".collateral"), maker);
            _holder(m.base, maker);
        }
        Probe memory probe = _equal(
            "parameters", maker, abi.encodeCall(BaseVaultModule(address(0)).parameters, ()), abi.encode(parameters)
        );
        bytes memory data = abi.encodeCall(BaseVaultModule(address(0)).setParameters, (parameters));
        _call(string.concat(key, ".parameters"), _authority, maker, data, probe);
    }

    function _quoteMaker(
        string memory key,
        MarketConfig memory m,
        MakerConfig memory c,
        ISpotHedgeVault.Parameters memory parameters
    ) private returns (address maker) {
        address quotes = _create(
            string.concat(key, ".quotes"), "QuoteVaultQuotes", abi.encode(_clearingHouse, m.id, m.base)
        );
        bytes memory arguments = abi.encode(_clearingHouse, m.id, m.base, quotes);
        address module = _create(string.concat(key, ".module"), "QuoteVaultModule", arguments);
        arguments = abi.encode(
            c.shareName, c.shareSymbol, _authority, _clearingHouse, m.id, m.base, parameters, c.quote, module
        );
        maker = _create(key, "SpotHedgeQuoteMaker", arguments);
        SpotHedgeQuoteMaker quoteMaker = SpotHedgeQuoteMaker(maker);
        Probe memory probe = _equal("quoteRules", maker, abi.encodeCall(quoteMaker.quoteRules, ()), abi.encode(c.quote));
        bytes memory data = abi.encodeCall(quoteMaker.setQuoteRules, (c.quote));
        _call(string.concat(key, ".quoteRules"), _authority, maker, data, probe);
        _executor(string.concat(key, ".executor"), maker);
    }

    function _adapter(string memory key, SpotPathConfig memory path, address base) private returns (address) {
        bool isV4 = path.uniswapV4PoolManager != address(0);
        if (isV4 == (path.uniswapV3Factory != address(0))) {
            revert SpotAdapterScript.NotOneSpotExchange(path.uniswapV3Factory, path.uniswapV4PoolManager);
        }
        address exchange = isV4 ? path.uniswapV4PoolManager : path.uniswapV3Factory;
        if (exchange.code.length == 0) revert SpotAdapterScript.NoContractAt(exchange);
        uint256 legs = path.pools.length;
        address[] memory tokens = new address[](legs + 1);
        uint24[] memory fees = new uint24[](legs);
        int24[] memory tickSpacings = new int24[](legs);
        tokens[0] = base;
        for (uint256 leg = 0; leg < legs; ++leg) {
            address token = path.pools[leg].token;
            tokens[leg + 1] = token == address(0) ? _address(".collateral") : token;
            (fees[leg], tickSpacings[leg]) = (path.pools[leg].fee, path.pools[leg].tickSpacing);
        }
        string memory id = string.concat(key, ".adapter");
        return isV4
            ? _create(id, "UniswapV4Adapter", abi.encode(exchange, tokens, fees, tickSpacings))
            : _create(id, "UniswapV3Adapter", abi.encode(exchange, tokens, fees));
    }

    /// @dev Quote vaults deleverage against the OracleMakers of their market.
    function _approveQuoteMakers(string memory key, MarketConfig memory m) private {
        for (uint256 i = 0; i < m.makers.length; ++i) {
            if (m.makers[i].kind != MakerKind.Oracle) continue;
            address oracleMaker = _addressOf[_idOf(key, m.makers[i])];
            for (uint256 j = 0; j < m.makers.length; ++j) {
                if (m.makers[j].kind != MakerKind.SpotHedgeQuote) continue;
                string memory id = string.concat(key, ".", m.makers[i].name, ".senders.", m.makers[j].name);
                _sender(id, oracleMaker, _addressOf[_idOf(key, m.makers[j])]);
            }
        }
    }

    function _idOf(string memory key, MakerConfig memory c) private pure returns (bytes32) {
        return keccak256(bytes(string.concat(key, ".", c.name)));
    }

    function _sender(string memory id, address maker, address sender) private {
        bytes memory read = abi.encodeCall(OracleMaker(maker).senderSince, (sender));
        Probe memory probe = _notZero("sender", maker, read);
        bytes memory data = abi.encodeCall(OracleMaker(maker).setValidSender, (sender, true));
        _call(id, _authority, maker, data, probe);
    }

    // ------------------------------------------------------------------------------------------- circuit breaker ----

    function _holder(address asset, address holder) private {
        address[] storage holders = _holders[asset];
        for (uint256 i = 0; i < holders.length; ++i) {
            if (holders[i] == holder) return;
        }
        if (holders.length == 0) _assets.push(asset);
        holders.push(holder);
    }

    /// @dev Every holder is protected, and the flows of an asset are limited over all of its holders.
    function _limits() private {
        _section = "breaker";
        address collateral = _address(".collateral");
        for (uint256 i = 0; i < _assets.length; ++i) {
            address asset = _assets[i];
            address[] memory holders = _holders[asset];
            string memory key = string.concat("breaker.", vm.toString(asset));
            for (uint256 j = 0; j < holders.length; ++j) {
                Probe memory isProtected =
                    _notZero("protected", address(_breaker), abi.encodeCall(_breaker.isProtected, (holders[j])));
                bytes memory protect = abi.encodeCall(_breaker.setProtected, (holders[j], true));
                string memory id = string.concat(key, ".protected.", vm.toString(holders[j]));
                _call(id, _authority, address(_breaker), protect, isProtected);
            }
            uint256 outflow = _uint(asset == collateral ? ".breaker.maxOutflow" : ".breaker.maxBaseOutflow", 0);
            if (outflow == 0 && asset != collateral) continue;
            Probe memory probe =
                _equal("holders", address(_breaker), abi.encodeCall(_breaker.holdersOf, (asset)), abi.encode(holders));
            bytes memory data = abi.encodeCall(_breaker.setHolders, (asset, holders));
            _call(string.concat(key, ".holders"), _authority, address(_breaker), data, probe);
            if (outflow == 0) continue;
            CircuitBreaker.Limit memory limit = CircuitBreaker.Limit({
                window: _uint(".breaker.window").toUint24(), maxOutflow: outflow.toUint24(), minimum: 0
            });
            probe = _equal("limit", address(_breaker), abi.encodeCall(_breaker.limitOf, (asset)), abi.encode(limit));
            data = abi.encodeCall(_breaker.setLimit, (asset, limit));
            _call(string.concat(key, ".limit"), _authority, address(_breaker), data, probe);
        }
    }

    // ------------------------------------------------------------------------------------------------- hand-over ----

    function _handOver() private {
        _section = "handover";
        if (_bool(".seal", true)) {
            Probe memory isSealed = _notZero("seal", address(_oracle), abi.encodeCall(_oracle.isSealed, ()));
            _call("handover.seal", _authority, address(_oracle), abi.encodeCall(_oracle.seal, ()), isSealed);
        }
        if (address(_timelock) == address(0)) return;
        address owner = _address(".owner");
        address deployer = _address(".deployer");
        bytes32[3] memory roles = [_timelock.PROPOSER_ROLE(), _timelock.EXECUTOR_ROLE(), _timelock.CANCELLER_ROLE()];
        string[3] memory names = ["proposer", "executor", "canceller"];
        for (uint256 i = 0; i < 3; ++i) {
            bytes memory data = abi.encodeCall(IAccessControl.grantRole, (roles[i], owner));
            _role(string.concat("handover.grant.", names[i]), data, roles[i], owner, true);
        }
        bytes memory read = abi.encodeCall(_timelock.getMinDelay, ());
        uint256 delay = _uint(".timelockDelay");
        Probe memory probe = _equal("timelockDelay", _authority, read, abi.encode(delay));
        _call("handover.delay", _authority, _authority, abi.encodeCall(_timelock.updateDelay, (delay)), probe);
        if (deployer == owner) return;
        for (uint256 i = 0; i < 3; ++i) {
            bytes memory data = abi.encodeCall(IAccessControl.revokeRole, (roles[i], deployer));
            _role(string.concat("handover.revoke.", names[i]), data, roles[i], deployer, false);
        }
    }

    function _role(string memory id, bytes memory data, bytes32 role, address account, bool has) private {
        bytes memory read = abi.encodeCall(IAccessControl.hasRole, (role, account));
        _call(id, _authority, _authority, data, _equal("role", _authority, read, abi.encode(has)));
    }
}

/// @title Writes the list of the configuration `DEPLOYMENT_CONFIG` to the file `DEPLOYMENT_OUT`
/// @notice A last line `failed 0x...` has the error of a list that cannot be executed.
contract WriteList is Script {
    function run() external {
        string memory out = vm.envString("DEPLOYMENT_OUT");
        DeploymentList deployment = new DeploymentList();
        try deployment.list(vm.readFile(vm.envString("DEPLOYMENT_CONFIG")), out) {}
        catch (bytes memory reason) {
            vm.writeLine(out, string.concat("failed ", vm.toString(reason)));
        }
    }
}
