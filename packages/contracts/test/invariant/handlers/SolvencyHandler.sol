// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IBackstop} from "../../../src/interfaces/IBackstop.sol";
import {IClearingHouse, LiquidationParams} from "../../../src/interfaces/IClearingHouse.sol";
import {IMaker} from "../../../src/interfaces/IMaker.sol";
import {AccountState, IVault} from "../../../src/interfaces/IVault.sol";
import {MarginMath} from "../../../src/libraries/MarginMath.sol";
import {SpotHedgeVault} from "../../../src/makers/spot-hedge/SpotHedgeVault.sol";
import {MarketStatus} from "../../../src/types/Market.sol";
import {Price} from "../../../src/types/Units.sol";
import {World} from "./HandlerBase.sol";
import {MarketHandler} from "./MarketHandler.sol";

/// @dev Third layer: the ladder of DESIGN 12, with takers and makers on it.
contract SolvencyHandler is MarketHandler {
    constructor(World memory world) MarketHandler(world) {
        _allow("liquidate.maker", IClearingHouse.RewardTooLow.selector);
        _allow("liquidate.maker", IClearingHouse.DeleverageFirst.selector);
        _allow("liquidate.maker", IMaker.MakerCapacityExceeded.selector);
        _allow("liquidate.maker", IMaker.BelowMinMarginRatio.selector);
        _allow("liquidate.maker", MarginMath.InsufficientInitialMargin.selector);
        _allow("liquidate.maker", IVault.InsufficientMarketBalance.selector);
        _allow("liquidate.maker", SpotHedgeVault.HedgeTooFar.selector);
        _allow("liquidate.maker", SpotHedgeVault.FinerThanBaseToken.selector);
        _allow("deleverage", IBackstop.NothingToDeleverage.selector);
        _allow("closeHedgeGap", SpotHedgeVault.NoHedgeGap.selector);
        _allow("closeHedgeGap", SpotHedgeVault.HedgeGapClosedRecently.selector);
        _allow("closeHedgeGap", SpotHedgeVault.HedgeGapPartTooSmall.selector);
        _allow("closeHedgeGap", SpotHedgeVault.HedgeTooFar.selector);
        _allow("closeHedgeGap", IVault.InsufficientMargin.selector);
        _allow("closeHedgeGap", IVault.InsufficientMarketBalance.selector);
    }

    /// @dev H1: what a forced change left to trade, in parts or whole, by anybody.
    function closeHedgeGap(uint256 part, address caller, bool poolFollows) external insuranceUntouched {
        _publish();
        if (poolFollows) w.spot.moveTo(price[0]);
        int256 gap = w.d.spotHedgeBaseMaker.hedgeGap();
        uint256 size = uint256(gap < 0 ? -gap : gap);
        vm.recordLogs();
        vm.prank(caller);
        try w.d.spotHedgeBaseMaker.closeHedgeGap(part % 2 == 0 ? type(uint256).max : _bound(part, 0, size)) {
            _countHedges(Hedged.Gap);
            _count("closeHedgeGap");
        } catch (bytes memory reason) {
            _refuse("closeHedgeGap", reason);
        }
    }

    /// @dev Rungs 1 and 2. A rich liquidator takes over whatever can be liquidated, unless it has to be deleveraged first.
    function liquidate(uint256 m, uint256 victimSeed, uint256 amount) external {
        _publish();
        m %= 2;
        _liquidate(m, _victim(m, victimSeed), amount);
        _trackOpenInterest();
    }

    /// @dev Against a maker, whose difference the reward bears.
    function liquidateAgainstMaker(uint256 m, uint256 victimSeed, uint256 amount, bool useSpotHedge) external {
        _publish();
        _liquidateAgainstMaker(m % 2, victimSeed, amount, useSpotHedge);
        _trackOpenInterest();
    }

    /// @dev A jump of up to 60% down or to 2.5 times, and what keepers do about it in the same block.
    function crash(uint256 m, uint256 factor, bool isUp, uint256 seed) external {
        m %= 2;
        _setPrice(m, price[m] * (isUp ? _bound(factor, 1.1e18, 2.5e18) : _bound(factor, 0.4e18, 0.9e18)) / WAD);
        _publish();
        if (m == 0 && seed % 2 == 0) w.spot.moveTo(price[0]);
        uint256 what = seed / 2 % 3;
        if (what == 0) _liquidate(m, _victim(m, seed / 6), seed / 6);
        else if (what == 1) _liquidateAgainstMaker(m, seed / 6, 0, seed / 6 % 2 == 0);
        else _deleverage(m, _bankrupt(m, seed / 6));
        _count("crash");
        _trackOpenInterest();
    }

    /// @dev What the liquidator took over goes back to a maker, bit by bit.
    function unwind(uint256 m, uint256 fraction) external insuranceUntouched {
        _publish();
        m %= 2;
        int256 size = _sizeOf(m, w.liquidator);
        if (size == 0) return;
        uint256 amount = _bound(fraction, 1, uint256(size > 0 ? size : -size));
        _trade("reduce", m, _reduceOnly(m, w.liquidator, address(w.oracleMakers[m]), size > 0, amount));
    }

    /// @dev Rung 3. What insurance pays is the bounty at most; who is closed ends with nothing.
    function deleverage(uint256 m, uint256 victimSeed) external {
        _publish();
        m %= 2;
        _deleverage(m, _bankrupt(m, victimSeed));
        _trackOpenInterest();
    }

    /// @dev Rung 4: what nobody takes by deleveraging within the window is recorded.
    function recordBadDebt(uint256 m, uint256 victimSeed) external {
        _publish();
        m %= 2;
        address victim = _bankrupt(m, victimSeed);
        if (!_isShort(_state(m, victim))) return;
        w.d.backstop.flagShortfall(w.markets[m], victim);
        _skip(w.d.clearingHouse.backstopRulesOf(w.markets[m]).deleverageWindow);
        _publish();
        AccountState memory before = _state(m, victim);
        // Fees have run, and the other side's may have cured it.
        if (!_isLiquidatable(m, before)) return;
        _liquidate(m, victim, 0);
        if (before.value.isNegative()) assertEq(_sizeOf(m, victim), 0, "not closed");
        if (_insurance(m) < 0) {
            assertGe(uint256(w.d.clearingHouse.statusOf(w.markets[m])), uint256(MarketStatus.ReduceOnly), "in debt");
            _count("badDebt");
        }
        _trackOpenInterest();
    }

    // --------------------------------------------------------------------------------------------------- internal ----

    function _liquidateAgainstMaker(uint256 m, uint256 victimSeed, uint256 amount, bool useSpotHedge) private {
        LiquidationParams memory params = _params(m, _victim(m, victimSeed), amount);
        params.maker = useSpotHedge && m == 0 ? address(w.d.spotHedgeBaseMaker) : address(w.oracleMakers[m]);
        AccountState memory before = _state(m, params.account);
        if (params.account == params.maker || !_isLiquidatable(m, before)) return;
        vm.recordLogs();
        vm.prank(w.liquidator);
        try w.d.clearingHouse.liquidate(params) returns (uint256 base, uint256 reward) {
            _countHedges(Hedged.Increasing);
            _checkLiquidated(m, params.account, before, base, reward);
            _count("liquidate.maker");
        } catch (bytes memory reason) {
            _refuse("liquidate.maker", reason);
        }
    }

    function _liquidate(uint256 m, address victim, uint256 amount) private {
        AccountState memory before = _state(m, victim);
        if (before.size.isZero() || victim == w.liquidator) return;
        LiquidationParams memory params = _params(m, victim, amount);
        _enrich(m, before);
        vm.recordLogs();
        vm.prank(w.liquidator);
        try w.d.clearingHouse.liquidate(params) returns (uint256 base, uint256 reward) {
            _countHedges(Hedged.Gap);
            assertTrue(_isLiquidatable(m, before), "liquidated while healthy");
            _checkLiquidated(m, victim, before, base, reward);
            AccountState memory liquidator = _state(m, w.liquidator);
            assertGe(liquidator.value.unwrap(), _initialRequirement(m, liquidator), "L6: liquidator");
            _count("liquidate.takeOver");
        } catch (bytes memory reason) {
            if (!_isLiquidatable(m, before)) {
                assertEq(bytes4(reason), IClearingHouse.NotLiquidatable.selector, "healthy");
                return;
            }
            // The one reason for which a rich liquidator may be refused.
            assertEq(bytes4(reason), IClearingHouse.DeleverageFirst.selector, "a liquidation was refused");
            assertTrue(_isShort(before), "insurance could have paid");
            assertLt(vm.getBlockTimestamp(), w.d.backstop.debtAllowedAt(w.markets[m], victim), "the window is over");
            _count("liquidate.deleverageFirst");
        }
    }

    /// @dev The account pays its penalty and nothing else; insurance pays when the account is flat only (L5), and then the
    /// shortfall and one bounty.
    function _checkLiquidated(uint256 m, address victim, AccountState memory before, uint256 base, uint256 reward)
        private
        view
    {
        AccountState memory now_ = _state(m, victim);
        assertEq(now_.size.abs() + base, before.size.abs(), "size");
        int256 paid = before.insurance - _insurance(m);
        if (before.value.unwrap() >= 0) {
            assertGe(now_.value.unwrap(), 0, "T30: the penalty made a shortfall");
            assertLe(paid, 0, "L5: insurance paid for an account that had enough");
            assertLe(int256(reward), before.value.unwrap() + 1, "T30: the reward exceeds what was there");
            return;
        }
        if (!now_.size.isZero()) {
            assertLe(paid, 0, "L5: insurance paid while a position is open");
            return;
        }
        assertEq(now_.value.unwrap(), 0, "the shortfall was paid");
        int256 bounty = int256(uint256(w.d.clearingHouse.backstopRulesOf(w.markets[m]).liquidationBounty));
        assertLe(paid, -before.value.unwrap() + bounty + 1, "L5: insurance paid more than shortfall and bounty");
    }

    function _deleverage(uint256 m, address victim) private {
        AccountState memory before = _state(m, victim);
        address[] memory takers = new address[](w.takers.length + 1);
        for (uint256 i = 0; i < w.takers.length; ++i) {
            takers[i] = w.takers[i];
        }
        takers[w.takers.length] = w.liquidator;
        vm.recordLogs();
        try w.d.backstop.deleverage(w.markets[m], victim, takers) returns (uint256 base) {
            _countHedges(Hedged.Gap);
            assertTrue(_isShort(before), "deleveraged without need");
            AccountState memory now_ = _state(m, victim);
            assertEq(now_.size.abs() + base, before.size.abs(), "size");
            if (now_.size.isZero()) assertEq(now_.margin.unwrap(), 0, "who is deleveraged ends with nothing");
            int256 bounty = int256(uint256(w.d.clearingHouse.backstopRulesOf(w.markets[m]).liquidationBounty));
            int256 most = now_.size.isZero() ? bounty : int256(0);
            assertLe(before.insurance - _insurance(m), most, "L5: insurance paid for a deleveraging");
            _count("deleverage");
        } catch (bytes memory reason) {
            if (_isShort(before)) _refuse("deleverage", reason);
            else assertEq(bytes4(reason), IBackstop.NoShortfall.selector, "no shortfall");
        }
    }

    /// @dev The next account from `seed` on that can be liquidated, makers included; whoever `seed` names if nobody can.
    function _victim(uint256 m, uint256 seed) private view returns (address account) {
        for (uint256 i = 0; i < _accountCount(); ++i) {
            account = _account(m, seed % _accountCount() + i);
            if (_isLiquidatable(m, _state(m, account))) return account;
        }
    }

    /// @dev The same for those whose shortfall exceeds insurance.
    function _bankrupt(uint256 m, uint256 seed) private view returns (address account) {
        for (uint256 i = 0; i < _accountCount(); ++i) {
            account = _account(m, seed % _accountCount() + i);
            if (_isShort(_state(m, account))) return account;
        }
    }

    function _accountCount() private view returns (uint256) {
        return w.takers.length + 2;
    }

    function _account(uint256 m, uint256 i) private view returns (address) {
        i %= _accountCount();
        if (i < w.takers.length) return w.takers[i];
        return i == w.takers.length || m == 1 ? address(w.oracleMakers[m]) : address(w.d.spotHedgeBaseMaker);
    }

    function _params(uint256 m, address victim, uint256 amount) private view returns (LiquidationParams memory params) {
        params.marketId = w.markets[m];
        params.account = victim;
        params.liquidator = w.liquidator;
        uint256 size = _state(m, victim).size.abs();
        // Half of the liquidations ask for all.
        params.amount = amount % 2 == 0 || size == 0 ? type(uint256).max : _bound(amount, 1, size);
    }

    /// @dev The shortfall exceeds what insurance has.
    function _isShort(AccountState memory account) private pure returns (bool) {
        int256 insurance = account.insurance > 0 ? account.insurance : int256(0);
        return !account.size.isZero() && account.value.unwrap() + insurance < 0;
    }

    /// @dev Brings the liquidator all the margin that it could need for the position on top of its own.
    function _enrich(uint256 m, AccountState memory victim) private {
        AccountState memory own = _state(m, w.liquidator);
        Price p = Price.wrap(price[m]);
        int256 need = int256(victim.size.notionalCeil(p) + own.size.notionalCeil(p)) - own.value.unwrap() + 1e18;
        if (need <= 0) return;
        uint256 amount = uint256(need) / usdScale + 1;
        _deposit(w.liquidator, amount);
        _addMargin(m, w.liquidator, amount);
    }
}
