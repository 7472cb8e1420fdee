// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Price} from "../types/Units.sol";

/// @title Prices of markets for trades, liquidations and settlements
interface IPriceOracle {
    /// @notice The confidence interval is too wide to increase a position. WAD quote per base.
    error ConfidenceTooWide(uint256 confidence, uint256 maxConfidence);
    /// @notice The two sources of `pythId` differ too much to increase a position. WAD dollars; `maxDeviation` in ppm
    /// of the lower price.
    error SourcesDisagree(bytes32 pythId, uint256 primary, uint256 secondary, uint256 maxDeviation);
    /// @notice The source states a price of zero or less, in its own exponent.
    error PriceNotPositive(bytes32 pythId, int64 price);
    /// @notice The price is older than the action accepts. Seconds.
    error StalePrice(bytes32 pythId, uint256 publishTime, uint256 oldestAllowed);
    /// @notice The price was published more than ten seconds after the block's time (T49). Seconds.
    error FuturePrice(bytes32 pythId, uint256 publishTime, uint256 newestAllowed);
    /// @notice Base and collateral were published too far apart (T37). Seconds.
    error PartsApart(uint256 olderPublishTime, uint256 newerPublishTime, uint256 maxSkew);
    /// @notice The first source did not look dead when the round came: its stored price was at most `fallbackAge` old. Of a
    /// composite price, neither part did; `pythId` is that of the base. Seconds.
    error PrimaryAlive(bytes32 pythId, uint256 publishTime, uint256 fallbackAge);
    /// @notice The second source has no provable first round at or after `minPublishTime`.
    error NoFirstRound(address aggregator, uint256 minPublishTime);
    /// @notice The fee exceeds the attached value, or the amount that the oracle's balance may pay for one execution.
    /// Wei.
    error FeeNotCovered(uint256 fee, uint256 available);
    /// @notice Pyth returned a price of another feed than the requested one.
    error WrongFeed(bytes32 pythId, bytes32 expected);
    /// @notice Pyth returned a price published outside the requested window. Seconds.
    error OutsideWindow(uint256 publishTime, uint256 minPublishTime, uint256 maxPublishTime);
    /// @notice The settlement price needs the first price of `pythId` published at or after `minPublishTime`, seconds.
    error NeedsLivePart(bytes32 pythId, uint256 minPublishTime);
    /// @notice Pyth published a price within less than the least time of an outage. Seconds.
    error NoOutage(uint256 duration, uint256 minDuration);
    /// @notice The L2's sequencer is down, or has been up for no longer than the grace period of the market's feed. For
    /// liquidations and openings, `GRACE_PERIOD` follows that period.
    error SequencerDown(address sequencerFeed);

    /// @notice Returns the current price of a market: the execution price if one is set for this market, else the
    /// stored price. Reverts when the stored price is stale.
    /// @return price WAD quote per base, in [1, 2^128 - 1]
    /// @return confidence half width of the source's confidence interval, WAD quote per base
    /// @return publishTime seconds; the older of the two of a composite price; the `updatedAt` of the round of the second
    /// source that changed the price
    function getPrice(uint256 marketId) external view returns (Price price, uint256 confidence, uint256 publishTime);

    /// @notice Returns the price of {getPrice}, and whether it admits increases without {checkIncrease}, which costs a trade
    /// the second call only where a second source must agree or the confidence is too wide.
    /// @return price as of {getPrice}
    /// @return confidence as of {getPrice}
    /// @return publishTime as of {getPrice}
    /// @return admitsIncrease false: {checkIncrease} must decide
    function getTradePrice(uint256 marketId)
        external
        view
        returns (Price price, uint256 confidence, uint256 publishTime, bool admitsIncrease);

    /// @notice Reverts unless the price of {getPrice} is precise enough to open or increase a position and to deposit
    /// into or withdraw from an LP vault: the confidence is narrow enough, the second source agrees, and the price is
    /// not one of the second source.
    /// @dev Separate from {getPrice}, because a wide confidence must never stop an account from closing.
    function checkIncrease(uint256 marketId) external view;

    /// @notice {checkIncrease} for positions. In the grace period after an outage of the L2's sequencer, reverts with
    /// `SequencerDown` too: at a price published before its end.
    function checkOpening(uint256 marketId) external view;

    /// @notice Returns the price for liquidations: the stored price, never an execution price (T26), with its own
    /// maximum age, which is at most that of trades. When the first source is dead, the latest price of the second
    /// source, if it came after that.
    /// @dev Reverts with `SequencerDown` in an outage of the L2's sequencer and in the grace periods after it.
    /// @return price WAD quote per base
    /// @return publishTime as for {getPrice}, seconds
    function getLiquidationPrice(uint256 marketId) external view returns (Price price, uint256 publishTime);

    /// @notice Returns the price of {getLiquidationPrice} for actions that close no position, at which the sequencer does not
    /// matter: known shortfalls, and corrections of deleveragings. LPs can leave while no account can be liquidated (T58).
    /// @return price WAD quote per base
    /// @return publishTime as for {getPrice}, seconds
    function getLiquidationPriceInGracePeriod(uint256 marketId) external view returns (Price price, uint256 publishTime);

    /// @notice Returns when no account of a market can be liquidated because of the L2's sequencer. Both zero without a feed of
    /// it, and when the read of the feed fails.
    /// @return changedAt when the sequencer was last reported up or down, seconds
    /// @return endsAt end of the grace periods after an outage, seconds. The largest uint256 in an outage
    function sequencerGrace(uint256 marketId) external view returns (uint256 changedAt, uint256 endsAt);

    /// @notice Returns the price for the withdrawal of an account with a position: the execution price if one is set for
    /// this market, else the stored price, at most `freshAge` old. Reverts with `PriceOlderThanFill` when the stored price
    /// was published before the account's last fill (E1), and when it is stale.
    /// @param lastFillAt publish time of the price of the account's last fill, seconds
    /// @return price WAD quote per base
    function getWithdrawalPrice(uint256 marketId, uint256 lastFillAt) external view returns (Price price);

    /// @notice Returns the maximum age of a stored price in withdrawals, and in liquidations against makers that price
    /// from the oracle, seconds.
    function freshAgeOf(uint256 marketId) external view returns (uint256);

    /// @notice Returns the maximum age of an execution price, seconds: with a collateral feed, the lesser of the two parts.
    function executionAgeOf(uint256 marketId) external view returns (uint256);

    /// @notice Returns the last stored price of the first source at any age, for callers that check the age.
    /// @return price WAD quote per base
    /// @return publishTime as for {getPrice}, seconds; zero when the price was published more than ten seconds after the
    /// block's time or its parts were published too far apart, so that no age check accepts it (T37, T49)
    function getLastPrice(uint256 marketId) external view returns (Price price, uint256 publishTime);

    /// @notice Returns the last price of a market whose feed is dead. With a collateral feed: the last price of the part
    /// that died first, with the first price of the other part that was published at or after it (T40).
    /// @dev The attached value pays the price source, and the rest is returned to the caller.
    /// Reverts with NeedsLivePart when update data is needed, and with FeeNotCovered: the oracle's balance does not pay.
    /// @param updateData with a collateral feed: that first price of the other part. Empty when both parts were published
    /// at the same time
    /// @return price WAD quote per base
    function settlementPrice(uint256 marketId, bytes[] calldata updateData) external payable returns (Price price);

    /// @notice Returns the publish time of the stored price, with a collateral feed that of the part that died first,
    /// seconds.
    function settlementTime(uint256 marketId) external view returns (uint256);

    /// @notice Proves that a feed of the market published no price from `minPublishTime` on for five minutes or longer: by
    /// the first price since then. Reverts with `NoOutage` for a shorter time.
    /// @dev The attached value pays the price source, and the rest is returned to the caller.
    /// @param pythId the feed of the base or of the collateral
    /// @param minPublishTime seconds
    /// @return outageEnd publish time of that price, seconds
    function proveOutage(uint256 marketId, bytes32 pythId, bytes[] calldata updateData, uint256 minPublishTime)
        external
        payable
        returns (uint256 outageEnd);

    /// @notice Returns the time from which the price of an order or request that is created now cannot be known yet: the
    /// later of the block's time and {latestPublishTime}. Gateways add their delay (T38).
    /// @dev Reverts with `SequencerDown` while the market's feed names a sequencer feed that reports an outage or a
    /// restart within the grace period.
    /// @return time seconds
    function commitmentTime(uint256 marketId) external view returns (uint256 time);

    /// @notice {commitmentTime} and {nextFeedChangeAt} in one call.
    /// @return time seconds
    /// @return feedChangesAt seconds; zero without an announced change
    function commitment(uint256 marketId) external view returns (uint256 time, uint256 feedChangesAt);

    /// @notice Returns the later of the publish times of base and collateral that the first source stores, seconds. Zero
    /// when the source cannot be read. Ignores a publish time that is more than an hour ahead of the block, which no
    /// chain clock explains (T49).
    function latestPublishTime(uint256 marketId) external view returns (uint256);

    /// @notice Returns the time at which the announced feed of a market replaces the current one, seconds. Zero when none
    /// is announced. No order or request may live at that time (T39).
    function nextFeedChangeAt(uint256 marketId) external view returns (uint256);

    /// @notice Whether approvals of accounts that choose the moment of a price take effect after {SOURCE_DELAY} only: those of
    /// executors here, and those of gateways, relayers, senders and whitelisted LPs in the other contracts (T43).
    function isSealed() external view returns (bool);

    /// @notice Seconds between such an approval, or the proposal of a feed, and its effect.
    function SOURCE_DELAY() external view returns (uint256);

    /// @notice Sets the execution price of `marketId` to the first price published at or after `minPublishTime`. It is
    /// valid until {endExecution}, and in this transaction only. The source stores the price if it is newer than the
    /// stored one, so that no account uses an older price on a position that this execution changes (T36).
    /// @dev Executors only. The attached value pays the price source, and the rest is returned to the caller. Without
    /// attached value the oracle pays the source from its balance. A caller that attaches more than {executionFee} must
    /// be able to receive native tokens.
    /// Executions of one market and one `minPublishTime` in one transaction share one verification: later ones read no
    /// update data, pay no fee and still check their own `maxPublishTime`.
    /// @param updateData signed price updates of the first source. Empty, for a market with a second source: the first
    /// price of the second source at or after `minPublishTime`, if the first source was dead when it came.
    /// {checkIncrease} reverts at such a price.
    /// @param minPublishTime seconds
    /// @param maxPublishTime seconds
    /// @return price WAD quote per base
    function beginExecution(
        uint256 marketId,
        bytes[] calldata updateData,
        uint256 minPublishTime,
        uint256 maxPublishTime
    ) external payable returns (Price price);

    /// @notice Sets the execution price of `marketId` to a current price, which is older neither than `minPublishTime`
    /// nor than the stored price. It is valid until {endExecution}, and in this transaction only. The source stores it,
    /// as in {beginExecution}.
    /// @dev Executors only. The caller of the executor chooses among such prices, so its users must trust it with that
    /// choice. Fees as for {beginExecution}.
    /// @param updateData signed price updates of the first source. Empty: returns the stored price if it is recent
    /// enough, and sets no execution price.
    /// @param minPublishTime seconds
    /// @return price WAD quote per base
    function beginCurrent(uint256 marketId, bytes[] calldata updateData, uint256 minPublishTime)
        external
        payable
        returns (Price price);

    /// @notice Returns a price of `marketId` that was published at or after `minPublishTime`, also one older than the
    /// stored price, within the age limits of execution prices or, without update data, of stored ones. Proves that the
    /// market had the price, and sets no execution price: the caller of the executor chooses among such prices. The source
    /// stores it if it is newer than the stored one.
    /// @dev Executors only. Fees as for {beginExecution}.
    /// @param updateData signed price updates of the first source. Empty: the stored price, if it is recent enough.
    /// @param minPublishTime seconds
    /// @return price WAD quote per base
    function provePrice(uint256 marketId, bytes[] calldata updateData, uint256 minPublishTime)
        external
        payable
        returns (Price price);

    /// @notice Deletes the execution price. Executors only.
    function endExecution() external;

    /// @notice Returns the fee of the price source in {beginExecution}, {beginCurrent} and {provePrice}, wei. Zero without
    /// update data in a market with a second source.
    function executionFee(uint256 marketId, bytes[] calldata updateData) external view returns (uint256);

    /// @notice Returns the fee of {beginExecution} at this point of the transaction, wei: zero when an execution of the
    /// same market and time has paid it.
    function executionFeeAt(uint256 marketId, bytes[] calldata updateData, uint256 minPublishTime)
        external
        view
        returns (uint256);

    /// @notice Returns the fee of the oracle's default source for `updateData`, wei. {executionFee} returns that of a
    /// market.
    function updateFee(bytes[] calldata updateData) external view returns (uint256);
}
