// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse, MarketParams, Rule} from "../../src/interfaces/IClearingHouse.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {StubMaker} from "../utils/StubMaker.sol";

/// @dev What the owner sets up.
contract MarketsTest is ExchangeTest {
    function test_CreateMarket_CountsFromOne() public {
        MarketParams memory params = marketParams(200_000, 100_000, 50_000);
        vm.expectEmit(address(house));
        emit IClearingHouse.MarketCreated(2, params);
        vm.prank(owner());
        assertEq(house.createMarket(params), 2);
        assertEq(house.marketCount(), 2);
        assertEq(uint8(house.statusOf(2)), uint8(MarketStatus.ReduceOnly));
        assertEq(house.rulesOf(2).priceBand, 50_000);
        assertEq(d.lens.marketOf(2).initialMarginRatio, 200_000);
        assertEq(d.lens.marketOf(2).maintenanceMarginRatio, 100_000);
    }

    /// @dev T5: a trade inside the band must not cost more than the margin it leaves.
    function test_T5_RevertIf_BandIsNotBelowTheInitialMargin() public {
        MarketParams memory params;
        vm.startPrank(owner());
        params = marketParams(100_000, 62_500, 100_000);
        vm.expectRevert(
            abi.encodeWithSelector(IClearingHouse.RuleOutOfRange.selector, Rule.PriceBand, 100_000, 1, 99_999)
        );
        house.createMarket(params);
        params = marketParams(100_000, 62_500, 0);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.RuleOutOfRange.selector, Rule.PriceBand, 0, 1, 99_999));
        house.createMarket(params);
        vm.stopPrank();
    }

    function test_RevertIf_MarginRatiosAreInvalid() public {
        MarketParams memory params;
        vm.startPrank(owner());
        params = marketParams(100_000, 100_000, 50_000);
        vm.expectRevert(abi.encodeWithSelector(IVault.InvalidMarginRatios.selector, 100_000, 100_000));
        house.createMarket(params);
        params = marketParams(100_000, 0, 50_000);
        vm.expectRevert(abi.encodeWithSelector(IVault.InvalidMarginRatios.selector, 100_000, 0));
        house.createMarket(params);
        params = marketParams(1_000_001, 62_500, 50_000);
        vm.expectRevert(abi.encodeWithSelector(IVault.InvalidMarginRatios.selector, 1_000_001, 62_500));
        house.createMarket(params);
        vm.stopPrank();
    }

    function test_RegisterMaker_OnceForItsMarket() public {
        assertEq(house.marketOfMaker(address(om)), market);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.MakerExists.selector, address(om), market));
        vm.prank(owner());
        house.registerMaker(address(om));
    }

    function test_RegisterMaker_RevertIf_MarketIsUnknown() public {
        StubMaker stub = new StubMaker(vault, 2, START_PRICE);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.InvalidMarketId.selector, 2, 2));
        vm.prank(owner());
        house.registerMaker(address(stub));
    }

    /// @dev A taker that later calls itself a maker.
    function test_RegisterMaker_RevertIf_NotFlat() public {
        StubMaker stub = new StubMaker(vault, market, START_PRICE);
        stub.addMargin(10_000 * USD);
        vm.prank(owner());
        om.setValidSender(address(stub), true);
        buy(address(stub), address(om), 1e18);
        vm.expectRevert(abi.encodeWithSelector(IVault.MakerNotFlat.selector, address(stub), 1e18));
        vm.prank(owner());
        house.registerMaker(address(stub));
    }

    function test_SetMarketStatus_RevertIf_Invalid() public {
        vm.startPrank(owner());
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.InvalidMarketId.selector, 2, 2));
        house.setMarketStatus(2, MarketStatus.Paused);
        vm.expectRevert(
            abi.encodeWithSelector(
                IClearingHouse.InvalidStatusChange.selector, owner(), MarketStatus.Active, MarketStatus.None
            )
        );
        house.setMarketStatus(market, MarketStatus.None);
        vm.expectEmit(address(house));
        emit IClearingHouse.MarketStatusSet(market, MarketStatus.ReduceOnly);
        house.setMarketStatus(market, MarketStatus.ReduceOnly);
        vm.stopPrank();
    }
}
