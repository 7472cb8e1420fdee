// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {QuoteVaultTest} from "../utils/QuoteVaultTest.sol";
import {IQuoteVault} from "../../src/interfaces/IQuoteVault.sol";

contract QuoteVaultBandTest is QuoteVaultTest {
    /// @dev T34: margin above its target stays where it is inside the band, too. At 1,900 a margin of 1,000 per unit is 50
    /// above the target and the band is 95; at 1,800 it is 100 above, and the band is 90.
    function test_T34_RevertIf_MarginIsAboveItsTargetInsideTheBand() public {
        buy(alice, maker, 50e18);
        movePrice(1900e18);
        vm.expectPartialRevert(IQuoteVault.NothingToRebalance.selector);
        shq.rebalance();
        movePrice(1800e18);
        assertLt(shq.rebalance(), 0, "released");
    }
}
