// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ISpotPayer} from "../interfaces/ISpotAdapter.sol";
import {ZeroAmount} from "../types/Errors.sol";
import {SpotPath} from "./SpotPath.sol";

/// @dev What identifies a Uniswap v4 pool.
struct PoolKeyLike {
    address currency0;
    address currency1;
    uint24 fee;
    int24 tickSpacing;
    address hooks;
}

/// @dev Uniswap v4 counts an exact input below zero.
struct SwapParamsLike {
    bool zeroForOne;
    int256 amountSpecified;
    uint160 sqrtPriceLimitX96;
}

/// @dev The part of Uniswap v4's PoolManager that the adapter calls.
interface IPoolManagerLike {
    function unlock(bytes calldata data) external returns (bytes memory);
    /// @return delta what the caller gets (> 0) or owes (< 0): token 0 in the upper half, token 1 in the lower
    function swap(PoolKeyLike memory key, SwapParamsLike memory params, bytes calldata hookData)
        external
        returns (int256 delta);
    function sync(address currency) external;
    function settle() external payable returns (uint256 paid);
    function take(address currency, address to, uint256 amount) external;
    function extsload(bytes32 slot) external view returns (bytes32 value);
}

/// @title Swaps along a path of Uniswap v4 pools without hooks
/// @notice All legs are swapped inside one unlock of the PoolManager, which then is paid the input of the first leg by
/// whoever started the swap and pays out the output of the last. A callback is authentic if and only if the PoolManager
/// calls while a swap is under way: it calls back nobody but whom it was unlocked by (T14).
/// @dev Pools with hooks, and with the native token, are refused: neither can be named.
contract UniswapV4Adapter is SpotPath {
    /// @notice The PoolManager has no such pool without hooks.
    error UnknownPoolKey(address currency0, address currency1, uint24 fee, int24 tickSpacing);

    /// @dev Slot of the PoolManager's mapping of pools, whose first word is zero until a pool is initialized.
    uint256 private constant POOLS_SLOT = 6;

    IPoolManagerLike public immutable poolManager;
    /// @dev Fee (24 bits) and tick spacing (24 bits) of each leg.
    uint48 private immutable _terms0;
    uint48 private immutable _terms1;
    uint48 private immutable _terms2;

    /// @param tokens from base to quote
    /// @param fees of each leg's pool, 1e6 = 100%
    /// @param tickSpacings of each leg's pool
    constructor(
        IPoolManagerLike poolManager_,
        address[] memory tokens,
        uint24[] memory fees,
        int24[] memory tickSpacings
    ) SpotPath(tokens, fees.length) {
        if (fees.length != tickSpacings.length) {
            revert InvalidPath(tokens.length, tickSpacings.length);
        }
        poolManager = poolManager_;
        uint48[3] memory terms;
        for (uint256 leg = 0; leg < fees.length; ++leg) {
            _requirePool(poolManager_, _keyOf(tokens[leg], tokens[leg + 1], fees[leg], tickSpacings[leg]));
            // The sign is kept in the 24 bits that it is read back from.
            // forge-lint: disable-next-line(unsafe-typecast)
            terms[leg] = uint48(fees[leg]) << 24 | uint24(tickSpacings[leg]);
        }
        (_terms0, _terms1, _terms2) = (terms[0], terms[1], terms[2]);
    }

    /// @notice Called by the PoolManager while it is unlocked for a swap.
    function unlockCallback(bytes calldata data) external returns (bytes memory) {
        address payer = _payer;
        address manager = address(poolManager);
        if (msg.sender != manager || payer == address(0)) revert NotThePool(msg.sender, manager);
        (bool isBaseToQuote, bool isExactInput, uint256 amount, address recipient) =
            abi.decode(data, (bool, bool, uint256, address));
        (uint256 amountIn, uint256 amountOut) = _swapLegs(isBaseToQuote, isExactInput, amount);
        _settle(payer, isBaseToQuote, amountIn);
        poolManager.take(tokenAt(isBaseToQuote ? legs : 0), recipient, amountOut);
        return abi.encode(amountIn, amountOut);
    }

    /// @notice The pool of a leg.
    function poolKeyAt(uint256 leg) public view returns (PoolKeyLike memory) {
        uint48 terms = leg == 0 ? _terms0 : leg == 1 ? _terms1 : _terms2;
        // The halves that the constructor put together.
        // forge-lint: disable-next-line(unsafe-typecast)
        return _keyOf(tokenAt(leg), tokenAt(leg + 1), uint24(terms >> 24), int24(uint24(terms)));
    }

    /// @inheritdoc SpotPath
    function _swapPath(bool isBaseToQuote, bool isExactInput, uint256 amount, address recipient)
        internal
        override
        returns (uint256 amountIn, uint256 amountOut)
    {
        bytes memory answer = poolManager.unlock(abi.encode(isBaseToQuote, isExactInput, amount, recipient));
        return abi.decode(answer, (uint256, uint256));
    }

    /// @dev First to last for an exact input, last to first for an exact output; nothing moves yet.
    function _swapLegs(bool isBaseToQuote, bool isExactInput, uint256 amount)
        private
        returns (uint256 amountIn, uint256 amountOut)
    {
        (amountIn, amountOut) = (amount, amount);
        uint256 count = legs;
        for (uint256 i = 0; i < count; ++i) {
            if (isExactInput) (, amountOut) = _swapLeg(isBaseToQuote, i, true, amountOut);
            else (amountIn,) = _swapLeg(isBaseToQuote, count - 1 - i, false, amountIn);
        }
    }

    /// @dev One leg, whole: of an exact input `amount` goes in, else it comes out.
    function _swapLeg(bool isBaseToQuote, uint256 step, bool isExactInput, uint256 amount)
        private
        returns (uint256 amountIn, uint256 amountOut)
    {
        if (amount == 0) revert ZeroAmount();
        (uint256 leg, address tokenIn, address tokenOut) = _leg(isBaseToQuote, step);
        bool zeroForOne = tokenIn < tokenOut;
        // forge-lint: disable-start(unsafe-typecast)
        int256 delta = poolManager.swap(
            poolKeyAt(leg),
            SwapParamsLike({
                zeroForOne: zeroForOne,
                amountSpecified: isExactInput ? -int256(amount) : int256(amount),
                sqrtPriceLimitX96: zeroForOne ? LOWEST_SQRT_PRICE : HIGHEST_SQRT_PRICE
            }),
            ""
        );
        (int128 amount0, int128 amount1) = (int128(delta >> 128), int128(delta));
        (int256 owed, int256 due) = zeroForOne ? (amount0, amount1) : (amount1, amount0);
        (amountIn, amountOut) = (uint256(-owed), uint256(due));
        // forge-lint: disable-end(unsafe-typecast)
        _requireWhole(isExactInput ? amountIn : amountOut, amount);
    }

    function _settle(address payer, bool isBaseToQuote, uint256 amount) private {
        address input = tokenAt(isBaseToQuote ? 0 : legs);
        poolManager.sync(input);
        ISpotPayer(payer).paySpotSwap(isBaseToQuote, amount, address(poolManager));
        uint256 paid = poolManager.settle();
        if (paid < amount) revert TransferFee(input, paid, amount);
    }

    function _keyOf(address a, address b, uint24 fee, int24 tickSpacing) private pure returns (PoolKeyLike memory) {
        (address currency0, address currency1) = a < b ? (a, b) : (b, a);
        return PoolKeyLike(currency0, currency1, fee, tickSpacing, address(0));
    }

    function _requirePool(IPoolManagerLike manager, PoolKeyLike memory key) private view {
        bytes32 poolId = keccak256(abi.encode(key));
        if (manager.extsload(keccak256(abi.encode(poolId, POOLS_SLOT))) == 0) {
            revert UnknownPoolKey(key.currency0, key.currency1, key.fee, key.tickSpacing);
        }
    }
}
