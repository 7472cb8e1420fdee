// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig, Deployment} from "../../script/Deploy.s.sol";
import {Preset, Presets} from "../../script/Presets.sol";
import {RiskChecks} from "../../script/RiskChecks.sol";
import {DeployTest} from "./DeployTest.sol";

/// @dev Each preset deploys, and keeps the relations that no contract checks.
contract PresetsTest is DeployTest {
    function test_Presets_Deploy() public {
        for (uint256 i = 0; i < 3; ++i) {
            Preset memory p = Presets.named(_name(i));
            DeployConfig memory c = _config(_name(i));
            Deployment memory e = script.deploy(c, address(script));
            assertEq(e.clearingHouse.rulesOf(e.marketId).tradingFee, p.tradingFee);
            assertEq(e.clearingHouse.rulesOf(e.marketId).liquidatorShare, p.liquidatorShare);
            assertEq(e.oracleMaker.parameters().lpFee, p.lpFee);
            assertEq(e.oracle.feedOf(e.marketId).maxConfidence, p.maxConfidence);
            assertEq(e.oracle.feedOf(e.marketId).maxLiquidationAge, p.maxLiquidationAge);
            assertEq(e.spotHedgeBaseMaker.parameters().maxCarry, p.maxCarry);
            assertEq(e.spotHedgeQuoteMaker.parameters().maxCarry, p.maxCarry);
            assertEq(e.lens.marketOf(e.marketId).maxFundingRate, p.maxFundingRate);
            assertEq(e.lens.marketOf(e.marketId).skewScale, 250e18, "half of the OracleMaker's capacity");
            assertEq(e.lens.marketOf(e.marketId).maxBorrowingRate, p.maxBorrowingRate);
        }
    }

    function test_Presets_KeepTheRelations() public view {
        for (uint256 i = 0; i < 3; ++i) {
            Preset memory p = Presets.named(_name(i));
            DeployConfig memory c = script.readConfig(_json(string.concat(QUOTE_VAULT, _preset(_name(i)))));
            script.checkRisk(c);
            // With a second source.
            (c.feed.aggregator, c.feed.maxDeviation) = (address(1), uint24(p.maxDeviation));
            script.checkRisk(c);
            if (i == 0) continue;
            Preset memory safer = Presets.named(_name(i - 1));
            assertGt(p.tradingFee, safer.tradingFee);
            assertGt(p.lpFee, safer.lpFee);
            assertLt(p.maxLiquidationAge, safer.maxLiquidationAge);
            assertLe(p.maxCarry, safer.maxCarry);
        }
    }

    /// @dev Each relation alone, one unit beyond its limit.
    function test_Presets_RevertIf_ARelationIsBroken() public {
        DeployConfig memory c = _thin();
        c.market.rules.tradingFee = 0;
        _refused(c, "market.tradingFee", 0, 1);
        c = _thin();
        c.oracleMaker.lpFee = 0;
        _refused(c, "oracleMaker.lpFee", 0, 1);
        c = _thin();
        c.maxBorrowingRate = 0;
        _refused(c, "maxBorrowingRate", 0, 1);
        c = _thin();
        c.funding.maxRate = 0;
        _refused(c, "funding.maxRate", 0, 1);
        c = _thin();
        // T63: a reward of 1,500 of a penalty of 25,000.
        c.market.rules.liquidatorShare = 60_001;
        _refused(c, "market.liquidatorShare", 60_001, 60_000);
        c = _thin();
        c.feed.maxConfidence = 5_000;
        _refused(c, "feed.maxConfidence", 5_000, 5_001);
        c = _thin();
        (c.feed.aggregator, c.feed.maxDeviation) = (address(1), 10_000);
        _refused(c, "feed.maxDeviation", 10_000, 10_001);
        c = _thin();
        c.feed.maxLiquidationAge = 31;
        _refused(c, "feed.maxLiquidationAge", 31, 30);
        c = _thin();
        c.feed.collateral.maxLiquidationAge = 31;
        _refused(c, "feed.collateral.maxLiquidationAge", 31, 30);
        // T32: 10% per day.
        c = _thin();
        c.hedgeMaxCarry = 0;
        _refused(c, "spotHedgeBaseMaker.maxCarry", 0, 1);
        c.hedgeMaxCarry = 100_000;
        _refused(c, "spotHedgeBaseMaker.maxCarry", 100_000, 99_999);
        c = _thin();
        c.spotHedgeQuoteMaker.maxCarry = 0;
        _refused(c, "spotHedgeQuoteMaker.maxCarry", 0, 1);
        // T52: twelve hours, so that a sixth of the capacity of 500 leaves two.
        c = _thin();
        uint256 minScale = uint256(500e18) * 2 hours * c.funding.maxVelocity / c.funding.maxRate;
        c.funding.skewScale = uint128(minScale - 1);
        _refused(c, "funding.skewScale", minScale - 1, minScale);
    }

    function test_Presets_ThinIsTheDefault() public view {
        assertEq(abi.encode(script.readConfig(_json(""))), abi.encode(script.readConfig(_named("thin"))));
        DeployConfig memory c = script.readConfig(_named("major"));
        assertEq(c.market.rules.tradingFee, 500);
    }

    /// @dev The JSON replaces single settings, with zero too.
    function test_Presets_JsonComesFirst() public view {
        string memory more = ',"tradingFee":7},"funding":{"maxRate":"0","maxVelocity":"0","skewScale":"0"},"n":{"m":1';
        DeployConfig memory c = script.readConfig(_json(more, ',"lpFee":0'));
        assertEq(c.market.rules.tradingFee, 7);
        assertEq(c.oracleMaker.lpFee, 0);
        assertEq(c.funding.maxRate, 0);
        assertEq(c.hedgeMaxCarry, Presets.thin().maxCarry);
    }

    function test_Presets_RevertIf_NameIsUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(Presets.UnknownPreset.selector, "huge"));
        script.readConfig(_named("huge"));
    }

    function _name(uint256 i) private pure returns (string memory) {
        if (i == 0) return "major";
        return i == 1 ? "mid" : "thin";
    }

    function _named(string memory name) private pure returns (string memory) {
        return _json(_preset(name));
    }

    function _preset(string memory name) private pure returns (string memory) {
        return string.concat('},"preset":"', name, '","n":{"m":1');
    }

    function _thin() private view returns (DeployConfig memory) {
        return script.readConfig(_json(QUOTE_VAULT));
    }

    function _refused(DeployConfig memory c, string memory setting, uint256 value, uint256 limit) private {
        vm.expectRevert(abi.encodeWithSelector(RiskChecks.UnsafeSetting.selector, setting, value, limit));
        script.checkRisk(c);
    }

    /// @dev The fixture's tokens and pools, and a quote vault.
    function _config(string memory name) private returns (DeployConfig memory c) {
        c = script.readConfig(_json(string.concat(QUOTE_VAULT, _preset(name))));
        DeployConfig memory fixture = config();
        (c.owner, c.collateral, c.base, c.pyth) = (fixture.owner, fixture.collateral, fixture.base, fixture.pyth);
        (c.spot, c.feed.pythId) = (fixture.spot, FEED);
    }
}
