// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev Alice has 10,000 of margin. The initial requirement of 10 base at 2,000 is 2,000.
abstract contract VaultMarginTest is ExchangeTest {
    function setUp() public virtual override {
        super.setUp();
        addMargin(alice, 10_000 * USD);
    }

    function _remove(address account, uint256 amountXCD) internal {
        vm.prank(account);
        vault.transferMarginToFund(market, account, amountXCD);
    }

    /// @dev Alice realises a profit beyond the market's balance, which is returned.
    function _winMoreThanTheMarketHolds() internal returns (uint256 held) {
        addMargin(alice, 900_000 * USD);
        buy(alice, address(om), 490e18);
        skip(1);
        setPrice(8000e18);
        close(alice, address(om));
        return d.lens.marketOf(market).balance;
    }
}
