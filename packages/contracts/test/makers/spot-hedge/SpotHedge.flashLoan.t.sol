// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse, LiquidationParams, TradeParams} from "../../../src/interfaces/IClearingHouse.sol";
import {IMaker} from "../../../src/interfaces/IMaker.sol";
import {ISpotAdapter, ISpotPayer} from "../../../src/interfaces/ISpotAdapter.sol";
import {ISpotHedgeVault} from "../../../src/interfaces/ISpotHedgeVault.sol";
import {SpotHedgeBaseMaker} from "../../../src/makers/SpotHedgeBaseMaker.sol";
import {UniswapV3Adapter} from "../../../src/spot/UniswapV3Adapter.sol";
import {FlashAttacker} from "../../utils/FlashLoan.sol";
import {MakerKind} from "../../utils/MakerKind.sol";
import {SpotHedgeMakerTest} from "../../utils/SpotHedgeMakerTest.sol";

/// @dev T5 by an attacker that can borrow any amount for one transaction. The pool is real, and so are the swaps that move
/// it; tokens and account value of the attacker are counted, all fees included.
abstract contract SpotHedgeFlashLoanSuite is SpotHedgeMakerTest {
    FlashAttacker internal attacker;

    constructor(MakerKind kind_) SpotHedgeMakerTest(kind_) {}

    function setUp() public override {
        super.setUp();
        attacker = createFlashAttacker(1_000_000 * USD, 400_000 * USD);
        if (hasQuoteMaker()) depositLp(lp, quoteXCD(5_000_000e18), 0);
        // Another taker's position, so that the maker can hedge in both directions.
        open(bob, 40e18);
        spot.moveTo(START_PRICE);
    }

    /// @dev Increases in both directions, of exact base and of exact quote.
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

    /// @dev Closing shorts and longs, whose hedges are not bound to the oracle price. The OracleMaker takes the opening that
    /// the maker cannot take.
    function testFuzz_T5_FlashLoan_ReducingEarnsNothing(uint256 push, uint256 size, bool isLong, bool isExactInput)
        public
    {
        address against = isLong == hasQuoteMaker() ? maker : address(om);
        attacker.trade(order(address(attacker), against, !isLong, !isLong, 20e18));
        spot.moveTo(START_PRICE);
        size = boundSize(size, 1e15, 13e18);
        uint256 amount = isLong == isExactInput ? size : size * 2000;
        TradeParams memory params = order(address(attacker), maker, isLong, isExactInput, amount);
        params.isReduceOnly = true;
        _attack(params, push);
        assertEq(attacker.refusal().length, 0, "closing was refused");
    }

    function _attack(TradeParams memory params, uint256 push) private {
        (int256 owned, int256 value) = (wealthOf(address(attacker), 2000), vaultValue(START_PRICE));
        attacker.attack(params, boundExactPrice(push, 1500e18, 2600e18));
        assertLe(wealthOf(address(attacker), 2000), owned, "T5: the attacker earned");
        int256 dust = hasQuoteMaker() ? int256(3e12) : int256(2e12);
        assertGe(vaultValue(START_PRICE) + dust, value, "T5: LPs paid for it");
    }

    function _expectNoRefusalButTheBound() internal view {
        bytes4 refusal = bytes4(attacker.refusal());
        assertTrue(refusal == 0 || refusal == ISpotHedgeVault.HedgeTooFar.selector, "refused for another reason");
    }
}

/// @dev T13 and T14 besides.
contract SpotHedgeBaseMakerFlashLoanTest is SpotHedgeFlashLoanSuite(MakerKind.SpotHedgeBase) {
    /// @dev In the middle of a swap of the pool the maker cannot hedge, so every trade against it reverts. Its share
    /// value does not change.
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

    /// @dev The value of LP shares does not depend on the pool.
    function testFuzz_T5_FlashLoan_SharesAreWorthTheSame(uint256 push) public {
        uint256 price = shb.sharePrice();
        spot.moveTo(boundExactPrice(push, 1000e18, 4000e18));
        assertEq(shb.sharePrice(), price);
    }

    /// @dev The attacker's own swap lets it make any call. Adapter and maker refuse its callbacks.
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
}

/// @dev T14 and T34 besides.
contract SpotHedgeQuoteMakerFlashLoanTest is SpotHedgeFlashLoanSuite(MakerKind.SpotHedgeQuote) {
    /// @dev The value of shares does not depend on the pool, and {rebalance} does not trade.
    function testFuzz_T5_FlashLoan_SharesAreWorthTheSame(uint256 push) public {
        skip(1);
        setPrice(2200e18);
        spot.moveTo(2200e18);
        uint256 price = shq.sharePrice();
        uint256 assets = shq.totalAssets();
        attacker.callWhileSkewed(boundExactPrice(push, 1500e18, 3000e18), maker, abi.encodeWithSignature("rebalance()"));
        assertEq(attacker.refusal().length, 0, "rebalancing was refused");
        assertLe(shq.sharePrice(), price);
        assertGe(shq.totalAssets() + 5 * USD, assets, "more than a keeper's fee");
    }

    function test_T14_FlashLoan_NoPaymentOutsideASwap() public {
        uint256 held = shq.assetBalance();
        attacker.callWhileSkewed(
            1900e18, maker, abi.encodeCall(ISpotPayer.paySpotSwap, (false, 10 * USD, address(attacker)))
        );
        assertEq(
            attacker.refusal(),
            abi.encodeWithSelector(ISpotHedgeVault.NotAdapter.selector, address(attacker), d.spotHedgeQuoteMakerAdapter)
        );
        assertEq(shq.assetBalance(), held);
    }

    /// @dev T34: an attacker that moves the pool around a deleveraging earns at most the bound of the sold base.
    function testFuzz_T34_FlashLoan_DeleveragingLosesItsBoundAtMost(uint256 push) public {
        buy(alice, maker, 200e18);
        movePrice(3750e18);
        shq.announceDeleverage();
        skip(3);
        bytes[] memory update = executionUpdate(3750e18, timestamp());
        (int256 owned, int256 lps) = (wealthOf(address(attacker), 3750), vaultValue(3750e18));
        uint256 held = shq.baseBalance();
        attacker.callWhileSkewed(
            boundExactPrice(push, 3700e18, 3800e18), maker, abi.encodeCall(shq.deleverage, (address(om), update))
        );
        _expectNoRefusalButTheBound();
        int256 bound_ = int256((held - shq.baseBalance()) * 3750 * 5_000 / PPM);
        assertLe(
            wealthOf(address(attacker), 3750) - owned,
            bound_ + 5e18,
            "the attacker earned more than the bound and the keeper's fee"
        );
        assertGe(vaultValue(3750e18) + 2 * bound_ + 5e18 + 1e13, lps, "each leg is within its bound");
        assertEq(exposure(), 0, "H1");
    }

    /// @dev T34: the same around the closing of a hedge gap.
    function testFuzz_T34_FlashLoan_AGapLosesItsBoundAtMost(uint256 push) public {
        movePrice(2950e18);
        spot.moveTo(2800e18);
        addMargin(alice, 100_000 * USD);
        vm.prank(alice);
        house.liquidate(LiquidationParams(market, maker, alice, address(0), type(uint256).max, 0, 0));
        uint256 gap = uint256(-int256(shq.hedgeGap()));
        assertGt(gap, 0);
        spot.moveTo(2950e18);
        int256 owned = wealthOf(address(attacker), 2950);
        attacker.callWhileSkewed(
            boundExactPrice(push, 2900e18, 3000e18),
            maker,
            abi.encodeWithSignature("closeHedgeGap(uint256)", type(uint256).max)
        );
        _expectNoRefusalButTheBound();
        int256 bound_ = int256(gap * 2950 * shq.hedgeGapRules().maxDeviation / PPM);
        assertLe(wealthOf(address(attacker), 2950) - owned, bound_, "the attacker earned more than the bound");
    }
}
