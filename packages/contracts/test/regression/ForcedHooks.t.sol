// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Vm} from "forge-std/Vm.sol";
import {IForcedChanges} from "../../src/interfaces/IForcedChanges.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev A maker hears of what the backstop does to its position as it hears of the ClearingHouse's liquidations.
contract ForcedHooksTest is ExchangeTest {
    Vm.Log[] private _logs;

    /// @dev The base vault refused the backstop's call, so that it neither hedged nor knew what it had yet to hedge.
    function test_H1_ADeleveragedBaseVault_KnowsItsGap() public {
        addMargin(alice, 4_200 * USD);
        sell(alice, address(shb), 20e18);
        uint256 heldBefore = shb.assetBalance();
        // The vault has profit, and too little quote to buy everything back.
        skip(1);
        setPrice(2500e18);
        spot.moveTo(2500e18);
        vm.recordLogs();
        vm.prank(keeper);
        assertEq(backstop.deleverage(market, alice, new address[](0)), 20e18);
        _assertNoHookFailed();
        assertEq(sizeOf(address(shb)), 0);
        // What its quote does not pay for is lost with the deleveraging, not owed.
        uint256 owed = uint256(int256(shb.hedgeGap()));
        assertEq(shb.assetBalance() - heldBefore + owed + _shortages(), 20e18, "bought, to be bought yet, or lost");
    }

    function test_H1_ADeleveragedBaseVault_HedgesWhatItCanPayFor() public {
        addMargin(alice, 2_300 * USD);
        addMargin(bob, 20_000 * USD);
        // Bob's sale leaves quote that alice's does not.
        sell(bob, address(shb), 20e18);
        sell(alice, address(shb), 10e18);
        uint256 heldBefore = shb.assetBalance();
        skip(1);
        setPrice(2300e18);
        spot.moveTo(2300e18);
        vm.recordLogs();
        vm.prank(keeper);
        assertEq(backstop.deleverage(market, alice, new address[](0)), 10e18);
        _assertNoHookFailed();
        assertEq(sizeOf(address(shb)), 20e18);
        assertEq(
            shb.assetBalance() - heldBefore + uint256(int256(shb.hedgeGap())) + _shortages(),
            10e18,
            "bought, to be bought yet, or lost"
        );
    }

    function _assertNoHookFailed() private {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            _logs.push(logs[i]);
        }
        for (uint256 i = 0; i < _logs.length; ++i) {
            assertTrue(_logs[i].topics[0] != IForcedChanges.ForcedHookFailed.selector, "the maker was not told");
        }
    }

    /// @dev WAD base, which has the base token's decimals here.
    function _shortages() private view returns (uint256 sum) {
        for (uint256 i = 0; i < _logs.length; ++i) {
            bytes32 topic = _logs[i].topics[0];
            if (topic != ISpotHedgeVault.HedgeShortage.selector && topic != ISpotHedgeVault.HedgeUnderfunded.selector) {
                continue;
            }
            sum += abi.decode(_logs[i].data, (uint256));
        }
    }
}
