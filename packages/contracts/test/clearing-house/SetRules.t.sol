// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {ILpVault} from "../../src/interfaces/ILpVault.sol";
import {IMarketAdmin, MarketParams, Rule, RuleParams} from "../../src/interfaces/IMarketAdmin.sol";
import {IOracleMaker} from "../../src/interfaces/IOracleMaker.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {changeRule} from "../utils/RuleChange.sol";

/// @dev Ranges of the rules of a market and their relations to the margin ratios, 10% and 6.25%.
contract ClearingHouseSetRulesTest is ExchangeTest {
    function setUp() public override {
        super.setUp();
        vm.startPrank(owner());
    }

    function test_SetRules_StoresAndEmits() public {
        RuleParams memory rules = RuleParams({
            priceBand: 40_000,
            tradingFee: 500,
            liquidationPenalty: 20_000,
            liquidatorShare: 400_000,
            minPositionValue: 7e18,
            liquidationBounty: 6e18,
            deleverageWindow: 2 hours,
            settlementDelay: 5 days
        });
        vm.expectEmit(address(house));
        emit IMarketAdmin.RulesSet(market, rules);
        house.setRules(market, rules);
        assertEq(abi.encode(_stored()), abi.encode(rules));
        assertEq(uint8(house.rulesOf(market).status), 1, "the status stays");
    }

    function test_SetRules_RevertIf_MarketIsUnknown() public {
        RuleParams memory rules = _stored();
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.InvalidMarketId.selector, 2, 2));
        house.setRules(2, rules);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.InvalidMarketId.selector, 0, 2));
        house.setRules(0, rules);
    }

    function test_PriceBand_FromOneToBelowTheInitialRatio() public {
        RuleParams memory rules = _stored();
        rules.priceBand = 0;
        _refused(rules, Rule.PriceBand, 0, 1, 99_999);
        rules.priceBand = 1;
        house.setRules(house.createMarket(config().market), rules);
        rules.priceBand = 99_999;
        house.setRules(market, rules);
        rules.priceBand = 100_000;
        _refused(rules, Rule.PriceBand, 100_000, 1, 99_999);
    }

    /// @dev The own prices of every registered maker stay within the band. The hedge of the base vault may deviate by
    /// 2% and has to be tighter than the band.
    function test_PriceBand_RevertIf_AMakerNeedsAWiderOne() public {
        assertEq(om.requiredBand(), 10_000, "its spread");
        assertEq(shb.requiredBand(), 20_001);
        RuleParams memory rules = _stored();
        rules.priceBand = 20_000;
        _tooNarrow(rules, address(shb), 20_001);
        rules.priceBand = 9_999;
        _tooNarrow(rules, address(om), 10_000);
        rules.priceBand = 20_001;
        house.setRules(market, rules);
        IOracleMaker.Parameters memory parameters = config().oracleMaker;
        parameters.maxSpread = 20_001;
        om.setParameters(parameters);
        rules.priceBand = 20_000;
        _tooNarrow(rules, address(om), 20_001);
    }

    /// @dev With a spread, a taker pays at most 1.02 x 1.01 = 1.0302 of the oracle price. The maker accepts the same
    /// parameters in the narrowest band that it requires.
    function test_PriceBand_CountsTheBaseVaultsSpread() public {
        ISpotHedgeVault.Parameters memory parameters =
            ISpotHedgeVault.Parameters(d.spotHedgeBaseMakerAdapter, 20_000, 500_000, 10_000, 0);
        shb.setParameters(parameters);
        assertEq(shb.requiredBand(), 30_200);
        RuleParams memory rules = _stored();
        rules.priceBand = 30_199;
        _tooNarrow(rules, address(shb), 30_200);
        rules.priceBand = 30_200;
        house.setRules(market, rules);
        shb.setParameters(parameters);
        parameters.spread = 10_001;
        vm.expectRevert(abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 10_001, 0, 10_000));
        shb.setParameters(parameters);
    }

    /// @dev T35: band and trading fee together are less than the margin that a trade has to leave.
    function test_T35_PriceBand_LeavesRoomForTheTradingFee() public {
        RuleParams memory rules = _stored();
        rules.tradingFee = 10_000;
        rules.priceBand = 90_000;
        _refused(rules, Rule.PriceBand, 90_000, 1, 89_999);
        rules.priceBand = 89_999;
        house.setRules(market, rules);
    }

    function test_PriceBand_NoneFitsWhenTheFeeTakesAll() public {
        MarketParams memory params = marketParams(5000, 2000, 1);
        params.rules.liquidationPenalty = 1000;
        params.rules.tradingFee = 4998;
        house.createMarket(params);
        params.rules.tradingFee = 4999;
        vm.expectRevert(abi.encodeWithSelector(IMarketAdmin.RuleOutOfRange.selector, Rule.PriceBand, 1, 1, 0));
        house.createMarket(params);
    }

    function test_TradingFee_UpToOnePercent() public {
        _checkRange(Rule.TradingFee, 0, 10_000);
    }

    /// @dev At most half of maintenance, so that liquidating half raises the margin ratio. Odd ratios round down.
    function test_LiquidationPenalty_UpToHalfOfMaintenance() public {
        _checkRange(Rule.LiquidationPenalty, 0, 31_250);
    }

    function test_LiquidatorShare_UpToAll() public {
        _checkRange(Rule.LiquidatorShare, 0, 1_000_000);
    }

    function test_DeleverageWindow_UpToAWeek() public {
        _checkRange(Rule.DeleverageWindow, 0, 7 days);
    }

    function test_SettlementDelay_FromADayToThirty() public {
        _checkRange(Rule.SettlementDelay, 1 days, 30 days);
    }

    function test_MinPositionValue_UpToTenThousand() public {
        _checkRange(Rule.MinPositionValue, 0, 10_000e18);
        MarketParams memory params = config().market;
        params.rules.minPositionValue = 10_000e18 + 1;
        vm.expectRevert(
            abi.encodeWithSelector(
                IMarketAdmin.RuleOutOfRange.selector, Rule.MinPositionValue, 10_000e18 + 1, 0, 10_000e18
            )
        );
        house.createMarket(params);
    }

    /// @dev A new market has its minimum at once. A higher one comes linearly within a day, a lower one at once, also
    /// while another one is coming.
    function test_MinPositionValue_Ramps() public {
        RuleParams memory rules = _stored();
        rules.minPositionValue = 1000e18;
        MarketParams memory params = config().market;
        params.rules = rules;
        uint256 id = house.createMarket(params);
        assertEq(house.minPositionValueOf(id), 1000e18);
        rules.minPositionValue = 3000e18;
        house.setRules(id, rules);
        assertEq(house.rulesOf(id).minPositionValue, 3000e18, "the end of the ramp");
        assertEq(house.minPositionValueOf(id), 1000e18);
        skip(6 hours);
        assertEq(house.minPositionValueOf(id), 1500e18);
        rules.minPositionValue = 5500e18;
        house.setRules(id, rules);
        assertEq(house.minPositionValueOf(id), 1500e18);
        skip(12 hours);
        assertEq(house.minPositionValueOf(id), 3500e18);
        skip(12 hours);
        assertEq(house.minPositionValueOf(id), 5500e18);
        skip(1 days);
        assertEq(house.minPositionValueOf(id), 5500e18);
        rules.minPositionValue = 7000e18;
        house.setRules(id, rules);
        rules.minPositionValue = 100e18;
        house.setRules(id, rules);
        assertEq(house.minPositionValueOf(id), 100e18);
    }

    function _stored() private view returns (RuleParams memory rules) {
        rules.priceBand = house.rulesOf(market).priceBand;
        rules.tradingFee = house.rulesOf(market).tradingFee;
        rules.liquidationPenalty = house.rulesOf(market).liquidationPenalty;
        rules.liquidatorShare = house.rulesOf(market).liquidatorShare;
        rules.minPositionValue = house.rulesOf(market).minPositionValue;
        rules.liquidationBounty = house.backstopRulesOf(market).liquidationBounty;
        rules.deleverageWindow = house.backstopRulesOf(market).deleverageWindow;
        rules.settlementDelay = house.backstopRulesOf(market).settlementDelay;
    }

    function _tooNarrow(RuleParams memory rules, address maker, uint256 required) private {
        vm.expectRevert(abi.encodeWithSelector(IMarketAdmin.BandTooNarrow.selector, maker, rules.priceBand, required));
        house.setRules(market, rules);
    }

    function _refused(RuleParams memory rules, Rule rule, uint256 value, uint256 min, uint256 max) private {
        vm.expectRevert(abi.encodeWithSelector(IMarketAdmin.RuleOutOfRange.selector, rule, value, min, max));
        house.setRules(market, rules);
    }

    /// @dev Both limits are accepted, and values beyond them revert.
    function _checkRange(Rule rule, uint256 min, uint256 max) private {
        RuleParams memory rules = _stored();
        changeRule(rules, rule, max + 1);
        _refused(rules, rule, max + 1, min, max);
        changeRule(rules, rule, max);
        house.setRules(market, rules);
        changeRule(rules, rule, min);
        house.setRules(market, rules);
        if (min == 0) return;
        changeRule(rules, rule, min - 1);
        _refused(rules, rule, min - 1, min, max);
    }
}
