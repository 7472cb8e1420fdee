// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {OrderGateway} from "../../src/gateways/OrderGateway.sol";
import {IClearingHouse, LiquidationParams} from "../../src/interfaces/IClearingHouse.sol";
import {Order, OrderRequest} from "../../src/types/Order.sol";
import {orderRequest, orderTerms} from "../utils/Orders.sol";
import {SignedOrderTest} from "../gateways/signed/SignedOrderTest.sol";

/// @dev T44: a keeper liquidates an account before it executes the account's own close. The close finds nothing to reduce,
/// and the account paid its bond in addition to the penalty. A failure that a forced change causes costs no bond.
contract LiquidatedBeforeItsOwnCloseTest is SignedOrderTest {
    uint256 private constant SIZE = 200e18;

    uint256 private _id;
    Order private _order;

    function setUp() public override {
        super.setUp();
        vm.startPrank(alice);
        vault.setOperator(address(gateway), true);
        vault.transferMarginToFund(market, alice, 55_000 * USD);
        vm.stopPrank();
        fund(keeper, 1_000_000 * USD);
        addMargin(keeper, 500_000 * USD);
        buy(alice, address(om), SIZE);
    }

    function test_T44_LiquidatedBeforeItsOwnClose_KeepsItsBond() public {
        _createClose();
        vm.warp(_order.executableAt);
        setPrice(1780e18);
        _liquidate();
        assertEq(house.liquidatedSince(market, alice, timestamp() - 1), SIZE);
        (uint256 escrow,) = vault.escrowOf(alice, address(gateway));
        int256 lps = valueOf(address(om));
        assertFalse(_execute(true));
        assertEq(valueOf(address(om)), lps, "LPs receive no bond");
        assertEq(keeper.balance, FEE);
        vm.prank(alice);
        assertEq(vault.withdrawEscrow(address(gateway)), escrow, "the bond is free");
    }

    /// @dev The first order to reduce opens the record, so that liquidations of accounts without orders write none.
    function test_Liquidation_OfAnAccountWithoutOrders_IsNotRecorded() public {
        setPrice(1780e18);
        _liquidate();
        assertEq(house.liquidatedSince(market, alice, 0), 0);
        house.recordLiquidations(market, alice);
        assertEq(house.liquidatedSince(market, alice, timestamp()), 0, "nothing after it was opened");
    }

    /// @dev A liquidation of a part: the order closes the rest, and its bond is free.
    function test_T44_LiquidatedInPart_TheRestCostsNoBond() public {
        _createClose();
        vm.warp(_order.executableAt);
        setPrice(1790e18);
        _liquidate(SIZE / 4);
        (uint256 escrow,) = vault.escrowOf(alice, address(gateway));
        assertTrue(_execute(1790e18));
        assertEq(sizeOf(alice), 0);
        vm.prank(alice);
        assertEq(vault.withdrawEscrow(address(gateway)), escrow, "the bond is free");
    }

    /// @dev The account has a little of its position liquidated by another account of its own, and trades the rest away.
    function test_T44_LiquidatedALittle_TheRestCostsItsBond() public {
        _createClose();
        vm.warp(_order.executableAt);
        setPrice(1780e18);
        _liquidate(SIZE / 100);
        close(alice, address(om));
        int256 lps = valueOf(address(om));
        assertFalse(_execute(true));
        assertEq(valueOf(address(om)), lps + int256(uint256(_order.bondXCD) * 99 / 100) * 1e12);
        (, uint256 bound) = vault.escrowOf(alice, address(gateway));
        assertEq(bound, 0);
    }

    /// @dev An account that closes by another trade pays, also when a liquidation has closed an earlier position.
    function test_T44_OwnCloseAfterAnEarlierLiquidation_CostsTheBond() public {
        skip(1);
        setPrice(1780e18);
        _liquidate();
        addMargin(alice, 400_000 * USD);
        buy(alice, address(om), SIZE);
        _createClose();
        vm.warp(_order.executableAt);
        setPrice(1780e18);
        close(alice, address(om));
        int256 lps = valueOf(address(om));
        assertFalse(_execute(true));
        assertEq(valueOf(address(om)), lps + int256(uint256(_order.bondXCD)) * 1e12);
    }

    /// @dev A liquidation in the second of the creation may have come first.
    function test_T44_LiquidatedInTheSecondOfTheCreation_CostsTheBond() public {
        skip(1);
        setPrice(1780e18);
        _liquidate();
        addMargin(alice, 400_000 * USD);
        buy(alice, address(om), SIZE);
        _createClose();
        close(alice, address(om));
        int256 lps = valueOf(address(om));
        vm.warp(_order.executableAt);
        assertFalse(_execute(false));
        assertEq(valueOf(address(om)), lps + int256(uint256(_order.bondXCD)) * 1e12);
    }

    function _liquidate() private {
        _liquidate(ALL);
        assertEq(sizeOf(alice), 0);
    }

    function _liquidate(uint256 amount) private {
        vm.prank(keeper);
        house.liquidate(LiquidationParams(market, alice, keeper, address(0), amount, 0, 0));
    }

    function _execute(uint256 price) private returns (bool) {
        bytes[] memory data = new bytes[](1);
        data[0] = priceUpdate(price, _order.executableAt, _order.executableAt - 1);
        vm.prank(keeper);
        return gateway.executeOrder(_id, _order, data);
    }

    function _createClose() private {
        OrderRequest memory r = orderRequest(market, address(om), true, SIZE);
        r.isReduceOnly = true;
        _order = orderTerms(alice, r, timestamp(), FEE);
        (, uint256 before) = vault.escrowOf(alice, address(gateway));
        vm.prank(alice);
        _id = gateway.createOrder{value: FEE}(r);
        (, uint256 bound) = vault.escrowOf(alice, address(gateway));
        _order.bondXCD = uint128(bound - before);
    }

    function _execute(bool isExpected) private returns (bool) {
        bytes[] memory data = new bytes[](1);
        data[0] = priceUpdate(1780e18, _order.executableAt, _order.executableAt - 1);
        bytes memory reason = abi.encodeWithSelector(IClearingHouse.NothingToReduce.selector, 0, true);
        if (isExpected) {
            vm.expectEmit(address(gateway));
            emit OrderGateway.OrderPurged(_id, alice, keeper, reason);
        }
        vm.prank(keeper);
        return gateway.executeOrder(_id, _order, data);
    }
}
