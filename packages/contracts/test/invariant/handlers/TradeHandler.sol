// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Vm} from "forge-std/Vm.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IClearingHouse, TradeParams} from "../../../src/interfaces/IClearingHouse.sol";
import {IForcedChanges} from "../../../src/interfaces/IForcedChanges.sol";
import {ILpModule} from "../../../src/interfaces/ILpModule.sol";
import {ILpVault} from "../../../src/interfaces/ILpVault.sol";
import {IMaker} from "../../../src/interfaces/IMaker.sol";
import {ISpotHedgeVault} from "../../../src/interfaces/ISpotHedgeVault.sol";
import {AccountState, IVault} from "../../../src/interfaces/IVault.sol";
import {MarginMath} from "../../../src/libraries/MarginMath.sol";
import {ZeroAmount} from "../../../src/types/Errors.sol";
import {Base, Price, Quote} from "../../../src/types/Units.sol";
import {TestToken} from "../../utils/TestToken.sol";
import {HandlerBase, World} from "./HandlerBase.sol";

/// @dev First layer: takers, LPs and donors at constant prices.
contract TradeHandler is HandlerBase {
    /// @dev The bound of H2 that applies to a hedge.
    enum Hedged {
        Increasing,
        Reducing,
        Gap
    }

    /// @dev The relative rounding loss of a share: 1e-12 (virtual shares of 1e6 against a supply of at least 1e18).
    uint256 private constant SHARE_DUST = 1e12;

    constructor(World memory world) HandlerBase(world) {
        _declareAll(
            "trade.om trade.shb reduce close.om deposit withdraw addMargin removeMargin "
            "lp.deposit lp.withdraw donate.tokens donate.insurance"
        );
        _allowTrade("trade.om");
        _allowTrade("trade.shb");
        _allowTrade("reduce");
        _allow(
            "removeMargin",
            abi.encodePacked(IVault.InsufficientMargin.selector, IVault.InsufficientMarketBalance.selector)
        );
        _allow(
            "lp.withdraw",
            abi.encodePacked(
                IMaker.BelowMinMarginRatio.selector,
                IVault.InsufficientMargin.selector,
                IVault.InsufficientMarketBalance.selector,
                ISpotHedgeVault.InsufficientAssetBalance.selector,
                ISpotHedgeVault.AccountInDebt.selector,
                ILpVault.VaultInsolvent.selector,
                // Shares worth less than a unit of the collateral.
                ZeroAmount.selector
            )
        );
    }

    // ----------------------------------------------------------------------------------------------------- trades ----

    /// @dev Any of the four kinds of order, up to the size that the account could afford at first.
    function tradeOracleMaker(uint256 m, uint256 takerSeed, uint256 amount, bool isBaseToQuote, bool isExactInput)
        external
        insuranceUntouched
    {
        _publish();
        m = _pick(m);
        address maker = _oracleMaker(m, amount);
        TradeParams memory params = _order(m, takerSeed, maker, isBaseToQuote, isExactInput, amount);
        _provide(m, params, amount);
        _trade("trade.om", m, params);
    }

    /// @dev The pool is first moved to the oracle price, like arbitrage, except in one of four calls.
    function tradeSpotHedge(uint256 takerSeed, uint256 amount, bool isBaseToQuote, bool isExactInput, uint256 poolSeed)
        external
        insuranceUntouched
    {
        _publish();
        if (poolSeed % 4 != 0) w.spot.moveTo(price[0]);
        address maker = address(w.d.spotHedgeBaseMaker);
        TradeParams memory params = _order(0, takerSeed, maker, isBaseToQuote, isExactInput, amount);
        _provide(0, params, amount);
        _trade("trade.shb", 0, params);
    }

    /// @dev A reduction by any fraction, sizes finer than the base token's unit included.
    function reduce(uint256 m, uint256 takerSeed, uint256 fraction, bool useSpotHedge) external insuranceUntouched {
        _publish();
        m = _pick(m);
        address taker = _taker(takerSeed);
        int256 size = _sizeOf(m, taker);
        if (size == 0) return;
        uint256 amount = boundPart(fraction, uint256(size > 0 ? size : -size));
        address maker = useSpotHedge && m == 0 ? address(w.d.spotHedgeBaseMaker) : _oracleMaker(m, fraction);
        _trade("reduce", m, _reduceOnly(m, taker, maker, size > 0, amount));
    }

    /// @dev T9, L5: a close that reduces the OracleMaker's inventory trades at the oracle price and passes at any
    /// margin ratio of the maker, if the account can pay its trading fee. The taker can withdraw its profit
    /// immediately, as far as the market holds it.
    function closeAgainstOracleMaker(uint256 m, uint256 takerSeed) external insuranceUntouched {
        _publish();
        m = _pick(m);
        address taker = _taker(takerSeed);
        AccountState memory before = _state(m, taker);
        int256 makerSize = _sizeOf(m, address(w.oracleMakers[m]));
        int256 size = before.size.unwrap();
        bool isMatched = size > 0 ? makerSize <= -size : makerSize >= -size;
        int256 fee = _tradingFee(m, before.size.notionalCeil(Price.wrap(price[m])) + 2);
        if (size == 0 || !isMatched || before.value.unwrap() < fee + 2) return;

        vm.prank(taker);
        w.d.clearingHouse.trade(_reduceOnly(m, taker, address(w.oracleMakers[m]), size > 0, type(uint256).max));
        AccountState memory now_ = _state(m, taker);
        assertEq(now_.size.unwrap(), 0, "whole position closed");
        assertApproxEqAbs(now_.value.unwrap(), before.value.unwrap() - fee, 3, "a reducing trade pays no premium");
        _withdrawAll(m, taker);
        _count("close.om");
    }

    // ------------------------------------------------------------------------------------------- funds and margin ----

    /// @dev L3: an account can always withdraw its fund.
    function moveFund(uint256 takerSeed, uint256 amount, bool isDeposit) external insuranceUntouched {
        address taker = _taker(takerSeed);
        uint256 fund = w.d.vault.fundOf(taker);
        if (isDeposit || fund == 0) {
            _deposit(taker, boundAmountXCD(amount, 1, 1_000_000e18 / usdScale));
            _count("deposit");
        } else {
            vm.prank(taker);
            w.d.vault.withdraw(boundPart(amount, fund), taker);
            _count("withdraw");
        }
    }

    function addMargin(uint256 m, uint256 takerSeed, uint256 amount) external insuranceUntouched {
        address taker = _taker(takerSeed);
        uint256 fund = w.d.vault.fundOf(taker);
        if (fund == 0) return;
        _addMargin(_pick(m), taker, boundPart(amount, fund));
        _count("addMargin");
    }

    /// @dev L6: unrealised profit is no margin, unrealised loss and pending fees are.
    function removeMargin(uint256 m, uint256 takerSeed, uint256 amount) external insuranceUntouched {
        _publish();
        m = _pick(m);
        address taker = _taker(takerSeed);
        int256 margin = _state(m, taker).margin.unwrap();
        if (margin < int256(usdScale)) return;
        amount = boundAmountXCD(amount, 1, uint256(margin) / usdScale);
        vm.prank(taker);
        try w.d.vault.transferMarginToFund(w.markets[m], taker, amount) {
            if (m == 1) secondMarketFlow -= int256(amount);
            AccountState memory now_ = _state(m, taker);
            int256 required = _initialRequirement(m, now_);
            assertGe(now_.value.unwrap(), required, "L6: below initial margin after a withdrawal");
            assertGe(now_.margin.unwrap(), required, "L6: unrealised profit was withdrawn");
            _count("removeMargin");
        } catch (bytes memory reason) {
            _refuse("removeMargin", reason);
        }
    }

    // -------------------------------------------------------------------------------------------------------- LPs ----

    /// @dev Must not revert while shares have a value.
    function lpDeposit(uint256 makerSeed, uint256 lpSeed, uint256 amount) external insuranceUntouched {
        _publish();
        (ILpModule maker, TestToken token, uint256 scale) = _lpVault(makerSeed);
        amount = boundAmount(amount, 1e15, scale == baseScale ? 100e18 : 500_000e18) / scale;
        uint256 sharePrice = maker.sharePrice();
        if (sharePrice < WAD / 1e6) return;
        address lp = _lp(lpSeed);
        _mintFor(token, lp, address(maker), amount);
        vm.prank(lp);
        maker.deposit(amount);
        if (token == w.weth) hedgedBase += int256(amount);
        if (address(maker) == address(w.oracleMakers[1])) secondMarketFlow += int256(amount);
        _checkShareValue(maker, sharePrice);
        _count("lp.deposit");
    }

    function lpWithdraw(uint256 makerSeed, uint256 lpSeed, uint256 shares) external insuranceUntouched {
        _publish();
        (ILpModule maker, TestToken token,) = _lpVault(makerSeed);
        address lp = _lp(lpSeed);
        uint256 balance = maker.balanceOf(lp);
        if (balance == 0) return;
        shares = boundPart(shares, balance);
        uint256 sharePrice = maker.sharePrice();
        int256 gap = w.d.spotHedgeBaseMaker.hedgeGap();
        vm.prank(lp);
        try maker.withdraw(shares) returns (uint256 amount) {
            // A withdrawal from a flat maker also pays the quote that its part of the gap would have been closed with.
            if (token == w.weth) hedgedBase -= int256(amount) + gap - w.d.spotHedgeBaseMaker.hedgeGap();
            if (address(maker) == address(w.oracleMakers[1])) secondMarketFlow -= int256(amount);
            _checkShareValue(maker, sharePrice);
            _count("lp.withdraw");
        } catch (bytes memory reason) {
            _refuse("lp.withdraw", reason);
        }
    }

    // -------------------------------------------------------------------------------------------------- donations ----

    /// @dev Tokens that are credited to no account, or a donation to insurance.
    function donate(uint256 amount, uint256 target) external insuranceUntouched {
        amount = boundAmount(amount, 1e12, 10_000e18);
        uint256 kind = target % 6;
        if (kind == 0) {
            w.usd.mint(address(w.d.vault), amount / usdScale);
            vaultDonations += amount / usdScale;
        } else if (kind == 1) {
            w.usd.mint(address(w.oracleMakers[target % 2]), amount / usdScale);
        } else if (kind == 2) {
            w.weth.mint(address(w.d.spotHedgeBaseMaker), amount / baseScale);
        } else if (kind == 3) {
            w.usd.mint(address(w.d.spotHedgeBaseMaker), amount / usdScale);
        } else if (kind == 4) {
            w.weth.mint(address(w.d.vault), amount / baseScale);
        } else {
            _donateInsurance(target / 6 % 2, amount / 100 / usdScale + 1);
        }
        _count(kind == 5 ? bytes32("donate.insurance") : bytes32("donate.tokens"));
    }

    // --------------------------------------------------------------------------------------------------- internal ----

    function _allowTrade(bytes32 action) internal {
        _allow(
            action,
            abi.encodePacked(
                MarginMath.InsufficientInitialMargin.selector,
                MarginMath.InsufficientMaintenanceMargin.selector,
                IMaker.MakerCapacityExceeded.selector,
                IMaker.MakerQuoteCapacityExceeded.selector,
                IMaker.BelowMinMarginRatio.selector,
                IClearingHouse.PriceBandExceeded.selector,
                IClearingHouse.PositionBelowMinimum.selector,
                // Amounts that round to nothing.
                ZeroAmount.selector,
                // The pool is beyond the bound, or the market owes more than it holds.
                ISpotHedgeVault.HedgeTooFar.selector,
                IVault.InsufficientMarketBalance.selector,
                // Reduce-only.
                IForcedChanges.MarketNotActive.selector
            )
        );
    }

    /// @dev Fees have drained the base vault, so that a purchase would leave its margin below zero. A closing taker
    /// pays the oracle price in that case. An order that closes nothing, or flips by an exact quote, reverts.
    function _isBeyondVaultsQuote(TradeParams memory params, AccountState memory taker, bytes4 selector)
        private
        view
        returns (bool)
    {
        bool closes = taker.size.unwrap() < 0;
        if (closes && params.isExactInput) closes = taker.size.notionalCeil(Price.wrap(price[0])) >= params.amount;
        return params.maker == address(w.d.spotHedgeBaseMaker) && !params.isBaseToQuote && !closes
            && selector == IVault.DrawnBelowZero.selector;
    }

    function _trade(bytes32 action, uint256 m, TradeParams memory params) internal {
        AccountState memory taker = _state(m, params.taker);
        AccountState memory maker = _state(m, params.maker);
        vm.recordLogs();
        vm.prank(params.taker);
        try w.d.clearingHouse.trade(params) returns (int256 base, int256 quote) {
            assertEq(base < 0, params.isBaseToQuote, "side");
            assertEq(params.isBaseToQuote ? quote >= 0 : quote <= 0, true, "side of quote");
            AccountState memory takerNow = _state(m, params.taker);
            AccountState memory makerNow = _state(m, params.maker);
            assertEq(takerNow.size.unwrap(), taker.size.unwrap() + base, "taker's size");
            assertEq(makerNow.size.unwrap(), maker.size.unwrap() - base, "maker's size");
            _checkL6(m, taker, takerNow);
            if (!maker.size.isReducedBy(makerNow.size - maker.size)) _checkL6(m, maker, makerNow);
            bool isClosing = taker.size.isReducedBy(Base.wrap(base));
            _countHedges(isClosing ? Hedged.Reducing : Hedged.Increasing);
            if (isClosing && params.maker == address(w.d.spotHedgeBaseMaker)) _trackShortage(maker, makerNow);
            _count(action);
        } catch (bytes memory reason) {
            if (_isBeyondVaultsQuote(params, taker, bytes4(reason))) return;
            _refuse(action, reason);
        }
    }

    /// @dev Records shortages of closes (H3), underfunded base of closed gaps, and the distance of hedges from the
    /// oracle price (H2).
    function _countHedges(Hedged kind) internal {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            bytes32 topic = logs[i].topics[0];
            if (topic == ISpotHedgeVault.SpotHedged.selector) _trackHedge(kind, logs[i].data);
            bool isLost =
                topic == ISpotHedgeVault.HedgeShortage.selector || topic == ISpotHedgeVault.HedgeUnderfunded.selector;
            if (isLost) hedgedBase -= int256(abi.decode(logs[i].data, (uint256)) / baseScale);
        }
    }

    function _trackHedge(Hedged kind, bytes memory data) private {
        (, uint256 oraclePrice, int256 base, uint256 spotQuote, uint256 takerQuote) =
            abi.decode(data, (address, uint256, int256, uint256, uint256));
        if (base == 0) return;
        uint256 fair = uint256(base < 0 ? -base : base) * oraclePrice;
        if (kind == Hedged.Reducing) {
            // The maker bought the base that the taker bought.
            int256 gain = base > 0 ? int256(fair / WAD) - int256(takerQuote) : int256(takerQuote) - int256(fair / WAD);
            if (gain > closersGain) closersGain = gain;
            return;
        }
        uint256 distance = spotQuote * WAD > fair ? spotQuote * WAD - fair : fair - spotQuote * WAD;
        uint256 ratio = Math.mulDiv(distance, 1e6, fair);
        if (kind == Hedged.Gap) {
            if (ratio > widestGapHedge) widestGapHedge = ratio;
        } else if (ratio > widestHedge) {
            widestHedge = ratio;
        }
    }

    function _trackShortage(AccountState memory before, AccountState memory now_) private {
        uint256 lacked = (-(before.openNotional + before.margin)).positivePart();
        uint256 lacks = (-(now_.openNotional + now_.margin)).positivePart();
        if (before.size.abs() <= now_.size.abs()) return;
        // No close can pay for fees beyond the value of the position.
        uint256 shared = Math.min(lacked, before.size.notionalFloor(Price.wrap(price[0])));
        uint256 borne = Math.mulDiv(shared, before.size.abs() - now_.size.abs(), before.size.abs());
        int256 excess = int256(lacks) - int256(lacked - borne);
        if (excess > unfairShortage) unfairShortage = excess;
    }

    /// @dev Order amounts of all magnitudes up to 80,000 quote. Representable in any base token of 8 decimals or more.
    function _order(uint256 m, uint256 takerSeed, address maker, bool isBaseToQuote, bool isExactInput, uint256 amount)
        private
        view
        returns (TradeParams memory params)
    {
        uint256 quote = boundQuote(amount, 8e18, 80_000e18) >> (takerSeed >> 8) % 12;
        uint256 base = quote * WAD / price[m] / 1e10 * 1e10 + 1e10;
        params.marketId = w.markets[m];
        params.taker = _taker(takerSeed);
        params.maker = maker;
        params.isBaseToQuote = isBaseToQuote;
        params.isExactInput = isExactInput;
        params.amount = isBaseToQuote == isExactInput ? base : quote;
        params.oppositeBound = isExactInput ? 0 : type(uint256).max;
        params.deadline = vm.getBlockTimestamp();
    }

    /// @dev In three of four calls the taker adds just enough margin for the order, between a ninth and a fifth of it,
    /// so that the next jump makes accounts liquidatable.
    function _provide(uint256 m, TradeParams memory params, uint256 seed) private {
        if (seed % 4 == 0) return;
        bool isExactBase = params.isBaseToQuote == params.isExactInput;
        uint256 quote = isExactBase ? params.amount * price[m] / WAD : params.amount;
        uint256 amount = quote / (5 + seed % 5) / usdScale + 1;
        _deposit(params.taker, amount);
        _addMargin(m, params.taker, amount);
    }

    function _reduceOnly(uint256 m, address taker, address maker, bool isLong, uint256 amount)
        internal
        view
        returns (TradeParams memory params)
    {
        params.marketId = w.markets[m];
        params.taker = taker;
        params.maker = maker;
        params.isBaseToQuote = isLong;
        params.isExactInput = isLong;
        params.isReduceOnly = true;
        params.amount = amount;
        params.oppositeBound = isLong ? 0 : type(uint256).max;
        params.deadline = vm.getBlockTimestamp();
    }

    function _deposit(address account, uint256 amount) internal {
        _mintFor(w.usd, account, address(w.d.vault), amount);
        vm.prank(account);
        assertEq(w.d.vault.deposit(account, amount), amount);
    }

    function _addMargin(uint256 m, address account, uint256 amount) internal {
        vm.prank(account);
        w.d.vault.transferFundToMargin(w.markets[m], account, amount);
        if (m == 1) secondMarketFlow += int256(amount);
    }

    function _donateInsurance(uint256 m, uint256 amount) internal {
        _deposit(address(this), amount);
        w.d.vault.donate(w.markets[m], amount);
        if (m == 1) secondMarketFlow += int256(amount);
    }

    /// @dev A flat account can withdraw its margin to the last unit, as far as the market holds it.
    function _withdrawAll(uint256 m, address account) internal {
        uint256 margin = uint256(_state(m, account).margin.unwrap()) / usdScale;
        uint256 held = w.d.lens.marketOf(w.markets[m]).balance;
        uint256 free = w.d.vault.withdrawableMarginOf(w.markets[m], account);
        assertEq(free, margin < held ? margin : held, "L5: margin of a flat account is locked");
        if (free == 0) return;
        vm.prank(account);
        w.d.vault.transferMarginToFund(w.markets[m], account, free);
        if (m == 1) secondMarketFlow -= int256(free);
        // The margin is added again for later trades.
        _addMargin(m, account, free);
    }

    function _tradingFee(uint256 m, uint256 notional) private view returns (int256) {
        uint256 rate = w.d.clearingHouse.rulesOf(w.markets[m]).tradingFee;
        return int256((notional * rate + (1e6 - 1)) / 1e6);
    }

    /// @dev The value of the other holders' shares does not fall, apart from dust.
    function _checkShareValue(ILpModule maker, uint256 sharePriceBefore) private view {
        assertGe(maker.sharePrice() + sharePriceBefore / SHARE_DUST + 2, sharePriceBefore, "share value fell");
    }

    function _lpVault(uint256 seed) private view returns (ILpModule, TestToken, uint256 scale) {
        seed %= 4;
        if (seed == 2) return (ILpModule(w.d.spotHedgeBaseMaker), w.weth, baseScale);
        return (ILpModule(seed == 3 ? w.third : w.oracleMakers[_pick(seed)]), w.usd, usdScale);
    }
}
