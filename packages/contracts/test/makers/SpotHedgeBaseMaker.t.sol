// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse, TradeParams} from "../../src/interfaces/IClearingHouse.sol";
import {ILpVault} from "../../src/interfaces/ILpVault.sol";
import {IMaker} from "../../src/interfaces/IMaker.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {ISpotAdapter} from "../../src/interfaces/ISpotAdapter.sol";
import {UniswapV3Adapter} from "../../src/spot/UniswapV3Adapter.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {ReentrantToken} from "../utils/ReentrantToken.sol";
import {TestToken} from "../utils/TestToken.sol";

/// @dev Traders with margin, a pool that holds 5,000 ETH at 2,000, and the vault's figures before and after a fill.
abstract contract SpotHedgeTest is ExchangeTest {
    uint256 internal constant WAD = 1e18;
    uint256 internal constant PPM = 1e6;

    address internal maker;

    function setUp() public virtual override {
        super.setUp();
        maker = address(shb);
        addMargin(alice, quoteXCD(400_000e18));
        addMargin(bob, quoteXCD(400_000e18));
    }

    function setSpread(uint24 spread) internal {
        ISpotHedgeVault.Parameters memory p = shb.parameters();
        p.spread = spread;
        vm.prank(owner());
        shb.setParameters(p);
    }

    /// @dev H1's figure: base held plus perpetual size, WAD.
    function exposure() internal view returns (int256) {
        return int256(uint256(shb.assetBalance()) * shb.assetScale()) + sizeOf(maker);
    }

    /// @dev Value of all the vault owns in base, WAD of quote at the stored price.
    function vaultValue() internal view returns (int256) {
        return int256(uint256(shb.assetBalance()) * shb.assetScale() * START_PRICE / WAD) + valueOf(maker);
    }
}

contract SpotHedgeBaseMakerFillTest is SpotHedgeTest {
    /// @dev The pool's own answer to a sale, without the vault.
    function poolYield(uint256 base) internal returns (uint256 quoteWad) {
        uint256 id = vm.snapshotState();
        quoteWad = spot.sellBase(base) * 1e12;
        vm.revertToState(id);
    }

    // ------------------------------------------------------------------------------------------------------- H1 ----

    function testFuzz_H1_AllFourKinds_BaseHeldMirrorsSize(uint256 amount, bool isBaseToQuote, bool isExactInput)
        public
    {
        sell(bob, maker, 30e18);
        int256 before = exposure();
        uint256 held = shb.assetBalance();
        amount = boundAmount(amount, 1e12, 20e18);
        bool isExactBase = isBaseToQuote == isExactInput;
        uint256 given = isExactBase ? amount : amount * START_PRICE / WAD;
        (int256 base, int256 quote) = tradeAs(alice, order(alice, maker, isBaseToQuote, isExactInput, given));
        assertEq(int256(held) - int256(uint256(shb.assetBalance())), -base, "base held changes by minus the size");
        assertEq(exposure(), before);
        assertEq(isExactBase ? (base < 0 ? -base : base) : (quote < 0 ? -quote : quote), int256(given), "exact side");
        assertEq(weth.balanceOf(maker), shb.assetBalance(), "tokens");
    }

    function test_Sell_TakerTradesAtTheSwapsPrice() public {
        uint256 yield = poolYield(10e18);
        (int256 base, int256 quote) = sell(alice, maker, 10e18);
        assertEq(base, -10e18);
        assertEq(quote, int256(yield));
        assertEq(marginOf(maker), int256(yield), "the proceeds are margin");
        assertEq(shb.assetBalance(), 90e18);
    }

    function test_Sell_EmitsSpotHedged() public {
        uint256 yield = poolYield(1e18);
        vm.expectEmit(address(shb));
        emit ISpotHedgeVault.SpotHedged(address(d.spotHedgeBaseMakerAdapter), START_PRICE, -1e18, yield, yield);
        sell(alice, maker, 1e18);
    }

    function test_Buy_DrawsItsCostFromTheMargin() public {
        sell(alice, maker, 10e18);
        int256 margin = marginOf(maker);
        // Bob opens a long, so he trades at the swap's price too.
        (, int256 quote) = buy(bob, maker, 4e18);
        assertEq(sizeOf(maker), 6e18);
        assertEq(shb.assetBalance(), 94e18);
        assertEq(marginOf(maker) + positionOf(maker).openNotional.unwrap(), 0, "what came in went out");
        assertEq(marginOf(maker), margin * 6 / 10, "the rest pays for the rest");
        assertLt(quote, -4 * 1990e18);
    }

    function test_Buy_BackPaysTheOraclePriceAfterOnesOwnImpact() public {
        (, int256 got) = sell(alice, maker, 10e18);
        (, int256 paid) = buy(alice, maker, 10e18);
        assertLt(got, 20_000e18);
        assertEq(paid, -20_000e18);
        assertGt(marginOf(maker), 0, "the difference to the swap is the vault's");
    }

    function test_Spread_StaysInTheVaultsMargin() public {
        setSpread(1000);
        uint256 yield = poolYield(10e18);
        (, int256 quote) = sell(alice, maker, 10e18);
        assertEq(quote, int256(yield * 999 / 1000), "taker's");
        assertEq(marginOf(maker), int256(yield), "vault's");
        int256 value = valueOf(maker) - 10e18 * 2000;
        assertEq(value, int256(yield) - quote, "earned");
    }

    function testFuzz_Spread_AllFourKinds_VaultEarnsAtLeastTheSpread(
        uint256 amount,
        bool isBaseToQuote,
        bool isExactInput
    ) public {
        setSpread(2000);
        sell(bob, maker, 30e18);
        // Alice is long elsewhere when she buys: both directions increase her position.
        if (!isBaseToQuote) buy(alice, address(om), 1e18);
        int256 before = valueOf(maker) - sizeOf(maker) * 2000;
        amount = boundAmount(amount, 1e15, 20e18);
        uint256 given = isBaseToQuote == isExactInput ? amount : amount * 2000;
        (, int256 quote) = tradeAs(alice, order(alice, maker, isBaseToQuote, isExactInput, given));
        // Margin less the base at a constant price: what the pool paid or took drops out of neither side of it.
        int256 earned = valueOf(maker) - sizeOf(maker) * 2000 - before;
        uint256 notional = uint256(quote < 0 ? -quote : quote);
        assertGe(earned + 1e12, int256(notional * 1995 / PPM));
        assertLe(earned, int256(notional * 2005 / PPM) + 1e12);
    }

    // ------------------------------------------------------------------------------------------------------- H2 ----

    function test_H2_RevertIf_IncreasingHedgeIsTooFar() public {
        spot.moveTo(1959e18);
        uint256 yield = poolYield(1e18);
        assertLt(yield, 1960e18);
        vm.expectRevert(
            abi.encodeWithSelector(ISpotHedgeVault.HedgeTooFar.selector, yield, START_PRICE, uint256(20_000))
        );
        sell(alice, maker, 1e18);
    }

    /// @dev Too good a price is refused like a bad one: it would be somebody's move.
    function test_H2_RevertIf_IncreasingHedgeIsTooGood() public {
        spot.moveTo(2043e18);
        uint256 yield = poolYield(1e18);
        vm.expectRevert(
            abi.encodeWithSelector(ISpotHedgeVault.HedgeTooFar.selector, yield, START_PRICE, uint256(20_000))
        );
        sell(alice, maker, 1e18);
    }

    function test_H2_RevertIf_IncreasingBuyIsTooFar() public {
        sell(bob, maker, 10e18);
        spot.moveTo(2045e18);
        vm.expectPartialRevert(ISpotHedgeVault.HedgeTooFar.selector);
        buy(alice, maker, 1e18);
    }

    function test_H2_Reducing_TakerPaysAWorseSwapPrice() public {
        sell(alice, maker, 10e18);
        int256 margin = marginOf(maker);
        spot.moveTo(2200e18);
        (, int256 quote) = buy(alice, maker, 5e18);
        assertLt(quote, -5 * 2200e18, "no bound, but the swap's price");
        assertEq(marginOf(maker), margin / 2, "the vault gained and lost nothing");
    }

    function test_H2_Reducing_TakerPaysTheOraclePriceWhenTheSwapIsBetter() public {
        sell(alice, maker, 10e18);
        int256 before = vaultValue();
        spot.moveTo(1800e18);
        (, int256 quote) = buy(alice, maker, 5e18);
        assertEq(quote, -5 * 2000e18);
        assertGt(vaultValue() - before, 5 * 190e18, "what is left over is the vault's");
    }

    function test_H2_Reducing_SellerGetsTheWorsePrice() public {
        buy(alice, address(om), 10e18);
        spot.moveTo(2200e18);
        (, int256 quote) = sell(alice, maker, 5e18);
        assertEq(quote, 5 * 2000e18, "the oracle's");
        spot.moveTo(1800e18);
        (, quote) = sell(alice, maker, 5e18);
        assertLt(quote, 5 * 1800e18, "the swap's");
    }

    /// @dev Exact quote in: the oracle decides how much base it buys, and the hedge follows.
    function test_H2_ReducingExactQuoteIn_GetsTheOraclesBaseWhenTheSwapIsBetter() public {
        sell(alice, maker, 10e18);
        (int256 before, int256 value) = (exposure(), vaultValue());
        spot.moveTo(1800e18);
        (int256 base, int256 quote) = tradeAs(alice, order(alice, maker, false, true, 10_000e18));
        assertEq(base, 5e18);
        assertEq(quote, -10_000e18);
        assertEq(exposure(), before, "H1");
        assertGt(vaultValue(), value, "what is left over is the vault's");
    }

    function test_H2_ReducingExactQuoteIn_GetsTheSwapsBaseWhenTheSwapIsWorse() public {
        sell(alice, maker, 10e18);
        (int256 before, int256 value) = (exposure(), vaultValue());
        spot.moveTo(2200e18);
        (int256 base,) = tradeAs(alice, order(alice, maker, false, true, 11_000e18));
        assertLt(base, 5e18);
        assertGt(base, 4.9e18);
        assertEq(exposure(), before, "H1");
        assertApproxEqAbs(vaultValue(), value, 1e13, "the vault neither gains nor loses");
    }

    /// @dev Exact quote out: the taker gives the oracle's base when the swap needed less.
    function test_H2_ReducingExactQuoteOut_GivesTheOraclesBaseWhenTheSwapIsBetter() public {
        buy(alice, address(om), 10e18);
        (int256 before, int256 value) = (exposure(), vaultValue());
        spot.moveTo(2200e18);
        (int256 base, int256 quote) = tradeAs(alice, order(alice, maker, true, false, 10_000e18));
        assertEq(base, -5e18);
        assertEq(quote, 10_000e18);
        assertEq(exposure(), before, "H1");
        assertGt(vaultValue(), value, "what is left over is the vault's");
    }

    function testFuzz_H2_Reducing_TakerNeverDoesBetterThanTheOracle(
        uint256 amount,
        uint256 poolPrice,
        bool isBaseToQuote,
        bool isExactInput
    ) public {
        sell(bob, maker, 30e18);
        if (isBaseToQuote) buy(alice, address(om), 20e18);
        else sell(alice, maker, 20e18);
        spot.moveTo(boundExactPrice(poolPrice, 1500e18, 2500e18));
        bool isExactBase = isBaseToQuote == isExactInput;
        // Less than a few units of collateral buys nothing in the pool.
        amount = boundAmount(amount, isExactBase ? 1 : 1e10, 14e18);
        uint256 given = isExactBase ? amount : amount * 2000;
        (int256 before, int256 value) = (exposure(), vaultValue());
        (int256 base, int256 quote) = tradeAs(alice, order(alice, maker, isBaseToQuote, isExactInput, given));
        assertLe(base * 2000 + quote, 0, "taker against the oracle");
        assertEq(exposure(), before, "H1");
        // Swaps round to whole units of collateral.
        assertGe(vaultValue() + 2e12, value, "the vault lost");
    }

    // --------------------------------------------------------------------------------------------------- capacity ----

    function test_RevertIf_SellExceedsBaseHeld() public {
        _use95();
        vm.expectRevert(abi.encodeWithSelector(IMaker.MakerCapacityExceeded.selector, 6e18, 5e18));
        sell(alice, maker, 6e18);
        sell(alice, maker, 5e18);
        assertEq(shb.assetBalance(), 0);
    }

    function test_RevertIf_SellForQuoteExceedsBaseHeld() public {
        _use95();
        vm.expectPartialRevert(IMaker.MakerCapacityExceeded.selector);
        tradeAs(alice, order(alice, maker, true, false, 12_000e18));
    }

    function test_RevertIf_BuyExceedsTheVaultsLong() public {
        sell(bob, maker, 5e18);
        vm.expectRevert(abi.encodeWithSelector(IMaker.MakerCapacityExceeded.selector, 6e18, 5e18));
        buy(alice, maker, 6e18);
    }

    function test_RevertIf_BuyWithQuoteExceedsTheVaultsLong() public {
        sell(bob, maker, 5e18);
        vm.expectPartialRevert(IMaker.MakerCapacityExceeded.selector);
        tradeAs(alice, order(alice, maker, false, true, 10_100e18));
    }

    function test_RevertIf_VaultIsFlatAndTakerBuys() public {
        vm.expectRevert(abi.encodeWithSelector(IMaker.MakerCapacityExceeded.selector, 1e18, 0));
        buy(alice, maker, 1e18);
    }

    function test_UtilRatio_IsOnTheShortSide() public {
        sell(alice, maker, 25e18);
        (uint256 long, uint256 short) = shb.getUtilRatio();
        assertEq(long, 0);
        assertEq(short, 0.25e18);
        assertTrue(shb.isSpotHedged());
    }

    /// @dev T9: the vault's own health stops no closing, since it never falls when it buys back.
    function test_T9_ClosesAtAnyPrice() public {
        sell(alice, maker, 50e18);
        skip(1);
        setPrice(9000e18);
        spot.moveTo(9000e18);
        addMargin(alice, quoteXCD(600_000e18));
        close(alice, maker);
        assertEq(sizeOf(maker), 0);
        assertEq(exposure(), 100e18);
        skip(1);
        setPrice(200e18);
        spot.moveTo(200e18);
        sell(bob, maker, 50e18);
        close(bob, maker);
        assertEq(exposure(), 100e18);
    }

    /// @dev In two parts, with the pool brought back between them.
    function _use95() private {
        sell(bob, maker, 50e18);
        spot.moveTo(START_PRICE);
        sell(bob, maker, 45e18);
        spot.moveTo(START_PRICE);
    }
}

contract SpotHedgeBaseMakerLpTest is SpotHedgeTest {
    function test_Deposit_SharesFollowTotalAssets() public {
        sell(alice, maker, 40e18);
        skip(1);
        setPrice(2500e18);
        // assetBalance + account value / price, in base, floor
        int256 total = 60e18 + valueOf(maker) * 1e18 / 2500e18;
        assertEq(shb.totalAssets(), uint256(total));
        uint256 supply = shb.totalSupply();
        weth.mint(lp, 10e18);
        vm.prank(lp);
        uint256 shares = shb.deposit(10e18);
        assertEq(shares, 10e18 * (supply + 1e6) / (uint256(total) + 1e6));
        assertEq(shb.assetBalance(), 70e18);
        assertEq(shb.assetLiability(), 110e18);
    }

    function test_Withdraw_ReducesLiabilityProRata() public {
        sell(alice, maker, 40e18);
        uint256 total = shb.totalAssets();
        uint256 shares = shb.balanceOf(lp) / 4;
        vm.prank(lp);
        uint256 amount = shb.withdraw(shares);
        assertApproxEqAbs(amount, total / 4, 1);
        assertEq(shb.assetBalance(), 60e18 - amount);
        assertEq(shb.assetLiability(), 75e18);
        assertEq(weth.balanceOf(lp), amount);
    }

    function test_RevertIf_WithdrawalExceedsBaseHeld() public {
        sell(alice, maker, 80e18);
        uint256 shares = shb.balanceOf(lp) / 2;
        uint256 amount = shares * (shb.totalAssets() + 1e6) / (shb.totalSupply() + 1e6);
        vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.InsufficientAssetBalance.selector, amount, 20e18));
        vm.prank(lp);
        shb.withdraw(shares);
    }

    /// @dev Fees that a flat vault earned in quote go out in kind, pro rata, with an event of their own.
    function test_Withdraw_FlatVaultPaysQuoteInKind() public {
        setSpread(5000);
        sell(alice, maker, 40e18);
        buy(alice, maker, 40e18);
        assertEq(sizeOf(maker), 0);
        uint256 earned = uint256(marginOf(maker)) / 1e12;
        assertGt(earned, 780 * USD);
        uint256 shares = shb.balanceOf(lp) / 4;
        vm.expectEmit(address(shb));
        emit ILpVault.Withdrawn(lp, shares, 25e18);
        vm.expectEmit(address(shb));
        emit ISpotHedgeVault.QuoteWithdrawn(lp, shares, earned / 4);
        vm.prank(lp);
        assertEq(shb.withdraw(shares), 25e18);
        assertEq(usd.balanceOf(lp), earned / 4);
        // The last one out takes the rest.
        shares = shb.balanceOf(lp);
        vm.prank(lp);
        shb.withdraw(shares);
        assertEq(weth.balanceOf(lp), 100e18);
        assertEq(shb.assetLiability(), 0);
        assertLt(marginOf(maker), 1e12, "less than one unit of quote is left");
    }

    /// @dev Tokens sent to the vault, or to anybody's margin, move neither shares nor utilization (T11).
    function test_T11_DonationsChangeNothing() public {
        sell(alice, maker, 40e18);
        (uint256 price, uint256 total) = (shb.sharePrice(), shb.totalAssets());
        (, uint256 util) = shb.getUtilRatio();
        weth.mint(maker, 1000e18);
        usd.mint(maker, 1_000_000 * USD);
        usd.mint(address(vault), 1_000_000 * USD);
        (, uint256 utilAfter) = shb.getUtilRatio();
        assertEq(shb.sharePrice(), price);
        assertEq(shb.totalAssets(), total);
        assertEq(utilAfter, util);
        buy(alice, maker, 40e18);
        assertEq(shb.assetBalance(), 100e18, "nor a hedge's accounts");
    }

    function test_SetParameters_RevertIf_OutOfRange() public {
        ISpotHedgeVault.Parameters memory p = shb.parameters();
        vm.startPrank(owner());
        p.maxHedgeDeviation = 50_000;
        vm.expectRevert(abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 50_000, 10_000, 49_999));
        shb.setParameters(p);
        p.maxHedgeDeviation = 20_000;
        p.spread = 30_000;
        vm.expectRevert(abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 30_000, 0, 29_411));
        shb.setParameters(p);
        p.spread = 0;
        p.minMarginRatio = 99_999;
        vm.expectRevert(abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 99_999, 100_000, PPM));
        shb.setParameters(p);
        vm.stopPrank();
    }

    function test_SetParameters_RevertIf_AdapterTradesOtherTokens() public {
        ISpotHedgeVault.Parameters memory p = shb.parameters();
        p.adapter = ISpotAdapter(makeAddr("adapter"));
        vm.mockCall(address(p.adapter), abi.encodeCall(ISpotAdapter.baseToken, ()), abi.encode(usd));
        vm.mockCall(address(p.adapter), abi.encodeCall(ISpotAdapter.quoteToken, ()), abi.encode(weth));
        vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.AdapterMismatch.selector, address(usd), address(weth)));
        vm.prank(owner());
        shb.setParameters(p);
    }
}

/// @dev T5 with real moves of a real pool, T13 and T14.
contract SpotHedgeBaseMakerAttackTest is SpotHedgeTest {
    int256 private spentBase;
    int256 private spentQuote;

    function testFuzz_T5_SelfSandwichEarnsNothing(uint256 push, uint256 size, bool isBaseToQuote) public {
        sell(bob, maker, 40e18);
        spot.moveTo(START_PRICE);
        int256 lps = vaultValue();
        _movePool(boundExactPrice(push, 1962e18, 2038e18));
        TradeParams memory params = order(alice, maker, isBaseToQuote, isBaseToQuote, boundSize(size, 1e15, 39e18));
        vm.prank(alice);
        try house.trade(params) {}
        catch (bytes memory reason) {
            assertEq(bytes4(reason), ISpotHedgeVault.HedgeTooFar.selector);
        }
        _movePool(START_PRICE);
        int256 earned = _earned() + valueOf(alice) - 400_000e18;
        assertLe(earned, 0, "the attacker earned");
        assertGe(vaultValue() + 2e12, lps, "LPs paid for it");
    }

    /// @dev The same around a close, where no bound protects the vault but the worse of two prices does.
    function testFuzz_T5_SandwichedCloseEarnsNothing(uint256 push, uint256 part) public {
        sell(alice, maker, 20e18);
        spot.moveTo(START_PRICE);
        (int256 lps, int256 value) = (vaultValue(), valueOf(alice));
        _movePool(boundExactPrice(push, 1500e18, 2500e18));
        buy(alice, maker, boundSize(part, 1e15, 20e18));
        _movePool(START_PRICE);
        assertLe(_earned() + valueOf(alice) - value, 0, "the attacker earned");
        assertGe(vaultValue() + 2e12, lps, "LPs paid for it");
    }

    function _movePool(uint256 price) private {
        (int256 a0, int256 a1) = spot.moveTo(price);
        (int256 base, int256 quote) = spot.baseIsToken0() ? (a0, a1) : (a1, a0);
        spentBase += base;
        spentQuote += quote * 1e12;
    }

    /// @dev What the attacker's swaps earned at the oracle price, WAD.
    function _earned() private view returns (int256) {
        return -(spentBase * 2000 + spentQuote);
    }

    function test_T14_RevertIf_StrangerAsksTheVaultToPay() public {
        address adapter = address(d.spotHedgeBaseMakerAdapter);
        vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.NotAdapter.selector, stranger, adapter));
        vm.prank(stranger);
        shb.paySpotSwap(true, 1e18, stranger);
        // Nor does the adapter get anything outside a swap that the vault started.
        vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.NotAdapter.selector, adapter, adapter));
        vm.prank(adapter);
        shb.paySpotSwap(true, 1e18, stranger);
    }

    /// @dev A swap that a stranger starts asks the stranger to pay, not the vault.
    function test_T14_StrangersSwapTakesNothingFromTheVault() public {
        vm.expectRevert();
        vm.prank(stranger);
        d.spotHedgeBaseMakerAdapter.swap(true, true, 1e18, stranger);
        assertEq(shb.assetBalance(), 100e18);
    }

    function test_T14_RevertIf_CallbackIsSpoofed() public {
        UniswapV3Adapter adapter = UniswapV3Adapter(address(d.spotHedgeBaseMakerAdapter));
        address pool = adapter.poolAt(0);
        vm.expectRevert(abi.encodeWithSelector(ISpotAdapter.NotThePool.selector, stranger, pool));
        vm.prank(stranger);
        adapter.uniswapV3SwapCallback(1e18, -1, "");
        vm.expectRevert(abi.encodeWithSelector(ISpotAdapter.NotThePool.selector, pool, pool));
        vm.prank(pool);
        adapter.uniswapV3SwapCallback(1e18, -1, "");
    }
}

/// @dev T13: a base token that calls back finds everything that moves value or prices shares locked.
contract SpotHedgeBaseMakerReentrancyTest is SpotHedgeTest {
    function createBaseToken() internal override returns (TestToken) {
        return new ReentrantToken("WETH", "WETH", baseDecimals());
    }

    function test_T13_DepositFindsTheSystemLocked() public {
        bytes[] memory calls = _calls();
        for (uint256 i = 0; i < calls.length; ++i) {
            weth.mint(lp, 1e18);
            _arm(i, calls[i]);
            vm.prank(lp);
            shb.deposit(1e18);
            _checkLocked();
        }
    }

    function test_T13_WithdrawalFindsTheSystemLocked() public {
        bytes[] memory calls = _calls();
        for (uint256 i = 0; i < calls.length; ++i) {
            _arm(i, calls[i]);
            vm.prank(lp);
            shb.withdraw(1e18);
            _checkLocked();
        }
    }

    function test_T13_TheLockNamesItsHolder() public {
        bytes[] memory calls = _calls();
        _arm(0, calls[0]);
        sell(alice, maker, 1e18);
        assertEq(ReentrantToken(address(weth)).answer(), abi.encodeWithSelector(IVault.Locked.selector, maker));
    }

    function test_T13_HedgeFindsTheSystemLocked() public {
        bytes[] memory calls = _calls();
        for (uint256 i = 0; i < calls.length; ++i) {
            _arm(i, calls[i]);
            sell(alice, maker, 1e18);
            _checkLocked();
            spot.moveTo(START_PRICE);
            _arm(i, calls[i]);
            buy(alice, maker, 1e18);
            _checkLocked();
        }
    }

    function _arm(uint256 i, bytes memory call_) private {
        address[7] memory targets =
            [address(shb), address(shb), address(om), address(vault), address(vault), address(vault), address(house)];
        ReentrantToken(address(weth)).arm(targets[i], call_);
    }

    function _calls() private returns (bytes[] memory calls) {
        // The token itself is an account with a fund, and a trader.
        fund(address(weth), 1000 * USD);
        vm.startPrank(owner());
        shb.setWhitelistLp(address(weth), true);
        om.setWhitelistLp(address(weth), true);
        om.setValidSender(address(weth), true);
        vm.stopPrank();
        calls = new bytes[](7);
        calls[0] = abi.encodeWithSignature("totalAssets()");
        calls[1] = abi.encodeWithSignature("deposit(uint256)", 1);
        calls[2] = abi.encodeWithSignature("sharePrice()");
        calls[3] = abi.encodeCall(IVault.withdraw, (1, address(weth)));
        calls[4] = abi.encodeCall(IVault.transferFundToMargin, (market, address(weth), 1));
        calls[5] = abi.encodeCall(IVault.beginReceive, (market));
        calls[6] = abi.encodeCall(IClearingHouse.trade, (order(address(weth), address(om), true, true, 1e15)));
    }

    function _checkLocked() private view {
        ReentrantToken token = ReentrantToken(address(weth));
        assertTrue(token.tried());
        assertFalse(token.succeeded());
        assertEq(token.answer(), abi.encodeWithSelector(IVault.Locked.selector, address(shb)));
    }
}

/// @dev A base token of 8 decimals and collateral of 18.
contract SpotHedgeBaseMakerCoarseTokenTest is SpotHedgeTest {
    uint256 private constant UNIT = 1e10;

    function baseDecimals() internal pure override returns (uint8) {
        return 8;
    }

    function collateralDecimals() internal pure override returns (uint8) {
        return 18;
    }

    function test_RevertIf_IncreasingOrderIsFinerThanTheToken() public {
        vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.FinerThanBaseToken.selector, 1e18 + 1, UNIT));
        sell(alice, maker, 1e18 + 1);
    }

    function testFuzz_H1_ReductionsFinerThanTheTokenNeverAddUp(uint256[8] memory parts) public {
        sell(alice, maker, 10e18);
        buy(bob, address(om), 10e18);
        int256 before = exposure();
        for (uint256 i = 0; i < parts.length; ++i) {
            if (i % 2 == 0) buy(alice, maker, boundSize(parts[i], 1, 1e18));
            else sell(bob, maker, boundSize(parts[i], 1, 1e18));
            int256 drift = exposure() - before;
            assertGe(drift, 0, "H1: less base than owed");
            assertLt(drift, int256(UNIT), "H1: more than the last decimal");
        }
        close(alice, maker);
        assertLt(exposure() - before, int256(UNIT));
        assertGe(exposure() - before, 0);
    }
}
