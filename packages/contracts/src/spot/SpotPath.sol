// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ISpotAdapter} from "../interfaces/ISpotAdapter.sol";
import {AmountTooLarge} from "../types/Errors.sol";
import {PPM} from "../types/Units.sol";

/// @title Base of adapters for a path of pools: tokens of the path, one swap at a time, full swaps only
/// @notice The path is fixed and validated at deployment. Legs are counted from the base token: leg 0 trades it against
/// the next token of the path, and the last leg trades the token before the quote token against the quote token.
/// @dev Amounts are in the decimals of their tokens. The returned amounts are those that the pools report, so the
/// caller of a swap must check the amounts that arrive. The hedged makers do that for every adapter.
abstract contract SpotPath is ISpotAdapter {
    /// @dev Allows two tokens between base and quote. A longer path costs more than a hedge should pay.
    uint256 internal constant MAX_LEGS = 3;
    /// @dev The outermost square-root price limits that a pool accepts, so that the price does not limit a swap.
    uint160 internal constant LOWEST_SQRT_PRICE = 4295128739 + 1;
    uint160 internal constant HIGHEST_SQRT_PRICE = 1461446703485210103287273052203988822378723970342 - 1;

    /// @notice A path has two to four tokens and one pool for each leg.
    error InvalidPath(uint256 tokens, uint256 pools);
    /// @notice A token is on the path twice, or is the zero address.
    error InvalidPathToken(address token);
    /// @notice The pool received less than it is owed. Tokens with a transfer fee are not supported.
    error TransferFee(address token, uint256 arrived, uint256 sent);

    /// @notice Number of pools on the path.
    uint256 public immutable legs;
    address private immutable _token0;
    address private immutable _token1;
    address private immutable _token2;
    address private immutable _token3;

    /// @dev Caller of the current swap, which pays the input. Zero outside swaps.
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

    /// @notice Returns a token of the path, from base (0) to quote ({legs}); zero for a higher index.
    function tokenAt(uint256 i) public view returns (address) {
        if (i == 0) return _token0;
        if (i == 1) return _token1;
        if (i == 2) return _token2;
        return i == 3 ? _token3 : address(0);
    }

    /// @dev Swaps along the whole path. Reverts with PartialSwap when a leg cannot be filled completely.
    function _swapPath(bool isBaseToQuote, bool isExactInput, uint256 amount, address recipient)
        internal
        virtual
        returns (uint256 amountIn, uint256 amountOut);

    /// @dev Returns the leg of a step of the swap, counted from the input token, and the input and output tokens of the
    /// leg.
    function _leg(bool isBaseToQuote, uint256 step)
        internal
        view
        returns (uint256 leg, address tokenIn, address tokenOut)
    {
        if (isBaseToQuote) return (step, tokenAt(step), tokenAt(step + 1));
        leg = legs - 1 - step;
        (tokenIn, tokenOut) = (tokenAt(leg + 1), tokenAt(leg));
    }

    /// @dev {pathFee} of the fees of each pool, 1e6 = 100%.
    function _pathFee(uint24[] memory fees) internal pure returns (uint256) {
        uint256 left = PPM;
        for (uint256 i = 0; i < fees.length; ++i) {
            left = left * (PPM - fees[i]) / PPM;
        }
        return left == 0 ? PPM * PPM : Math.ceilDiv(PPM * PPM, left) - PPM;
    }

    function _requireFullSwap(uint256 filled, uint256 requested) internal pure {
        if (filled != requested) revert PartialSwap(filled, requested);
    }
}
