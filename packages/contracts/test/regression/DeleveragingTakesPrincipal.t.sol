// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IBackstop} from "../../src/interfaces/IBackstop.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {SpotHedgeQuoteMakerTest} from "../utils/SpotHedgeQuoteMakerTest.sol";
import {BaseVaultGapTest} from "./BaseVaultGapTest.sol";

/// @dev T53: an account lost to its owner's other account and was deleveraged against a hedged vault. The base
/// vault's long closed at the bankruptcy price, and it bought its base back at the market: the base vault of 100 ETH lost up to
/// 10 ETH, which the owner's other account kept as profit.
contract DeleveragingTakesPrincipalOfABaseVaultTest is BaseVaultGapTest {
    /// @dev Alice loses, Bob wins. Both belong to the attacker.
    function setUp() public override {
        super.setUp();
        // The pool is deep enough for the whole hedge within the bound of gaps.
        spot.provide(95_000e18);
        addMargin(alice, 12_000 * USD);
        addMargin(bob, 50_000 * USD);
        sell(alice, address(shb), 50e18);
        buy(bob, address(om), 50e18);
        spot.moveTo(START_PRICE);
    }

    /// @dev The property behind T53: the deleveraging costs a hedged vault at most the bound of its hedge.
    function testFuzz_T53_E4_DeleveragingCostsTheVaultAtMostItsHedge(uint256 price, bool winnerCloses) public {
        price = boundPrice(price, 2300e18, 2800e18);
        jumpWithPool(price);
        uint256 assets = shb.totalAssets();
        if (winnerCloses) close(bob, address(om));
        else _deleverageInTheWindow(alice, bob);
        if (sizeOf(alice) != 0) deleverageAfterWindow(alice);
        assertFlatAndEmpty(alice);
        uint256 bound = 50e18 * uint256(shb.hedgeGapRules().maxDeviation) / 1e6;
        assertGe(shb.totalAssets() + bound + 1e12, assets, "principal");
        assertLaws();
    }

    function test_T53_Jump15Percent_WinnerOpen_PaysWithItsProfit() public {
        _checkWinnerOpen(2300e18);
    }

    function test_T53_Jump40Percent_WinnerOpen_PaysWithItsProfit() public {
        _checkWinnerOpen(2800e18);
    }

    function test_T53_Jump15Percent_WinnerClosesFirst_BadDebtIsRecorded() public {
        _checkWinnerClosesFirst(2300e18);
    }

    function test_T53_Jump40Percent_WinnerClosesFirst_BadDebtIsRecorded() public {
        _checkWinnerClosesFirst(2800e18);
    }

    /// @dev In the window a hedged vault is no counterparty, named or not.
    function test_T53_Window_NoPartForTheVault() public {
        jumpWithPool(2800e18);
        backstop.flagShortfall(market, alice);
        skip(WINDOW - 2);
        jump(2800e18);
        vm.expectRevert(abi.encodeWithSelector(IBackstop.NothingToDeleverage.selector, alice));
        deleverage(alice, address(shb));
        assertEq(sizeOf(address(shb)), 50e18);
    }

    /// @dev The bound of the hedge is around the price of seconds ago, so that the close must be at such a price.
    function test_T53_RevertIf_ThePriceIsOld() public {
        jumpWithPool(2800e18);
        passWindow(alice);
        skip(oracle.freshAgeOf(market) + 1);
        vm.expectPartialRevert(bytes4(keccak256("LiquidationPriceTooOld(uint256,uint256)")));
        deleverage(alice, address(shb));
    }

    // ------------------------------------------------------------------------------------------------ corrections ----

    /// @dev The attacker deleverages an honest account and spares its own winner. Any account corrects it.
    function test_T53_SkippedWinner_PaysTheHonestAccount() public {
        _carolIsLongWithLessProfit();
        int256 before = valueOf(carol);
        int256 winner = valueOf(bob);
        int256 shortfall = -valueOf(alice);
        deleverage(alice, carol);
        assertEq(sizeOf(carol), 0);
        int256 cost = before - valueOf(carol);
        assertApproxEqAbs(cost, shortfall, 1, "the honest account paid");
        vm.prank(keeper);
        backstop.correctDeleveraging(market, 1, bob);
        assertEq(valueOf(carol), before, "restored");
        assertEq(winner - valueOf(bob), cost, "the winner paid");
        assertEq(sizeOf(bob), 50e18, "no position changed");
        assertLaws();
        // The same profit does not pay twice.
        (, uint256[] memory ranks) = backstop.rankCandidates(market, alice, _list(bob));
        assertEq(ranks[0], 0, "alice is flat");
        vm.expectPartialRevert(IBackstop.NotBetter.selector);
        backstop.correctDeleveraging(market, 1, carol);
    }

    function test_T53_Correction_OnlyInTheWindow() public {
        _carolIsLongWithLessProfit();
        deleverage(alice, carol);
        uint256 endsAt = timestamp() + WINDOW;
        skip(WINDOW + 1);
        jump(2300e18);
        vm.expectRevert(abi.encodeWithSelector(IBackstop.WindowOver.selector, endsAt + 2, endsAt));
        backstop.correctDeleveraging(market, 1, bob);
    }

    /// @dev A worse account, a hedged vault, the account itself, and one that has traded since cannot be charged.
    function test_T53_Correction_RevertIf_NotBetter() public {
        _carolIsLongWithLessProfit();
        deleverage(alice, bob);
        address[4] memory others = [carol, address(shb), alice, bob];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectPartialRevert(IBackstop.NotBetter.selector);
            backstop.correctDeleveraging(market, 1, others[i]);
        }
        vm.expectRevert(abi.encodeWithSelector(IBackstop.UnknownDeleveraging.selector, market, 2));
        backstop.correctDeleveraging(market, 2, bob);
    }

    function test_T53_Correction_RevertIf_TheProfitIsGone() public {
        _carolIsLongWithLessProfit();
        deleverage(alice, carol);
        jump(2010e18);
        vm.expectPartialRevert(IBackstop.ProfitTooSmall.selector);
        backstop.correctDeleveraging(market, 1, bob);
    }

    /// @dev A smaller account covers its part.
    function test_T53_Correction_OfAPart() public {
        close(bob, address(om));
        buy(bob, maker, 20e18);
        stub.setPrice(2040e18);
        addMargin(carol, 50_000 * USD);
        buy(carol, maker, 50e18);
        jumpWithPool(2300e18);
        int256 before = valueOf(carol);
        deleverage(alice, carol);
        int256 cost = before - valueOf(carol);
        backstop.correctDeleveraging(market, 1, bob);
        assertApproxEqAbs(before - valueOf(carol), cost * 30 / 50, 2);
        assertEq(backstop.deleveragingsOf(market), 2);
        vm.expectPartialRevert(IBackstop.NotBetter.selector);
        backstop.correctDeleveraging(market, 1, bob);
        assertLaws();
    }

    // --------------------------------------------------------------------------------------------------- ranking ----

    function test_T53_Ranking_ByProfitOverNotional() public {
        _carolIsLongWithLessProfit();
        address[] memory candidates = new address[](5);
        (candidates[0], candidates[1], candidates[2]) = (carol, address(shb), maker);
        (candidates[3], candidates[4]) = (bob, stranger);
        (address[] memory ranked, uint256[] memory ranks) = backstop.rankCandidates(market, alice, candidates);
        assertEq(ranked[0], bob);
        assertEq(ranked[1], carol);
        assertEq(ranked[2], address(shb), "in the order of the list");
        assertGt(ranks[0], ranks[1]);
        assertEq(ranks[1], uint256(260e18) * 1e18 / 2300e18);
        assertEq(ranks[2] + ranks[3] + ranks[4], 0);
        vm.recordLogs();
        deleverage(alice, candidates);
        assertEq(sizeOf(bob), 0, "first");
        assertEq(sizeOf(carol), 50e18, "not needed");
    }

    // --------------------------------------------------------------------------------------------------- private ----

    function _checkWinnerOpen(uint256 price) private {
        jumpWithPool(price);
        int256 shortfall = -valueOf(alice);
        int256 winner = valueOf(bob);
        int256 pool = valueOf(address(om));
        uint256 assets = shb.totalAssets();
        deleverage(alice, bob);
        assertFlatAndEmpty(alice);
        assertEq(sizeOf(bob), 0);
        assertApproxEqAbs(winner - valueOf(bob), shortfall, 1, "the winner's profit pays");
        // 62,000 went in. Only the costs of the trades are missing.
        assertLe(valueOf(bob), 62_000e18, "the attacker gains nothing");
        assertEq(shb.totalAssets(), assets, "hedged LPs");
        assertEq(valueOf(address(om)), pool, "LPs");
        assertEq(insurance(), 0, "insurance");
        assertLaws();
    }

    function _checkWinnerClosesFirst(uint256 price) private {
        jumpWithPool(price);
        int256 shortfall = -valueOf(alice);
        uint256 assets = shb.totalAssets();
        close(bob, address(om));
        int256 pool = valueOf(address(om));
        deleverageAfterWindow(alice);
        assertFlatAndEmpty(alice);
        assertEq(sizeOf(address(shb)), 0);
        assertApproxEqAbs(insurance(), -shortfall, 1, "on record");
        assertEq(uint8(house.statusOf(market)), uint8(MarketStatus.ReduceOnly));
        // Half a percent of 50 ETH bounds the hedge; 1.4 to 10 ETH were lost.
        assertGe(shb.totalAssets(), assets - 0.25e18, "hedged LPs keep their principal");
        assertGe(shb.assetBalance(), 99.75e18);
        assertEq(valueOf(address(om)), pool, "LPs");
        assertLaws();
    }

    function _deleverageInTheWindow(address account, address counterparty) private {
        try this.deleverageAs(account, counterparty) {} catch {}
    }

    function deleverageAs(address account, address counterparty) external {
        deleverage(account, counterparty);
    }

    /// @dev Carol is long 50 from 2,040, Bob from little more than 2,000. The price is 2,300.
    function _carolIsLongWithLessProfit() private {
        addMargin(carol, 50_000 * USD);
        stub.setPrice(2040e18);
        buy(carol, maker, 50e18);
        jumpWithPool(2300e18);
    }

    function _list(address account) private pure returns (address[] memory list) {
        list = new address[](1);
        list[0] = account;
    }
}

/// @dev The same for a quote vault: of 1 million it lost 29,091.
contract DeleveragingTakesPrincipalOfAQuoteVaultTest is SpotHedgeQuoteMakerTest {
    /// @dev Bob loses on a long of 80, Alice wins. Bob keeps 20,000 of margin.
    function _open() private {
        vm.prank(bob);
        vault.transferMarginToFund(market, bob, quoteXCD(380_000e18));
        buy(bob, maker, 80e18);
        sell(alice, address(om), 80e18);
    }

    function test_T53_WinnerClosesFirst_BadDebtIsRecorded() public {
        _checkClosed(1385e18);
    }

    function testFuzz_T53_E4_DeleveragingCostsTheVaultAtMostItsHedge(uint256 price) public {
        _checkClosed(boundPrice(price, 1200e18, 1600e18));
    }

    function _checkClosed(uint256 price) private {
        _open();
        movePrice(price);
        uint256 assets = shq.totalAssets();
        int256 shortfall = -valueOf(bob);
        assertGt(shortfall, 0);
        close(alice, address(om));
        address[] memory makers = house.makersOf(market);
        vm.expectRevert(abi.encodeWithSelector(IBackstop.NothingToDeleverage.selector, bob));
        backstop.deleverage(market, bob, makers);
        backstop.flagShortfall(market, bob);
        skip(1 hours);
        movePrice(price);
        assertEq(backstop.deleverage(market, bob, makers), 80e18);
        assertEq(sizeOf(maker), 0);
        assertApproxEqAbs(vault.insuranceOf(market), -shortfall, 1, "on record");
        uint256 bound = 80 * quoteXCD(price) * uint256(shq.hedgeGapRules().maxDeviation) / 1e6;
        assertGe(shq.totalAssets() + bound + 100, assets, "principal of LPs");
    }
}
