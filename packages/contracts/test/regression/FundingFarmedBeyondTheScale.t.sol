// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {setDailyFunding} from "../utils/Funding.sol";

/// @dev T52: the velocity of the funding rate saw at most the skew scale, and payments saw the whole position. A rate that
/// was built up at the scale was collected on five times as much. The rate is 10% per day at most, the scale 100 and the
/// OracleMaker's capacity 500. The price does not move.
contract FundingFarmedBeyondTheScaleTest is ExchangeTest {
    uint256 private constant SCALE = 100e18;
    uint256 private constant CAPACITY = 500e18;

    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        setDailyFunding(c, uint128(SCALE));
    }

    function setUp() public override {
        super.setUp();
        addMargin(alice, 500_000 * USD);
        addMargin(bob, 500_000 * USD);
    }

    /// @dev Six hours long at the scale, six hours short at the whole capacity, and the mirror image: the cycle brought
    /// 4,653, all of it from the LPs.
    function test_T52_BuiltAtTheScale_CollectedBeyondIt_EarnsNothing() public {
        for (uint256 i = 0; i < 3; ++i) {
            int256 taker = valueOf(alice);
            int256 maker = valueOf(address(om));
            _flip(i % 2 == 0);
            assertLt(valueOf(alice), taker, "the attacker gained");
            assertGt(valueOf(address(om)), maker, "the LPs paid");
        }
    }

    /// @dev The same with two accounts, so that no account turns around.
    function test_T52_TwoAccounts_EarnNothing() public {
        int256 takers = valueOf(alice) + valueOf(bob);
        int256 maker = valueOf(address(om));
        buy(alice, address(om), SCALE);
        _pass(6 hours);
        sell(bob, address(om), CAPACITY + SCALE);
        _pass(6 hours);
        close(bob, address(om));
        close(alice, address(om));
        assertLt(valueOf(alice) + valueOf(bob), takers, "the attacker gained");
        assertGt(valueOf(address(om)), maker, "the LPs paid");
    }

    /// @dev A victim's skew has pumped the rate. It decays when the skew is gone, also if an attacker leaves one wei of
    /// it: otherwise the rate would be paid for ever.
    function test_T52_OneWeiOfSkew_DoesNotKeepARateAlive() public {
        buy(bob, address(om), CAPACITY);
        _pass(2 days);
        int256 highest = vault.fundingRateOf(market);
        sell(bob, address(om), CAPACITY - 1);
        _pass(1 days);
        // Four time constants.
        assertLt(vault.fundingRateOf(market), highest / 50, "the rate stays");
        _pass(9 days);
        assertLe(vault.fundingRateOf(market), 1, "the rate stays");
    }

    /// @dev An honest long pays the rate that it built up. An opposite position of the attacker removes the skew; it
    /// receives less than the long pays until the rate has decayed, and cannot pin the rate.
    function test_T52_OppositePosition_DoesNotPinTheRate() public {
        buy(bob, address(om), SCALE);
        _pass(2 days);
        sell(alice, address(om), SCALE);
        (int256 before,) = d.lens.pendingFeesOf(market, bob);
        _pass(30 days);
        (int256 paid,) = d.lens.pendingFeesOf(market, bob);
        // The time constant of six hours at 10% per day of the notional of 200,000.
        assertLt(paid - before, 5_001e18, "the victim pays for ever");
        assertLe(vault.fundingRateOf(market), 1);
    }

    function _flip(bool startsLong) private {
        _trade(startsLong, SCALE);
        _pass(6 hours);
        _trade(!startsLong, CAPACITY + SCALE);
        _pass(6 hours);
        close(alice, address(om));
    }

    function _trade(bool isBuy, uint256 size) private {
        if (isBuy) buy(alice, address(om), size);
        else sell(alice, address(om), size);
    }

    function _pass(uint256 time) private {
        skip(time);
        setPrice(START_PRICE);
        house.accrue(market);
    }
}
