// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {
    IClearingHouse,
    LiquidationParams,
    MarketParams,
    Rule,
    RuleParams
} from "../../src/interfaces/IClearingHouse.sol";
import {ILpVault} from "../../src/interfaces/ILpVault.sol";
import {IOracleMaker} from "../../src/interfaces/IOracleMaker.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {StubMaker} from "../utils/StubMaker.sol";

/// @dev Ranges of a market's rules and their relations to the margin ratios, 10% and 6.25%.
contract RulesTest is ExchangeTest {
    function setUp() public override {
        super.setUp();
        vm.startPrank(owner());
    }

    function test_SetRules_StoresAndTells() public {
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
        emit IClearingHouse.RulesSet(market, rules);
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

    /// @dev Every registered maker's own prices stay within the band: here the base vault's, whose hedge may be 2% away
    /// and has to be tighter than the band.
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

    /// @dev With a spread of its own a taker pays 1.02 x 1.01 = 1.0302 of the oracle price at worst; and the vault takes
    /// the same parameters again in the narrowest band that it names.
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

    /// @dev A maker that was made for a wider band than the market's is not let in.
    function test_RegisterMaker_RevertIf_TheBandIsTooNarrowForIt() public {
        StubMaker stub = new StubMaker(vault, market, START_PRICE);
        stub.setRequiredBand(50_001);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.BandTooNarrow.selector, address(stub), 50_000, 50_001));
        house.registerMaker(address(stub));
        stub.setRequiredBand(50_000);
        house.registerMaker(address(stub));
    }

    /// @dev T35: band and trading fee together cost less than the margin a trade has to leave.
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
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.RuleOutOfRange.selector, Rule.PriceBand, 1, 1, 0));
        house.createMarket(params);
    }

    function test_TradingFee_UpToOnePercent() public {
        RuleParams memory rules = _stored();
        rules.tradingFee = 10_001;
        _refused(rules, Rule.TradingFee, 10_001, 0, 10_000);
        rules.tradingFee = 10_000;
        house.setRules(market, rules);
    }

    /// @dev Less than half of maintenance, so that liquidating half always helps; odd ratios round down.
    function test_LiquidationPenalty_UpToHalfOfMaintenance() public {
        RuleParams memory rules = _stored();
        rules.liquidationPenalty = 31_251;
        _refused(rules, Rule.LiquidationPenalty, 31_251, 0, 31_250);
        rules.liquidationPenalty = 31_250;
        house.setRules(market, rules);
        rules.liquidationPenalty = 0;
        house.setRules(market, rules);
    }

    function test_LiquidatorShare_UpToAll() public {
        RuleParams memory rules = _stored();
        rules.liquidatorShare = 1_000_001;
        _refused(rules, Rule.LiquidatorShare, 1_000_001, 0, 1_000_000);
        rules.liquidatorShare = 1_000_000;
        house.setRules(market, rules);
    }

    function test_DeleverageWindow_UpToAWeek() public {
        RuleParams memory rules = _stored();
        rules.deleverageWindow = 7 days + 1;
        _refused(rules, Rule.DeleverageWindow, 7 days + 1, 0, 7 days);
        rules.deleverageWindow = 7 days;
        house.setRules(market, rules);
        rules.deleverageWindow = 0;
        house.setRules(market, rules);
    }

    function test_SettlementDelay_FromADayToThirty() public {
        RuleParams memory rules = _stored();
        rules.settlementDelay = 1 days - 1;
        _refused(rules, Rule.SettlementDelay, 1 days - 1, 1 days, 30 days);
        rules.settlementDelay = 1 days;
        house.setRules(market, rules);
        rules.settlementDelay = 30 days;
        house.setRules(market, rules);
        rules.settlementDelay = 30 days + 1;
        _refused(rules, Rule.SettlementDelay, 30 days + 1, 1 days, 30 days);
    }

    // -------------------------------------------------------------------------------------------------- helpers ----

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
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.BandTooNarrow.selector, maker, rules.priceBand, required));
        house.setRules(market, rules);
    }

    function _refused(RuleParams memory rules, Rule rule, uint256 value, uint256 min, uint256 max) private {
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.RuleOutOfRange.selector, rule, value, min, max));
        house.setRules(market, rules);
    }
}

/// @dev Changes of margin ratios over time.
contract MarginRampsTest is ExchangeTest {
    function test_Ramp_IsBoundedAndTold() public {
        vm.startPrank(owner());
        vm.expectRevert(abi.encodeWithSelector(IVault.InvalidRamp.selector, 1 days - 1, 1 days, 30 days));
        house.setMarginRatios(market, 120_000, 62_500, 1 days - 1);
        vm.expectRevert(abi.encodeWithSelector(IVault.InvalidRamp.selector, 30 days + 1, 1 days, 30 days));
        house.setMarginRatios(market, 120_000, 62_500, 30 days + 1);
        vm.expectRevert(abi.encodeWithSelector(IVault.InvalidMarginRatios.selector, 62_500, 62_500));
        house.setMarginRatios(market, 62_500, 62_500, 1 days);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.InvalidMarketId.selector, 2, 2));
        house.setMarginRatios(2, 120_000, 62_500, 1 days);
        vm.expectEmit(address(vault));
        emit IVault.MarginRatiosSet(market, 120_000, 62_500, START + 1 days);
        house.setMarginRatios(market, 120_000, 62_500, 1 days);
        house.setMarginRatios(market, 120_000, 62_500, 30 days);
        vm.stopPrank();
    }

    /// @dev On the straight line, down, at every second; after its end for ever.
    function testFuzz_Ramp_IsLinear(uint256 initial, uint256 maintenance, uint256 duration, uint256 elapsed) public {
        initial = bound(initial, 50_001, 1_000_000);
        maintenance = bound(maintenance, 50_000, initial - 1);
        duration = bound(duration, 1 days, 30 days);
        _set(initial, maintenance, duration);
        _check(100_000, 62_500);
        elapsed = bound(elapsed, 0, duration - 1);
        skip(elapsed);
        _check(
            (100_000 * (duration - elapsed) + initial * elapsed) / duration,
            (62_500 * (duration - elapsed) + maintenance * elapsed) / duration
        );
        skip(duration - elapsed);
        _check(initial, maintenance);
        skip(365 days);
        _check(initial, maintenance);
    }

    /// @dev A change in the middle of a ramp starts from what is in force.
    function testFuzz_Ramp_ChangedMidwayDoesNotJump(uint256 elapsed, uint256 initial) public {
        _set(300_000, 150_000, 10 days);
        skip(bound(elapsed, 0, 11 days));
        (uint256 inForce, uint256 maintenance) = d.lens.marginRatiosOf(market);
        initial = bound(initial, 62_501, 1_000_000);
        _set(initial, 62_500, 5 days);
        _check(inForce, maintenance);
        skip(5 days);
        _check(initial, 62_500);
    }

    /// @dev A tightening takes its time: whoever was healthy can still act before it is liquidatable.
    function test_Ramp_HealthyAccountIsNotLiquidatableAtOnce() public {
        addMargin(alice, 2002 * USD);
        addMargin(bob, 100_000 * USD);
        buy(alice, address(om), 10e18);
        _set(500_000, 400_000, 1 days);
        LiquidationParams memory params = LiquidationParams({
            marketId: market,
            account: alice,
            liquidator: bob,
            maker: address(0),
            amount: type(uint256).max,
            minReward: 0,
            priceBound: 0
        });
        bytes memory healthy =
            abi.encodeWithSelector(IClearingHouse.NotLiquidatable.selector, alice, int256(2000e18), uint256(1250e18));
        vm.expectRevert(healthy);
        vm.prank(bob);
        house.liquidate(params);
        // 62,500 + 337,500 / 9 = 100,000 ppm: exactly what the account has.
        skip(9600);
        setPrice(START_PRICE);
        vm.expectRevert(
            abi.encodeWithSelector(IClearingHouse.NotLiquidatable.selector, alice, int256(2000e18), uint256(2000e18))
        );
        vm.prank(bob);
        house.liquidate(params);
        skip(1);
        // 100,003 ppm
        vm.prank(bob);
        house.liquidate(params);
    }

    // ------------------------------------------------------------------------------------------- cross-checks ----

    /// @dev The band must fit the least initial ratio of the ramp, at its end here.
    function test_Ramp_Down_RevertIf_BandOrPenaltyDoNotFitItsEnd() public {
        vm.startPrank(owner());
        vm.expectRevert(
            abi.encodeWithSelector(IClearingHouse.RuleOutOfRange.selector, Rule.PriceBand, 50_000, 1, 49_999)
        );
        house.setMarginRatios(market, 50_000, 49_999, 1 days);
        vm.expectRevert(
            abi.encodeWithSelector(IClearingHouse.RuleOutOfRange.selector, Rule.LiquidationPenalty, 25_000, 0, 24_999)
        );
        house.setMarginRatios(market, 60_000, 49_999, 1 days);
        house.setMarginRatios(market, 50_001, 50_000, 1 days);
        RuleParams memory rules = config().market.rules;
        vm.startPrank(owner());
        rules.priceBand = 50_001;
        vm.expectRevert(
            abi.encodeWithSelector(IClearingHouse.RuleOutOfRange.selector, Rule.PriceBand, 50_001, 1, 50_000)
        );
        house.setRules(market, rules);
        vm.stopPrank();
    }

    /// @dev And at its beginning while it goes up.
    function test_Ramp_Up_BandFitsWhatIsInForce() public {
        RuleParams memory rules = config().market.rules;
        rules.priceBand = 120_000;
        _set(200_000, 62_500, 2 days);
        vm.startPrank(owner());
        vm.expectRevert(
            abi.encodeWithSelector(IClearingHouse.RuleOutOfRange.selector, Rule.PriceBand, 120_000, 1, 99_999)
        );
        house.setRules(market, rules);
        skip(1 days);
        house.setRules(market, rules);
        // Back again would leave the band too wide.
        vm.expectRevert(
            abi.encodeWithSelector(IClearingHouse.RuleOutOfRange.selector, Rule.PriceBand, 120_000, 1, 99_999)
        );
        house.setMarginRatios(market, 100_000, 62_500, 2 days);
        house.setMarginRatios(market, 120_001, 62_500, 2 days);
        vm.stopPrank();
    }

    /// @dev Withdrawals and trades go by the ratios of the second they happen in.
    function test_Ramp_L6_GoesByTheRatioInForce() public {
        addMargin(alice, 10_002 * USD);
        buy(alice, address(om), 10e18);
        _set(300_000, 62_500, 2 days);
        skip(1 days);
        setPrice(START_PRICE);
        assertEq(vault.freeMarginOf(market, alice), 6000 * USD);
        bytes memory tooMuch =
            abi.encodeWithSelector(IVault.InsufficientMargin.selector, int256(4000e18 - 1e12), uint256(4000e18));
        vm.expectRevert(tooMuch);
        vm.prank(alice);
        vault.transferMarginToFund(market, alice, 6000 * USD + 1);
        vm.prank(alice);
        vault.transferMarginToFund(market, alice, 6000 * USD);
    }

    function _set(uint256 initial, uint256 maintenance, uint256 duration) private {
        vm.prank(owner());
        house.setMarginRatios(market, uint24(initial), uint24(maintenance), duration);
    }

    function _check(uint256 initial, uint256 maintenance) private view {
        (uint256 i, uint256 m) = d.lens.marginRatiosOf(market);
        assertEq(i, initial);
        assertEq(m, maintenance);
    }
}
