// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse, TradeParams} from "../../src/interfaces/IClearingHouse.sol";
import {TestToken} from "./TestToken.sol";
import {IUniswapV3Pool, SpotMarket} from "./UniswapV3Local.sol";

/// @dev Moves a pool by real swaps, which it pays with its own tokens.
abstract contract PoolMover {
    IClearingHouse internal immutable house;
    SpotMarket internal immutable spot;
    IUniswapV3Pool internal immutable pool;
    TestToken internal immutable base;
    TestToken internal immutable quote;

    constructor(IClearingHouse house_, SpotMarket spot_) {
        (house, spot) = (house_, spot_);
        (pool, base, quote) = (spot_.pool(), spot_.base(), spot_.quote());
    }

    function poolPrice() internal view returns (uint160 sqrtPrice) {
        (sqrtPrice,,,,,,) = pool.slot0();
    }

    function moveTo(uint160 target) internal {
        uint160 current = poolPrice();
        if (target != current) pool.swap(address(this), target < current, type(int128).max, target, "");
    }

    /// @dev Runs in the middle of a swap, before the pool is paid.
    function beforePayment() internal virtual {}

    function uniswapV3SwapCallback(int256 amount0, int256 amount1, bytes calldata) external {
        beforePayment();
        (int256 baseOwed, int256 quoteOwed) = spot.baseIsToken0() ? (amount0, amount1) : (amount1, amount0);
        if (baseOwed > 0) base.transfer(address(pool), uint256(baseOwed));
        if (quoteOwed > 0) quote.transfer(address(pool), uint256(quoteOwed));
    }
}

/// @dev Lends everything that it holds for the length of a call, without a fee: the best case of an attacker.
contract FlashLender {
    TestToken private immutable base;
    TestToken private immutable quote;

    constructor(TestToken base_, TestToken quote_) {
        (base, quote) = (base_, quote_);
    }

    function lend(FlashAttacker to) external {
        (uint256 baseHeld, uint256 quoteHeld) = (base.balanceOf(address(this)), quote.balanceOf(address(this)));
        base.transfer(address(to), baseHeld);
        quote.transfer(address(to), quoteHeld);
        to.onLoan();
        base.transferFrom(address(to), address(this), baseHeld);
        quote.transferFrom(address(to), address(this), quoteHeld);
    }
}

/// @dev A trader that moves the pool with borrowed tokens, trades against the maker, and moves the pool back.
contract FlashAttacker is PoolMover {
    FlashLender private immutable lender;
    TradeParams private _params;
    uint256 private _push;
    bytes private _inSwap;
    bytes private _skewed;
    address private _target;
    bytes public refusal;

    constructor(IClearingHouse house_, SpotMarket spot_, FlashLender lender_) PoolMover(house_, spot_) {
        lender = lender_;
        base.approve(address(lender_), type(uint256).max);
        quote.approve(address(lender_), type(uint256).max);
    }

    function trade(TradeParams memory params) external {
        house.trade(params);
    }

    /// @dev Trades while the pool is at `push`.
    function attack(TradeParams memory params, uint256 push) external {
        delete refusal;
        (_params, _push) = (params, push);
        lender.lend(this);
    }

    /// @dev Calls `target` while the pool is at `push`.
    function callWhileSkewed(uint256 push, address target, bytes memory data) external {
        delete refusal;
        (_push, _target, _skewed) = (push, target, data);
        delete _params;
        lender.lend(this);
        delete _skewed;
    }

    /// @dev Calls `target` from within a swap of the pool, which is moved to `push`.
    function callInSwap(uint256 push, address target, bytes memory data) external {
        delete refusal;
        (_push, _target, _inSwap) = (push, target, data);
        delete _params;
        lender.lend(this);
        delete _inSwap;
    }

    function onLoan() external {
        uint160 start = poolPrice();
        moveTo(spot.sqrtPriceOf(_push));
        if (_params.amount != 0) {
            try house.trade(_params) {}
            catch (bytes memory reason) {
                refusal = reason;
            }
        }
        if (_skewed.length != 0) _callTarget(_skewed);
        delete _inSwap;
        moveTo(start);
    }

    function beforePayment() internal override {
        if (_inSwap.length != 0) _callTarget(_inSwap);
    }

    function _callTarget(bytes memory data) private {
        (bool isDone, bytes memory answer) = _target.call(data);
        refusal = isDone ? bytes("") : answer;
    }
}
