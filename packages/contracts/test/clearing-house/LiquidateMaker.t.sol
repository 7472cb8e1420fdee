// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {LiquidationParams} from "../../src/interfaces/IClearingHouse.sol";
import {IForcedChanges} from "../../src/interfaces/IForcedChanges.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {NotEnoughGas} from "../../src/types/Errors.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {LadderTest} from "../utils/LadderTest.sol";

/// @dev Makers are liquidated like other accounts (T9).
contract ClearingHouseLiquidateMakerTest is LadderTest {
    /// @dev T9: after a jump the maker is below maintenance, and an account with enough margin takes its position over.
    function test_T9_OracleMakerIsTakenOver() public {
        addMargin(alice, 200_000 * USD);
        buy(alice, address(om), 500e18);
        fund(keeper, 10_000_000 * USD);
        jump(3800e18);
        int256 value = valueOf(address(om));
        assertGt(value, 59_375e18);
        (uint256 base,) = takeOver(address(om));
        assertEq(base, 250e18);
        assertEq(sizeOf(address(om)), -250e18);
        assertEq(valueOf(address(om)), value - 23_750e18);
        assertLaws();
        // The winner realises its profit on the part for which the maker still is the counterparty.
        sell(alice, address(om), 250e18);
        assertEq(sizeOf(address(om)), 0);
        assertLaws();
    }

    /// @dev T9: insurance covers the shortfall of a maker too.
    function test_T9_InsolventOracleMaker_IsCoveredByInsurance() public {
        addMargin(alice, 200_000 * USD);
        buy(alice, address(om), 500e18);
        jump(4010.5e18);
        assertLt(valueOf(address(om)), 0);
        donate(1000 * USD);
        takeOver(address(om));
        assertFlatAndEmpty(address(om));
        assertEq(sizeOf(keeper), -500e18);
        assertLaws();
    }

    /// @dev A maker that its takers closed at a loss beyond its margin is flat and below zero. It has no position to
    /// deleverage, so that its debt is recorded at once.
    function test_FlatMakerBelowZero_IsBadDebt() public {
        long(alice, 1_000_000 * USD, 5000e18);
        jump(2300e18);
        close(alice, maker);
        assertEq(sizeOf(maker), 0);
        assertEq(marginOf(maker), -500_000e18);
        vm.expectEmit(address(house));
        emit IForcedChanges.BadDebtRecorded(market, maker, 500_000e18);
        takeOver(maker);
        assertFlatAndEmpty(maker);
        assertEq(insurance(), -500_000e18);
        assertEq(uint8(house.statusOf(market)), uint8(MarketStatus.ReduceOnly));
        assertLaws();
    }

    function test_RevertingHook_DoesNotPreventTheLiquidation() public {
        long(bob, 1_000_000 * USD, 5000e18);
        jump(2080e18);
        stub.setRevertsInHook(true);
        vm.expectEmit(address(house));
        emit IForcedChanges.ForcedHookFailed(market, maker, 2500e18, -2500 * 2080e18);
        takeOver(maker);
        assertEq(sizeOf(maker), -2500e18);
        assertLaws();
    }

    function test_RevertIf_GasOfTheHookIsTooLow() public {
        long(bob, 1_000_000 * USD, 5000e18);
        jump(2080e18);
        LiquidationParams memory p = params(maker, address(0));
        vm.prank(keeper);
        (bool done, bytes memory reason) = address(house).call{gas: 1_100_000}(abi.encodeCall(house.liquidate, (p)));
        assertFalse(done);
        assertEq(bytes4(reason), NotEnoughGas.selector);
    }
}

/// @dev A base vault whose margin is used up by funding fees.
contract ClearingHouseLiquidateBaseVaultTest is LadderTest {
    /// @dev Takers are long 400 of the stub and short 50 of the base vault, which pays them 60% of the highest rate of
    /// a day.
    function _payFunding(uint256 time) private {
        setFastFunding(1e13, 1e18);
        addMargin(bob, 20_000 * USD);
        sell(bob, address(shb), 50e18);
        spot.moveTo(2000e18);
        long(alice, 200_000 * USD, 400e18);
        skip(time);
        jumpWithPool(2000e18);
    }

    function test_BaseVault_IsTakenOver_BuysBackWhatItsMarginPays() public {
        // Fees of 95,000 to 96,000, of a margin of 100,000.
        _payFunding(95_500);
        int256 value = valueOf(address(shb));
        assertGt(value, 0);
        assertLt(value, 6250e18);
        (uint256 base,) = takeOver(address(shb));
        assertGt(base, 0);
        assertLe(sizeOf(address(shb)), 25e18);
        // While part of the position is open, no quote is left to buy base. Base lost to fees is no gap.
        assertEq(shb.hedgeGap(), 0);
        assertLe(int256(uint256(shb.assetBalance())) + sizeOf(address(shb)), 100e18);
    }

    function test_BaseVault_PoolIsOutOfBounds_RecordsTheGapAndClosesItLater() public {
        _payFunding(97_100);
        // At most half of the requirement, and more than the penalty.
        assertLe(valueOf(address(shb)) * 2, 6250e18);
        assertGt(valueOf(address(shb)), 2600e18);
        spot.moveTo(2100e18);
        takeOver(address(shb));
        assertEq(sizeOf(address(shb)), 0);
        assertEq(shb.hedgeGap(), 50e18);
        // The quote does not cover the price of the pool.
        vm.expectPartialRevert(IVault.InsufficientMargin.selector);
        shb.closeHedgeGap(type(uint256).max);

        spot.moveTo(2000e18);
        uint256 worth = uint256(marginOf(address(shb))) / 2000;
        shb.closeHedgeGap(type(uint256).max);
        assertEq(shb.hedgeGap(), 0);
        assertApproxEqRel(shb.assetBalance() - 50e18, worth, 0.006e18, "the whole rest of the margin");
        assertLt(marginOf(address(shb)), int256(worth * 2000 * 6 / 1000), "less the possible cost of the swap");
        vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.NoHedgeGap.selector));
        shb.closeHedgeGap(type(uint256).max);
    }
}
