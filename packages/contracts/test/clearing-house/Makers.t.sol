// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse, MarketParams} from "../../src/interfaces/IClearingHouse.sol";
import {IOracleMaker} from "../../src/interfaces/IOracleMaker.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {FeeMath} from "../../src/libraries/FeeMath.sol";
import {MarketLedger} from "../../src/types/Market.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {StubMaker} from "../utils/StubMaker.sol";

/// @dev Makers come, retire and go, and their capacities with them.
contract MakersTest is ExchangeTest {
    StubMaker private stub;

    function setUp() public override {
        super.setUp();
        addMargin(alice, 100_000 * USD);
        stub = _newMaker();
    }

    // ------------------------------------------------------------------------------------------------- registry ----

    function test_Register_RevertIf_TooMany() public {
        while (house.makersOf(market).length < 16) _newMaker();
        StubMaker last = new StubMaker(vault, market, START_PRICE);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.TooManyMakers.selector, market, 16));
        vm.prank(owner());
        house.registerMaker(address(last));
        // Room again for each that leaves.
        _retireAndRemove(address(stub));
        vm.prank(owner());
        house.registerMaker(address(last));
        assertEq(house.makersOf(market)[15], address(last));
    }

    function test_Remove_KeepsTheOrderOfRegistration() public {
        address second = address(_newMaker());
        address third = address(_newMaker());
        _retireAndRemove(address(stub));
        _checkMakers([address(om), address(shb), second, third]);
        assertEq(house.marketOfMaker(address(stub)), 0);
        assertFalse(house.isRetired(address(stub)));
        _retireAndRemove(third);
        vm.prank(owner());
        house.registerMaker(address(stub));
        _checkMakers([address(om), address(shb), second, address(stub)]);
        assertEq(house.marketOfMaker(address(stub)), market);
        assertFalse(house.isRetired(address(stub)), "retirement does not survive");
        assertTrue(vault.positionOf(market, address(stub)).isMaker);
    }

    function test_Remove_RevertIf_NotRetiredOrUnknown() public {
        vm.startPrank(owner());
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.MakerNotRetired.selector, address(stub)));
        house.removeMaker(address(stub));
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.MakerNotRetired.selector, stranger));
        house.removeMaker(stranger);
        vm.stopPrank();
    }

    function test_Remove_RevertIf_NotFlat() public {
        sell(alice, address(stub), 1e18);
        vm.startPrank(owner());
        house.retireMaker(address(stub));
        vm.expectRevert(abi.encodeWithSelector(IVault.MakerNotFlat.selector, address(stub), 1e18));
        house.removeMaker(address(stub));
        vm.stopPrank();
        assertEq(house.makersOf(market).length, 3);
        close(alice, address(stub));
        vm.expectEmit(address(house));
        emit IClearingHouse.MakerRemoved(market, address(stub));
        vm.prank(owner());
        house.removeMaker(address(stub));
        assertFalse(vault.positionOf(market, address(stub)).isMaker);
        // What it owns stays its own.
        assertEq(marginOf(address(stub)), 1_000_000e18);
    }

    /// @dev A removed maker is nobody's counterparty.
    function test_Removed_RevertIf_Traded() public {
        _retireAndRemove(address(stub));
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.UnknownMaker.selector, address(stub), market, 0));
        buy(alice, address(stub), 1e18);
    }

    // ----------------------------------------------------------------------------------------------- retirement ----

    function test_Retire_OwnerOrGuardian() public {
        vm.prank(owner());
        house.setGuardian(keeper);
        vm.expectEmit(address(house));
        emit IClearingHouse.MakerRetired(market, address(stub));
        vm.prank(keeper);
        house.retireMaker(address(stub));
        assertTrue(house.isRetired(address(stub)));
        vm.prank(owner());
        house.retireMaker(address(om));
        assertTrue(house.isRetired(address(om)));
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.UnknownMaker.selector, stranger, 0, 0));
        vm.prank(owner());
        house.retireMaker(stranger);
    }

    /// @dev Its exposure can only shrink, whichever side it is on; a turn is an increase.
    function test_Retired_TakesReductionsOfItsExposureOnly() public {
        addMargin(bob, 100_000 * USD);
        sell(alice, address(stub), 3e18);
        buy(bob, address(om), 1e18);
        _retire(address(stub));
        bytes memory refusal = abi.encodeWithSelector(IClearingHouse.MakerIsRetired.selector, address(stub));
        vm.expectRevert(refusal);
        sell(alice, address(stub), 1);
        // From somebody who reduces, too.
        vm.expectRevert(refusal);
        sell(bob, address(stub), 1e18);
        vm.expectRevert(refusal);
        buy(alice, address(stub), 3e18 + 1);
        // Somebody who increases may reduce it.
        buy(bob, address(stub), 1e18);
        close(alice, address(om));
        buy(alice, address(stub), 2e18);
        assertEq(sizeOf(address(stub)), 0);
        vm.expectRevert(refusal);
        buy(alice, address(stub), 1);
    }

    function test_Retired_ShortMaker() public {
        buy(alice, address(stub), 2e18);
        _retire(address(stub));
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.MakerIsRetired.selector, address(stub)));
        buy(alice, address(stub), 1);
        sell(alice, address(stub), 2e18);
        assertEq(sizeOf(address(stub)), 0);
    }

    // ------------------------------------------------------------------------------------------------- capacity ----

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

    /// @dev Retirement does not take capacity away: idle makers count too. Removal does, and registration brings back
    /// what the maker can do by then.
    function test_Capacity_GoesWithRemovalAndComesWithRegistration() public {
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
        // Nobody counts it now.
        _setMaxPosition(200e18);
        _checkSums(100e18, 0);
        vm.prank(owner());
        house.registerMaker(address(om));
        _checkSums(300e18, 200e18);
        _checkCapacity(address(om), 200e18, 200e18);
    }

    function test_Capacity_StrangersHaveNone() public {
        vm.recordLogs();
        vm.prank(stranger);
        vault.setCapacity(market, 1e24, 1e24);
        assertEq(vm.getRecordedLogs().length, 0);
        _checkCapacity(stranger, 0, 0);
    }

    /// @dev A maker of one market is nobody in another.
    function test_Capacity_OfItsOwnMarketOnly() public {
        uint256 second = _createMarket();
        vm.prank(address(stub));
        vault.setCapacity(second, 5e18, 5e18);
        assertEq(d.lens.marketOf(second).makerLongCapacity, 0);
    }

    // -------------------------------------------------------------------------------------------------- helpers ----

    function _createMarket() private returns (uint256) {
        MarketParams memory params = config().market;
        vm.prank(owner());
        return house.createMarket(params);
    }

    function _newMaker() private returns (StubMaker maker) {
        maker = new StubMaker(vault, market, START_PRICE);
        vm.prank(owner());
        house.registerMaker(address(maker));
        maker.addMargin(1_000_000 * USD);
    }

    function _retire(address maker) private {
        vm.prank(owner());
        house.retireMaker(maker);
    }

    function _retireAndRemove(address maker) private {
        _retire(maker);
        vm.prank(owner());
        house.removeMaker(maker);
    }

    function _setMaxPosition(uint104 maxAbsPosition) private {
        IOracleMaker.Parameters memory p = om.parameters();
        p.maxAbsPosition = maxAbsPosition;
        vm.prank(owner());
        om.setParameters(p);
    }

    function _checkMakers(address[4] memory expected) private view {
        address[] memory makers = house.makersOf(market);
        assertEq(makers.length, 4);
        for (uint256 i = 0; i < 4; ++i) {
            assertEq(makers[i], expected[i]);
        }
    }

    function _checkCapacity(address maker, uint256 long, uint256 short) private view {
        (uint256 l, uint256 s) = vault.capacityOf(market, maker);
        assertEq(l, long);
        assertEq(s, short);
    }

    function _checkSums(uint256 long, uint256 short) private view {
        MarketLedger memory ledger = d.lens.marketOf(market);
        assertEq(ledger.makerLongCapacity * FeeMath.SCALE, long);
        assertEq(ledger.makerShortCapacity * FeeMath.SCALE, short);
    }
}
