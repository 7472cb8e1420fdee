// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Vm} from "forge-std/Vm.sol";
import {DeployConfig} from "../../../script/Deploy.s.sol";
import {ILpVault} from "../../../src/interfaces/ILpVault.sol";
import {ISpotHedgeVault} from "../../../src/interfaces/ISpotHedgeVault.sol";
import {IVault} from "../../../src/interfaces/IVault.sol";
import {LadderTest} from "../../utils/LadderTest.sol";

/// @dev A base vault was deleveraged at 2,300 while the pool was elsewhere: it is flat and has 50 base to buy back. Gaps are
/// bound to half a percent, a quarter of the bound of hedges.
contract SpotHedgeBaseMakerCloseHedgeGapTest is LadderTest {
    uint256 internal constant PRICE = 2300e18;
    uint256 internal constant PPM = 1e6;
    uint256 internal constant BOUND = 5000;
    address internal vaultMaker;

    function config() internal virtual override returns (DeployConfig memory c) {
        c = super.config();
        c.breakerWindow = 1 days;
        c.breakerMaxOutflow = 1000;
    }

    function setUp() public override {
        super.setUp();
        vaultMaker = address(shb);
        skip(1);
        setPrice(START_PRICE);
        addMargin(alice, 12_000 * USD);
        sell(alice, vaultMaker, 50e18);
        jumpWithPool(PRICE);
        spot.moveTo(2400e18);
        deleverageAfterWindow(alice);
        spot.moveTo(PRICE);
        assertEq(sizeOf(vaultMaker), 0);
        assertEq(shb.hedgeGap(), 50e18);
    }

    // ------------------------------------------------------------------------------------------------------ parts ----

    function test_Gap_ClosesInParts_OncePerInterval() public {
        // The pool is not deep enough for the whole gap: the swap would cost more than the margin.
        vm.expectPartialRevert(IVault.InsufficientMargin.selector);
        shb.closeHedgeGap(type(uint256).max);
        shb.closeHedgeGap(16e18);
        assertEq(shb.hedgeGap(), 34e18);
        uint256 closableAt = shb.hedgeGapClosableAt();
        assertEq(closableAt, timestamp() + 60);
        spot.moveTo(PRICE);
        uint256 now_ = timestamp();
        vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.HedgeGapClosedRecently.selector, now_, closableAt));
        shb.closeHedgeGap(16e18);
        _nextInterval();
        shb.closeHedgeGap(17e18);
        assertEq(shb.hedgeGap(), 17e18);
        _nextInterval();
        shb.closeHedgeGap(17e18 + 1);
        assertEq(shb.hedgeGap(), 0);
        vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.NoHedgeGap.selector));
        shb.closeHedgeGap(1);
        assertLaws();
    }

    function test_T34_RevertIf_PartIsTooSmall() public {
        uint256 least = 3.125e18;
        vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.HedgeGapPartTooSmall.selector, least - 1, least));
        shb.closeHedgeGap(least - 1);
        shb.closeHedgeGap(least);
    }

    /// @dev A closing that reverts does not start the interval.
    function test_Gap_FailedAttemptDoesNotStartTheInterval() public {
        spot.moveTo(2400e18);
        vm.expectRevert();
        shb.closeHedgeGap(16e18);
        spot.moveTo(PRICE);
        shb.closeHedgeGap(16e18);
    }

    // ----------------------------------------------------------------------------------------------------- losses ----

    /// @dev Every part has its share of the quote. Base that this quote does not pay for at the oracle price is a
    /// shortage, lost by the rise of the price since the deleveraging. Base that is not bought because quote is reserved
    /// for the swap's price is underfunded.
    function test_H1_ShortageAndUnderfundingAreSeparate() public {
        uint256 price = 2350e18;
        jumpWithPool(price);
        uint256 left = uint256(marginOf(vaultMaker)) * 16 / 50;
        uint256 covered = left * 1e18 / price;
        uint256 bought = left * 1e18 * PPM / (price * (PPM + BOUND));
        vm.expectEmit(vaultMaker);
        emit ISpotHedgeVault.HedgeShortage(16e18 - covered);
        vm.expectEmit(true, true, true, false, vaultMaker);
        emit ISpotHedgeVault.HedgeUnderfunded(covered - bought, 0);
        shb.closeHedgeGap(16e18);
        assertEq(shb.assetBalance(), 50e18 + bought);
        assertGt(covered, bought);
        assertLe(covered - bought, covered * BOUND / PPM + 1);
    }

    /// @dev Bought base, shortage and underfunded base add up to the gap, and the reserved quote belongs to the LPs.
    function testFuzz_H1_PartsAddUpToTheGap(uint256[3] memory parts, uint256 poolPrice) public {
        uint256 assets = shb.totalAssets();
        vm.recordLogs();
        for (uint256 i = 0; i < 3; ++i) {
            uint256 gap = uint256(int256(shb.hedgeGap()));
            if (gap == 0) break;
            spot.moveTo(boundExactPrice(poolPrice, 2293e18, 2304e18));
            shb.closeHedgeGap(gap < 8e18 ? gap : boundSize(parts[i], shb.hedgeGapMinPart(), 8e18));
            _nextInterval();
        }
        uint256 sum = _sumOf(ISpotHedgeVault.HedgeShortage.selector, ISpotHedgeVault.HedgeUnderfunded.selector);
        assertEq(shb.assetBalance() - 50e18 + uint256(int256(shb.hedgeGap())) + sum, 50e18);
        assertGe(marginOf(vaultMaker), 0);
        // The total loss is within the bound.
        assertGe(shb.totalAssets() + 50e18 * BOUND / PPM, assets);
        assertLaws();
    }

    // -------------------------------------------------------------------------------------------------------- T34 ----

    /// @dev An attacker moves the pool to the bound, lets the maker buy and moves the pool back. It earns at most the
    /// bound of one part, less the pool's fee; the second part waits for the interval.
    function testFuzz_T34_SandwichGetsOneBoundAtMost(uint256 push, uint256 part) public {
        part = boundSize(part, 3.125e18, 50e18);
        (uint256 held, int256 margin) = (shb.assetBalance(), marginOf(vaultMaker));
        int256 earned = _move(boundExactPrice(push, 2290e18, 2312e18));
        if (_tryClose(part)) {
            vm.expectPartialRevert(ISpotHedgeVault.HedgeGapClosedRecently.selector);
            shb.closeHedgeGap(type(uint256).max);
        }
        earned += _move(PRICE);
        assertLe(earned, int256(part * PRICE / 1e18 * BOUND / PPM), "more than the bound of one part");
        uint256 worth = (shb.assetBalance() - held) * PRICE / 1e18;
        assertLe(margin - marginOf(vaultMaker), int256(worth * (PPM + BOUND) / PPM + 1e12), "H2: the maker paid more");
    }

    function _tryClose(uint256 part) private returns (bool) {
        try shb.closeHedgeGap(part) {
            return true;
        } catch (bytes memory reason) {
            bytes4 selector = bytes4(reason);
            bool isPrice = selector == ISpotHedgeVault.HedgeTooFar.selector;
            assertTrue(isPrice || selector == IVault.InsufficientMargin.selector, "refused for another reason");
            return false;
        }
    }

    /// @dev Moves the pool and returns the profit at the oracle price, WAD quote.
    function _move(uint256 price) private returns (int256) {
        (int256 a0, int256 a1) = spot.moveTo(price);
        (int256 base, int256 quote) = spot.baseIsToken0() ? (a0, a1) : (a1, a0);
        return -(base * int256(PRICE) / 1e18 + quote * 1e12);
    }

    // ---------------------------------------------------------------------------------------------------- breaker ----

    /// @dev Closing a gap may spend more than the outflow limit. It consumes of the limit the cost of the swap.
    function test_Gap_IsMeteredAsAHedge() public {
        (,, int256 left, int256 hedge) = d.breaker.windowOf(address(usd));
        (uint256 allowed,) = d.breaker.available(address(usd));
        (int256 margin, uint256 held) = (marginOf(vaultMaker), shb.assetBalance());
        shb.closeHedgeGap(16e18);
        int256 spent = (margin - marginOf(vaultMaker)) / 1e12;
        assertGt(uint256(spent), allowed, "more than a withdrawal could take");
        (,, int256 leftAfter, int256 hedgeAfter) = d.breaker.windowOf(address(usd));
        assertEq(leftAfter, left, "not a withdrawal");
        int256 bought = int256((uint256(shb.assetBalance()) - held) * PRICE / 1e18) / 1e12;
        assertApproxEqAbs(hedgeAfter - hedge, bought - spent, 2, "its cost against the oracle price");
    }

    function test_WithdrawForHedge_RevertIf_NotAMaker() public {
        vm.expectRevert(abi.encodeWithSelector(IVault.NotMaker.selector, bob, market));
        vm.prank(bob);
        vault.withdrawForHedge(market, 1, bob);
    }

    // ---------------------------------------------------------------------------------------------------- removal ----

    /// @dev A maker that is removed from its market with an open gap pays its LPs its base, and the quote that would
    /// have closed the gap.
    function test_RemovedVault_PaysEverythingInKind() public {
        vm.startPrank(owner());
        d.breaker.acceptOwnership();
        d.breaker.removeLimit(address(usd));
        house.retireMaker(vaultMaker);
        house.removeMaker(vaultMaker);
        vm.stopPrank();
        uint256 quote = uint256(marginOf(vaultMaker)) / 1e12;
        uint256 shares = shb.balanceOf(lp);
        assertEq(shb.maxRedeem(lp), shares);
        vm.prank(lp);
        assertEq(shb.withdraw(shares / 2), 25e18);
        assertEq(shb.hedgeGap(), 25e18);
        vm.prank(lp);
        shb.withdraw(shares - shares / 2);
        assertEq(weth.balanceOf(lp), 50e18);
        assertApproxEqAbs(usd.balanceOf(lp), quote, 1);
        assertEq(shb.hedgeGap(), 0);
        assertEq(shb.totalSupply(), 0);
    }

    // ------------------------------------------------------------------------------------------------------ rules ----

    function test_SetHedgeGapRules() public {
        ISpotHedgeVault.HedgeGapRules memory rules = shb.hedgeGapRules();
        assertEq(rules.maxDeviation, BOUND);
        assertEq(rules.interval, 60);
        assertEq(rules.maxPriceAge, 10);
        rules.maxDeviation = 10_000;
        rules.interval = 0;
        rules.maxPriceAge = 60;
        vm.startPrank(owner());
        vm.expectEmit(vaultMaker);
        emit ISpotHedgeVault.HedgeGapRulesSet(rules);
        shb.setHedgeGapRules(rules);
        rules.maxDeviation = 10_001;
        vm.expectRevert(abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 10_001, 502, 10_000));
        shb.setHedgeGapRules(rules);
        // The fee of the pool (T57).
        rules.maxDeviation = 501;
        vm.expectRevert(abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 501, 502, 10_000));
        shb.setHedgeGapRules(rules);
        rules.maxDeviation = 502;
        rules.interval = 1 days + 1;
        vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.IntervalTooLong.selector, 1 days + 1, 1 days));
        shb.setHedgeGapRules(rules);
        (rules.interval, rules.maxPriceAge) = (1 days, 61);
        vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.PriceAgeTooLong.selector, 61, 60));
        shb.setHedgeGapRules(rules);
        ISpotHedgeVault.Parameters memory p = shb.parameters();
        p.maxHedgeDeviation = 19_999;
        vm.expectRevert(abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 19_999, 20_000, 49_999));
        shb.setParameters(p);
        vm.stopPrank();
    }

    // ---------------------------------------------------------------------------------------------------- helpers ----

    function _nextInterval() private {
        skip(60);
        setPrice(PRICE);
        spot.moveTo(PRICE);
    }

    function _sumOf(bytes32 first, bytes32 second) private returns (uint256 sum) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            bytes32 topic = logs[i].topics[0];
            if (topic == first || topic == second) sum += abi.decode(logs[i].data, (uint256));
        }
    }
}
