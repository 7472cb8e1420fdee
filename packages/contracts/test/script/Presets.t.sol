// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig, Deployment} from "../../script/Deploy.s.sol";
import {Preset, Presets} from "../../script/Presets.sol";
import {PPM} from "../../src/types/Units.sol";
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
            assertEq(e.lens.marketOf(e.marketId).skewScale, 250e9, "half of the OracleMaker's capacity");
            assertEq(e.lens.marketOf(e.marketId).maxBorrowingRate, p.maxBorrowingRate);
        }
    }

    function test_Presets_Relations() public view {
        for (uint256 i = 0; i < 3; ++i) {
            Preset memory p = Presets.named(_name(i));
            assertGt(p.tradingFee, 0);
            assertGt(p.lpFee, 0);
            // T63
            assertLe(p.liquidationPenalty * p.liquidatorShare, p.tradingFee * PPM, "reward");
            assertGt(p.maxConfidence, p.maxConfidencePremium, "the premium is for confidences that open");
            assertGt(p.maxDeviation, p.maxConfidence);
            // T32
            assertGt(p.maxCarry, 0);
            assertLt(p.maxCarry * 1e18, p.maxFundingRate * 1 days * PPM, "a limit that can bind");
            // T2, with as much capacity in hedged vaults as in the OracleMaker.
            assertGe(p.fundingTime * p.skewRatio / PPM / 2, 1 hours, "time to the cap");
            if (i == 0) continue;
            Preset memory safer = Presets.named(_name(i - 1));
            assertGt(p.tradingFee, safer.tradingFee);
            assertGt(p.lpFee, safer.lpFee);
            assertLt(p.maxLiquidationAge, safer.maxLiquidationAge);
            assertLe(p.maxCarry, safer.maxCarry);
        }
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
        return _json(string.concat('},"preset":"', name, '","n":{"m":1'));
    }

    /// @dev The fixture's tokens and pools, and a quote vault.
    function _config(string memory name) private returns (DeployConfig memory c) {
        c = script.readConfig(_json(string.concat(QUOTE_VAULT, '},"preset":"', name, '","n":{"m":1')));
        DeployConfig memory fixture = config();
        (c.owner, c.collateral, c.base, c.pyth) = (fixture.owner, fixture.collateral, fixture.base, fixture.pyth);
        (c.spot, c.feed.pythId) = (fixture.spot, FEED);
    }
}
