// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {LiquidationParams, RuleParams} from "../../src/interfaces/IClearingHouse.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {Order, OrderRequest, OrderStatus} from "../../src/types/Order.sol";
import {Announcement, SignedOrder} from "../../src/types/SignedOrder.sol";
import {AggregatorDouble} from "../utils/AggregatorDouble.sol";
import {SignedOrderTest} from "./signed/SignedOrderTest.sol";

/// @dev T16: one trader with two accounts has an order on each side, both against the OracleMaker and at the same price.
/// Something stands against both, so that no keeper can execute either. When it is gone, the price has moved, and the
/// trader is the first who knows: it executes the order that has won and takes its word back for the other one.
///
/// The defence is the same whatever stood against them: an order at a fixed price ends where it cannot be executed. A
/// contract below for everything that is known to come and go.
abstract contract FreeOptionTest is SignedOrderTest {
    uint256 private constant SIZE = 10e18;
    uint256 private constant MOVED_PRICE = 2040e18;

    /// @dev From now on, no order that increases can be executed.
    function hinder() internal virtual;

    /// @dev As it was before {hinder}.
    function unhinder() internal virtual;

    /// @dev What the price source says of the orders' moment.
    function publish(uint256 price, uint256 at) internal virtual returns (bytes[] memory data) {
        data = new bytes[](1);
        data[0] = priceUpdate(price, at, at - 1);
    }

    function setUp() public virtual override {
        super.setUp();
        vm.startPrank(alice);
        vault.setOperator(address(gateway), true);
        vm.stopPrank();
        vm.startPrank(bob);
        vault.setOperator(address(gateway), true);
        vm.stopPrank();
        vm.deal(bob, 1 ether);
    }

    function test_T16_DelayedOrders_NobodyPicksTheOneThatHasWon() public {
        hinder();
        int256 before = _wealth();
        (uint256 longId, Order memory long) = _create(alice, false);
        (uint256 shortId, Order memory short) = _create(bob, true);
        bytes[] memory data = publish(START_PRICE, long.executableAt);
        vm.warp(long.executableAt);
        _tryExecute(keeper, longId, long, data);
        _tryExecute(keeper, shortId, short, data);

        skip(30);
        unhinder();
        setPrice(MOVED_PRICE);
        _tryExecute(alice, longId, long, data);
        vm.prank(bob);
        vault.setOperator(address(gateway), false);
        _tryExecute(bob, shortId, short, data);
        assertLe(_wealth(), before, "a free option");
        assertEq(sizeOf(alice), 0, "nothing was left to pick from");
    }

    function test_T16_AnnouncedOrders_NobodyPicksTheOneThatHasWon() public {
        hinder();
        int256 before = _wealth();
        SignedOrder memory long = orderOf(alice, false, SIZE);
        SignedOrder memory short = orderOf(bob, true, SIZE);
        Announcement memory a = announce(long, alice);
        announce(short, bob);
        bytes[] memory data = publish(START_PRICE, a.executableAt);
        vm.warp(a.executableAt);
        _tryExecute(keeper, long, a, data);
        _tryExecute(keeper, short, a, data);

        skip(30);
        unhinder();
        setPrice(MOVED_PRICE);
        _tryExecute(alice, long, a, data);
        vm.prank(bob);
        vault.setOperator(address(signedGateway), false);
        _tryExecute(bob, short, a, data);
        assertLe(_wealth(), before, "a free option");
        assertEq(sizeOf(alice), 0, "nothing was left to pick from");
        assertFalse(isClosed(long), "the order itself is good as before");
    }

    /// @dev Orders that wait for such an order could be held up by it otherwise, and their price decided on later.
    function test_T16_WhoeverComesEndsTheOrder() public {
        hinder();
        (uint256 id, Order memory o) = _create(alice, false);
        vm.warp(o.executableAt);
        bytes[] memory data = publish(START_PRICE, o.executableAt);
        vm.prank(keeper);
        assertFalse(gateway.executeOrder(id, o, data));
        assertEq(uint256(gateway.statusOf(id, o)), uint256(OrderStatus.Unknown));
        assertEq(keeper.balance, FEE, "and is paid for it");
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    function _create(address taker, bool isBaseToQuote) private returns (uint256 id, Order memory o) {
        OrderRequest memory r = OrderRequest({
            marketId: market,
            maker: address(om),
            isBaseToQuote: isBaseToQuote,
            isExactInput: isBaseToQuote,
            isReduceOnly: false,
            returnsMargin: false,
            amount: SIZE,
            oppositeBound: isBaseToQuote ? 0 : type(uint256).max
        });
        uint64 now_ = uint64(timestamp());
        o = Order(taker, r, 0, now_ + 3, now_ + 13, now_ + 63, uint128(FEE));
        vm.prank(taker);
        id = gateway.createOrder{value: FEE}(r);
    }

    function _tryExecute(address by, uint256 id, Order memory o, bytes[] memory data) private {
        vm.prank(by);
        try gateway.executeOrder(id, o, data) {} catch {}
    }

    function _tryExecute(address by, SignedOrder memory order, Announcement memory a, bytes[] memory data) private {
        vm.prank(by);
        try signedGateway.executeAnnounced(order, a, data) {} catch {}
    }

    /// @dev What both accounts have in the exchange, WAD.
    function _wealth() private view returns (int256) {
        return valueOf(alice) + valueOf(bob) + int256(vault.fundOf(alice) + vault.fundOf(bob)) * 1e12;
    }
}

/// @dev Bad debt makes the market reduce-only, and anybody may donate the rest of it.
contract FreeOptionOnDebtTest is FreeOptionTest {
    function hinder() internal override {
        RuleParams memory rules = config().market.rules;
        rules.deleverageWindow = 0;
        address carol = makeAddr("carol");
        vm.startPrank(owner());
        house.setRules(market, rules);
        om.setValidSender(carol, true);
        vm.stopPrank();
        fund(carol, 21_000 * USD);
        addMargin(carol, 21_000 * USD);
        buy(carol, address(om), 100e18);
        skip(1);
        setPrice(1780e18);
        fund(keeper, 1_000_000 * USD);
        addMargin(keeper, 100_000 * USD);
        vm.prank(keeper);
        house.liquidate(LiquidationParams(market, carol, keeper, address(0), type(uint256).max, 0, 0));
        uint256 debt = uint256(-int256(d.lens.marketOf(market).insurance));
        vm.prank(keeper);
        vault.donate(market, (debt - 1) / 1e12);
        assertLt(d.lens.marketOf(market).insurance, 0);
        assertEq(uint8(house.statusOf(market)), uint8(MarketStatus.ReduceOnly));
        skip(1);
        setPrice(START_PRICE);
    }

    function unhinder() internal override {
        vm.prank(alice);
        vault.donate(market, 1);
        assertEq(uint8(house.statusOf(market)), uint8(MarketStatus.Active));
    }
}

/// @dev The owner's loosening is seen coming, and whoever follows it in the same block is the first.
contract FreeOptionOnPauseTest is FreeOptionTest {
    function hinder() internal override {
        vm.prank(owner());
        house.setMarketStatus(market, MarketStatus.Paused);
    }

    function unhinder() internal override {
        vm.prank(owner());
        house.setMarketStatus(market, MarketStatus.Active);
    }
}

contract FreeOptionOnReduceOnlyTest is FreeOptionTest {
    function hinder() internal override {
        vm.prank(owner());
        house.setSystemStatus(MarketStatus.ReduceOnly);
    }

    function unhinder() internal override {
        vm.prank(owner());
        house.setSystemStatus(MarketStatus.Active);
    }
}

/// @dev The maker's list of gateways, which the maker's owner may change at once.
contract FreeOptionOnSendersTest is FreeOptionTest {
    function hinder() internal override {
        _allow(false);
    }

    function unhinder() internal override {
        _allow(true);
    }

    function _allow(bool approved) private {
        vm.startPrank(owner());
        om.setValidSender(address(gateway), approved);
        om.setValidSender(address(signedGateway), approved);
        vm.stopPrank();
    }
}

/// @dev The second source lags behind a move, and agrees again with its next round.
contract FreeOptionOnDisagreementTest is FreeOptionTest {
    AggregatorDouble private _second;

    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        if (address(_second) == address(0)) {
            _second = new AggregatorDouble(8);
            _second.push(2000e8, timestamp());
        }
        c.feed.aggregator = address(_second);
        (c.feed.heartbeat, c.feed.maxDeviation, c.feed.fallbackAge) = (3600, 10_000, 120);
    }

    function hinder() internal override {
        _second.push(1900e8, timestamp());
    }

    function unhinder() internal override {
        _second.push(2000e8, timestamp());
    }
}

/// @dev A confidence that is too wide was published with the order's one price: waiting does not narrow it.
contract FreeOptionOnConfidenceTest is FreeOptionTest {
    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        c.feed.maxConfidence = 10_000;
    }

    function hinder() internal override {}

    function unhinder() internal override {}

    function publish(uint256 price, uint256 at) internal view override returns (bytes[] memory data) {
        data = new bytes[](1);
        data[0] = pyth.createPriceFeedUpdateData(
            FEED, int64(uint64(price / 1e10)), 21e8, -8, 0, 0, uint64(at), uint64(at - 1)
        );
    }
}
