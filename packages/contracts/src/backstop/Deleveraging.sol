// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {DeleverageReason, IBackstop} from "../interfaces/IBackstop.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IMaker} from "../interfaces/IMaker.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {AccountState, IVault} from "../interfaces/IVault.sol";
import {ForcedBase} from "../libraries/ForcedBase.sol";
import {LiquidationMath} from "../libraries/LiquidationMath.sol";
import {MarketRules} from "../types/Market.sol";
import {Base, BaseLib, Price, Quote, WAD} from "../types/Units.sol";
import {Shortfalls} from "./Shortfalls.sol";

/// @title Rung 3 of the solvency ladder (docs/specification.md, section 12)
/// @notice Closes an account whose shortfall exceeds insurance: at its bankruptcy price against accounts with real
/// profit, the highest first; after the window, at the oracle price against hedged vaults. So a shortfall takes profit
/// before principal (T53).
///
/// One call closes against at most {MAX_COUNTERPARTIES} counterparties, so that it needs less than the 2^24 gas that a
/// transaction can have (EIP-7825): less than 0.2 million for each and {HOOK_GAS} for each maker among them and for the
/// account itself.
abstract contract Deleveraging is Shortfalls {
    using LiquidationMath for AccountState;
    using Math for uint256;
    using ForcedBase for ForcedBase.Record;
    using LiquidationMath for Base;
    using SafeCast for uint256;

    /// @notice Most counterparties of one call.
    uint256 public constant MAX_COUNTERPARTIES = 12;

    /// @dev A counterparty's part of a shortfall, while it can be corrected. Three storage words.
    struct Share {
        address counterparty;
        /// @dev Publish time of the price, seconds.
        uint40 publishTime;
        /// @dev Seconds.
        uint40 takenAt;
        /// @dev Whether the counterparty was long.
        bool isLong;
        /// @dev WAD quote: loss against the oracle price, and the keeper's reward.
        uint128 cost;
        /// @dev WAD base.
        uint128 amount;
        /// @dev Oracle price, WAD.
        uint128 price;
        /// @dev WAD.
        uint128 rank;
    }

    mapping(uint256 marketId => mapping(address account => ForcedBase.Record record)) private _deleveraged;
    /// @dev Every part of a shortfall that a counterparty has paid. Ids count from one.
    mapping(uint256 marketId => Share[]) private _shares;

    /// @dev The account that is deleveraged: the part of its position that is still open.
    struct Bankrupt {
        uint256 marketId;
        address account;
        Price price;
        /// @dev Publish time of the price, seconds.
        uint256 publishTime;
        Base size;
        /// @dev Quote for which the rest must close, so that the account ends with a value of zero.
        Quote quote;
        MarketRules rules;
        /// @dev Most that the caller can still earn, WAD quote.
        uint256 bounty;
        /// @dev Earned, WAD quote.
        uint256 reward;
    }

    /// @dev The maker's side of a forced change.
    struct ForcedFill {
        address maker;
        Base base;
        Quote quote;
    }

    /// @dev A close against one counterparty.
    struct Close {
        AccountState state;
        uint256 amount;
        /// @dev The account's side, signed.
        Base base;
        Quote quote;
        /// @dev WAD quote that the counterparty loses against the oracle price, and its profit on the amount.
        uint256 loss;
        uint256 profit;
        /// @dev WAD quote that the caller earns.
        uint256 reward;
        uint256 rank;
        /// @dev Zero at the oracle price.
        uint256 id;
    }

    /// @dev A correction: `better` pays `cost` for `amount` of a share.
    struct Correction {
        uint256 marketId;
        uint256 id;
        address better;
        uint256 amount;
        uint256 cost;
        uint256 rank;
    }

    // ----------------------------------------------------------------------------------------------- deleverage ----

    /// @inheritdoc IBackstop
    function deleverage(uint256 marketId, address account, address[] calldata counterparties)
        external
        returns (uint256 base)
    {
        _checkTrading(marketId, clearingHouse.statusOf(marketId));
        _checkGrace(marketId, clearingHouse.rulesOf(marketId).resumedAt);
        Bankrupt memory bankrupt;
        (bankrupt.marketId, bankrupt.account) = (marketId, account);
        (bankrupt.price, bankrupt.publishTime) = oracle.getLiquidationPrice(marketId);
        AccountState memory state = vault.openForced(marketId, account, address(0), bankrupt.price);
        _checkClock(state, bankrupt.publishTime);
        _checkShortfall(account, state);
        (bankrupt.size, bankrupt.quote) = (state.size, state.bankruptcyQuote());
        (bankrupt.rules, bankrupt.bounty) = (clearingHouse.rulesOf(marketId), _bountyLeft(marketId, account));

        ForcedFill[] memory forced = _closeAgainst(bankrupt, counterparties);
        base = (state.size - bankrupt.size).abs();
        if (base == 0) revert NothingToDeleverage(account);
        _deleveraged[marketId][account].add(base);
        _end(bankrupt);
        vault.releaseFill();

        if (state.isMaker) {
            forced[counterparties.length] = ForcedFill({
                maker: account, base: bankrupt.size - state.size, quote: state.bankruptcyQuote() - bankrupt.quote
            });
        }
        for (uint256 i = 0; i < forced.length; ++i) {
            if (forced[i].maker != address(0)) {
                _callForcedHook(vault, marketId, forced[i].maker, forced[i].base, forced[i].quote, bankrupt.price);
            }
        }
    }

    /// @inheritdoc IBackstop
    function correctDeleveraging(uint256 marketId, uint256 id, address better) external {
        _checkTrading(marketId, clearingHouse.statusOf(marketId));
        _checkUnlocked();
        Correction memory correction;
        (correction.marketId, correction.id, correction.better) = (marketId, id, better);
        Share memory share = _openShare(marketId, id);
        _checkBetter(correction, share);
        _determineCost(correction, share);
        _payProfit(marketId, better, share.counterparty, correction.cost);
        emit DeleveragingCorrected(
            marketId, id, share.counterparty, better, correction.amount, correction.cost, correction.rank
        );
        _replace(correction, share);
    }

    /// @inheritdoc IBackstop
    function rankCandidates(uint256 marketId, address account, address[] calldata candidates)
        external
        view
        returns (address[] memory ranked, uint256[] memory ranks)
    {
        Bankrupt memory bankrupt;
        (bankrupt.marketId, bankrupt.account) = (marketId, account);
        (bankrupt.price, bankrupt.publishTime) = oracle.getLiquidationPriceInGracePeriod(marketId);
        bankrupt.size = vault.accountState(marketId, account, bankrupt.price).size;
        return _rank(bankrupt, candidates);
    }

    /// @inheritdoc IBackstop
    function deleveragedSince(uint256 marketId, address account, uint256 time) external view returns (uint256 base) {
        return _deleveraged[marketId][account].takenSince(time);
    }

    /// @inheritdoc IBackstop
    function deleveragingsOf(uint256 marketId) external view returns (uint256 count) {
        return _shares[marketId].length;
    }

    // -------------------------------------------------------------------------------------------------- private ----

    /// @dev Closes against the counterparties in their order, hedged vaults last and only after the window.
    function _closeAgainst(Bankrupt memory bankrupt, address[] calldata counterparties)
        private
        returns (ForcedFill[] memory forced)
    {
        uint256 count = counterparties.length;
        if (count > MAX_COUNTERPARTIES) revert TooManyCounterparties(count, MAX_COUNTERPARTIES);
        forced = new ForcedFill[](count + 1);
        (address[] memory ranked, uint256[] memory ranks) = _rank(bankrupt, counterparties);
        bool isWindowOver = block.timestamp >= debtAllowedAt(bankrupt.marketId, bankrupt.account);
        for (uint256 i = 0; i < count && !bankrupt.size.isZero(); ++i) {
            if (ranks[i] != 0) forced[i] = _closeAgainstProfit(bankrupt, ranked[i], ranks[i]);
            else if (isWindowOver) forced[i] = _closeAgainstHedged(bankrupt, ranked[i]);
        }
    }

    /// @dev The candidates by rank, highest first; those without a rank follow in the given order.
    function _rank(Bankrupt memory bankrupt, address[] calldata candidates)
        private
        view
        returns (address[] memory ranked, uint256[] memory ranks)
    {
        uint256 count = candidates.length;
        (ranked, ranks) = (new address[](count), new uint256[](count));
        for (uint256 i = 0; i < count; ++i) {
            (address candidate, uint256 rank) = (candidates[i], _rankOf(bankrupt, candidates[i]));
            uint256 place = i;
            for (; place != 0 && ranks[place - 1] < rank; --place) {
                (ranked[place], ranks[place]) = (ranked[place - 1], ranks[place - 1]);
            }
            (ranked[place], ranks[place]) = (candidate, rank);
        }
    }

    /// @dev Real profit over notional of an account with an opposite position that has not traded at a newer price (E1).
    /// WAD, down; zero for all others.
    function _rankOf(Bankrupt memory bankrupt, address candidate) private view returns (uint256) {
        AccountState memory state = vault.accountState(bankrupt.marketId, candidate, bankrupt.price);
        bool isOpposite = state.size.unwrap() > 0 ? bankrupt.size.unwrap() < 0 : bankrupt.size.unwrap() > 0;
        if (state.size.isZero() || !isOpposite || state.lastFillAt > bankrupt.publishTime) return 0;
        return _rankAt(bankrupt.marketId, candidate, state, bankrupt.price);
    }

    function _rankAt(uint256 marketId, address account, AccountState memory state, Price price)
        private
        view
        returns (uint256)
    {
        uint256 profit = _realProfit(marketId, account, state);
        return profit == 0 ? 0 : Math.mulDiv(profit, WAD, state.size.notionalCeil(price));
    }

    /// @dev Closes as much of the rest as the counterparty's position can offset, at the bankruptcy price, if its real
    /// profit pays the loss against the oracle price and {LiquidationMath-canDeleverage} admits it. The last part takes
    /// all of the remaining quote, so that the account ends with exactly zero.
    function _closeAgainstProfit(Bankrupt memory bankrupt, address counterparty, uint256 rank)
        private
        returns (ForcedFill memory forced)
    {
        Close memory close = _closeOf(bankrupt, counterparty);
        if (close.amount == 0) return forced;
        close.quote = bankrupt.quote.shareFloor(close.amount, bankrupt.size.abs());
        close.loss = (close.quote - (-close.base).valueFloor(bankrupt.price)).positivePart();
        close.profit = Math.mulDiv(
            _realProfit(bankrupt.marketId, counterparty, close.state), close.amount, close.state.size.abs()
        );
        if (close.loss > close.profit) return forced;
        if (!close.state.canDeleverage(bankrupt.price, close.base, close.quote)) return forced;
        close.rank = rank;
        _settleClose(bankrupt, counterparty, close);
        _payCaller(bankrupt, counterparty, close);
        _record(bankrupt, counterparty, close);
        _emitClose(bankrupt, counterparty, close, DeleverageReason.Profit);
        if (close.state.isMaker) forced = ForcedFill({maker: counterparty, base: -close.base, quote: -close.quote});
    }

    /// @dev Closes the rest against a hedged vault at the oracle price, which takes nothing from it: its hedge trades at
    /// that price too, within its bound. The price must be the first source's of seconds ago, as for other hedges
    /// outside fills (D95).
    function _closeAgainstHedged(Bankrupt memory bankrupt, address counterparty)
        private
        returns (ForcedFill memory forced)
    {
        if (!_isMaker(counterparty) || !IMaker(counterparty).isSpotHedged()) return forced;
        Close memory close = _closeOf(bankrupt, counterparty);
        if (close.amount == 0 || close.state.lastFillAt > bankrupt.publishTime) return forced;
        if (!close.state.size.isReducedBy(-close.base)) return forced;
        (, uint256 publishTime) = oracle.getLastPrice(bankrupt.marketId);
        uint256 oldest = block.timestamp - oracle.freshAgeOf(bankrupt.marketId);
        if (publishTime < oldest) revert IClearingHouse.LiquidationPriceTooOld(publishTime, oldest);
        close.quote = (-close.base).valueFloor(bankrupt.price);
        _settleClose(bankrupt, counterparty, close);
        _emitClose(bankrupt, counterparty, close, DeleverageReason.WindowOver);
        return ForcedFill({maker: counterparty, base: -close.base, quote: -close.quote});
    }

    /// @dev The base that the counterparty's position can offset. Reads the state again: the counterparty may be named
    /// twice.
    function _closeOf(Bankrupt memory bankrupt, address counterparty) private view returns (Close memory close) {
        close.state = vault.accountState(bankrupt.marketId, counterparty, bankrupt.price);
        close.amount = Math.min(bankrupt.size.abs(), close.state.size.abs());
        close.base = BaseLib.toBase(close.amount);
        if (bankrupt.size.unwrap() > 0) close.base = -close.base;
    }

    function _settleClose(Bankrupt memory bankrupt, address counterparty, Close memory close) private {
        _settle(
            vault,
            bankrupt.marketId,
            bankrupt.account,
            counterparty,
            close.base,
            close.quote,
            bankrupt.price,
            bankrupt.publishTime
        );
        _deleveraged[bankrupt.marketId][counterparty].add(close.amount);
        bankrupt.size = bankrupt.size + close.base;
        bankrupt.quote = bankrupt.quote - close.quote;
    }

    /// @dev The caller's reward for one close, out of the profit that is left to the counterparty. Makers get none.
    function _payCaller(Bankrupt memory bankrupt, address counterparty, Close memory close) private {
        uint256 reward = close.base.rewardDown(bankrupt.rules, bankrupt.bounty, bankrupt.price);
        reward = Math.min(reward, close.profit - close.loss);
        if (reward == 0 || _isMaker(msg.sender)) return;
        AccountState memory left = vault.accountState(bankrupt.marketId, counterparty, bankrupt.price);
        if (!left.canPay(bankrupt.price, reward)) return;
        _payProfit(bankrupt.marketId, counterparty, msg.sender, reward);
        bankrupt.bounty -= reward;
        bankrupt.reward += reward;
        close.reward = reward;
    }

    function _record(Bankrupt memory bankrupt, address counterparty, Close memory close) private {
        Share memory share;
        share.counterparty = counterparty;
        share.publishTime = bankrupt.publishTime.toUint40();
        share.takenAt = block.timestamp.toUint40();
        share.isLong = close.base.unwrap() > 0;
        (share.cost, share.amount) = ((close.loss + close.reward).toUint128(), close.amount.toUint128());
        (share.price, share.rank) = (bankrupt.price.unwrap().toUint128(), close.rank.toUint128());
        Share[] storage shares = _shares[bankrupt.marketId];
        shares.push(share);
        close.id = shares.length;
    }

    function _emitClose(Bankrupt memory bankrupt, address counterparty, Close memory close, DeleverageReason reason)
        private
    {
        uint256 price = close.quote.abs() * WAD / close.amount;
        (uint256 marketId, address account) = (bankrupt.marketId, bankrupt.account);
        emit Deleveraged(marketId, account, counterparty, close.amount, price, reason, close.rank, close.id);
    }

    /// @dev A whole close ends the flag, and records the shortfall that closes at the oracle price left. A part keeps the
    /// rest of the shortfall known.
    function _end(Bankrupt memory bankrupt) private {
        (uint256 marketId, address account) = (bankrupt.marketId, bankrupt.account);
        if (bankrupt.size.isZero()) {
            if (bankrupt.quote.unwrap() > 0) clearingHouse.coverShortfall(marketId, account);
            _endFlag(marketId, account);
        } else {
            _countReward(marketId, account, bankrupt.reward);
            Quote value = bankrupt.size.valueFloor(bankrupt.price) - bankrupt.quote;
            _updateShortfall(marketId, account, (-value).positivePart());
        }
    }

    // ---------------------------------------------------------------------------------------------- corrections ----

    function _openShare(uint256 marketId, uint256 id) private view returns (Share memory share) {
        if (id == 0 || id > _shares[marketId].length) revert UnknownDeleveraging(marketId, id);
        share = _shares[marketId][id - 1];
        uint256 window = clearingHouse.backstopRulesOf(marketId).deleverageWindow;
        uint256 endsAt = clearingHouse.limitCountedFrom(marketId, share.takenAt, window).saturatingAdd(window);
        if (block.timestamp > endsAt) revert WindowOver(block.timestamp, endsAt);
    }

    /// @dev Reverts unless `better` had a higher rank when the share was taken, and has not traded since. Its position
    /// covers at most all of the share.
    function _checkBetter(Correction memory correction, Share memory share) private view {
        Price price = Price.wrap(share.price);
        AccountState memory state = vault.accountState(correction.marketId, correction.better, price);
        bool isSameSide = share.isLong ? state.size.unwrap() > 0 : state.size.unwrap() < 0;
        if (isSameSide && state.lastFillAt <= share.publishTime) {
            correction.rank = _rankAt(correction.marketId, correction.better, state, price);
        }
        if (correction.rank <= share.rank) revert NotBetter(correction.better, correction.rank, share.rank);
        correction.amount = Math.min(share.amount, state.size.abs());
    }

    /// @dev The part of the cost, at most the real profit that `better` still has. It must leave maintenance.
    function _determineCost(Correction memory correction, Share memory share) private view {
        (Price price, uint256 publishTime) = oracle.getLiquidationPriceInGracePeriod(correction.marketId);
        AccountState memory state = vault.accountState(correction.marketId, correction.better, price);
        _checkClock(state, publishTime);
        uint256 cost = Math.mulDiv(share.cost, correction.amount, share.amount);
        uint256 profit = _realProfit(correction.marketId, correction.better, state);
        profit = Math.mulDiv(profit, correction.amount, state.size.abs());
        if (cost == 0 || profit < cost || !state.canPay(price, cost)) {
            revert ProfitTooSmall(correction.better, profit, cost);
        }
        correction.cost = cost;
    }

    /// @dev Records the account that bears the cost now. The rest of the share stays with its counterparty.
    function _replace(Correction memory correction, Share memory share) private {
        Share[] storage shares = _shares[correction.marketId];
        bool isWhole = correction.amount == share.amount;
        if (!isWhole) {
            Share storage rest = shares[correction.id - 1];
            rest.amount = (share.amount - correction.amount).toUint128();
            rest.cost = (share.cost - correction.cost).toUint128();
        }
        (share.counterparty, share.rank) = (correction.better, correction.rank.toUint128());
        (share.amount, share.cost) = (correction.amount.toUint128(), correction.cost.toUint128());
        if (isWhole) shares[correction.id - 1] = share;
        else shares.push(share);
    }
}
