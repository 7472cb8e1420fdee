// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {AccountState} from "../interfaces/IVault.sol";
import {Cast} from "../types/Cast.sol";
import {MarketRules} from "../types/Market.sol";
import {Base, BaseLib, PPM, Price, Quote, ZERO_QUOTE} from "../types/Units.sol";
import {MarginMath} from "./MarginMath.sol";

/// @title Size, penalty and bankruptcy price of liquidations and deleveragings
/// @notice See docs/specification.md, section 12.
library LiquidationMath {
    /// @dev A liquidation's payments beside the fill, WAD quote.
    struct Penalty {
        /// @dev Paid by the account, at most its value.
        uint256 penalty;
        /// @dev The liquidator's reward, before the maker's difference to the oracle price. Insurance receives the rest
        /// of the penalty, or pays what the penalty lacks of the reward.
        uint256 reward;
    }

    /// @dev Maintenance requirement at a price, up.
    function requirementCeil(AccountState memory account, Price price) internal pure returns (uint256) {
        return MarginMath.requirementCeil(account.size.notionalCeil(price), account.maintenanceMarginRatio);
    }

    /// @dev Most size that may be closed, WAD base: half, up, while the account value is above half of the requirement,
    /// else all.
    function closableUp(AccountState memory account, uint256 requirement) internal pure returns (uint256) {
        uint256 size = account.size.abs();
        return account.value.positivePart() * 2 > requirement ? Math.ceilDiv(size, 2) : size;
    }

    /// @dev `wanted`, at most `closable`. The whole of a taker's position if less than `minValue` would be left (T21).
    function toClose(AccountState memory account, Price price, uint256 wanted, uint256 closable, uint256 minValue)
        internal
        pure
        returns (uint256 base)
    {
        base = Math.min(wanted, closable);
        uint256 size = account.size.abs();
        if (base < size && !account.isMaker && BaseLib.toBase(size - base).notionalCeil(price) < minValue) base = size;
    }

    /// @dev The penalty is a ratio of the closed notional, down, and at most the closed part's share of the account
    /// value, so that a partial close of any size does not decrease the margin ratio (T30). An account with a negative
    /// value pays none.
    ///
    /// The reward is a ratio of the closed notional too, at any account value (T63): the penalty pays it first. The
    /// complete close of an account whose penalty cannot pay it earns the bounty, from the insurance that a shortfall
    /// leaves. So a liquidator earns nothing by waiting.
    function penaltyDown(
        AccountState memory account,
        MarketRules memory rules,
        uint256 bounty,
        Price price,
        uint256 base
    ) internal pure returns (Penalty memory result) {
        uint256 penalty = BaseLib.toBase(base).notionalFloor(price) * rules.liquidationPenalty / PPM;
        uint256 reward = penalty * rules.liquidatorShare / PPM;
        // An account without a position has no positive value here, and no share.
        if (account.value > ZERO_QUOTE) {
            result.penalty = Math.min(penalty, Math.mulDiv(account.value.positivePart(), base, account.size.abs()));
        }
        result.reward = Math.min(reward, result.penalty);
        if (result.reward == reward || base != account.size.abs()) return result;
        int256 spare = account.insurance + account.value.min(ZERO_QUOTE).unwrap();
        bounty = Math.min(bountyDown(rules, bounty, price, base), Cast.positivePart(spare));
        result.reward = Math.min(reward, result.reward + bounty);
    }

    /// @dev Most that insurance pays for a close: the market's limit, and the trading fee of the closed notional, which
    /// opening the position has cost. So it does not pay to open positions and liquidate them (T30).
    function bountyDown(MarketRules memory rules, uint256 bounty, Price price, uint256 base)
        internal
        pure
        returns (uint256)
    {
        return Math.min(bounty, BaseLib.toBase(base).notionalFloor(price) * rules.tradingFee / PPM);
    }

    /// @dev Quote that the account receives (> 0) or pays for `base` of its position at the oracle price, floor:
    /// received amounts down, paid amounts up.
    function quoteAtOracle(AccountState memory account, Price price, uint256 base) internal pure returns (Quote) {
        Base amount = BaseLib.toBase(base);
        return (account.size.unwrap() > 0 ? amount : -amount).valueFloor(price);
    }

    /// @dev Quote at which closing the whole position leaves an account value of zero: the negative of margin plus open
    /// notional. Exact.
    function bankruptcyQuote(AccountState memory account) internal pure returns (Quote) {
        return -(account.margin + account.openNotional);
    }

    /// @dev Profit of the open position at the price of `account.value`, at most the account value. WAD quote, down.
    function profitDown(AccountState memory account) internal pure returns (uint256) {
        return (account.value - account.margin).min(account.value).positivePart();
    }

    /// @dev A keeper's reward out of profit for a close of `base`: at most the bounty ({bountyDown}) and the penalty of the
    /// closed notional. WAD quote, down.
    function rewardDown(Base base, MarketRules memory rules, uint256 bounty, Price price)
        internal
        pure
        returns (uint256)
    {
        uint256 penalty = base.notionalFloor(price) * rules.liquidationPenalty / PPM;
        return Math.min(penalty, bountyDown(rules, bounty, price, base.abs()));
    }

    /// @dev Whether the account stays at or above maintenance when it pays `amount`, WAD quote.
    function canPay(AccountState memory account, Price price, uint256 amount) internal pure returns (bool) {
        Quote left = Quote.wrap(account.value.unwrap() - Cast.toInt(amount));
        return !MarginMath.isBelow(left, requirementCeil(account, price));
    }

    /// @dev Whether a counterparty can close `base` of a bankrupt account for `quote` (both from the account's side):
    /// the counterparty has an opposite position, realises no loss, and stays at or above maintenance.
    function canDeleverage(AccountState memory counterparty, Price price, Base base, Quote quote)
        internal
        pure
        returns (bool)
    {
        // The counterparty's fill is the opposite of the account's.
        if (!counterparty.size.isReducedBy(-base)) return false;
        int256 share = counterparty.openNotional.unwrap() * Cast.toInt(base.abs()) / Cast.toInt(counterparty.size.abs());
        if (share < quote.unwrap()) return false;
        Base left = counterparty.size - base;
        // Account value after the fill, which is not at the oracle price.
        Quote value = counterparty.value - quote + (-base).valueFloor(price);
        return !MarginMath.isBelow(
            value, MarginMath.requirementCeil(left.notionalCeil(price), counterparty.maintenanceMarginRatio)
        );
    }
}
