// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IMarketSettings} from "../../src/interfaces/IMarketSettings.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

contract VaultCreateMarketTest is ExchangeTest {
    function test_CreateMarket_RevertIf_ItExists() public {
        vm.expectRevert(abi.encodeWithSelector(IMarketSettings.MarketExists.selector, market));
        vm.prank(address(house));
        vault.createMarket(market, 100_000, 62_500, 14);
    }

    function test_CreateMarket_RevertIf_IndicesAreTooFine() public {
        vm.startPrank(address(house));
        vm.expectRevert(abi.encodeWithSelector(IMarketSettings.InvalidFeeIndexDecimals.selector, 31, 30));
        vault.createMarket(2, 100_000, 62_500, 31);
        vault.createMarket(2, 100_000, 62_500, 30);
        vm.stopPrank();
        assertEq(d.lens.marketOf(2).feeIndexDecimals, 30);
    }
}
