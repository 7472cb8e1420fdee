// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {TradeParams} from "../../../src/interfaces/IClearingHouse.sol";
import {IForcedChanges} from "../../../src/interfaces/IForcedChanges.sol";
import {AccountState} from "../../../src/interfaces/IVault.sol";
import {FeeState} from "../../../src/types/Fees.sol";
import {MarketStatus} from "../../../src/types/Market.sol";
import {World} from "./HandlerBase.sol";
import {TradeHandler} from "./TradeHandler.sol";

/// @dev Second layer: prices move, time passes, markets pause.
contract MarketHandler is TradeHandler {
    constructor(World memory world) TradeHandler(world) {
        _declare("jumpPrice");
        _declare("driftPrice");
        _declare("passTime");
        _declare("accrue");
        _declare("pauseFor");
        _declare("status.active");
        _declare("status.reduceOnly");
    }

    // ---------------------------------------------------------------------------------------------- price and time ----

    /// @dev Down by up to 90%, or up to tenfold. The pool follows or does not.
    function jumpPrice(uint256 m, uint256 factor, bool isUp, bool poolFollows) external insuranceUntouched {
        m %= 2;
        _setPrice(m, price[m] * (isUp ? _bound(factor, 1e18, 10e18) : _bound(factor, 0.1e18, 1e18)) / WAD);
        _publish();
        if (m == 0 && poolFollows) w.spot.moveTo(price[0]);
        _count("jumpPrice");
    }

    /// @dev Moves of both markets on an ordinary day, the pool within a percent of the oracle.
    function driftPrice(uint256 factor, uint256 poolFactor) external insuranceUntouched {
        factor = _bound(factor, 0.95e18, 1.05e18);
        _setPrice(0, price[0] * factor / WAD);
        _setPrice(1, price[1] * (2e18 - factor) / WAD);
        _publish();
        w.spot.moveTo(price[0] * _bound(poolFactor, 0.99e18, 1.01e18) / WAD);
        _count("driftPrice");
    }

    /// @dev Up to 90 days, hours or minutes more often.
    function passTime(uint256 time) external insuranceUntouched {
        _skip((_bound(time, 1, 90 days) >> time % 12) + 1);
        _count("passTime");
    }

    /// @dev Anybody, in any status.
    function accrue(uint256 m, address caller) external insuranceUntouched {
        _publish();
        vm.prank(caller);
        w.d.clearingHouse.accrue(w.markets[m % 2]);
        _count("accrue");
    }

    // ----------------------------------------------------------------------------------------------------- status ----

    /// @dev DESIGN 10, 13: while a market is paused nothing accrues and nothing trades, and margin can be added.
    function pauseFor(uint256 m, uint256 takerSeed, uint256 time) external insuranceUntouched {
        _publish();
        m %= 2;
        uint256 id = w.markets[m];
        MarketStatus before = w.d.clearingHouse.rulesOf(id).status;
        vm.prank(w.guardian);
        w.d.clearingHouse.setMarketStatus(id, MarketStatus.Paused);
        address taker = _taker(takerSeed);
        FeeState memory fees = w.d.vault.feeStateOf(id);
        AccountState memory state = _state(m, taker);

        _skip(_bound(time, 1, 30 days));
        _publish();
        FeeState memory frozen = w.d.vault.feeStateOf(id);
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
        assertEq(w.d.vault.feeStateOf(id).fundingIndex, fees.fundingIndex, "the gap accrued after a pause");
        _count("pauseFor");
    }

    /// @dev The guardian tightens, one time in three; the owner loosens again, which a market in debt refuses.
    function changeStatus(uint256 m, uint256 seed) external insuranceUntouched {
        m %= 2;
        uint256 id = w.markets[m];
        MarketStatus status = w.d.clearingHouse.rulesOf(id).status;
        if (status == MarketStatus.ReduceOnly) {
            int256 insurance = _insurance(m);
            // Bad debt has to be covered first.
            if (insurance < 0) _donateInsurance(m, uint256(-insurance) / usdScale + 1);
            vm.prank(w.owner);
            w.d.clearingHouse.setMarketStatus(id, MarketStatus.Active);
            _count("status.active");
        } else if (seed % 3 == 0) {
            vm.prank(w.guardian);
            w.d.clearingHouse.setMarketStatus(id, MarketStatus.ReduceOnly);
            _count("status.reduceOnly");
        }
    }
}
