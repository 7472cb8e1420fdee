// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @dev Condition on the oracle price at execution, in addition to the limits of the trade.
enum Trigger {
    /// @dev Market or limit order: no condition.
    None,
    /// @dev The price moved in favour of the position that the order closes: at or above the trigger price for a sale,
    /// at or below it for a buy.
    TakeProfit,
    /// @dev The price moved against that position: at or below the trigger price for a sale, at or above it for a buy.
    Stop
}

/// @dev An order that its account signs off-chain (EIP-712). It contains no signing time, because the account could
/// state any (T27).
struct SignedOrder {
    /// @dev Signs the order and holds the position: a key, an ERC-1271 wallet, or a wallet that is not deployed yet
    /// (ERC-6492).
    address account;
    uint256 marketId;
    /// @dev LP vault to trade with. Zero: the relayer chooses an LP vault or another signed order.
    address maker;
    /// @dev true: the account sells base
    bool isBaseToQuote;
    /// @dev true: the order can only reduce the position
    bool isReduceOnly;
    /// @dev WAD base. With `isReduceOnly`, the largest uint256 means the whole position at execution.
    uint256 amount;
    /// @dev Minimum of one fill, WAD base. The last fill can be smaller. `amount` or more: each fill must be the whole
    /// remaining amount.
    uint256 minFill;
    /// @dev Limit price, WAD quote per base: the minimum of a sale, the maximum of a buy. A market order has a wide
    /// limit. Zero for a sale and the largest uint256 for a buy mean no limit.
    uint256 price;
    Trigger trigger;
    /// @dev WAD quote per base, compared with the oracle price at execution
    uint256 triggerPrice;
    /// @dev Transferred from the account's fund to its margin with the first fill only, XCD.
    uint256 marginXCD;
    /// @dev Maximum fee that the relayer takes from the account's fund with the first fill only, XCD.
    uint256 maxRelayFeeXCD;
    /// @dev last second in which the order is valid
    uint256 expiresAt;
    /// @dev Must equal the account's {SignedOrderState-nonceOf}.
    uint256 nonce;
    /// @dev Chosen by the account. Orders with the same id are alternatives, such as a take-profit and a stop: their
    /// fills are counted together, and a complete fill or a cancellation closes the id. Ids that differ in their lowest
    /// seven bits only share a storage word, so all but the first of them cost less gas.
    uint256 id;
}

/// @dev A signed order as a relayer submits it.
struct Submission {
    SignedOrder order;
    bytes signature;
    /// @dev Fee of the relayer, XCD.
    uint256 relayFeeXCD;
}

/// @dev Terms under which a signed order is executed without a relayer. {SignedOrderGateway} stores the hash only and
/// emits all terms in {SignedOrderGateway-OrderAnnounced}.
struct Announcement {
    /// @dev LP vault to trade with.
    address maker;
    /// @dev seconds; the order executes at the first price published at or after this time
    uint64 executableAt;
    /// @dev last second in which the announcement can be executed; later it can only be deleted
    uint64 expiresAt;
    /// @dev wei in escrow for the account that executes or deletes the announcement
    uint128 keeperFee;
}

using SignedOrderLib for SignedOrder global;

library SignedOrderLib {
    bytes32 internal constant TYPEHASH = keccak256(
        "SignedOrder(address account,uint256 marketId,address maker,bool isBaseToQuote,bool isReduceOnly,uint256 amount,uint256 minFill,uint256 price,uint8 trigger,uint256 triggerPrice,uint256 marginXCD,uint256 maxRelayFeeXCD,uint256 expiresAt,uint256 nonce,uint256 id)"
    );

    /// @dev EIP-712's `hashStruct`: every field is one word, in order.
    function structHash(SignedOrder calldata self) internal pure returns (bytes32) {
        return keccak256(abi.encode(TYPEHASH, self));
    }

    /// @dev Returns whether the order closes the whole position, at any size.
    function isWholeClose(SignedOrder calldata self) internal pure returns (bool) {
        return self.isReduceOnly && self.amount == type(uint256).max;
    }

    /// @dev Returns whether the oracle price meets the trigger.
    /// @param price oracle price, WAD quote per base
    function isTriggeredAt(SignedOrder calldata self, uint256 price) internal pure returns (bool) {
        if (self.trigger == Trigger.None) return true;
        bool waitsForRise = (self.trigger == Trigger.TakeProfit) == self.isBaseToQuote;
        return waitsForRise ? price >= self.triggerPrice : price <= self.triggerPrice;
    }
}
