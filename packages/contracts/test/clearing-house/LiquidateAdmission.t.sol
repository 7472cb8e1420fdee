// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse, LiquidationParams} from "../../src/interfaces/IClearingHouse.sol";
import {IForcedChanges} from "../../src/interfaces/IForcedChanges.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {ZeroAmount} from "../../src/types/Errors.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {LadderTest} from "../utils/LadderTest.sol";
import {notLiquidatable} from "../utils/Reverts.sol";

/// @dev Which accounts can be liquidated, by which callers and in which state of the market.
contract ClearingHouseLiquidateAdmissionTest is LadderTest {
    function test_RevertIf_ExactlyAtMaintenance() public {
        long(alice, 100_000 * USD, 500e18);
        jump(1920e18);
        assertEq(valueOf(alice), 60_000e18);
        vm.expectRevert(notLiquidatable(alice, 60_000e18, 60_000e18));
        takeOver(alice);
    }

    function test_OnePriceStepBelowMaintenance() public {
        long(alice, 100_000 * USD, 500e18);
        jump(1920e18 - 1e10);
        takeOver(alice);
        assertEq(sizeOf(alice), 250e18);
        assertLaws();
    }

    function test_RevertIf_FlatOrUnknown() public {
        vm.expectRevert(notLiquidatable(bob, 0, 0));
        takeOver(bob);
        LiquidationParams memory p = params(bob, address(0));
        p.marketId = 7;
        _checkRefused(keeper, p, abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, 7, MarketStatus.None));
    }

    function test_RevertIf_AmountIsZero() public {
        LiquidationParams memory p = _liquidatable();
        p.amount = 0;
        _checkRefused(keeper, p, abi.encodeWithSelector(ZeroAmount.selector));
    }

    function test_RevertIf_LiquidatorIsAccount() public {
        LiquidationParams memory p = _liquidatable();
        p.liquidator = alice;
        _checkRefused(alice, p, abi.encodeWithSelector(IClearingHouse.LiquidatorIsAccount.selector, alice));
    }

    function test_RevertIf_CallerIsNotTheLiquidatorsOperator() public {
        LiquidationParams memory p = _liquidatable();
        _checkRefused(stranger, p, abi.encodeWithSelector(IVault.NotAuthorized.selector, keeper, stranger));
        vm.prank(keeper);
        vault.setOperator(stranger, true);
        liquidateAs(stranger, p);
        assertGt(sizeOf(keeper), 0);
        assertFlatAndEmpty(stranger);
    }

    function test_RevertIf_LiquidatorIsAMaker() public {
        LiquidationParams memory p = _liquidatable();
        p.liquidator = maker;
        _checkRefused(maker, p, abi.encodeWithSelector(IClearingHouse.TakerIsMaker.selector, maker));
    }

    function test_RevertIf_MakerIsTheAccount() public {
        addMargin(bob, 1_000_000 * USD);
        buy(bob, maker, 5000e18);
        jump(2150e18);
        LiquidationParams memory p = params(maker, maker);
        _checkRefused(keeper, p, abi.encodeWithSelector(IClearingHouse.TakerIsMaker.selector, maker));
    }

    function test_RevertIf_MakerIsUnknownOrOfAnotherMarket() public {
        long(alice, 20_000 * USD, 100e18);
        jump(1850e18);
        LiquidationParams memory p = params(alice, bob);
        _checkRefused(keeper, p, abi.encodeWithSelector(IClearingHouse.UnknownMaker.selector, bob, market, 0));
    }

    function test_RevertIf_Paused() public {
        long(alice, 20_000 * USD, 100e18);
        jump(1850e18);
        setStatus(MarketStatus.Paused);
        vm.expectRevert(abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, market, MarketStatus.Paused));
        takeOver(alice);
    }

    /// @dev A reduce-only market liquidates also where this opens a position for the liquidator, because an account
    /// that cannot be liquidated would lose more.
    function test_ReduceOnlyMarket_IsLiquidated() public {
        long(alice, 20_000 * USD, 100e18);
        jump(1850e18);
        setStatus(MarketStatus.ReduceOnly);
        takeOver(alice);
        assertGt(sizeOf(keeper), 0);
    }

    function test_RevertIf_PriceIsStale() public {
        long(alice, 20_000 * USD, 100e18);
        jump(1850e18);
        skip(61);
        vm.expectRevert();
        takeOver(alice);
    }

    /// @dev T26: an execution price at which the account would be below maintenance does not liquidate it.
    function test_T26_ExecutionPriceIsNotUsed() public {
        long(alice, 20_000 * USD, 100e18);
        skip(5);
        setPrice(START_PRICE);
        bytes[] memory update = new bytes[](1);
        update[0] = priceUpdate(1850e18, timestamp() - 2, timestamp() - 3);
        vm.prank(owner());
        oracle.setExecutor(address(this), true);
        oracle.beginExecution(market, update, timestamp() - 2, timestamp());
        vm.expectRevert(notLiquidatable(alice, 20_000e18, 12_500e18));
        takeOver(alice);
        oracle.endExecution();
    }

    /// @dev Pending fees count before they are settled.
    function test_PendingFundingCounts() public {
        setFastFunding(1e13, 1e18);
        feeDust = 10;
        long(alice, 20_000 * USD, 100e18);
        // 100 base pay 2 per second at the highest rate, which is reached within a minute.
        skip(18 + 3000);
        setPrice(START_PRICE);
        vm.expectPartialRevert(IClearingHouse.NotLiquidatable.selector);
        takeOver(alice);
        skip(1000);
        setPrice(START_PRICE);
        int256 value = valueOf(alice);
        assertApproxEqAbs(value, 12_000e18, 5e18);
        takeOver(alice);
        assertEq(valueOf(alice), value - 2500e18);
        assertLaws();
    }

    function test_RetiredMaker_OnlyReduces() public {
        long(alice, 20_000 * USD, 100e18);
        short(bob, 20_000 * USD, 50e18);
        // The stub is short 50.
        jump(1850e18);
        vm.prank(owner());
        house.retireMaker(maker);
        LiquidationParams memory p = params(alice, maker);
        _checkRefused(keeper, p, abi.encodeWithSelector(IClearingHouse.MakerIsRetired.selector, maker));
        p.amount = 50e18;
        liquidateAs(keeper, p);
        assertEq(sizeOf(maker), 0);
        assertLaws();
    }

    /// @dev Alice is long 100 and below maintenance. Returns the keeper's liquidation.
    function _liquidatable() private returns (LiquidationParams memory) {
        long(alice, 20_000 * USD, 100e18);
        jump(1850e18);
        return params(alice, address(0));
    }

    function _checkRefused(address caller, LiquidationParams memory p, bytes memory reason) private {
        vm.expectRevert(reason);
        liquidateAs(caller, p);
    }
}
