// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ISpotAdapter, ISpotPayer} from "../interfaces/ISpotAdapter.sol";
import {Cast} from "../types/Cast.sol";
import {ZeroAmount} from "../types/Errors.sol";
import {SpotPath} from "./SpotPath.sol";

/// @dev The function of a Uniswap v3 factory that the adapter calls.
interface IUniswapV3FactoryLike {
    function getPool(address tokenA, address tokenB, uint24 fee) external view returns (address);
}

/// @dev The functions of a Uniswap v3 pool that the adapter calls.
interface IUniswapV3PoolLike {
    function slot0()
        external
        view
        returns (
            uint160 sqrtPriceX96,
            int24 tick,
            uint16 observationIndex,
            uint16 observationCardinality,
            uint16 observationCardinalityNext,
            uint32 feeProtocol,
            bool unlocked
        );
    function swap(
        address recipient,
        bool zeroForOne,
        int256 amountSpecified,
        uint160 sqrtPriceLimitX96,
        bytes calldata data
    ) external returns (int256 amount0, int256 amount1);
}

/// @title Swaps along a path of Uniswap v3 pools without a router
/// @notice The constructor looks the pools up in the factory, and they cannot change. A callback is authentic if and
/// only if the caller is the one pool that must be paid at that time (T14).
/// @dev An exact output is swapped from the last leg to the first, each leg inside the callback of the leg after it. So
/// every pool sends its output directly to the next pool or to the recipient. An exact input is swapped from the first
/// leg to the last, and this contract holds the tokens between legs.
contract UniswapV3Adapter is SpotPath {
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @notice The factory has no such pool.
    error UnknownPool(address tokenA, address tokenB, uint24 fee);

    address private immutable _pool0;
    address private immutable _pool1;
    address private immutable _pool2;
    /// @inheritdoc ISpotAdapter
    uint256 public immutable pathFee;

    /// @dev For a path of one pool only.
    bool private immutable _baseIsToken0;

    /// @dev One plus the step of the pool that must be paid; zero when no pool must be paid.
    uint8 private transient _unpaid;
    bool private transient _isBaseToQuote;
    bool private transient _isExactInput;
    /// @dev Input that the payer has paid for the current swap.
    uint256 private transient _paid;

    constructor(IUniswapV3FactoryLike factory, address[] memory tokens, uint24[] memory fees)
        SpotPath(tokens, fees.length)
    {
        pathFee = _pathFee(fees);
        _pool0 = _find(factory, tokens, fees, 0);
        _baseIsToken0 = tokens[0] < tokens[1];
        _pool1 = fees.length > 1 ? _find(factory, tokens, fees, 1) : address(0);
        _pool2 = fees.length > 2 ? _find(factory, tokens, fees, 2) : address(0);
    }

    /// @notice Pays a pool during its swap. The caller of the swap pays the first leg.
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
        // The positive delta is the amount that the pool is owed.
        uint256 owed = Cast.toUint(amount0Delta > 0 ? amount0Delta : amount1Delta);
        if (unpaid == 1) {
            _paid = owed;
            ISpotPayer(_payer).paySpotSwap(_isBaseToQuote, owed, msg.sender);
        } else if (_isExactInput) {
            IERC20(tokenIn).safeTransfer(msg.sender, owed);
        } else {
            _swapStep(unpaid - 2, owed, msg.sender);
        }
    }

    /// @inheritdoc ISpotAdapter
    function isLocked() external view returns (bool) {
        uint256 count = legs;
        for (uint256 leg = 0; leg < count; ++leg) {
            (,,,,,, bool unlocked) = IUniswapV3PoolLike(poolAt(leg)).slot0();
            if (!unlocked) return true;
        }
        return false;
    }

    /// @notice Returns the pool of a leg, counted from the base token; zero for a higher index.
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

    /// @dev Swaps in the only pool of the path. The callback needs the payer only, because the pool reports the input
    /// token.
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
        // The positive delta is the amount that the pool is owed.
        uint256 owed = Cast.toUint(owesToken0 ? amount0Delta : amount1Delta);
        ISpotPayer(payer).paySpotSwap(owesToken0 == _baseIsToken0, owed, msg.sender);
    }

    /// @dev Swaps one leg completely. `amount` is the input of an exact-input swap, else the output.
    function _swapStep(uint256 step, uint256 amount, address to) private returns (uint256 amountOut) {
        if (amount == 0) revert ZeroAmount();
        (uint256 leg, address tokenIn, address tokenOut) = _leg(_isBaseToQuote, step);
        _unpaid = (step + 1).toUint8();
        (, amountOut) = _swapIn(poolAt(leg), tokenIn < tokenOut, _isExactInput, amount, to);
    }

    function _swapIn(address pool, bool zeroForOne, bool isExactInput, uint256 amount, address to)
        private
        returns (uint256 amountIn, uint256 amountOut)
    {
        // At most 2^127 - 1 by {swap}, or an amount that a pool paid.
        int256 specified = isExactInput ? Cast.toInt(amount) : -Cast.toInt(amount);
        (int256 amount0, int256 amount1) = IUniswapV3PoolLike(pool)
            .swap(to, zeroForOne, specified, zeroForOne ? LOWEST_SQRT_PRICE : HIGHEST_SQRT_PRICE, "");
        // Positive deltas are amounts that the pool receives, negative ones are amounts that it pays.
        amountIn = Cast.toUint(zeroForOne ? amount0 : amount1);
        amountOut = Cast.toUint(-(zeroForOne ? amount1 : amount0));
        _requireFullSwap(isExactInput ? amountIn : amountOut, amount);
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
