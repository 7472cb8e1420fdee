// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Vm} from "forge-std/Vm.sol";
import {Deployment} from "../../../script/Deploy.s.sol";
import {OrderGateway} from "../../../src/gateways/OrderGateway.sol";
import {TradeParams} from "../../../src/interfaces/IClearingHouse.sol";
import {Feed} from "../../../src/types/Feed.sol";
import {Execution, Order, OrderRequest} from "../../../src/types/Order.sol";
import {Position} from "../../../src/types/Position.sol";
import {Quote} from "../../../src/types/Units.sol";
import {ActionLog} from "../../utils/ActionLog.sol";
import {orderRequest} from "../../utils/Orders.sol";
import {PythDouble} from "../../utils/PythDouble.sol";
import {SpotMarket} from "../../utils/UniswapV3Local.sol";

/// @dev Steps of a taker between the time at which the price of its order exists and the execution.
enum Way {
    Revoke,
    WithdrawMargin,
    SellToTheHedger,
    CloseAtTheHedger
}

/// @dev Delayed orders of two takers with one owner. The owner, an LP and keepers do what pays after the price of an order
/// exists. Actions that play an attack run the same orders once without it and once with it, from one snapshot, and
/// compare what the attacker owns.
contract OrderHandler is ActionLog {
    struct Open {
        uint256 id;
        Order order;
    }

    /// @dev An order, and the update at which it executes.
    struct Attempt {
        bool created;
        uint256 id;
        Order order;
        bytes[] data;
    }

    /// @dev Of a random order.
    struct Terms {
        uint256 seed;
        uint256 amount;
        bool isSale;
        bool isReduceOnly;
    }

    /// @dev Accounts and other parts of the fixture.
    struct World {
        PythDouble pyth;
        SpotMarket spot;
        bytes32 feed;
        /// @dev Another feed that the owner announces.
        Feed otherFeed;
        address[2] takers;
        address lp;
        address keeper;
        address owner;
    }

    uint256 private constant FEE = 0.0001 ether;
    /// @dev Two units of the collateral, WAD.
    int256 private constant DUST = 2e12;

    Deployment private _d;
    World private _world;
    Open[] private _open;
    /// @dev 8 decimals.
    uint256 private _price = 2000e8;
    /// @dev The first price at or after a time, 8 decimals.
    mapping(uint256 time => uint256 price) private _firstPrice;

    constructor(Deployment memory d, World memory world) {
        (_d, _world) = (d, world);
        _declare("create");
        _declare("execute");
        _declare("executeBatch");
        _declare("cancel");
        _declare("lastLook");
        _declare("lastLook.failed");
        _declare("knowPrices");
        _declare("makeFail");
        _declare("switchFeed");
    }

    // -------------------------------------------------------------------------------------------------- the world ----

    /// @dev Up to 40 seconds pass, and the market moves by up to 2%.
    function walk(uint256 time, uint256 factor) external {
        vm.warp(vm.getBlockTimestamp() + bound(time, 1, 40));
        _move(bound(factor, 9_800, 10_200));
        _publish(_world.feed, _price, vm.getBlockTimestamp());
        _count("walk");
    }

    // ----------------------------------------------------------------------------------------------------- orders ----

    function create(Terms calldata terms) external {
        Attempt memory a = _create(terms.seed, bound(terms.amount, 0.1e18, 60e18), terms.isSale, terms.isReduceOnly);
        if (!a.created) return _countRefusal("create");
        _open.push(Open(a.id, a.order));
        _count("create");
    }

    /// @dev At the executable time or later.
    function execute(uint256 seed, uint256 late) external {
        if (_open.length == 0) return;
        uint256 i = seed % _open.length;
        Open memory item = _open[i];
        _warpTo(item.order.executableAt + bound(late, 0, 50));
        if (vm.getBlockTimestamp() > item.order.expiresAt) return;
        (bool ended,) = _execute(_world.keeper, Attempt(true, item.id, item.order, _first(item.order)));
        if (!ended) return _countRefusal("execute");
        _remove(i);
        _count("execute");
    }

    /// @dev All open orders at once. Those that are not due, or have expired, stay.
    function executeBatch(uint256 late) external {
        uint256 count = _open.length;
        if (count == 0) return;
        _warpTo(_open[0].order.executableAt + bound(late, 0, 20));
        Execution[] memory items = new Execution[](count);
        bytes[][] memory updates = new bytes[][](count);
        for (uint256 i = 0; i < count; ++i) {
            items[i] = Execution(_open[i].id, _open[i].order, i);
            updates[i] = _first(_open[i].order);
        }
        vm.deal(_world.keeper, 1 ether);
        vm.prank(_world.keeper);
        _d.orderGateway.executeOrders{value: count}(items, updates);
        for (uint256 i = count; i > 0; --i) {
            if (_d.orderGateway.commitmentOf(_open[i - 1].id) == 0) _remove(i - 1);
        }
        _count("executeBatch");
    }

    /// @dev An expired order can always be deleted.
    function cancel(uint256 seed) external {
        if (_open.length == 0) return;
        uint256 i = seed % _open.length;
        Open memory item = _open[i];
        _warpTo(uint256(item.order.expiresAt) + 1);
        _d.orderGateway.cancelOrder(item.id, item.order);
        _remove(i);
        _count("cancel");
    }

    receive() external payable {}

    // ---------------------------------------------------------------------------------------------------- attacks ----

    /// @dev T44: the taker knows the price of its order and the market's price at the execution. Making the order fail leaves
    /// its owner with no more than the better of letting it execute and paying the bond. An order that would fail, and that
    /// its taker makes execute, has no such alternative.
    function lastLook(Terms calldata terms, uint256 factor, uint256 way) external {
        Attempt memory a = _attempt(terms, 1e18, 60e18, bound(factor, 9_600, 10_400));
        if (!a.created) return _countRefusal("lastLook");
        _world.spot.moveTo(_price * 1e10);
        int256 most = _wealth() - int256(uint256(a.order.bondXCD)) * 1e12;
        uint256 snapshot = vm.snapshotState();
        (bool isComparable, bool wasExecuted) = _execute(_world.keeper, a);
        int256 committed = _wealth();
        vm.revertToState(snapshot);
        _disturb(a.order.taker, Way(way % 4), terms.amount);
        (bool ended, bool executed) = _execute(_world.keeper, a);
        if (!ended) _open.push(Open(a.id, a.order));
        if (!ended || !isComparable || (executed && !wasExecuted)) return _countRefusal("lastLook");
        if (committed > most) most = committed;
        assertLe(_wealth(), most + DUST, "T44: the option pays");
        _count(executed ? bytes32("lastLook") : bytes32("lastLook.failed"));
    }

    /// @dev T38: the chain's clock is behind, the market has moved meanwhile, and the taker knows every price until now. From
    /// then on the market does not move. An order earns its taker nothing.
    function knowPrices(Terms calldata terms, uint256 lag, uint256 factor) external {
        uint256 real = vm.getBlockTimestamp() + (lag % 2 == 0 ? bound(lag, 0, 12) : bound(lag, 0, 30 minutes));
        uint256 old = _price;
        _move(bound(factor, 9_800, 10_200));
        _publish(_world.feed, _price, real);
        uint256 snapshot = vm.snapshotState();
        vm.warp(real + 70);
        _publish(_world.feed, _price, real + 70);
        int256 before = _wealth();
        vm.revertToState(snapshot);

        Attempt memory a = _create(terms.seed, bound(terms.amount, 1e18, 60e18), _price < old, false);
        if (!a.created) return _countRefusal("knowPrices");
        _firstPrice[a.order.executableAt] = a.order.executableAt < real ? old : _price;
        _warpTo(uint256(a.order.executableAt) + 1);
        a.data = _first(a.order);
        (bool ended, bool executed) = _execute(_world.keeper, a);
        if (!ended) _open.push(Open(a.id, a.order));
        _warpTo(real + 70);
        _publish(_world.feed, _price, real + 70);
        if (!executed) return _countRefusal("knowPrices");
        assertLe(_wealth(), before + DUST, "T38: an order at a known price pays");
        _count("knowPrices");
    }

    /// @dev T60: an LP withdraws before it executes an order as a keeper, and deposits again. The order that would have been
    /// executed without this and fails with it pays the LP no fee.
    function makeFail(Terms calldata terms, uint256 factor, uint256 part) external {
        Attempt memory a = _attempt(terms, 10e18, 200e18, bound(factor, 9_700, 10_300));
        if (!a.created) return _countRefusal("makeFail");
        address lp = _world.lp;
        uint256 snapshot = vm.snapshotState();
        (, bool wasExecuted) = _execute(lp, a);
        vm.revertToState(snapshot);

        uint256 shares = _d.oracleMaker.maxRedeem(lp) * bound(part, 960, 1000) / 1000;
        uint256 assets;
        if (shares > 1e18) {
            vm.prank(lp);
            assets = _d.oracleMaker.withdraw(shares);
        }
        (bool ended, bool executed) = _execute(lp, a);
        uint256 held = lp.balance;
        if (assets != 0) _depositAgain(lp, assets);
        if (!ended) _open.push(Open(a.id, a.order));
        if (!ended || executed || !wasExecuted) return _countRefusal("makeFail");
        assertLe(held, 1 ether, "T60: an LP earned the fee of an order that it made fail");
        _count("makeFail");
    }

    /// @dev T39: the owner has announced another feed. An order that executes a second before the change and in its last
    /// second pays the same. Everything else of this action is undone.
    function switchFeed(Terms calldata terms, uint256 lead) external {
        uint256 snapshot = vm.snapshotState();
        vm.prank(_world.owner);
        _d.oracle.proposeFeed(_d.marketId, _world.otherFeed);
        uint256 changesAt = _d.oracle.nextFeedChangeAt(_d.marketId);
        vm.warp(changesAt - bound(lead, 62, 66));
        _publish(_world.feed, _price, vm.getBlockTimestamp());
        Attempt memory a = _create(terms.seed, bound(terms.amount, 1e18, 20e18), terms.isSale, false);
        bool isCompared;
        int256 early;
        int256 late;
        if (a.created) (isCompared, early, late) = _executeTwice(a, changesAt);
        vm.revertToState(snapshot);
        if (!isCompared) return _countRefusal("switchFeed");
        assertApproxEqAbs(early, late, uint256(DUST), "T39: the executor chose between two prices");
        _count("switchFeed");
    }

    /// @dev The other feed differs by 2%.
    /// @return isCompared whether both executions succeeded
    /// @return early what the taker has without its base after an execution before the change, WAD
    /// @return late and in the last second of the order
    function _executeTwice(Attempt memory a, uint256 changesAt)
        private
        returns (bool isCompared, int256 early, int256 late)
    {
        uint256 snapshot = vm.snapshotState();
        uint256 expiresAt = a.order.expiresAt;
        vm.warp(Math.min(changesAt, expiresAt) - 1);
        a.data = _first(a.order);
        (, bool wasExecuted) = _execute(_world.keeper, a);
        early = _cash(a.order.taker);
        vm.revertToState(snapshot);
        vm.warp(expiresAt);
        if (expiresAt >= changesAt) {
            a.data = _data(_world.otherFeed.pythId, _price * 51 / 50, a.order.executableAt);
        }
        (, isCompared) = _execute(_world.keeper, a);
        isCompared = isCompared && wasExecuted;
        late = _cash(a.order.taker);
    }

    // ------------------------------------------------------------------------------------------------------- laws ----

    /// @dev Keeper fees of open orders, wei.
    function feesOfOpenOrders() external view returns (uint256 sum) {
        for (uint256 i = 0; i < _open.length; ++i) {
            sum += _open[i].order.keeperFee;
        }
    }

    /// @dev Bonds of the open orders of an account, XCD.
    function bondsOf(address taker) external view returns (uint256 sum) {
        for (uint256 i = 0; i < _open.length; ++i) {
            if (_open[i].order.taker == taker) sum += _open[i].order.bondXCD;
        }
    }

    // --------------------------------------------------------------------------------------------------- internal ----

    /// @dev Creates an order at the market's price, which is the first one at its executable time. A second or more later the
    /// market has moved.
    function _attempt(Terms calldata terms, uint256 least, uint256 most, uint256 factor)
        private
        returns (Attempt memory a)
    {
        vm.warp(vm.getBlockTimestamp() + 1);
        _publish(_world.feed, _price, vm.getBlockTimestamp());
        a = _create(terms.seed, bound(terms.amount, least, most), terms.isSale, terms.isReduceOnly);
        if (!a.created) return a;
        _firstPrice[a.order.executableAt] = _price;
        a.data = _first(a.order);
        _move(factor);
        vm.warp(uint256(a.order.executableAt) + 1 + terms.seed % 50);
        _publish(_world.feed, _price, vm.getBlockTimestamp());
    }

    /// @dev The gateway is approved again, and a taker that is short of margin gets some.
    function _create(uint256 seed, uint256 amount, bool isSale, bool isReduceOnly) private returns (Attempt memory a) {
        address taker = _world.takers[seed % 2];
        OrderRequest memory r = orderRequest(_d.marketId, address(_d.oracleMaker), isSale, amount);
        r.isReduceOnly = isReduceOnly;
        vm.deal(taker, 1 ether);
        vm.startPrank(taker);
        _d.vault.setOperator(address(_d.orderGateway), true);
        if (_position(taker).margin.unwrap() < 50_000e18 && _d.vault.fundOf(taker) > 100_000e6) {
            _d.vault.transferFundToMargin(_d.marketId, taker, 50_000e6);
        }
        vm.recordLogs();
        try _d.orderGateway.createOrder{value: FEE}(r) returns (uint256 orderId) {
            (a.created, a.id) = (true, orderId);
        } catch {}
        vm.stopPrank();
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] == OrderGateway.OrderCreated.selector) a.order = abi.decode(logs[i].data, (Order));
        }
    }

    /// @dev The keeper has one ether afterwards, less the price's fee and with what it earned.
    /// @return ended false when the execution reverted
    function _execute(address keeper, Attempt memory a) private returns (bool ended, bool executed) {
        vm.deal(keeper, 1 ether);
        vm.prank(keeper);
        try _d.orderGateway.executeOrder{value: 1}(a.id, a.order, a.data) returns (bool answer) {
            return (true, answer);
        } catch {
            return (false, false);
        }
    }

    /// @dev The little that an LP leaves behind may be lost to an order. Shares then have no price, and what the LP pays in
    /// belongs to all.
    function _depositAgain(address lp, uint256 assets) private {
        vm.prank(lp);
        try _d.oracleMaker.deposit(assets) returns (uint256) {}
        catch {
            address maker = address(_d.oracleMaker);
            IERC20 usd = _d.vault.asset();
            vm.prank(lp);
            usd.transfer(maker, assets);
            vm.startPrank(maker);
            usd.approve(address(_d.vault), assets);
            _d.vault.depositToMargin(_d.marketId, maker, assets);
            vm.stopPrank();
        }
    }

    function _disturb(address taker, Way way, uint256 amount) private {
        vm.startPrank(taker);
        if (way == Way.Revoke) {
            _d.vault.setOperator(address(_d.orderGateway), false);
        } else if (way == Way.WithdrawMargin) {
            int256 margin = _position(taker).margin.unwrap();
            // With a position, a part of it is free.
            for (uint256 part = 8; part > 0 && margin > 0; --part) {
                try _d.vault.transferMarginToFund(_d.marketId, taker, uint256(margin) / 1e12 * part / 8) {
                    break;
                } catch {}
            }
            try _d.vault.withdrawEscrow(address(_d.orderGateway)) {} catch {}
        } else {
            bool closes = way == Way.CloseAtTheHedger;
            bool isSale = !closes || _position(taker).size.unwrap() > 0;
            TradeParams memory p = TradeParams({
                marketId: _d.marketId,
                taker: taker,
                maker: address(_d.spotHedgeBaseMaker),
                isBaseToQuote: isSale,
                isExactInput: isSale,
                isReduceOnly: closes,
                amount: closes ? type(uint256).max : bound(amount, 1e18, 40e18),
                oppositeBound: isSale ? 0 : type(uint256).max,
                deadline: vm.getBlockTimestamp()
            });
            try _d.clearingHouse.trade(p) {} catch {}
        }
        vm.stopPrank();
    }

    /// @dev Everything that the owner of both takers has in the exchange, at the stored price, WAD.
    function _wealth() private view returns (int256 wealth) {
        for (uint256 i = 0; i < 2; ++i) {
            address taker = _world.takers[i];
            (uint256 escrow,) = _d.vault.escrowOf(taker, address(_d.orderGateway));
            (,, Quote value,) = _d.vault.getAccountValue(_d.marketId, false, taker);
            wealth += value.unwrap() + int256(_d.vault.fundOf(taker) + escrow) * 1e12;
        }
    }

    /// @dev The account's margin and open notional, WAD.
    function _cash(address taker) private view returns (int256) {
        Position memory position = _position(taker);
        return position.margin.unwrap() + position.openNotional.unwrap();
    }

    function _position(address account) private view returns (Position memory) {
        return _d.vault.positionOf(_d.marketId, account);
    }

    function _warpTo(uint256 time) private {
        if (time > vm.getBlockTimestamp()) vm.warp(time);
    }

    /// @dev Between 1,000 and 4,000, so that the bounds of positions hold.
    function _move(uint256 factor) private {
        _price = bound(_price * factor / 10_000, 1000e8, 4000e8);
    }

    function _publish(bytes32 feed, uint256 price, uint256 time) private {
        vm.deal(address(this), 1 ether);
        _world.pyth.updatePriceFeeds{value: 1}(_data(feed, price, time));
    }

    /// @dev The first update of an order, at the market's price unless an action has fixed it.
    function _first(Order memory o) private returns (bytes[] memory) {
        uint256 time = o.executableAt;
        if (_firstPrice[time] == 0) _firstPrice[time] = _price;
        return _data(_world.feed, _firstPrice[time], time);
    }

    function _data(bytes32 feed, uint256 price, uint256 time) private view returns (bytes[] memory data) {
        data = new bytes[](1);
        int64 value = int64(uint64(price));
        data[0] = _world.pyth.createPriceFeedUpdateData(feed, value, 0, -8, value, 0, uint64(time), uint64(time - 1));
    }

    function _remove(uint256 i) private {
        _open[i] = _open[_open.length - 1];
        _open.pop();
    }
}
