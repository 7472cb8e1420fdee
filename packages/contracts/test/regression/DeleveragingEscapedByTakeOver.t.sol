// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse, LiquidationParams} from "../../src/interfaces/IClearingHouse.sol";
import {LadderTest} from "../utils/LadderTest.sol";

/// @dev doc
contract DeleveragingEscapedByTakeOverTest is LadderTest {
    /// @dev Whoever was to be deleveraged took the bankrupt account over at the oracle price, all but a crumb: it realised
    /// its whole profit, and at the bankruptcy price of the crumb nobody was in profit any more. The rest was bad debt.
    function test_T22_NobodyEscapesDeleveragingByTakingOverAllButACrumb() public {
        long(alice, 20_000 * USD, 100e18);
        short(bob, 20_000 * USD, 100e18);
        jump(1700e18);
        LiquidationParams memory p = params(alice, address(0));
        p.liquidator = bob;
        p.amount = 100e18 - 1e12;
        vm.expectRevert(
            abi.encodeWithSelector(
                IClearingHouse.DeleverageFirst.selector, alice, -int256(10_000e18), type(uint256).max
            )
        );
        liquidateAs(bob, p);
        deleverage(alice, bob);
        assertFlatAndEmpty(alice);
        assertEq(valueOf(bob), 40_000e18, "its profit at 1,800, not at 1,700");
        assertEq(insurance(), 0);
        assertLaws();
    }
}
