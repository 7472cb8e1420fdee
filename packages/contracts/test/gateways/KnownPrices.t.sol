// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {OrderGateway} from "../../src/gateways/OrderGateway.sol";
import {Feed} from "../../src/types/Feed.sol";
import {NotYetExecutable} from "../../src/types/Errors.sol";
import {Order, OrderRequest} from "../../src/types/Order.sol";
import {OrderGatewayTest} from "./OrderGatewayTest.sol";

/// @dev Creation of orders whose price exists already, or whose source changes. The market's rules read the price source.
contract KnownPricesTest is OrderGatewayTest {
    function setUp() public override {
        super.setUp();
        OrderGateway.Rules memory rules = orderRules(3, 10, 60, uint64(FEE));
        rules.checksClock = true;
        vm.prank(owner());
        gateway.setRules(market, rules);
    }

    /// @dev T38: the chain clock is half an hour behind. Pyth's stored price is newer than the block, and every price of
    /// that half hour is known. The taker buys before a rise of 56: without the rule, the order executes at the old price.
    function test_T38_ChainClockIsBehind_OrderWaitsForAnUnknownPrice() public {
        uint256 real = timestamp() + 30 minutes;
        bytes[] memory data = new bytes[](1);
        data[0] = priceUpdate(2056e18, real, real - 1);
        pyth.updatePriceFeeds{value: 1}(data);
        Order memory o = terms(alice, request(address(om), false));
        (o.executableAt, o.lastPriceAt, o.expiresAt) = (uint64(real + 3), uint64(real + 13), uint64(real + 63));
        vm.prank(alice);
        uint256 id = gateway.createOrder{value: FEE}(o.request);
        (, uint256 bond) = vault.escrowOf(alice, address(gateway));
        o.bondXCD = uint128(bond);
        assertEq(id, uint256(gateway.hashOrder(o)), "counted from the stored publish time");

        vm.warp(START + 4);
        data[0] = priceUpdate(START_PRICE, START + 3, START + 2);
        vm.expectRevert(abi.encodeWithSelector(NotYetExecutable.selector, START + 4, real + 3));
        execute(id, o, data);

        // The first unknown price includes the rise, so that the taker gains nothing.
        vm.warp(real + 4);
        data[0] = priceUpdate(2056e18, real + 3, real + 2);
        int256 before = valueOf(alice);
        assertTrue(execute(id, o, data));
        assertLe(valueOf(alice), before, "taker");
    }

    /// @dev A market without the rule takes the block's time, as on a chain that binds it to real time.
    function test_T38_ClockIsReadByRuleOnly() public {
        vm.prank(owner());
        gateway.setRules(market, orderRules(3, 10, 60, uint64(FEE)));
        vm.mockCallRevert(address(oracle), abi.encodeCall(oracle.commitmentTime, (market)), "");
        create(request(address(om), false));
    }

    /// @dev T39: an account that executes an order before or after a switch of feeds would choose between two prices.
    function test_T39_RevertIf_FeedChangesDuringTheOrdersLife() public {
        Feed memory other = plainFeed(keccak256("ETH/EUR"));
        vm.prank(owner());
        oracle.proposeFeed(market, other);
        uint256 changesAt = oracle.nextFeedChangeAt(market);
        vm.warp(changesAt - 64);
        setPrice(START_PRICE);
        OrderRequest memory r = request(address(om), false);
        create(r);
        skip(1);
        vm.expectRevert(abi.encodeWithSelector(OrderGateway.FeedChangesMeanwhile.selector, changesAt, changesAt));
        vm.prank(alice);
        gateway.createOrder{value: FEE}(r);
    }

    /// @dev T39: a market that does not read the clock knows of the change from any account's note, at no cost per order.
    function test_T39_RevertIf_NotedChangeFallsIntoTheOrdersLife() public {
        Feed memory other = plainFeed(keccak256("ETH/EUR"));
        vm.startPrank(owner());
        gateway.setRules(market, orderRules(3, 10, 60, uint64(FEE)));
        oracle.proposeFeed(market, other);
        vm.stopPrank();
        uint256 changesAt = oracle.nextFeedChangeAt(market);
        vm.prank(stranger);
        gateway.noteFeedChange(market);
        assertEq(gateway.rulesOf(market).feedChangesAt, changesAt);
        vm.warp(changesAt - 64);
        setPrice(START_PRICE);
        OrderRequest memory r = request(address(om), false);
        create(r);
        skip(1);
        vm.expectRevert(abi.encodeWithSelector(OrderGateway.FeedChangesMeanwhile.selector, changesAt, changesAt));
        vm.prank(alice);
        gateway.createOrder{value: FEE}(r);
    }
}
