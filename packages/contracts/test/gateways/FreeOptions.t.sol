// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {LiquidationParams} from "../../src/interfaces/IClearingHouse.sol";
import {Rule, RuleParams} from "../../src/interfaces/IMarketAdmin.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {Order, OrderRequest, OrderStatus} from "../../src/types/Order.sol";
import {SignedOrder} from "../../src/types/SignedOrder.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {orderRequest, orderTerms} from "../utils/Orders.sol";
import {changeRule} from "../utils/RuleChange.sol";
import {SecondSourceTest} from "../utils/SecondSourceTest.sol";
import {SignedOrderTest} from "./signed/SignedOrderTest.sol";

/// @dev T16: one trader with two accounts has an order on each side, both against the OracleMaker and at the same price. An
/// obstacle prevents keepers from executing either. When it ends the price has moved, and the trader knows first: it
/// executes the order in profit and revokes its approval for the other one.
///
/// The defence is the same for every obstacle: an order at a fixed price ends when it cannot be executed. Each contract
/// below has one obstacle, and each gateway plays the same scene.
abstract contract FreeOptionTest is SignedOrderTest {
    uint256 private constant SIZE = 10e18;
    uint256 private constant MOVED_PRICE = 2040e18;

    /// @dev From now on, no order that increases can be executed.
    function raiseObstacle() internal virtual;

    /// @dev Ends what {raiseObstacle} began.
    function endObstacle() internal virtual;

    /// @dev The update of the price source for the executable time of the orders.
    function publish(uint256 price, uint256 time) internal virtual returns (bytes[] memory data) {
        data = new bytes[](1);
        data[0] = priceUpdate(price, time, time - 1);
    }

    function setUp() public virtual override {
        super.setUp();
        address[2] memory takers = [alice, bob];
        for (uint256 i = 0; i < 2; ++i) {
            vm.prank(takers[i]);
            vault.setOperator(address(gateway), true);
            vm.deal(takers[i], 1 ether);
        }
    }

    function test_T16_DelayedOrders_TakerCannotExecuteTheWinnerOnly() public {
        _checkNoFreeOption(address(gateway));
    }

    function test_T16_AnnouncedOrders_TakerCannotExecuteTheWinnerOnly() public {
        _checkNoFreeOption(address(signedGateway));
    }

    /// @dev T16: otherwise the order could delay orders that wait for it, and their price could be decided on later.
    function test_T16_AnyCallerEndsTheOrder() public {
        raiseObstacle();
        OrderRequest memory r = orderRequest(market, address(om), false, SIZE);
        Order memory o = orderTerms(alice, r, timestamp(), FEE);
        uint256 id = _createDelayed(alice, r);
        o.bondXCD = _bondOf(alice);
        vm.warp(o.executableAt);
        bytes[] memory data = publish(START_PRICE, o.executableAt);
        vm.prank(keeper);
        assertFalse(gateway.executeOrder(id, o, data));
        assertEq(uint256(gateway.statusOf(id, o)), uint256(OrderStatus.Unknown));
        assertEq(keeper.balance, FEE, "the keeper is paid");
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    /// @dev Plays the scene with orders of one of the two gateways.
    function _checkNoFreeOption(address target) private {
        raiseObstacle();
        int256 before = _wealth();
        uint256 executableAt = timestamp() + 3;
        bytes[] memory data = publish(START_PRICE, executableAt);
        bytes memory long = _place(target, alice, false, data);
        bytes memory short = _place(target, bob, true, data);
        vm.warp(executableAt);
        _try(keeper, target, long);
        _try(keeper, target, short);

        skip(30);
        endObstacle();
        setPrice(MOVED_PRICE);
        _try(alice, target, long);
        vm.prank(bob);
        vault.setOperator(target, false);
        _try(bob, target, short);
        assertLe(_wealth(), before, "a free option");
        assertEq(sizeOf(alice), 0, "an order stayed open");
    }

    /// @dev Creates or announces an order. Returns the call that executes it.
    function _place(address target, address taker, bool isBaseToQuote, bytes[] memory data)
        private
        returns (bytes memory execution)
    {
        if (target == address(gateway)) {
            OrderRequest memory r = orderRequest(market, address(om), isBaseToQuote, SIZE);
            Order memory o = orderTerms(taker, r, timestamp(), FEE);
            uint256 id = _createDelayed(taker, r);
            o.bondXCD = _bondOf(taker);
            assertEq(id, uint256(gateway.hashOrder(o)), "the terms are those of the order");
            return abi.encodeCall(gateway.executeOrder, (id, o, data));
        }
        SignedOrder memory signed = orderOf(taker, isBaseToQuote, SIZE);
        return abi.encodeCall(signedGateway.executeAnnounced, (signed, announce(signed, taker), data));
    }

    function _createDelayed(address taker, OrderRequest memory r) private returns (uint256) {
        vm.prank(taker);
        return gateway.createOrder{value: FEE}(r);
    }

    /// @dev Of the account's only order. The market may accrue at any price.
    function _bondOf(address taker) private view returns (uint128) {
        (, uint256 bound) = vault.escrowOf(taker, address(gateway));
        return uint128(bound);
    }

    /// @dev The execution may revert.
    function _try(address caller, address target, bytes memory execution) private {
        vm.prank(caller);
        (bool success,) = target.call(execution);
        success;
    }

    /// @dev Value of both accounts in the exchange, WAD.
    function _wealth() private view returns (int256) {
        (uint256 escrowOfAlice,) = vault.escrowOf(alice, address(gateway));
        (uint256 escrowOfBob,) = vault.escrowOf(bob, address(gateway));
        uint256 outside = vault.fundOf(alice) + vault.fundOf(bob) + escrowOfAlice + escrowOfBob;
        return valueOf(alice) + valueOf(bob) + int256(outside) * 1e12;
    }
}

/// @dev Bad debt makes the market reduce-only until any account donates the rest of it.
contract FreeOptionOnDebtTest is FreeOptionTest {
    function raiseObstacle() internal override {
        address carol = makeAddr("carol");
        fund(carol, 21_000 * USD);
        addMargin(carol, 21_000 * USD);
        RuleParams memory rules = config().market.rules;
        changeRule(rules, Rule.DeleverageWindow, 0);
        vm.startPrank(owner());
        house.setRules(market, rules);
        om.setValidSender(carol, true);
        vm.stopPrank();
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

    function endObstacle() internal override {
        vm.prank(alice);
        vault.donate(market, 1);
        assertEq(uint8(house.statusOf(market)), uint8(MarketStatus.Active));
    }
}

/// @dev The owner's transaction that ends the pause is public, so that the trader can follow it in the same block.
contract FreeOptionOnPauseTest is FreeOptionTest {
    function raiseObstacle() internal override {
        vm.prank(owner());
        house.setMarketStatus(market, MarketStatus.Paused);
    }

    function endObstacle() internal override {
        vm.prank(owner());
        house.setMarketStatus(market, MarketStatus.Active);
    }
}

/// @dev The system is reduce-only.
contract FreeOptionOnReduceOnlyTest is FreeOptionTest {
    function raiseObstacle() internal override {
        vm.prank(owner());
        house.setSystemStatus(MarketStatus.ReduceOnly);
    }

    function endObstacle() internal override {
        vm.prank(owner());
        house.setSystemStatus(MarketStatus.Active);
    }
}

/// @dev The maker's list of approved gateways, which its owner may change at once.
contract FreeOptionOnSendersTest is FreeOptionTest {
    function raiseObstacle() internal override {
        _setApproved(false);
    }

    function endObstacle() internal override {
        _setApproved(true);
    }

    function _setApproved(bool approved) private {
        vm.startPrank(owner());
        om.setValidSender(address(gateway), approved);
        om.setValidSender(address(signedGateway), approved);
        vm.stopPrank();
    }
}

/// @dev The second source lags behind a move, and agrees again with its next round.
contract FreeOptionOnDisagreementTest is FreeOptionTest, SecondSourceTest {
    function config() internal override(SecondSourceTest, SignedOrderTest) returns (DeployConfig memory) {
        return super.config();
    }

    function setUp() public override(ExchangeTest, FreeOptionTest) {
        super.setUp();
    }

    function raiseObstacle() internal override {
        second.push(1900e8, timestamp());
    }

    function endObstacle() internal override {
        second.push(2000e8, timestamp());
    }
}

/// @dev The confidence of the order's only price is too wide, and waiting does not narrow it.
contract FreeOptionOnConfidenceTest is FreeOptionTest {
    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        c.feed.maxConfidence = 10_000;
    }

    function raiseObstacle() internal override {}

    function endObstacle() internal override {}

    function publish(uint256 price, uint256 time) internal view override returns (bytes[] memory data) {
        data = new bytes[](1);
        data[0] = pyth.createPriceFeedUpdateData(
            FEED, int64(uint64(price / 1e10)), 21e8, -8, 0, 0, uint64(time), uint64(time - 1)
        );
    }
}
