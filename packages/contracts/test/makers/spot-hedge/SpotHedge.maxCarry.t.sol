// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../../script/Deploy.s.sol";
import {ISpotHedgeVault} from "../../../src/interfaces/ISpotHedgeVault.sol";
import {MakerKind} from "../../utils/MakerKind.sol";
import {SpotHedgeMakerTest} from "../../utils/SpotHedgeMakerTest.sol";

/// @dev T32: a hedged maker pays funding for the skew of its market, wherever the skew was made. The rate is 10% per day at
/// most, at an average skew of 50; its time constant is twelve hours.
abstract contract SpotHedgeMaxCarrySuite is SpotHedgeMakerTest {
    uint24 internal constant MAX_CARRY = 20_000;
    uint256 internal constant MAX_RATE = uint256(MAX_CARRY) * 1e18 / (1e6 * uint256(1 days));

    constructor(MakerKind kind_) SpotHedgeMakerTest(kind_) {}

    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        c.funding.maxRate = uint64(uint256(1e18) / 1 days / 10);
        c.funding.maxVelocity = c.funding.maxRate / 12 hours;
        c.funding.skewScale = 50e18;
        c.market.feeIndexDecimals = 12;
        if (hasQuoteMaker()) c.spotHedgeQuoteMaker.maxCarry = MAX_CARRY;
        else c.hedgeMaxCarry = MAX_CARRY;
    }

    function setUp() public override {
        super.setUp();
        addMargin(alice, 200_000 * USD);
        addMargin(bob, 200_000 * USD);
    }

    /// @dev The funding rate that the maker pays if its position grows.
    function rateOfMaker() internal view returns (int256 rate) {
        rate = vault.fundingRateOf(market);
        return hasQuoteMaker() ? -rate : rate;
    }

    /// @dev A taker of the OracleMaker makes the maker pay funding, or receive it.
    function skew(bool makerPays, uint256 size) internal {
        if (makerPays == hasQuoteMaker()) sell(alice, address(om), size);
        else buy(alice, address(om), size);
    }

    function setMaxCarry(uint24 maxCarry) internal {
        ISpotHedgeVault.Parameters memory p = parameters();
        p.maxCarry = maxCarry;
        setParameters(p);
    }

    function test_T32_RevertIf_MakerPaysMoreThanItsLimit() public {
        open(bob, 10e18);
        spot.moveTo(START_PRICE);
        skew(true, 100e18);
        passTime(6 hours);
        int256 rate = rateOfMaker();
        assertGt(rate, int256(MAX_RATE));
        vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.CarryTooHigh.selector, rate, MAX_RATE));
        open(bob, 1e18);
        // The limit does not apply to closes. After the rate has fallen, increases pass again.
        if (hasQuoteMaker()) sell(bob, maker, 4e18);
        else buy(bob, maker, 4e18);
        close(alice, address(om));
        skew(false, 100e18);
        passTime(6 hours);
        assertLe(rateOfMaker(), int256(MAX_RATE));
        spot.moveTo(START_PRICE);
        open(bob, 1e18);
    }

    function test_T32_ReceivedFundingIsNoCarry() public {
        skew(false, 100e18);
        passTime(6 hours);
        assertLt(rateOfMaker(), -int256(MAX_RATE));
        open(bob, 1e18);
        assertEq(sizeOf(bob), hasQuoteMaker() ? int256(1e18) : -1e18);
    }

    /// @dev To the last unit of the rate.
    function test_T32_TheLimitItselfPasses() public {
        skew(true, 100e18);
        // 2% of 10%: an average of 10 at a skew of 100 is reached after 12 hours x ln(10 / 9), 4552 seconds.
        passTime(4552 - 10);
        assertLe(rateOfMaker(), int256(MAX_RATE));
        open(bob, 1e18);
        passTime(20);
        assertGt(rateOfMaker(), int256(MAX_RATE));
        vm.expectPartialRevert(ISpotHedgeVault.CarryTooHigh.selector);
        open(bob, 1e18);
    }

    function test_T32_WithoutALimitTheRateIsNotRead() public {
        setMaxCarry(0);
        skew(true, 100e18);
        passTime(6 hours);
        vm.expectCall(address(vault), abi.encodeCall(vault.fundingRateOf, (market)), 0);
        open(bob, 1e18);
    }
}

contract SpotHedgeBaseMakerMaxCarryTest is SpotHedgeMaxCarrySuite(MakerKind.SpotHedgeBase) {
    /// @dev The attacker skews the market against the OracleMaker (alice), makes the base vault long (bob) and receives
    /// the funding. Without the limit one day costs the LPs 8% of the maker's base, and nothing with it. The attacker
    /// pays more for its skew than it receives, unless the OracleMaker's LPs are its own.
    function test_T32_AttackerCannotFillTheVaultAtAHighRate() public {
        setMaxCarry(0);
        buy(alice, address(om), 200e18);
        passTime(6 hours);
        uint256 id = vm.snapshotState();
        (uint256 lost, int256 earned) = _fillAndWaitADay();
        assertGt(lost, 7e18, "the attack works without a limit");
        assertLt(earned, 0, "but the attacker pays more for the skew");
        vm.revertToState(id);

        setMaxCarry(MAX_CARRY);
        uint256 before = shb.totalAssets();
        vm.expectPartialRevert(ISpotHedgeVault.CarryTooHigh.selector);
        sell(bob, maker, 40e18);
        passTime(1 days);
        assertEq(shb.totalAssets(), before, "LPs lost nothing");
        assertLt(_valueBoth() - 1_200_000e18, 0, "the attacker has paid for the skew");
    }

    function _fillAndWaitADay() private returns (uint256 lost, int256 earned) {
        for (uint256 i = 0; i < 2; ++i) {
            sell(bob, maker, 40e18);
            spot.moveTo(START_PRICE);
        }
        (uint256 before, int256 value) = (shb.totalAssets(), _valueBoth());
        passTime(1 days);
        return (before - shb.totalAssets(), _valueBoth() - value);
    }

    function _valueBoth() private view returns (int256) {
        return valueOf(alice) + valueOf(bob);
    }
}

contract SpotHedgeQuoteMakerMaxCarryTest is SpotHedgeMaxCarrySuite(MakerKind.SpotHedgeQuote) {}
