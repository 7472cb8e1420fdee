// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev A flat base vault reverted withdrawals in kind when the price was stale.
contract FlatVaultWithdrawalNeedsPriceTest is ExchangeTest {
    function test_FlatVault_PaysOutWithoutAPrice() public {
        ISpotHedgeVault.Parameters memory p = shb.parameters();
        p.spread = 1000;
        vm.prank(owner());
        shb.setParameters(p);
        addMargin(alice, 5_000 * USD);
        sell(alice, address(shb), 1e18);
        close(alice, address(shb));
        assertEq(sizeOf(address(shb)), 0);
        vm.warp(timestamp() + 1 days);
        uint256 s = shb.balanceOf(lp);
        vm.prank(lp);
        shb.withdraw(s);
    }
}
