// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Deployment} from "../../../script/Deploy.s.sol";
import {LiquidationParams, TradeParams} from "../../../src/interfaces/IClearingHouse.sol";
import {Order, OrderRequest} from "../../../src/types/Order.sol";
import {Position} from "../../../src/types/Position.sol";
import {ActionLog} from "../../utils/ActionLog.sol";
import {AggregatorDouble} from "../../utils/AggregatorDouble.sol";
import {orderRequest, orderTerms} from "../../utils/Orders.sol";
import {PythDouble} from "../../utils/PythDouble.sol";

/// @dev A price store: a true price walks, and callers store any price that was published, or none. Two takers trade at
/// the stored price and by delayed orders at the first price or at a round of the second source. This contract
/// liquidates, deleverages and lets owners withdraw. `violations` counts what happened at a price that was published
/// before that of the account's last fill, as this contract saw it.
contract OneClockHandler is ActionLog {
    struct Published {
        uint256 time;
        uint256 price;
    }

    uint256 private constant FEE = 0.0001 ether;

    Deployment private _d;
    PythDouble private immutable _pyth;
    AggregatorDouble private immutable _second;
    bytes32 private immutable _feed;
    address[2] private _takers;
    address private immutable _keeper;

    /// @dev Every price that Pyth published, oldest first.
    Published[] private _history;
    uint256 private _price = 2000e8;
    bool private _isSilent;
    mapping(address account => uint256 publishTime) private _lastFill;
    uint256 public violations;

    constructor(
        Deployment memory d,
        PythDouble pyth,
        AggregatorDouble second,
        bytes32 feed,
        address[2] memory takers,
        address keeper
    ) {
        (_d, _pyth, _second, _feed, _takers, _keeper) = (d, pyth, second, feed, takers, keeper);
        _history.push(Published(block.timestamp, _price));
    }

    // --------------------------------------------------------------------------------------------------- prices ----

    /// @dev Up to 12 seconds pass. Pyth publishes unless it is silent; the aggregator always does.
    function walk(uint256 time, uint256 factor) external {
        vm.warp(vm.getBlockTimestamp() + bound(time, 1, 12));
        _price = _price * bound(factor, 9_700, 10_300) / 10_000;
        if (_price < 500e8) _price = 500e8;
        if (_price > 8000e8) _price = 8000e8;
        if (!_isSilent) _history.push(Published(vm.getBlockTimestamp(), _price));
        _second.push(int256(_price), vm.getBlockTimestamp());
        _count("walk");
    }

    /// @dev Pyth publishes nothing for an hour, and then again or not.
    function silence(uint256 time, uint256 factor, bool remains) external {
        _isSilent = remains;
        vm.warp(vm.getBlockTimestamp() + bound(time, 3601, 3660));
        _price = _price * bound(factor, 9_500, 10_500) / 10_000;
        _second.push(int256(_price), vm.getBlockTimestamp());
        _count("silence");
    }

    /// @dev Any account stores any of the last prices. Pyth ignores those that are older than its stored one.
    function store(uint256 back) external {
        back = bound(back, 0, _history.length > 20 ? 20 : _history.length - 1);
        Published memory chosen = _history[_history.length - 1 - back];
        _pyth.updatePriceFeeds{value: 1}(_update(chosen.price, chosen.time, chosen.time - 1));
        _count("store");
    }

    // --------------------------------------------------------------------------------------------------- trades ----

    /// @dev Against the OracleMaker at the stored price.
    function trade(uint256 seed, uint256 amount, bool isSale) external {
        address taker = _takers[seed % 2];
        amount = bound(amount, 1e18, 60e18);
        TradeParams memory p =
            TradeParams(_d.marketId, amount, 0, 0, taker, address(_d.oracleMaker), isSale, isSale, false);
        (p.oppositeBound, p.deadline) = (isSale ? 0 : type(uint256).max, vm.getBlockTimestamp());
        vm.prank(taker);
        try _d.clearingHouse.trade(p) {
            (,, uint256 publishTime) = _d.oracle.getPrice(_d.marketId);
            _filled(taker, publishTime);
            _count("trade");
        } catch {}
    }

    /// @dev A delayed order at the first price of Pyth, which executes some seconds later.
    function execute(uint256 seed, uint256 amount, bool isSale, uint256 late) external {
        address taker = _takers[seed % 2];
        (uint256 id, Order memory o) = _create(taker, isSale, bound(amount, 1e18, 60e18), false);
        vm.warp(o.executableAt + bound(late, 0, 40));
        _price = _price * (9_900 + late % 200) / 10_000;
        _history.push(Published(o.executableAt, _price));
        _price = _price * (9_900 + seed % 200) / 10_000;
        if (vm.getBlockTimestamp() > o.executableAt) _history.push(Published(vm.getBlockTimestamp(), _price));
        Published memory first = _history[_history.length - (vm.getBlockTimestamp() > o.executableAt ? 2 : 1)];
        _execute(taker, id, o, _update(first.price, first.time, first.time - 1), first.time, "execute");
    }

    /// @dev A reduction at the first round of the second source, while Pyth is dead.
    function reduceAtTheSecondSource(uint256 seed, uint256 amount) external {
        address taker = _takers[seed % 2];
        int256 size = _position(taker).size.unwrap();
        if (size == 0) return;
        // No price of Pyth was stored for an hour, although it publishes them. Without an order: a second one like it would exist.
        (, uint256 storedAt) = _d.oracle.getLastPrice(_d.marketId);
        if (storedAt + 3600 >= vm.getBlockTimestamp()) return;
        (uint256 id, Order memory o) = _create(taker, size > 0, bound(amount, 1e18, 20e18), true);
        for (uint256 i = 1; i <= 4; ++i) {
            vm.warp(o.executableAt + i * 3);
            _price = _price * (9_900 + uint256(keccak256(abi.encode(seed, i))) % 200) / 10_000;
            _history.push(Published(vm.getBlockTimestamp() - 2, _price));
            _second.push(int256(_price), vm.getBlockTimestamp());
        }
        vm.warp(uint256(o.lastPriceAt) + 2);
        _execute(taker, id, o, new bytes[](0), o.executableAt + 3, "reduceAtTheSecondSource");
    }

    // ------------------------------------------------------------------------------------------- forced changes ----

    function liquidate(uint256 seed, bool againstMaker) external {
        address account = _account(seed);
        (bool ok, uint256 publishTime) = _liquidationTime();
        if (!ok) return;
        address maker = againstMaker && account != address(_d.oracleMaker) ? address(_d.oracleMaker) : address(0);
        LiquidationParams memory p =
            LiquidationParams(_d.marketId, account, address(this), maker, type(uint256).max, 0, 0);
        try _d.clearingHouse.liquidate(p) {
            _require(account, publishTime);
            _filled(account, publishTime);
            if (maker != address(0)) _filled(maker, publishTime);
            _count("liquidate");
        } catch {}
    }

    function deleverage(uint256 seed) external {
        address account = _account(seed);
        (bool ok, uint256 publishTime) = _liquidationTime();
        if (!ok) return;
        address[] memory takers = new address[](3);
        (takers[0], takers[1], takers[2]) = (_takers[0], _takers[1], address(_d.oracleMaker));
        uint256[3] memory closes = [_size(_takers[0]), _size(_takers[1]), _size(address(_d.oracleMaker))];
        try _d.backstop.deleverage(_d.marketId, account, takers) {
            address[3] memory all = [_takers[0], _takers[1], address(_d.oracleMaker)];
            for (uint256 i = 0; i < 3; ++i) {
                if (_size(all[i]) == closes[i]) continue;
                _require(all[i], publishTime);
                _filled(all[i], publishTime);
            }
            _count("deleverage");
        } catch {}
    }

    /// @dev At the stored price, which is the one that a withdrawal uses outside executions.
    function withdraw(uint256 seed, uint256 amount) external {
        address account = _takers[seed % 2];
        if (_position(account).size.isZero()) return;
        vm.prank(account);
        try _d.vault.transferMarginToFund(_d.marketId, account, bound(amount, 1e6, 5_000e6)) {
            (,, uint256 publishTime) = _d.oracle.getPrice(_d.marketId);
            _require(account, publishTime);
            if (publishTime + 10 < vm.getBlockTimestamp()) ++violations;
            _count("withdraw");
        } catch {}
    }

    function addMargin(uint256 seed, uint256 amount) external {
        address account = _takers[seed % 2];
        vm.prank(account);
        _d.vault.transferFundToMargin(_d.marketId, account, bound(amount, 1, 1_000e6));
        _count("addMargin");
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    function _create(address taker, bool isSale, uint256 amount, bool isReduceOnly)
        private
        returns (uint256 id, Order memory o)
    {
        OrderRequest memory r = orderRequest(_d.marketId, address(_d.oracleMaker), isSale, amount);
        r.isReduceOnly = isReduceOnly;
        o = orderTerms(taker, r, vm.getBlockTimestamp(), FEE);
        vm.deal(taker, 1 ether);
        vm.prank(taker);
        id = _d.orderGateway.createOrder{value: FEE}(r);
    }

    function _execute(
        address taker,
        uint256 id,
        Order memory o,
        bytes[] memory update,
        uint256 publishTime,
        bytes32 action
    ) private {
        vm.deal(_keeper, 1 ether);
        vm.prank(_keeper);
        try _d.orderGateway.executeOrder{value: update.length}(id, o, update) returns (bool executed) {
            if (!executed) return;
            _filled(taker, publishTime);
            _count(action);
        } catch {}
    }

    function _filled(address account, uint256 publishTime) private {
        if (publishTime > _lastFill[account]) _lastFill[account] = publishTime;
        address maker = address(_d.oracleMaker);
        if (publishTime > _lastFill[maker]) _lastFill[maker] = publishTime;
    }

    function _require(address account, uint256 publishTime) private {
        if (publishTime < _lastFill[account]) ++violations;
    }

    function _liquidationTime() private view returns (bool ok, uint256 publishTime) {
        bytes memory answer;
        (ok, answer) = address(_d.oracle).staticcall(abi.encodeCall(_d.oracle.getLiquidationPrice, (_d.marketId)));
        if (ok) (, publishTime) = abi.decode(answer, (uint256, uint256));
    }

    function _account(uint256 seed) private view returns (address) {
        return seed % 3 == 2 ? address(_d.oracleMaker) : _takers[seed % 3];
    }

    function _position(address account) private view returns (Position memory) {
        return _d.vault.positionOf(_d.marketId, account);
    }

    function _size(address account) private view returns (uint256) {
        return _position(account).size.abs();
    }

    function _update(uint256 price, uint256 publishTime, uint256 previous) private view returns (bytes[] memory data) {
        data = new bytes[](1);
        int64 value = int64(uint64(price));
        data[0] = _pyth.createPriceFeedUpdateData(_feed, value, 0, -8, value, 0, uint64(publishTime), uint64(previous));
    }
}
