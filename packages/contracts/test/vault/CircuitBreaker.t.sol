// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {CircuitBreaker} from "../../src/CircuitBreaker.sol";
import {ICircuitBreaker} from "../../src/interfaces/ICircuitBreaker.sol";
import {LiquidationParams} from "../../src/interfaces/IClearingHouse.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {LockUser} from "../utils/LockUser.sol";

/// @dev The circuit breaker on the Vault's collateral. The Vault holds three millions, of which a tenth may leave in a
/// day.
contract VaultCircuitBreakerTest is ExchangeTest {
    uint256 private constant ALLOWANCE = 300_000 * USD;
    CircuitBreaker private breaker;

    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        (c.breakerWindow, c.breakerMaxOutflow) = (1 days, 100_000);
        c.guardian = keeper;
    }

    function setUp() public override {
        super.setUp();
        breaker = d.breaker;
        vm.prank(owner());
        breaker.acceptOwnership();
        // The credit of the fixture's deposits has expired.
        skip(2 days);
        setPrice(START_PRICE);
    }

    // ---------------------------------------------------------------------------------------------- deployment ----

    function test_Deploy_LimitsTheVaultsCollateral() public view {
        assertEq(address(vault.breaker()), address(breaker));
        assertEq(breaker.guardian(), keeper);
        assertTrue(breaker.isProtected(address(vault)));
        assertEq(breaker.holdersOf(address(usd)).length, 1);
        assertEq(breaker.holdersOf(address(usd))[0], address(vault));
        CircuitBreaker.Limit memory limit = breaker.limitOf(address(usd));
        assertEq(limit.window, 1 days);
        assertEq(limit.maxOutflow, 100_000);
        assertEq(limit.minimum, 0);
        _checkAvailable(ALLOWANCE);
    }

    // ------------------------------------------------------------------------------------------------- outflow ----

    function test_Withdraw_UpToTheLimit() public {
        vm.startPrank(alice);
        vault.withdraw(ALLOWANCE - 1, alice);
        uint256 windowEnd = timestamp() + 1 days;
        bytes memory refusal = _exceeded(2, 1, windowEnd);
        vm.expectRevert(refusal);
        vault.withdraw(2, alice);
        assertEq(vault.fundOf(alice), 1_000_000 * USD - (ALLOWANCE - 1), "nothing is lost");
        vault.withdraw(1, alice);
        skip(1 days);
        // A tenth of the balance at the beginning of the window.
        vault.withdraw(270_000 * USD, alice);
        vm.stopPrank();
        assertEq(usd.balanceOf(alice), 570_000 * USD);
    }

    /// @dev Used up by one account, the limit applies to withdrawals of all others. Their balances do not change.
    function test_RevertIf_OverTheLimit_ForEveryKindOfWithdrawal() public {
        addMargin(bob, 500_000 * USD);
        vm.prank(alice);
        vault.withdraw(ALLOWANCE, alice);
        bytes memory refusal = _exceeded(1 * USD, 0, timestamp() + 1 days);
        vm.startPrank(bob);
        vm.expectRevert(refusal);
        vault.withdraw(1 * USD, bob);
        vm.expectRevert(refusal);
        vault.payOutMargin(market, 1 * USD, bob);
        vm.stopPrank();
        uint256 shares = om.balanceOf(lp);
        vm.expectRevert(_exceeded(500_000 * USD, 0, timestamp() + 1 days));
        vm.prank(lp);
        om.withdraw(shares / 2);

        assertEq(vault.lockHolder(), address(0));
        assertEq(vault.fundOf(bob), 500_000 * USD);
        assertEq(marginOf(bob), 500_000e18);
        assertEq(om.balanceOf(lp), shares);
        assertEq(marginOf(address(om)), 1_000_000e18);
        skip(1 days);
        vm.prank(bob);
        vault.withdraw(1 * USD, bob);
    }

    /// @dev The breaker meters an LP vault as one account: credit of one LP's deposit serves withdrawals of another,
    /// since shares are transferable.
    function test_LpVault_HasItsOwnCredit() public {
        depositLp(lp, 400_000 * USD, 0);
        assertEq(breaker.creditOf(address(usd), address(om)), 400_000 * USD);
        assertEq(breaker.creditOf(address(usd), lp), 0);
        uint256 shares = om.balanceOf(lp);
        vm.startPrank(lp);
        om.withdraw(shares * 4 / 14);
        _checkAvailable(ALLOWANCE);
        assertApproxEqAbs(breaker.creditOf(address(usd), address(om)), 0, 1);
        om.withdraw(shares / 14);
        vm.stopPrank();
        _checkAvailable(ALLOWANCE - 100_000 * USD);
    }

    /// @dev The credit belongs to the named account, and is at most the amount that arrives.
    function test_Deposit_CreditIsTheNamedAccounts() public {
        usd.mint(alice, 10 * USD);
        vm.prank(alice);
        vault.deposit(bob, 10 * USD);
        assertEq(breaker.creditOf(address(usd), alice), 0);
        assertEq(breaker.creditOf(address(usd), bob), 10 * USD);
    }

    function test_Receipt_CreditIsTheCallers() public {
        LockUser user = new LockUser(vault);
        usd.mint(address(user), 10 * USD);
        user.receiveMargin(market, 10 * USD);
        assertEq(breaker.creditOf(address(usd), address(user)), 10 * USD);
        user.act(address(vault), abi.encodeCall(vault.payOutMargin, (market, 10 * USD, stranger)));
        _checkAvailable(ALLOWANCE);
    }

    /// @dev T50: an owner of the breaker who does not protect the Vault stops its reports. Deposits succeed all the same,
    /// and give no credit.
    function test_T50_BreakerThatRefuses_BlocksNoDeposit() public {
        vm.prank(owner());
        breaker.setProtected(address(vault), false);
        usd.mint(bob, 3 * USD);
        int256 margin = marginOf(bob);
        vm.startPrank(bob);
        vault.deposit(bob, 1 * USD);
        vault.depositToMargin(market, bob, 2 * USD);
        vm.stopPrank();
        assertEq(marginOf(bob), margin + 2e18);
        assertEq(breaker.creditOf(address(usd), bob), 0);
    }

    // ------------------------------------------------------------------------------------------------- borrowed ----

    /// @dev T29: depositing and withdrawing borrowed collateral uses up nothing of the limit and does not raise it, for
    /// any amount and number of repetitions.
    function testFuzz_T29_BorrowedDeposit_LeavesTheLimitToOthers(uint256 amount, uint256 times, bool isFirst) public {
        amount = boundAmountXCD(amount, 1, 1e12 * USD);
        times = boundCount(times, 1, 5);
        // Otherwise the borrowed deposit opens the window.
        if (!isFirst) {
            vm.prank(bob);
            vault.withdraw(1, bob);
        }
        uint256 left = isFirst ? ALLOWANCE : ALLOWANCE - 1;
        usd.mint(stranger, amount);
        vm.startPrank(stranger);
        usd.approve(address(vault), type(uint256).max);
        for (uint256 i = 0; i < times; ++i) {
            vault.deposit(stranger, amount);
            vault.withdraw(amount, stranger);
        }
        vm.stopPrank();
        assertEq(usd.balanceOf(stranger), amount);
        _checkAvailable(left);
        _checkAvailableToBob(left);
    }

    /// @dev T29: the same through margin.
    function test_T29_BorrowedMargin_LeavesTheLimitToOthers() public {
        fund(stranger, 50_000_000 * USD);
        vm.startPrank(stranger);
        vault.transferFundToMargin(market, stranger, 50_000_000 * USD);
        vault.payOutMargin(market, 20_000_000 * USD, stranger);
        vault.transferMarginToFund(market, stranger, 30_000_000 * USD);
        vault.withdraw(30_000_000 * USD, stranger);
        vm.stopPrank();
        _checkAvailable(ALLOWANCE);
    }

    // ------------------------------------------------------------------------------------------- never blocked ----

    /// @dev Section 13 lists what the breaker never blocks. The limit is lowered to zero, and nothing of it is left.
    function test_NeverBlocks_TradingClosingMarginAndLiquidation() public {
        addMargin(alice, 20_000 * USD);
        addMargin(bob, 500_000 * USD);
        buy(alice, address(om), 50e18);
        sell(bob, address(shb), 10e18);
        _exhaust();

        addMargin(alice, 1_000 * USD);
        fund(alice, 1_000 * USD);
        vm.prank(alice);
        vault.transferMarginToFund(market, alice, 1 * USD);
        // The close buys base with quote that leaves the Vault.
        close(bob, address(shb));
        sell(alice, address(om), 10e18);
        skip(1);
        setPrice(1570e18);
        vm.prank(bob);
        house.liquidate(LiquidationParams(market, alice, bob, address(0), type(uint256).max, 0, 0));
        assertLt(sizeOf(alice), 40e18);
        close(bob, address(om));
        vm.prank(bob);
        vault.donate(market, 1 * USD);
    }

    /// @dev The hedge of this fill brings collateral in.
    function test_NeverBlocks_OpeningAgainstAHedgedVault() public {
        addMargin(alice, 20_000 * USD);
        _exhaust();
        sell(alice, address(shb), 1e18);
        assertEq(sizeOf(alice), -1e18);
    }

    // -------------------------------------------------------------------------------------------------- hedges ----

    /// @dev A hedge exchanges one asset for another. Its proceeds are no credit, and its spending does not use up the
    /// limit. Its cost against the oracle price does.
    function test_Hedges_CountAtTheirCost() public {
        addMargin(alice, 20_000 * USD);
        sell(alice, address(shb), 10e18);
        (,,, int256 hedge) = breaker.windowOf(address(usd));
        assertEq(hedge, marginOf(address(shb)) / 1e12 - 20_000e6, "less than at the oracle price");
        assertEq(breaker.creditOf(address(usd), address(shb)), 0);
        _checkAvailable(ALLOWANCE - uint256(-hedge));
        close(alice, address(shb));
        (,,, hedge) = breaker.windowOf(address(usd));
        assertEq(hedge, -19_985_064, "cost of both swaps");
        _checkAvailable(ALLOWANCE - uint256(-hedge));
    }

    /// @dev T29: forty thousand leave for base, in a later window than the one in which they arrived. The limit falls
    /// by the cost of the swap alone.
    function test_T29_HedgeSpending_LeavesTheLimitToOthers() public {
        addMargin(alice, 100_000 * USD);
        sell(alice, address(shb), 20e18);
        skip(1 days);
        setPrice(START_PRICE);
        spot.moveTo(START_PRICE);
        close(alice, address(shb));
        (, uint256 held,, int256 hedge) = breaker.windowOf(address(usd));
        assertLt(hedge, 0);
        assertGt(hedge, -200e6, "half a percent of 40,000");
        uint256 left = held / 10 - uint256(-hedge);
        _checkAvailable(left);
        _checkAvailableToBob(left);
    }

    /// @dev A hedged vault that is not protected hedges as before; the breaker does not count its costs.
    function test_Hedges_OfAnUnprotectedVault_AreNotMetered() public {
        vm.prank(owner());
        breaker.setProtected(address(shb), false);
        addMargin(alice, 20_000 * USD);
        sell(alice, address(shb), 10e18);
        close(alice, address(shb));
        _checkAvailable(ALLOWANCE);
    }

    // ----------------------------------------------------------------------------------------------- configured ----

    /// @dev Without a limit the breaker blocks nothing.
    function test_RemovedLimit_BlocksNoWithdrawal() public {
        vm.prank(owner());
        breaker.removeLimit(address(usd));
        vm.prank(alice);
        vault.withdraw(1_000_000 * USD, alice);
    }

    function test_Guardian_BlocksWithdrawalsBeyondTheCredit() public {
        vm.prank(keeper);
        breaker.lowerLimit(address(usd), 0, 0);
        fund(alice, 5 * USD);
        vm.startPrank(alice);
        vault.withdraw(5 * USD, alice);
        (, uint256 availableAt) = breaker.available(address(usd));
        vm.expectRevert(_exceeded(1, 0, availableAt));
        vault.withdraw(1, alice);
        vm.stopPrank();
    }

    // -------------------------------------------------------------------------------------------------- helpers ----

    function _exhaust() private {
        fund(stranger, 1);
        vm.prank(keeper);
        breaker.lowerLimit(address(usd), 0, 0);
        _checkAvailable(0);
    }

    function _checkAvailable(uint256 expected) private view {
        (uint256 left,) = breaker.available(address(usd));
        assertEq(left, expected);
    }

    function _exceeded(uint256 requested, uint256 left, uint256 availableAt) private view returns (bytes memory) {
        return abi.encodeWithSelector(
            ICircuitBreaker.OutflowLimitExceeded.selector, address(usd), requested, left, availableAt
        );
    }

    /// @dev The breaker reports `left`, and Bob can withdraw that and no more.
    function _checkAvailableToBob(uint256 left) private {
        _checkAvailable(left);
        vm.startPrank(bob);
        vm.expectRevert(_exceeded(left + 1, left, timestamp() + 1 days));
        vault.withdraw(left + 1, bob);
        vault.withdraw(left, bob);
        vm.stopPrank();
    }
}
