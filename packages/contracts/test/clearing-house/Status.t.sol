// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse, MarketParams} from "../../src/interfaces/IClearingHouse.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {Quote} from "../../src/types/Units.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {StubMaker} from "../utils/StubMaker.sol";

/// @dev Status of markets and of the system.
contract StatusTest is ExchangeTest {
    address private guardian = makeAddr("guardian");

    function setUp() public override {
        super.setUp();
        vm.prank(owner());
        house.setGuardian(guardian);
    }

    // --------------------------------------------------------------------------------------------- who and what ----

    /// @dev Every change of every status by everybody: the owner sets any of the three, the guardian a stricter one.
    function test_Status_OwnerAnyGuardianTightensStrangerNothing() public {
        address[3] memory callers = [owner(), guardian, stranger];
        for (uint8 from = 1; from <= 3; ++from) {
            for (uint8 to = 0; to <= 4; ++to) {
                for (uint256 i = 0; i < 3; ++i) {
                    bool isAllowed = to != 0 && to != 4 && (i == 0 || (i == 1 && to > from));
                    _try(callers[i], MarketStatus(from), MarketStatus(to), isAllowed, false);
                    _try(callers[i], MarketStatus(from), MarketStatus(to), isAllowed, true);
                }
            }
        }
    }

    function test_Settled_IsFinal() public {
        vm.expectEmit(address(house));
        emit IClearingHouse.MarketStatusSet(market, MarketStatus.Settled);
        vm.prank(address(backstop));
        house.markSettled(market);
        vm.startPrank(owner());
        for (uint8 to = 0; to <= 4; ++to) {
            bytes memory refusal = abi.encodeWithSelector(
                IClearingHouse.InvalidStatusChange.selector, owner(), MarketStatus.Settled, MarketStatus(to)
            );
            vm.expectRevert(refusal);
            house.setMarketStatus(market, MarketStatus(to));
        }
        // Nor does the system's status revive it.
        house.setSystemStatus(MarketStatus.Paused);
        house.setSystemStatus(MarketStatus.Active);
        vm.stopPrank();
        _check(market, MarketStatus.Settled);
        assertTrue(d.lens.feeStateOf(market).isFrozen());
    }

    /// @dev A settled market does not become paused when the system does: it must settle its accounts.
    function test_Settled_BindsOverAPausedSystem() public {
        vm.prank(address(backstop));
        house.markSettled(market);
        vm.prank(guardian);
        house.setSystemStatus(MarketStatus.Paused);
        _check(market, MarketStatus.Settled);
    }

    // ---------------------------------------------------------------------------------------------------- system ----

    /// @dev The stricter of the two binds, for every pair, in every market.
    function test_System_StricterBinds() public {
        uint256 second = _openMarket();
        vm.startPrank(owner());
        for (uint8 own = 1; own <= 3; ++own) {
            house.setMarketStatus(second, MarketStatus(own));
            for (uint8 system = 1; system <= 3; ++system) {
                house.setSystemStatus(MarketStatus(system));
                _check(second, MarketStatus(own > system ? own : system));
                _check(market, MarketStatus(system));
                assertEq(uint8(house.rulesOf(second).systemStatus), system);
                assertEq(uint8(house.rulesOf(market).systemStatus), system);
                assertEq(d.lens.feeStateOf(second).isFrozen(), own == 3 || system == 3);
                assertEq(d.lens.feeStateOf(market).isFrozen(), system == 3);
                // A market's own change respects the system's.
                house.setMarketStatus(second, MarketStatus(own));
                _check(second, MarketStatus(own > system ? own : system));
                assertEq(d.lens.feeStateOf(second).isFrozen(), own == 3 || system == 3);
            }
        }
        vm.stopPrank();
    }

    function test_System_NewMarketsStartUnderIt() public {
        vm.startPrank(owner());
        house.setSystemStatus(MarketStatus.Paused);
        uint256 second = _createMarket();
        vm.startPrank(owner());
        _check(second, MarketStatus.Paused);
        assertTrue(d.lens.feeStateOf(second).isFrozen());
        house.setSystemStatus(MarketStatus.Active);
        vm.stopPrank();
        _check(second, MarketStatus.ReduceOnly);
        assertFalse(d.lens.feeStateOf(second).isFrozen());
    }

    function test_CreateMarket_RevertIf_TooMany() public {
        vm.startPrank(owner());
        house.setSystemStatus(MarketStatus.ReduceOnly);
        vm.stopPrank();
        while (house.marketCount() < 128) _createMarket();
        _check(128, MarketStatus.ReduceOnly);
        vm.prank(guardian);
        uint256 gas = gasleft();
        house.setSystemStatus(MarketStatus.Paused);
        assertLt(gas - gasleft(), 10_000_000, "the loop fits a block");
        _check(128, MarketStatus.Paused);
        MarketParams memory params = config().market;
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.TooManyMarkets.selector, 128));
        vm.prank(owner());
        house.createMarket(params);
    }

    // --------------------------------------------------------------------------------------------------- opening ----

    function test_Open_RevertIf_NoMakerQuotesBothSides() public {
        uint256 second = _createMarket();
        _check(second, MarketStatus.ReduceOnly);
        bytes memory refusal = abi.encodeWithSelector(IClearingHouse.NoMakerForBothSides.selector, second);
        vm.startPrank(owner());
        vm.expectRevert(refusal);
        house.setMarketStatus(second, MarketStatus.Active);
        StubMaker stub = new StubMaker(vault, second, START_PRICE);
        house.registerMaker(address(stub));
        house.setMarketStatus(second, MarketStatus.Active);
        house.setMarketStatus(second, MarketStatus.ReduceOnly);
        house.retireMaker(address(stub));
        vm.expectRevert(refusal);
        house.setMarketStatus(second, MarketStatus.Active);
        vm.stopPrank();
        _check(second, MarketStatus.ReduceOnly);
    }

    /// @dev The base vault goes long only.
    function test_Open_RevertIf_WhatIsLeftQuotesOneSide() public {
        vm.startPrank(owner());
        house.retireMaker(address(om));
        house.setMarketStatus(market, MarketStatus.ReduceOnly);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NoMakerForBothSides.selector, market));
        house.setMarketStatus(market, MarketStatus.Active);
        vm.stopPrank();
    }

    // ----------------------------------------------------------------------------------------------------- pause ----

    function test_Pause_NothingAccruesAndNothingIsMadeUpFor() public {
        vm.prank(owner());
        house.setFunding(market, 1e12, 2e8, 10e18);
        addMargin(alice, 10_000 * USD);
        buy(alice, address(om), 10e18);
        skip(100);
        vm.prank(guardian);
        house.setMarketStatus(market, MarketStatus.Paused);
        (int256 funding,) = vault.pendingFeesOf(market, alice);
        assertGt(funding, 0);
        skip(30 days);
        (int256 later,) = vault.pendingFeesOf(market, alice);
        assertEq(later, funding);
        vm.prank(owner());
        house.setMarketStatus(market, MarketStatus.Active);
        (later,) = vault.pendingFeesOf(market, alice);
        assertEq(later, funding);
        skip(1);
        (later,) = vault.pendingFeesOf(market, alice);
        assertGt(later, funding);
    }

    function test_Pause_FreezesMarginOfOpenPositionsOnly() public {
        addMargin(alice, 10_000 * USD);
        addMargin(bob, 500 * USD);
        buy(alice, address(om), 1e18);
        vm.prank(guardian);
        house.setSystemStatus(MarketStatus.Paused);
        bytes memory frozen = abi.encodeWithSelector(IVault.MarketFrozen.selector, market);
        vm.startPrank(alice);
        vm.expectRevert(frozen);
        vault.transferMarginToFund(market, alice, 1);
        vm.expectRevert(frozen);
        vault.withdrawMargin(market, 1, alice);
        vm.expectRevert(frozen);
        vault.freeMarginOf(market, alice);
        vm.stopPrank();
        vm.startPrank(bob);
        vault.transferMarginToFund(market, bob, 400 * USD);
        vault.withdrawMargin(market, 100 * USD, bob);
        vm.stopPrank();
        assertEq(marginOf(bob), 0);
    }

    /// @dev Section 13: claims, refunds and adding margin, in every status of market and system.
    function test_EveryStatus_FundsFlatAccountsAndAddingMargin() public {
        addMargin(bob, 100 * USD);
        buy(bob, address(om), 0.01e18);
        for (uint8 status = 1; status <= 3; ++status) {
            for (uint8 system = 1; system <= 3; ++system) {
                vm.startPrank(owner());
                house.setMarketStatus(market, MarketStatus(status));
                house.setSystemStatus(MarketStatus(system));
                vm.stopPrank();
                _useFundsAndMargin();
            }
        }
        vm.prank(address(backstop));
        house.markSettled(market);
        _useFundsAndMargin();
    }

    function _useFundsAndMargin() private {
        fund(alice, 10 * USD);
        addMargin(alice, 5 * USD);
        addMargin(bob, 5 * USD);
        vm.startPrank(alice);
        vault.transferMarginToFund(market, alice, 3 * USD);
        vault.withdrawMargin(market, 2 * USD, alice);
        vault.withdraw(7 * USD, alice);
        vault.donate(market, 1 * USD);
        vault.beginReceive(market);
        usd.mint(address(vault), 1 * USD);
        vault.endReceive();
        vault.transferMarginToFund(market, alice, 1 * USD);
        vm.stopPrank();
        assertEq(marginOf(alice), 0);
    }

    // -------------------------------------------------------------------------------------------------- helpers ----

    function _try(address caller, MarketStatus from, MarketStatus to, bool isAllowed, bool isSystem) private {
        uint256 snapshot = vm.snapshotState();
        vm.prank(owner());
        if (isSystem) house.setSystemStatus(from);
        else house.setMarketStatus(market, from);
        if (isAllowed) {
            vm.expectEmit(address(house));
            if (isSystem) emit IClearingHouse.SystemStatusSet(to);
            else emit IClearingHouse.MarketStatusSet(market, to);
        } else {
            vm.expectRevert(abi.encodeWithSelector(IClearingHouse.InvalidStatusChange.selector, caller, from, to));
        }
        vm.prank(caller);
        if (isSystem) house.setSystemStatus(to);
        else house.setMarketStatus(market, to);
        _check(market, isAllowed ? to : from);
        vm.revertToState(snapshot);
    }

    function _createMarket() private returns (uint256) {
        MarketParams memory params = config().market;
        vm.stopPrank();
        vm.prank(owner());
        return house.createMarket(params);
    }

    function _openMarket() private returns (uint256 id) {
        id = _createMarket();
        StubMaker stub = new StubMaker(vault, id, START_PRICE);
        vm.startPrank(owner());
        house.registerMaker(address(stub));
        house.setMarketStatus(id, MarketStatus.Active);
        vm.stopPrank();
    }

    function _check(uint256 id, MarketStatus status) private view {
        assertEq(uint8(house.statusOf(id)), uint8(status));
    }
}
