// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @dev Condition on the oracle price, in addition to the limits of the trade. It must hold at the execution, and when a
/// keeper announces the order.
enum Trigger {
    /// @dev Market or limit order: no condition.
    None,
    /// @dev The price moved in favour of the position that the order closes: at or above the trigger price for a sale,
    /// at or below it for a buy.
    TakeProfit,
    /// @dev The price moved against that position: at or below the trigger price for a sale, at or above it for a buy.
    Stop
}

/// @dev The parts of an order that are announced and executed separately.
enum Leg {
    /// @dev The order itself.
    Entry,
    /// @dev The take-profit of its bracket.
    TakeProfit,
    /// @dev The stop of its bracket.
    Stop
}

/// @dev An order that its account signs off-chain (EIP-712).
struct SignedOrder {
    /// @dev Signs the order and holds the position: a key, an ERC-1271 wallet, or a wallet that is not deployed yet
    /// (ERC-6492).
    address account;
    uint256 marketId;
    /// @dev LP vault to trade with. Zero: the relayer chooses an LP vault or another signed order, and keepers cannot
    /// announce the order.
    address maker;
    /// @dev true: the account sells base
    bool isBaseToQuote;
    /// @dev true: the order can only reduce the position
    bool isReduceOnly;
    /// @dev WAD base. With `isReduceOnly`, at most the position at execution; the largest uint256 means all of it. A fill
    /// that would leave less of an opposite position than the market's minimum closes the position, and so exceeds the
    /// amount by less than that minimum (WAD quote, at the oracle price).
    uint256 amount;
    /// @dev Minimum of one fill, WAD base. `amount` or more: each fill must be the whole remaining amount. The last fill can
    /// be smaller, also that of an announced order which the maker's capacity ends.
    uint256 minFill;
    /// @dev Limit price, WAD quote per base: the minimum of a sale, the maximum of a buy. A market order has a wide
    /// limit. Zero for a sale and the largest uint256 for a buy mean no limit.
    uint256 price;
    Trigger trigger;
    /// @dev WAD quote per base, compared with the oracle price at execution
    uint256 triggerPrice;
    /// @dev Transferred from the account's fund to its margin with the first fill only, XCD.
    uint256 marginXCD;
    /// @dev Maximum of the fees that relayers and keepers take from the account's fund with all fills together, XCD. A
    /// part of the order pays its share at most.
    uint256 maxRelayFeeXCD;
    /// @dev Trigger price of the bracket's take-profit, WAD quote per base; zero: none.
    uint256 takeProfitPrice;
    /// @dev Trigger price of the bracket's stop, WAD quote per base; zero: none.
    uint256 stopPrice;
    /// @dev Fee that keepers take from the account's fund for the fill of the bracket's take-profit or stop, XCD. The
    /// bracket of a partly filled order pays its share.
    uint256 exitFeeXCD;
    /// @dev First second in which the order is valid. A keeper announces it with a price published at or after this
    /// time. The account can state any time: that decides when the order waits, and never its price (T27).
    uint256 validFrom;
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
    /// @dev account that announced, for its half of the relay fee
    address announcer;
    Leg leg;
    /// @dev seconds
    uint64 announcedAt;
    /// @dev seconds; the order executes at the first price published at or after this time
    uint64 executableAt;
    /// @dev last second in which the announcement can be executed; later it can only be deleted
    uint64 expiresAt;
    /// @dev Relay fee of the fill, in escrow at the gateway from the announcement on, XCD.
    uint128 relayFeeXCD;
    /// @dev Collateral that an opening order binds in the account's escrow, XCD.
    uint128 bondXCD;
}

/// @dev The active bracket of an order, one storage word. It belongs to the position that the order opened or
/// increased, and ends with it.
struct Bracket {
    /// @dev Base that fills of the order added to the position, WAD; zero: no bracket is active.
    uint128 size;
    /// @dev Time of the last of these fills, seconds.
    uint64 activeSince;
    /// @dev {Position-closes} of the account after these fills. Another count means that the position was closed.
    uint16 closes;
}

/// @dev Rules of signed orders, one storage word per market.
struct SignedOrderRules {
    /// @dev Seconds from {IPriceOracle-commitmentTime} of an announcement to its `executableAt`: at least the chain's
    /// timestamp lag plus one price interval.
    uint24 delay;
    /// @dev Seconds after `executableAt` within which the price of an announced order must be published.
    uint24 priceWindow;
    /// @dev Seconds after `executableAt` during which a keeper can execute an announced order.
    uint24 validity;
    /// @dev Maximum age of a price at which a relayer settles, seconds.
    uint24 relayerMaxAge;
    /// @dev Bond of an announced order that may open a position, ppm of its notional: see {BondMath-ratioCeil}.
    uint24 bondRatio;
    /// @dev Minimum relay fee of an announcement, XCD.
    uint128 minRelayFeeXCD;
}

using SignedOrderLib for SignedOrder global;

library SignedOrderLib {
    bytes32 internal constant TYPEHASH = keccak256(
        "SignedOrder(address account,uint256 marketId,address maker,bool isBaseToQuote,bool isReduceOnly,uint256 amount,uint256 minFill,uint256 price,uint8 trigger,uint256 triggerPrice,uint256 marginXCD,uint256 maxRelayFeeXCD,uint256 takeProfitPrice,uint256 stopPrice,uint256 exitFeeXCD,uint256 validFrom,uint256 expiresAt,uint256 nonce,uint256 id)"
    );

    /// @dev EIP-712's `hashStruct`: every field is one word, in order.
    function structHash(SignedOrder calldata self) internal pure returns (bytes32) {
        return keccak256(abi.encode(TYPEHASH, self));
    }

    /// @dev Returns whether the order closes the whole position, at any size.
    function isWholeClose(SignedOrder calldata self) internal pure returns (bool) {
        return self.isReduceOnly && self.amount == type(uint256).max;
    }

    /// @dev Returns whether fills of the order activate a bracket. Reduce-only orders have none.
    function hasBracket(SignedOrder calldata self) internal pure returns (bool) {
        return (self.takeProfitPrice != 0 || self.stopPrice != 0) && !self.isReduceOnly;
    }

    /// @dev Returns whether the oracle price meets the trigger.
    /// @param price oracle price, WAD quote per base
    function isTriggeredAt(SignedOrder calldata self, uint256 price) internal pure returns (bool) {
        return _isMet(self.trigger, self.isBaseToQuote, price, self.triggerPrice);
    }

    /// @dev Returns whether the oracle price is inside the limit price. The price of a fill also has the maker's spread.
    /// @param price oracle price, WAD quote per base
    function isInsideLimit(SignedOrder calldata self, uint256 price) internal pure returns (bool) {
        return self.isBaseToQuote ? price >= self.price : price <= self.price;
    }

    /// @dev Trigger price of a leg of the bracket, WAD quote per base; zero: the order has no such leg.
    function exitPrice(SignedOrder calldata self, Leg leg) internal pure returns (uint256) {
        return leg == Leg.TakeProfit ? self.takeProfitPrice : self.stopPrice;
    }

    /// @dev Returns whether the oracle price meets the trigger of a leg of the bracket, which trades in the opposite
    /// direction of the order.
    /// @param price oracle price, WAD quote per base
    function isExitTriggeredAt(SignedOrder calldata self, Leg leg, uint256 price) internal pure returns (bool) {
        Trigger trigger = leg == Leg.TakeProfit ? Trigger.TakeProfit : Trigger.Stop;
        return _isMet(trigger, !self.isBaseToQuote, price, exitPrice(self, leg));
    }

    function _isMet(Trigger trigger, bool isSale, uint256 price, uint256 triggerPrice) private pure returns (bool) {
        if (trigger == Trigger.None) return true;
        bool waitsForRise = (trigger == Trigger.TakeProfit) == isSale;
        return waitsForRise ? price >= triggerPrice : price <= triggerPrice;
    }
}
