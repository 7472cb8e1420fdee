// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ISpotAdapter, ISpotPayer} from "../interfaces/ISpotAdapter.sol";

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

/// @title Swaps in one Uniswap v3 pool, straight, without a router
/// @notice The pool is looked up in the factory when the adapter is deployed and cannot change, so a callback is
/// authentic if and only if the pool is the caller and a swap is under way (T14).
contract UniswapV3Adapter is ISpotAdapter {
    /// @notice The factory knows no such pool.
    error UnknownPool(address baseToken, address quoteToken, uint24 fee);
    error AmountTooLarge(uint256 amount, uint256 maxAmount);

    /// @dev One inside the outermost square-root prices that a pool accepts as limit: no limit.
    uint160 private constant LOWEST_SQRT_PRICE = 4295128739 + 1;
    uint160 private constant HIGHEST_SQRT_PRICE = 1461446703485210103287273052203988822378723970342 - 1;

    /// @inheritdoc ISpotAdapter
    address public immutable baseToken;
    /// @inheritdoc ISpotAdapter
    address public immutable quoteToken;
    address public immutable pool;
    bool private immutable _baseIsToken0;

    /// @dev Who pays for the swap under way.
    address private transient _payer;

    constructor(IUniswapV3FactoryLike factory, address baseToken_, address quoteToken_, uint24 fee) {
        address pool_ = factory.getPool(baseToken_, quoteToken_, fee);
        if (pool_ == address(0)) revert UnknownPool(baseToken_, quoteToken_, fee);
        baseToken = baseToken_;
        quoteToken = quoteToken_;
        pool = pool_;
        _baseIsToken0 = baseToken_ < quoteToken_;
    }

    /// @inheritdoc ISpotAdapter
    function swap(bool isBaseToQuote, bool isExactInput, uint256 amount, address recipient)
        external
        returns (uint256 amountIn, uint256 amountOut)
    {
        if (_payer != address(0)) revert SwapInProgress(_payer);
        uint256 maxAmount = uint256(type(int256).max);
        if (amount > maxAmount) revert AmountTooLarge(amount, maxAmount);
        _payer = msg.sender;
        bool zeroForOne = isBaseToQuote == _baseIsToken0;
        // forge-lint: disable-next-line(unsafe-typecast)
        int256 specified = isExactInput ? int256(amount) : -int256(amount);
        (int256 amount0, int256 amount1) = IUniswapV3PoolLike(pool)
            .swap(recipient, zeroForOne, specified, zeroForOne ? LOWEST_SQRT_PRICE : HIGHEST_SQRT_PRICE, "");
        _payer = address(0);
        // The pool reports what it takes as positive and what it gives as negative.
        // forge-lint: disable-start(unsafe-typecast)
        (amountIn, amountOut) =
            zeroForOne ? (uint256(amount0), uint256(-amount1)) : (uint256(amount1), uint256(-amount0));
        // forge-lint: disable-end(unsafe-typecast)
        uint256 filled = isExactInput ? amountIn : amountOut;
        if (filled != amount) revert PartialSwap(filled, amount);
    }

    /// @notice Called by the pool while it swaps; asks whoever started the swap to pay.
    function uniswapV3SwapCallback(int256 amount0Delta, int256 amount1Delta, bytes calldata) external {
        address payer = _payer;
        if (msg.sender != pool || payer == address(0)) revert NotThePool(msg.sender, pool);
        bool owesToken0 = amount0Delta > 0;
        // forge-lint: disable-next-line(unsafe-typecast)
        uint256 owed = uint256(owesToken0 ? amount0Delta : amount1Delta);
        ISpotPayer(payer).paySpotSwap(owesToken0 == _baseIsToken0, owed, pool);
    }
}
