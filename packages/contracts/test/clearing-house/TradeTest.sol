// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse, TradeParams} from "../../src/interfaces/IClearingHouse.sol";
import {StubMakerTest} from "../utils/StubMakerTest.sol";

/// @dev Alice and Bob have 100,000 of margin each.
abstract contract TradeTest is StubMakerTest {
    function setUp() public virtual override {
        super.setUp();
        addMargin(alice, 100_000 * USD);
        addMargin(bob, 100_000 * USD);
    }

    /// @dev A new price, of the oracle and of the stub.
    function jump(uint256 price) internal {
        skip(1);
        setPrice(price);
        stub.setPrice(price);
    }

    /// @dev Alice's trade reverts with the bound `missed`, which is compared as `scaled` with the trade's `quote`, and
    /// passes with the bound `met`.
    function checkBound(TradeParams memory params, uint256 quote, uint256 missed, uint256 scaled, uint256 met)
        internal
    {
        params.oppositeBound = missed;
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.SlippageExceeded.selector, quote, scaled));
        tradeAs(alice, params);
        params.oppositeBound = met;
        tradeAs(alice, params);
    }
}
