// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Vm} from "forge-std/Vm.sol";
import {IForcedChanges} from "../../src/interfaces/IForcedChanges.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {BaseVaultGapTest} from "./BaseVaultGapTest.sol";

/// @dev Makers accepted the hook of the ClearingHouse only. After a deleveraging by the Backstop they did not hedge,
/// and recorded no gap.
contract BackstopHookRefusedTest is BaseVaultGapTest {
    function test_H1_DeleveragedVault_Hedges() public {
        _shortAgainstTheVault(alice, 10_000 * USD, 50e18);
        jumpWithPool(2300e18);
        spot.provide(95_000e18);
        deleverageAfterWindow(alice);
        assertEq(sizeOf(address(shb)), 0);
        assertGt(shb.assetBalance(), 90e18);
        assertEq(shb.hedgeGap(), 0);
    }
}

/// @dev A maker handles forced changes by the Backstop like liquidations by the ClearingHouse.
contract DeleveragedBaseVaultTest is ExchangeTest {
    Vm.Log[] private _logs;

    /// @dev The base vault reverted the Backstop's call, so that it neither hedged nor recorded a gap.
    function test_H1_DeleveragedBaseVault_RecordsItsGap() public {
        addMargin(alice, 4_200 * USD);
        sell(alice, address(shb), 20e18);
        // The maker is in profit, and has too little quote to buy all base back.
        _checkDeleverage(2500e18, 20e18);
        assertEq(sizeOf(address(shb)), 0);
    }

    function test_H1_DeleveragedBaseVault_HedgesUpToItsQuote() public {
        addMargin(alice, 2_300 * USD);
        addMargin(bob, 20_000 * USD);
        // Bob's sale leaves quote to the maker that Alice's does not.
        sell(bob, address(shb), 20e18);
        sell(alice, address(shb), 10e18);
        _checkDeleverage(2300e18, 10e18);
        assertEq(sizeOf(address(shb)), 20e18);
    }

    function _assertNoHookFailed() private {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            _logs.push(logs[i]);
        }
        for (uint256 i = 0; i < _logs.length; ++i) {
            assertTrue(_logs[i].topics[0] != IForcedChanges.ForcedHookFailed.selector, "the hook failed");
        }
    }

    /// @dev Base lost to fees and shortages, WAD, which has the base token's decimals here.
    function _shortages() private view returns (uint256 sum) {
        for (uint256 i = 0; i < _logs.length; ++i) {
            bytes32 topic = _logs[i].topics[0];
            if (topic != ISpotHedgeVault.HedgeShortage.selector && topic != ISpotHedgeVault.HedgeUnderfunded.selector) {
                continue;
            }
            sum += abi.decode(_logs[i].data, (uint256));
        }
    }

    /// @dev Deleverages all of Alice's position at `price`, where the pool is too. Of the base that the maker owes,
    /// each part is bought, recorded as a gap, or lost: base that the quote does not pay for is no gap.
    function _checkDeleverage(uint256 price, uint256 size) private {
        uint256 heldBefore = shb.assetBalance();
        skip(1);
        setPrice(price);
        spot.moveTo(price);
        backstop.flagShortfall(market, alice);
        skip(1 hours);
        setPrice(price);
        vm.recordLogs();
        address[] memory makers = house.makersOf(market);
        vm.prank(keeper);
        assertEq(backstop.deleverage(market, alice, makers), size);
        _assertNoHookFailed();
        uint256 gap = uint256(int256(shb.hedgeGap()));
        assertEq(shb.assetBalance() - heldBefore + gap + _shortages(), size, "bought, still to be bought, or lost");
    }
}
