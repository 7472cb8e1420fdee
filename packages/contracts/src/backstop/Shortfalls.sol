// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IBackstop} from "../interfaces/IBackstop.sol";
import {IMaker} from "../interfaces/IMaker.sol";
import {AccountState, IVault} from "../interfaces/IVault.sol";
import {LiquidationMath} from "../libraries/LiquidationMath.sol";
import {Cast} from "../types/Cast.sol";
import {Base, Price, Quote, QuoteLib} from "../types/Units.sol";
import {BackstopBase} from "./BackstopBase.sol";

/// @title Known shortfalls and real profit (docs/specification.md, section 12)
/// @notice Any account can flag an account whose shortfall exceeds insurance. The flag opens the window before bad debt,
/// and the sum of a market's flagged shortfalls is deducted from redemptions of makers until it is resolved (T58).
abstract contract Shortfalls is IBackstop, BackstopBase {
    using LiquidationMath for AccountState;
    using LiquidationMath for Base;
    using Math for uint256;
    using SafeCast for uint256;

    /// @dev A flagged shortfall. One storage word.
    struct Flag {
        /// @dev Seconds; zero without a flag.
        uint40 flaggedAt;
        /// @dev WAD quote that keepers were paid for this account since it was last closed whole.
        uint88 rewarded;
        /// @dev WAD quote, the account's part of {flaggedShortfallOf}.
        uint128 shortfall;
    }

    /// @dev A price and its publish time, seconds.
    struct Moment {
        Price price;
        uint256 publishTime;
    }

    uint256 private constant MIN_FLAG_VALIDITY = 1 days;
    /// @dev The keeper that flags an account earns at most this part of its bounty.
    uint256 private constant FLAG_BOUNTY_DIVISOR = 2;

    mapping(uint256 marketId => mapping(address account => Flag)) private _flags;
    /// @inheritdoc IBackstop
    mapping(uint256 marketId => uint256 shortfall) public flaggedShortfallOf;

    // ---------------------------------------------------------------------------------------------------- flags ----

    /// @inheritdoc IBackstop
    function flagShortfall(uint256 marketId, address account) external {
        _checkTrading(marketId, clearingHouse.statusOf(marketId));
        _checkUnlocked();
        (Price price, uint256 publishTime) = oracle.getLiquidationPriceInGracePeriod(marketId);
        AccountState memory state = vault.accountState(marketId, account, price);
        _checkClock(state, publishTime);
        _checkShortfall(account, state);
        _setShortfall(marketId, account, (-state.value).positivePart());
        // A valid flag is not renewed. Otherwise repeated calls would postpone the end of the window.
        uint256 window = clearingHouse.backstopRulesOf(marketId).deleverageWindow;
        Flag storage flag = _flags[marketId][account];
        if (_windowOf(marketId, flag.flaggedAt, window) != 0) return;
        flag.flaggedAt = block.timestamp.toUint40();
        emit ShortfallFlagged(marketId, account, flag.shortfall, debtAllowedAt(marketId, account));
        _payFlagger(marketId, account, state.size, Moment(price, publishTime));
    }

    /// @inheritdoc IBackstop
    function resolveShortfall(uint256 marketId, address account) external returns (uint256 shortfall) {
        _checkUnlocked();
        // A flat account has the same value at every price, so that it needs none.
        Price price = Price.wrap(0);
        uint256 publishTime = type(uint256).max;
        if (!vault.positionOf(marketId, account).size.isZero()) {
            (price, publishTime) = oracle.getLiquidationPriceInGracePeriod(marketId);
        }
        AccountState memory state = vault.accountState(marketId, account, price);
        _checkClock(state, publishTime);
        // Only a flag adds to the sum.
        shortfall = Math.min((-state.value).positivePart(), _flags[marketId][account].shortfall);
        _setShortfall(marketId, account, shortfall);
    }

    /// @inheritdoc IBackstop
    function debtAllowedAt(uint256 marketId, address account) public view returns (uint256) {
        uint256 window = clearingHouse.backstopRulesOf(marketId).deleverageWindow;
        if (window == 0) return 0;
        uint256 from = _windowOf(marketId, _flags[marketId][account].flaggedAt, window);
        return from == 0 ? type(uint256).max : from.saturatingAdd(window);
    }

    /// @inheritdoc IBackstop
    function withheldFrom(uint256 marketId, address maker, Price price) external view returns (uint256) {
        uint256 insurance = Cast.positivePart(vault.insuranceOf(marketId));
        uint256 beyond = Math.saturatingSub(flaggedShortfallOf[marketId], insurance);
        if (beyond == 0) return 0;
        return Math.min(beyond, _realProfit(marketId, maker, vault.accountState(marketId, maker, price)));
    }

    // ---------------------------------------------------------------------------------------------- real profit ----

    /// @dev E4: the profit of an open position at the price of `state`, at most the account value, less the profit that
    /// it has paid already. A hedged vault has none: its spot loss offsets the profit. WAD quote, down.
    function _realProfit(uint256 marketId, address account, AccountState memory state) internal view returns (uint256) {
        uint256 profit = state.profitDown();
        if (profit == 0 || (state.isMaker && IMaker(account).isSpotHedged())) return 0;
        return Math.saturatingSub(profit, _paidBy(marketId, account));
    }

    /// @dev Transfers profit of an open position to another account's margin.
    function _payProfit(uint256 marketId, address payer, address receiver, uint256 amount) internal {
        Quote quote = QuoteLib.toQuote(amount);
        vault.settlePenalty(marketId, payer, receiver, -quote, quote);
        _setPaid(marketId, payer, _paidBy(marketId, payer) + amount);
    }

    // ----------------------------------------------------------------------------------------------- shortfalls ----

    /// @dev Replaces an account's part of the market's flagged shortfall.
    function _setShortfall(uint256 marketId, address account, uint256 shortfall) internal {
        Flag storage flag = _flags[marketId][account];
        uint256 before = flag.shortfall;
        if (before == shortfall) return;
        flag.shortfall = shortfall.toUint128();
        uint256 sum = flaggedShortfallOf[marketId];
        uint256 sumAfter = sum - before + shortfall;
        flaggedShortfallOf[marketId] = sumAfter;
        if ((sum == 0) != (sumAfter == 0)) vault.setShortfall(marketId, sumAfter != 0);
        emit FlaggedShortfallChanged(marketId, account, shortfall, sumAfter);
    }

    /// @dev {_setShortfall} of an account that was flagged and not resolved.
    function _updateShortfall(uint256 marketId, address account, uint256 shortfall) internal {
        if (_flags[marketId][account].shortfall != 0) _setShortfall(marketId, account, shortfall);
    }

    /// @dev Ends the flag of an account that was closed whole.
    function _endFlag(uint256 marketId, address account) internal {
        _setShortfall(marketId, account, 0);
        delete _flags[marketId][account];
    }

    /// @dev The part of an account's bounty that no keeper has been paid yet.
    function _bountyLeft(uint256 marketId, address account) internal view returns (uint256) {
        uint256 bounty = Math.min(clearingHouse.backstopRulesOf(marketId).liquidationBounty, type(uint88).max);
        return Math.saturatingSub(bounty, _flags[marketId][account].rewarded);
    }

    function _countReward(uint256 marketId, address account, uint256 reward) internal {
        Flag storage flag = _flags[marketId][account];
        // At most a bounty, see {_bountyLeft}.
        flag.rewarded = (flag.rewarded + reward).toUint88();
    }

    /// @dev A maker in profit pays the keeper: the flag protects the LPs that stay in it.
    function _payFlagger(uint256 marketId, address account, Base size, Moment memory moment) private {
        if (_isMaker(msg.sender)) return;
        uint256 bounty = _bountyLeft(marketId, account) / FLAG_BOUNTY_DIVISOR;
        uint256 reward = size.rewardDown(clearingHouse.rulesOf(marketId), bounty, moment.price);
        if (reward == 0) return;
        address[] memory makers = clearingHouse.makersOf(marketId);
        for (uint256 i = 0; i < makers.length; ++i) {
            AccountState memory maker = vault.accountState(marketId, makers[i], moment.price);
            if (maker.lastFillAt > moment.publishTime || !maker.canPay(moment.price, reward)) continue;
            if (_realProfit(marketId, makers[i], maker) < reward) continue;
            _payProfit(marketId, makers[i], msg.sender, reward);
            _countReward(marketId, account, reward);
            return;
        }
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    function _isMaker(address account) internal view returns (bool) {
        return clearingHouse.marketOfMaker(account) != 0;
    }

    /// @dev Between a hedge and its settlement the account value of a maker is too low.
    function _checkUnlocked() internal view {
        address holder = vault.lockHolder();
        if (holder != address(0)) revert IVault.Locked(holder);
    }

    function _checkShortfall(address account, AccountState memory state) internal view {
        int256 insurance = state.insurance > 0 ? state.insurance : int256(0);
        if (state.size.isZero() || state.value.unwrap() + insurance >= 0) {
            revert NoShortfallBeyondInsurance(account, state.value.unwrap(), state.insurance);
        }
        if (_paysOwnDebt(account, state.isMaker)) revert PaysOwnDebt(account);
    }

    /// @dev The beginning of a flag's window, seconds; zero when the flag is not valid.
    function _windowOf(uint256 marketId, uint256 flaggedAt, uint256 window) private view returns (uint256 from) {
        if (flaggedAt == 0) return 0;
        uint256 validity = window + Math.max(window, MIN_FLAG_VALIDITY);
        from = clearingHouse.limitCountedFrom(marketId, flaggedAt, validity);
        if (block.timestamp > from.saturatingAdd(validity)) from = 0;
    }
}
