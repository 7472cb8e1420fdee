// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IBackstop} from "../interfaces/IBackstop.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {AccountState, Settlement} from "../interfaces/IVault.sol";
import {Cast} from "../types/Cast.sol";
import {NotEnoughGas, ZeroAmount} from "../types/Errors.sol";
import {MAX_CLOCK_LAG} from "../types/Feed.sol";
import {MarketStatus} from "../types/Market.sol";
import {Base, Price, Quote} from "../types/Units.sol";
import {Deleveraging} from "./Deleveraging.sol";

/// @title Settlement of a market whose price feed is dead, so that its margin can be withdrawn
/// @notice Any account can announce the settlement of a market without a price for its settlement delay, which fixes the
/// settlement price (see {IPriceOracle-settlementPrice}). A day later, if there still is no price, the positions close
/// at it. An update of the dead feed cancels the announcement.
/// See docs/specification.md, section 12.
/// @dev Positions close one by one against {SETTLEMENT_ACCOUNT}, so that sizes always sum to zero (L1). The value of
/// that account at the settlement price is zero except for rounding.
abstract contract MarketSettlement is Deleveraging {
    /// @notice Time between announcement and settlement.
    uint256 public constant SETTLEMENT_NOTICE = 1 days;

    /// @inheritdoc IBackstop
    mapping(uint256 marketId => uint256 timestamp) public settleableAt;
    /// @inheritdoc IBackstop
    mapping(uint256 marketId => uint256 price) public settlementPriceOf;
    /// @inheritdoc IBackstop
    mapping(uint256 marketId => uint256 price) public announcedPriceOf;
    /// @dev The state of the feed that was announced, see {_deadSince}.
    mapping(uint256 marketId => bytes32 deadSince) private _announced;

    /// @notice Receives the rest of a fee from the oracle.
    receive() external payable {
        if (msg.sender != address(oracle)) revert NotOracle(msg.sender);
    }

    /// @inheritdoc IBackstop
    function announceSettlement(uint256 marketId, bytes[] calldata updateData) external payable {
        _checkTrading(marketId, clearingHouse.statusOf(marketId));
        uint256 held = _heldBefore();
        uint256 publishTime = oracle.settlementTime(marketId);
        uint256 delay = _checkDead(marketId, publishTime);
        // A pending announcement is not renewed. Otherwise repeated calls would postpone the settlement.
        bytes32 deadSince = _deadSince(marketId, publishTime);
        if (_announced[marketId] != deadSince) {
            _announced[marketId] = deadSince;
            // The price is known from here on, so that accounts can judge it, and the caller chooses no part of it.
            uint256 price = oracle.settlementPrice{value: msg.value}(marketId, updateData).unwrap();
            announcedPriceOf[marketId] = price;
            settleableAt[marketId] = block.timestamp + delay + SETTLEMENT_NOTICE;
            emit SettlementAnnounced(marketId, settleableAt[marketId], price);
        }
        _refund(held);
    }

    /// @inheritdoc IBackstop
    function settleMarket(uint256 marketId) external {
        _checkTrading(marketId, clearingHouse.statusOf(marketId));
        uint256 dueAt = settleableAt[marketId];
        if (dueAt == 0 || block.timestamp < dueAt) revert SettlementNotDue(block.timestamp, dueAt);
        uint256 publishTime = oracle.settlementTime(marketId);
        _checkDead(marketId, publishTime);
        // An update since then has cancelled the announcement, also when the feed is dead again, and also when the
        // update is an old one that a caller held back in order to settle at its price. A pause has cancelled it too.
        if (_announced[marketId] != _deadSince(marketId, publishTime)) revert SettlementNotDue(block.timestamp, 0);
        uint256 price = announcedPriceOf[marketId];
        settlementPriceOf[marketId] = price;
        emit MarketSettled(marketId, price);
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
        // No price follows the settlement price, so that the time of the fill is not needed any more.
        Settlement memory settled = _settle(vault, marketId, account, SETTLEMENT_ACCOUNT, base, quote, price, 0);
        if (settled.taker.valueAfter.isNegative()) {
            int256 insurance = vault.coverShortfall(marketId, account);
            if (insurance < 0) emit BadDebtRecorded(marketId, account, Cast.toUint(-insurance));
        }
        vault.releaseFill();
        emit AccountSettled(marketId, account, state.size.unwrap(), price.unwrap());
        if (state.isMaker) _callForcedHook(vault, marketId, account, base, quote, price);
    }

    /// @dev Changes with each update of the dead part and with the end of each pause.
    function _deadSince(uint256 marketId, uint256 publishTime) private view returns (bytes32) {
        return keccak256(abi.encode(publishTime, clearingHouse.rulesOf(marketId).resumedAt));
    }

    /// @dev Reverts with `FeedAlive` when the dead part was published, or the market was paused, within the settlement
    /// delay, when any source gives a liquidation price now, or in an outage of the L2's sequencer and its grace period, in
    /// which no source does. During a pause no account has a reason to store prices, so
    /// that only the time since its end shows that a feed is dead (T51).
    /// @return delay further seconds until the settlement: the settlement delay, when the publish time is so far ahead
    /// that it does not say since when the part is dead (T49)
    function _checkDead(uint256 marketId, uint256 publishTime) private view returns (uint256 delay) {
        delay = clearingHouse.backstopRulesOf(marketId).settlementDelay;
        uint256 deadAt = clearingHouse.rulesOf(marketId).resumedAt + delay;
        bool isPlausible = publishTime <= block.timestamp + MAX_CLOCK_LAG;
        if (isPlausible) deadAt = Math.max(deadAt, publishTime + delay);
        if (block.timestamp < deadAt) revert FeedAlive(publishTime, deadAt);
        if (isPlausible) delay = 0;
        // A source that fails for lack of gas is not dead.
        if (gasleft() < MIN_SOURCE_GAS) revert NotEnoughGas(gasleft(), MIN_SOURCE_GAS);
        // Only whether a source answers matters, not its price.
        try oracle.getLiquidationPrice(marketId) returns (Price, uint256) {
            revert FeedAlive(block.timestamp, deadAt);
        } catch (bytes memory reason) {
            // A price that liquidations must not use yet is one.
            if (Cast.toSelector(reason) == IPriceOracle.SequencerDown.selector) {
                revert FeedAlive(block.timestamp, deadAt);
            }
        }
    }
}
