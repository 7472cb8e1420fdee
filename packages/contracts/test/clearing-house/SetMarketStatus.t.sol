// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {IMarketAdmin} from "../../src/interfaces/IMarketAdmin.sol";
import {GRACE_PERIOD, MarketStatus} from "../../src/types/Market.sol";
import {StubMaker} from "../utils/StubMaker.sol";
import {MarketStatusTest} from "./MarketStatusTest.sol";

/// @dev The status of a market, and what opening it requires.
contract ClearingHouseSetMarketStatusTest is MarketStatusTest {
    /// @dev Every change of every status by owner, guardian and another account: the owner sets any of the three, the
    /// guardian a stricter one.
    function test_Status_OwnerSetsAny_GuardianTightens_OthersNothing() public {
        address[3] memory callers = [owner(), guardian, stranger];
        for (uint8 from = 1; from <= 3; ++from) {
            for (uint8 to = 0; to <= 4; ++to) {
                for (uint256 i = 0; i < 3; ++i) {
                    bool isValid = to != 0 && to != 4 && (i == 0 || (i == 1 && to > from));
                    _checkChange(callers[i], MarketStatus(from), MarketStatus(to), isValid, false);
                    _checkChange(callers[i], MarketStatus(from), MarketStatus(to), isValid, true);
                }
            }
        }
    }

    function test_Settled_IsFinal() public {
        vm.expectEmit(address(house));
        emit IMarketAdmin.MarketStatusSet(market, MarketStatus.Settled);
        vm.prank(address(backstop));
        house.markSettled(market);
        vm.startPrank(owner());
        for (uint8 to = 0; to <= 4; ++to) {
            bytes memory refusal = abi.encodeWithSelector(
                IMarketAdmin.InvalidStatusChange.selector, owner(), MarketStatus.Settled, MarketStatus(to)
            );
            vm.expectRevert(refusal);
            house.setMarketStatus(market, MarketStatus(to));
        }
        // A change of the system's status does not reopen the market.
        house.setSystemStatus(MarketStatus.Paused);
        house.setSystemStatus(MarketStatus.Active);
        vm.stopPrank();
        _check(market, MarketStatus.Settled);
        assertTrue(d.lens.feeStateOf(market).isFrozen());
    }

    function test_Open_RevertIf_NoMakerQuotesBothSides() public {
        uint256 second = _createMarket();
        _check(second, MarketStatus.ReduceOnly);
        bytes memory refusal = abi.encodeWithSelector(IMarketAdmin.NoMakerForBothSides.selector, second);
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

    /// @dev The base vault quotes the long side only.
    function test_Open_RevertIf_RemainingMakerQuotesOneSide() public {
        vm.startPrank(owner());
        house.retireMaker(address(om));
        house.setMarketStatus(market, MarketStatus.ReduceOnly);
        vm.expectRevert(abi.encodeWithSelector(IMarketAdmin.NoMakerForBothSides.selector, market));
        house.setMarketStatus(market, MarketStatus.Active);
        vm.stopPrank();
    }

    function _checkChange(address caller, MarketStatus from, MarketStatus to, bool isValid, bool isSystem) private {
        uint256 snapshot = vm.snapshotState();
        vm.prank(owner());
        if (isSystem) house.setSystemStatus(from);
        else house.setMarketStatus(market, from);
        if (isValid) {
            vm.expectEmit(address(house));
            if (isSystem) emit IMarketAdmin.SystemStatusSet(to);
            else emit IMarketAdmin.MarketStatusSet(market, to);
        } else {
            vm.expectRevert(abi.encodeWithSelector(IMarketAdmin.InvalidStatusChange.selector, caller, from, to));
        }
        vm.prank(caller);
        if (isSystem) house.setSystemStatus(to);
        else house.setMarketStatus(market, to);
        skip(GRACE_PERIOD);
        _check(market, isValid ? to : from);
        vm.revertToState(snapshot);
    }

    function test_SetMarketStatus_RevertIf_Invalid() public {
        vm.startPrank(owner());
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.InvalidMarketId.selector, 2, 2));
        house.setMarketStatus(2, MarketStatus.Paused);
        vm.expectRevert(
            abi.encodeWithSelector(
                IMarketAdmin.InvalidStatusChange.selector, owner(), MarketStatus.Active, MarketStatus.None
            )
        );
        house.setMarketStatus(market, MarketStatus.None);
        vm.expectEmit(address(house));
        emit IMarketAdmin.MarketStatusSet(market, MarketStatus.ReduceOnly);
        house.setMarketStatus(market, MarketStatus.ReduceOnly);
        vm.stopPrank();
    }
}
