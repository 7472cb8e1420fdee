// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @dev Terms that a taker chooses for a delayed order.
struct OrderRequest {
    address maker;
    /// @dev true: the taker sells base
    bool isBaseToQuote;
    /// @dev true: `amount` is the amount that the taker pays, else the amount that the taker receives
    bool isExactInput;
    /// @dev true: the order closes at most the position, and ends without an opposite one
    bool isReduceOnly;
    /// @dev true: if the order closes the position, its margin is transferred to the taker's wallet. If that transfer
    /// fails, the margin stays in the market and the trade remains executed.
    bool returnsMargin;
    /// @dev true: the order binds no bond. Only for makers that swap on a spot market, where it fills at the pool's price;
    /// against another maker it ends without a trade. false: the order binds a bond, which any maker admits.
    bool isPoolPriced;
    uint256 marketId;
    /// @dev WAD; see {TradeParams-amount}. In a bonded reduce-only order, the largest uint256 becomes the size of the
    /// position at creation, for which the bond is bound; unless the order waits for another one, a larger amount of base
    /// becomes it too, with the bound in proportion.
    uint256 amount;
    /// @dev WAD; the minimum to receive for an exact input, the maximum to pay for an exact output
    uint256 oppositeBound;
}

/// @dev A delayed order with all its terms. {OrderGateway} stores its hash only and emits all terms in
/// {OrderGateway-OrderCreated}.
struct Order {
    address taker;
    OrderRequest request;
    /// @dev earlier order that must have ended before this one executes; zero: none
    uint256 previousOrderId;
    /// @dev seconds; the order executes at the first price published at or after this time
    uint64 executableAt;
    /// @dev latest publish time of that price, seconds
    uint64 lastPriceAt;
    /// @dev last second in which the order can be executed; later it can only be deleted
    uint64 expiresAt;
    /// @dev wei in escrow for the account that executes or deletes the order
    uint128 keeperFee;
    /// @dev collateral that the order binds in the taker's escrow, XCD
    uint128 bondXCD;
}

/// @dev The participant that made the trade of an order fail.
enum FailureCause {
    /// @dev The keeper, or a cause that is not listed in {OrderFailures}: the order stays open.
    None,
    /// @dev The price, the state of the market or of its feed, or a lack of the maker's capacity. The keeper is paid, and the
    /// bond is free.
    Market,
    /// @dev The maker lacks margin, which its LPs can cause (T60). The keeper fee returns to the taker, and the bond is free.
    Maker,
    /// @dev The taker. The keeper is paid, and the maker receives the bond (T44).
    Taker
}

/// @dev Deposit and signatures that a taker submits with its order, so that permit, deposit, margin transfer and order
/// are one transaction.
struct DepositTerms {
    /// @dev Amount from the taker's wallet, in the decimals of the collateral. The part of the order's bond that escrow and
    /// fund do not cover stays in the escrow, and the rest becomes margin of the order's market.
    uint256 amountXCD;
    /// @dev Deadline of the taker's ERC-2612 permit for the gateway, seconds. Zero: the gateway has an allowance.
    uint256 permitDeadline;
    uint8 v;
    bytes32 r;
    bytes32 s;
    /// @dev Deadline of `operatorSignature`, seconds.
    uint256 operatorDeadline;
    /// @dev Signature of the taker that makes the gateway its operator, see {IVaultModule-setOperatorBySig}. Ignored when the
    /// gateway is its operator already.
    bytes operatorSignature;
}

/// @dev An order of a batch, and the index of the batch's price updates at which it executes.
struct Execution {
    uint256 orderId;
    Order order;
    uint256 updateIndex;
}

enum OrderStatus {
    /// @dev Not an open order: never created, with other terms, executed, purged, or deleted after its expiry.
    Unknown,
    /// @dev Its delay has not passed.
    Delayed,
    /// @dev {Order-previousOrderId} is still open.
    Waiting,
    Executable,
    Expired
}
