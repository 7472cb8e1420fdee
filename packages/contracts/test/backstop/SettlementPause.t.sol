// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IBackstop} from "../../src/interfaces/IBackstop.sol";
import {IForcedChanges} from "../../src/interfaces/IForcedChanges.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {SettlementTest} from "./SettlementTest.sol";

/// @dev T51: a market that was paused for longer than its settlement delay, or over a holiday of its feed, was settled for
/// ever at its last price. Alice is long by 100 at 2,000; the market reopens at 2,500.
contract BackstopSettlementPauseTest is SettlementTest {
    function setUp() public override {
        super.setUp();
        long(alice, 20_000 * USD, 100e18);
    }

    function test_T51_Paused_IsNotSettled() public {
        setStatus(MarketStatus.Paused);
        skip(DELAY);
        bytes memory paused =
            abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, market, MarketStatus.Paused);
        vm.expectRevert(paused);
        backstop.announceSettlement(market, new bytes[](0));
        skip(NOTICE);
        vm.expectRevert(paused);
        backstop.settleMarket(market);
        _assertProfitAfterReopening();
    }

    /// @dev The pause does not count: the delay begins with its end.
    function test_T51_TimeOfAPause_DoesNotCount() public {
        skip(DELAY - 1);
        setStatus(MarketStatus.Paused);
        skip(30 days);
        vm.prank(owner());
        house.setMarketStatus(market, MarketStatus.ReduceOnly);
        uint256 resumedAt = timestamp();
        assertEq(house.rulesOf(market).resumedAt, resumedAt);
        bytes memory alive = abi.encodeWithSelector(IBackstop.FeedAlive.selector, START, resumedAt + DELAY);
        vm.expectRevert(alive);
        backstop.announceSettlement(market, new bytes[](0));
        skip(DELAY - 1);
        vm.expectRevert(alive);
        backstop.announceSettlement(market, new bytes[](0));
        uint256 snapshot = vm.snapshotState();
        _assertProfitAfterReopening();
        vm.revertToState(snapshot);
        // A feed that is dead outside the pause settles, so that its margin is not locked up.
        skip(1);
        backstop.announceSettlement(market, new bytes[](0));
        skip(NOTICE);
        backstop.settleMarket(market);
        settle(alice);
    }

    /// @dev A guardian that pauses within the day of notice ends the announcement. Afterwards delay and notice begin
    /// again.
    function test_T51_Pause_CancelsTheAnnouncement() public {
        skip(DELAY);
        backstop.announceSettlement(market, new bytes[](0));
        skip(NOTICE - 1);
        vm.startPrank(owner());
        house.setSystemStatus(MarketStatus.Paused);
        skip(1);
        house.setSystemStatus(MarketStatus.Active);
        vm.stopPrank();
        uint256 resumedAt = timestamp();
        vm.expectRevert(abi.encodeWithSelector(IBackstop.FeedAlive.selector, START, resumedAt + DELAY));
        backstop.settleMarket(market);
        skip(DELAY);
        vm.expectRevert(abi.encodeWithSelector(IBackstop.SettlementNotDue.selector, resumedAt + DELAY, 0));
        backstop.settleMarket(market);
        backstop.announceSettlement(market, new bytes[](0));
        assertEq(backstop.settleableAt(market), resumedAt + DELAY + NOTICE);
        _assertProfitAfterReopening();
    }

    /// @dev 100 x 500, which settlement at 2,000 would have taken away.
    function _assertProfitAfterReopening() private {
        vm.startPrank(owner());
        if (house.statusOf(market) != MarketStatus.Active) house.setMarketStatus(market, MarketStatus.Active);
        vm.stopPrank();
        jump(2500e18);
        close(alice, maker);
        assertEq(marginOf(alice), 70_000e18);
        assertEq(insurance(), 0);
        assertLaws();
    }
}
