// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IPyth} from "@pythnetwork/pyth-sdk-solidity/IPyth.sol";
import {PythStructs} from "@pythnetwork/pyth-sdk-solidity/PythStructs.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {PythPrice} from "../libraries/PythPrice.sol";
import {Price, PriceLib} from "../types/Units.sol";

/// @title Prices of markets from Pyth (pull model)
/// @notice Two kinds of price: the stored one, which anybody updates at Pyth and which is used while it is fresh; and
/// the execution price, the first one published at or after a moment that was fixed before it could be known.
/// @dev The execution price lives in transient storage between {beginExecution} and {endExecution}. Only executors may
/// set it: whoever could begin an execution at a time of its own choosing could choose among recent prices.
///
/// The contract pays Pyth's fee from its own balance when the caller attaches none, which saves passing the value
/// through two calls. Anybody may top the balance up; when it is empty, keepers attach the fee.
contract PythOracle is IPriceOracle, Ownable2Step {
    struct Feed {
        bytes32 pythId;
        /// @dev Seconds after which the stored price is refused.
        uint32 maxAge;
        /// @dev Seconds after which an execution price is refused.
        uint32 maxExecutionAge;
    }

    event FeedSet(uint256 indexed marketId, bytes32 pythId, uint32 maxAge, uint32 maxExecutionAge);
    event ExecutorSet(address indexed executor, bool allowed);

    error ZeroAddress();
    error UnknownFeed(uint256 marketId);
    error FeedExists(uint256 marketId, bytes32 pythId);
    error InvalidFeed(bytes32 pythId, uint32 maxAge, uint32 maxExecutionAge);
    error NotExecutor(address caller);
    error PriceNotPositive(bytes32 pythId, int64 price);
    error StalePrice(bytes32 pythId, uint256 publishTime, uint256 oldestAllowed);
    /// @notice The source answered for another feed than the one asked for.
    error WrongFeed(bytes32 pythId, bytes32 expected);
    /// @notice The source answered with a price from outside the window asked for.
    error OutsideWindow(uint256 publishTime, uint256 minPublishTime, uint256 maxPublishTime);
    error ExecutionInProgress(uint256 marketId);
    /// @notice Wei.
    error FeeNotCovered(uint256 fee, uint256 available);

    IPyth public immutable pyth;

    mapping(uint256 marketId => Feed feed) private _feeds;
    mapping(address executor => bool allowed) public isExecutor;

    /// @dev Market of the execution price; zero when there is none.
    uint256 private transient _executionMarket;
    uint256 private transient _executionPrice;
    uint256 private transient _executionConfidence;

    constructor(IPyth pyth_, address owner_) Ownable(owner_) {
        if (address(pyth_) == address(0)) revert ZeroAddress();
        pyth = pyth_;
    }

    /// @notice Tops up the balance that pays Pyth's fees.
    receive() external payable {}

    // ---------------------------------------------------------------------------------------------------- owner ----

    /// @notice Names the feed of a market, once.
    function setFeed(uint256 marketId, Feed calldata feed) external onlyOwner {
        if (_feeds[marketId].pythId != 0) revert FeedExists(marketId, _feeds[marketId].pythId);
        if (feed.pythId == 0 || feed.maxAge == 0 || feed.maxExecutionAge == 0) {
            revert InvalidFeed(feed.pythId, feed.maxAge, feed.maxExecutionAge);
        }
        _feeds[marketId] = feed;
        emit FeedSet(marketId, feed.pythId, feed.maxAge, feed.maxExecutionAge);
    }

    /// @notice Allows a gateway to carry execution prices.
    function setExecutor(address executor, bool allowed) external onlyOwner {
        isExecutor[executor] = allowed;
        emit ExecutorSet(executor, allowed);
    }

    // ------------------------------------------------------------------------------------------------ execution ----

    /// @inheritdoc IPriceOracle
    /// @dev Asks Pyth with its uniqueness check on: an update qualifies only if the one before it was published before
    /// `minPublishTime`. `parsePriceFeedUpdatesWithConfig` is what Pyth's `parsePriceFeedUpdatesUnique` calls; calling
    /// it directly makes the check explicit.
    function beginExecution(
        uint256 marketId,
        bytes[] calldata updateData,
        uint256 minPublishTime,
        uint256 maxPublishTime
    ) external payable returns (Price price) {
        if (!isExecutor[msg.sender]) revert NotExecutor(msg.sender);
        if (_executionMarket != 0) revert ExecutionInProgress(_executionMarket);
        Feed memory feed = _feed(marketId);

        PythStructs.PriceFeed memory answer = _firstPriceFeed(feed.pythId, updateData, minPublishTime, maxPublishTime);
        if (answer.id != feed.pythId) revert WrongFeed(answer.id, feed.pythId);
        uint256 publishTime = answer.price.publishTime;
        if (publishTime < minPublishTime || publishTime > maxPublishTime) {
            revert OutsideWindow(publishTime, minPublishTime, maxPublishTime);
        }
        _requireFresh(feed.pythId, publishTime, feed.maxExecutionAge);

        uint256 confidence;
        (price, confidence) = _toWad(feed.pythId, answer.price);
        _executionMarket = marketId;
        _executionPrice = price.unwrap();
        _executionConfidence = confidence;
    }

    /// @inheritdoc IPriceOracle
    function endExecution() external {
        if (!isExecutor[msg.sender]) revert NotExecutor(msg.sender);
        _executionMarket = 0;
        _executionPrice = 0;
        _executionConfidence = 0;
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @inheritdoc IPriceOracle
    function getPrice(uint256 marketId) external view returns (Price price, uint256 confidence) {
        if (_executionMarket == marketId && marketId != 0) {
            return (Price.wrap(_executionPrice), _executionConfidence);
        }
        Feed memory feed = _feed(marketId);
        PythStructs.Price memory answer = pyth.getPriceUnsafe(feed.pythId);
        _requireFresh(feed.pythId, answer.publishTime, feed.maxAge);
        return _toWad(feed.pythId, answer);
    }

    /// @inheritdoc IPriceOracle
    function checkIncrease(uint256 marketId) external view {
        _feed(marketId);
    }

    /// @inheritdoc IPriceOracle
    function getLiquidationPrice(uint256 marketId) external view returns (Price price) {
        Feed memory feed = _feed(marketId);
        PythStructs.Price memory answer = pyth.getPriceUnsafe(feed.pythId);
        _requireFresh(feed.pythId, answer.publishTime, feed.maxAge);
        (price,) = _toWad(feed.pythId, answer);
    }

    /// @inheritdoc IPriceOracle
    function getLastPrice(uint256 marketId) external view returns (Price price, uint256 publishTime) {
        Feed memory feed = _feed(marketId);
        PythStructs.Price memory answer = pyth.getPriceUnsafe(feed.pythId);
        (price,) = _toWad(feed.pythId, answer);
        publishTime = answer.publishTime;
    }

    /// @inheritdoc IPriceOracle
    function updateFee(bytes[] calldata updateData) public view returns (uint256) {
        return pyth.getUpdateFee(updateData);
    }

    function feedOf(uint256 marketId) external view returns (Feed memory) {
        return _feeds[marketId];
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    function _firstPriceFeed(
        bytes32 pythId,
        bytes[] calldata updateData,
        uint256 minPublishTime,
        uint256 maxPublishTime
    ) private returns (PythStructs.PriceFeed memory) {
        uint256 fee = updateFee(updateData);
        if (fee > address(this).balance) revert FeeNotCovered(fee, address(this).balance);
        bytes32[] memory ids = new bytes32[](1);
        ids[0] = pythId;
        // Times are block timestamps plus seconds: they fit 64 bits.
        // forge-lint: disable-start(unsafe-typecast)
        (PythStructs.PriceFeed[] memory answers,) = pyth.parsePriceFeedUpdatesWithConfig{value: fee}(
            updateData, ids, uint64(minPublishTime), uint64(maxPublishTime), true, false, false
        );
        // forge-lint: disable-end(unsafe-typecast)
        return answers[0];
    }

    function _feed(uint256 marketId) private view returns (Feed memory feed) {
        feed = _feeds[marketId];
        if (feed.pythId == 0) revert UnknownFeed(marketId);
    }

    function _requireFresh(bytes32 pythId, uint256 publishTime, uint256 maxAge) private view {
        if (publishTime + maxAge < block.timestamp) revert StalePrice(pythId, publishTime, block.timestamp - maxAge);
    }

    function _toWad(bytes32 pythId, PythStructs.Price memory answer)
        private
        pure
        returns (Price price, uint256 confidence)
    {
        if (answer.price <= 0) revert PriceNotPositive(pythId, answer.price);
        // Positive, by the check above.
        // forge-lint: disable-next-line(unsafe-typecast)
        price = PriceLib.toPrice(PythPrice.toWadFloor(uint64(answer.price), answer.expo));
        confidence = PythPrice.toWadFloor(answer.conf, answer.expo);
    }
}
