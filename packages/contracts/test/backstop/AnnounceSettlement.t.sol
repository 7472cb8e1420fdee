// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IBackstop} from "../../src/interfaces/IBackstop.sol";
import {IForcedChanges} from "../../src/interfaces/IForcedChanges.sol";
import {NotEnoughGas} from "../../src/types/Errors.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {SettlementTest} from "./SettlementTest.sol";

/// @dev When settlement can be announced.
contract BackstopAnnounceSettlementTest is SettlementTest {
    function test_RevertIf_AnnouncedTooSoon() public {
        skip(DELAY - 1);
        vm.expectRevert(abi.encodeWithSelector(IBackstop.FeedAlive.selector, START, START + DELAY));
        backstop.announceSettlement(market, new bytes[](0));
        skip(1);
        uint256 dueAt = timestamp() + NOTICE;
        vm.expectEmit(address(backstop));
        emit IBackstop.SettlementAnnounced(market, dueAt, START_PRICE);
        backstop.announceSettlement(market, new bytes[](0));
        assertEq(backstop.settleableAt(market), dueAt);
    }

    function test_RevertIf_MarketIsUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, 7, MarketStatus.None));
        backstop.announceSettlement(7, new bytes[](0));
    }

    /// @dev A source that fails for lack of gas is not dead. The caller must bring enough gas for every source.
    function test_RevertIf_TheSourceIsAskedWithTooLittleGas() public {
        skip(3 days);
        uint256 floor = backstop.MIN_SOURCE_GAS();
        vm.expectPartialRevert(NotEnoughGas.selector);
        backstop.announceSettlement{gas: floor}(market, new bytes[](0));
        backstop.announceSettlement(market, new bytes[](0));
        assertEq(backstop.settleableAt(market), timestamp() + 1 days);
    }
}
