// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IBackstop} from "../../src/interfaces/IBackstop.sol";
import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {IForcedChanges} from "../../src/interfaces/IForcedChanges.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {ZeroAmount} from "../../src/types/Errors.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {LadderTest} from "../utils/LadderTest.sol";

abstract contract SettlementTest is LadderTest {
    uint256 internal constant DELAY = 3 days;
    uint256 internal constant NOTICE = 1 days;

    /// @dev Three days without a price, and a day of notice.
    function killFeed() internal {
        skip(DELAY);
        backstop.announceSettlement(market);
        skip(NOTICE);
    }

    function settleMarket() internal {
        killFeed();
        backstop.settleMarket(market);
    }

    function settle(address account) internal {
        vm.prank(stranger);
        backstop.settleAccount(market, account);
        assertLaws();
        assertEq(sizeOf(account), 0);
    }

    function takeOut(address account) internal {
        uint256 amount = uint256(marginOf(account)) / 1e12;
        vm.prank(account);
        vault.transferMarginToFund(market, account, amount);
    }
}

/// @dev When a market settles.
contract SettleMarketTest is SettlementTest {
    function test_RevertIf_AnnouncedTooSoon() public {
        skip(DELAY - 1);
        vm.expectRevert(abi.encodeWithSelector(IBackstop.FeedAlive.selector, START, START + DELAY));
        backstop.announceSettlement(market);
        skip(1);
        uint256 dueAt = timestamp() + NOTICE;
        vm.expectEmit(address(backstop));
        emit IBackstop.SettlementAnnounced(market, dueAt);
        backstop.announceSettlement(market);
        assertEq(backstop.settleableAt(market), dueAt);
    }

    function test_RevertIf_MarketIsUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, 7, MarketStatus.None));
        backstop.announceSettlement(7);
    }

    function test_RevertIf_NotAnnounced() public {
        skip(30 days);
        uint256 now_ = timestamp();
        vm.expectRevert(abi.encodeWithSelector(IBackstop.SettlementNotDue.selector, now_, 0));
        backstop.settleMarket(market);
    }

    function test_RevertIf_NotDueYet() public {
        skip(DELAY);
        backstop.announceSettlement(market);
        uint256 dueAt = timestamp() + NOTICE;
        skip(NOTICE - 1);
        vm.expectRevert(abi.encodeWithSelector(IBackstop.SettlementNotDue.selector, dueAt - 1, dueAt));
        backstop.settleMarket(market);
        skip(1);
        backstop.settleMarket(market);
        assertEq(backstop.settlementPriceOf(market), START_PRICE);
        assertEq(uint8(house.statusOf(market)), uint8(MarketStatus.Settled));
    }

    function test_RevertIf_OneUpdateComes() public {
        skip(DELAY);
        backstop.announceSettlement(market);
        skip(NOTICE - 1);
        setPrice(1999e18);
        uint256 published = timestamp();
        skip(1);
        vm.expectRevert(abi.encodeWithSelector(IBackstop.FeedAlive.selector, published, published + DELAY));
        backstop.settleMarket(market);
        // The market goes on.
        long(alice, 20_000 * USD, 1e18);
    }

    /// @dev A pause does not keep a dead market from settling: a frozen market would lock margin for ever.
    function test_PausedMarket_Settles() public {
        long(alice, 20_000 * USD, 100e18);
        setStatus(MarketStatus.Paused);
        settleMarket();
        settle(alice);
    }

    function test_RevertIf_SettledTwice() public {
        settleMarket();
        vm.expectRevert(abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, market, MarketStatus.Settled));
        backstop.announceSettlement(market);
        vm.expectRevert(abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, market, MarketStatus.Settled));
        backstop.settleMarket(market);
    }

    function test_RevertIf_SomebodyElseMarksIt() public {
        vm.prank(owner());
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NotBackstop.selector, owner(), address(backstop)));
        house.markSettled(market);
    }

    function test_CannotReopen() public {
        settleMarket();
        MarketStatus[3] memory statuses = [MarketStatus.Active, MarketStatus.ReduceOnly, MarketStatus.Paused];
        for (uint256 i = 0; i < 3; ++i) {
            vm.prank(owner());
            vm.expectRevert(
                abi.encodeWithSelector(
                    IClearingHouse.InvalidStatusChange.selector, owner(), MarketStatus.Settled, statuses[i]
                )
            );
            house.setMarketStatus(market, statuses[i]);
        }
        vm.startPrank(owner());
        house.setSystemStatus(MarketStatus.Paused);
        house.setSystemStatus(MarketStatus.Active);
        vm.stopPrank();
        assertEq(uint8(house.statusOf(market)), uint8(MarketStatus.Settled));
    }

    /// @dev The feed's return changes nothing any more, not even the price.
    function test_RevertIf_SomebodyTradesOrLiquidatesAfterwards() public {
        long(alice, 20_000 * USD, 100e18);
        settleMarket();
        jump(1700e18);
        bytes memory settled =
            abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, market, MarketStatus.Settled);
        vm.expectRevert(settled);
        sell(alice, maker, 1e18);
        vm.expectRevert(settled);
        takeOver(alice);
        vm.expectRevert(settled);
        deleverage(alice);
        vm.expectRevert(settled);
        backstop.flagShortfall(market, alice);
        settle(alice);
        assertEq(marginOf(alice), 20_000e18, "at 2,000");
    }
}

/// @dev How accounts settle, and what they can take out then.
contract SettleAccountTest is SettlementTest {
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

    /// @dev Its position is the others', and goes when they go.
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

    function test_Everybody_AndAllCanLeave() public {
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
            assertEq(marginOf(all[i]), values[i], "what it was worth at the last price");
        }
        settle(address(shb));
        assertEq(sizeOf(backstop.SETTLEMENT_ACCOUNT()), 0);
        _leaveAll();
    }

    /// @dev Margin of an open position stays until it is settled; whoever is flat leaves at once.
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

    /// @dev A gap between the last two prices leaves Alice below zero: insurance pays, and what it lacks is debt.
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
        uint256 stubs = uint256(marginOf(maker)) / 1e12;
        vm.prank(maker);
        vault.withdrawMargin(market, stubs, stranger);
        uint256 shares = om.balanceOf(lp);
        vm.prank(lp);
        vm.expectRevert(
            abi.encodeWithSelector(IVault.InsufficientMarketBalance.selector, 1_000_000 * USD, 994_000 * USD)
        );
        om.withdraw(shares);
        // It takes what there is, and the rest when the debt is covered.
        vm.prank(lp);
        om.withdraw(shares / 2);
        donate(6000 * USD);
        uint256 rest = om.balanceOf(lp);
        vm.prank(lp);
        om.withdraw(rest);
        assertLaws();
    }

    function test_LpsOfBothMakersLeave() public {
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
        assertApproxEqAbs(weth.balanceOf(lp), 80e18, 0.1e18, "what it held");
        // The OM's million and the 20 ETH that the vault had sold.
        assertApproxEqAbs(usd.balanceOf(lp), 1_040_000 * USD, 2500 * USD);
        assertLaws();
    }

    /// @dev Funding ran until the market settled, and nothing runs after it.
    function test_FundingEndsWithTheMarket() public {
        vm.prank(owner());
        house.setFunding(market, 1e11, 1e11 / uint64(1 hours), 1e18);
        feeDust = 10;
        _openAll();
        killFeed();
        backstop.settleMarket(market);
        (int256 funding,) = vault.pendingFeesOf(market, alice);
        assertGt(funding, 0);
        skip(30 days);
        (int256 later,) = vault.pendingFeesOf(market, alice);
        assertEq(later, funding);
        settle(alice);
        settle(bob);
        settle(carol);
        settle(maker);
        settle(address(om));
        settle(address(shb));
        assertEq(sizeOf(backstop.SETTLEMENT_ACCOUNT()), 0);
    }

    /// @dev In any order and at any size and price: each account gets the floor of what it is worth, and the settlement
    /// account is left with the dust.
    function testFuzz_DustIsNeverInAnAccountsFavour(uint256 a, uint256 b, uint256 price, uint256 order_) public {
        long(alice, 100_000 * USD, bound(a, 1, 400e18));
        short(bob, 100_000 * USD, bound(b, 1, 400e18));
        jump(bound(price, 1800e18, 2200e18) / 1e10 * 1e10);
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

    /// @dev Everybody has a position, the base vault 20 of the stub's size in its own.
    function _openAll() private {
        long(alice, 20_000 * USD, 100e18);
        short(bob, 20_000 * USD, 30e18);
        addMargin(bob, 20_000 * USD);
        sell(bob, address(shb), 20e18);
        spot.moveTo(START_PRICE);
        addMargin(carol, 20_000 * USD);
        // The oracle maker takes orders from its senders only.
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
