// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title Callback by which an adapter requests the input of a swap
interface ISpotPayer {
    /// @notice Transfers `amount` of the input token to `to`. Adapter only, during a swap that the payer started.
    /// @param isBaseToQuote direction of the swap; true when base is the input
    /// @param amount in the decimals of the input token
    /// @param to the pool
    function paySpotSwap(bool isBaseToQuote, uint256 amount, address to) external;
}

/// @title Swaps along one path between a base and a quote token on a spot market
/// @notice An adapter is immutable and holds neither tokens nor allowances between calls. The pool pays the recipient,
/// and the caller of the swap pays the pool in the callback of {ISpotPayer}. Each path has its own adapter.
interface ISpotAdapter {
    /// @notice The liquidity of a pool did not cover the whole amount. Amounts in the decimals of their token.
    error PartialSwap(uint256 filled, uint256 requested);
    error NotThePool(address caller, address pool);
    error SwapInProgress(address payer);

    /// @notice Swaps on the spot market.
    /// @param isBaseToQuote true: sells base
    /// @param isExactInput true: `amount` is the input, else the output
    /// @param amount in the decimals of the input token, or of the output token
    /// @param recipient receives the output
    /// @return amountIn in the decimals of the input token
    /// @return amountOut in the decimals of the output token
    function swap(bool isBaseToQuote, bool isExactInput, uint256 amount, address recipient)
        external
        returns (uint256 amountIn, uint256 amountOut);

    /// @notice The part of a swap's price that the pools of the path charge as fees, at most: 1 / (1 - fee) - 1 over all pools,
    /// ppm, up. A bound on the distance from the market's price must exceed it (T57).
    function pathFee() external view returns (uint256);

    /// @notice Whether a caller of this transaction is inside a pool of the path, so that {swap} reverts: between the start and
    /// the end of its own swap, flash loan or unlock.
    function isLocked() external view returns (bool);

    function baseToken() external view returns (address);

    function quoteToken() external view returns (address);
}
