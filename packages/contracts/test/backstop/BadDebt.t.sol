// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IBackstop} from "../../src/interfaces/IBackstop.sol";
import {IClearingHouse, RuleParams} from "../../src/interfaces/IClearingHouse.sol";
import {IForcedChanges} from "../../src/interfaces/IForcedChanges.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {MarginMath} from "../../src/libraries/MarginMath.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {LadderTest} from "../utils/LadderTest.sol";

/// @dev Alice is long 100 of the stub at 2,000 with 20,000, and lacks 10,000 at 1,700.
contract BadDebtTest is LadderTest {
    function setUp() public override {
        super.setUp();
        long(alice, 20_000 * USD, 100e18);
        jump(1700e18);
    }

    /// @dev Lets the window pass, and has a price again after it.
    function _passWindow() internal {
        backstop.flagShortfall(market, alice);
        skip(WINDOW - 1);
        jump(1700e18);
    }

    function _recordDebt() internal {
        _passWindow();
        takeOver(alice);
    }

    // -------------------------------------------------------------------------------------------------- the window ----

    function test_RevertIf_NotFlagged() public {
        vm.expectRevert(
            abi.encodeWithSelector(
                IClearingHouse.DeleverageFirst.selector, alice, -int256(10_000e18), type(uint256).max
            )
        );
        takeOver(alice);
    }

    function test_RevertIf_WindowIsOpen() public {
        uint256 allowedAt = timestamp() + WINDOW;
        vm.expectEmit(address(backstop));
        emit IBackstop.ShortfallFlagged(market, alice, 10_000e18, allowedAt);
        backstop.flagShortfall(market, alice);
        assertEq(backstop.debtAllowedAt(market, alice), allowedAt);
        skip(WINDOW - 2);
        jump(1700e18);
        vm.expectRevert(
            abi.encodeWithSelector(IClearingHouse.DeleverageFirst.selector, alice, -int256(10_000e18), allowedAt)
        );
        takeOver(alice);
        jump(1700e18);
        takeOver(alice);
        assertEq(insurance(), -10_000e18);
    }

    function test_FlagThatRuns_IsNotRenewed() public {
        backstop.flagShortfall(market, alice);
        uint256 allowedAt = backstop.debtAllowedAt(market, alice);
        skip(30 minutes);
        jump(1700e18);
        backstop.flagShortfall(market, alice);
        assertEq(backstop.debtAllowedAt(market, alice), allowedAt);
    }

    function test_FlagLapses_AndIsRenewed() public {
        backstop.flagShortfall(market, alice);
        skip(WINDOW + 1 days);
        assertLt(backstop.debtAllowedAt(market, alice), timestamp());
        jump(1700e18);
        assertEq(backstop.debtAllowedAt(market, alice), type(uint256).max);
        vm.expectPartialRevert(IClearingHouse.DeleverageFirst.selector);
        takeOver(alice);
        backstop.flagShortfall(market, alice);
        assertEq(backstop.debtAllowedAt(market, alice), timestamp() + WINDOW);
    }

    /// @dev A window of more than a day is valid for as long again.
    function test_FlagOfALongWindow_IsValidAsLongAgain() public {
        RuleParams memory rules = currentRules();
        rules.deleverageWindow = 3 days;
        setRules(rules);
        backstop.flagShortfall(market, alice);
        uint256 allowedAt = timestamp() + 3 days;
        skip(6 days);
        assertEq(backstop.debtAllowedAt(market, alice), allowedAt);
        skip(1);
        assertEq(backstop.debtAllowedAt(market, alice), type(uint256).max);
    }

    function test_NoWindow_RecordsAtOnce() public {
        RuleParams memory rules = currentRules();
        rules.deleverageWindow = 0;
        setRules(rules);
        takeOver(alice);
        assertEq(insurance(), -10_000e18);
    }

    /// @dev Deleveraging ends the flag with the shortfall.
    function test_Deleveraging_ForgetsTheFlag() public {
        backstop.flagShortfall(market, alice);
        deleverage(alice);
        assertEq(backstop.debtAllowedAt(market, alice), type(uint256).max);
    }

    /// @dev L6: nor does the owner of the account get out by trading at a price that leaves others with its loss.
    function test_L6_RevertIf_AccountReducesBelowZero() public {
        vm.expectPartialRevert(MarginMath.InsufficientMaintenanceMargin.selector);
        sell(alice, maker, 50e18);
        vm.expectPartialRevert(MarginMath.InsufficientMaintenanceMargin.selector);
        sell(alice, maker, 100e18);
    }

    /// @dev Deleveraging stays possible for as long as nobody has recorded the debt.
    function test_DeleveragingAfterTheWindow() public {
        _passWindow();
        deleverage(alice);
        assertFlatAndEmpty(alice);
        assertEq(insurance(), 0);
        assertLaws();
    }

    /// @dev After the window, insurance pays first and only what it lacks is debt.
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

    // -------------------------------------------------------------------------------------------------- its effects ----

    function test_MarketIsReduceOnly() public {
        _recordDebt();
        assertEq(uint8(house.statusOf(market)), uint8(MarketStatus.ReduceOnly));
        assertEq(uint8(house.rulesOf(market).status), uint8(MarketStatus.Active), "what the owner wants");
        assertLaws();
        addMargin(bob, 20_000 * USD);
        _expectReduceOnly();
        buy(bob, maker, 1e18);
        // Who has a position closes it.
        close(keeper, maker);
        assertLaws();
    }

    /// @dev Debt binds until it is covered to the last unit, whoever covers it, and not longer; nobody has to reopen.
    function test_ReduceOnly_EndsWithTheDebt() public {
        _recordDebt();
        donate(10_000 * USD - 1);
        _expectReduceOnly();
        buy(keeper, maker, 1e18);
        donate(1);
        assertEq(uint8(house.statusOf(market)), uint8(MarketStatus.Active));
        buy(keeper, maker, 1e18);
        assertFalse(house.rulesOf(market).hadDebt, "forgotten");
        buy(keeper, maker, 1e18);
        assertLaws();
    }

    /// @dev One wei of debt is debt, and gone with the next closer's fee.
    function test_ReduceOnly_DustOfDebtEndsWithTheNextFee() public {
        donate(10_000 * USD - 1);
        _recordDebt();
        assertEq(insurance(), -1e12);
        RuleParams memory rules = currentRules();
        rules.tradingFee = 1;
        setRules(rules);
        sell(keeper, maker, 1e18);
        assertGt(insurance(), 0);
        buy(keeper, maker, 1e18);
        assertLaws();
    }

    /// @dev A later debt binds again.
    function test_ReduceOnly_AgainWithTheNextDebt() public {
        _buyMore(bob);
        _recordDebt();
        donate(10_000 * USD);
        buy(keeper, maker, 1e18);
        jump(1400e18);
        // Bob lacks 10,000.
        backstop.flagShortfall(market, bob);
        skip(WINDOW - 1);
        jump(1400e18);
        addMargin(keeper, 1_000_000 * USD);
        takeOver(bob);
        assertLt(insurance(), 0);
        _expectReduceOnly();
        buy(keeper, maker, 1e18);
    }

    /// @dev What is stricter stays, during the debt and after it; the owner's loosening reaches as far as the debt allows.
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

    /// @dev What insurance earns goes to the debt first, and no bounty comes out of it.
    function test_PenaltiesPayDebtOff() public {
        _buyMore(bob);
        _recordDebt();
        jump(1590e18);
        // Bob is long 100 at 1,700 with 20,000: 9,000 is left against 9,937.5.
        takeOver(bob);
        assertEq(insurance(), -10_000e18 + 993.75e18);
        jump(1400e18);
        // Below zero while debt is outstanding: no bounty, and no insurance.
        vm.expectPartialRevert(IClearingHouse.DeleverageFirst.selector);
        takeOver(bob);
        assertLaws();
    }

    function test_TradingFeesPayDebtOff() public {
        _recordDebt();
        RuleParams memory rules = currentRules();
        rules.tradingFee = 10_000;
        setRules(rules);
        close(keeper, maker);
        assertEq(insurance(), -10_000e18 + 1700e18);
        assertLaws();
    }

    /// @dev L3, L5: the market pays whoever comes first, until it holds nothing; a donation lets the rest be paid.
    function test_MarketPaysWhatItHolds_UntilTheDebtIsCovered() public {
        _recordDebt();
        close(keeper, maker);
        uint256 keepers = uint256(marginOf(keeper)) / 1e12;
        vm.prank(keeper);
        vault.transferMarginToFund(market, keeper, keepers);
        // The oracle maker's liquidity and what the stub has, less the debt.
        uint256 held = d.lens.marketOf(market).balance;
        uint256 stubs = uint256(marginOf(maker)) / 1e12;
        assertEq(held + 10_000 * USD, 1_000_000 * USD + stubs);
        vm.prank(maker);
        vault.withdrawMargin(market, stubs, stranger);
        // The last to leave lacks the debt.
        uint256 shares = om.balanceOf(lp);
        vm.startPrank(lp);
        vm.expectRevert(
            abi.encodeWithSelector(IVault.InsufficientMarketBalance.selector, 1_000_000 * USD, 990_000 * USD)
        );
        om.withdraw(shares);
        vm.stopPrank();
        donate(10_000 * USD);
        vm.prank(lp);
        om.withdraw(shares);
        assertEq(d.lens.marketOf(market).balance, 0);
        assertEq(insurance(), 0);
        assertLaws();
    }

    /// @dev Another market, and funds, are nobody's to pay with (L3).
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
