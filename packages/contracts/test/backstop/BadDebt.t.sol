// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {IForcedChanges} from "../../src/interfaces/IForcedChanges.sol";
import {Rule} from "../../src/interfaces/IMarketAdmin.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {insufficientMarketBalance} from "../utils/Reverts.sol";
import {BadDebtTest} from "./BadDebtTest.sol";

/// @dev Recorded debt makes the market reduce-only until it is covered.
contract BackstopBadDebtTest is BadDebtTest {
    function _recordDebt() internal {
        _passWindow();
        takeOver(alice);
    }

    /// @dev After the window insurance pays first. Only the rest is debt.
    function test_PartlyInsured() public {
        donate(4000 * USD);
        _passWindow();
        vm.expectEmit(address(house));
        emit IForcedChanges.BadDebtRecorded(market, alice, 6000e18);
        (, uint256 reward) = takeOver(alice);
        assertEq(reward, 0);
        assertEq(insurance(), -6000e18);
        assertFlatAndEmpty(alice);
        assertLaws();
    }

    function test_AgainstAMaker() public {
        _passWindow();
        closeAgainst(alice, maker);
        assertEq(insurance(), -10_000e18);
        assertFlatAndEmpty(alice);
        assertLaws();
    }

    function test_MarketIsReduceOnly() public {
        _recordDebt();
        assertEq(uint8(house.statusOf(market)), uint8(MarketStatus.ReduceOnly));
        assertEq(uint8(house.rulesOf(market).status), uint8(MarketStatus.Active), "the owner's status");
        assertLaws();
        addMargin(bob, 20_000 * USD);
        _expectReduceOnly();
        buy(bob, maker, 1e18);
        // Accounts with a position can close it.
        close(keeper, maker);
        assertLaws();
    }

    /// @dev The market is reduce-only until the debt is covered to the last unit, by any account. It then needs no
    /// reopening.
    function test_ReduceOnly_EndsWithTheDebt() public {
        _recordDebt();
        donate(10_000 * USD - 1);
        _expectReduceOnly();
        buy(keeper, maker, 1e18);
        donate(1);
        assertEq(uint8(house.statusOf(market)), uint8(MarketStatus.Active));
        buy(keeper, maker, 1e18);
        assertFalse(house.rulesOf(market).hadDebt, "deleted");
        buy(keeper, maker, 1e18);
        assertLaws();
    }

    /// @dev One wei of debt keeps the market reduce-only. The fee of the next close covers it.
    function test_ReduceOnly_DustOfDebtEndsWithTheNextFee() public {
        donate(10_000 * USD - 1);
        _recordDebt();
        assertEq(insurance(), -1e12);
        setRule(Rule.TradingFee, 1);
        sell(keeper, maker, 1e18);
        assertGt(insurance(), 0);
        buy(keeper, maker, 1e18);
        assertLaws();
    }

    /// @dev A later debt makes the market reduce-only again.
    function test_ReduceOnly_AgainWithTheNextDebt() public {
        _buyMore(bob);
        _recordDebt();
        donate(10_000 * USD);
        buy(keeper, maker, 1e18);
        jump(1400e18);
        // Bob's account value is 10,000 below zero.
        backstop.flagShortfall(market, bob);
        skip(WINDOW - 1);
        jump(1400e18);
        addMargin(keeper, 1_000_000 * USD);
        takeOver(bob);
        assertLt(insurance(), 0);
        _expectReduceOnly();
        buy(keeper, maker, 1e18);
    }

    /// @dev A stricter status applies during the debt and after it. The owner cannot loosen beyond reduce-only during
    /// the debt.
    function test_ReduceOnly_StricterStatusesStay() public {
        _recordDebt();
        setStatus(MarketStatus.Paused);
        assertEq(uint8(house.statusOf(market)), uint8(MarketStatus.Paused));
        setStatus(MarketStatus.Active);
        assertEq(uint8(house.statusOf(market)), uint8(MarketStatus.ReduceOnly));
        setStatus(MarketStatus.ReduceOnly);
        donate(10_000 * USD);
        assertEq(uint8(house.statusOf(market)), uint8(MarketStatus.ReduceOnly), "the owner's own");
        setStatus(MarketStatus.Active);
        vm.prank(owner());
        house.setSystemStatus(MarketStatus.ReduceOnly);
        assertEq(uint8(house.statusOf(market)), uint8(MarketStatus.ReduceOnly), "the system's");
    }

    /// @dev Income of insurance covers the debt first, and pays no bounty.
    function test_PenaltiesPayDebtOff() public {
        _buyMore(bob);
        _recordDebt();
        jump(1590e18);
        // Bob is long 100 at 1,700 with 20,000: his value is 9,000 against a requirement of 9,937.5.
        takeOver(bob);
        assertEq(insurance(), -10_000e18 + 993.75e18);
        jump(1400e18);
        // During debt, an account below zero is neither insured nor liquidated for a bounty.
        vm.expectPartialRevert(IClearingHouse.DeleverageFirst.selector);
        takeOver(bob);
        assertLaws();
    }

    function test_TradingFeesPayDebtOff() public {
        _recordDebt();
        setRule(Rule.TradingFee, 10_000);
        close(keeper, maker);
        assertEq(insurance(), -10_000e18 + 1700e18);
        assertLaws();
    }

    /// @dev L3, L5: the market pays withdrawals in their order until its balance is zero. A donation pays the rest.
    function test_MarketPaysItsBalance_UntilTheDebtIsCovered() public {
        _recordDebt();
        close(keeper, maker);
        uint256 keepers = uint256(marginOf(keeper)) / 1e12;
        vm.prank(keeper);
        vault.transferMarginToFund(market, keeper, keepers);
        // The OracleMaker's liquidity and the stub's margin, less the debt.
        uint256 held = d.lens.marketOf(market).balance;
        assertEq(held + 10_000 * USD, 1_000_000 * USD + withdrawStub());
        // The market lacks the debt for the last withdrawal.
        uint256 shares = om.balanceOf(lp);
        vm.startPrank(lp);
        vm.expectRevert(insufficientMarketBalance(1_000_000 * USD, 990_000 * USD));
        om.withdraw(shares);
        vm.stopPrank();
        donate(10_000 * USD);
        vm.prank(lp);
        om.withdraw(shares);
        assertEq(d.lens.marketOf(market).balance, 0);
        assertEq(insurance(), 0);
        assertLaws();
    }

    /// @dev L3: the debt of a market is not paid by funds or by another market.
    function test_L3_FundsAreUntouched() public {
        uint256 before = vault.fundOf(bob);
        _recordDebt();
        vm.prank(bob);
        vault.withdraw(before, bob);
        assertEq(usd.balanceOf(bob), before);
    }

    function _expectReduceOnly() private {
        vm.expectRevert(
            abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, market, MarketStatus.ReduceOnly)
        );
    }

    function _buyMore(address account) private {
        addMargin(account, 20_000 * USD);
        buy(account, maker, 100e18);
    }
}
