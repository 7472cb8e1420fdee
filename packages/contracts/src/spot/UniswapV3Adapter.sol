// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ISpotPayer} from "../interfaces/ISpotAdapter.sol";
import {ZeroAmount} from "../types/Errors.sol";
import {SpotPath} from "./SpotPath.sol";

/// @dev The part of a Uniswap v3 factory that the adapter asks.
interface IUniswapV3FactoryLike {
    function getPool(address tokenA, address tokenB, uint24 fee) external view returns (address);
}

/// @dev The part of a Uniswap v3 pool that the adapter calls.
interface IUniswapV3PoolLike {
    function swap(
        address recipient,
        bool zeroForOne,
        int256 amountSpecified,
        uint160 sqrtPriceLimitX96,
        bytes calldata data
    ) external returns (int256 amount0, int256 amount1);
}

/// @title Swaps along a path of Uniswap v3 pools, straight, without a router
/// @notice The pools are looked up in the factory when the adapter is deployed and cannot change. A callback is authentic
/// if and only if the caller is the one pool that is to be paid at that moment (T14).
/// @dev An exact output is swapped from the last leg to the first, each leg inside the callback of the one after it, so
/// that every pool pays straight to where its output is owed. An exact input is swapped from the first to the last, and
/// passes through this contract between legs.
contract UniswapV3Adapter is SpotPath {
    using SafeERC20 for IERC20;

    /// @notice The factory knows no such pool.
    error UnknownPool(address tokenA, address tokenB, uint24 fee);

    address private immutable _pool0;
    address private immutable _pool1;
    address private immutable _pool2;

    /// @dev Of a path of one pool.
    bool private immutable _baseIsToken0;

    /// @dev Step of the pool that is to be paid, plus one; zero when none is.
    uint8 private transient _unpaid;
    bool private transient _isBaseToQuote;
    bool private transient _isExactInput;
    /// @dev What the payer has paid for the swap under way.
    uint256 private transient _paid;

    constructor(IUniswapV3FactoryLike factory, address[] memory tokens, uint24[] memory fees)
        SpotPath(tokens, fees.length)
    {
        _pool0 = _find(factory, tokens, fees, 0);
        _baseIsToken0 = tokens[0] < tokens[1];
        _pool1 = fees.length > 1 ? _find(factory, tokens, fees, 1) : address(0);
        _pool2 = fees.length > 2 ? _find(factory, tokens, fees, 2) : address(0);
    }

    /// @notice Called by a pool while it swaps; the input of the first leg comes from whoever started the swap.
    function uniswapV3SwapCallback(int256 amount0Delta, int256 amount1Delta, bytes calldata) external {
        if (legs == 1) {
            _payOnlyPool(amount0Delta, amount1Delta);
            return;
        }
        uint256 unpaid = _unpaid;
        if (unpaid == 0) revert NotThePool(msg.sender, _pool0);
        (uint256 leg, address tokenIn,) = _leg(_isBaseToQuote, unpaid - 1);
        if (msg.sender != poolAt(leg)) revert NotThePool(msg.sender, poolAt(leg));
        _unpaid = 0;
        // The pool is owed the one that is positive.
        // forge-lint: disable-next-line(unsafe-typecast)
        uint256 owed = uint256(amount0Delta > 0 ? amount0Delta : amount1Delta);
        if (unpaid == 1) {
            _paid = owed;
            ISpotPayer(_payer).paySpotSwap(_isBaseToQuote, owed, msg.sender);
        } else if (_isExactInput) {
            IERC20(tokenIn).safeTransfer(msg.sender, owed);
        } else {
            _swapStep(unpaid - 2, owed, msg.sender);
        }
    }

    /// @notice The pool of each leg, from the base token on; zero beyond the last.
    function poolAt(uint256 leg) public view returns (address) {
        if (leg == 0) return _pool0;
        if (leg == 1) return _pool1;
        return leg == 2 ? _pool2 : address(0);
    }

    /// @inheritdoc SpotPath
    function _swapPath(bool isBaseToQuote, bool isExactInput, uint256 amount, address recipient)
        internal
        override
        returns (uint256 amountIn, uint256 amountOut)
    {
        if (legs == 1) return _swapOnlyPool(isBaseToQuote, isExactInput, amount, recipient);
        _isBaseToQuote = isBaseToQuote;
        _isExactInput = isExactInput;
        uint256 last = legs - 1;
        amountOut = amount;
        if (isExactInput) {
            for (uint256 step = 0; step <= last; ++step) {
                amountOut = _swapStep(step, amountOut, step == last ? recipient : address(this));
            }
        } else {
            _swapStep(last, amount, recipient);
        }
        amountIn = _paid;
    }

    /// @dev The whole path is one pool: what its callback needs to know is who pays, and in what the pool says itself.
    function _swapOnlyPool(bool isBaseToQuote, bool isExactInput, uint256 amount, address recipient)
        private
        returns (uint256 amountIn, uint256 amountOut)
    {
        if (amount == 0) revert ZeroAmount();
        (amountIn, amountOut) = _swapIn(_pool0, isBaseToQuote == _baseIsToken0, isExactInput, amount, recipient);
    }

    function _payOnlyPool(int256 amount0Delta, int256 amount1Delta) private {
        address payer = _payer;
        if (msg.sender != _pool0 || payer == address(0)) revert NotThePool(msg.sender, _pool0);
        bool owesToken0 = amount0Delta > 0;
        // The pool is owed the one that is positive.
        // forge-lint: disable-next-line(unsafe-typecast)
        uint256 owed = uint256(owesToken0 ? amount0Delta : amount1Delta);
        ISpotPayer(payer).paySpotSwap(owesToken0 == _baseIsToken0, owed, msg.sender);
    }

    /// @dev One leg, whole: of an exact input `amount` goes in, else it comes out.
    function _swapStep(uint256 step, uint256 amount, address to) private returns (uint256 amountOut) {
        if (amount == 0) revert ZeroAmount();
        (uint256 leg, address tokenIn, address tokenOut) = _leg(_isBaseToQuote, step);
        // At most three.
        // forge-lint: disable-next-line(unsafe-typecast)
        _unpaid = uint8(step + 1);
        (, amountOut) = _swapIn(poolAt(leg), tokenIn < tokenOut, _isExactInput, amount, to);
    }

    function _swapIn(address pool, bool zeroForOne, bool isExactInput, uint256 amount, address to)
        private
        returns (uint256 amountIn, uint256 amountOut)
    {
        // Neither cast can overflow: the amount is at most an int128, or what a pool has.
        // forge-lint: disable-start(unsafe-typecast)
        int256 specified = isExactInput ? int256(amount) : -int256(amount);
        (int256 amount0, int256 amount1) = IUniswapV3PoolLike(pool)
            .swap(to, zeroForOne, specified, zeroForOne ? LOWEST_SQRT_PRICE : HIGHEST_SQRT_PRICE, "");
        // The pool reports what it takes as positive and what it gives as negative.
        amountIn = uint256(zeroForOne ? amount0 : amount1);
        amountOut = uint256(-(zeroForOne ? amount1 : amount0));
        // forge-lint: disable-end(unsafe-typecast)
        _requireWhole(isExactInput ? amountIn : amountOut, amount);
    }

    function _find(IUniswapV3FactoryLike factory, address[] memory tokens, uint24[] memory fees, uint256 leg)
        private
        view
        returns (address pool)
    {
        pool = factory.getPool(tokens[leg], tokens[leg + 1], fees[leg]);
        if (pool == address(0)) revert UnknownPool(tokens[leg], tokens[leg + 1], fees[leg]);
    }
}
