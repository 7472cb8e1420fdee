// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IBackstop} from "../interfaces/IBackstop.sol";
import {AccountState, Settlement} from "../interfaces/IVault.sol";
import {Cast} from "../types/Cast.sol";
import {NotEnoughGas, ZeroAmount} from "../types/Errors.sol";
import {MarketStatus} from "../types/Market.sol";
import {Base, Price, Quote} from "../types/Units.sol";
import {Deleveraging} from "./Deleveraging.sol";

/// @title Settling a market whose feed is dead, so that margin is never locked for ever
/// @notice A market that has had no price for its settlement delay can be announced, and a day later, if there is still
/// none, its positions close at the last price. One update of the feed undoes the announcement. See
/// docs/specification.md, section 12.
/// @dev An account closes against a bookkeeping account of the market, whose value at the settlement price is zero but
/// for dust, so that sizes add up to zero (L1) while accounts settle one by one.
abstract contract MarketSettlement is Deleveraging {
    /// @notice Time between announcement and settlement.
    uint256 public constant SETTLEMENT_NOTICE = 1 days;
    /// @notice Gas that must be left when a source is asked whether it is dead: above what all reads of two parts of a price
    /// from two sources may take, so that a caller cannot make a living source look dead.
    uint256 public constant MIN_SOURCE_GAS = 2_000_000;
    /// @notice The account that settled positions close against.
    address public constant SETTLEMENT_ACCOUNT = address(uint160(uint256(keccak256("counterpoise.settlement"))));

    /// @inheritdoc IBackstop
    mapping(uint256 marketId => uint256 timestamp) public settleableAt;
    /// @inheritdoc IBackstop
    mapping(uint256 marketId => uint256 price) public settlementPriceOf;
    /// @dev Publish time, in seconds, of the price that a settlement was announced at.
    mapping(uint256 marketId => uint256 publishTime) private _announcedPublishTime;

    /// @inheritdoc IBackstop
    function announceSettlement(uint256 marketId) external {
        _checkSettleable(marketId);
        (, uint256 publishTime) = oracle.getLastPrice(marketId);
        _checkDead(marketId, publishTime);
        // An announcement that stands is not renewed, or settlement would never be due.
        if (_announcedPublishTime[marketId] == publishTime) return;
        _announcedPublishTime[marketId] = publishTime;
        settleableAt[marketId] = block.timestamp + SETTLEMENT_NOTICE;
        emit SettlementAnnounced(marketId, settleableAt[marketId]);
    }

    /// @inheritdoc IBackstop
    function settleMarket(uint256 marketId) external {
        _checkSettleable(marketId);
        uint256 dueAt = settleableAt[marketId];
        if (dueAt == 0 || block.timestamp < dueAt) revert SettlementNotDue(block.timestamp, dueAt);
        (Price price, uint256 publishTime) = oracle.getLastPrice(marketId);
        _checkDead(marketId, publishTime);
        // An update has undone the announcement, even if the feed has died again or the update was an old one, which
        // somebody has kept to settle at.
        if (_announcedPublishTime[marketId] != publishTime) revert SettlementNotDue(block.timestamp, 0);
        settlementPriceOf[marketId] = price.unwrap();
        emit MarketSettled(marketId, price.unwrap());
        clearingHouse.markSettled(marketId);
    }

    /// @inheritdoc IBackstop
    function settleAccount(uint256 marketId, address account) external {
        MarketStatus status = clearingHouse.statusOf(marketId);
        if (status != MarketStatus.Settled) revert MarketNotActive(marketId, status);
        Price price = Price.wrap(settlementPriceOf[marketId]);
        AccountState memory state = vault.openForced(marketId, account, address(0), price);
        if (state.size.isZero() || account == SETTLEMENT_ACCOUNT) revert ZeroAmount();
        Base base = -state.size;
        Quote quote = state.size.valueFloor(price);
        Settlement memory settled = _settle(vault, marketId, account, SETTLEMENT_ACCOUNT, base, quote, price);
        if (settled.taker.valueAfter.isNegative()) {
            int256 insurance = vault.coverShortfall(marketId, account);
            if (insurance < 0) emit BadDebtRecorded(marketId, account, Cast.toUint(-insurance));
        }
        vault.closeFill();
        emit AccountSettled(marketId, account, state.size.unwrap(), price.unwrap());
        if (state.isMaker) _tellMaker(vault, marketId, account, base, quote, price);
    }

    function _checkSettleable(uint256 marketId) private view {
        MarketStatus status = clearingHouse.statusOf(marketId);
        if (status == MarketStatus.None || status == MarketStatus.Settled) revert MarketNotActive(marketId, status);
    }

    /// @dev Neither has the first source published for the settlement delay, nor does a second one answer now.
    function _checkDead(uint256 marketId, uint256 publishTime) private view {
        uint256 deadAt = publishTime + clearingHouse.backstopRulesOf(marketId).settlementDelay;
        if (block.timestamp < deadAt) revert FeedAlive(publishTime, deadAt);
        // A source that fails for want of gas is not dead.
        if (gasleft() < MIN_SOURCE_GAS) revert NotEnoughGas(gasleft(), MIN_SOURCE_GAS);
        // That it answers is all there is to know.
        try oracle.getLiquidationPrice(marketId) returns (Price) {
            revert FeedAlive(block.timestamp, deadAt);
        } catch {}
    }
}
