// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev A flat base vault reverted withdrawals in kind when the price was stale.
contract FlatVaultWithdrawalNeedsPriceTest is ExchangeTest {
    function test_FlatVault_PaysOutWithoutAPrice() public {
        addMargin(alice, 5_000 * USD);
        sell(alice, address(shb), 1e18);
        close(alice, address(shb));
        assertEq(sizeOf(address(shb)), 0);
        vm.warp(timestamp() + 1 days);
        uint256 shares = shb.balanceOf(lp);
        vm.prank(lp);
        shb.withdraw(shares);
    }

    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        c.hedgeSpread = 1000;
    }
}
