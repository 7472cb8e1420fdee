// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ISpotAdapter} from "../interfaces/ISpotAdapter.sol";
import {AmountTooLarge} from "../types/Errors.sol";

/// @title What adapters of a path of pools share: the tokens on it, one swap at a time, exactness
/// @notice The path is fixed and validated when the adapter is deployed. Legs count from the base token: leg 0 trades it
/// against the next token of the path, the last leg trades the one before the quote token against it.
/// @dev Amounts are in the tokens' own decimals, whatever those are. What is returned is what the pools say: whoever swaps
/// checks what arrived, as the hedged makers do, once and for every adapter.
abstract contract SpotPath is ISpotAdapter {
    /// @dev Two tokens between base and quote: more than a hedge should pay for.
    uint256 internal constant MAX_LEGS = 3;
    /// @dev One inside the outermost square-root prices that a pool accepts as limit: no limit.
    uint160 internal constant LOWEST_SQRT_PRICE = 4295128739 + 1;
    uint160 internal constant HIGHEST_SQRT_PRICE = 1461446703485210103287273052203988822378723970342 - 1;

    /// @notice A path has two tokens to four, and for each leg one pool.
    error InvalidPath(uint256 tokens, uint256 pools);
    /// @notice A token is on the path twice, or is no token.
    error InvalidPathToken(address token);
    /// @notice Less was paid than is owed: a token that takes a fee cannot be hedged in.
    error TransferFee(address token, uint256 arrived, uint256 sent);

    /// @notice Pools on the path.
    uint256 public immutable legs;
    address private immutable _token0;
    address private immutable _token1;
    address private immutable _token2;
    address private immutable _token3;

    /// @dev Who pays for the swap under way.
    address internal transient _payer;

    constructor(address[] memory tokens, uint256 pools) {
        if (tokens.length < 2 || tokens.length > MAX_LEGS + 1 || pools != tokens.length - 1) {
            revert InvalidPath(tokens.length, pools);
        }
        for (uint256 i = 0; i < tokens.length; ++i) {
            if (tokens[i] == address(0)) revert InvalidPathToken(tokens[i]);
            for (uint256 j = 0; j < i; ++j) {
                if (tokens[i] == tokens[j]) revert InvalidPathToken(tokens[i]);
            }
        }
        legs = pools;
        _token0 = tokens[0];
        _token1 = tokens[1];
        _token2 = pools > 1 ? tokens[2] : address(0);
        _token3 = pools > 2 ? tokens[3] : address(0);
    }

    /// @inheritdoc ISpotAdapter
    function swap(bool isBaseToQuote, bool isExactInput, uint256 amount, address recipient)
        external
        returns (uint256 amountIn, uint256 amountOut)
    {
        if (_payer != address(0)) revert SwapInProgress(_payer);
        uint256 maxAmount = uint256(int256(type(int128).max));
        if (amount > maxAmount) revert AmountTooLarge(amount, maxAmount);
        _payer = msg.sender;
        (amountIn, amountOut) = _swapPath(isBaseToQuote, isExactInput, amount, recipient);
        _payer = address(0);
    }

    /// @inheritdoc ISpotAdapter
    function baseToken() external view returns (address) {
        return _token0;
    }

    /// @inheritdoc ISpotAdapter
    function quoteToken() external view returns (address) {
        return tokenAt(legs);
    }

    /// @notice The tokens of the path, from base (0) to quote ({legs}); zero beyond.
    function tokenAt(uint256 i) public view returns (address) {
        if (i == 0) return _token0;
        if (i == 1) return _token1;
        if (i == 2) return _token2;
        return i == 3 ? _token3 : address(0);
    }

    /// @dev Swaps along the whole path, each leg whole or reverting {PartialSwap}.
    function _swapPath(bool isBaseToQuote, bool isExactInput, uint256 amount, address recipient)
        internal
        virtual
        returns (uint256 amountIn, uint256 amountOut);

    /// @dev The leg that a swap passes as the `step`-th, and what goes in and comes out there.
    function _leg(bool isBaseToQuote, uint256 step)
        internal
        view
        returns (uint256 leg, address tokenIn, address tokenOut)
    {
        if (isBaseToQuote) return (step, tokenAt(step), tokenAt(step + 1));
        leg = legs - 1 - step;
        (tokenIn, tokenOut) = (tokenAt(leg + 1), tokenAt(leg));
    }

    function _requireWhole(uint256 filled, uint256 requested) internal pure {
        if (filled != requested) revert PartialSwap(filled, requested);
    }
}
