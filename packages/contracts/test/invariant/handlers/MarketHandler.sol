// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {TradeParams} from "../../../src/interfaces/IClearingHouse.sol";
import {IForcedChanges} from "../../../src/interfaces/IForcedChanges.sol";
import {RuleParams} from "../../../src/interfaces/IMarketAdmin.sol";
import {AccountState} from "../../../src/interfaces/IVault.sol";
import {FeeState} from "../../../src/types/Fees.sol";
import {
    GRACE_PERIOD,
    MarketLedger,
    MarketRules,
    MarketStatus,
    RATE_UNIT,
    SCALE_UNIT
} from "../../../src/types/Market.sol";
import {World} from "./HandlerBase.sol";
import {TradeHandler} from "./TradeHandler.sol";

/// @dev Second layer: prices move, time passes, markets pause, and the owner changes their parameters.
contract MarketHandler is TradeHandler {
    constructor(World memory world) TradeHandler(world) {
        _declareAll(
            "jumpPrice driftPrice passTime accrue pauseFor status.active status.reduceOnly "
            "set.borrowing set.funding set.marginRatios set.rules"
        );
    }

    // ---------------------------------------------------------------------------------------------- price and time ----

    /// @dev Down by up to 90%, or up to tenfold. The pool follows or does not.
    function jumpPrice(uint256 m, uint256 factor, bool isUp, bool poolFollows) external insuranceUntouched {
        m = _pick(m);
        _setPrice(m, price[m] * (isUp ? boundFactor(factor, 1e18, 10e18) : boundFactor(factor, 0.1e18, 1e18)) / WAD);
        _publish();
        if (m == 0 && poolFollows) w.spot.moveTo(price[0]);
        _count("jumpPrice");
    }

    /// @dev Small moves of both markets, with the pool within 1% of the oracle price.
    function driftPrice(uint256 factor, uint256 poolFactor) external insuranceUntouched {
        factor = boundFactor(factor, 0.95e18, 1.05e18);
        _setPrice(0, price[0] * factor / WAD);
        _setPrice(1, price[1] * (2e18 - factor) / WAD);
        _publish();
        w.spot.moveTo(price[0] * boundFactor(poolFactor, 0.99e18, 1.01e18) / WAD);
        _count("driftPrice");
    }

    /// @dev Up to 90 days; hours and minutes are more frequent.
    function passTime(uint256 time) external insuranceUntouched {
        _skip((boundTime(time, 90 days) >> time % 12) + 1);
        _count("passTime");
    }

    /// @dev Any caller, in any status.
    function accrue(uint256 m, address caller) external insuranceUntouched {
        _publish();
        vm.prank(caller);
        w.d.clearingHouse.accrue(w.markets[_pick(m)]);
        _count("accrue");
    }

    // ----------------------------------------------------------------------------------------------------- status ----

    /// @dev While a market is paused no fees accrue and no trade passes, and margin can be added.
    function pauseFor(uint256 m, uint256 takerSeed, uint256 time) external insuranceUntouched {
        _publish();
        m = _pick(m);
        uint256 id = w.markets[m];
        MarketStatus before = w.d.clearingHouse.rulesOf(id).status;
        vm.prank(w.guardian);
        w.d.clearingHouse.setMarketStatus(id, MarketStatus.Paused);
        address taker = _taker(takerSeed);
        FeeState memory fees = w.d.lens.feeStateOf(id);
        AccountState memory state = _state(m, taker);

        _skip(boundTime(time, 30 days));
        _publish();
        FeeState memory frozen = w.d.lens.feeStateOf(id);
        assertEq(frozen.fundingIndex, fees.fundingIndex, "funding accrued in a pause");
        assertEq(frozen.takerLongIndex, fees.takerLongIndex, "borrowing accrued in a pause");
        assertEq(frozen.takerShortIndex, fees.takerShortIndex, "borrowing accrued in a pause");
        assertEq(_state(m, taker).value.unwrap(), state.value.unwrap(), "value moved in a pause");
        _deposit(taker, 1);
        _addMargin(m, taker, 1);
        TradeParams memory params = _reduceOnly(m, taker, address(w.oracleMakers[m]), true, type(uint256).max);
        vm.prank(taker);
        try w.d.clearingHouse.trade(params) {
            fail();
        } catch (bytes memory reason) {
            bytes4 selector = IForcedChanges.MarketNotActive.selector;
            assertEq(reason, abi.encodeWithSelector(selector, id, MarketStatus.Paused), "traded in a pause");
        }

        vm.prank(w.owner);
        w.d.clearingHouse.setMarketStatus(id, before);
        assertEq(w.d.lens.feeStateOf(id).fundingIndex, fees.fundingIndex, "the gap accrued after a pause");
        // Forced changes and increases wait for that long.
        _skip(GRACE_PERIOD);
        _count("pauseFor");
    }

    /// @dev The guardian tightens, one time in three; the owner loosens again. Bad debt restricts the status until it
    /// is covered.
    function changeStatus(uint256 m, uint256 seed) external insuranceUntouched {
        m = _pick(m);
        uint256 id = w.markets[m];
        MarketStatus status = w.d.clearingHouse.rulesOf(id).status;
        int256 insurance = _insurance(m);
        if (insurance < 0) {
            assertEq(uint8(w.d.clearingHouse.statusOf(id)), uint8(MarketStatus.ReduceOnly), "in debt");
            _donateInsurance(m, uint256(-insurance) / usdScale + 1);
            assertEq(uint8(w.d.clearingHouse.statusOf(id)), uint8(status), "out of debt");
            _count("debt.covered");
        } else if (status == MarketStatus.ReduceOnly) {
            vm.prank(w.owner);
            w.d.clearingHouse.setMarketStatus(id, MarketStatus.Active);
            _count("status.active");
        } else if (seed % 3 == 0) {
            vm.prank(w.guardian);
            w.d.clearingHouse.setMarketStatus(id, MarketStatus.ReduceOnly);
            _count("status.reduceOnly");
        }
    }

    // ------------------------------------------------------------------------------------------------- parameters ----

    /// @dev Accrued fees of all accounts stay the same when rates change. 10% per day at most.
    function setFunding(uint256 m, uint256 rate, uint256 velocity, uint256 scale) external insuranceUntouched {
        _publish();
        m = _pick(m);
        int256 owed = _pendingOfAll(m);
        rate = boundRate(rate, 0, uint256(1e18) / 1 days / 10) / RATE_UNIT * RATE_UNIT;
        bool isOff = rate == 0;
        if (isOff) (rate, velocity, scale) = (0, 0, 0);
        else (velocity, scale) = _boundFunding(m, rate, velocity, scale);
        vm.prank(w.owner);
        w.d.clearingHouse.setFunding(w.markets[m], uint64(rate), uint64(velocity), uint128(scale));
        assertEq(_pendingOfAll(m), owed, "L4: a new rate changed what had accrued");
        _count("set.funding");
    }

    /// @dev An hour at least from zero to the cap while takers use the makers' capacity (T2).
    function _boundFunding(uint256 m, uint256 rate, uint256 velocity, uint256 scale)
        private
        view
        returns (uint256, uint256)
    {
        MarketLedger memory ledger = w.d.lens.marketOf(w.markets[m]);
        uint256 capacity = Math.max(ledger.makerLongCapacity, ledger.makerShortCapacity);
        // In whole units, as the Vault stores them.
        scale = Math.max(boundSize(scale, 1e18, 1000e18), capacity * 1 hours / rate + 1);
        scale = Math.ceilDiv(scale, SCALE_UNIT) * SCALE_UNIT;
        return (boundRate(velocity, 1, rate * scale / Math.max(capacity, scale) / 1 hours), scale);
    }

    function setBorrowing(uint256 m, uint256 rate) external insuranceUntouched {
        _publish();
        m = _pick(m);
        int256 owed = _pendingOfAll(m);
        rate = boundRate(rate, 0, uint256(1e18) / 365 days);
        vm.prank(w.owner);
        w.d.clearingHouse.setBorrowing(w.markets[m], rate < RATE_UNIT ? 0 : uint48(rate));
        assertEq(_pendingOfAll(m), owed, "L4: a new rate changed what had accrued");
        _count("set.borrowing");
    }

    /// @dev A change of ratios makes no healthy account liquidatable. All ratios within the rules are accepted.
    function setMarginRatios(uint256 m, uint256 initial, uint256 maintenance, uint256 ramp)
        external
        insuranceUntouched
    {
        _publish();
        m = _pick(m);
        MarketRules memory rules = w.d.clearingHouse.rulesOf(w.markets[m]);
        uint256 least = uint256(rules.priceBand) + rules.tradingFee + 1;
        uint256 leastMaintenance = 2 * uint256(rules.liquidationPenalty) + 1;
        initial = boundRatio(initial, least > leastMaintenance ? least : leastMaintenance + 1, 250_000);
        maintenance = boundRatio(maintenance, leastMaintenance, initial - 1);
        bool[] memory before = _liquidatable(m);
        vm.prank(w.owner);
        w.d.clearingHouse
            .setMarginRatios(w.markets[m], uint24(initial), uint24(maintenance), boundTime(ramp, 1 days, 30 days));
        assertEq(keccak256(abi.encode(_liquidatable(m))), keccak256(abi.encode(before)), "ratios jumped");
        _count("set.marginRatios");
    }

    /// @dev Any rules within the ranges, with a band that is not narrower than the makers require.
    function setRules(uint256 m, uint256 seed) external insuranceUntouched {
        _publish();
        m = _pick(m);
        uint256 id = w.markets[m];
        (uint256 initial, uint256 maintenance) = w.d.lens.marginRatiosOf(id);
        MarketLedger memory ledger = w.d.lens.marketOf(id);
        if (ledger.initialMarginRatio < initial) initial = ledger.initialMarginRatio;
        if (ledger.maintenanceMarginRatio < maintenance) maintenance = ledger.maintenanceMarginRatio;
        uint256 narrowest = w.d.spotHedgeBaseMaker.requiredBand();
        RuleParams memory rules;
        rules.priceBand = boundRatio(_part(seed, 0), narrowest, initial - 2 < 60_000 ? initial - 2 : 60_000);
        rules.tradingFee = boundRatio(_part(seed, 1), 0, _least(1000, initial - 1 - rules.priceBand));
        rules.liquidationPenalty = boundRatio(_part(seed, 2), 0, _least(30_000, maintenance / 2));
        rules.liquidatorShare = boundRatio(_part(seed, 3));
        rules.minPositionValue = uint96(boundQuote(_part(seed, 4), 0, 50e18));
        rules.liquidationBounty = uint128(boundQuote(_part(seed, 5), 0, 20e18));
        rules.deleverageWindow = uint32(boundTime(_part(seed, 6), 0, 2 days));
        rules.settlementDelay = uint32(boundTime(_part(seed, 7), 1 days, 7 days));
        vm.prank(w.owner);
        w.d.clearingHouse.setRules(id, rules);
        _count("set.rules");
    }

    function _part(uint256 seed, uint256 i) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, i)));
    }

    function _least(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }

    /// @dev Pending fees of takers and makers, weighted by account, so that no two changes cancel.
    function _pendingOfAll(uint256 m) private view returns (int256 sum) {
        for (uint256 i = 0; i < _accountCount(); ++i) {
            (int256 funding, int256 borrowing) = w.d.lens.pendingFeesOf(w.markets[m], _account(m, i));
            sum += (funding + 1_000_003 * borrowing) * int256(i + 1);
        }
    }

    function _liquidatable(uint256 m) private view returns (bool[] memory which) {
        which = new bool[](_accountCount());
        for (uint256 i = 0; i < which.length; ++i) {
            which[i] = _isLiquidatable(m, _state(m, _account(m, i)));
        }
    }
}
