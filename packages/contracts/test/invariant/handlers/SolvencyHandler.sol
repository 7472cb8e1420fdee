// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IBackstop} from "../../../src/interfaces/IBackstop.sol";
import {IClearingHouse, LiquidationParams, TradeParams} from "../../../src/interfaces/IClearingHouse.sol";
import {ILpVault} from "../../../src/interfaces/ILpVault.sol";
import {IMaker} from "../../../src/interfaces/IMaker.sol";
import {ISpotHedgeVault} from "../../../src/interfaces/ISpotHedgeVault.sol";
import {AccountState, IVault} from "../../../src/interfaces/IVault.sol";
import {MarginMath} from "../../../src/libraries/MarginMath.sol";
import {SpotHedgeBaseMaker} from "../../../src/makers/SpotHedgeBaseMaker.sol";
import {ZeroAmount} from "../../../src/types/Errors.sol";
import {MarketStatus} from "../../../src/types/Market.sol";
import {Price} from "../../../src/types/Units.sol";
import {World} from "./HandlerBase.sol";
import {MarketHandler} from "./MarketHandler.sol";

/// @dev Third layer: the solvency ladder of docs/specification.md, section 12, for takers and makers.
contract SolvencyHandler is MarketHandler {
    constructor(World memory world) MarketHandler(world) {
        _declareAll(
            "crash closeHedgeGap hedgeGap liquidate.takeOver liquidate.maker "
            "liquidate.deleverageFirst deleverage badDebt debt.covered bankruptcy decline "
            "dead.settleMarket dead.settleAccount dead.leave dead.lpLeave"
        );
        _allow(
            "liquidate.maker",
            abi.encodePacked(
                IClearingHouse.RewardTooLow.selector,
                IClearingHouse.DeleverageFirst.selector,
                IMaker.MakerCapacityExceeded.selector,
                IMaker.BelowMinMarginRatio.selector,
                MarginMath.InsufficientInitialMargin.selector,
                IVault.InsufficientMarketBalance.selector,
                ISpotHedgeVault.HedgeTooFar.selector,
                ISpotHedgeVault.FinerThanBaseToken.selector
            )
        );
        _allow("deleverage", abi.encodePacked(IBackstop.NothingToDeleverage.selector, IBackstop.PaysOwnDebt.selector));
        _allowTrade("bankruptcy.enter");
        _allow(
            "dead.lpLeave",
            abi.encodePacked(
                IVault.InsufficientMarketBalance.selector, ZeroAmount.selector, ILpVault.VaultInsolvent.selector
            )
        );
        _allow(
            "closeHedgeGap",
            abi.encodePacked(
                ISpotHedgeVault.NoHedgeGap.selector,
                ISpotHedgeVault.HedgeGapClosedRecently.selector,
                ISpotHedgeVault.HedgeGapPartTooSmall.selector,
                ISpotHedgeVault.HedgeTooFar.selector,
                IVault.InsufficientMargin.selector,
                IVault.InsufficientMarketBalance.selector
            )
        );
    }

    /// @dev H1: any caller closes the hedge gap of a forced change, in parts or whole.
    function closeHedgeGap(uint256 part, address caller, bool poolFollows) external insuranceUntouched {
        _publish();
        if (poolFollows) w.spot.moveTo(price[0]);
        _closeHedgeGap(part, caller);
    }

    /// @dev Sets up a hedge gap (H1), which random actions seldom reach: a taker short against the base vault goes
    /// bankrupt while the pool does not follow, so that the maker is deleveraged and cannot hedge. After the pool has
    /// returned and the interval has passed, half of the calls close a part of the gap; other actions close the rest.
    function hedgeGap(uint256 factor, uint256 part, address caller) external {
        _publish();
        if (!_leavesTheStage(0, w.debtor)) return;
        w.spot.moveTo(price[0]);
        uint256 notional = 3000e18 + (_insurance(0) > 0 ? 10 * uint256(_insurance(0)) : 0);
        if (!_enter(0, w.debtor, address(w.d.spotHedgeBaseMaker), true, notional, 40_000)) return;
        _trackOpenInterest();
        _setPrice(0, price[0] * boundFactor(factor, 1.3e18, 2e18) / WAD);
        _publish();
        int256 gap = w.d.spotHedgeBaseMaker.hedgeGap();
        if (!_isShort(_state(0, w.debtor))) return;
        w.d.backstop.flagShortfall(w.markets[0], w.debtor);
        uint256 allowedAt = w.d.backstop.debtAllowedAt(w.markets[0], w.debtor);
        if (allowedAt > vm.getBlockTimestamp()) _skip(allowedAt - vm.getBlockTimestamp());
        _publish();
        address[] memory hedged = new address[](1);
        hedged[0] = address(w.d.spotHedgeBaseMaker);
        _deleverage(0, w.debtor, hedged);
        _trackOpenInterest();
        if (w.d.spotHedgeBaseMaker.hedgeGap() == gap) return;
        _count("hedgeGap");
        if (factor % 2 == 0) return;
        _skip(w.d.spotHedgeBaseMaker.hedgeGapRules().interval);
        _publish();
        w.spot.moveTo(price[0]);
        _closeHedgeGap(part, caller);
    }

    function _closeHedgeGap(uint256 part, address caller) private {
        int256 gap = w.d.spotHedgeBaseMaker.hedgeGap();
        uint256 size = uint256(gap < 0 ? -gap : gap);
        vm.recordLogs();
        vm.prank(caller);
        try w.d.spotHedgeBaseMaker.closeHedgeGap(part % 2 == 0 ? type(uint256).max : boundSize(part, 0, size)) {
            _countHedges(Hedged.Gap);
            _count("closeHedgeGap");
        } catch (bytes memory reason) {
            _refuse("closeHedgeGap", reason);
        }
    }

    /// @dev Rungs 1 and 2. A rich liquidator takes over every liquidatable account, unless it has to be deleveraged
    /// first.
    function liquidate(uint256 m, uint256 victimSeed, uint256 amount) external {
        _publish();
        m = _pick(m);
        _liquidate(m, _victim(m, victimSeed), amount);
        _trackOpenInterest();
    }

    /// @dev Against a maker; the reward pays the difference to its price.
    function liquidateAgainstMaker(uint256 m, uint256 victimSeed, uint256 amount, bool useSpotHedge) external {
        _publish();
        _liquidateAgainstMaker(_pick(m), victimSeed, amount, useSpotHedge);
        _trackOpenInterest();
    }

    /// @dev A jump of up to 60% down or to 2.5 times, and the keeper action in the same block.
    function crash(uint256 m, uint256 factor, bool isUp, uint256 seed) external {
        m = _pick(m);
        _setPrice(
            m, price[m] * (isUp ? boundFactor(factor, 1.1e18, 2.5e18) : boundFactor(factor, 0.4e18, 0.9e18)) / WAD
        );
        _publish();
        if (m == 0 && seed % 2 == 0) w.spot.moveTo(price[0]);
        uint256 what = seed / 2 % 3;
        if (what == 0) _liquidate(m, _victim(m, seed / 6), seed / 6);
        else if (what == 1) _liquidateAgainstMaker(m, seed / 6, 0, seed / 6 % 2 == 0);
        else _deleverage(m, _bankrupt(m, seed / 6));
        _count("crash");
        _trackOpenInterest();
    }

    /// @dev The liquidator closes parts of its position against a maker.
    function unwind(uint256 m, uint256 fraction) external insuranceUntouched {
        _publish();
        m = _pick(m);
        int256 size = _sizeOf(m, w.liquidator);
        if (size == 0) return;
        uint256 amount = boundPart(fraction, uint256(size > 0 ? size : -size));
        _trade("reduce", m, _reduceOnly(m, w.liquidator, _oracleMaker(m, fraction), size > 0, amount));
    }

    /// @dev Rung 3. Insurance pays at most the bounty; a deleveraged account ends with nothing.
    function deleverage(uint256 m, uint256 victimSeed) external {
        _publish();
        m = _pick(m);
        _deleverage(m, _bankrupt(m, victimSeed));
        _trackOpenInterest();
    }

    /// @dev Sets up rung 3, which random actions seldom reach: a debtor with little margin, a creditor on the other
    /// side of the same maker, and a jump that leaves the debtor with a shortfall beyond insurance. The creditor has
    /// the profit, so deleveraging must pass.
    function bankruptcy(uint256 m, uint256 makerSeed, uint256 factor) external {
        _publish();
        m = _pick(m);
        if (!_leavesTheStage(m, w.creditor) || !_leavesTheStage(m, w.debtor)) return;
        bool isShort = price[m] < _startOf(m);
        address maker = _oracleMaker(m, makerSeed);
        uint256 notional = 3000e18 + (_insurance(m) > 0 ? 10 * uint256(_insurance(m)) : 0);
        if (!_enter(m, w.debtor, maker, isShort, notional, 40_000)) return;
        if (!_enter(m, w.creditor, maker, !isShort, notional, 800_000)) return;
        // Open interest is highest before the crash, and fees accrue on it for a second.
        _trackOpenInterest();
        _setPrice(
            m, price[m] * (isShort ? boundFactor(factor, 1.5e18, 2e18) : boundFactor(factor, 0.4e18, 0.6e18)) / WAD
        );
        _publish();
        assertTrue(_isShort(_state(m, w.debtor)), "no shortfall beyond insurance");
        uint256 before = done["deleverage"];
        _deleverage(m, w.debtor);
        assertEq(done["deleverage"], before + 1, "a creditor in profit, and nothing was deleveraged");
        assertEq(_sizeOf(m, w.debtor), 0, "not completely deleveraged");
        _count("bankruptcy");
        _trackOpenInterest();
    }

    /// @dev Sets up rung 1, which most jumps skip. The price falls until half of the maintenance requirement is left,
    /// which can pay a maker's difference.
    function decline(uint256 m, uint256 makerSeed) external {
        _publish();
        m = _pick(m);
        if (!_leavesTheStage(m, w.debtor)) return;
        if (!_enter(m, w.debtor, _oracleMaker(m, makerSeed), false, 3000e18, 40_000)) return;
        _trackOpenInterest();
        (uint256 initial, uint256 maintenance) = w.d.lens.marginRatiosOf(w.markets[m]);
        _setPrice(m, price[m] * (1e6 - initial - 40_000 + maintenance / 2) / 1e6);
        _publish();
        uint256 debtor = w.takers.length;
        _liquidateAgainstMaker(m, _accountCount() * (makerSeed % 1000) + debtor, 0, makerSeed % 2 == 0);
        _count("decline");
        _trackOpenInterest();
    }

    // -------------------------------------------------------------------------------------------------- dead feed ----

    /// @dev Late in a run the feed of market 1 dies. After the delay and a day of notice the market settles.
    function loseFeed(uint256 seed) external insuranceUntouched {
        if (isSettled || steps < 100 || seed % 3 != 0) return;
        uint256 id = w.markets[1];
        _skip(w.d.clearingHouse.backstopRulesOf(id).settlementDelay);
        w.d.backstop.announceSettlement(id, new bytes[](0));
        _skip(w.d.backstop.SETTLEMENT_NOTICE());
        w.d.backstop.settleMarket(id);
        isSettled = true;
        assertEq(w.d.backstop.settlementPriceOf(id), price[1], "the last price");
        assertEq(uint8(w.d.clearingHouse.statusOf(id)), uint8(MarketStatus.Settled));
        _count("dead.settleMarket");
    }

    /// @dev Any caller settles accounts in any order. Each account is paid its value at the last price, or insurance
    /// pays its shortfall.
    function settleAccount(uint256 seed, address caller) external {
        if (!isSettled) return;
        address account = seed % (_accountCount() + 1) == 0 ? w.liquidator : _account(1, seed);
        AccountState memory before = _state(1, account);
        if (before.size.isZero()) return;
        vm.prank(caller);
        w.d.backstop.settleAccount(w.markets[1], account);
        int256 value = before.value.unwrap();
        AccountState memory now_ = _state(1, account);
        assertTrue(now_.size.isZero(), "not closed");
        assertEq(now_.margin.unwrap(), value > 0 ? value : int256(0), "paid its value");
        assertEq(before.insurance - _insurance(1), value < 0 ? -value : int256(0), "L5: insurance pays the shortfall");
        _count("dead.settleAccount");
    }

    /// @dev A flat account can withdraw its whole margin, as far as the market holds it.
    function leaveSettled(uint256 seed) external insuranceUntouched {
        if (!isSettled) return;
        address account = seed % (w.takers.length + 1) == 0 ? w.liquidator : _taker(seed);
        AccountState memory state = _state(1, account);
        if (!state.size.isZero() || state.margin.unwrap() < int256(usdScale)) return;
        _withdrawAll(1, account);
        _count("dead.leave");
    }

    /// @dev The LPs of the settled maker can withdraw as well.
    function lpLeaveSettled(uint256 seed, uint256 shares) external insuranceUntouched {
        if (!isSettled || _sizeOf(1, address(w.oracleMakers[1])) != 0) return;
        address lp = _lp(seed);
        uint256 balance = w.oracleMakers[1].balanceOf(lp);
        if (balance == 0) return;
        vm.prank(lp);
        try w.oracleMakers[1].withdraw(boundPart(shares, balance)) returns (uint256 amount) {
            secondMarketFlow -= int256(amount);
            _count("dead.lpLeave");
        } catch (bytes memory reason) {
            _refuse("dead.lpLeave", reason);
        }
    }

    // ---------------------------------------------------------------------------------------------------- bad debt ----

    /// @dev Rung 4: a shortfall that is not deleveraged within the window is recorded as bad debt.
    function recordBadDebt(uint256 m, uint256 victimSeed) external {
        _publish();
        m = _pick(m);
        address victim = _bankrupt(m, victimSeed);
        if (!_isShort(_state(m, victim)) || victim == address(w.d.spotHedgeBaseMaker)) return;
        w.d.backstop.flagShortfall(w.markets[m], victim);
        // A valid flag of an earlier call is not renewed, and it expires. So the wait ends with the window of the flag.
        uint256 allowedAt = w.d.backstop.debtAllowedAt(w.markets[m], victim);
        if (allowedAt > vm.getBlockTimestamp()) _skip(allowedAt - vm.getBlockTimestamp());
        _publish();
        if (w.d.backstop.debtAllowedAt(w.markets[m], victim) == type(uint256).max) return;
        AccountState memory before = _state(m, victim);
        // Fees have accrued and may have cured the shortfall.
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

    /// @dev Closes the account's position of an earlier call against a maker, if possible. Returns true if the account
    /// is flat and solvent.
    function _leavesTheStage(uint256 m, address player) private returns (bool) {
        int256 size = _sizeOf(m, player);
        if (size == 0) return _state(m, player).margin.unwrap() >= 0;
        for (uint256 i = 0; i < 2 && size != 0; ++i) {
            _trade("reduce", m, _reduceOnly(m, player, _oracleMaker(m, i), size > 0, type(uint256).max));
            size = _sizeOf(m, player);
        }
        return size == 0;
    }

    function _initialRatio(uint256 m) private view returns (uint256 initial) {
        (initial,) = w.d.lens.marginRatiosOf(w.markets[m]);
    }

    /// @dev Withdraws a flat account's margin, as far as the market holds it.
    function _takeOut(uint256 m, address account) private {
        uint256 free = w.d.vault.withdrawableMarginOf(w.markets[m], account);
        if (free == 0) return;
        vm.prank(account);
        w.d.vault.transferMarginToFund(w.markets[m], account, free);
        if (m == 1) secondMarketFlow -= int256(free);
    }

    /// @dev Opens a position of about `notional` quote. Its margin is the initial requirement plus `spare` ppm of the
    /// notional; earlier margin is withdrawn first.
    function _enter(uint256 m, address player, address maker, bool sells, uint256 notional, uint256 spare)
        private
        returns (bool)
    {
        _takeOut(m, player);
        uint256 margin = notional * (_initialRatio(m) + spare) / 1e6 / usdScale + 1;
        _deposit(player, margin);
        _addMargin(m, player, margin);
        uint256 base = notional * WAD / price[m] / 1e10 * 1e10;
        TradeParams memory params = _reduceOnly(m, player, maker, sells, base);
        params.isReduceOnly = false;
        _trade("bankruptcy.enter", m, params);
        return _sizeOf(m, player) != 0;
    }

    function _liquidateAgainstMaker(uint256 m, uint256 victimSeed, uint256 amount, bool useSpotHedge) private {
        LiquidationParams memory params = _params(m, _victim(m, victimSeed), amount);
        params.maker = useSpotHedge && m == 0 ? address(w.d.spotHedgeBaseMaker) : _oracleMaker(m, victimSeed);
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
            // The only legal refusal of a rich liquidator.
            assertEq(bytes4(reason), IClearingHouse.DeleverageFirst.selector, "a liquidation was refused");
            assertTrue(_isShort(before), "insurance could have paid");
            assertLt(vm.getBlockTimestamp(), w.d.backstop.debtAllowedAt(w.markets[m], victim), "the window is over");
            _count("liquidate.deleverageFirst");
        }
    }

    /// @dev The account pays its penalty and nothing else; insurance pays when the account is flat only (L5), and then the
    /// shortfall and one bounty, which is at most the trading fee.
    function _checkLiquidated(uint256 m, address victim, AccountState memory before, uint256 base, uint256 reward)
        private
        view
    {
        AccountState memory now_ = _state(m, victim);
        assertEq(now_.size.abs() + base, before.size.abs(), "size");
        int256 paid = before.insurance - _insurance(m);
        int256 bounty = now_.size.isZero() ? _mostBounty(m, base) : int256(0);
        if (before.value.unwrap() >= 0) {
            assertGe(now_.value.unwrap(), 0, "T30: the penalty made a shortfall");
            assertLe(paid, bounty, "T30: insurance paid more than the trading fee");
            assertLe(int256(reward), before.value.unwrap() + bounty + 1, "T30: the reward exceeds value and bounty");
            return;
        }
        if (!now_.size.isZero()) {
            assertLe(paid, 0, "L5: insurance paid while a position is open");
            return;
        }
        if (victim == address(w.d.spotHedgeBaseMaker) && w.d.spotHedgeBaseMaker.paysOwnDebt()) {
            assertLe(paid, bounty, "T64: insurance paid for a base vault with assets");
            return;
        }
        assertEq(now_.value.unwrap(), 0, "the shortfall was paid");
        assertLe(paid, -before.value.unwrap() + bounty + 1, "L5: insurance paid more than shortfall and bounty");
    }

    /// @dev The bounty's limit and the trading fee of `base`, the lower of them.
    function _mostBounty(uint256 m, uint256 base) private view returns (int256) {
        (Price price,) = w.d.oracle.getLiquidationPrice(w.markets[m]);
        uint256 fee = base * price.unwrap() / 1e18 * w.d.clearingHouse.rulesOf(w.markets[m]).tradingFee / 1e6;
        uint256 bounty = w.d.clearingHouse.backstopRulesOf(w.markets[m]).liquidationBounty;
        return int256(fee < bounty ? fee : bounty);
    }

    function _deleverage(uint256 m, address victim) private {
        _deleverage(m, victim, _counterparties(m));
    }

    function _deleverage(uint256 m, address victim, address[] memory counterparties) private {
        AccountState memory before = _state(m, victim);
        uint256 assets = m == 0 ? w.d.spotHedgeBaseMaker.totalAssets() : 0;
        int256 hedged = m == 0 ? _sizeOf(0, address(w.d.spotHedgeBaseMaker)) : int256(0);
        bool isWindowOver = vm.getBlockTimestamp() >= w.d.backstop.debtAllowedAt(w.markets[m], victim);
        vm.recordLogs();
        try w.d.backstop.deleverage(w.markets[m], victim, counterparties) returns (uint256 base) {
            _countHedges(Hedged.Gap);
            assertTrue(_isShort(before), "deleveraged without need");
            AccountState memory now_ = _state(m, victim);
            assertEq(now_.size.abs() + base, before.size.abs(), "size");
            if (now_.size.isZero()) assertEq(now_.margin.unwrap(), 0, "a deleveraged account ends with nothing");
            int256 most = isWindowOver && now_.size.isZero() ? -before.value.unwrap() + 1 : int256(0);
            assertLe(before.insurance - _insurance(m), most, "L5: insurance paid for a deleveraging");
            if (m == 0) _checkHedgedVault(assets, hedged, isWindowOver);
            _count("deleverage");
        } catch (bytes memory reason) {
            if (_isShort(before)) _refuse("deleverage", reason);
            else assertEq(bytes4(reason), IBackstop.NoShortfallBeyondInsurance.selector, "no shortfall");
        }
    }

    /// @dev E4: a deleveraging costs a hedged vault at most the bound of its hedge, and nothing in the window.
    function _checkHedgedVault(uint256 assets, int256 size, bool isWindowOver) private view {
        SpotHedgeBaseMaker vault_ = w.d.spotHedgeBaseMaker;
        int256 closed = size - _sizeOf(0, address(vault_));
        if (!isWindowOver) assertEq(closed, 0, "E4: a hedged vault was deleveraged in the window");
        if (closed == 0) return;
        uint256 bound = uint256(closed) / vault_.assetScale() * vault_.hedgeGapRules().maxDeviation / 1e6;
        // One unit of either token, by which a swap rounds, and the unit of the valuation.
        uint256 unit = usdScale * WAD / price[0] / vault_.assetScale() + 3;
        assertGe(vault_.totalAssets() + bound + unit, assets, "E4: deleveraging took principal");
    }

    function _counterparties(uint256 m) private view returns (address[] memory list) {
        address[] memory makers = w.d.clearingHouse.makersOf(w.markets[m]);
        uint256 takers = w.takers.length;
        list = new address[](takers + 3 + makers.length);
        for (uint256 i = 0; i < takers; ++i) {
            list[i] = w.takers[i];
        }
        (list[takers], list[takers + 1], list[takers + 2]) = (w.creditor, w.debtor, w.liquidator);
        for (uint256 i = 0; i < makers.length; ++i) {
            list[takers + 3 + i] = makers[i];
        }
    }

    /// @dev The next account from `seed` on that can be liquidated, makers included; the last one checked if there is
    /// none.
    function _victim(uint256 m, uint256 seed) private view returns (address account) {
        for (uint256 i = 0; i < _accountCount(); ++i) {
            account = _account(m, seed % _accountCount() + i);
            if (_isLiquidatable(m, _state(m, account))) return account;
        }
    }

    /// @dev The same for accounts whose shortfall exceeds insurance.
    function _bankrupt(uint256 m, uint256 seed) private view returns (address account) {
        for (uint256 i = 0; i < _accountCount(); ++i) {
            account = _account(m, seed % _accountCount() + i);
            if (_isShort(_state(m, account))) return account;
        }
    }

    function _params(uint256 m, address victim, uint256 amount) private view returns (LiquidationParams memory params) {
        params.marketId = w.markets[m];
        params.account = victim;
        params.liquidator = w.liquidator;
        uint256 size = _state(m, victim).size.abs();
        // Half of the liquidations request the maximum.
        params.amount = amount % 2 == 0 || size == 0 ? type(uint256).max : boundPart(amount, size);
    }

    /// @dev True if the shortfall exceeds insurance.
    function _isShort(AccountState memory account) private pure returns (bool) {
        int256 insurance = account.insurance > 0 ? account.insurance : int256(0);
        return !account.size.isZero() && account.value.unwrap() + insurance < 0;
    }

    /// @dev Adds all margin that the liquidator could need for the position on top of its own.
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
