// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @dev What the oracle price of an execution must be for an order to be filled, besides the limits of the trade.
enum Trigger {
    /// @dev A market or limit order: any.
    None,
    /// @dev At the trigger price or better for who holds the opposite position: at or above it for an order that sells, at
    /// or below it for one that buys.
    TakeProfit,
    /// @dev The other way round.
    Stop
}

/// @dev An order that its account signs off-chain (EIP-712). Nothing in it says when it was signed, because that would
/// prove nothing (T27).
struct SignedOrder {
    /// @dev Whose position changes, and who signs: a key, an ERC-1271 wallet, or one that is not deployed yet (ERC-6492).
    address account;
    uint256 marketId;
    /// @dev The LP vault to trade with. Zero: any of them, or another signed order, as the relayer finds it.
    address maker;
    /// @dev true: the account sells base
    bool isBaseToQuote;
    /// @dev true: refuse to do anything but reduce the position
    bool isReduceOnly;
    /// @dev WAD base. With `isReduceOnly`, the largest uint256 is the position, whatever its size is by then.
    uint256 amount;
    /// @dev WAD base; the least of one fill, unless less is left. `amount` or more: all that is left or nothing.
    uint256 minFill;
    /// @dev WAD quote per base; the least to sell at, the most to buy at. A market order is one with a wide limit: zero
    /// to sell and the largest uint256 to buy are none at all.
    uint256 price;
    Trigger trigger;
    /// @dev WAD quote per base, compared with the oracle price of the execution
    uint256 triggerPrice;
    /// @dev Moved from fund to margin, once, with the first fill; XCD.
    uint256 marginXCD;
    /// @dev The most that the relayer may take from the account's fund, once, with the first fill; XCD.
    uint256 maxRelayFeeXCD;
    /// @dev seconds; the last one in which the order is good
    uint256 expiresAt;
    /// @dev The account's {SignedOrderState-nonceOf} while the order is good.
    uint256 nonce;
    /// @dev The account's number for it. Orders under one number are alternatives, such as a take-profit and a stop: what
    /// one is filled with counts for all, and filled or cancelled, it closes the number. Numbers that differ in the lowest
    /// seven bits only share a storage word, which makes all but the first of them cheaper.
    uint256 id;
}

/// @dev A signed order on its way to the chain.
struct Submission {
    SignedOrder order;
    bytes signature;
    /// @dev What the relayer takes; XCD.
    uint256 relayFeeXCD;
}

/// @dev A signed order that is executed without a relayer. The chain keeps the hash; {SignedOrderGateway-OrderAnnounced}
/// carries all of it.
struct Announcement {
    /// @dev The LP vault that it trades with.
    address maker;
    /// @dev seconds; the order executes at the first price published at or after this moment
    uint64 executableAt;
    /// @dev seconds; from the next second on, the announcement can only be cleared
    uint64 expiresAt;
    /// @dev wei in escrow, for whoever executes or clears it
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

    /// @dev The order closes the position, whatever its size is.
    function isWholeClose(SignedOrder calldata self) internal pure returns (bool) {
        return self.isReduceOnly && self.amount == type(uint256).max;
    }

    /// @param price WAD quote per base, the oracle's
    function isTriggeredAt(SignedOrder calldata self, uint256 price) internal pure returns (bool) {
        if (self.trigger == Trigger.None) return true;
        bool waitsForRise = (self.trigger == Trigger.TakeProfit) == self.isBaseToQuote;
        return waitsForRise ? price >= self.triggerPrice : price <= self.triggerPrice;
    }
}
