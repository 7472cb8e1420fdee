// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {ILpVault} from "../../src/interfaces/ILpVault.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";

/// @dev T32: a hedged vault pays funding for whatever skew there is in its market, wherever that was made. The rate is 10%
/// per day at most, reached in six hours of full skew, which is 50.
contract SpotHedgeCarryTest is ExchangeTest {
    uint24 private constant MAX_CARRY = 20_000;
    uint256 private constant MAX_RATE = uint256(MAX_CARRY) * 1e18 / (1e6 * uint256(1 days));

    address private maker;

    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        c.funding.maxRate = uint64(uint256(1e18) / 1 days / 10);
        c.funding.maxVelocity = c.funding.maxRate / 6 hours;
        c.funding.skewScale = 50e18;
        c.market.feeIndexDecimals = 12;
        c.hedgeMaxCarry = MAX_CARRY;
    }

    function setUp() public override {
        super.setUp();
        maker = address(shb);
        addMargin(alice, 600_000 * USD);
        addMargin(bob, 600_000 * USD);
    }

    function test_T32_RevertIf_TheVaultPaysMoreThanItsLimit() public {
        sell(bob, maker, 10e18);
        spot.moveTo(START_PRICE);
        buy(alice, address(om), 100e18);
        _wait(6 hours);
        int256 rate = d.lens.feeStateOf(market).fundingRate;
        assertGt(rate, int256(MAX_RATE));
        vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.CarryTooHigh.selector, rate, MAX_RATE));
        sell(bob, maker, 1e18);
        // Whoever closes is not concerned, nor is anybody else when the market has come back.
        buy(bob, maker, 4e18);
        close(alice, address(om));
        sell(alice, address(om), 100e18);
        _wait(6 hours);
        assertLe(d.lens.feeStateOf(market).fundingRate, int256(MAX_RATE));
        spot.moveTo(START_PRICE);
        sell(bob, maker, 1e18);
    }

    function test_T32_WhatTheVaultReceivesIsNoCarry() public {
        sell(alice, address(om), 100e18);
        _wait(6 hours);
        assertLt(d.lens.feeStateOf(market).fundingRate, -int256(MAX_RATE));
        sell(bob, maker, 1e18);
    }

    /// @dev To the last unit of the rate.
    function test_T32_TheLimitItselfIsAllowed() public {
        buy(alice, address(om), 100e18);
        // 2% of 10% of the way: a fifth of six hours.
        _wait(uint256(6 hours) / 5 - 10);
        int256 rate = d.lens.feeStateOf(market).fundingRate;
        assertLe(rate, int256(MAX_RATE));
        sell(bob, maker, 1e18);
        _wait(20);
        assertGt(d.lens.feeStateOf(market).fundingRate, int256(MAX_RATE));
        vm.expectPartialRevert(ISpotHedgeVault.CarryTooHigh.selector);
        sell(bob, maker, 1e18);
    }

    function test_T32_WithoutALimitNothingIsAsked() public {
        _setMaxCarry(0);
        buy(alice, address(om), 100e18);
        _wait(6 hours);
        vm.expectCall(address(vault), abi.encodeCall(vault.fundingRateOf, (market)), 0);
        sell(bob, maker, 1e18);
    }

    /// @dev The attacker skews the market against the OracleMaker (alice), then makes the vault long (bob) and collects. A
    /// day of it costs LPs eight percent of what the vault holds without the limit, and nothing with it; the attacker pays
    /// more for its skew than it gets either way, unless the other maker's LPs are its own.
    function test_T32_TheAttackerCannotFillTheVaultAtAHighRate() public {
        _setMaxCarry(0);
        buy(alice, address(om), 200e18);
        _wait(6 hours);
        uint256 id = vm.snapshotState();
        (uint256 lost, int256 earned) = _fillAndWaitADay();
        assertGt(lost, 7e18, "the attack works without a limit");
        assertLt(earned, 0, "though not for who pays for the skew");
        vm.revertToState(id);

        _setMaxCarry(MAX_CARRY);
        uint256 before = shb.totalAssets();
        vm.expectPartialRevert(ISpotHedgeVault.CarryTooHigh.selector);
        sell(bob, maker, 40e18);
        _wait(1 days);
        assertEq(shb.totalAssets(), before, "LPs lost nothing");
        assertLt(_valueBoth() - 1_200_000e18, 0, "and the skew has cost what it costs");
    }

    function test_SetParameters_RevertIf_MaxCarryIsBeyondAnyRate() public {
        ISpotHedgeVault.Parameters memory p = shb.parameters();
        p.maxCarry = 1_000_001;
        vm.expectRevert(abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 1_000_001, 0, 1_000_000));
        vm.prank(owner());
        shb.setParameters(p);
    }

    function _fillAndWaitADay() private returns (uint256 lost, int256 earned) {
        for (uint256 i = 0; i < 2; ++i) {
            sell(bob, maker, 40e18);
            spot.moveTo(START_PRICE);
        }
        (uint256 before, int256 value) = (shb.totalAssets(), _valueBoth());
        _wait(1 days);
        return (before - shb.totalAssets(), _valueBoth() - value);
    }

    function _valueBoth() private view returns (int256) {
        return valueOf(alice) + valueOf(bob);
    }

    function _wait(uint256 time) private {
        skip(time);
        setPrice(START_PRICE);
    }

    function _setMaxCarry(uint24 maxCarry) private {
        ISpotHedgeVault.Parameters memory p = shb.parameters();
        p.maxCarry = maxCarry;
        vm.prank(owner());
        shb.setParameters(p);
    }
}
