// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IDepositCapFollower} from "../../interfaces/IDepositCapFollower.sol";
import {IOrderTimes, IOrderTimesFollower} from "../../interfaces/IOrderTimes.sol";
import {IPriceOracle} from "../../interfaces/IPriceOracle.sol";
import {IVault} from "../../interfaces/IVault.sol";
import {MAX_LEAD} from "../../types/Feed.sol";
import {EXIT_NOTICE_TIME, StoredLpRequest} from "../../types/LpRequest.sol";
import {LpClaims} from "./LpClaims.sol";

/// @title The queue of a request vault: its storage, and the rules that its owner sets
/// @notice Requests wait at least as long as orders of the market, and live at least as long (T59).
abstract contract LpQueue is LpClaims, IOrderTimesFollower, IDepositCapFollower, Ownable2Step {
    using SafeCast for uint256;

    struct Rules {
        /// @dev Seconds from the oracle's commitment time to `executableAt`: at least the chain's timestamp lag plus one
        /// price interval, and the delay of the market's order gateways; at most {MAX_DELAY}.
        uint32 delay;
        /// @dev Maximum seconds from `executableAt` to expiry. With `delay` at least the life of the market's orders; at most
        /// {MAX_VALIDITY} and the oracle's age limit for execution prices, so that the price of a request never becomes too
        /// old.
        uint32 validity;
        /// @dev Minimum keeper fee of a request, wei; at most {MAX_MIN_KEEPER_FEE}.
        uint128 minKeeperFee;
    }

    /// @dev {Rules} and the state of the queue, in one word.
    struct Queue {
        uint16 delay;
        uint16 validity;
        /// @dev The longest life of an order of the market from its creation to its expiry, seconds.
        uint32 orderLifetime;
        uint64 minKeeperFee;
        /// @dev Number of requests created. Ids count from 1.
        uint32 count;
        uint32 head;
        /// @dev `executableAt` of the last request, seconds.
        uint32 lastExecutableAt;
        /// @dev Whether the maker has a deposit cap.
        bool isCapped;
    }

    event RulesSet(Rules rules);
    event GatewaysSet(IOrderTimes[] gateways);
    /// @notice Longest life of an order of the market from its creation, seconds. Requests live no shorter.
    event OrderLifetimeNoted(uint256 orderLifetime);

    error RequestRuleOutOfRange(uint256 value, uint256 min, uint256 max);
    error GatewayCountOutOfRange(uint256 count, uint256 min, uint256 max);
    /// @notice Requests would wait for less time than orders (T59). Seconds.
    error DelayBelowOrders(uint256 delay, address gateway, uint256 orderDelay);
    /// @notice Requests would expire earlier than orders of the same moment (T59). Seconds.
    error LifetimeBelowOrders(uint256 lifetime, address gateway, uint256 orderLifetime);
    /// @notice An order of the gateway would outlive the notice of an exit in kind (T59). Seconds.
    error OrdersOutliveExitNotice(address gateway, uint256 orderLifetime, uint256 exitNotice);

    /// @notice Seconds. Together with the oracle's {MAX_CLOCK_LAG}, a request can be cancelled three hours after its creation
    /// at the latest, under any rules.
    uint256 public constant MAX_DELAY = 1 hours;
    uint256 public constant MAX_VALIDITY = 1 hours;
    /// @notice Wei.
    uint256 public constant MAX_MIN_KEEPER_FEE = 1 ether;
    uint256 public constant MAX_GATEWAYS = 8;

    IVault internal immutable _vault;
    IPriceOracle public immutable oracle;
    uint256 public immutable marketId;

    Queue internal _queue;
    IOrderTimes[] private _gateways;
    mapping(uint256 requestId => StoredLpRequest request) internal _requests;
    /// @dev Returned inputs that were not claimed.
    mapping(address controller => mapping(bool isDeposit => uint256 amount)) internal _returnedTo;

    constructor() {
        _vault = maker.vault();
        oracle = _vault.oracle();
        marketId = maker.marketId();
        _queue.head = 1;
    }

    // ------------------------------------------------------------------------------------------------------ owner ----

    /// @notice Sets delay, validity and the minimum keeper fee. Existing requests keep their times and fees. Reverts with
    /// `RequestRuleOutOfRange`, and with the errors of {noteOrderTimes}.
    function setRules(Rules calldata rules_) external onlyOwner {
        _checkRange(rules_.delay, 1, MAX_DELAY);
        _checkRange(rules_.validity, 1, Math.min(MAX_VALIDITY, oracle.executionAgeOf(marketId)));
        _checkRange(rules_.minKeeperFee, 0, MAX_MIN_KEEPER_FEE);
        (_queue.delay, _queue.validity) = (uint256(rules_.delay).toUint16(), uint256(rules_.validity).toUint16());
        _queue.minKeeperFee = uint256(rules_.minKeeperFee).toUint64();
        emit RulesSet(rules_);
        noteOrderTimes();
    }

    /// @notice Names all gateways whose orders of this market are visible before they execute, at most {MAX_GATEWAYS}. Reverts
    /// with `GatewayCountOutOfRange`, and with the errors of {noteOrderTimes}.
    function setGateways(IOrderTimes[] calldata gateways_) external onlyOwner {
        if (gateways_.length == 0 || gateways_.length > MAX_GATEWAYS) {
            revert GatewayCountOutOfRange(gateways_.length, 1, MAX_GATEWAYS);
        }
        _gateways = gateways_;
        emit GatewaysSet(gateways_);
        noteOrderTimes();
    }

    /// @inheritdoc IOrderTimesFollower
    function noteOrderTimes() public {
        uint256 delay = _queue.delay;
        uint256 orderLifetime;
        for (uint256 i = 0; i < _gateways.length; ++i) {
            IOrderTimes orderGateway = _gateways[i];
            (uint256 orderDelay, uint256 orderValidity) = orderGateway.orderTimesOf(marketId);
            uint256 lifetime = orderDelay + orderValidity;
            // Orders count from the oracle's commitment time, which is ahead of the block's.
            if (lifetime + MAX_LEAD > EXIT_NOTICE_TIME) {
                revert OrdersOutliveExitNotice(address(orderGateway), lifetime, EXIT_NOTICE_TIME - MAX_LEAD);
            }
            orderLifetime = Math.max(orderLifetime, lifetime);
            // Without rules there are no requests.
            if (delay == 0) continue;
            if (delay < orderDelay) revert DelayBelowOrders(delay, address(orderGateway), orderDelay);
            if (delay + _queue.validity < lifetime) {
                revert LifetimeBelowOrders(delay + _queue.validity, address(orderGateway), lifetime);
            }
        }
        _queue.orderLifetime = orderLifetime.toUint32();
        emit OrderLifetimeNoted(orderLifetime);
    }

    /// @inheritdoc IDepositCapFollower
    function noteDepositCap() external {
        _queue.isCapped = maker.lpRules().depositCap != type(uint128).max;
    }

    // ------------------------------------------------------------------------------------------------------ views ----

    /// @notice Number of requests created. Ids count from 1.
    function requestCount() external view returns (uint256) {
        return _queue.count;
    }

    /// @notice The oldest request that may still be pending. Later ones may be closed already.
    function head() external view returns (uint256) {
        return _queue.head;
    }

    function rules() external view returns (Rules memory) {
        return Rules(_queue.delay, _queue.validity, _queue.minKeeperFee);
    }

    /// @notice Least time from the creation of a request to its expiry: the life of the market's orders, seconds.
    function minLifetime() external view returns (uint256) {
        return _queue.orderLifetime;
    }

    function gateways() external view returns (IOrderTimes[] memory) {
        return _gateways;
    }

    // ---------------------------------------------------------------------------------------------------- private ----

    function _checkRange(uint256 value, uint256 min, uint256 max) private pure {
        if (value < min || value > max) revert RequestRuleOutOfRange(value, min, max);
    }
}
