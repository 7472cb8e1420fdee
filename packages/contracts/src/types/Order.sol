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
    /// @dev true: if the order leaves no position, the margin goes to the taker's wallet; what stands against that leaves
    /// the margin where it is and does not touch the trade
    bool returnsMargin;
    /// @dev WAD; see {TradeParams-amount}
    uint256 amount;
    /// @dev WAD; the least to get for an exact input, the most to give for an exact output
    uint256 oppositeBound;
}

/// @dev A delayed order as it stands, with all its terms. The chain keeps its hash only; {OrderGateway-OrderCreated}
/// carries all of it.
struct Order {
    address taker;
    OrderRequest request;
    /// @dev the order that must have come to its end before this one executes; zero: none
    uint256 previousOrderId;
    /// @dev seconds; the order executes at the first price published at or after this moment
    uint64 executableAt;
    /// @dev seconds; a price published later does not serve
    uint64 lastPriceAt;
    /// @dev seconds; from the next second on, the order can only be cleared
    uint64 expiresAt;
    /// @dev wei in escrow, for whoever executes or clears the order
    uint128 keeperFee;
}

/// @dev What a taker brings along with its order, so that permit, deposit, margin and order are one transaction.
struct DepositTerms {
    /// @dev Out of the taker's wallet into the order's market, in the collateral's own decimals. Zero: nothing.
    uint256 amountXCD;
    /// @dev Seconds; of the taker's ERC-2612 permit for the gateway. Zero: the gateway has an allowance.
    uint256 permitDeadline;
    uint8 v;
    bytes32 r;
    bytes32 s;
    /// @dev Seconds; of `operatorSignature`.
    uint256 operatorDeadline;
    /// @dev The taker's signature that makes the gateway its operator, see {IVault-setOperatorBySig}. Not looked at when
    /// the gateway is one already.
    bytes operatorSignature;
}

/// @dev One of a batch: an order, and which of the batch's price updates it executes at.
struct Execution {
    uint256 orderId;
    Order order;
    uint256 updateIndex;
}

enum OrderStatus {
    /// @dev Not an order that is alive: never created, altered, executed, purged or cleared.
    Unknown,
    /// @dev Its time has not come.
    Delayed,
    /// @dev Waits for {Order-previousOrderId} to come to its end.
    Waiting,
    Executable,
    Expired
}
