// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Deployment} from "../../../script/Deploy.s.sol";
import {TradeParams} from "../../../src/interfaces/IClearingHouse.sol";
import {IMaker} from "../../../src/interfaces/IMaker.sol";
import {ActionLog} from "../../utils/ActionLog.sol";
import {PythDouble} from "../../utils/PythDouble.sol";

/// @dev Takers that trade with one OracleMaker at a constant price, without spread and trading fee: funding is all that
/// they can gain or lose.
contract FundingHandler is ActionLog {
    Deployment private _d;
    PythDouble private _pyth;
    bytes32 private _feed;
    uint256 private _price;
    address[] private _takers;

    constructor(Deployment memory d, PythDouble pyth, bytes32 feed, uint256 price, address[] memory takers) {
        (_d, _pyth, _feed, _price, _takers) = (d, pyth, feed, price, takers);
        _declare("increase");
        _declare("flip");
        _declare("close");
        _declare("wait");
    }

    /// @dev Any size up to the maker's capacity, and often exactly the skew scale.
    function increase(uint256 seed, uint256 size, bool isBuy) external {
        size = seed % 3 == 0 ? _scale() : boundSize(size, 1e12, _d.oracleMaker.maxAbsPosition());
        _trade("increase", seed, size, isBuy, false);
    }

    /// @dev To the whole capacity of the maker on the other side.
    function flip(uint256 seed) external {
        int256 inventory = _sizeOf(address(_d.oracleMaker));
        bool isBuy = inventory > 0;
        uint256 room = _d.oracleMaker.maxAbsPosition();
        _trade("flip", seed, room + uint256(isBuy ? inventory : -inventory), isBuy, false);
    }

    function close(uint256 seed) external {
        int256 size = _sizeOf(_taker(seed));
        if (size != 0) _trade("close", seed, type(uint256).max, size < 0, true);
    }

    function wait(uint256 time, bool accrues) external {
        skip(boundTime(time, time % 5 == 0 ? 3 days : 8 hours));
        _publish();
        if (accrues) _d.clearingHouse.accrue(_d.marketId);
        _count("wait");
    }

    function _trade(bytes32 action, uint256 seed, uint256 size, bool isBuy, bool isReduceOnly) private {
        _publish();
        TradeParams memory params;
        (params.marketId, params.taker, params.maker) = (_d.marketId, _taker(seed), address(_d.oracleMaker));
        (params.isBaseToQuote, params.isExactInput, params.isReduceOnly) = (!isBuy, !isBuy, isReduceOnly);
        params.amount = size;
        params.oppositeBound = isBuy ? type(uint256).max : 0;
        params.deadline = vm.getBlockTimestamp();
        vm.prank(params.taker);
        try _d.clearingHouse.trade(params) {
            _count(action);
        } catch (bytes memory reason) {
            assertEq(bytes4(reason), IMaker.MakerCapacityExceeded.selector, "an unexpected refusal");
            _countRefusal(action);
        }
    }

    function _publish() private {
        bytes[] memory update = new bytes[](1);
        int64 price = int64(uint64(_price / 1e10));
        uint64 time = uint64(vm.getBlockTimestamp());
        update[0] = _pyth.createPriceFeedUpdateData(_feed, price, 0, -8, price, 0, time, time - 1);
        vm.deal(address(this), 1);
        _pyth.updatePriceFeeds{value: 1}(update);
    }

    function _taker(uint256 seed) private view returns (address) {
        return _takers[seed / 3 % _takers.length];
    }

    function _sizeOf(address account) private view returns (int256) {
        return _d.vault.positionOf(_d.marketId, account).size.unwrap();
    }

    function _scale() private view returns (uint256) {
        return uint256(_d.lens.marketOf(_d.marketId).skewScale) * 1e9;
    }
}
