// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {MarketStatus} from "../../src/types/Market.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {StubMaker} from "../utils/StubMaker.sol";

/// @dev Alice and Bob have 100,000 of margin each. The maker trades any amount at the price that the test sets, and has
/// a million.
abstract contract TradeTest is ExchangeTest {
    StubMaker internal stub;
    address internal maker;

    function setUp() public virtual override {
        super.setUp();
        stub = new StubMaker(vault, market, START_PRICE);
        maker = address(stub);
        vm.prank(owner());
        house.registerMaker(maker);
        stub.addMargin(1_000_000 * USD);
        addMargin(alice, 100_000 * USD);
        addMargin(bob, 100_000 * USD);
    }

    function setStatus(MarketStatus status) internal {
        vm.prank(owner());
        house.setMarketStatus(market, status);
    }
}
