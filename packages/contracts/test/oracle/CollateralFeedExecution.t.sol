// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {PythErrors} from "@pythnetwork/pyth-sdk-solidity/PythErrors.sol";
import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {Order, OrderRequest} from "../../src/types/Order.sol";
import {orderTerms} from "../utils/Orders.sol";
import {CollateralFeedFixture} from "./CollateralFeedFixture.sol";

/// @dev Execution prices of both feeds.
contract PythOracleCollateralExecutionTest is CollateralFeedFixture {
    uint256 private constant AT = START + 10;

    function setUp() public override {
        super.setUp();
        vm.warp(AT + 5);
    }

    function test_Execution_TakesBothFirstPricesOutOfTheSameData() public {
        uint256 float = address(oracle).balance;
        assertEq(oracle.beginExecution(market, both(2100e8, 0.5e8, AT), AT, AT + 10).unwrap(), 4200e18);
        assertEq(priceNow(), 4200e18);
        assertEq(float - address(oracle).balance, 2);
        oracle.endExecution();
    }

    /// @dev T36: each part is stored if it is newer than the stored one.
    function test_T36_Execution_StoresBothParts() public {
        oracle.beginExecution(market, both(2100e8, 0.5e8, AT), AT, AT + 10);
        oracle.endExecution();
        assertEq(priceNow(), 4200e18);
        assertEq(pyth.getPriceUnsafe(FEED).publishTime, AT);
        assertEq(pyth.getPriceUnsafe(USDC).publishTime, AT);
        bytes[] memory data = both(2200e8, 1e8, AT + 1);
        data[1] = raw(USDC, 1e8, 0, AT, AT - 1);
        oracle.beginCurrent(market, data, AT);
        oracle.endExecution();
        assertEq(priceNow(), 4400e18, "the collateral's price of that second remains");
    }

    /// @dev T15: a caller can choose neither of the two prices.
    function test_T15_RevertIf_EitherIsNotTheFirst() public {
        for (uint256 i = 0; i < 2; ++i) {
            bytes[] memory data = both(2100e8, 1e8, AT + 1);
            bytes32 other = i == 0 ? FEED : USDC;
            data[i] = raw(other, i == 0 ? int64(2100e8) : int64(1e8), 0, AT + 1, AT);
            data[1 - i] = raw(i == 0 ? USDC : FEED, i == 0 ? int64(1e8) : int64(2100e8), 0, AT + 1, AT - 1);
            vm.expectRevert(abi.encodeWithSelector(PythErrors.PriceFeedNotFoundWithinRange.selector));
            oracle.beginExecution(market, data, AT, AT + 10);
        }
    }

    /// @dev T17: the price of the base alone is not enough.
    function test_T17_RevertIf_CollateralIsMissing() public {
        bytes[] memory data = new bytes[](1);
        data[0] = raw(FEED, 2100e8, 0, AT, AT - 1);
        vm.expectRevert(abi.encodeWithSelector(PythErrors.PriceFeedNotFoundWithinRange.selector));
        oracle.beginExecution(market, data, AT, AT + 10);
    }

    function test_Execution_RevertIf_CollateralIsOlderThanItsMaxExecutionAge() public {
        vm.warp(AT + 61);
        bytes[] memory data = both(2100e8, 1e8, AT);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.StalePrice.selector, FEED, AT, AT + 1));
        oracle.beginExecution(market, data, AT, AT + 10);
        data[0] = raw(FEED, 2100e8, 0, AT + 1, AT - 1);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.StalePrice.selector, USDC, AT, AT + 1));
        oracle.beginExecution(market, data, AT, AT + 10);
    }

    /// @dev T37: the two first prices of the window are valid, and too far apart.
    function test_T37_Execution_RevertIf_PartsArePublishedTooFarApart() public {
        vm.warp(AT + 20);
        bytes[] memory data = both(2100e8, 1e8, AT);
        data[1] = raw(USDC, 1e8, 0, AT + 11, AT - 1);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.PartsApart.selector, AT, AT + 11, 10));
        oracle.beginExecution(market, data, AT, AT + 20);
        data[1] = raw(USDC, 1e8, 0, AT + 10, AT - 1);
        oracle.beginExecution(market, data, AT, AT + 20);
        oracle.endExecution();
    }

    function test_Gateway_ExecutesAtThePriceInCollateral() public {
        addMargin(alice, 100_000 * USD);
        vm.deal(alice, 1 ether);
        vm.prank(alice);
        vault.setOperator(address(gateway), true);
        OrderRequest memory request =
            OrderRequest(address(om), false, false, false, false, false, market, 1e18, type(uint256).max);
        vm.prank(alice);
        uint256 id = gateway.createOrder{value: 0.0001 ether}(request);
        // The bond is in collateral too.
        (, uint256 bond) = vault.escrowOf(alice, address(gateway));
        Order memory order = orderTerms(alice, request, timestamp(), 0.0001 ether);
        order.bondXCD = uint128(bond);
        skip(3);
        bytes[] memory data = both(2000e8, 0.8e8, order.executableAt);
        vm.prank(keeper);
        assertTrue(gateway.executeOrder(id, order, data));
        // 2,500 and the maker's spread for one base of a cap of 500.
        assertEq(positionOf(alice).openNotional.unwrap(), -2500.025e18);
    }
}
