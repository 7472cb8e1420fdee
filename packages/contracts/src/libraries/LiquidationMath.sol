// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {AccountState} from "../interfaces/IVault.sol";
import {Cast} from "../types/Cast.sol";
import {MarketRules} from "../types/Market.sol";
import {Base, BaseLib, PPM, Price, Quote, ZERO_QUOTE} from "../types/Units.sol";
import {MarginMath} from "./MarginMath.sol";

/// @title How much of an account is closed, what it pays for it, and at what price it is bankrupt
/// @notice See docs/specification.md, section 12.
library LiquidationMath {
    /// @dev What a liquidation takes and gives besides the fill. WAD quote.
    struct Penalty {
        /// @dev Taken from the account: never more than it has.
        uint256 penalty;
        /// @dev The liquidator's, before the maker's difference.
        uint256 reward;
    }

    /// @dev Maintenance requirement at a price, up.
    function requirementCeil(AccountState memory account, Price price) internal pure returns (uint256) {
        return MarginMath.requirementCeil(account.size.notionalCeil(price), account.maintenanceMarginRatio);
    }

    /// @dev WAD base that may be closed at most: half, up, while the account has more than half of its requirement,
    /// else all.
    function closableUp(AccountState memory account, uint256 requirement) internal pure returns (uint256) {
        uint256 size = account.size.abs();
        return account.value.positivePart() * 2 > requirement ? Math.ceilDiv(size, 2) : size;
    }

    /// @dev `wanted`, at most `closable`; the whole position if less than `minValue` would be left of it (T21).
    function toClose(AccountState memory account, Price price, uint256 wanted, uint256 closable, uint256 minValue)
        internal
        pure
        returns (uint256 base)
    {
        base = Math.min(wanted, closable);
        uint256 size = account.size.abs();
        if (base < size && !account.isMaker && BaseLib.toBase(size - base).notionalCeil(price) < minValue) base = size;
    }

    /// @dev The penalty is a ratio of the closed notional, down, and at most that part's share of what the account has
    /// (T30): however little of it somebody closes, the margin ratio does not fall. Whoever has nothing left pays nothing;
    /// insurance then pays the bounty out of what the shortfall leaves of it, once: for what closes the account.
    function penaltyDown(
        AccountState memory account,
        MarketRules memory rules,
        uint256 bounty,
        Price price,
        uint256 base
    ) internal pure returns (Penalty memory result) {
        if (account.value < ZERO_QUOTE) {
            if (base != account.size.abs()) return result;
            int256 spare = account.insurance + account.value.unwrap();
            result.reward = Math.min(bountyDown(rules, bounty, price, base), Cast.positivePart(spare));
            return result;
        }
        uint256 notional = BaseLib.toBase(base).notionalFloor(price);
        uint256 share = Math.mulDiv(account.value.positivePart(), base, account.size.abs());
        result.penalty = Math.min(notional * rules.liquidationPenalty / PPM, share);
        result.reward = result.penalty * rules.liquidatorShare / PPM;
    }

    /// @dev The fixed bounty, at most the penalty that the closed notional would have paid: nobody makes many small accounts
    /// to collect it.
    function bountyDown(MarketRules memory rules, uint256 bounty, Price price, uint256 base)
        internal
        pure
        returns (uint256)
    {
        return Math.min(bounty, BaseLib.toBase(base).notionalFloor(price) * rules.liquidationPenalty / PPM);
    }

    /// @dev What the account gets (> 0) or pays for `base` of its position at the oracle price: received down, paid up.
    function quoteAtOracle(AccountState memory account, Price price, uint256 base) internal pure returns (Quote) {
        Base amount = BaseLib.toBase(base);
        return (account.size.unwrap() > 0 ? amount : -amount).valueFloor(price);
    }

    /// @dev What the whole position would have to fetch for the account to end with nothing: the negative of margin and
    /// open notional. Exact.
    function bankruptcyQuote(AccountState memory account) internal pure returns (Quote) {
        return -(account.margin + account.openNotional);
    }

    /// @dev Whether a counterparty can take `base` off a bankrupt account for `quote` (from the account's side): it is on
    /// the other side, does not realise a loss, and stays at or above maintenance.
    function canDeleverage(AccountState memory counterparty, Price price, Base base, Quote quote)
        internal
        pure
        returns (bool)
    {
        // The counterparty's own fill is the opposite one.
        if (!counterparty.size.isReducedBy(-base)) return false;
        int256 share = counterparty.openNotional.unwrap() * Cast.toInt(base.abs()) / Cast.toInt(counterparty.size.abs());
        if (share < quote.unwrap()) return false;
        Base left = counterparty.size - base;
        // What closing costs it against the oracle price.
        Quote value = counterparty.value - quote + (-base).valueFloor(price);
        return !MarginMath.isBelow(
            value, MarginMath.requirementCeil(left.notionalCeil(price), counterparty.maintenanceMarginRatio)
        );
    }
}
