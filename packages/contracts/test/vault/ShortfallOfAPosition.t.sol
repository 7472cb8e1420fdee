// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IVault} from "../../src/interfaces/IVault.sol";
import {Quote, ZERO_QUOTE} from "../../src/types/Units.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

contract ShortfallOfAPositionTest is ExchangeTest {
    /// @dev L5: insurance is touched only when an account's size is zero, whatever its margin is before.
    function test_L5_CoverShortfall_RevertIf_ThereIsAPosition() public {
        addMargin(alice, 1000 * USD);
        buy(alice, address(om), 1e18);
        vm.startPrank(address(house));
        vault.settlePenalty(market, alice, bob, Quote.wrap(-2000e18), ZERO_QUOTE);
        vm.expectRevert(abi.encodeWithSelector(IVault.NoShortfall.selector, alice, int256(1e18), -int256(1000e18)));
        vault.coverShortfall(market, alice);
        vm.stopPrank();
    }
}
