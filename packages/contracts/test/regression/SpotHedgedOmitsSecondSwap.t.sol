// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Vm} from "forge-std/Vm.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev {SpotHedged} omitted the second swap of a hedge that is corrected.
contract SpotHedgedOmitsSecondSwapTest is ExchangeTest {
    function test_SpotHedged_CountsBothSwaps() public {
        addMargin(alice, 5_000 * USD);
        buy(alice, address(om), 5e18);
        spot.moveTo(2200e18);
        int256 marginBefore = marginOf(address(shb));
        vm.recordLogs();
        tradeAs(alice, order(alice, address(shb), true, false, 4000e18));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] == ISpotHedgeVault.SpotHedged.selector) {
                (,,, uint256 sq,) = abi.decode(logs[i].data, (address, uint256, int256, uint256, uint256));
                assertEq(int256(sq), marginOf(address(shb)) - marginBefore, "spotQuote is the quote of both swaps");
            }
        }
    }
}
