// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {MarketStatus} from "../../src/types/Market.sol";
import {ExchangeTest} from "./ExchangeTest.sol";
import {StubMaker} from "./StubMaker.sol";

/// @dev An exchange with a maker that trades any amount at the price that a test sets: 2,000 at first. It has a million.
abstract contract StubMakerTest is ExchangeTest {
    StubMaker internal stub;
    address internal maker;

    function setUp() public virtual override {
        super.setUp();
        stub = new StubMaker(vault, market, START_PRICE);
        maker = address(stub);
        vm.prank(owner());
        house.registerMaker(maker);
        stub.addMargin(1_000_000 * USD);
    }

    function setStatus(MarketStatus status) internal {
        vm.prank(owner());
        house.setMarketStatus(market, status);
    }
}
