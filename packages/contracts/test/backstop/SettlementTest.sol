// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {LadderTest} from "../utils/LadderTest.sol";

/// @dev A market whose feed stops, its settlement, and withdrawals after it.
abstract contract SettlementTest is LadderTest {
    uint256 internal constant DELAY = 3 days;
    uint256 internal constant NOTICE = 1 days;

    /// @dev Three days without a price and a day of notice.
    function killFeed() internal {
        skip(DELAY);
        backstop.announceSettlement(market, new bytes[](0));
        skip(NOTICE);
    }

    function settleMarket() internal {
        killFeed();
        backstop.settleMarket(market);
    }

    function settle(address account) internal {
        vm.prank(stranger);
        backstop.settleAccount(market, account);
        assertLaws();
        assertEq(sizeOf(account), 0);
    }

    function takeOut(address account) internal {
        uint256 amount = uint256(marginOf(account)) / 1e12;
        vm.prank(account);
        vault.transferMarginToFund(market, account, amount);
    }
}
