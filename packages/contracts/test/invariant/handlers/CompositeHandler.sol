// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Deployment} from "../../../script/Deploy.s.sol";
import {LiquidationParams, TradeParams} from "../../../src/interfaces/IClearingHouse.sol";
import {Position} from "../../../src/types/Position.sol";
import {ActionLog} from "../../utils/ActionLog.sol";
import {AggregatorDouble} from "../../utils/AggregatorDouble.sol";
import {PythDouble} from "../../utils/PythDouble.sol";

/// @dev A market whose price is a quotient. Base and collateral jump together, while the quotient walks slowly. Callers store
/// either part at any time that was published, or a publish time ahead of the chain; Pyth falls silent; and the aggregator
/// of the base is clamped at its minimum. Actions compare what an account pays with the quotients of the last minute.
contract CompositeHandler is ActionLog {
    struct Published {
        uint256 time;
        /// @dev Dollars, 8 decimals.
        uint256 base;
        uint256 collateral;
    }

    /// @dev The aggregator of the base reports no less, 8 decimals.
    uint256 public constant CLAMP = 1900e8;
    /// @dev The oldest price that a liquidation uses, and the furthest ahead, seconds.
    uint256 private constant WINDOW = 75;
    uint256 private constant PENALTY = 25_000;
    uint256 private constant INITIAL_RATIO = 100_000;
    uint256 private constant PPM = 1e6;
    int256 private constant BOUNTY = 5e18;
    int256 private constant DUST = 1e13;

    Deployment private _d;
    PythDouble private immutable _pyth;
    bytes32[2] private _feeds;
    AggregatorDouble[2] private _rounds;
    address[2] private _takers;
    address private immutable _liquidator;
    /// @dev Oldest first.
    Published[] private _history;
    /// @dev WAD collateral per base.
    uint256 private _quotient = 2000e18;
    /// @dev 8 decimals.
    uint256 private _collateral = 1e8;

    constructor(
        Deployment memory d,
        PythDouble pyth,
        bytes32[2] memory feeds,
        AggregatorDouble[2] memory rounds,
        address[2] memory takers,
        address liquidator
    ) {
        (_d, _pyth, _feeds, _rounds, _takers, _liquidator) = (d, pyth, feeds, rounds, takers, liquidator);
        _declare("store");
        _declare("storeAhead");
        _declare("silence");
        _declare("trade");
        _declare("liquidate");
        _declare("liquidate.round");
        _declare("withdraw");
        _record();
        _store(2, _history[0], block.timestamp);
    }

    // --------------------------------------------------------------------------------------------------- prices ----

    /// @dev The parts jump by up to 5%, the quotient moves by up to 0.3%. Prices are further apart than `maxSkew` and the
    /// longest lead of a valid price together.
    function step(uint256 time, uint256 factor, uint256 jump) external {
        vm.warp(vm.getBlockTimestamp() + bound(time, 21, 40));
        _walk(bound(factor, 9_970, 10_030), bound(jump, 9_500, 10_500));
        _count("step");
    }

    /// @dev Any account stores one part, or both, as published at any of the last times.
    function store(uint256 which, uint256 back) external {
        back = bound(back, 0, _history.length > 6 ? 6 : _history.length - 1);
        Published memory chosen = _history[_history.length - 1 - back];
        _store(which, chosen, chosen.time);
        _count("store");
    }

    /// @dev Pyth publishes the prices of now with a time that is ahead of the chain.
    function storeAhead(uint256 lead, uint256 kind) external {
        uint256 time = vm.getBlockTimestamp() + bound(lead, 1, kind % 3 == 0 ? 10 : kind % 3 == 1 ? 120 : 7000);
        _store(2, _history[_history.length - 1], time);
        _count("storeAhead");
    }

    /// @dev Pyth publishes nothing for an hour. The aggregators do, before its end and at its end.
    function silence(uint256 factor, uint256 jump) external {
        vm.warp(vm.getBlockTimestamp() + 3_500);
        _walk(bound(factor, 9_000, 11_000), bound(jump, 9_500, 10_500));
        vm.warp(vm.getBlockTimestamp() + 200);
        _walk(10_000, 10_000);
        _count("silence");
    }

    // --------------------------------------------------------------------------------------------------- actions ----

    /// @dev At the prices of now, with about ten times leverage.
    function trade(uint256 seed, uint256 amount, bool isSale) external {
        address taker = _takers[seed % 2];
        vm.warp(vm.getBlockTimestamp() + 21);
        _walk(10_000, 10_000);
        _store(2, _history[_history.length - 1], vm.getBlockTimestamp());
        int256 lacks = 8_000e18 - _position(taker).margin.unwrap();
        vm.startPrank(taker);
        if (lacks > 0) {
            uint256 amountXCD = uint256(lacks) / 1e12;
            if (amountXCD > _d.vault.fundOf(taker)) amountXCD = _d.vault.fundOf(taker);
            if (amountXCD != 0) _d.vault.transferFundToMargin(_d.marketId, taker, amountXCD);
        }
        amount = bound(amount, 25e18, 40e18);
        TradeParams memory p =
            TradeParams(_d.marketId, amount, 0, 0, taker, address(_d.oracleMaker), isSale, isSale, false);
        (p.oppositeBound, p.deadline) = (isSale ? 0 : type(uint256).max, vm.getBlockTimestamp());
        try _d.clearingHouse.trade(p) {
            _count("trade");
        } catch {
            _countRefusal("trade");
        }
        vm.stopPrank();
    }

    /// @dev T37, T45, T49: the account pays the penalty, and is taken over at a quotient of the last minute. The liquidator
    /// stores none, one or both of the prices of now first.
    function liquidate(uint256 seed, uint256 which) external {
        address account = _takers[seed % 2];
        _storeNow(which);
        Position memory before = _position(account);
        LiquidationParams memory p =
            LiquidationParams(_d.marketId, account, _liquidator, address(0), type(uint256).max, 0, 0);
        vm.prank(_liquidator);
        try _d.clearingHouse.liquidate(p) {}
        catch {
            return _countRefusal("liquidate");
        }
        bool isRound = _isRound(0);
        _count(isRound ? bytes32("liquidate.round") : bytes32("liquidate"));
        // Rounds of the collateral may be older than a minute, so a quotient of Pyth and a round is another matter.
        if (isRound == _isRound(1)) _checkTakeOver(before, _position(account));
    }

    function _checkTakeOver(Position memory before, Position memory left) private view {
        int256 base = before.size.unwrap() - left.size.unwrap();
        int256 got = _cash(left) - _cash(before);
        (uint256 lowest, uint256 highest) = _range();
        int256 worst = base * int256(base > 0 ? lowest : highest) / 1e18;
        int256 notional = (base > 0 ? base : -base) * int256(highest) / 1e18;
        int256 penalty = notional * int256(PENALTY) / int256(PPM) + BOUNTY;
        assertGe(got, worst - penalty - DUST, "E1: liquidated at a price that the market did not have");
    }

    /// @dev The margin that stays covers the initial requirement at the quotients of the last minute. The owner stores prices as a
    /// liquidator does.
    function withdraw(uint256 seed, uint256 amount, uint256 which) external {
        address account = _takers[seed % 2];
        if (_position(account).size.isZero()) return;
        _storeNow(which);
        vm.prank(account);
        try _d.vault.transferMarginToFund(_d.marketId, account, bound(amount, 1e6, 5_000e6)) {}
        catch {
            return _countRefusal("withdraw");
        }
        _checkMargin(_position(account));
        _count("withdraw");
    }

    function _checkMargin(Position memory left) private view {
        (uint256 lowest, uint256 highest) = _range();
        int256 size = left.size.unwrap();
        int256 magnitude = size > 0 ? size : -size;
        int256 value = _cash(left) + size * int256(size > 0 ? lowest : highest) / 1e18;
        int256 required = magnitude * int256(lowest) / 1e18 * int256(INITIAL_RATIO) / int256(PPM);
        int256 spread = magnitude * int256(highest - lowest) / 1e18;
        assertGe(value, required - spread - DUST, "E1: withdrawn at a price that the market did not have");
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    function _walk(uint256 factor, uint256 jump) private {
        _quotient = bound(_quotient * factor / 10_000, 1500e18, 2600e18);
        _collateral = bound(_collateral * jump / 10_000, 0.8e8, 1.2e8);
        _record();
    }

    function _record() private {
        uint256 base = _quotient * _collateral / 1e18;
        uint256 time = vm.getBlockTimestamp();
        _history.push(Published(time, base, _collateral));
        _rounds[0].push(int256(base < CLAMP ? CLAMP : base), time);
        _rounds[1].push(int256(_collateral), time);
    }

    /// @dev Lowest and highest quotient that was in force in the last seconds, WAD, each with a unit of rounding.
    function _range() private view returns (uint256 lowest, uint256 highest) {
        lowest = type(uint256).max;
        for (uint256 i = _history.length; i > 0; --i) {
            Published memory published = _history[i - 1];
            uint256 quotient = published.base * 1e18 / published.collateral;
            if (quotient < lowest) lowest = quotient;
            if (quotient > highest) highest = quotient;
            if (published.time + WINDOW < vm.getBlockTimestamp()) break;
        }
        (lowest, highest) = (lowest - 1, highest + 1);
    }

    /// @dev Whether a liquidation that went through used a round for a part, because Pyth's price was not current.
    function _isRound(uint256 part) private view returns (bool) {
        uint256 time = _pyth.getPriceUnsafe(_feeds[part]).publishTime;
        return time > vm.getBlockTimestamp() + 10 || time + 60 < vm.getBlockTimestamp();
    }

    /// @param which modulo 5: 0: base, 1: collateral, 2 and 3: both, 4: none
    function _storeNow(uint256 which) private {
        which %= 5;
        if (which < 4) _store(which, _history[_history.length - 1], _history[_history.length - 1].time);
    }

    /// @param which modulo 4: 0: base, 1: collateral, otherwise both
    function _store(uint256 which, Published memory published, uint256 time) private {
        which %= 4;
        bytes[] memory data = new bytes[](which < 2 ? 1 : 2);
        if (which != 1) data[0] = _data(0, published.base, time);
        if (which != 0) data[which == 1 ? 0 : 1] = _data(1, published.collateral, time);
        vm.deal(address(this), 1 ether);
        _pyth.updatePriceFeeds{value: data.length}(data);
    }

    function _data(uint256 part, uint256 price, uint256 time) private view returns (bytes memory) {
        int64 value = int64(uint64(price));
        return _pyth.createPriceFeedUpdateData(_feeds[part], value, 0, -8, value, 0, uint64(time), uint64(time - 1));
    }

    /// @dev The account's margin and open notional, WAD.
    function _cash(Position memory position) private pure returns (int256) {
        return position.margin.unwrap() + position.openNotional.unwrap();
    }

    function _position(address account) private view returns (Position memory) {
        return _d.vault.positionOf(_d.marketId, account);
    }
}
