// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IBackstop} from "../../src/interfaces/IBackstop.sol";
import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {IForcedChanges} from "../../src/interfaces/IForcedChanges.sol";
import {IMarketAdmin} from "../../src/interfaces/IMarketAdmin.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {SettlementTest} from "./SettlementTest.sol";

/// @dev When a market settles, and what is final then.
contract BackstopSettleMarketTest is SettlementTest {
    function test_RevertIf_NotAnnounced() public {
        skip(30 days);
        uint256 now_ = timestamp();
        vm.expectRevert(abi.encodeWithSelector(IBackstop.SettlementNotDue.selector, now_, 0));
        backstop.settleMarket(market);
    }

    function test_RevertIf_NotDueYet() public {
        skip(DELAY);
        backstop.announceSettlement(market, new bytes[](0));
        uint256 dueAt = timestamp() + NOTICE;
        skip(NOTICE - 1);
        vm.expectRevert(abi.encodeWithSelector(IBackstop.SettlementNotDue.selector, dueAt - 1, dueAt));
        backstop.settleMarket(market);
        skip(1);
        backstop.settleMarket(market);
        assertEq(backstop.settlementPriceOf(market), START_PRICE);
        assertEq(uint8(house.statusOf(market)), uint8(MarketStatus.Settled));
    }

    function test_RevertIf_AnUpdateIsStored() public {
        skip(DELAY);
        backstop.announceSettlement(market, new bytes[](0));
        skip(NOTICE - 1);
        setPrice(1999e18);
        uint256 published = timestamp();
        skip(1);
        vm.expectRevert(abi.encodeWithSelector(IBackstop.FeedAlive.selector, published, published + DELAY));
        backstop.settleMarket(market);
        // The market stays active.
        long(alice, 20_000 * USD, 1e18);
    }

    function test_RevertIf_SettledTwice() public {
        settleMarket();
        vm.expectRevert(abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, market, MarketStatus.Settled));
        backstop.announceSettlement(market, new bytes[](0));
        vm.expectRevert(abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, market, MarketStatus.Settled));
        backstop.settleMarket(market);
    }

    function test_MarkSettled_RevertIf_CallerIsNotTheBackstop() public {
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
                    IMarketAdmin.InvalidStatusChange.selector, owner(), MarketStatus.Settled, statuses[i]
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

    /// @dev Prices published after settlement change nothing.
    function test_RevertIf_TradedOrLiquidatedAfterwards() public {
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

    /// @dev A caller kept an update from before the feed stopped, and stores it in order to settle at its price. The
    /// feed is still dead, but the announcement was for another price.
    function test_RevertIf_AnOldUpdateComesAfterTheAnnouncement() public {
        skip(5 days);
        backstop.announceSettlement(market, new bytes[](0));
        bytes[] memory kept = new bytes[](1);
        kept[0] = priceUpdate(3000e18, START + 1 days, START);
        pyth.updatePriceFeeds{value: 1}(kept);
        skip(1 days);
        uint256 now_ = timestamp();
        vm.expectRevert(abi.encodeWithSelector(IBackstop.SettlementNotDue.selector, now_, 0));
        backstop.settleMarket(market);
    }
}
