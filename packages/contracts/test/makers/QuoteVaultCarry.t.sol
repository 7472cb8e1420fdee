// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {QuoteVaultTest} from "../utils/QuoteVaultTest.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";

/// @dev T32 for a vault that is short: it pays when shorts pay, and is paid when longs do.
contract QuoteVaultCarryTest is QuoteVaultTest {
    uint24 private constant MAX_CARRY = 20_000;
    uint256 private constant MAX_RATE = uint256(MAX_CARRY) * 1e18 / (1e6 * uint256(1 days));

    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        c.funding.maxRate = uint64(uint256(1e18) / 1 days / 10);
        c.funding.maxVelocity = c.funding.maxRate / 6 hours;
        c.funding.skewScale = 50e18;
        c.market.feeIndexDecimals = 12;
        c.spotHedgeQuoteMaker.maxCarry = MAX_CARRY;
    }

    function test_T32_RevertIf_TheShortVaultPaysMoreThanItsLimit() public {
        sell(alice, address(om), 100e18);
        movePrice(START_PRICE);
        skip(6 hours);
        setPrice(START_PRICE);
        int256 rate = d.lens.feeStateOf(market).fundingRate;
        assertLt(rate, -int256(MAX_RATE));
        vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.CarryTooHigh.selector, -rate, MAX_RATE));
        buy(bob, maker, 1e18);
    }

    function test_T32_WhatTheShortVaultReceivesIsNoCarry() public {
        buy(alice, address(om), 100e18);
        skip(6 hours);
        setPrice(START_PRICE);
        assertGt(d.lens.feeStateOf(market).fundingRate, int256(MAX_RATE));
        buy(bob, maker, 1e18);
        assertEq(sizeOf(bob), 1e18);
    }
}
