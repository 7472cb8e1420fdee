// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IPyth} from "@pythnetwork/pyth-sdk-solidity/IPyth.sol";
import {PythStructs} from "@pythnetwork/pyth-sdk-solidity/PythStructs.sol";
import {BoundedCall} from "../libraries/BoundedCall.sol";
import {PythPrice} from "../libraries/PythPrice.sol";
import {Cast} from "../types/Cast.sol";
import {ZeroAddress} from "../types/Errors.sol";
import {FeedLimits, MAX_CLOCK_LAG, MAX_LEAD, StoredFeed} from "../types/Feed.sol";
import {Price, PriceLib} from "../types/Units.sol";
import {SourceRegistry} from "./SourceRegistry.sol";

/// @dev The price of a market with the parts that it was made of.
struct Quotation {
    /// @dev WAD quote per base.
    uint256 price;
    /// @dev WAD quote per base.
    uint256 confidence;
    /// @dev Publish times of the older and the newer part, seconds. Equal without a collateral feed.
    uint256 oldest;
    uint256 newest;
    /// @dev WAD dollars; in the collateral without a collateral feed.
    uint256 base;
    /// @dev WAD dollars; zero without a collateral feed.
    uint256 collateral;
}

/// @title Prices that Pyth stores, and the conditions under which a Pyth price is valid
abstract contract StoredPrices is SourceRegistry {
    uint256 private constant MAX_INT64 = 2 ** 63 - 1;

    /// @notice Pyth contract of all markets whose feed names no other one.
    IPyth public immutable pyth;

    constructor(IPyth pyth_) {
        if (address(pyth_) == address(0)) revert ZeroAddress();
        pyth = pyth_;
    }

    /// @dev Returns the feed of a market that is in force. Reverts with UnknownFeed without one.
    function _load(uint256 marketId)
        internal
        view
        returns (StoredFeed storage feed, bytes32 pythId, FeedLimits limits)
    {
        (feed, limits) = _feedInForce(marketId);
        pythId = feed.pythId;
        if (pythId == 0) revert UnknownFeed(marketId);
    }

    function _pythOf(StoredFeed storage feed, FeedLimits limits) internal view returns (IPyth) {
        return limits.hasOwnPyth() ? IPyth(feed.pyth) : pyth;
    }

    /// @dev Returns the stored price for trading.
    function _stored(StoredFeed storage feed, bytes32 pythId, FeedLimits limits)
        internal
        view
        returns (Quotation memory q)
    {
        IPyth source = _pythOf(feed, limits);
        // {_quote} checks the age and reverts with this contract's own error. The confidence is returned, and only
        // {checkIncrease} limits it, because a wide confidence must not stop an account from closing.
        q = _quote(pythId, source.getPriceUnsafe(pythId), limits.maxAge());
        if (!limits.hasCollateral()) return q;
        bytes32 collateralId = feed.collateralPythId;
        FeedLimits collateralLimits = feed.collateralLimits;
        _divide(
            q, collateralId, source.getPriceUnsafe(collateralId), collateralLimits.maxAge(), collateralLimits.maxSkew()
        );
    }

    /// @dev Returns the price of the base, which is that of a market without a collateral feed; with one, {_divide} follows.
    /// Reverts unless it was published in [now - `maxAge`, now + {MAX_LEAD}].
    function _quote(bytes32 pythId, PythStructs.Price memory answer, uint256 maxAge)
        internal
        view
        returns (Quotation memory q)
    {
        _requireCurrent(pythId, answer.publishTime, maxAge);
        q.base = _toWad(pythId, answer);
        q.price = q.base;
        q.confidence = PythPrice.toWadFloor(answer.conf, answer.expo);
        (q.oldest, q.newest) = (answer.publishTime, answer.publishTime);
    }

    /// @dev Divides the price by that of the collateral, for which the same conditions hold. Reverts when the two were
    /// published more than `maxSkew` apart (T37).
    function _divide(
        Quotation memory q,
        bytes32 collateralId,
        PythStructs.Price memory answer,
        uint256 maxAge,
        uint256 maxSkew
    ) internal view {
        _requireCurrent(collateralId, answer.publishTime, maxAge);
        if (answer.publishTime < q.oldest) q.oldest = answer.publishTime;
        else q.newest = answer.publishTime;
        _requireTogether(q.oldest, q.newest, maxSkew);
        q.collateral = _toWad(collateralId, answer);
        Price price;
        (price, q.confidence) =
            PythPrice.divide(q.base, q.confidence, q.collateral, PythPrice.toWadFloor(answer.conf, answer.expo));
        q.price = price.unwrap();
    }

    function _requireTogether(uint256 oldest, uint256 newest, uint256 maxSkew) internal pure {
        if (newest - oldest > maxSkew) revert PartsApart(oldest, newest, maxSkew);
    }

    function _requireCurrent(bytes32 pythId, uint256 publishTime, uint256 maxAge) internal view {
        if (publishTime > block.timestamp + MAX_LEAD) {
            revert FuturePrice(pythId, publishTime, block.timestamp + MAX_LEAD);
        }
        _requireFresh(pythId, publishTime, maxAge);
    }

    function _requireFresh(bytes32 pythId, uint256 publishTime, uint256 maxAge) internal view {
        if (publishTime + maxAge < block.timestamp) revert StalePrice(pythId, publishTime, block.timestamp - maxAge);
    }

    /// @dev Whether a publish time is so far ahead of the block that no lag of the chain's clock explains it (T49).
    function _isImplausible(uint256 publishTime) internal view returns (bool) {
        return publishTime > block.timestamp + MAX_CLOCK_LAG;
    }

    /// @dev Converts a Pyth price to WAD and reverts unless it is in [1, 2^128 - 1]. Rounds down.
    function _toWad(bytes32 pythId, PythStructs.Price memory answer) internal pure returns (uint256) {
        if (answer.price <= 0) revert PriceNotPositive(pythId, answer.price);
        return PriceLib.toPrice(PythPrice.toWadFloor(Cast.toUint(answer.price), answer.expo)).unwrap();
    }

    /// @dev Like {_toWad}, but returns zero for an invalid price.
    function _toWadOrZero(PythStructs.Price memory answer) internal pure returns (uint256 wad) {
        if (answer.price <= 0 || !PythPrice.isInRange(answer.expo)) return 0;
        wad = PythPrice.toWadFloor(Cast.toUint(answer.price), answer.expo);
        if (wad > PriceLib.MAX_PRICE) wad = 0;
    }

    /// @dev Returns Pyth's stored price, or all zero when the call fails or its result is no price. So the second
    /// source is usable in every failure of the first one.
    function _tryStored(IPyth source, bytes32 pythId) internal view returns (PythStructs.Price memory answer) {
        (bool ok, uint256[5] memory words) =
            BoundedCall.read(address(source), abi.encodeCall(IPyth.getPriceUnsafe, (pythId)), 4);
        // A negative price exceeds the maximum as an unsigned word, so it is rejected.
        if (!ok || words[0] > MAX_INT64 || words[1] > type(uint64).max) return answer;
        int32 expo = Cast.lowInt32(words[2]);
        if (Cast.toWord(expo) != words[2] || words[3] > type(uint64).max) return answer;
        answer = PythStructs.Price(Cast.lowInt64(words[0]), Cast.lowUint64(words[1]), expo, words[3]);
    }
}
