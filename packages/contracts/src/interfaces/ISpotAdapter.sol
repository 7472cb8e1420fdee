// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title The account that pays for a swap at the adapter's request
interface ISpotPayer {
    /// @notice Sends `amount` of the input token to `to`. Adapter only, during a swap that the payer started.
    /// @param isBaseToQuote the direction that the payer requested: true when base is owed
    /// @param amount in the token's own decimals
    /// @param to the pool
    function paySpotSwap(bool isBaseToQuote, uint256 amount, address to) external;
}

/// @title One route between a base and a quote token on a spot market
/// @notice An adapter is immutable and holds neither tokens nor allowances: the pool pays the recipient, and the caller pays
/// the pool at the adapter's request ({ISpotPayer}). A different route is a different adapter.
interface ISpotAdapter {
    /// @notice The pool swapped less than the whole amount, for lack of liquidity.
    /// @param filled in the token's own decimals
    /// @param requested in the token's own decimals
    error PartialSwap(uint256 filled, uint256 requested);
    error NotThePool(address caller, address pool);
    error SwapInProgress(address payer);

    /// @notice Swaps on the spot market.
    /// @param isBaseToQuote true: sells base
    /// @param isExactInput true: `amount` is the input, otherwise the output
    /// @param amount in the decimals of its token
    /// @param recipient the account that receives the output from the pool
    /// @return amountIn in the input token's decimals
    /// @return amountOut in the output token's decimals
    function swap(bool isBaseToQuote, bool isExactInput, uint256 amount, address recipient)
        external
        returns (uint256 amountIn, uint256 amountOut);

    function baseToken() external view returns (address);

    function quoteToken() external view returns (address);
}
