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
    /// @dev Publish time of the price of the account's last fill, seconds: the latest since a taker was flat, and of all fills
    /// of a maker. Prices published before it neither liquidate the account nor admit its withdrawals (E1).
    uint256 lastFillAt;
    /// @dev How often the position became flat or changed its sign, modulo 2^15.
    uint256 closes;
    /// @dev Whether the account is a registered maker, which receives borrowing fees instead of paying them.
    bool isMaker;
}

/// @dev A {Position} in two storage words. Each further word would cost a fill 5,000 gas on each side.
/// - exposure: size int112 | openNotional int112 | lastFillAt uint32
/// - money: margin int104 | fundingIndex int72 | borrowingIndex uint64 | closes uint15 | isMaker 1 bit
/// Largest values: size 2.5e15 units of base, open notional 2.5e15 and margin 1.0e13 units of quote, times until the
/// year 2106.
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
            Quote closed = self.openNotional;
            if (newSize.isZero()) ++self.closes;
            else closed = _share(closed, fill.abs(), size.abs());
            realizedPnl = closed + quote;
            self.openNotional = self.openNotional - closed;
        } else {
            Quote closing = _share(quote, size.abs(), fill.abs());
            realizedPnl = self.openNotional + closing;
            self.openNotional = quote - closing;
            ++self.closes;
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
        // Sizes and quote amounts of a fill are at most 2^127, stored ones less, so that the product does not overflow.
        return Quote.wrap(amount.unwrap() * Cast.toInt(part) / Cast.toInt(whole));
    }
}

library PositionStorage {
    using SafeCast for *;

    uint256 private constant CLOSES = type(uint16).max >> 1;

    function load(PackedPosition storage self) internal view returns (Position memory position) {
        uint256 exposure = self.exposure;
        uint256 money = self.money;
        position.size = Base.wrap(Cast.lowInt112(exposure));
        position.openNotional = Quote.wrap(Cast.lowInt112(exposure >> 112));
        position.lastFillAt = exposure >> 224;
        position.margin = Quote.wrap(Cast.lowInt104(money));
        position.fundingIndex = Cast.lowInt72(money >> 104);
        position.borrowingIndex = Cast.lowUint64(money >> 176);
        position.closes = (money >> 240) & CLOSES;
        position.isMaker = money >> 255 != 0;
    }

    /// @dev Reverts with OpenZeppelin's `SafeCastOverflowed...` when an amount or the time exceeds its maximum. Indices
    /// and `closes` wrap at their width.
    function store(PackedPosition storage self, Position memory position) internal {
        self.exposure = uint256(Cast.lowUint112(Cast.toWord(position.size.unwrap().toInt112())))
            | uint256(Cast.lowUint112(Cast.toWord(position.openNotional.unwrap().toInt112()))) << 112
            | uint256(position.lastFillAt.toUint32()) << 224;
        self.money = uint256(Cast.lowUint104(Cast.toWord(position.margin.unwrap().toInt104())))
            | uint256(Cast.lowUint72(Cast.toWord(position.fundingIndex))) << 104
            | uint256(Cast.lowUint64(position.borrowingIndex)) << 176 | (position.closes & CLOSES) << 240
            | (position.isMaker ? 1 << 255 : 0);
    }

    /// @dev Changes the margin only, which writes one word.
    /// Reverts with OpenZeppelin's `SafeCastOverflowedIntDowncast` when the margin exceeds its maximum.
    function addMargin(PackedPosition storage self, Quote change) internal {
        uint256 money = self.money;
        int256 margin = Cast.lowInt104(money) + change.unwrap();
        self.money = (money & ~uint256(type(uint104).max)) | Cast.lowUint104(Cast.toWord(margin.toInt104()));
    }

    function isMaker(PackedPosition storage self) internal view returns (bool) {
        return self.money >> 255 != 0;
    }
}
