// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @dev What a taker asks for when it creates a delayed order.
struct OrderRequest {
    uint256 marketId;
    address maker;
    /// @dev true: the taker sells base
    bool isBaseToQuote;
    /// @dev true: `amount` is what the taker gives, else what the taker gets
    bool isExactInput;
    /// @dev true: refuse to do anything but reduce the position
    bool isReduceOnly;
    /// @dev WAD; see {TradeParams-amount}
    uint256 amount;
    /// @dev WAD; the least to get for an exact input, the most to give for an exact output
    uint256 oppositeBound;
}

/// @dev A delayed order as it stands. The chain keeps its hash only; {OrderGateway-OrderCreated} carries all of it.
struct Order {
    address taker;
    OrderRequest request;
    /// @dev seconds; the order executes at the first price published at or after this moment
    uint64 executableAt;
    /// @dev seconds; from the next second on, the order can only be cleared
    uint64 expiresAt;
    /// @dev wei in escrow, for whoever executes or clears the order
    uint128 keeperFee;
}
