// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IVault} from "../../src/interfaces/IVault.sol";
import {PythOracle} from "../../src/oracle/PythOracle.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev Margin in and out under L6. Initial requirement 10% of 20,000.
contract MarginTest is ExchangeTest {
    function setUp() public override {
        super.setUp();
        addMargin(alice, 10_000 * USD);
    }

    function test_AddMargin_MovesFundIntoTheMarket() public {
        uint256 balance = d.lens.marketOf(market).balance;
        vm.expectEmit(address(vault));
        emit IVault.FundToMargin(market, alice, 5 * USD);
        addMargin(alice, 5 * USD);
        assertEq(marginOf(alice), 10_005e18);
        assertEq(vault.fundOf(alice), 989_995 * USD);
        assertEq(d.lens.marketOf(market).balance, balance + 5 * USD);
    }

    function test_AddMargin_RevertIf_MarketIsUnknownOrFundTooSmall() public {
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IVault.UnknownMarket.selector, 9));
        vault.transferFundToMargin(9, alice, 1);
        vm.expectRevert(abi.encodeWithSelector(IVault.InsufficientFund.selector, 990_001 * USD, 990_000 * USD));
        vault.transferFundToMargin(market, alice, 990_001 * USD);
        vm.stopPrank();
    }

    /// @dev A flat account needs no price.
    function test_RemoveMargin_FlatAccountTakesAllOfItWithoutAPrice() public {
        skip(1 days);
        _remove(alice, 10_000 * USD);
        assertEq(marginOf(alice), 0);
        vm.expectRevert(abi.encodeWithSelector(IVault.InsufficientMargin.selector, -int256(1e12), 0));
        _remove(alice, 1);
    }

    function test_RemoveMargin_RevertIf_ThePriceIsStale() public {
        buy(alice, address(om), 10e18);
        skip(61);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.StalePrice.selector, FEED, START, START + 1));
        _remove(alice, 1);
    }

    function test_L6_RemoveMargin_DownToTheInitialRequirement() public {
        // 10 bought for 20,002: two of loss at once.
        buy(alice, address(om), 10e18);
        vm.expectRevert(abi.encodeWithSelector(IVault.InsufficientMargin.selector, 2000e18 - 1e12, uint256(2000e18)));
        _remove(alice, 7998 * USD + 1);
        _remove(alice, 7998 * USD);
        assertEq(valueOf(alice), 2000e18);
    }

    function test_L6_RemoveMargin_UnrealisedProfitDoesNotCount() public {
        buy(alice, address(om), 10e18);
        skip(1);
        setPrice(3000e18);
        assertEq(valueOf(alice), 19_998e18);
        vm.expectRevert(abi.encodeWithSelector(IVault.InsufficientMargin.selector, 3000e18 - 1e12, uint256(3000e18)));
        _remove(alice, 7000 * USD + 1);
        _remove(alice, 7000 * USD);
    }

    function test_L6_RemoveMargin_UnrealisedLossCounts() public {
        buy(alice, address(om), 10e18);
        skip(1);
        setPrice(1500e18);
        // 10,000 - 5,002 = 4,998 against 1,500
        vm.expectRevert(abi.encodeWithSelector(IVault.InsufficientMargin.selector, 1500e18 - 1e12, uint256(1500e18)));
        _remove(alice, 3498 * USD + 1);
        _remove(alice, 3498 * USD);
    }

    /// @dev L5: realised profit is paid at once, out of the market, while the loser's position is open.
    function test_L5_RealisedProfitLeavesAtOnce() public {
        buy(alice, address(om), 10e18);
        addMargin(bob, 100_000 * USD);
        sell(bob, address(om), 10e18);
        skip(1);
        setPrice(3000e18);
        close(alice, address(om));
        int256 margin = marginOf(alice);
        // 1,000 on each of 10, less the two it paid to open and the three its close cost, since it builds a long.
        assertEq(margin, 19_995e18);
        _remove(alice, 19_995 * USD);
        assertEq(marginOf(alice), 0);
        assertEq(sizeOf(bob), -10e18);
    }

    /// @dev L3: a market pays out no more than it holds, and another market's or anybody's fund is not touched.
    function test_L3_RevertIf_TheMarketHoldsLess() public {
        addMargin(alice, 900_000 * USD);
        buy(alice, address(om), 490e18);
        skip(1);
        setPrice(8000e18);
        close(alice, address(om));
        uint256 held = d.lens.marketOf(market).balance;
        assertEq(held, 1_910_000 * USD);
        uint256 won = uint256(marginOf(alice)) / 1e12;
        assertGt(won, held);
        vm.expectRevert(abi.encodeWithSelector(IVault.InsufficientMarketBalance.selector, won, held));
        _remove(alice, won);
        _remove(alice, held);
        assertEq(vault.fundOf(bob), 1_000_000 * USD);
        vm.prank(bob);
        vault.withdraw(1_000_000 * USD, bob);
    }

    function test_WithdrawMargin_PaysTokensUnderTheSameRule() public {
        buy(alice, address(om), 10e18);
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IVault.InsufficientMargin.selector, 2000e18 - 1e12, uint256(2000e18)));
        vault.withdrawMargin(market, 7998 * USD + 1, bob);
        vm.expectEmit(address(vault));
        emit IVault.MarginPaidOut(market, alice, bob, 7998 * USD);
        vault.withdrawMargin(market, 7998 * USD, bob);
        vm.stopPrank();
        assertEq(usd.balanceOf(bob), 7998 * USD);
    }

    function testFuzz_L6_NoWithdrawalLeavesLessThanInitial(uint256 size, uint256 price, uint256 amount, bool isShort)
        public
    {
        size = bound(size, 1e15, 40e18);
        if (isShort) sell(alice, address(om), size);
        else buy(alice, address(om), size);
        skip(1);
        price = bound(price, 500e18, 5000e18) / 1e10 * 1e10;
        setPrice(price);
        amount = bound(amount, 1, 10_000 * USD);
        vm.prank(alice);
        try vault.transferMarginToFund(market, alice, amount) {
            int256 required = int256((size * price / 1e18) / 10);
            assertGe(valueOf(alice), required);
            assertGe(marginOf(alice), required);
        } catch (bytes memory reason) {
            assertEq(bytes4(reason), IVault.InsufficientMargin.selector);
        }
    }

    /// @dev What the view says can leave leaves, and not a unit more.
    function testFuzz_FreeMargin_IsTheMostThatLeaves(uint256 size, uint256 price, uint256 elapsed, bool isShort)
        public
    {
        vm.startPrank(owner());
        house.setFunding(market, 1e12, 2e8, 50e18);
        house.setBorrowing(market, 1e10);
        vm.stopPrank();
        size = bound(size, 0, 45e18);
        if (size != 0 && isShort) sell(alice, address(om), size);
        else if (size != 0) buy(alice, address(om), size);
        skip(bound(elapsed, 1, 30 days));
        price = bound(price, 500e18, 5000e18) / 1e10 * 1e10;
        setPrice(price);
        uint256 free = vault.freeMarginOf(market, alice);
        if (free != 0) _remove(alice, free);
        assertEq(vault.freeMarginOf(market, alice), 0);
        vm.prank(alice);
        try vault.transferMarginToFund(market, alice, 1) {
            fail();
        } catch (bytes memory reason) {
            assertEq(bytes4(reason), IVault.InsufficientMargin.selector);
        }
    }

    /// @dev L3: no more than the market holds.
    function test_FreeMargin_IsAtMostWhatTheMarketHolds() public {
        addMargin(alice, 900_000 * USD);
        buy(alice, address(om), 490e18);
        skip(1);
        setPrice(8000e18);
        close(alice, address(om));
        uint256 held = d.lens.marketOf(market).balance;
        assertGt(marginOf(alice), int256(held * 1e12));
        assertEq(vault.freeMarginOf(market, alice), held);
        _remove(alice, held);
    }

    function _remove(address account, uint256 amountXCD) private {
        vm.prank(account);
        vault.transferMarginToFund(market, account, amountXCD);
    }
}
