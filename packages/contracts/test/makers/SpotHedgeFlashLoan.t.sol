// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse, TradeParams} from "../../src/interfaces/IClearingHouse.sol";
import {IMaker} from "../../src/interfaces/IMaker.sol";
import {ISpotAdapter} from "../../src/interfaces/ISpotAdapter.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {SpotHedgeBaseMaker} from "../../src/makers/SpotHedgeBaseMaker.sol";
import {UniswapV3Adapter} from "../../src/spot/UniswapV3Adapter.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {TestToken} from "../utils/TestToken.sol";
import {IUniswapV3Pool, SpotMarket} from "../utils/UniswapV3Local.sol";

/// @dev Lends what it holds for the length of a call, for nothing: the best case of an attacker.
contract FlashLender {
    TestToken private immutable base;
    TestToken private immutable quote;

    constructor(TestToken base_, TestToken quote_) {
        (base, quote) = (base_, quote_);
    }

    function lend(FlashAttacker to) external {
        (uint256 baseHeld, uint256 quoteHeld) = (base.balanceOf(address(this)), quote.balanceOf(address(this)));
        base.transfer(address(to), baseHeld);
        quote.transfer(address(to), quoteHeld);
        to.onLoan();
        base.transferFrom(address(to), address(this), baseHeld);
        quote.transferFrom(address(to), address(this), quoteHeld);
    }
}

/// @dev A trader that moves the pool with borrowed tokens, trades against the vault, and moves the pool back.
contract FlashAttacker {
    IClearingHouse private immutable house;
    SpotMarket private immutable spot;
    FlashLender private immutable lender;
    IUniswapV3Pool private immutable pool;
    TestToken private immutable base;
    TestToken private immutable quote;

    TradeParams private _params;
    uint256 private _push;
    bytes private _inSwap;
    bytes private _skewed;
    address private _target;
    bytes public refusal;

    constructor(IClearingHouse house_, SpotMarket spot_, FlashLender lender_) {
        (house, spot, lender) = (house_, spot_, lender_);
        (pool, base, quote) = (spot_.pool(), spot_.base(), spot_.quote());
        base.approve(address(lender_), type(uint256).max);
        quote.approve(address(lender_), type(uint256).max);
    }

    function trade(TradeParams memory params) external {
        house.trade(params);
    }

    /// @dev The trade happens while the pool is at `push`.
    function attack(TradeParams memory params, uint256 push) external {
        delete refusal;
        (_params, _push) = (params, push);
        lender.lend(this);
    }

    /// @dev Calls `target` while the pool is at `push`.
    function callWhileSkewed(uint256 push, address target, bytes memory data) external {
        delete refusal;
        (_push, _target, _skewed) = (push, target, data);
        delete _params;
        lender.lend(this);
        delete _skewed;
    }

    /// @dev Calls `target` from within a swap of the pool, which is moved to `push`.
    function callInSwap(uint256 push, address target, bytes memory data) external {
        delete refusal;
        (_push, _target, _inSwap) = (push, target, data);
        delete _params;
        lender.lend(this);
        delete _inSwap;
    }

    function onLoan() external {
        (uint160 start,,,,,,) = pool.slot0();
        _moveTo(spot.sqrtPriceOf(_push));
        if (_params.amount != 0) {
            try house.trade(_params) {}
            catch (bytes memory reason) {
                refusal = reason;
            }
        }
        if (_skewed.length != 0) {
            (bool isDone, bytes memory answer) = _target.call(_skewed);
            refusal = isDone ? bytes("") : answer;
        }
        delete _inSwap;
        _moveTo(start);
    }

    /// @dev Real swaps, paid with real tokens.
    function _moveTo(uint160 target) private {
        (uint160 current,,,,,,) = pool.slot0();
        if (target != current) pool.swap(address(this), target < current, type(int128).max, target, "");
    }

    function uniswapV3SwapCallback(int256 amount0, int256 amount1, bytes calldata) external {
        if (_inSwap.length != 0) {
            (bool isDone, bytes memory answer) = _target.call(_inSwap);
            refusal = isDone ? bytes("") : answer;
        }
        (int256 baseOwed, int256 quoteOwed) = spot.baseIsToken0() ? (amount0, amount1) : (amount1, amount0);
        if (baseOwed > 0) base.transfer(address(pool), uint256(baseOwed));
        if (quoteOwed > 0) quote.transfer(address(pool), uint256(quoteOwed));
    }
}

/// @dev T5, T13 and T14 by somebody who can borrow any amount for a transaction. The pool is real and so are the swaps that
/// move it; what the attacker owns is counted in tokens and account value, all fees included.
contract SpotHedgeFlashLoanTest is ExchangeTest {
    uint256 private constant WAD = 1e18;

    FlashAttacker private attacker;
    address private maker;

    function setUp() public override {
        super.setUp();
        maker = address(shb);
        FlashLender lender = new FlashLender(weth, usd);
        weth.mint(address(lender), 20_000e18);
        usd.mint(address(lender), 40_000_000 * USD);
        attacker = new FlashAttacker(house, spot, lender);
        weth.mint(address(attacker), 100e18);
        fund(address(attacker), 1_000_000 * USD);
        usd.mint(address(attacker), 200_000 * USD);
        addMargin(address(attacker), 400_000 * USD);
        addMargin(bob, 400_000 * USD);
        vm.prank(owner());
        om.setValidSender(address(attacker), true);
        // Somebody else's short, so that the vault has something to sell and to buy.
        sell(bob, maker, 40e18);
        spot.moveTo(START_PRICE);
    }

    /// @dev Exact base and exact quote, opening long and short.
    function testFuzz_T5_FlashLoan_IncreasingEarnsNothing(
        uint256 push,
        uint256 size,
        bool isBaseToQuote,
        bool isExactInput
    ) public {
        size = boundSize(size, 1e15, 39e18);
        uint256 amount = isBaseToQuote == isExactInput ? size : size * 2000;
        _attack(order(address(attacker), maker, isBaseToQuote, isExactInput, amount), push);
        bytes4 refusal = bytes4(attacker.refusal());
        assertTrue(
            refusal == 0 || refusal == ISpotHedgeVault.HedgeTooFar.selector
                || refusal == IMaker.MakerCapacityExceeded.selector,
            "refused for another reason"
        );
    }

    /// @dev Closing shorts and longs, where nothing bounds the hedge.
    function testFuzz_T5_FlashLoan_ReducingEarnsNothing(uint256 push, uint256 size, bool isLong, bool isExactInput)
        public
    {
        // A long comes from the other maker, a short from the vault.
        attacker.trade(order(address(attacker), isLong ? address(om) : maker, !isLong, !isLong, 20e18));
        spot.moveTo(START_PRICE);
        size = boundSize(size, 1e15, 13e18);
        uint256 amount = isLong == isExactInput ? size : size * 2000;
        TradeParams memory params = order(address(attacker), maker, isLong, isExactInput, amount);
        params.isReduceOnly = true;
        _attack(params, push);
        assertEq(attacker.refusal().length, 0, "closing was refused");
    }

    /// @dev In the middle of a swap of the pool the vault cannot hedge, so nobody can trade against it; its shares are worth
    /// what they were.
    function test_T13_FlashLoan_TradingInsideASwap() public {
        (uint256 total, uint256 price) = (shb.totalAssets(), shb.sharePrice());
        TradeParams memory params = order(address(attacker), maker, true, true, 10e18);
        attacker.callInSwap(1900e18, address(house), abi.encodeCall(IClearingHouse.trade, (params)));
        assertEq(attacker.refusal(), abi.encodeWithSignature("Error(string)", "LOK"));
        assertEq(sizeOf(address(attacker)), 0);
        attacker.callInSwap(1900e18, maker, abi.encodeWithSignature("closeHedgeGap(uint256)", 1));
        assertEq(attacker.refusal(), abi.encodeWithSelector(ISpotHedgeVault.NoHedgeGap.selector));
        assertEq(shb.totalAssets(), total);
        assertEq(shb.sharePrice(), price);
    }

    /// @dev Nor can LP shares be had for another price while the pool is skewed: no pool enters their value.
    function testFuzz_T5_FlashLoan_SharesAreWorthTheSame(uint256 push) public {
        uint256 price = shb.sharePrice();
        spot.moveTo(boundExactPrice(push, 1000e18, 4000e18));
        assertEq(shb.sharePrice(), price);
    }

    /// @dev The attacker's own swap lets it call back as it likes: neither adapter nor vault takes its word.
    function test_T14_FlashLoan_CallbacksFromASwapOfTheRealPool() public {
        uint256 held = shb.assetBalance();
        bytes memory spoof = abi.encodeCall(UniswapV3Adapter.uniswapV3SwapCallback, (10e18, -1, ""));
        attacker.callInSwap(1900e18, address(d.spotHedgeBaseMakerAdapter), spoof);
        assertEq(
            attacker.refusal(), abi.encodeWithSelector(ISpotAdapter.NotThePool.selector, address(attacker), spot.pool())
        );
        bytes memory pay = abi.encodeCall(SpotHedgeBaseMaker(maker).paySpotSwap, (true, 10e18, address(attacker)));
        attacker.callInSwap(1900e18, maker, pay);
        assertEq(
            attacker.refusal(),
            abi.encodeWithSelector(ISpotHedgeVault.NotAdapter.selector, address(attacker), d.spotHedgeBaseMakerAdapter)
        );
        assertEq(shb.assetBalance(), held);
        assertEq(weth.balanceOf(maker), held);
    }

    function _attack(TradeParams memory params, uint256 push) private {
        (int256 owned, int256 lps) = (_owned(), _lpValue());
        attacker.attack(params, boundExactPrice(push, 1500e18, 2600e18));
        assertLe(_owned(), owned, "T5: the attacker earned");
        assertGe(_lpValue() + 2e12, lps, "T5: LPs paid for it");
    }

    /// @dev WAD quote at the oracle price: tokens and account.
    function _owned() private view returns (int256) {
        return int256(weth.balanceOf(address(attacker)) * 2000 + usd.balanceOf(address(attacker)) * 1e12)
            + valueOf(address(attacker));
    }

    function _lpValue() private view returns (int256) {
        return int256(uint256(shb.assetBalance()) * 2000) + valueOf(maker);
    }
}
