// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IBackstop} from "../../src/interfaces/IBackstop.sol";
import {IForcedChanges} from "../../src/interfaces/IForcedChanges.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {ZeroAmount} from "../../src/types/Errors.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {insufficientMarketBalance} from "../utils/Reverts.sol";
import {SettlementTest} from "./SettlementTest.sol";

/// @dev How accounts settle, and what they can withdraw then.
contract BackstopSettleAccountTest is SettlementTest {
    function test_RevertIf_MarketIsNotSettled() public {
        long(alice, 20_000 * USD, 100e18);
        vm.expectRevert(abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, market, MarketStatus.Active));
        backstop.settleAccount(market, alice);
        setStatus(MarketStatus.Paused);
        vm.expectRevert(abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, market, MarketStatus.Paused));
        backstop.settleAccount(market, alice);
    }

    function test_RevertIf_FlatOrSettledAlready() public {
        long(alice, 20_000 * USD, 100e18);
        settleMarket();
        settle(alice);
        vm.expectRevert(abi.encodeWithSelector(ZeroAmount.selector));
        backstop.settleAccount(market, alice);
        vm.expectRevert(abi.encodeWithSelector(ZeroAmount.selector));
        backstop.settleAccount(market, bob);
    }

    /// @dev The settlement account holds the opposite of what is still open, and is flat after all others have settled.
    function test_RevertIf_TheSettlementAccountItself() public {
        long(alice, 20_000 * USD, 100e18);
        settleMarket();
        settle(alice);
        address account = backstop.SETTLEMENT_ACCOUNT();
        assertEq(sizeOf(account), 100e18);
        vm.expectRevert(abi.encodeWithSelector(ZeroAmount.selector));
        backstop.settleAccount(market, account);
        settle(maker);
        assertEq(sizeOf(account), 0);
    }

    function test_AllAccountsSettleAndWithdraw() public {
        _openAll();
        jump(2050e18);
        int256[5] memory values;
        address[5] memory all = [alice, bob, carol, maker, address(om)];
        for (uint256 i = 0; i < 5; ++i) {
            values[i] = valueOf(all[i]);
        }
        settleMarket();
        for (uint256 i = 0; i < 5; ++i) {
            vm.expectEmit(address(backstop));
            emit IBackstop.AccountSettled(market, all[i], sizeOf(all[i]), 2050e18);
            settle(all[i]);
            assertEq(marginOf(all[i]), values[i], "value at the last price");
        }
        settle(address(shb));
        assertEq(sizeOf(backstop.SETTLEMENT_ACCOUNT()), 0);
        _leaveAll();
    }

    /// @dev Margin of an open position is frozen until it is settled. A flat account withdraws at once.
    function test_RevertIf_MarginLeavesBeforeSettling() public {
        long(alice, 20_000 * USD, 10e18);
        settleMarket();
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IVault.MarketFrozen.selector, market));
        vault.transferMarginToFund(market, alice, 1);
        takeOut(keeper);
        settle(alice);
        takeOut(alice);
        assertLaws();
    }

    /// @dev Alice's account value is below zero at the last price. Insurance pays, and the rest is debt.
    function test_NegativeAccounts_FirstComeFirstServed() public {
        long(alice, 20_000 * USD, 100e18);
        short(bob, 20_000 * USD, 100e18);
        jump(1700e18);
        donate(4000 * USD);
        settleMarket();
        vm.expectEmit(address(backstop));
        emit IForcedChanges.BadDebtRecorded(market, alice, 6000e18);
        settle(alice);
        assertFlatAndEmpty(alice);
        assertEq(insurance(), -6000e18);
        settle(bob);
        assertEq(marginOf(bob), 50_000e18);
        assertEq(sizeOf(backstop.SETTLEMENT_ACCOUNT()), 0);

        takeOut(bob);
        takeOut(keeper);
        withdrawStub();
        uint256 shares = om.balanceOf(lp);
        vm.prank(lp);
        vm.expectRevert(insufficientMarketBalance(1_000_000 * USD, 994_000 * USD));
        om.withdraw(shares);
        // The LP withdraws a part now, and the rest when the debt is covered.
        vm.prank(lp);
        om.withdraw(shares / 2);
        donate(6000 * USD);
        uint256 rest = om.balanceOf(lp);
        vm.prank(lp);
        om.withdraw(rest);
        assertLaws();
    }

    function test_LpsOfBothMakersWithdraw() public {
        _openAll();
        settleMarket();
        address[6] memory all = [alice, bob, carol, maker, address(om), address(shb)];
        for (uint256 i = 0; i < 6; ++i) {
            settle(all[i]);
        }
        uint256 shares = om.balanceOf(lp);
        vm.startPrank(lp);
        om.withdraw(shares);
        shares = shb.balanceOf(lp);
        shb.withdraw(shares);
        vm.stopPrank();
        assertEq(shb.totalSupply(), 0);
        assertEq(shb.assetBalance(), 0);
        assertApproxEqAbs(weth.balanceOf(lp), 80e18, 0.1e18, "held base");
        // The OracleMaker's million, and the quote of the 20 base that the maker had sold.
        assertApproxEqAbs(usd.balanceOf(lp), 1_040_000 * USD, 2500 * USD);
        assertLaws();
    }

    /// @dev Funding accrues until the market settles, and not after it.
    function test_FundingEndsWithTheMarket() public {
        setFastFunding(1e11, 1e18);
        feeDust = 10;
        _openAll();
        killFeed();
        backstop.settleMarket(market);
        (int256 funding,) = d.lens.pendingFeesOf(market, alice);
        assertGt(funding, 0);
        skip(30 days);
        (int256 later,) = d.lens.pendingFeesOf(market, alice);
        assertEq(later, funding);
        settle(alice);
        settle(bob);
        settle(carol);
        settle(maker);
        settle(address(om));
        settle(address(shb));
        assertEq(sizeOf(backstop.SETTLEMENT_ACCOUNT()), 0);
    }

    /// @dev In any order and at any size and price, each account receives the floor of its value. The settlement
    /// account keeps the dust.
    function testFuzz_DustIsNeverInAnAccountsFavour(uint256 a, uint256 b, uint256 price, uint256 order_) public {
        long(alice, 100_000 * USD, boundPart(a, 400e18));
        short(bob, 100_000 * USD, boundPart(b, 400e18));
        jump(boundPrice(price, 1800e18, 2200e18));
        price = stub.price();
        settleMarket();
        address[3] memory all = [alice, bob, maker];
        int256 values;
        for (uint256 i = 0; i < 3; ++i) {
            address account = all[(i + order_ % 3) % 3];
            int256 value = valueAt(account, price);
            values += value;
            if (sizeOf(account) == 0) continue;
            settle(account);
            assertEq(marginOf(account), value);
        }
        address dust = backstop.SETTLEMENT_ACCOUNT();
        assertEq(sizeOf(dust), 0);
        assertGe(marginOf(dust), 0);
        assertLe(marginOf(dust), 3);
    }

    /// @dev Every account has a position. The base vault has taken 20.
    function _openAll() private {
        long(alice, 20_000 * USD, 100e18);
        short(bob, 20_000 * USD, 30e18);
        addMargin(bob, 20_000 * USD);
        sell(bob, address(shb), 20e18);
        spot.moveTo(START_PRICE);
        addMargin(carol, 20_000 * USD);
        // The OracleMaker accepts trades of approved senders only.
        vm.prank(owner());
        om.setValidSender(carol, true);
        sell(carol, address(om), 40e18);
    }

    function _leaveAll() private {
        takeOut(alice);
        takeOut(bob);
        takeOut(carol);
        takeOut(keeper);
        assertLaws();
    }
}
