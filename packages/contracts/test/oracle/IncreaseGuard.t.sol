// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {SecondSourceTest} from "../utils/SecondSourceTest.sol";

/// @dev T12: what the sources disagree about opens nothing, and closes everything.
contract IncreaseGuardTest is SecondSourceTest {
    function test_T12_DisagreementStopsOpeningAndNotClosing() public {
        addMargin(alice, 10_000 * USD);
        buy(alice, address(om), 2e18);
        second.push(1900e8, timestamp());
        vm.expectPartialRevert(IPriceOracle.SourcesDisagree.selector);
        this.buyMore();
        sell(alice, address(om), 1e18);
        close(alice, address(om));
        assertEq(sizeOf(alice), 0);
        vm.expectPartialRevert(IPriceOracle.SourcesDisagree.selector);
        this.buyMore();
        second.push(1990e8, timestamp());
        this.buyMore();
        assertEq(sizeOf(alice), 1e18);
    }

    function buyMore() external {
        buy(alice, address(om), 1e18);
    }
}
