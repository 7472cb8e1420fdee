// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {LiquidationParams, TradeParams} from "../../src/interfaces/IClearingHouse.sol";
import {IMaker} from "../../src/interfaces/IMaker.sol";
import {ISpotPayer} from "../../src/interfaces/ISpotAdapter.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {QuoteVaultTest} from "../utils/QuoteVaultTest.sol";
import {FlashAttacker, FlashLender} from "./SpotHedgeFlashLoan.t.sol";

/// @dev T5, T14 and T34 at a quote vault by somebody who can borrow any amount for a transaction and moves the real pool
/// by real swaps.
contract SpotHedgeQuoteMakerFlashLoanTest is QuoteVaultTest {
    FlashAttacker private attacker;

    function setUp() public override {
        super.setUp();
        FlashLender lender = new FlashLender(weth, usd);
        weth.mint(address(lender), 100_000e18);
        usd.mint(address(lender), 300_000_000 * USD);
        attacker = new FlashAttacker(house, spot, lender);
        weth.mint(address(attacker), 1000e18);
        fund(address(attacker), 1_000_000 * USD);
        usd.mint(address(attacker), 2_000_000 * USD);
        addMargin(address(attacker), 400_000 * USD);
        vm.prank(owner());
        om.setValidSender(address(attacker), true);
        depositLp(lp, quoteXCD(5_000_000e18), 0);
        buy(bob, maker, 40e18);
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

    /// @dev Closing longs and shorts, where nothing bounds the hedge.
    function testFuzz_T5_FlashLoan_ReducingEarnsNothing(uint256 push, uint256 size, bool isLong, bool isExactInput)
        public
    {
        attacker.trade(order(address(attacker), isLong ? maker : address(om), !isLong, !isLong, 20e18));
        spot.moveTo(START_PRICE);
        size = boundSize(size, 1e15, 13e18);
        uint256 amount = isLong == isExactInput ? size : size * 2000;
        TradeParams memory params = order(address(attacker), maker, isLong, isExactInput, amount);
        params.isReduceOnly = true;
        _attack(params, push);
        assertEq(attacker.refusal().length, 0, "closing was refused");
    }

    /// @dev No pool enters the value of shares, and {rebalance} trades with none.
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

    function test_T14_FlashLoan_NobodyIsPaidOutsideASwap() public {
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

    /// @dev T34: whoever skews the pool around a deleveraging gets at most its bound of what is sold.
    function testFuzz_T34_FlashLoan_DeleveragingLosesItsBoundAtMost(uint256 push) public {
        buy(alice, maker, 200e18);
        movePrice(3750e18);
        shq.announceDeleverage();
        skip(3);
        bytes[] memory update = executionUpdate(3750e18, timestamp());
        (int256 owned, int256 lps) = (_owned(3750), vaultValue(3750e18));
        uint256 held = shq.baseBalance();
        attacker.callWhileSkewed(
            boundExactPrice(push, 3700e18, 3800e18), maker, abi.encodeCall(shq.deleverage, (address(om), update))
        );
        bytes4 refusal = bytes4(attacker.refusal());
        assertTrue(refusal == 0 || refusal == ISpotHedgeVault.HedgeTooFar.selector, "refused for another reason");
        int256 bound_ = int256((held - shq.baseBalance()) * 3750 * 5_000 / PPM);
        assertLe(_owned(3750) - owned, bound_ + 5e18, "the attacker earned more than the bound and the keeper's fee");
        assertGe(vaultValue(3750e18) + 2 * bound_ + 5e18 + 1e13, lps, "either leg is inside its bound");
        assertEq(exposure(), 0, "H1");
    }

    /// @dev T34: the same around the closing of a gap.
    function testFuzz_T34_FlashLoan_AGapLosesItsBoundAtMost(uint256 push) public {
        movePrice(2950e18);
        spot.moveTo(2800e18);
        addMargin(alice, 100_000 * USD);
        vm.prank(alice);
        house.liquidate(
            LiquidationParams({
                marketId: market,
                account: maker,
                liquidator: alice,
                maker: address(0),
                amount: type(uint256).max,
                minReward: 0,
                priceBound: 0
            })
        );
        uint256 gap = uint256(-int256(shq.hedgeGap()));
        assertGt(gap, 0);
        spot.moveTo(2950e18);
        int256 owned = _owned(2950);
        attacker.callWhileSkewed(
            boundExactPrice(push, 2900e18, 3000e18),
            maker,
            abi.encodeWithSignature("closeHedgeGap(uint256)", type(uint256).max)
        );
        bytes4 refusal = bytes4(attacker.refusal());
        assertTrue(refusal == 0 || refusal == ISpotHedgeVault.HedgeTooFar.selector, "refused for another reason");
        int256 bound_ = int256(gap * 2950 * shq.hedgeGapRules().maxDeviation / PPM);
        assertLe(_owned(2950) - owned, bound_, "the attacker earned more than the bound");
    }

    function _attack(TradeParams memory params, uint256 push) private {
        (int256 owned, int256 lps) = (_owned(2000), vaultValue(START_PRICE));
        attacker.attack(params, boundExactPrice(push, 1500e18, 2600e18));
        assertLe(_owned(2000), owned, "T5: the attacker earned");
        assertGe(vaultValue(START_PRICE) + 3e12, lps, "T5: LPs paid for it");
    }

    /// @dev WAD quote at the oracle price: tokens and account.
    function _owned(uint256 price) private view returns (int256) {
        return int256(weth.balanceOf(address(attacker)) * price + usd.balanceOf(address(attacker)) * 1e12)
            + valueOf(address(attacker));
    }
}
