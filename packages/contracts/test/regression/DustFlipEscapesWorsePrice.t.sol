// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev H2: buying a little more than the position avoided the worse of oracle price and pool price.
contract DustFlipEscapesWorsePriceTest is ExchangeTest {
    function test_H2_ReversalByDust_PaysTheWorsePriceToo() public {
        addMargin(alice, 5_000 * USD);
        addMargin(bob, 5_000 * USD);
        sell(bob, address(shb), 1e18);
        sell(alice, address(shb), 10e18);
        spot.moveTo(1962e18);
        uint256 snap = vm.snapshotState();
        (, int256 closeQuote) = buy(alice, address(shb), 10e18);
        vm.revertToState(snap);
        (, int256 flipQuote) = buy(alice, address(shb), 10e18 + 1e9);
        assertGe(-flipQuote, -closeQuote, "buying more costs less");
    }
}
