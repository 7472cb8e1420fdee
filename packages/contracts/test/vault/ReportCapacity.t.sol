// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {MarketParams} from "../../src/interfaces/IMarketAdmin.sol";
import {IOracleMaker} from "../../src/interfaces/IOracleMaker.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {MarketLedger, MarketScalesLib} from "../../src/types/Market.sol";
import {MakerRegistryTest} from "../clearing-house/MakerRegistryTest.sol";
import {VaultFeesTest} from "./VaultFeesTest.sol";

/// @dev Capacities of makers and their sums in the market.
contract VaultReportCapacityTest is MakerRegistryTest {
    function test_Capacity_CountsEveryMakerOnce() public {
        _checkCapacity(address(om), 500e18, 500e18);
        _checkCapacity(address(shb), 100e18, 0);
        _checkCapacity(address(stub), 1e24, 1e24);
        _checkSums(1e24 + 600e18, 1e24 + 500e18);
    }

    function test_Capacity_FollowsParametersAndDeposits() public {
        _retireAndRemove(address(stub));
        vm.expectEmit(address(vault));
        emit IVault.CapacitySet(market, address(om), 300e18, 300e18);
        _setMaxPosition(300e18);
        _checkSums(400e18, 300e18);
        depositLp(lp, 0, 50e18);
        _checkSums(450e18, 300e18);
        vm.prank(lp);
        shb.withdraw(30e18);
        _checkSums(420e18, 300e18);
    }

    /// @dev Retirement keeps a maker's capacity, since idle makers count. Removal deducts it, and registration adds the
    /// capacity that the maker has by then.
    function test_Capacity_RemovedWithTheMaker_AddedAtRegistration() public {
        _retireAndRemove(address(stub));
        _retire(address(om));
        _checkSums(600e18, 500e18);
        _setMaxPosition(400e18);
        _checkSums(500e18, 400e18);
        vm.expectEmit(address(vault));
        emit IVault.CapacitySet(market, address(om), 0, 0);
        vm.prank(owner());
        house.removeMaker(address(om));
        _checkSums(100e18, 0);
        _checkCapacity(address(om), 0, 0);
        // The capacity of a removed maker does not count.
        _setMaxPosition(200e18);
        _checkSums(100e18, 0);
        vm.prank(owner());
        house.registerMaker(address(om));
        _checkSums(300e18, 200e18);
        _checkCapacity(address(om), 200e18, 200e18);
    }

    function test_Capacity_OfAnUnregisteredCaller_IsIgnored() public {
        vm.recordLogs();
        vm.prank(stranger);
        vault.reportCapacity(market, 1e24, 1e24);
        assertEq(vm.getRecordedLogs().length, 0);
        _checkCapacity(stranger, 0, 0);
    }

    /// @dev A report never reverts, because makers report in withdrawals: what the market's word has no room for is not counted.
    function test_Capacity_BeyondTheWord_IsCountedInPart() public {
        MarketLedger memory before = d.lens.marketOf(market);
        (uint256 long, uint256 short) = vault.capacityOf(market, address(om));
        vm.prank(address(om));
        vault.reportCapacity(market, type(uint128).max, 1e15 + 1);
        _checkSums(MarketScalesLib.MAX_SCALE, before.makerShortCapacity - short + 1e15);
        vm.prank(address(om));
        vault.reportCapacity(market, long, short);
        _checkSums(before.makerLongCapacity, before.makerShortCapacity);
    }

    /// @dev A maker has no capacity in another market.
    function test_Capacity_OfItsOwnMarketOnly() public {
        uint256 second = _createMarket();
        vm.prank(address(stub));
        vault.reportCapacity(second, 5e18, 5e18);
        assertEq(d.lens.marketOf(second).makerLongCapacity, 0);
    }

    function _createMarket() private returns (uint256) {
        MarketParams memory params = config().market;
        vm.prank(owner());
        return house.createMarket(params);
    }

    function _setMaxPosition(uint104 maxAbsPosition) private {
        IOracleMaker.Parameters memory p = om.parameters();
        p.maxAbsPosition = maxAbsPosition;
        vm.prank(owner());
        om.setParameters(p);
    }

    function _checkCapacity(address maker, uint256 long, uint256 short) private view {
        (uint256 l, uint256 s) = vault.capacityOf(market, maker);
        assertEq(l, long);
        assertEq(s, short);
    }

    function _checkSums(uint256 long, uint256 short) private view {
        MarketLedger memory ledger = d.lens.marketOf(market);
        assertEq(ledger.makerLongCapacity, long);
        assertEq(ledger.makerShortCapacity, short);
    }
}

/// @dev A change of capacity settles what has accrued at the old one.
contract VaultReportCapacityFeesTest is VaultFeesTest {
    /// @dev Doubling the capacity halves the borrowing fee from then on, and not before.
    function test_OracleMakerSetParameters_SettlesFirst() public {
        int256 before = _accrueBorrowingFee();
        // 500 and the other maker's 100 become 1,100 and 100.
        IOracleMaker.Parameters memory p = om.parameters();
        p.maxAbsPosition = 1100e18;
        vm.prank(owner());
        om.setParameters(p);
        _checkFeeIsHalved(before);
    }

    /// @dev The capacity of the base vault is what its LPs have deposited.
    function test_LpDeposit_SettlesFirst() public {
        int256 before = _accrueBorrowingFee();
        depositLp(lp, 0, 600e18);
        _checkFeeIsHalved(before);
    }

    function test_SetCapacity_ByAnUnregisteredCaller_IsIgnored() public {
        uint256 before = d.lens.ratesOf(market).makerLongCapacity;
        vm.prank(stranger);
        vault.reportCapacity(market, 1e30, 1e30);
        assertEq(d.lens.ratesOf(market).makerLongCapacity, before);
    }

    /// @dev T8: premium and utilization depend on a parameter, so that LP flows, profit and fees do not move them.
    function test_T8_QuotesDoNotMoveWithCollateral() public {
        sell(bob, address(om), 20e18);
        uint256 ask = om.getQuote(false, false, 10e18);
        uint256 bid = om.getQuote(true, true, 10e18);
        uint256 rate = d.lens.ratesOf(market).makerLongCapacity;
        int256 before = valueOf(bob);
        depositLp(lp, 500_000 * USD, 0);
        _pass(20 days);
        house.accrue(market);
        assertEq(om.getQuote(false, false, 10e18), ask);
        assertEq(om.getQuote(true, true, 10e18), bid);
        uint256 shares = om.balanceOf(lp) / 3;
        vm.prank(lp);
        om.withdraw(shares);
        assertEq(om.getQuote(false, false, 10e18), ask);
        assertEq(om.getQuote(true, true, 10e18), bid);
        assertEq(d.lens.ratesOf(market).makerLongCapacity, rate);
        close(bob, address(om));
        assertLe(valueOf(bob), before, "the attacker gained");
    }

    /// @dev Alice's borrowing fee of a day.
    function _accrueBorrowingFee() private returns (int256 borrowing) {
        sell(alice, address(om), 30e18);
        _pass(1 days);
        (, borrowing) = _pending(alice);
    }

    /// @dev The capacity was doubled: the accrued fee stays, and the next day costs half as much.
    function _checkFeeIsHalved(int256 accrued) private {
        (, int256 borrowing) = _pending(alice);
        assertEq(borrowing, accrued, "accrued fees stay");
        _pass(1 days);
        (, borrowing) = _pending(alice);
        assertApproxEqRel(borrowing - accrued, accrued / 2, 1e12);
    }
}
