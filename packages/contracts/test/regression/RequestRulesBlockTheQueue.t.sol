// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {LpQueue} from "../../src/makers/lp/LpQueue.sol";
import {LpSettlement} from "../../src/makers/lp/LpSettlement.sol";
import {Feed} from "../../src/types/Feed.sol";
import {LpRequestVaultTest} from "../utils/LpRequestVaultTest.sol";
import {MakerKind} from "../utils/MakerKind.sol";

/// @dev T55: a delay of years for one block made all later requests due in 136 years, and a validity above the feed's
/// execution age let one missed request block the queue.
contract RequestRulesBlockTheQueueTest is LpRequestVaultTest {
    constructor() LpRequestVaultTest(MakerKind.Oracle) {}

    function test_T55_SetRules_RevertIf_BeyondTheLimits() public {
        vm.startPrank(owner());
        vm.expectRevert(abi.encodeWithSelector(LpQueue.RequestRuleOutOfRange.selector, 1 hours + 1, 1, 1 hours));
        requests.setRules(LpQueue.Rules(1 hours + 1, 60, 0));
        // The feed accepts execution prices of 60 seconds ago.
        vm.expectRevert(abi.encodeWithSelector(LpQueue.RequestRuleOutOfRange.selector, 61, 1, 60));
        requests.setRules(LpQueue.Rules(3, 61, 0));
    }

    /// @dev The longest delay was in force for one block, on a chain whose clock lags by most of an hour. Dave, who requests
    /// after it, has its deposit back within three hours.
    function test_T55_LongDelayForOneBlock_LaterRequestsAreCancelled() public {
        bytes[] memory ahead = new bytes[](1);
        ahead[0] = priceUpdate(START_PRICE, START + 1 hours, START);
        pyth.updatePriceFeeds{value: 1}(ahead);
        vm.prank(owner());
        requests.setRules(LpQueue.Rules(1 hours, 60, uint128(KEEPER_FEE)));
        requestDeposit(carol, xcd(1e18));
        vm.prank(owner());
        requests.setRules(LpQueue.Rules(3, 60, uint128(KEEPER_FEE)));
        uint256 id = requestDeposit(dave, xcd(2e18));
        assertLe(stateOf(id).expiresAt, timestamp() + 3 hours);
        vm.warp(timestamp() + 3 hours);
        vm.startPrank(dave);
        requests.cancelDepositRequest(id, dave);
        assertEq(requests.claimCancelDepositRequest(id, dave, dave), xcd(2e18));
        assertEq(token.balanceOf(dave), xcd(2e18));
    }

    /// @dev The feed in force accepts prices of 20 seconds ago only, fewer than the validity. A request that was missed
    /// returns with the proof of its only price, and the next one settles in the same call.
    function test_T55_PriceTooOld_DoesNotBlockTheQueue() public {
        Feed memory feed = plainFeed(FEED);
        feed.maxExecutionAge = 20;
        vm.prank(owner());
        oracle.proposeFeed(market, feed);
        skip(2 days);
        setPrice(START_PRICE);
        uint256 missed = requestDeposit(carol, xcd(1e18));
        uint256 alike = requestDeposit(carol, xcd(3e18));
        skip(30);
        uint256 next = requestDeposit(dave, xcd(2e18));
        vm.warp(stateOf(next).executableAt);
        bytes[][] memory updates = new bytes[][](2);
        uint256 publishTime = stateOf(missed).executableAt;
        updates[0] = firstUpdate(2500e18, publishTime);
        updates[1] = firstUpdate(START_PRICE, stateOf(next).executableAt);
        vm.expectEmit(address(requests));
        emit LpSettlement.RequestReturned(
            missed,
            carol,
            xcd(1e18),
            abi.encodeWithSelector(IPriceOracle.StalePrice.selector, FEED, publishTime, timestamp() - 20)
        );
        assertEq(settleWith(updates), 3);
        assertEq(keeper.balance, 3 * KEEPER_FEE);
        assertEq(requests.claimableDepositRequest(next, dave), xcd(2e18));
        (uint256 assets,) = requests.returnedOf(carol);
        assertEq(assets, xcd(4e18));
        requests.pushReturned(missed);
        requests.pushReturned(alike);
        assertEq(token.balanceOf(carol), xcd(4e18), "all of it");
    }

    /// @dev An update of another time proves nothing.
    function test_T55_OldUpdateOfAnotherTime_ReturnsNoRequest() public {
        uint256 id = requestDeposit(carol, xcd(1e18));
        skip(40);
        bytes[][] memory updates = new bytes[][](1);
        updates[0] = firstUpdate(START_PRICE, START - 60);
        vm.expectRevert();
        this.settleAs(updates);
        assertEq(requests.pendingDepositRequest(id, carol), xcd(1e18));
    }

    function settleAs(bytes[][] calldata updates) external {
        settleWith(updates);
    }
}
