// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ISpotAdapter, ISpotPayer} from "../interfaces/ISpotAdapter.sol";
import {Cast} from "../types/Cast.sol";
import {ZeroAmount} from "../types/Errors.sol";
import {PPM} from "../types/Units.sol";
import {SpotPath} from "./SpotPath.sol";

/// @dev Identifies a Uniswap v4 pool.
struct PoolKeyLike {
    address currency0;
    address currency1;
    uint24 fee;
    int24 tickSpacing;
    address hooks;
}

/// @dev Uniswap v4 takes an exact input as a negative amount.
struct SwapParamsLike {
    bool zeroForOne;
    int256 amountSpecified;
    uint160 sqrtPriceLimitX96;
}

/// @dev The functions of Uniswap v4's PoolManager that the adapter calls.
interface IPoolManagerLike {
    function unlock(bytes calldata data) external returns (bytes memory);
    /// @return delta amounts that the caller receives (> 0) or owes (< 0): token 0 in the upper half, token 1 in the
    /// lower
    function swap(PoolKeyLike memory key, SwapParamsLike memory params, bytes calldata hookData)
        external
        returns (int256 delta);
    function sync(address currency) external;
    function settle() external payable returns (uint256 paid);
    function take(address currency, address to, uint256 amount) external;
    function extsload(bytes32 slot) external view returns (bytes32 value);
    function exttload(bytes32 slot) external view returns (bytes32 value);
}

/// @title Swaps along a path of Uniswap v4 pools without hooks
/// @notice All legs are swapped inside one unlock of the PoolManager. The caller of the swap then pays the input of the
/// first leg to the PoolManager, which sends the output of the last leg to the recipient. A callback is authentic if
/// and only if the PoolManager calls during a swap, because it only calls back the contract that unlocked it (T14).
/// @dev The pool keys contain neither hooks nor the native token, so pools with them cannot be used.
contract UniswapV4Adapter is SpotPath {
    /// @notice The PoolManager has no such pool without hooks.
    error UnknownPoolKey(address currency0, address currency1, uint24 fee, int24 tickSpacing);

    /// @dev Storage slot of the PoolManager's mapping of pools. The first word of a pool is zero until it is
    /// initialized.
    uint256 private constant POOLS_SLOT = 6;

    /// @dev Transient slot of the PoolManager's lock: not zero while an account has unlocked it.
    bytes32 private constant UNLOCKED_SLOT = bytes32(uint256(keccak256("Unlocked")) - 1);

    IPoolManagerLike public immutable poolManager;
    uint24 private immutable _fee0;
    uint24 private immutable _fee1;
    uint24 private immutable _fee2;
    int24 private immutable _tickSpacing0;
    int24 private immutable _tickSpacing1;
    int24 private immutable _tickSpacing2;

    /// @param tokens tokens of the path, from base to quote
    /// @param fees fee of each leg's pool, 1e6 = 100%
    /// @param tickSpacings tick spacing of each leg's pool
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
        uint256 count = fees.length;
        for (uint256 leg = 0; leg < count; ++leg) {
            _requirePool(poolManager_, _keyOf(tokens[leg], tokens[leg + 1], fees[leg], tickSpacings[leg]));
        }
        (_fee0, _tickSpacing0) = (fees[0], tickSpacings[0]);
        (_fee1, _tickSpacing1) = count > 1 ? (fees[1], tickSpacings[1]) : (uint24(0), int24(0));
        (_fee2, _tickSpacing2) = count > 2 ? (fees[2], tickSpacings[2]) : (uint24(0), int24(0));
    }

    /// @notice Swaps and settles. Only the PoolManager can call it, during a swap.
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

    /// @inheritdoc ISpotAdapter
    /// @dev With the protocol fees of the PoolManager now, each of the greater of a pool's two directions.
    function pathFee() external view returns (uint256) {
        uint24[] memory fees = new uint24[](legs);
        for (uint256 leg = 0; leg < fees.length; ++leg) {
            PoolKeyLike memory key = poolKeyAt(leg);
            uint256 slot0 = uint256(poolManager.extsload(_slotOf(key)));
            // The first word: sqrtPriceX96 160, tick 24, protocolFee 24 (12 for each direction), lpFee 24.
            uint256 protocolFee = Math.max((slot0 >> 184) & 0xfff, (slot0 >> 196) & 0xfff);
            uint256 fee = protocolFee + Math.ceilDiv(uint256(key.fee) * (PPM - protocolFee), PPM);
            // At most 1e6.
            fees[leg] = Cast.lowUint24(fee);
        }
        return _pathFee(fees);
    }

    /// @inheritdoc ISpotAdapter
    /// @dev The PoolManager admits one unlock at a time.
    function isLocked() external view returns (bool) {
        return poolManager.exttload(UNLOCKED_SLOT) != 0;
    }

    /// @notice Returns the pool key of a leg.
    function poolKeyAt(uint256 leg) public view returns (PoolKeyLike memory) {
        (uint24 fee, int24 tickSpacing) =
            leg == 0 ? (_fee0, _tickSpacing0) : leg == 1 ? (_fee1, _tickSpacing1) : (_fee2, _tickSpacing2);
        return _keyOf(tokenAt(leg), tokenAt(leg + 1), fee, tickSpacing);
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

    /// @dev Swaps the legs from first to last for an exact input, from last to first for an exact output. Transfers no
    /// tokens.
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

    /// @dev Swaps one leg completely. `amount` is the input of an exact-input swap, else the output.
    function _swapLeg(bool isBaseToQuote, uint256 step, bool isExactInput, uint256 amount)
        private
        returns (uint256 amountIn, uint256 amountOut)
    {
        if (amount == 0) revert ZeroAmount();
        (uint256 leg, address tokenIn, address tokenOut) = _leg(isBaseToQuote, step);
        bool zeroForOne = tokenIn < tokenOut;
        // The amount is at most 2^127 - 1 by {swap}, or an amount that a pool reported.
        int256 delta = poolManager.swap(
            poolKeyAt(leg),
            SwapParamsLike({
                zeroForOne: zeroForOne,
                amountSpecified: isExactInput ? -Cast.toInt(amount) : Cast.toInt(amount),
                sqrtPriceLimitX96: zeroForOne ? LOWEST_SQRT_PRICE : HIGHEST_SQRT_PRICE
            }),
            ""
        );
        // Right shifts of signed integers extend the sign of each half.
        (int256 amount0, int256 amount1) = (delta >> 128, (delta << 128) >> 128);
        // The pool is owed its input token and pays its output token.
        (int256 owed, int256 due) = zeroForOne ? (amount0, amount1) : (amount1, amount0);
        (amountIn, amountOut) = (Cast.toUint(-owed), Cast.toUint(due));
        _requireFullSwap(isExactInput ? amountIn : amountOut, amount);
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
        if (manager.extsload(_slotOf(key)) == 0) {
            revert UnknownPoolKey(key.currency0, key.currency1, key.fee, key.tickSpacing);
        }
    }

    /// @dev Slot of the first word of a pool's state.
    function _slotOf(PoolKeyLike memory key) private pure returns (bytes32) {
        bytes32 poolId = keccak256(abi.encode(key));
        return keccak256(abi.encode(poolId, POOLS_SLOT));
    }
}
