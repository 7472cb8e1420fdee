// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {StubMaker} from "../utils/StubMaker.sol";

/// @dev A maker that is registered besides the deployed ones, with a million of margin.
abstract contract MakerRegistryTest is ExchangeTest {
    StubMaker internal stub;

    function setUp() public virtual override {
        super.setUp();
        addMargin(alice, 100_000 * USD);
        stub = _newMaker();
    }

    function _newMaker() internal returns (StubMaker maker) {
        maker = new StubMaker(vault, market, START_PRICE);
        vm.prank(owner());
        house.registerMaker(address(maker));
        maker.addMargin(1_000_000 * USD);
    }

    function _retire(address maker) internal {
        vm.prank(owner());
        house.retireMaker(maker);
    }

    function _retireAndRemove(address maker) internal {
        _retire(maker);
        vm.prank(owner());
        house.removeMaker(maker);
    }
}
