// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Cast} from "./Cast.sol";
import {Base, Price, Quote} from "./Units.sol";

/// @dev The position and margin of one account in one market.
struct Position {
    /// @dev WAD base; long > 0.
    Base size;
    /// @dev WAD quote paid (< 0) or received (> 0) for the open size.
    Quote openNotional;
    /// @dev WAD quote. May be negative while unrealised profit covers it.
    Quote margin;
    /// @dev The market's funding index at the account's last payment; see {MarketLedger-feeIndexDecimals}.
    int256 fundingIndex;
    /// @dev The borrowing index of the account's side at its last payment, in the same unit.
    uint256 borrowingIndex;
    /// @dev Whether the account is a registered maker, which receives borrowing fees instead of paying them.
    bool isMaker;
}

/// @dev A {Position} in two storage words. Each further word would cost a fill 5,000 gas on each side.
/// - exposure: size int128 | openNotional int128
/// - money: margin int112 | fundingIndex int72 | borrowingIndex uint64 | isMaker
/// Largest values: size and open notional 1.7e20 units, margin 2.5e15 units of quote.
struct PackedPosition {
    uint256 exposure;
    uint256 money;
}

using PositionLib for Position global;
using PositionStorage for PackedPosition global;

library PositionLib {
    /// @dev Applies a fill. A reduction realises its share of the open notional into margin. A fill that crosses zero
    /// is a close followed by an opening, with the quote divided in proportion to size. In each case margin +
    /// openNotional changes by exactly `quote`, at any rounding of the shares. L2 depends on this.
    /// @param fill WAD base, signed
    /// @param quote WAD quote, signed
    /// @return realizedPnl amount added to margin, WAD quote
    function applyFill(Position memory self, Base fill, Quote quote) internal pure returns (Quote realizedPnl) {
        Base size = self.size;
        Base newSize = size + fill;
        if (size.isZero() || (size.unwrap() > 0) == (fill.unwrap() > 0)) {
            self.openNotional = self.openNotional + quote;
        } else if (size.isReducedBy(fill)) {
            Quote closed = newSize.isZero() ? self.openNotional : _share(self.openNotional, fill.abs(), size.abs());
            realizedPnl = closed + quote;
            self.openNotional = self.openNotional - closed;
        } else {
            Quote closing = _share(quote, size.abs(), fill.abs());
            realizedPnl = self.openNotional + closing;
            self.openNotional = quote - closing;
        }
        self.size = newSize;
        self.margin = self.margin + realizedPnl;
    }

    /// @dev Account value: margin + openNotional + size x price, floor (docs/specification.md, section 1).
    function value(Position memory self, Price price) internal pure returns (Quote) {
        return self.margin + self.openNotional + self.size.valueFloor(price);
    }

    /// @dev amount x part / whole, toward zero. The direction of rounding does not matter, see {applyFill}.
    function _share(Quote amount, uint256 part, uint256 whole) private pure returns (Quote) {
        // Sizes and stored quote amounts are at most 2^127, so that the product does not overflow.
        return Quote.wrap(amount.unwrap() * Cast.toInt(part) / Cast.toInt(whole));
    }
}

library PositionStorage {
    using SafeCast for int256;

    function load(PackedPosition storage self) internal view returns (Position memory position) {
        uint256 exposure = self.exposure;
        uint256 money = self.money;
        position.size = Base.wrap(Cast.lowInt128(exposure));
        position.openNotional = Quote.wrap(Cast.lowInt128(exposure >> 128));
        position.margin = Quote.wrap(Cast.lowInt112(money));
        position.fundingIndex = Cast.lowInt72(money >> 112);
        position.borrowingIndex = Cast.lowUint64(money >> 184);
        position.isMaker = money >> 248 != 0;
    }

    /// @dev Reverts with OpenZeppelin's `SafeCastOverflowed...` when an amount exceeds its maximum. Indices wrap at
    /// their width.
    function store(PackedPosition storage self, Position memory position) internal {
        self.exposure = uint256(Cast.lowUint128(Cast.toWord(position.size.unwrap().toInt128())))
            | Cast.toWord(position.openNotional.unwrap().toInt128()) << 128;
        self.money = uint256(Cast.lowUint112(Cast.toWord(position.margin.unwrap().toInt112())))
            | uint256(Cast.lowUint72(Cast.toWord(position.fundingIndex))) << 112
            | uint256(Cast.lowUint64(position.borrowingIndex)) << 184 | (position.isMaker ? 1 << 248 : 0);
    }

    /// @dev Changes the margin only, which writes one word.
    /// Reverts with OpenZeppelin's `SafeCastOverflowedIntDowncast` when the margin exceeds its maximum.
    function addMargin(PackedPosition storage self, Quote change) internal {
        uint256 money = self.money;
        int256 margin = Cast.lowInt112(money) + change.unwrap();
        self.money = (money & ~uint256(type(uint112).max)) | Cast.lowUint112(Cast.toWord(margin.toInt112()));
    }

    function isMaker(PackedPosition storage self) internal view returns (bool) {
        return self.money >> 248 != 0;
    }
}
