// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Order, OrderRequest} from "../../src/types/Order.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {orderRequest, orderTerms} from "../utils/Orders.sol";

/// @dev Delay 3 s, price window 10 s, validity 60 s. Alice has 100,000 of margin and has approved the gateway.
abstract contract OrderGatewayTest is ExchangeTest {
    uint256 internal constant FEE = 0.0001 ether;

    function setUp() public virtual override {
        super.setUp();
        addMargin(alice, 100_000 * USD);
        vm.deal(alice, 10 ether);
        vm.prank(alice);
        vault.setOperator(address(gateway), true);
    }

    /// @dev One base, without a bound.
    function request(address maker, bool isBaseToQuote) internal view returns (OrderRequest memory) {
        return orderRequest(market, maker, isBaseToQuote, 1e18);
    }

    function create(OrderRequest memory r) internal returns (uint256 id, Order memory o) {
        o = terms(alice, r);
        vm.prank(alice);
        id = gateway.createOrder{value: FEE}(r);
    }

    /// @dev The order to whose hash the gateway commits.
    function terms(address taker, OrderRequest memory r) internal view returns (Order memory) {
        return orderTerms(taker, r, timestamp(), FEE);
    }

    /// @dev The first price at or after the executable time of the order.
    function update(uint256 price, Order memory o) internal view returns (bytes[] memory data) {
        data = new bytes[](1);
        data[0] = priceUpdate(price, o.executableAt, o.executableAt - 1);
    }

    function execute(uint256 id, Order memory o, bytes[] memory data) internal returns (bool) {
        vm.prank(keeper);
        return gateway.executeOrder(id, o, data);
    }

    /// @dev An order of one base with a bound.
    function createBounded(address maker, bool isBaseToQuote, uint256 oppositeBound)
        internal
        returns (uint256 id, Order memory o)
    {
        OrderRequest memory r = request(maker, isBaseToQuote);
        r.oppositeBound = oppositeBound;
        return create(r);
    }
}
