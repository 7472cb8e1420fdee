// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse, LiquidationParams} from "../../src/interfaces/IClearingHouse.sol";
import {DeleverageTest} from "../backstop/DeleverageTest.sol";

/// @dev T22: an account about to be deleveraged took over all but a small part of the bankrupt position at the oracle
/// price. It realised its whole profit, and at the bankruptcy price of the rest no account was in profit. The rest was
/// bad debt.
contract DeleveragingEscapedByTakeOverTest is DeleverageTest {
    function test_T22_TakingOverAllButDust_DoesNotEscapeDeleveraging() public {
        _bankruptLongAgainstBob();
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
