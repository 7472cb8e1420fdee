// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IPyth} from "@pythnetwork/pyth-sdk-solidity/IPyth.sol";
import {PythStructs} from "@pythnetwork/pyth-sdk-solidity/PythStructs.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {PythPrice} from "../libraries/PythPrice.sol";
import {FeedLimits, MAX_LEAD, StoredFeed} from "../types/Feed.sol";
import {Price} from "../types/Units.sol";
import {FallbackPrices} from "./FallbackPrices.sol";

/// @title The last price of a market whose feed is dead
/// @notice Without a collateral feed it is the stored price. With one, it is the last price of the part that died first,
/// with the first price of the other part that was published at or after it. Pyth proves that this one is the first, so
/// the caller chooses neither (T40).
abstract contract SettlementPrices is FallbackPrices {
    using SafeCast for uint256;

    /// @dev The part that died first and the other one.
    struct Death {
        PythStructs.Price dead;
        PythStructs.Price live;
        bytes32 liveId;
        bool isBaseDead;
    }

    /// @inheritdoc IPriceOracle
    function settlementTime(uint256 marketId) external view returns (uint256) {
        (StoredFeed storage feed, bytes32 pythId, FeedLimits limits) = _load(marketId);
        IPyth source = _pythOf(feed, limits);
        if (limits.hasCollateral()) return _death(feed, source, pythId).dead.publishTime;
        // Any age: the caller checks it. A settlement price has no confidence limit.
        return source.getPriceUnsafe(pythId).publishTime;
    }

    /// @inheritdoc IPriceOracle
    function settlementPrice(uint256 marketId, bytes[] calldata updateData) external payable returns (Price price) {
        (StoredFeed storage feed, bytes32 pythId, FeedLimits limits) = _load(marketId);
        IPyth source = _pythOf(feed, limits);
        uint256 fee;
        if (!limits.hasCollateral()) {
            // As in {settlementTime}.
            price = Price.wrap(_toWad(pythId, source.getPriceUnsafe(pythId)));
        } else {
            Death memory d = _death(feed, source, pythId);
            // A time that no clock explains fixes no moment: the other part is then one of the last minutes.
            uint256 moment = _isImplausible(d.dead.publishTime) ? block.timestamp - limits.maxAge() : d.dead.publishTime;
            PythStructs.Price memory live = d.live;
            if (live.publishTime != moment) (live, fee) = _firstOf(source, d.liveId, updateData, moment);
            bytes32 deadId = d.isBaseDead ? pythId : feed.collateralPythId;
            (uint256 deadWad, uint256 liveWad) = (_toWad(deadId, d.dead), _toWad(d.liveId, live));
            (price,) =
                d.isBaseDead ? PythPrice.divide(deadWad, 0, liveWad, 0) : PythPrice.divide(liveWad, 0, deadWad, 0);
        }
        if (msg.value > fee) Address.sendValue(payable(msg.sender), msg.value - fee);
    }

    /// @dev The part with the earlier publish time died first. One with an implausible time has died before the other.
    function _death(StoredFeed storage feed, IPyth source, bytes32 pythId) private view returns (Death memory d) {
        bytes32 collateralId = feed.collateralPythId;
        // As in {settlementTime}.
        PythStructs.Price memory base = source.getPriceUnsafe(pythId);
        PythStructs.Price memory collateral = source.getPriceUnsafe(collateralId);
        d.isBaseDead = _isImplausible(base.publishTime)
            || (!_isImplausible(collateral.publishTime) && base.publishTime <= collateral.publishTime);
        (d.dead, d.live, d.liveId) = d.isBaseDead ? (base, collateral, collateralId) : (collateral, base, pythId);
    }

    /// @dev Returns the first price of a feed published at or after `moment`. The attached value pays the fee, because
    /// any account can call this.
    function _firstOf(IPyth source, bytes32 pythId, bytes[] calldata updateData, uint256 moment)
        internal
        returns (PythStructs.Price memory price, uint256 fee)
    {
        if (updateData.length == 0) revert NeedsLivePart(pythId, moment);
        fee = source.getUpdateFee(updateData);
        if (fee > msg.value) revert FeeNotCovered(fee, msg.value);
        bytes32[] memory ids = new bytes32[](1);
        ids[0] = pythId;
        price = _parse(source, updateData, ids, moment, block.timestamp + MAX_LEAD, true, fee)[0].price;
    }

    /// @dev Extracts one price of each feed that was published within [`min`, `max`] from the data, and has Pyth store
    /// them if they are newer than the stored ones (T36, decision D1). Checks feed id and publish time again (decision
    /// D2).
    /// @param isFirst whether only the first price in the window is valid
    function _parse(
        IPyth source,
        bytes[] calldata updateData,
        bytes32[] memory ids,
        uint256 min,
        uint256 max,
        bool isFirst,
        uint256 fee
    ) internal returns (PythStructs.PriceFeed[] memory answers) {
        // The fee goes to the Pyth contract of the feed, which changes only after {SOURCE_DELAY}.
        (answers,) = source.parsePriceFeedUpdatesWithConfig{value: fee}(
            updateData, ids, min.toUint64(), max.toUint64(), isFirst, false, true
        );
        for (uint256 i = 0; i < ids.length; ++i) {
            if (answers[i].id != ids[i]) revert WrongFeed(answers[i].id, ids[i]);
            uint256 publishTime = answers[i].price.publishTime;
            if (publishTime < min || publishTime > max) revert OutsideWindow(publishTime, min, max);
        }
    }
}
