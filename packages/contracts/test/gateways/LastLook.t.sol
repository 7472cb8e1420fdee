// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {OrderGateway} from "../../src/gateways/OrderGateway.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {Order, OrderRequest} from "../../src/types/Order.sol";
import {SignedOrder} from "../../src/types/SignedOrder.sol";
import {Price} from "../../src/types/Units.sol";
import {orderRequest, orderTerms} from "../utils/Orders.sol";
import {SignedOrderTest} from "./signed/SignedOrderTest.sol";

/// @dev T44: a taker knows the price of its order and the price at which the market trades when the order is executed. It
/// makes the order fail whenever that pays. Each test plays one way to do so from one snapshot: once the taker lets the
/// order execute, once it makes the order fail. The taker owns Alice and Bob. The move of the price is any one within four
/// standard deviations of 60 seconds at 300% per year, up or down. So the option is worth no more than what lies beyond
/// them: a hundred-thousandth of a standard deviation.
contract LastLookTest is SignedOrderTest {
    uint256 private constant SIZE = 10e18;

    uint256 private _id;
    Order private _order;
    uint256 private _otherId;
    Order private _other;

    function setUp() public override {
        super.setUp();
        vm.deal(bob, 1 ether);
        _approve(alice);
        _approve(bob);
    }

    function testFuzz_T44_RevokingTheGateway(int256 move, bool sells) public {
        _create(sells, false, SIZE);
        _check(move, this.revoke);
    }

    function testFuzz_T44_WithdrawingTheMargin(int256 move, bool sells) public {
        _create(sells, false, SIZE);
        _check(move, this.payOutMargin);
    }

    /// @dev Another trade uses the margin, at the price of the pool.
    function testFuzz_T44_OpposingTradeUsesTheMargin(int256 move) public {
        vm.prank(alice);
        vault.transferMarginToFund(market, alice, 95_000 * USD);
        _create(true, false, SIZE);
        _check(move, this.sellToTheHedger);
    }

    /// @dev The position is closed in the pool, so that the order finds nothing to reduce.
    function testFuzz_T44_NothingToReduce(int256 move) public {
        sell(alice, address(shb), SIZE);
        _create(false, true, SIZE);
        _check(move, this.closeAtTheHedger);
    }

    /// @dev The position is handed to the taker's other account.
    function testFuzz_T44_MatchingThePositionAway(int256 move, bool isLong) public {
        if (isLong) buy(alice, address(om), SIZE);
        else sell(alice, address(om), SIZE);
        _create(isLong, true, SIZE);
        _check(move, this.matchWithBob);
    }

    /// @dev Most of the position is handed to the taker's other account, and a reduce-only order fills what is left. The
    /// part that it lost costs its bond.
    function testFuzz_T44_MatchingMostOfThePositionAway(int256 move, uint256 part, bool isLong) public {
        if (isLong) buy(alice, address(om), SIZE);
        else sell(alice, address(om), SIZE);
        _create(isLong, true, SIZE);
        part = bound(part, SIZE / 100, SIZE - SIZE / 100);
        move = bound(move, -int256(_largestMove()), int256(_largestMove()));
        bytes[] memory data = _moveTo(uint256(int256(START_PRICE) + move));
        uint256 snapshot = vm.snapshotState();
        vm.prank(keeper);
        assertTrue(gateway.executeOrder(_id, _order, data));
        int256 committed = _wealth();
        vm.revertToState(snapshot);
        _match(part);
        vm.prank(keeper);
        assertTrue(gateway.executeOrder(_id, _order, data), "the rest");
        assertEq(sizeOf(alice), 0);
        assertLe(_wealth(), committed, "the option pays");
        (, uint256 bound_) = vault.escrowOf(alice, address(gateway));
        assertEq(bound_, 0, "the bond of the rest is free");
    }

    /// @dev A reduce-only order for more than the position is an order for the position, and its bound follows.
    function test_T44_LargerReduceOnlyAmountIsThePosition() public {
        buy(alice, address(om), SIZE);
        OrderRequest memory r = orderRequest(market, address(om), true, 3 * SIZE);
        (r.isReduceOnly, r.oppositeBound) = (true, 3 * SIZE * 1990);
        _order = orderTerms(alice, r, timestamp(), FEE);
        (_order.request.amount, _order.request.oppositeBound) = (SIZE, SIZE * 1990);
        _order.bondXCD /= 3;
        vm.prank(alice);
        _id = gateway.createOrder{value: FEE}(r);
        assertEq(uint256(gateway.hashOrder(_order)), _id);
        vm.warp(_order.executableAt);
        bytes[] memory data = _firstUpdate();
        int256 lps = marginOf(address(om));
        vm.prank(keeper);
        assertTrue(gateway.executeOrder(_id, _order, data));
        assertEq(sizeOf(alice), 0);
        assertLt(marginOf(address(om)), lps + 10e18, "no bond");
    }

    /// @dev An order of the taker's other account uses the capacity, large or tiny. The order fills up to what is left.
    function testFuzz_T44_UsingTheCapacityOneself(int256 move, uint256 used, bool sells) public {
        fundMargin(bob, 900_000 * USD);
        OrderRequest memory r = orderRequest(market, address(om), sells, bound(used, 1e15, 499e18));
        _other = orderTerms(bob, r, timestamp(), FEE);
        vm.prank(bob);
        _otherId = gateway.createOrder{value: FEE}(r);
        fundMargin(alice, 900_000 * USD);
        _create(sells, false, 500e18);
        move = bound(move, -int256(_largestMove()), int256(_largestMove()));
        bytes[] memory data = _moveTo(uint256(int256(START_PRICE) + move));
        uint256 snapshot = vm.snapshotState();
        vm.prank(keeper);
        assertTrue(gateway.executeOrder(_id, _order, data));
        int256 committed = _wealth();
        vm.revertToState(snapshot);
        this.executeOther();
        vm.prank(keeper);
        assertTrue(gateway.executeOrder(_id, _order, data), "up to the capacity");
        assertApproxEqAbs(_wealth(), committed, 1e12, "the option pays");
    }

    /// @dev The scene of the fault: the market moves by 1.2%, and the order would lose 240. The taker loses its bond
    /// instead, the LPs receive it, and the keeper is paid.
    function test_T44_LPsReceiveTheBond() public {
        _create(false, false, SIZE);
        uint256 bond = _order.bondXCD;
        assertEq(bond, 331_060_000, "1.6553% of 20,000");
        this.revoke();
        vm.warp(_order.executableAt);
        int256 wealth = _wealth();
        int256 lps = valueOf(address(om));
        bytes[] memory data = _firstUpdate();
        vm.expectEmit(address(vault));
        emit IVault.BondPaid(market, alice, address(om), address(gateway), bond);
        vm.expectEmit(address(gateway));
        emit OrderGateway.OrderBondPaid(_id, alice, address(om), bond);
        vm.prank(keeper);
        assertFalse(gateway.executeOrder(_id, _order, data));
        assertEq(_wealth(), wealth - int256(bond) * 1e12, "taker");
        assertEq(valueOf(address(om)), lps + int256(bond) * 1e12, "LPs");
        assertEq(vault.insuranceOf(market), 0, "insurance");
        assertEq(keeper.balance, FEE, "keeper");
    }

    /// @dev A limit is part of the commitment: missing it costs no bond, and the collateral is free.
    function test_T44_MissedLimitCostsNoBond() public {
        OrderRequest memory r = orderRequest(market, address(om), false, SIZE);
        r.oppositeBound = 19_990e18;
        _createOrder(r);
        int256 wealth = _wealth();
        vm.warp(_order.executableAt);
        bytes[] memory data = _firstUpdate();
        vm.prank(keeper);
        assertFalse(gateway.executeOrder(_id, _order, data));
        assertEq(_wealth(), wealth);
        vm.prank(alice);
        assertEq(vault.withdrawEscrow(address(gateway)), _order.bondXCD);
    }

    /// @dev The owner of the exchange has withdrawn its approval of the gateway: the order still ends, without a payment.
    function test_T44_UnapprovedGatewayEndsOrdersWithoutPayment() public {
        _create(false, false, SIZE);
        vm.prank(owner());
        house.setGateway(address(gateway), false);
        this.revoke();
        int256 wealth = _wealth();
        vm.warp(_order.executableAt);
        bytes[] memory data = _firstUpdate();
        vm.prank(keeper);
        assertFalse(gateway.executeOrder(_id, _order, data));
        assertEq(_wealth(), wealth);
    }

    /// @dev An order at the pool's price has no price before its fill: it binds nothing.
    function test_T44_PoolPricedOrderNeedsNoBond() public {
        OrderRequest memory r = orderRequest(market, address(shb), true, SIZE);
        r.isPoolPriced = true;
        _createOrder(r);
        (uint256 escrow,) = vault.escrowOf(alice, address(gateway));
        assertEq(escrow, 0);
        vm.warp(_order.executableAt);
        bytes[] memory data = _firstUpdate();
        vm.prank(keeper);
        assertTrue(gateway.executeOrder(_id, _order, data));
        assertEq(sizeOf(alice), -int256(SIZE));
    }

    // --------------------------------------------------------------------------------- ways to make an order fail ----

    function revoke() external {
        vm.prank(alice);
        vault.setOperator(address(gateway), false);
    }

    function payOutMargin() external {
        vm.startPrank(alice);
        vault.transferMarginToFund(market, alice, 100_000 * USD);
        vault.withdrawEscrow(address(gateway));
        vm.stopPrank();
    }

    function sellToTheHedger() external {
        sell(alice, address(shb), 20e18);
    }

    function closeAtTheHedger() external {
        close(alice, address(shb));
    }

    function matchWithBob() external {
        _match(SIZE);
    }

    function _match(uint256 amount) private {
        (Price current_,,) = oracle.getPrice(market);
        uint256 price = current_.unwrap();
        bool isLong = sizeOf(alice) > 0;
        SignedOrder memory taker = limitOf(alice, isLong, amount, price);
        SignedOrder memory maker = limitOf(bob, !isLong, amount, price);
        matchOrders(submission(taker), submission(maker), ALL);
    }

    function executeOther() external {
        bytes[] memory data = _firstUpdate();
        vm.prank(bob);
        assertTrue(gateway.executeOrder(_otherId, _other, data));
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    function _approve(address account) private {
        vm.prank(account);
        vault.setOperator(address(gateway), true);
    }

    function fundMargin(address account, uint256 amountXCD) private {
        vm.prank(account);
        vault.transferFundToMargin(market, account, amountXCD);
        fund(account, 100_000 * USD);
    }

    function _create(bool sells, bool isReduceOnly, uint256 amount) private {
        OrderRequest memory r = orderRequest(market, address(om), sells, amount);
        r.isReduceOnly = isReduceOnly;
        _createOrder(r);
    }

    function _createOrder(OrderRequest memory r) private {
        _order = orderTerms(alice, r, timestamp(), FEE);
        vm.prank(alice);
        _id = gateway.createOrder{value: FEE}(r);
    }

    /// @dev Four standard deviations, as the bond, less the maker's premium of 0.01%, which a failing order saves.
    function _largestMove() private pure returns (uint256) {
        return START_PRICE * (BOND_RATIO - 110) / 1e6;
    }

    function _check(int256 move, function() external way) private {
        move = bound(move, -int256(_largestMove()), int256(_largestMove()));
        (int256 committed, int256 disturbed) = _play(uint256(int256(START_PRICE) + move), way);
        assertLe(disturbed, committed, "the option pays");
    }

    /// @dev The order's price is {START_PRICE}. Half a minute later the market and the pool are at `price`.
    function _play(uint256 price, function() external way) private returns (int256 committed, int256 disturbed) {
        bytes[] memory data = _moveTo(price);
        uint256 snapshot = vm.snapshotState();
        vm.prank(keeper);
        assertTrue(gateway.executeOrder(_id, _order, data), "the order was executed");
        committed = _wealth();
        vm.revertToState(snapshot);
        way();
        vm.prank(keeper);
        assertFalse(gateway.executeOrder(_id, _order, data), "the order was purged");
        disturbed = _wealth();
    }

    /// @return data the first update of the order
    function _moveTo(uint256 price) private returns (bytes[] memory data) {
        price = price / 1e10 * 1e10;
        vm.warp(uint256(_order.executableAt) + 30);
        setPrice(price);
        spot.moveTo(price);
        return _firstUpdate();
    }

    function _firstUpdate() private view returns (bytes[] memory data) {
        data = new bytes[](1);
        data[0] = priceUpdate(START_PRICE, _order.executableAt, _order.executableAt - 1);
    }

    /// @dev Everything that the taker owns in the exchange, WAD.
    function _wealth() private view returns (int256 wealth) {
        address[2] memory accounts = [alice, bob];
        for (uint256 i = 0; i < 2; ++i) {
            (uint256 escrow,) = vault.escrowOf(accounts[i], address(gateway));
            wealth += valueOf(accounts[i]) + int256(vault.fundOf(accounts[i]) + escrow) * 1e12;
        }
    }
}
