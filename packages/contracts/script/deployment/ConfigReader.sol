// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {IPyth} from "@pythnetwork/pyth-sdk-solidity/IPyth.sol";
import {OrderGateway} from "../../src/gateways/OrderGateway.sol";
import {IOracleMaker} from "../../src/interfaces/IOracleMaker.sol";
import {IQuoteVault} from "../../src/interfaces/IQuoteVault.sol";
import {MarketParams} from "../../src/interfaces/IMarketAdmin.sol";
import {BondMath} from "../../src/libraries/BondMath.sol";
import {LpQueue} from "../../src/makers/lp/LpQueue.sol";
import {CollateralFeed, Feed} from "../../src/types/Feed.sol";
import {SignedOrderRules} from "../../src/types/SignedOrder.sol";
import {PPM} from "../../src/types/Units.sol";
import {
    DEFAULT_BASE_FEE_FACTOR,
    DEFAULT_KEEPER_GAS,
    DEFAULT_MAX_SKEW,
    DEFAULT_RELAYER_MAX_AGE,
    DeployConfig,
    FundingConfig
} from "../Deploy.s.sol";
import {Preset, Presets} from "../Presets.sol";
import {RiskChecks} from "../RiskChecks.sol";
import {SpotPathConfig, SpotPoolConfig} from "../SpotAdapter.s.sol";
import {StepList} from "./StepList.sol";

enum MakerKind {
    Oracle,
    SpotHedgeBase,
    SpotHedgeQuote
}

struct MakerConfig {
    MakerKind kind;
    /// @dev Unique in its market; part of the ids of steps.
    string name;
    string shareName;
    string shareSymbol;
    /// @dev Zero: no cap
    uint128 depositCap;
    bool isWhitelistEnded;
    LpQueue.Rules requestRules;
    IOracleMaker.Parameters oracle;
    SpotPathConfig spot;
    /// @dev The following four in ppm; `maxCarry` per day.
    uint24 maxHedgeDeviation;
    uint24 minMarginRatio;
    uint24 spread;
    uint24 maxCarry;
    IQuoteVault.QuoteRules quote;
}

struct MarketConfig {
    uint256 id;
    string symbol;
    address base;
    bool isActive;
    Feed feed;
    MarketParams params;
    FundingConfig funding;
    uint48 maxBorrowingRate;
    OrderGateway.Rules rules;
    SignedOrderRules signedRules;
    address[] lps;
    MakerConfig[] makers;
}

/// @title Reads the settings of a deployment
/// @notice The JSON comes from `packages/deploy`, which converts human units: ratios in ppm, times in seconds, sizes WAD, amounts
/// in the decimals of their token. Risk settings that it does not contain come from the market's preset, and the relations of
/// {RiskChecks} must hold unless `acceptsRisk` is true.
abstract contract ConfigReader is StepList {
    using SafeCast for int256;
    using SafeCast for uint256;

    /// @dev This Pyth cannot compute the fee of updates without content. Set `feed.updateFee` in the configuration.
    error UpdateFeeUnknown(address pyth);
    error UnknownMakerKind(string kind);

    string internal _json;

    // --------------------------------------------------------------------------------------------------- market ----

    function _readMarket(uint256 index) internal view returns (MarketConfig memory m) {
        string memory key = string.concat(".markets[", Strings.toString(index), "]");
        m.id = _uint(_at(key, "id"));
        m.symbol = vm.parseJsonString(_json, _at(key, "symbol"));
        m.base = _address(_at(key, "base"));
        m.isActive = _bool(_at(key, "isActive"), true);
        Preset memory preset = Presets.named(vm.parseJsonString(_json, _at(key, "preset")));
        m.feed = _readFeed(_at(key, "feed"), preset);
        _readRules(_at(key, "market"), preset, m.params);
        m.maxBorrowingRate = _uint(_at(key, "maxBorrowingRate"), preset.maxBorrowingRate).toUint48();
        m.lps = vm.parseJsonAddressArray(_json, _at(key, "lps"));
        m.rules = _readOrderRules(_at(key, "rules"));
        m.signedRules = _readSignedRules(_at(key, "signedRules"), m.rules);
        uint256 count;
        while (_has(_item(_at(key, "makers"), count))) ++count;
        m.makers = new MakerConfig[](count);
        uint256 capacity;
        for (uint256 i = 0; i < count; ++i) {
            m.makers[i] = _readMaker(_item(_at(key, "makers"), i), preset, m);
            capacity += m.makers[i].oracle.maxAbsPosition;
        }
        m.funding = _readFunding(_at(key, "funding"), preset, capacity);
    }

    function _readRules(string memory key, Preset memory preset, MarketParams memory params) private view {
        params.initialMarginRatio = _uint(_at(key, "initialMarginRatio")).toUint24();
        params.maintenanceMarginRatio = _uint(_at(key, "maintenanceMarginRatio")).toUint24();
        params.feeIndexDecimals = _uint(_at(key, "feeIndexDecimals")).toUint8();
        params.rules.priceBand = _uint(_at(key, "priceBand")).toUint24();
        params.rules.tradingFee = _uint(_at(key, "tradingFee"), preset.tradingFee).toUint24();
        params.rules.liquidationPenalty = _uint(_at(key, "liquidationPenalty"), preset.liquidationPenalty).toUint24();
        params.rules.liquidatorShare = _uint(_at(key, "liquidatorShare"), preset.liquidatorShare).toUint24();
        params.rules.minPositionValue = _uint(_at(key, "minPositionValue"), 10e18).toUint96();
        params.rules.liquidationBounty = _uint(_at(key, "liquidationBounty"), 5e18).toUint128();
        params.rules.deleverageWindow = _uint(_at(key, "deleverageWindow"), 1 hours).toUint32();
        params.rules.settlementDelay = _uint(_at(key, "settlementDelay"), 3 days).toUint32();
    }

    function _readOrderRules(string memory key) private view returns (OrderGateway.Rules memory rules) {
        rules.delay = _uint(_at(key, "delay")).toUint24();
        rules.priceWindow = _uint(_at(key, "priceWindow")).toUint24();
        rules.validity = _uint(_at(key, "validity")).toUint24();
        rules.minKeeperFee = _uint(_at(key, "minKeeperFee")).toUint64();
        rules.bondRatio =
            BondMath.ratioCeil(_uint(_at(key, "volatility"), BondMath.DEFAULT_VOLATILITY), rules.validity).toUint24();
        rules.checksClock = _bool(_at(key, "checksClock"), true);
        rules.keeperGas = _uint(_at(key, "keeperGas"), DEFAULT_KEEPER_GAS).toUint24();
        rules.baseFeeFactor = _uint(_at(key, "baseFeeFactor"), DEFAULT_BASE_FEE_FACTOR).toUint16();
    }

    function _readSignedRules(string memory key, OrderGateway.Rules memory orders)
        private
        view
        returns (SignedOrderRules memory rules)
    {
        rules.delay = _uint(_at(key, "delay"), orders.delay).toUint24();
        rules.priceWindow = _uint(_at(key, "priceWindow"), orders.priceWindow).toUint24();
        rules.validity = _uint(_at(key, "validity"), orders.validity).toUint24();
        rules.relayerMaxAge = _uint(_at(key, "relayerMaxAge"), DEFAULT_RELAYER_MAX_AGE).toUint24();
        rules.bondRatio = orders.bondRatio;
        rules.minRelayFeeXCD = _uint(_at(key, "minRelayFee")).toUint128();
    }

    /// @dev A rate of zero is no funding.
    function _readFunding(string memory key, Preset memory preset, uint256 capacity)
        private
        view
        returns (FundingConfig memory funding)
    {
        uint256 rate = _uint(_at(key, "maxRate"), preset.maxFundingRate);
        funding.maxRate = rate.toUint64();
        funding.maxVelocity = (rate / _uint(_at(key, "time"), preset.fundingTime)).toUint64();
        funding.skewScale = _uint(_at(key, "skewScale"), rate == 0 ? 0 : capacity * preset.skewRatio / PPM).toUint128();
    }

    // ----------------------------------------------------------------------------------------------------- feed ----

    function _readFeed(string memory key, Preset memory preset) private view returns (Feed memory feed) {
        feed.pythId = vm.parseJsonBytes32(_json, _at(key, "pythId"));
        feed.maxAge = _uint(_at(key, "maxAge")).toUint32();
        feed.maxExecutionAge = _uint(_at(key, "maxExecutionAge")).toUint32();
        uint256 liquidationAge = preset.maxLiquidationAge;
        feed.maxLiquidationAge = _uint(_at(key, "maxLiquidationAge"), Math.min(liquidationAge, feed.maxAge)).toUint32();
        feed.freshAge = _uint(_at(key, "freshAge"), 10).toUint8();
        feed.maxConfidence = _uint(_at(key, "maxConfidence"), preset.maxConfidence).toUint24();
        feed.pyth = _address(_at(key, "pyth"));
        feed.aggregator = _address(_at(key, "aggregator"));
        bool hasSecond = feed.aggregator != address(0);
        feed.maxDeviation = _uint(_at(key, "maxDeviation"), hasSecond ? preset.maxDeviation : 0).toUint24();
        feed.heartbeat = _uint(_at(key, "heartbeat"), 0).toUint32();
        feed.minAnswer = _uint(_at(key, "minAnswer"), 0).toUint128();
        feed.maxAnswer = _uint(_at(key, "maxAnswer"), 0).toUint128();
        feed.sequencerFeed = _address(_at(key, "sequencerFeed"));
        feed.sequencerGracePeriod = _uint(_at(key, "sequencerGracePeriod"), 0).toUint32();
        string memory collateral = _at(key, "collateral");
        if (_has(collateral)) feed.collateral = _readCollateralFeed(collateral, liquidationAge);
        uint256 fallbackAge = Math.max(preset.fallbackAge, Math.max(feed.maxAge, feed.collateral.maxAge));
        feed.fallbackAge = _uint(_at(key, "fallbackAge"), hasSecond ? fallbackAge : 0).toUint32();
        address source = feed.pyth == address(0) ? _address(".pyth") : feed.pyth;
        feed.floatFee = _has(_at(key, "updateFee"))
            ? _uint(_at(key, "updateFee")).toUint64()
            : _updateFee(source, feed.collateral.pythId == 0 ? 1 : 2).toUint64();
    }

    function _readCollateralFeed(string memory key, uint256 liquidationAge)
        private
        view
        returns (CollateralFeed memory)
    {
        uint256 maxAge = _uint(_at(key, "maxAge"));
        return CollateralFeed({
            pythId: vm.parseJsonBytes32(_json, _at(key, "pythId")),
            maxAge: maxAge.toUint32(),
            maxExecutionAge: _uint(_at(key, "maxExecutionAge")).toUint32(),
            maxLiquidationAge: _uint(_at(key, "maxLiquidationAge"), Math.min(liquidationAge, maxAge)).toUint32(),
            maxSkew: _uint(_at(key, "maxSkew"), DEFAULT_MAX_SKEW).toUint32(),
            aggregator: _address(_at(key, "aggregator")),
            heartbeat: _uint(_at(key, "heartbeat"), 0).toUint32(),
            minAnswer: _uint(_at(key, "minAnswer"), 0).toUint128(),
            maxAnswer: _uint(_at(key, "maxAnswer"), 0).toUint128()
        });
    }

    /// @dev Returns Pyth's fee for a number of updates. To compute it, Pyth reads only the number of updates in each header.
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

    // --------------------------------------------------------------------------------------------------- makers ----

    function _readMaker(string memory key, Preset memory preset, MarketConfig memory m)
        private
        view
        returns (MakerConfig memory c)
    {
        c.kind = _kindOf(vm.parseJsonString(_json, _at(key, "kind")));
        c.name = vm.parseJsonString(_json, _at(key, "name"));
        c.shareName = vm.parseJsonString(_json, _at(key, "shareName"));
        c.shareSymbol = vm.parseJsonString(_json, _at(key, "shareSymbol"));
        c.depositCap = _uint(_at(key, "depositCap"), 0).toUint128();
        c.isWhitelistEnded = _bool(_at(key, "isWhitelistEnded"), false);
        c.requestRules = _readRequestRules(_at(key, "requestRules"), m);
        c.minMarginRatio = _uint(_at(key, "minMarginRatio")).toUint24();
        if (c.kind == MakerKind.Oracle) {
            c.oracle.maxSpread = _uint(_at(key, "maxSpread")).toUint24();
            c.oracle.minMarginRatio = c.minMarginRatio;
            c.oracle.maxAbsPosition = _uint(_at(key, "maxAbsPosition")).toUint104();
            c.oracle.lpFee = _uint(_at(key, "lpFee"), preset.lpFee).toUint24();
            c.oracle.confidenceFactor = _uint(_at(key, "confidenceFactor"), preset.confidenceFactor).toUint24();
            c.oracle.maxConfidencePremium =
                _uint(_at(key, "maxConfidencePremium"), preset.maxConfidencePremium).toUint24();
            return c;
        }
        c.spot = _readPath(_at(key, "spot"));
        c.maxHedgeDeviation = _uint(_at(key, "maxHedgeDeviation")).toUint24();
        c.spread = _uint(_at(key, "spread")).toUint24();
        c.maxCarry = _uint(_at(key, "maxCarry"), preset.maxCarry).toUint24();
        if (c.kind == MakerKind.SpotHedgeQuote) c.quote = _readQuoteRules(key, m.rules);
    }

    /// @dev The longest delay of the gateways, and the longest life of their orders.
    function _readRequestRules(string memory key, MarketConfig memory m) private view returns (LpQueue.Rules memory) {
        uint256 delay = Math.max(m.rules.delay, m.signedRules.delay);
        uint256 lifetime =
            Math.max(uint256(m.rules.delay) + m.rules.validity, uint256(m.signedRules.delay) + m.signedRules.validity);
        return LpQueue.Rules({
            delay: _uint(_at(key, "delay"), delay).toUint32(),
            validity: _uint(_at(key, "validity"), lifetime - delay).toUint32(),
            minKeeperFee: _uint(_at(key, "minKeeperFee"), m.rules.minKeeperFee).toUint128()
        });
    }

    function _readQuoteRules(string memory key, OrderGateway.Rules memory orders)
        private
        view
        returns (IQuoteVault.QuoteRules memory rules)
    {
        rules.targetMarginRatio = _uint(_at(key, "targetMarginRatio")).toUint24();
        rules.reserveRatio = _uint(_at(key, "reserveRatio")).toUint24();
        rules.rebalanceBand = _uint(_at(key, "rebalanceBand")).toUint24();
        rules.deleverageRatio = _uint(_at(key, "deleverageRatio")).toUint24();
        rules.maxDeleverageDeviation = _uint(_at(key, "maxDeleverageDeviation")).toUint24();
        rules.keeperFeeRatio = _uint(_at(key, "keeperFeeRatio")).toUint24();
        rules.maxKeeperFeeXCD = _uint(_at(key, "maxKeeperFee")).toUint96();
        rules.keeperInterval = _uint(_at(key, "keeperInterval")).toUint32();
        rules.delay = uint256(orders.delay).toUint16();
        rules.priceWindow = uint256(orders.priceWindow).toUint16();
        rules.validity = uint256(orders.validity).toUint16();
    }

    function _readPath(string memory key) private view returns (SpotPathConfig memory path) {
        path.uniswapV3Factory = _address(_at(key, "uniswapV3Factory"));
        path.uniswapV4PoolManager = _address(_at(key, "uniswapV4PoolManager"));
        uint256 legs;
        while (_has(_item(_at(key, "pools"), legs))) ++legs;
        path.pools = new SpotPoolConfig[](legs);
        for (uint256 leg = 0; leg < legs; ++leg) {
            string memory pool = _item(_at(key, "pools"), leg);
            path.pools[leg] = SpotPoolConfig({
                token: _address(_at(pool, "token")),
                fee: _uint(_at(pool, "fee")).toUint24(),
                tickSpacing: _has(_at(pool, "tickSpacing"))
                    ? vm.parseJsonInt(_json, _at(pool, "tickSpacing")).toInt24()
                    : int24(0)
            });
        }
    }

    function _kindOf(string memory kind) private pure returns (MakerKind) {
        bytes32 id = keccak256(bytes(kind));
        if (id == keccak256("oracle")) return MakerKind.Oracle;
        if (id == keccak256("spotHedgeBase")) return MakerKind.SpotHedgeBase;
        if (id == keccak256("spotHedgeQuote")) return MakerKind.SpotHedgeQuote;
        revert UnknownMakerKind(kind);
    }

    // ---------------------------------------------------------------------------------------------------- risks ----

    /// @dev Checks each maker against the settings of its market. Reverts with `UnsafeSetting`.
    function _checkRisk(MarketConfig memory m) internal pure {
        DeployConfig memory c;
        c.market = m.params;
        c.feed = m.feed;
        c.funding = m.funding;
        c.maxBorrowingRate = m.maxBorrowingRate;
        for (uint256 i = 0; i < m.makers.length; ++i) {
            MakerConfig memory maker = m.makers[i];
            bool isOracle = maker.kind == MakerKind.Oracle;
            // Values without effect on the relations of the other kind.
            IOracleMaker.Parameters memory neutral;
            neutral.lpFee = 1;
            c.oracleMaker = isOracle ? maker.oracle : neutral;
            c.hedgeMaxCarry = isOracle ? 1 : maker.maxCarry;
            RiskChecks.check(c);
        }
    }

    // ----------------------------------------------------------------------------------------------------- keys ----

    function _at(string memory key, string memory name) internal pure returns (string memory) {
        return string.concat(key, ".", name);
    }

    function _item(string memory key, uint256 index) internal pure returns (string memory) {
        return string.concat(key, "[", Strings.toString(index), "]");
    }

    function _has(string memory key) internal view returns (bool) {
        return vm.keyExistsJson(_json, key);
    }

    function _uint(string memory key) internal view returns (uint256) {
        return vm.parseJsonUint(_json, key);
    }

    function _uint(string memory key, uint256 fallbackValue) internal view returns (uint256) {
        return _has(key) ? _uint(key) : fallbackValue;
    }

    function _bool(string memory key, bool fallbackValue) internal view returns (bool) {
        return _has(key) ? vm.parseJsonBool(_json, key) : fallbackValue;
    }

    /// @dev Zero without the key.
    function _address(string memory key) internal view returns (address) {
        return _has(key) ? vm.parseJsonAddress(_json, key) : address(0);
    }
}
